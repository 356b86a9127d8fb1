"""The product: its study document, bill of materials, processes, transport, use and end of life."""
