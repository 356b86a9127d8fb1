"""Forms of the study, made from the schema of its document: what is shown, and what a form says."""
