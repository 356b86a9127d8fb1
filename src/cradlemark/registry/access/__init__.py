"""Who gets in: invitations, tokens of programs, and the answers that repeated requests get."""
