"""CONTENT: what is guided."""
