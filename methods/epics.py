"""Backlog item methods about epics."""
