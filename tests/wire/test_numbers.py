"""Numbers, integers, positions and dates: what is read, what is refused, and how they come back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from scrumrpc.cli import sample
from scrumrpc.errors import InvalidParameter, MissingParameter, RequirementNotSatisfied
from scrumrpc.model.include import OPTIONAL
from tests.wire.expecting import message_of, result_of
from tests.world import World


@pytest.fixture
def item(world: World) -> str:
    """The id of a backlog item."""
    project = world.call("addProject", name="A")
    return str(world.call("addBacklogItem", projectID=project, name="x"))


def set_estimate(client: httpx2.Client, item: str, number: str, unit: str | None = "Points") -> httpx2.Response:
    """The answer to setting the rough estimate."""
    given = {"backlogItemID": item, "roughEstimate": number}
    return client.post("setBacklogItemRoughEstimate", data=given | ({"roughEstimateUnit": unit} if unit else {}))


def shown_estimate(client: httpx2.Client) -> str:
    """The rough estimate as it stands in the answer."""
    raw = client.post("getData", data={"includeProperties": "Project.backlogItems"}).text
    [number] = re.findall(r'"roughEstimate":([^,]*),', raw)
    return number


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("12.5", "12.5"), ("12", "12.0"), ("0", "0.0"), ("0.0", "0.0"), ("-0", "0.0"), ("-0.0", "0.0"), ("+3", "3.0"),
        (".5", "0.5"), ("5.", "5.0"), ("007", "7.0"), ("1e3", "1000.0"), ("1E+3", "1000.0"), ("25e-1", "2.5"),
        ("0.1", "0.1"), ("1000000000000", "1000000000000.0"), ("1e-400", "0.0"),
        ("3.141592653589793", "3.141592653589793"),
    ],
)  # fmt: skip
def test_numbers_that_are_read(client: httpx2.Client, item: str, text: str, shown: str) -> None:
    result_of(set_estimate(client, item, text))
    assert shown_estimate(client) == shown


@pytest.mark.parametrize("text", ["-1", "-1.0", "-1.", "-01", "-1e0", "", "null"])
def test_minus_one_means_none_and_needs_no_unit(client: httpx2.Client, item: str, text: str) -> None:
    for unit in (None, "Points", "Hours", "null"):
        result_of(set_estimate(client, item, "3"))
        result_of(set_estimate(client, item, text, unit))
        assert shown_estimate(client) == "-1.0"


@pytest.mark.parametrize(
    "text",
    [
        "-2", "-0.5", "-1.1", "-1000", "12,5", "1,000", "1 000", " 1", "1 ", "NaN", "nan", "inf", "Infinity", "-inf",
        "1e999", "1000000000001", "1e13", "0x10", "1_000", "1e", "e1", ".", "-", "+", "1.2.3", "١٢", "½", "1" * 500,
        "1d", "true", "0." + "1" * 500, "1e1000", "--1",
    ],
)  # fmt: skip
def test_numbers_that_are_refused(client: httpx2.Client, world: World, item: str, text: str) -> None:
    before = world.version
    message = message_of(set_estimate(client, item, text), InvalidParameter)
    assert message.startswith("The parameter roughEstimate is ")
    assert len(message) < 300
    assert world.version == before


def test_a_number_needs_its_unit(client: httpx2.Client, item: str) -> None:
    for unit in (None, "", "null"):
        assert "roughEstimateUnit" in message_of(set_estimate(client, item, "0", unit), MissingParameter)
    assert "Points" in message_of(set_estimate(client, item, "1", "Days"), RequirementNotSatisfied)
    for unit in ("points", "Point", "h"):
        message_of(set_estimate(client, item, "1", unit), InvalidParameter)


def test_positions(client: httpx2.Client, world: World) -> None:
    result_of(client.post("addProject", data={"name": "b"}))
    for name, index in {"d": "-1", "a": "0", "c": "2", "e": "+4", "f": "05", "g": "null", "h": ""}.items():
        result_of(client.post("addProject", data={"name": name, "index": index}))
    assert [project["name"] for project in world.data()["projects"]] == list("abcdefgh")


@pytest.mark.parametrize(
    "index", ["-2", "9", "1.0", "1e0", "x", " 0", "0 ", "1" * 18, "1" * 19, "1" * 5000, "-0x1", "1,0", "٣"]
)
def test_positions_that_are_refused(client: httpx2.Client, world: World, index: str) -> None:
    before = world.version
    message = message_of(client.post("addProject", data={"name": "A", "index": index}), InvalidParameter)
    assert message.startswith("The parameter index is ")
    assert len(message) < 200
    assert world.version == before


@pytest.mark.parametrize("version", ["x", "1.0", "-2", "1" * 19, " 1", "1e3", "1" * 5000])
def test_data_versions_that_are_refused(client: httpx2.Client, version: str) -> None:
    for method in ("addProject", "getData"):
        response = client.post(method, data={"name": "A", "requiredDataVersion": version})
        assert "requiredDataVersion" in message_of(response, InvalidParameter)


NUMBERS = {"roughEstimate", "estimate", "usedTime", "remainingWork", "availableTime", "expectedVelocityPerWeek",
           "bestCaseVelocityPerWeek", "worstCaseVelocityPerWeek"}  # fmt: skip
COUNTS = {"BacklogItem.itemNumber", "Task.taskNumber", "RetrospectiveCard.columnNum"}
TIMES = {
    "Comment.date", "Commit.date", "Message.date", "Retrospective.creationDate", "RetrospectiveCard.creationDate",
}  # fmt: skip
TIMES_OR_NULL = {"File.date"} | {
    f"{type_name}.{name}"
    for type_name in ("BacklogItem", "Task")
    for name in ("creationDate", "toDoDate", "inProgressDate", "toTestDate", "doneDate")
}
DAYS = {"TimeEntry.date", "Release.startDate", "Release.releaseDate", "Sprint.startDate", "Sprint.endDate",
        "BacklogItem.dueDate", "Task.dueDate"}  # fmt: skip
TYPED = COUNTS | TIMES | TIMES_OR_NULL | DAYS


def test_numbers_and_dates_have_the_types_that_typed_clients_expect(client: httpx2.Client, world: World) -> None:
    """Numbers always have a point, integers never, dates are milliseconds or days: see the documentation's Objects."""
    world.load(*sample.objects())
    seen: set[str] = set()
    for where, value in _members(result_of(client.post("getData", data={"includeProperties": ",".join(OPTIONAL)}))):
        name = where.partition(".")[2]
        if name in NUMBERS:
            assert isinstance(value, float), where
            assert value == -1.0 or value >= 0, where
        elif where in COUNTS:
            assert type(value) is int, where
            assert value > 0, where
        elif where in TIMES or (where in TIMES_OR_NULL and value is not None):
            assert type(value) is int, where
            assert value > 10**12, where
        elif where in DAYS:
            assert value is None or re.fullmatch(r"\d{4}-\d\d-\d\d", value), where
        else:
            assert value is None or isinstance(value, (str, bool, list)), where
        if value is not None:
            seen.add(where if where in TYPED else name)
    assert seen >= NUMBERS | TYPED


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Every property of every object in an answer."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            for name, member in each.items():
                yield f"{each['objectType']}.{name}", member
                yield from _members(member)
