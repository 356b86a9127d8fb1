"""Words and figures in templates."""
