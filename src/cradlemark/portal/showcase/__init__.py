"""Content of the demonstration: makers of six industries, their products, and cases in every state."""
