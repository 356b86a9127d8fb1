"""Applications for a label: the case, its steps, findings, opinion and decision."""
