"""Custom field methods."""
