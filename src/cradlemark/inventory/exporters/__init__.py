"""Databases of processes, written for other systems."""
