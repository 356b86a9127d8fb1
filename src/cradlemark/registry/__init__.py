"""The register of a programme: labels, keys, log and what is published, in one database; Django apps."""
