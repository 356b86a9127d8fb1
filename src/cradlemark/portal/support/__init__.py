"""Pages for whoever helps people who cannot go on: what is stored is looked at, little of it is mended."""
