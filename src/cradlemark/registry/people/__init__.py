"""People, the organisations they act for, and in which role."""
