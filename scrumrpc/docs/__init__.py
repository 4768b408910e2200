"""The documentation face: pages and an OpenAPI document made from the registry, the model and the error catalogue."""
