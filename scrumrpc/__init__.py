"""scrumrpc: a self-hosted scrum data server over a versioned Postgres store."""

__version__ = "0.1.0"
