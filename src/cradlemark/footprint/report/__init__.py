"""The report of a footprint: one content, shown in a terminal, as one HTML file, and as PDF."""
