"""What a label says and how anybody can check it: claim, grade, reduction, artwork, credential; no database, no server."""
