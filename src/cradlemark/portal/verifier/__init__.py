"""Pages of a verifier: queue, recomputation, findings, opinion."""
