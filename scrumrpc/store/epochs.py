"""Epochs: makes sure that what one call reads in several steps is of one epoch of its account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from scrumrpc.errors import APIBusy
from scrumrpc.store.database import Connection
from scrumrpc.store.flush import flush

T = TypeVar("T")

_EPOCH = "SELECT epoch FROM accounts WHERE account_id = %(account)s"


async def check_still(conn: Connection, account: int, epoch: str) -> None:
    """Makes sure that the account still has the epoch: then all that was read since the call learned of it has, too.

    An account never gets an epoch again, so nothing in between can have been of another one.
    """
    [rows] = await flush(conn, [(_EPOCH, {"account": account})])
    if not rows or rows[0][0] != epoch:
        raise restored_meanwhile()


async def read_within(conn: Connection, account: int, epoch: str, work: Callable[[Connection], Awaitable[T]]) -> T:
    """What `work` reads, made sure of."""
    result = await work(conn)
    await check_still(conn, account, epoch)
    return result


def restored_meanwhile() -> APIBusy:
    """The error for a call that began before the account was restored, and would go on after that."""
    return APIBusy("The account was restored or imported while the call was running. Repeat the call.")
