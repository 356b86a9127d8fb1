"""Pages of the programme: intake, assignment, decision, register, labels."""
