"""Tests of Cradlemark; a package of its own, so that no other `tests` is imported in its place."""
