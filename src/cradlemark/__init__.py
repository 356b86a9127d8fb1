"""Cradlemark: product carbon footprints and labels that can be recomputed, verified and scanned."""

__version__ = "0.1.0"
