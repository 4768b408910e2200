"""`scrumrpc serve`: database, workers and first start, supervised by one parent process."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import shlex
import shutil
import signal
import socket
import ssl
import sys
import tempfile
import threading
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scrumrpc.cli.certificates import context_of
from scrumrpc.cli.command import data_option, tell_failures
from scrumrpc.cli.logs import configure_logs
from scrumrpc.cli.orders import Orders
from scrumrpc.cli.supervisor import WorkerFailedError, Workers
from scrumrpc.settings import Settings

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from scrumrpc.cli.first_start import NewKey


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    host: str
    port: int
    workers: int
    data: Path
    tls_cert: str | None
    tls_key: str | None
    sample: bool


_FIRST_START = "scrumrpc.cli.first_start"
"""What a first start needs, and others do not load."""
_FILE = click.Path(exists=True, dir_okay=False, resolve_path=True)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="Port; 0: any free one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Worker processes.")
@data_option
@click.option(
    "--tls-cert", type=_FILE, help="Certificate (PEM): serves https, and redirects http. SIGHUP reads it anew."
)
@click.option("--tls-key", type=_FILE, help="Key of the certificate (PEM).")
@click.option("--sample", is_flag=True, help="Load the sample account, for trying the documentation's examples.")
def serve(
    host: str, port: int, workers: int, data: Path, tls_cert: str | None, tls_key: str | None, sample: bool
) -> None:
    """Serve the API. The first start makes an account and prints a curl line that works."""
    if bool(tls_cert) != bool(tls_key):
        raise click.UsageError("--tls-cert and --tls-key go together.")
    if tls_cert:
        _check_certificate(tls_cert, tls_key)
    configure_logs()
    tell_failures(_serve(Options(host, port, workers, data, tls_cert, tls_key, sample)))


def _check_certificate(cert: str, key: str | None) -> None:
    try:
        context_of(cert, key)
    except (ssl.SSLError, OSError) as error:
        raise click.ClickException(f"The certificate and its key cannot be used: {error}") from None


async def _serve(options: Options) -> None:
    _leave_no_memory_behind()
    settings = Settings.from_environment()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as cleanup:
        listening = _listen(options.host, options.port)
        for each in listening:
            cleanup.callback(each.close)
        _share_metrics(cleanup)
        workers = Workers(options.workers, listening)
        cleanup.push_async_callback(workers.stop)
        await workers.launch()  # they load the program while the database gets ready, and this process what that needs
        from scrumrpc.store.embedded import EmbeddedPostgres
        from scrumrpc.store.migrations import migrate

        postgres = None
        url = settings.database_url
        if not url:
            postgres = EmbeddedPostgres(options.data)
            if postgres.is_new:  # then there is something to load meanwhile
                threading.Thread(target=import_module, args=(_FIRST_START,), daemon=True).start()
            await postgres.start()
            cleanup.push_async_callback(postgres.stop)
            url = postgres.url
            cleanup.push_async_callback(workers.stop)  # before the database
        await migrate(url)
        new_keys = await _first_start(url, settings, with_sample=options.sample)
        origin = _origin(options, listening[0].getsockname()[1])
        orders = Orders(url, origin, [each.fileno() for each in listening], options.tls_cert, options.tls_key)
        try:
            await workers.start(orders)
        except WorkerFailedError as error:
            raise click.ClickException(f"{error} What it said stands above.") from None
        _announce(options, origin, new_keys, embedded=postgres is not None)
        if options.tls_cert:
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, workers.read_certificate)
        if settings.history_days:
            keep_days = import_module("scrumrpc.cli.history").keep_days
            cleanup.push_async_callback(_ended, asyncio.create_task(keep_days(url, settings.history_days)))
        tasks = [asyncio.create_task(workers.supervise())]
        if postgres:
            tasks.append(asyncio.create_task(postgres.supervise()))
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        click.echo("Stopping: running calls may end.")
    for failure in ended:
        if isinstance(failure, Exception):
            raise failure


def _leave_no_memory_behind() -> None:
    """Has no process of the server write its memory to a file when it crashes: keys and data would be in it."""
    if sys.platform != "win32":
        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))


async def _first_start(url: str, settings: Settings, *, with_sample: bool) -> list[NewKey]:
    """Makes what a first start has to make.

    Most starts find all of it, and then the parent process needs nothing of the methods: loading them takes longer than
    all else that it does.
    """
    from scrumrpc.store import keys

    if not with_sample and await keys.were_made(url):
        return []
    first_start = import_module(_FIRST_START)
    made: list[NewKey] = await first_start.make(url, settings, with_sample=with_sample)
    return made


async def _ended(task: asyncio.Task[None]) -> None:
    """Ends what runs beside the server, which a failure of it has left alone."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _listen(host: str, port: int) -> list[socket.socket]:
    """Sockets on every address that the host name stands for."""
    try:
        addresses = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise click.ClickException(f"The address {host} is not known: {error.strerror}.") from None
    sockets: list[socket.socket] = []
    for family, _, _, _, address in dict.fromkeys(addresses):
        if port == 0 and sockets:
            break
        try:
            sockets.append(_listen_on(family, address))
        except OSError as error:
            if sockets:
                continue  # another address of the same name works
            raise click.ClickException(f"Cannot listen on {host} port {port}: {error.strerror}.") from None
    return sockets


def _listen_on(family: int, address: tuple[Any, ...]) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind(address)
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    listening.set_inheritable(True)
    return listening


def _share_metrics(cleanup: AsyncExitStack) -> None:
    """A folder through which the workers add up their metrics."""
    folder = tempfile.mkdtemp(prefix="scrumrpc-metrics-")
    cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


def _announce(options: Options, origin: str, new_keys: list[NewKey], *, embedded: bool) -> None:
    click.echo(f"scrumrpc serves at {origin} (documentation: {origin}/docs)")
    if embedded:
        click.echo(f"Data is kept in {options.data.resolve()}")
    insecure = " -k" if options.tls_cert else ""
    for key in new_keys:
        credentials = shlex.quote(f"{key.email}:{key.key}")
        click.echo(f"\nA first call to {key.about} (its API key is shown only now):")
        click.echo(f"  curl{insecure} {origin}/service/api/v1/getData -d pretty=true -u {credentials}")
    sample = import_module("scrumrpc.cli.sample").ACCOUNT if options.sample else None
    if sample is not None and all(key.account != sample for key in new_keys):
        another = f"scrumrpc key create --account {sample}"
        click.echo(f"\nThe sample account {sample} is there already. `{another}` makes another key.")
    click.echo("", nl=False)


def _origin(options: Options, port: int) -> str:
    """Scheme, host and port by which the server is reached from where it runs."""
    scheme = "https" if options.tls_cert else "http"
    return f"{scheme}://{_reachable(options.host)}:{port}"


def _reachable(host: str) -> str:
    """An address to put into URLs for what the server listens on."""
    if host in ("", "0.0.0.0", "::"):
        return "127.0.0.1" if host != "::" else "[::1]"
    try:
        return f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        return host
