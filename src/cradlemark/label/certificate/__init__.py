"""The certificate of a label: an A4 sheet for people with the record for machines inside, signed."""
