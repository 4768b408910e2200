"""Keys: their form, what is kept of them, and which standing may call."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scrumrpc import errors
from scrumrpc.calls.authentication import admit, credentials_of, hash_of, new_key, prefix_of
from scrumrpc.store.standing import Standing

GOOD = Standing(
    account=7, data_version=1, oldest_version=0, is_closed=False, has_api_access=True, has_access_control=False,
    in_maintenance=False, key_id=1, key_name="k", key_use_is_stale=False, key_is_read_only=False,
    key_seconds_left=None, person=3, is_administrator=False, projects=None, last_object=9, last_item_number=0,
    last_task_number=0, epoch="0123456789ab",
)  # fmt: skip


def test_a_key_tells_its_account_and_has_256_random_bits() -> None:
    first, second = new_key(729), new_key(729)
    assert first != second
    assert len(bytes.fromhex(first.partition("-")[2])) == 32
    credentials = credentials_of("a@example.com", first)
    assert (credentials.account, credentials.key_hash) == (729, hash_of(first))
    assert prefix_of(first) == first[:10]


@pytest.mark.parametrize("key", ["", "x", "729-12", "0-" + "A" * 64, "-1-" + "A" * 64, "9" * 99 + "-" + "A" * 64])
def test_what_cannot_be_a_key_is_looked_up_in_vain(key: str) -> None:
    assert credentials_of("a@example.com", key).account == 0


@pytest.mark.parametrize(
    ("standing", "error"),
    [
        (None, errors.InvalidAPIKey),
        (replace(GOOD, key_id=None), errors.InvalidAPIKey),
        (replace(GOOD, key_id=None, person=None), errors.InvalidAPIKey),
        (replace(GOOD, person=None), errors.InvalidUserEmailAddress),
        (replace(GOOD, person=None, is_closed=True), errors.InvalidUserEmailAddress),
        (replace(GOOD, is_closed=True, has_api_access=False), errors.CompanyAccountClosed),
        (replace(GOOD, has_api_access=False, in_maintenance=True), errors.APIAccessNotAllowed),
        (replace(GOOD, in_maintenance=True), errors.DuringMaintenance),
    ],
)
def test_who_may_not_call(standing: Standing | None, error: type[errors.ApiError]) -> None:
    with pytest.raises(error):
        admit(standing, credentials_of("a@example.com", new_key(7)))


def test_who_may_call() -> None:
    assert admit(GOOD, credentials_of("a@example.com", new_key(7))) is GOOD
