"""What `deploy/check` looks at: a module for each part of `deploy/`."""
