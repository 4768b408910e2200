"""World: the pipeline on a real database, driven from plain test functions."""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
from collections.abc import Coroutine
from typing import Any, TypeVar

import orjson

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.authentication import credentials_of, hash_of, new_key, prefix_of
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Answer, Calls
from scrumrpc.model.image import Image
from scrumrpc.model.include import OPTIONAL
from scrumrpc.store import accounts, images, keys
from scrumrpc.store.database import Database, ping
from scrumrpc.store.signals import Signals
from scrumrpc.store.standing import Credentials
from scrumrpc.wire.endpoint import result_of

T = TypeVar("T")
EVERYTHING = ",".join(OPTIONAL)
# Each process of the run has its own database; the numbers differ all the same, to tell accounts apart in failures.
# They have more digits than years, so that a test can replace them wherever they stand and spares dates.
_NUMBERS = itertools.count(100_000 * (1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])))


class World:
    """Calls against one account after the other. Calls are made as the administrator unless told otherwise."""

    admin = "ann@example.com"

    def __init__(self, url: str, *, size: int = 8) -> None:
        self.url = url
        self.runner = asyncio.Runner()
        self.database = Database(url, size=size)
        limits = Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0)
        self.signals = Signals(self.database)
        self.calls = Calls(self.database, images.Images(self.database, 10**9), limits, self.signals)
        self.run(self.database.open())
        self.account = 0
        self.epoch = ""  # that it had when it was made
        self.key = ""

    def close(self) -> None:
        """Ends all connections."""
        self.run(self.signals.stop())
        self.run(self.calls.close())
        self.run(self.database.close())
        self.runner.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine."""
        return self.runner.run(work)

    def new_account(self, number: int | None = None) -> int:
        """Makes an account with an administrator and a key, and turns to it."""
        self.account = next(_NUMBERS) if number is None else number
        self.store(lambda conn: accounts.add(conn, "Test", self.account))
        self.key = self.new_key()
        given = {"emailAddress": self.admin, "firstName": "Ann", "isAdministrator": "true"}
        self.epoch = self.operated("addPersonByOperator", **given).standing.epoch
        return self.account

    def new_key(self) -> str:
        """Makes another key of the account."""
        secret = new_key(self.account)
        self.store(lambda conn: keys.add(conn, self.account, "test key", prefix_of(secret), hash_of(secret)))
        return secret

    def store(self, work: Any) -> Any:
        """The result of work on a connection."""

        async def whole() -> Any:
            async with self.database.begin(ping) as (conn, _):
                return await work(conn)

        return self.run(whole())

    def person(self, email: str, /, **given: str) -> str:
        """Adds a person and answers the id."""
        return str(self.operator("addPersonByOperator", emailAddress=email, firstName="Somebody", **given))

    def operator(self, method: str, /, **given: str) -> Any:
        """The result of an operator's call."""
        return self.operated(method, **given).result

    def operated(self, method: str, /, **given: str) -> Answer:
        """The answer to an operator's call."""
        return self.run(self.calls.call(method, given, Credentials(self.account, None, None), "test"))

    def load(self, *objects: dict[str, Any]) -> None:
        """Imports objects, which methods cannot make yet."""
        self.operator("importObjects", objects=orjson.dumps(list(objects)).decode())

    def answer(self, method: str, email: str | None = None, /, **given: str) -> Answer:
        """The answer to a call."""
        return self.run(self.send(method, email, **given))

    def send(self, method: str, email: str | None = None, /, **given: str) -> Coroutine[Any, Any, Answer]:
        """A call, to be awaited."""
        credentials = credentials_of(email or self.admin, self.key)
        return self.calls.call(method, given, credentials, secrets.token_hex(4))

    def call(self, method: str, email: str | None = None, /, **given: str) -> Any:
        """The result of a call, as a client reads it."""
        return self.read(self.answer(method, email, **given))

    @staticmethod
    def read(answer: Answer) -> Any:
        """The result of an answer, as a client reads it."""
        return orjson.loads(b"".join(result_of(answer)))["result"]

    @property
    def version(self) -> int:
        """The data version."""
        return int(self.call("getDataVersion"))

    def data(self, email: str | None = None, include: str = EVERYTHING) -> Any:
        """All data that there is."""
        return self.call("getData", email, includeProperties=include)

    def tables(self) -> Image:
        """The account as the tables have it."""
        image: Image = self.store(lambda conn: images.load_from_tables(conn, self.account))
        return image

    def check_log_gives_tables(self) -> None:
        """The third law: replaying the change log from nothing gives exactly the current tables."""
        tables = self.tables()
        log: Image = self.store(lambda conn: images.load_from_log(conn, self.account))
        assert log.version == tables.version
        in_tables = {record.number: record for record in tables.records()}
        in_log = {record.number: record for record in log.records()}
        assert in_log == in_tables
