"""A worker process: serves the application on sockets that its parent opened, until told to stop or left alone."""

from __future__ import annotations

import gc

gc.disable()  # of what is loaded now nothing is garbage, and looking for some takes a tenth of the time

import os
import signal
import socket
import sys
import threading
from dataclasses import replace

import orjson
import uvicorn

from scrumrpc.app import make_app
from scrumrpc.calls.counters import Counters, CountersFile
from scrumrpc.cli.listening import ListeningServer
from scrumrpc.cli.logs import configure_logs
from scrumrpc.cli.orders import GRACE, Orders
from scrumrpc.cli.tls import TlsServer
from scrumrpc.settings import Settings
from scrumrpc.wire.bounds import SURPLUS, Bounds
from scrumrpc.wire.protocol import protocol_within

if sys.platform != "win32":
    import resource

_MANY = 65_536
_NOT_CLIENTS = 256
"""Files that a worker opens for other things than clients: its program, the database, webhooks."""


def main() -> None:
    """Serves until SIGTERM, or until standard input ends because the parent is gone."""
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # which is for the parent, and may reach all its family
    line = sys.stdin.buffer.readline()
    if not line:
        return  # the parent ended before the database was ready
    orders = Orders(**orjson.loads(line))
    configure_logs()
    files = _allow_many_files()
    settings = Settings.from_environment()
    settings = replace(settings, public_url=settings.public_url or orders.origin)
    if orders.counters is None:
        counters = Counters.alone()
    else:
        counters = CountersFile(orders.counters).of(orders.workers, orders.worker)
    app = make_app(settings, orders.database_url, counters)
    most = min(settings.connections, max(1, files - _NOT_CLIENTS - SURPLUS))
    config = uvicorn.Config(
        app,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=protocol_within(
            Bounds(settings.client_timeout, most), app.state.door, https_only_seconds=settings.https_only
        ),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    _look_for_cycles_seldom()
    if orders.tls_cert:
        certificate = (orders.tls_cert, orders.tls_key)
        server: ListeningServer = TlsServer(config, app.state.end_waiting, most, counters, certificate)
    else:
        server = ListeningServer(config, app.state.end_waiting, most, counters)
    threading.Thread(target=_listen_to_parent, args=(server,), daemon=True).start()
    server.run(sockets=[socket.socket(fileno=number) for number in orders.sockets])


def _allow_many_files() -> int:
    """Raises how many files the process may have open: every client that waits keeps a connection."""
    if sys.platform == "win32":
        return _MANY
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MANY if most == resource.RLIM_INFINITY else min(_MANY, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
        now = wanted
    return _MANY if now == resource.RLIM_INFINITY else now


def _look_for_cycles_seldom() -> None:
    """Has Python's collector look at new objects by tens of thousands, not hundreds, and never at those of the program.

    It searches for unused cycles, of which calls leave few; the many objects of an account that is being loaded are
    none, and to look at them again and again took as long as loading them.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 10, 10)


def _listen_to_parent(server: ListeningServer) -> None:
    while os.read(0, 1024):
        if isinstance(server, TlsServer):
            server.read_certificate()  # connections that are opened from now on have it
    os.kill(os.getpid(), signal.SIGTERM)  # left alone


if __name__ == "__main__":
    main()
