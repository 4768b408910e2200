"""Listening: the clients that wait to be connected."""

from __future__ import annotations

import socket
from contextlib import suppress

_AT_ONCE = 64


def waiting(listening: socket.socket) -> list[socket.socket]:
    """Connections that wait on a socket, many of them if not all; none where it is closed, or can give none now.

    uvloop takes one from each socket in a round, to leave others to other processes. Behind hundreds of busy
    connections, whose rounds take hundredths of a second, whoever comes anew would wait for seconds.
    """
    taken: list[socket.socket] = []
    with suppress(OSError):
        listening.setblocking(False)
        while len(taken) < _AT_ONCE:
            taken.append(listening.accept()[0])
    return taken
