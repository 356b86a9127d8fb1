"""Process databases: unit processes with all their exchanges, linked and allocated, as columns."""
