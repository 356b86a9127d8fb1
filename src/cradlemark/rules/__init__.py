"""Product rules as data: required fields, limits, methods and checks; findings are values."""
