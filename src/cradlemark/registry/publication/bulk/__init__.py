"""All labels at once: as tables for spreadsheets and programs, and as a map for search engines."""
