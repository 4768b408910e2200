"""Posting: a message to a URL, over a connection to an address that was checked, and what came of it in plain words."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpcore2

from scrumrpc.calls.targets import ForbiddenTargetError, UnknownHostError, addresses_of, target_of
from scrumrpc.webhooks.patience import PATIENCE

_PATIENCE_FOR_THE_REST = 2.0
"""Seconds that the rest of an answer gets."""
_MOST_ADDRESSES = 4
_MOST_READ = 64 * 1024
"""Bytes of an answer that are read so that its connection can be used again. Nothing of them is kept."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: the status of the answer, and why it counts as a failure if it does."""

    status: int | None
    failure: str | None
    milliseconds: int


class Post:
    """Posts to one URL after another and keeps their connections until it is closed.

    `private` says whether private addresses may be sent to. Redirects are not followed, and no proxy is used.
    """

    def __init__(self, *, private: bool, tls: ssl.SSLContext, patience: float = PATIENCE) -> None:
        self._private = private
        self._patience = patience
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls, max_connections=1, network_backend=_CheckedAddresses(private)
        )

    async def __aenter__(self) -> Self:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._pool.__aexit__(kind, error, traceback)

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        """Sends a message; whatever goes wrong on the way is an outcome."""
        began = time.monotonic()
        status, failure = None, None
        try:
            async with asyncio.timeout(self._patience) as limit:
                async with self._pool.stream(
                    "POST", self._checked(url), headers=list(headers.items()), content=body
                ) as response:
                    status = response.status
                    limit.reschedule(asyncio.get_running_loop().time() + _PATIENCE_FOR_THE_REST)
                    await _read_some(response)
        except TimeoutError:
            failure = f"There was no answer within {self._patience:g} seconds."
        except (ForbiddenTargetError, UnknownHostError) as wrong:
            failure = str(wrong)
        except httpcore2.ConnectError as error:
            failure = _why_unconnected(error)
        except (httpcore2.NetworkError, httpcore2.RemoteProtocolError):
            failure = "The connection broke before there was an answer in HTTP."
        if status is not None:  # it counts, however the rest of the answer went
            failure = _why_refused(status)
        return Outcome(status, failure, round((time.monotonic() - began) * 1000))

    def _checked(self, url: str) -> httpcore2.URL:
        target = target_of(url)
        assert target is not None
        if target.scheme != "https" and not self._private:  # the operator has changed the setting since it was added
            raise ForbiddenTargetError("It begins with http://, which is not allowed any more.")
        return httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)


def _why_refused(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    redirect = ", a redirect, which is not followed" if 300 <= status < 400 else ""
    return f"The answer has the HTTP status {status}{redirect}."


async def _read_some(response: httpcore2.Response) -> None:
    """Reads a short answer to its end."""
    read = 0
    async for chunk in response.aiter_stream():
        read += len(chunk)
        if read > _MOST_READ:
            return


class _CheckedAddresses(httpcore2.AsyncNetworkBackend):
    """Makes connections to addresses that the name has at that moment, each of them checked."""

    def __init__(self, private: bool) -> None:
        self._private = private
        self._tcp = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the interface has it
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await addresses_of(host, port, private=self._private)
        failed: httpcore2.ConnectError | None = None
        for address in addresses[:_MOST_ADDRESSES]:
            try:
                return await self._tcp.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore2.ConnectError as error:
                failed = error
        raise failed or UnknownHostError("The host name has no address.")


def _why_unconnected(error: httpcore2.ConnectError) -> str:
    reason = next(iter(error.args), None)  # the error that it stands for
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"Its certificate is not accepted: {reason.verify_message.rstrip('.')}."
    if isinstance(reason, ssl.SSLError):
        return "It does not speak TLS in a way that both sides know."
    return "There is no connection to be had to it."
