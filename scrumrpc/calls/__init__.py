"""Calls: the registry of methods, parameter kinds, and the pipeline that runs every call."""
