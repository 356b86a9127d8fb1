"""Keeping a register running: freeze it, back it up, restore it, audit it, renew its keys."""
