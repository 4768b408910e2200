"""`scrumrpc`: the commands by name; each is imported only when it is asked for, so that all start quickly."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword

import click

from scrumrpc import __version__

_COMMANDS = {
    "serve": "scrumrpc.cli.serve",
    "account": "scrumrpc.cli.operate",
    "person": "scrumrpc.cli.operate",
    "key": "scrumrpc.cli.operate",
    "maintenance": "scrumrpc.cli.operate",
    "history": "scrumrpc.cli.history",
    "backup": "scrumrpc.cli.backup",
    "restore": "scrumrpc.cli.backup",
    "export": "scrumrpc.cli.transfers",
    "import": "scrumrpc.cli.transfers",
    "call": "scrumrpc.cli.call",
}


class Commands(click.Group):
    """The commands of the table above, each a function of its own name in its module; of `import`, `import_`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in _COMMANDS:
            return None
        function = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(_COMMANDS[cmd_name]), function)
        return command


@click.group(cls=Commands)
@click.version_option(__version__)
def main() -> None:
    """scrumrpc: a scrum data server for yourself."""
