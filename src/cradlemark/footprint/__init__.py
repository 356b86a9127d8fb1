"""The footprint of a study: calculation, uncertainty, comparison, explanation, report."""
