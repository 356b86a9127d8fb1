"""Numbers only: distributions, propagation of uncertainty, contributions; knows no product, file or database."""
