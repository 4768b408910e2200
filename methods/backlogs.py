"""Backlog and backlog list methods."""
