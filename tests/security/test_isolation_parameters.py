"""What belongs to another account does not exist: each parameter that names something, with a name from over there.

Everything else in the calls is as in the documentation's examples, which succeed. The answer is the same, but for the
name, as for something that never was; and nothing changes on either side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from scrumrpc.calls.batch import may_be_in_a_batch
from scrumrpc.calls.registry import METHODS, Method
from scrumrpc.errors import ApiError
from scrumrpc.model.types import STORED_TYPES
from tests.security.naming import Naming, namings
from tests.security.twins import WEBHOOK_URL, Twin, twins
from tests.world import World

OURS, THEIRS, NOBODYS = 7_200_001, 7_200_002, 7_200_003
CASES = namings()
IN_BATCHES = [each for each in CASES if may_be_in_a_batch(each.method)]


@pytest.fixture(scope="module")
def both(shared_world: World) -> Iterator[tuple[Twin, Twin]]:
    ours, theirs = twins(shared_world, OURS, THEIRS, same_ids=False)
    for twin in (ours, theirs):
        twin.call("addWebhook", url=WEBHOOK_URL)
        twin.call("addNamedVersion", name=f"of {twin.account}")
        twin.call("deleteBacklogItem", backlogItemID=f"{twin.account}-0-69320")
    before = ours.rows(), theirs.rows()
    yield ours, theirs
    assert (ours.rows(), theirs.rows()) == before


@pytest.fixture(scope="module")
def ids(both: tuple[Twin, Twin]) -> dict[str, str]:
    """Something of each type over there."""
    _, theirs = both
    theirs.world.account = theirs.account
    found = {record.type: record.id for record in theirs.world.tables().records()}
    assert set(found) == set(STORED_TYPES)
    return found | {"APIKey": f"{THEIRS}-0-1", "Webhook": f"{THEIRS}-0-1"}


def refusal(twin: Twin, method: str, given: dict[str, str]) -> ApiError:
    """How a call is refused."""
    with pytest.raises(ApiError) as refused:
        twin.answer(method, given)
    return refused.value


def parameters(twin: Twin, case: Naming, name: str) -> dict[str, str]:
    """Those of the documentation's example, but for the one that names what is not there."""
    given = {p: v for p, v in twin.example(case.method.name).items() if p not in ("atDataVersion", "untilDataVersion")}
    if case.method.name == "getObject":
        given.pop("externalID", None)
    given[case.parameter.name] = name
    if case.type_parameter:
        given[case.type_parameter] = case.type
    return given


def names(case: Naming, ours: Twin, foreign: str) -> Iterator[tuple[str, str]]:
    """Values with a foreign name in them, and the same with one that nothing has."""
    missing = foreign.replace(str(THEIRS), str(NOBODYS))
    yield foreign, missing
    if case.is_list:
        own = foreign.replace(str(THEIRS), str(ours.account))
        yield f"{own},{foreign}", f"{own},{missing}"
        yield f"{foreign},{own}", f"{missing},{own}"


def check(ours: Twin, method: str, given: dict[str, str], other: dict[str, str], foreign: str) -> None:
    """Both calls are refused because the thing is not there, in the same words."""
    error, expected = refusal(ours, method, given), refusal(ours, method, other)
    assert error.error_id == expected.error_id == "ObjectNotFound", error.message
    assert foreign in error.message
    assert error.message == expected.message.replace(str(NOBODYS), str(THEIRS))
    assert (error.status, error.data_version) == (expected.status, expected.data_version)


def test_all_parameters_are_tried() -> None:
    """Each of them that names something by its id, of each type that it can have."""
    assert len(CASES) >= 350
    assert len({each.method.name for each in CASES}) >= 230
    named = {(each.method.name, each.parameter.name) for each in CASES}
    for method in METHODS.values():
        for p in method.parameters if method.public else ():
            if p.name.endswith(("ID", "IDs")) and p.name != "externalID":
                assert (method.name, p.name) in named


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_name_from_over_there(both: tuple[Twin, Twin], ids: dict[str, str], case: Naming) -> None:
    ours, _ = both
    for foreign, missing in names(case, ours, ids[case.type]):
        given, other = (parameters(ours, case, name) for name in (foreign, missing))
        check(ours, case.method.name, given, other, ids[case.type])


@pytest.mark.parametrize("method", ["getObjectHistory", "restoreObject"])
def test_a_name_of_what_was_deleted_over_there(both: tuple[Twin, Twin], method: str) -> None:
    """These two know what is gone, by its last id."""
    ours, theirs = both
    given = {"objectType": "BacklogItem"}
    assert theirs.call("getObjectHistory", **given, objectID=f"{THEIRS}-0-69320")
    foreign, missing = ({**given, "objectID": f"{account}-0-69320"} for account in (THEIRS, NOBODYS))
    check(ours, method, foreign, missing, foreign["objectID"])


@pytest.mark.slow
@pytest.mark.parametrize("case", IN_BATCHES, ids=str)
def test_a_name_from_over_there_in_a_batch(both: tuple[Twin, Twin], ids: dict[str, str], case: Naming) -> None:
    ours, _ = both
    for foreign, missing in names(case, ours, ids[case.type]):
        batches = [batch(case.method, parameters(ours, case, name)) for name in (foreign, missing)]
        check(ours, "executeBatch", *batches, ids[case.type])


def batch(method: Method, given: dict[str, str]) -> dict[str, str]:
    """A batch of two calls, of which the first would succeed."""
    tag: dict[str, Any] = {"method": "addTag", "parameters": {"projectID": f"{OURS}-11230-1", "name": "x"}}
    return {"calls": orjson.dumps([tag, {"method": method.name, "parameters": given}]).decode()}
