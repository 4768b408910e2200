"""The method that runs many calls as one; how it does so is in scrumrpc/calls/batch.py."""

from __future__ import annotations

from typing import Any

from scrumrpc.calls.batch import BatchCalls, execute
from scrumrpc.calls.permissions import ANYBODY
from scrumrpc.calls.registry import method
from scrumrpc.store.transaction import Transaction


@method(
    noun="Data",
    writes=True,
    answers="results",
    permission=ANYBODY,
    requires=("Whatever the calls require, each at its turn.",),
)
async def executeBatch(tx: Transaction, *, calls: BatchCalls) -> list[Any]:
    """Runs several calls in order as one: all of them or none, as one version, under one requestID.

    A call that has a name gives its result, an id, to later ones: a parameter with the value $name is that id. A text
    that begins with $ is written with two. Values of parameters are strings, numbers, true, false or null. The first
    call that fails undoes all; the error is its own, and its message says which call it was. Every public method that
    changes data can be in a batch, but for those that answer a secret and for this one; each call needs the permissions
    that it needs by itself. Parameters that a method does not know are refused.
    """
    return await execute(tx, calls)
