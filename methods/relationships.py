"""Relationship methods."""
