"""Tags: names of answers, by which a caller says which ones it has already and need not be given again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from scrumrpc import __version__
from scrumrpc.model.types import OBJECT_TYPES
from scrumrpc.store.standing import Standing

# What answers look like, whatever the data is: a tag must not outlive it.
_LAYOUT = hashlib.blake2b(
    repr([__version__, {name: [p.name for p in of.answered] for name, of in OBJECT_TYPES.items()}]).encode()
).hexdigest()


@dataclass(frozen=True, slots=True)
class Known:
    """The tags of the answers that a caller has; or `anything`: it wants none if there is one at all."""

    tags: frozenset[str]
    anything: bool = False


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A result that the caller has already: the answer with that tag."""

    tag: str


def tag_of(standing: Standing, version: int, made_by: str | None, origin: str, about: Sequence[Any]) -> str:
    """The tag of the answer to a question, at a version, for a caller who reaches just these projects.

    Answers that differ have different ones. `made_by` tells the version from one that had its number before the
    database was brought back to an earlier state, also where nobody has given the account a new epoch; `origin` stands
    in the URLs of files.
    """
    reach = None if standing.projects is None else sorted(standing.projects)
    content = orjson.dumps([_LAYOUT, standing.account, standing.epoch, version, made_by, reach, origin, about])
    return f"{version}-{hashlib.blake2b(content, digest_size=16).hexdigest()}"
