"""Backlog item methods about releases, sprints and boards."""
