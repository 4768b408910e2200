"""The lock test: a crowd hammers one account, operators work beside it, and other accounts get on with theirs."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from dataclasses import dataclass, field

import psycopg

from tests.concurrency.crowd import CROWD, Ground, Member, gather_crowd
from tests.concurrency.registers import Caller
from tests.serving import Server
from tests.wire.surroundings import operate
from tests.world import World

OTHERS = 2
"""Accounts that work beside the hammered one, each on one connection."""
_CALLS = 40
"""Writing calls that each of them makes, alone and then beside the crowd; and as many that read."""
_ROUNDS = 4
"""At most so many calls of each of the crowd's connections may be done for each writing call of another account."""
_ITEMS = 3


@dataclass(slots=True)
class Lived:
    """What came of it: who did how much, and how long the other accounts took alone and beside the crowd."""

    members: list[Member]
    ground: Ground
    beside: int
    """What the crowd had done by the time that the others had made their calls."""
    seconds_alone: float
    seconds_beside: float
    commands: int
    problems: list[str] = field(default_factory=list)

    def per_connection(self, what: str) -> list[int]:
        """How often each of the connections did something, ascending."""
        return sorted(member.done for member in self.members if member.what == what)


def hammer(server: Server, url: str) -> Lived:
    """Lets the crowd loose on account 1, and looks at what it left."""
    credentials = server.credentials("admin@example.com")
    caller = Caller(server.api, credentials)
    project = caller.call("addProject", name=f"Crowd {time.monotonic_ns()}", detailedEstimateUnit="Hours")
    ground = Ground(project, [caller.call("addBacklogItem", projectID=project, name=f"i{n}") for n in range(_ITEMS)])
    others = [_other_account(url, f"Other {n}") for n in range(OTHERS)]
    spare = _other_account(url, "Spare")
    seconds_alone = asyncio.run(_timed(server.api, others))
    before = caller.call("getDataVersion")
    seconds: list[float] = []
    commands: list[str] = []
    beside: list[int] = []

    async def meanwhile(members: list[Member]) -> None:
        operators = asyncio.create_task(asyncio.to_thread(_operate, url, int(spare[1].partition("-")[0]), commands))
        seconds.append(await _timed(server.api, others))
        beside.append(sum(member.done for member in members))
        await operators
        await asyncio.gather(*(member.has_done_some.wait() for member in members))

    members = asyncio.run(gather_crowd(server.api, credentials, ground, meanwhile))
    lived = Lived(members, ground, beside[0], seconds_alone, seconds[0], len(commands))
    lived.problems = [*_lost(caller, ground, members, before), *_unfair(lived), *_log_differs(url)]
    return lived


def deadlocks(url: str) -> int:
    """How many deadlocks PostgreSQL has counted in the database; whole once all connections to it have ended."""
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone()
    assert row
    return int(row[0])


def _other_account(url: str, name: str) -> tuple[str, str]:
    """The credentials of the administrator of a new account."""
    added = re.search(r"Added account (\d+)", operate(url, "account", "add", name))
    assert added
    email = f"admin{added[1]}@example.com"
    operate(url, "person", "add", email, "Ann", "--administrator", "--account", added[1])
    return email, operate(url, "key", "create", "k", "--account", added[1]).split()[-1]


async def _timed(api: str, others: list[tuple[str, str]]) -> float:
    """How long the others take, all at the same time."""
    began = time.monotonic()
    await asyncio.gather(*(_get_on(Member(api, credentials, "another account")) for credentials in others))
    return time.monotonic() - began


async def _get_on(member: Member) -> None:
    """What another account does meanwhile, one call after the other."""
    async with member.client() as http:
        for _ in range(_CALLS):
            await member.call(http, "addProject", name=secrets.token_hex(8), requestID=secrets.token_hex(8))
            await member.call(http, "getData")
    assert member.versions == list(range(member.versions[0], member.versions[0] + _CALLS))


def _operate(url: str, spare: int, commands: list[str]) -> None:
    """Operators' commands about the hammered account and beside it."""
    for words in (
        ("history", "compact", "--days", "1", "--account", "1"),
        ("account", "access-control", "1", "on"),
        ("maintenance", "on", "--account", f"{spare}"),
        ("key", "create", "for a moment", "--account", "1"),
        ("maintenance", "off", "--account", f"{spare}"),
        ("account", "new-epoch", f"{spare}"),
        ("account", "access-control", "1", "off"),
    ):
        operate(url, *words)
        commands.append(" ".join(words))


def _lost(caller: Caller, ground: Ground, members: list[Member], before: int) -> list[str]:
    """Updates that were acknowledged and are not there, or are there twice."""
    wrong = []
    data = caller.call("getData", projectIDs=ground.project, includeProperties="Project.backlogItems,BacklogItem.tasks")
    for item in data["projects"][0]["backlogItems"]:
        expected = ground.added[item["id"]]
        if not item["estimate"] == len(item["tasks"]) == expected:
            wrong.append(f"{item['name']} has {len(item['tasks'])} tasks, {item['estimate']} in sum, not {expected}.")
    if data["projects"][0].get("tags"):
        wrong.append("Tags are there that were taken back.")
    answered = [version for member in members for version in member.versions]
    if len(set(answered)) < len(answered):
        wrong.append("Two changes were answered the same version.")
    made = {version["dataVersion"] for version in caller.versions(before)}
    if not made.issuperset(answered):
        wrong.append("A version was answered that is not in the log.")
    return wrong


def _unfair(lived: Lived) -> list[str]:
    """Progress that others had no part in."""
    wrong = []
    most = _ROUNDS * _CALLS * len(lived.members)
    if lived.beside > most:
        wrong.append(f"The crowd did {lived.beside} things, more than {most}, while others made {_CALLS} calls.")
    for what in CROWD:
        counts = lived.per_connection(what)
        if counts[0] * 10 < counts[-1]:
            wrong.append(f"Of those who do the same ({what}) one did it {counts[0]} times, another {counts[-1]} times.")
    return wrong


def _log_differs(url: str) -> list[str]:
    world = World(url, size=1)
    try:
        world.account = 1
        world.check_log_gives_tables()
    except AssertionError:
        return ["Replaying the log does not lead to the tables."]
    finally:
        world.close()
    return []
