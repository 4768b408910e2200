"""Connections that no well-behaved client has: silent, slow, greedy; and what the server has done about them."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from tests.serving import Server

_ESTABLISHED = "01"


def drip(connection: socket.socket, pieces: Iterable[bytes], pause: float = 0.05) -> None:
    """Sends piece by piece, slowly, until there is an answer, the connection ends, or it has sent very many."""
    for piece in islice(pieces, 1_000):
        if select.select([connection], [], [], 0)[0]:
            break
        try:
            connection.sendall(piece)
        except ConnectionError:
            break
        time.sleep(pause)


def greedy(server: Server, data: bytes) -> socket.socket:
    """A connection over which something was asked for, and whose answer nobody takes."""
    where = urlsplit(server.address)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(60)
    connection.connect((where.hostname, where.port))
    connection.sendall(data)
    return connection


def is_served(connection: socket.socket) -> bool:
    """Whether the server still keeps its end of a connection; the client need not have noticed that it does not."""
    ends = (_end(connection.getpeername()), _end(connection.getsockname()))
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if (fields[1], fields[2]) == ends:
            return fields[3] == _ESTABLISHED
    return False


def _end(address: tuple[str, int]) -> str:
    host, port = address
    return f"{int.from_bytes(socket.inet_aton(host), 'little'):08X}:{port:04X}"
