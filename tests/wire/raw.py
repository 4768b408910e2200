"""Bytes on a socket: requests that a well-behaved client would not send, and connections kept open."""

from __future__ import annotations

import base64
import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

from tests.serving import Server
from tests.world import World


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error_id(self) -> str | None:
        """The error id of an Error object; none of a Result."""
        return orjson.loads(self.body).get("errorID")


@contextmanager
def connected(server: Server) -> Iterator[socket.socket]:
    """A connection to a server."""
    where = urlsplit(server.address)
    with socket.create_connection((where.hostname, where.port), 30) as connection:
        yield connection


def read_reply(connection: socket.socket, verb: str = "GET") -> Reply:
    """The next answer on a connection; no byte of what follows it is taken."""
    response = http.client.HTTPResponse(connection, method=verb)
    response.fp.close()
    response.fp = connection.makefile("rb", 0)
    try:
        response.begin()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        response.close()


def request(
    world: World, method: str, body: bytes = b"", *headers: str, verb: str = "POST", length: int | None = None
) -> bytes:
    """A request as the administrator of the test's account; a body is announced with its length, or with another."""
    credentials = base64.b64encode(f"{world.admin}:{world.key}".encode()).decode()
    lines = [f"{verb} /service/api/v1/{method} HTTP/1.1", "Host: test", f"Authorization: Basic {credentials}", *headers]
    if body or length is not None:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def send(server: Server, data: bytes) -> Reply:
    """The answer to bytes on a connection of their own."""
    with connected(server) as connection:
        connection.sendall(data)
        return read_reply(connection)
