"""The transparency log: entries that are only added."""
