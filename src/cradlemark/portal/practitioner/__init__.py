"""Pages of a manufacturer: products, studies, hand-in, answers to findings."""
