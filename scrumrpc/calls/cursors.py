"""Cursors: where a page of a result ended, as a text that clients hand back to get the next page.

The text is base64 of a JSON array, so that no state is kept between pages. It holds the place of the last object, not
a count of objects: what is added, changed or deleted before that place moves nothing that comes after it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from scrumrpc.calls.epochs import check_epoch, is_epoch
from scrumrpc.errors import InvalidParameter
from scrumrpc.store.standing import Standing


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of the last object of a page in its order.

    `key` is what the order goes by, `path` the ranks on the way from the project to the object, `number` the object.
    `end` and `newest` tell whether the ranks of the container's list were all written anew since: the rank at its end,
    and the largest number in it.
    """

    key: Any
    path: tuple[str, ...]
    number: int
    container: int
    end: str
    newest: int


def question_of(asked: Mapping[str, Any]) -> str:
    """A short text for what a page was asked for, so that a cursor is refused where something else is."""
    return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def text_of(cursor: Cursor, question: str, epoch: str) -> str:
    """The cursor as clients see it, of the epoch that the account has."""
    values = [
        question, epoch, cursor.key, list(cursor.path), cursor.number, cursor.container, cursor.end, cursor.newest,
    ]  # fmt: skip
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


def cursor_from(text: str, question: str, standing: Standing, key_type: type) -> Cursor:
    """The cursor in a text that a client gave; InvalidParameter where it is none, or one of another question.

    RequiredEpochNotMatching where it is of another epoch than the account has.
    """
    try:
        values = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
    except ValueError:
        values = None
    match values:
        case [
            str(asked),
            str(epoch),
            key,
            [str(), str(), *_] as path,
            int(number),
            int(container),
            str(end),
            int(newest),
        ]:
            if asked != question:
                raise InvalidParameter(
                    "The parameter cursor comes from a call with another order or other filters; repeat those, or "
                    "leave it out for the first page."
                )
            fits = (key is None or type(key) is key_type) and all(isinstance(rank, str) for rank in path)
            if fits and is_epoch(epoch):
                check_epoch(standing, epoch)
                return Cursor(key, tuple(path), number, container, end, newest)
    raise InvalidParameter(
        "The parameter cursor is no nextCursor of this method; leave it out for the first page, and give what that "
        "answers as nextCursor for the second one."
    )
