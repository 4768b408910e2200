"""Whoever is refused learns nothing from how long it took: the same is done whatever is wrong with the credentials.

Keys are compared by the database, which looks for the SHA-256 of what was presented in an index. Where that ends tells
something of the hash of a stored key at most, and nobody can choose keys by the beginning of their hash towards one
that he does not have. What could be told apart is whether anything else is done besides; that is what is tested here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from scrumrpc.calls.authentication import Credentials, credentials_of, new_key
from scrumrpc.errors import ApiError
from scrumrpc.store import accounts, look_ups, opening, standing
from scrumrpc.store.standing import parameters_of, standing_statement
from tests.world import World

BEN = "ben@example.com"
NOBODY = "nobody@example.com"


@pytest.fixture
def refused(world: World) -> dict[str, Credentials]:
    """Callers who are refused, with access control on projects, which makes most to look up of whom it concerns."""
    ben = world.person(BEN)
    for name in ("A", "B"):
        world.call("addStakeholder", projectID=world.call("addProject", name=name), personID=ben)
    expired, revoked = (world.call("addAPIKey", name=name) for name in ("expired", "revoked"))
    with psycopg.connect(world.database.url) as conn:
        conn.execute(
            "UPDATE api_keys SET expires_at = now() WHERE account_id = %s AND name = 'expired'", (world.account,)
        )
    world.call("deleteAPIKey", apiKeyID=revoked["id"])
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    unknown = new_key(world.account)
    return {
        f"{email}, {what}": credentials_of(email, key)
        for email in (NOBODY, BEN, world.admin)
        for what, key in (("unknown", unknown), ("expired", expired["key"]), ("revoked", revoked["key"]))
    }


def steps(conn: psycopg.Connection, credentials: Credentials) -> list[tuple[Any, ...]]:
    """What the database does to look somebody up: each step, what it looks into, and how often it is done."""
    row = conn.execute(
        "EXPLAIN (ANALYZE, FORMAT JSON, COSTS OFF, TIMING OFF) " + standing_statement(), parameters_of(credentials)
    ).fetchone()
    assert row is not None

    def under(node: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
        yield node["Node Type"], node.get("Relation Name"), node.get("Index Name"), node["Actual Loops"]
        for each in node.get("Plans", ()):
            yield from under(each)

    return list(under(row[0][0]["Plan"]))


def test_the_database_does_the_same_for_whoever_is_refused(world: World, refused: dict[str, Credentials]) -> None:
    with psycopg.connect(world.database.url) as conn:
        conn.execute("SET plan_cache_mode = force_generic_plan")
        done = {who: steps(conn, credentials) for who, credentials in refused.items()}
        assert len({tuple(each) for each in done.values()}) == 1, done
        [of_all, *_] = done.values()
        for looked_into in ("accounts", "api_keys", "persons"):
            assert [times for _, table, _, times in of_all if table == looked_into] == [1]
        let_in = steps(conn, credentials_of(BEN, world.key))
        assert sum(times for *_, times in let_in) > sum(times for *_, times in of_all)  # more is done for who may call
        assert steps(conn, credentials_of(NOBODY, world.key)) == of_all


@pytest.mark.parametrize(("method", "given"), [("getData", {}), ("addProject", {"name": "x"}), ("addProject", {})])
def test_the_same_statements_are_sent(
    world: World, refused: dict[str, Credentials], monkeypatch: pytest.MonkeyPatch, method: str, given: dict[str, str]
) -> None:
    sent: list[list[str]] = []
    for module in (standing, look_ups, opening):
        flush = module.flush

        async def noting(conn: Any, statements: Any, flush: Any = flush) -> Any:
            sent.append([text for text, _ in statements])
            return await flush(conn, statements)

        monkeypatch.setattr(module, "flush", noting)

    def statements(credentials: Credentials) -> list[list[str]]:
        sent.clear()
        with pytest.raises(ApiError):
            world.run(world.calls.call(method, given, credentials, "test"))
        return list(sent)

    callers = {**refused, "unknown address": credentials_of(NOBODY, world.key)}
    of_each = {who: statements(credentials) for who, credentials in callers.items()}
    [first, *_] = of_each.values()
    assert first
    assert all(each == first for each in of_each.values()), of_each
