"""The statements that bring the tables from one state of some objects to another, grouped so that each is sent once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scrumrpc.model.properties import Property
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.statements import (
    DELETE_OBJECT,
    DELETE_PERSON_LINKS,
    DELETE_TAG_LINKS,
    INSERT_OBJECT,
    INSERT_PERSON_LINK,
    INSERT_TAG_LINK,
    STATEMENTS,
    UPDATE_OBJECT,
    parameters_of,
)

Batch = dict[str, list[dict[str, Any]]]
"""Rows of parameters by statement; statements in the order in which they must run."""


def writes_of(account: int, changes: Iterable[tuple[Record | None, Record | None]]) -> list[tuple[str, list[Any]]]:
    """What to run, in order: links out, deletes, updates, inserts, links in.

    Deletes come before inserts so that a unique name or rank can be taken over within one call; references are checked
    at COMMIT, so nothing else about the order matters.
    """
    links_out: Batch = {}
    deletes: Batch = {}
    updates: Batch = {}
    inserts: Batch = {}
    links_in: Batch = {}
    for before, after in changes:
        if before and not after:
            this_one = {"account": account, "number": before.number}
            deletes.setdefault(STATEMENTS[before.type].delete, []).append(this_one)
            deletes.setdefault(DELETE_OBJECT, []).append(this_one)
        elif after:
            parameters = parameters_of(account, after)
            if before is None:
                inserts.setdefault(INSERT_OBJECT, []).append(parameters)
                inserts.setdefault(STATEMENTS[after.type].insert, []).append(parameters)
            else:
                if parameters_of(account, before) != parameters:
                    updates.setdefault(STATEMENTS[after.type].update, []).append(parameters)
                if before.type != after.type or before.get("externalID") != after.get("externalID"):
                    updates.setdefault(UPDATE_OBJECT, []).append(parameters)
        _relink(account, before, after, links_out, links_in)
    return [item for batch in (links_out, deletes, updates, inserts, links_in) for item in batch.items()]


def _relink(account: int, before: Record | None, after: Record | None, out: Batch, into: Batch) -> None:
    """Rewrites the lists of ids that changed."""
    known = after or before
    assert known is not None
    for p in STORED_TYPES[known.type].stored:
        if p.kind != "refs":
            continue
        old = before[p.name] if before else []
        new = after[p.name] if after else []
        if old == new:
            continue
        delete_links, insert_link = _link_statements(p)
        whose = {"account": account, "number": known.number, "role": p.name}
        if old:
            out.setdefault(delete_links, []).append(whose)
        for position, linked in enumerate(new):
            into.setdefault(insert_link, []).append({**whose, "position": position, "linked": linked})


def _link_statements(p: Property) -> tuple[str, str]:
    if p.target == "Tag":
        return DELETE_TAG_LINKS, INSERT_TAG_LINK
    return DELETE_PERSON_LINKS, INSERT_PERSON_LINK
