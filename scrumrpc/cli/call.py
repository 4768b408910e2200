"""`scrumrpc call`: a call from a shell, through the same pipeline as any other, without a running server."""

from __future__ import annotations

from pathlib import Path

import click

from scrumrpc.cli.command import data_option
from scrumrpc.cli.opening import Store, run_command
from scrumrpc.cli.operate import account_option, need_account
from scrumrpc.wire.endpoint import result_of
from scrumrpc.wire.pretty import pretty


@click.command()
@click.argument("method")
@click.argument("parameters", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--as", "email", help="E-mail address of the person to call as; nobody, with all rights, by default.")
@account_option
@data_option
def call(method: str, parameters: tuple[str, ...], email: str | None, account_id: int, data: Path) -> None:
    """Call METHOD of the API and print its Result.

    Example: scrumrpc call addProject "name=My project"
    """
    given: dict[str, str] = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals:
            raise click.ClickException(f"{parameter} is not of the form NAME=VALUE.")
        given[name] = value

    async def work(store: Store) -> None:
        await need_account(store, account_id)
        answer = await store.call(account_id, method, given, email)
        if answer.ignored:
            click.echo(f"Ignored, because {method} does not know them: {', '.join(answer.ignored)}", err=True)
        click.echo(b"".join(pretty(result_of(answer))).decode().replace("\r\n", "\n"))

    run_command(data, work)
