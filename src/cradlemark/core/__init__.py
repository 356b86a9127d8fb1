"""Ground for every room: quantities, periods, places, identifiers, formulas, canonical documents, errors."""
