"""`python -m scrumrpc`: the same as the command `scrumrpc`."""

from scrumrpc.cli.main import main

main()
