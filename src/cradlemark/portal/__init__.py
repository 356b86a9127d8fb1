"""The portal of a programme: pages for manufacturers, verifiers, the programme and the public."""
