"""Keys of a programme: what each is for and when it was used."""
