"""Search in the register: an index of labels, full text in English and Chinese, facets with counts."""
