"""The native API over HTTP: requests in, JSON out."""
