"""The versioned Postgres store; the only place with SQL."""
