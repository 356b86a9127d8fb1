"""Witnesses of the log: who they are, and how they are asked."""
