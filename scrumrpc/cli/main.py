"""`scrumrpc`: the commands by name."""

from __future__ import annotations

import click

from scrumrpc import __version__
from scrumrpc.cli.call import call
from scrumrpc.cli.operate import account, key, maintenance, person
from scrumrpc.cli.serve import serve


@click.group()
@click.version_option(__version__)
def main() -> None:
    """scrumrpc: a scrum data server for yourself."""


for command in (serve, account, person, key, maintenance, call):
    main.add_command(command)
