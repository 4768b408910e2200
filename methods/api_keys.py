"""API key methods."""
