"""Retrospective and retrospective card methods."""
