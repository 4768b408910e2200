"""Conditional requests: an answer has a tag, and a client that sends it back is told whether it is still right."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.types import Scope

from scrumrpc.calls.tags import Known
from scrumrpc.wire.guards import FOR_BROWSERS

CACHING = ((b"cache-control", b"private, no-cache"), *FOR_BROWSERS)
"""Of answers with a tag: a client may keep them, but asks each time whether they are still right."""

_LAID_OUT = "-pretty"
_TAG = re.compile(r'(?:W/)?"([!#-~\x80-\xff]*)"')


def known_answers(scope: Scope, *, laid_out: bool) -> Known:
    """Which answers the client of a request has, of those that are laid out in the way that it asks for.

    How they were compressed makes no difference, nor does W/ in front of a tag.
    """
    given = ",".join(Headers(scope=scope).getlist("if-none-match"))
    if given.strip() == "*":
        return Known(frozenset(), anything=True)
    tags = _TAG.findall(given)
    if laid_out:
        return Known(frozenset(tag.removesuffix(_LAID_OUT) for tag in tags if tag.endswith(_LAID_OUT)))
    return Known(frozenset(tags))


def etag(tag: str, *, laid_out: bool, compressed: bool) -> tuple[bytes, bytes]:
    """The header that names an answer.

    A compressed one is named weakly: its bytes may differ from worker to worker, though never what they stand for.
    """
    whole = f'"{tag}{_LAID_OUT if laid_out else ""}"'
    return b"etag", (f"W/{whole}" if compressed else whole).encode()
