"""Labels: claims, states, how they are issued and changed."""
