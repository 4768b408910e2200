"""Every method, called in one of two accounts with the same ids: the other one stays as it is and is not told of.

A statement that forgot to ask for the account would find, change or tell of the other one's rows: they have the same
ids, numbers, versions, external ids, e-mail addresses and names.
"""

from __future__ import annotations

import pytest

from scrumrpc.calls.registry import METHODS
from scrumrpc.docs.examples import EXAMPLES
from tests.security.twins import Twin, twins
from tests.world import EVERYTHING, World

PUBLIC = [name for name, method in METHODS.items() if method.public]
FIRST, SECOND = 7_100_001, 7_100_002


@pytest.fixture(scope="module")
def both(shared_world: World) -> tuple[Twin, Twin]:
    return twins(shared_world, FIRST, SECOND, same_ids=True)


def test_every_method_keeps_to_its_account(both: tuple[Twin, Twin]) -> None:
    """All calls in one account, then all in the other, which find there what they found in the first."""
    assert list(EXAMPLES) == PUBLIC  # each can be called
    for twin, other in (both, both[::-1]):
        before = other.rows()
        assert int(before["objects"].partition(" ")[0]) > 200
        for place, name in enumerate(EXAMPLES, start=1):
            told = twin.told(name, twin.example(name))
            assert other.mark not in told, name
            assert f'"{other.account}-' not in told, name
            if place % 40 == 0 or place == len(EXAMPLES):
                assert other.rows() == before, f"{name}, or a method that was called shortly before"
    for twin in both:
        twin.world.account = twin.account
        twin.world.check_log_gives_tables()


def test_every_reading_method_tells_of_its_account_only(both: tuple[Twin, Twin]) -> None:
    """At every version, with all that can be asked for; both accounts are in the memory of the same worker."""
    for twin, other in (both, both[::-1]):
        for version in range(1, int(twin.call("getDataVersion")) + 1, 25):
            at = {"atDataVersion": str(version), "includeProperties": EVERYTHING}
            told = twin.told("getData", at) + twin.told("getBacklogItems", at | {"limit": "100"})
            assert twin.mark in told
            assert other.mark not in told
        for name, given in (
            ("getChanges", {"sinceDataVersion": "0", "limit": "10000"}),
            ("getChanges", {"sinceDataVersion": "0", "collapse": "true", "includeProperties": EVERYTHING}),
            ("getVersions", {"limit": "1000"}), ("getNamedVersions", {}), ("getAPIKeys", {}), ("getWebhooks", {}),
            ("getTimeEntries", {}), ("getObjectHistory", {"objectType": "BacklogItem", "objectID": "729-0-69327"}),
            ("getObject", {"objectType": "BacklogItem", "externalID": f"SHOP-217 {twin.mark}"}),
        ):  # fmt: skip
            assert name in PUBLIC
            assert other.mark not in twin.told(name, given), name
