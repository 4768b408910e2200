"""The command line: serving, what operators do, and calls from a shell."""
