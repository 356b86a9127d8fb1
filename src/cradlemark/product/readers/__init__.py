"""Readers: bytes of a user's file to the values of the product room."""
