"""File methods."""
