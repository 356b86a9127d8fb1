"""Writers: values of the product room to documents of the user."""
