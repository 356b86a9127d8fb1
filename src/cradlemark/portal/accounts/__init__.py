"""Accounts beyond what allauth does: second factors, invitations, the first organisation."""
