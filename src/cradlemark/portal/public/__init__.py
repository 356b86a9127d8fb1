"""Pages that everybody sees: search, verify, log."""
