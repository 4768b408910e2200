"""Transferring: accounts with a history in which much happens, their exports as lines, and importing these."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import orjson

from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import ApiError
from scrumrpc.model.export.lines import Seal
from scrumrpc.model.record import Record
from scrumrpc.store import accounts, exporting
from scrumrpc.store.images import Images
from tests.model.arguments import Drawing
from tests.model.running import WRITING, Seeded
from tests.model.start import objects
from tests.world import World

_NUMBERS = itertools.count(10**9)  # those of other tests are lower


def live(world: World, seed: int, calls: int) -> None:
    """Has an account with work in every place go through random calls, of which some fail."""
    world.load(*objects(world.account))
    seeded = Seeded(str(seed).encode(), WRITING)
    images = Images(world.database, 10**9)
    image = world.run(images.at_least(world.account, world.epoch, world.version))
    [caller] = [each.id for each in image.records() if each.get("emailAddress") == world.admin]
    gone: dict[int, Record] = {}
    for _ in range(calls):
        method = METHODS[seeded.method()]
        given = Drawing(seeded.random, image, (), gone.values()).arguments(method)
        if given.get("personID") == caller:  # who must stay able to call
            continue
        try:
            version = world.answer(method.name, **given).version
        except ApiError:
            continue
        before, image = image, world.run(images.at_least(world.account, world.epoch, version))
        gone |= {each.number: each for each in before.records() if each.number not in image}


def exported(world: World) -> list[bytes]:
    """The lines of an export of the account."""

    async def read(conn: Any) -> list[bytes]:
        return [line async for line in exporting.export(conn, world.account, Seal())]

    lines: list[bytes] = world.store(read)
    return lines


def told(lines: Iterable[bytes], *kinds: str) -> list[Any]:
    """The lines of these kinds as objects; without any, of all."""
    parsed = [orjson.loads(line) for line in lines]
    return [line for line in parsed if not kinds or line["line"] in kinds]


def sealed(lines: Iterable[Any]) -> list[bytes]:
    """Lines that are given as objects or bytes, with an end that says that they are whole."""
    seal = Seal()
    whole = [line if isinstance(line, bytes) else orjson.dumps(line) + b"\n" for line in lines]
    for line in whole:
        said = orjson.loads(line)
        kind = said.get("line") if isinstance(said, dict) else None
        seal.take(kind if isinstance(kind, str) and kind in seal.lines else "account", line)
    return [*whole, orjson.dumps({"line": "end", **seal.values}) + b"\n"]


def unused(world: World) -> int:
    """The number of a new, empty account."""
    number = next(_NUMBERS)
    world.store(lambda conn: accounts.add(conn, "Empty", number))
    return number


def imported(world: World, lines: Sequence[bytes], folder: Path, account: int | None = None, **given: str) -> int:
    """Imports lines into an account, by default a new one, and turns to it with a key of its own; its number."""
    file = folder / f"{hashlib.sha256(b''.join(lines)).hexdigest()[:16]}.ndjson"
    file.write_bytes(b"".join(lines))
    before = world.account
    world.account = unused(world) if account is None else account
    try:
        world.operator("importAccount", file=str(file), **given)
    except BaseException:
        world.account = before
        raise
    world.key = world.new_key()
    [world.epoch] = [each.epoch for each in world.store(accounts.accounts) if each.account_id == world.account]
    return world.account


def same(lines: Iterable[bytes]) -> list[bytes]:
    """The lines that do not differ between an export and one of the account that was made of it."""
    return [line for line in lines if orjson.loads(line)["line"] not in ("account", "key", "end")]


def shuffled(values: Sequence[Any], seed: int) -> list[Any]:
    """The values in another order."""
    mixed = list(values)
    Random(seed).shuffle(mixed)
    return mixed
