"""The public page of a label, as files: what the code on a product leads to."""
