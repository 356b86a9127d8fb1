"""Products, their studies in every saved version, and the revisions that were sealed."""
