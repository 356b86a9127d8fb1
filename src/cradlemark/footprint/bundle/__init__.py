"""Sealed study bundles: everything a result rests on in one file, from which anybody recomputes it offline."""
