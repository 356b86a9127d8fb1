"""Readers of other people's factor collections, each into one database and a full account of what was left out."""
