"""Reading everything beside writing calls: answers take turns with them, and each is of exactly one version."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from scrumrpc.calls.pipeline import Answer
from scrumrpc.store import turns
from scrumrpc.store.images import load_from_log
from scrumrpc.wire.endpoint import result_of
from tests.world import EVERYTHING, World

INCLUDES = (EVERYTHING, "Project.backlogItems,BacklogItem.tasks", "Project.backlogs,Project.sprints,Data.persons", "")


@dataclass(frozen=True)
class Read:
    """What a reader was answered; `later` is the version that was known to be committed by then."""

    include: str
    answer: Answer
    later: int


def test_answers_are_of_one_version_whatever_is_written_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_TURN", -1.0)  # others have their turn after every step
    project = world.call("addProject", name="P")
    items = [world.call("addBacklogItem", projectID=project, name=f"i{n}") for n in range(70)]
    reads = world.run(_read_and_write(world, project, items))
    assert any(read.answer.version < read.later for read in reads), "nothing was written while anything was read"
    assert len({read.answer.version for read in reads}) > 5
    for at in {read.answer.version for read in reads}:
        image = world.store(lambda conn, at=at: load_from_log(conn, world.account, at))
        expected = {include: _expected(image, include) for include in INCLUDES}
        for read in reads:
            assert read.answer.version != at or b"".join(result_of(read.answer)) == expected[read.include]


async def _read_and_write(world: World, project: str, items: list[str]) -> list[Read]:
    random = Random(7)
    committed = (await world.send("getDataVersion")).version
    first = committed
    reads: list[Read] = []
    is_over = False

    async def write() -> None:
        nonlocal committed, is_over
        for n in range(30):
            item = random.choice(items)
            match n % 6:
                case 0:
                    call = world.send("addTask", backlogItemID=item, name=f"t{n}")
                case 1:
                    call = world.send("setBacklogItemName", backlogItemID=item, name=f"renamed {n}")
                case 2:
                    call = world.send("addBacklogItem", projectID=project, name=f"new {n}", index=str(n % 7))
                case 3:
                    call = world.send("addTag", projectID=project, name=f"tag {n}")
                case 4:
                    call = world.send("addComment", ownerObjectType="BacklogItem", ownerObjectID=item, text="c")
                case _:
                    items.remove(item)
                    call = world.send("deleteBacklogItem", backlogItemID=item)
            committed = (await call).version
        is_over = True

    async def read(include: str, *, past: bool) -> None:
        while not is_over:
            known = committed
            given = {"atDataVersion": str(random.randrange(first, known + 1))} if past else {}
            answer = await world.send("getData", includeProperties=include, **given)
            assert answer.version == int(given["atDataVersion"]) if past else answer.version >= known
            reads.append(Read(include, answer, committed))

    await asyncio.gather(write(), *(read(each, past=past) for each in INCLUDES for past in (False, True)))
    return reads


def _expected(image: Any, include: str) -> bytes:
    """The answer from an image that is new, and was never changed."""
    tokens = frozenset(include.split(","))
    parts: list[bytes] = [b'{"objectType":"Result","dataVersion":%d,"result":{"objectType":"Data"' % image.version]
    for name, of_type in ((b"persons", "Person"), (b"deletedPersons", "DeletedPerson")):
        parts.append(b',"%b":' % name)
        if f"Data.{name.decode()}" in tokens:
            image.write_list(parts, (of_type, 0), tokens)
        else:
            parts.append(b"null")
    parts.append(b',"projects":')
    image.write_array(parts, image.members(("Project", 0)), tokens)
    return b"".join([*parts, b"}}"])
