"""The ground that requests are made on: two accounts of a server, and what there is in them when a request is drawn."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from scrumrpc.model.image import Image
from scrumrpc.model.invariants import violations
from scrumrpc.model.record import Record
from scrumrpc.store import accounts, compaction
from tests.fuzz.values import MARK
from tests.model.start import objects
from tests.world import World

ADMIN, MEMBER = World.admin, "ben@example.com"
"""Who may do everything, and who reaches one of two projects."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What requests may name. It stays while requests are drawn, so that one that fails can be made again, and smaller.

    `methods` are names of methods, those more often that have more left to show; `wanted` is by method
    what it is documented to answer and has not answered yet.
    """

    account: int
    keys: Mapping[str, str]
    """Authorization headers: of the administrator and the member, with wrong parts, of the other account."""
    image: Image
    foreign: Mapping[str, tuple[str, ...]]
    """Ids of the other account, by type."""
    methods: tuple[str, ...]
    wanted: Mapping[str, tuple[str, ...]]
    used_request_ids: tuple[str, ...]
    key_ids: tuple[str, ...]
    webhook_ids: tuple[str, ...]
    gone: tuple[Record, ...]
    """Objects that were deleted."""
    hook_secret: str
    epoch: str


@dataclass(slots=True)
class Company:
    """An account for some thousand requests beside another one, which must be as it was in the end."""

    world: World
    first: int = 0
    other: int = 0
    key: str = ""
    other_key: str = ""
    hook_secret: str = ""
    request_ids: list[str] = field(default_factory=list)
    image: Image | None = None
    gone: list[Record] = field(default_factory=list)
    before: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def founded(cls, world: World, number: int) -> Company:
        """Makes both accounts, under this number and the next."""
        company = cls(world)
        company.other, company.other_key = company._account(number + 1, MARK)
        company.before = traces(world, company.other)
        company.first, company.key = company._account(number, None)
        company.hook_secret = str(world.call("resetCommitHookSecret"))
        world.call("addNamedVersion", name="one")
        world.run(_without_the_past(world.url, number))
        world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
        return company

    def _account(self, number: int, mark: str | None) -> tuple[int, str]:
        self.world.new_account(number)
        given = objects(number)
        self.world.load(*(_marked(each, mark) for each in given) if mark else given)
        return number, self.world.key

    def ground(self, wanted: Mapping[str, tuple[str, ...]]) -> Ground:
        """What requests may name now; `wanted` are all public methods with what they have not answered yet."""
        image = self.world.tables()
        if self.image is not None:
            there = {record.number for record in image.records()}
            self.gone += [record for record in self.image.records() if record.number not in there]
        self.image = image
        foreign: dict[str, list[str]] = {}
        for each in objects(self.other):
            foreign.setdefault(each["objectType"], []).append(each["id"])
        wrong = self.key[:-1] + ("0" if self.key[-1] != "0" else "1")
        keys = {
            "admin": basic(ADMIN, self.key),
            "member": basic(MEMBER, self.key),
            "wrong key": basic(ADMIN, wrong),
            "no key": basic(ADMIN, f"{self.first}-{secrets.token_hex(3)}"),
            "nobody": basic("nobody@example.com", self.key),
            "key of the other account": basic("cid@example.org", self.other_key),
        }
        _own, *others = self.world.call("getAPIKeys")  # nobody deletes the one that all calls are made with
        return Ground(
            self.first,
            keys,
            image,
            {name: tuple(ids) for name, ids in foreign.items()},
            tuple(name for name, errors in wanted.items() for _ in range(1 + min(len(errors), 4))),
            wanted,
            tuple(self.request_ids[-20:]),
            tuple(each["id"] for each in others),
            tuple(each["id"] for each in self.world.call("getWebhooks")),
            tuple(self.gone[-50:]),
            self.hook_secret,
            self.world.answer("getDataVersion").standing.epoch,
        )

    def check(self) -> None:
        """Log and tables say the same, all rules hold, and the other account was not touched."""
        self.world.check_log_gives_tables()
        assert violations(self.world.tables()) == []
        assert traces(self.world, self.other) == self.before


async def _without_the_past(url: str, account: int) -> None:
    async with compaction.connection(url) as conn:
        if conn is not None:  # else somebody else compacts, and these accounts keep all
            await compaction.compact(conn, account, 0)


def basic(email: str, key: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{email}:{key}".encode()).decode()


def _marked(given: dict[str, Any], mark: str) -> dict[str, Any]:
    """An object whose texts of free choice all say where it belongs."""
    free = ("name", "description", "text", "title", "message", "firstName", "lastName")
    return {name: f"{mark}: {value}" if name in free and value else value for name, value in given.items()}


def traces(world: World, account: int) -> dict[str, str]:
    """What every table has of an account, in a few digits; whatever a call leaves behind shows in them."""
    with psycopg.connect(world.url) as conn:
        found = conn.execute(
            "SELECT DISTINCT table_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'account_id' ORDER BY 1"
        ).fetchall()
        digests: dict[str, str] = {}
        for (table,) in found:
            row = conn.execute(
                "SELECT coalesce(md5(string_agg(line, ' ' ORDER BY line)), '') FROM ("
                f"SELECT md5((to_jsonb(t) - 'last_used_at')::text) AS line FROM {table} t WHERE account_id = %s) lines",  # type: ignore[arg-type]
                (account,),
            ).fetchone()
            assert row
            digests[str(table)] = str(row[0])
        return digests
