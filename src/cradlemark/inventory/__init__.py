"""Background data: datasets with unit, place, source and status; import, checking and matching of them."""
