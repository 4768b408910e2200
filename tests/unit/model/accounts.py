"""Made-up accounts of records, changed at random, and how they are answered by the plainest of renderings."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Any

import orjson

from scrumrpc.model.properties import Property
from scrumrpc.model.record import ROOT, Record
from scrumrpc.model.rendering import answered
from scrumrpc.model.types import OBJECT_TYPES, STORED_TYPES

Account = dict[int, Record]
"""What is in an account, by number."""

ORIGIN = "https://scrum.example.com"
_FIRST = (
    "Project", "Project", "Person", "Team", "Release", "Sprint", "Sprint", "Board", "Backlog", "BacklogList",
    "Retrospective", "TeamSprintParticipation", "TeamSprintParticipation",
)  # fmt: skip
_OFTEN = ("BacklogItem", "BacklogItem", "BacklogItem", "Task", "Task", "Task", "Comment", "RetrospectiveCard")
_TYPES = (*STORED_TYPES, *_OFTEN, *_OFTEN)


def started(random: Random, count: int) -> tuple[Account, int]:
    """An account with about so many objects, some of them in all sorts of lists; and the last number that was given."""
    account: Account = {}
    for last, type_name in enumerate(_FIRST, 1):
        record = _made(account, random, last, type_name)
        assert record is not None
        account[last] = record
    return changed(account, random, len(_FIRST), 2 * count)


def changed(account: Account, random: Random, last: int, count: int) -> tuple[Account, int]:
    """The account after some objects were added, changed and deleted; and the last number that was given."""
    account = dict(account)
    for _ in range(count):
        what = random.random()
        if what < 0.5:
            record = _made(account, random, last + 1, random.choice(_TYPES))
            if record is not None:
                last += 1
                account[last] = record
        elif what < 0.9 and account:
            known = random.choice(list(account.values()))
            record = _made(account, random, known.number, known.type)
            if record is not None:
                keeps = {name: known[name] for name in known.values if name == "id" or random.random() < 0.7}
                account[known.number] = record.changed(**keeps)
        elif account:
            number = random.choice(list(account))
            if account[number].type not in _FIRST or random.random() < 0.1:
                _delete(account, number)
    return account, last


def _made(account: Account, random: Random, number: int, type_name: str) -> Record | None:
    """A record with anything that fits in its properties; None where something is missing that it needs."""
    object_type = STORED_TYPES[type_name]
    values: dict[str, Any] = {}
    for p in object_type.stored:
        if p.kind == "ref":
            found = [each for each in _pointed_at(account, p) if each < number or p.name != object_type.nested_in]
            if p.nullable and (random.random() < 0.4 or not found):
                values[p.name] = None
            elif found:
                values[p.name] = random.choice(found)
            else:
                return None
        elif p.kind == "refs":
            found = _pointed_at(account, p)
            values[p.name] = random.sample(found, min(len(found), random.randrange(3)))
        else:
            values[p.name] = _value(random, p, number)
    return Record(number, type_name, values)


def _pointed_at(account: Account, p: Property) -> list[int]:
    targets = p.target.split("|")
    return [number for number, record in account.items() if record.type in targets]


def _value(random: Random, p: Property, number: int) -> Any:
    if p.name in ("rank", "boardRank"):
        return random.choice("abc") + random.choice("abc")
    if p.name == "columnNum":
        return random.randrange(1, 4)
    if p.nullable and random.random() < 0.3:
        return None
    match p.kind:
        case "id":
            return f"1-0-{number}"
        case "enum":
            return random.choice(p.values)
        case "string":
            return random.choice(['a "quoted"\nline ü', "", "x", "y" * random.randrange(200)])
        case "integer" | "time":
            return random.randrange(10**12)
        case "number":
            return random.choice([0, 2.5, 1e-3])
        case "boolean":
            return random.random() < 0.5
        case "date":
            return "2013-10-09"
        case "url":
            return random.choice(["/service/files/1", "https://elsewhere.example.com/a"])
        case "strings":
            return ["Red", "Blue"]
    raise AssertionError(p.kind)


def _delete(account: Account, number: int) -> None:
    """Takes an object out, with all that cannot be without it."""
    gone = [number]
    for each in gone:
        account.pop(each, None)
        for record in list(account.values()):
            for p in STORED_TYPES[record.type].stored:
                if p.kind == "refs" and each in record[p.name]:
                    record = record.changed(**{p.name: [other for other in record[p.name] if other != each]})
                elif p.kind == "ref" and record[p.name] == each:
                    if not p.nullable or p.name == STORED_TYPES[record.type].nested_in:
                        gone.append(record.number)
                    else:
                        record = record.changed(**{p.name: None})
            account[record.number] = record


class Plain:
    """An account as it is answered, worked out from nothing."""

    def __init__(self, account: Account) -> None:
        self._account = account
        found: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
        for record in account.values():
            object_type = STORED_TYPES[record.type]
            nested = record[object_type.nested_in] if object_type.nested_in else None
            outer = record[object_type.listed_in] if object_type.listed_in else ROOT
            found[record.type, outer if nested is None else nested].append((record["rank"], record.number))
            if record.type != "BacklogItem":
                continue
            for name in ("releaseID", "sprintID", "boardID", "backlogListID"):
                if record[name] is not None and (name != "backlogListID" or nested is None):
                    found[name, record[name]].append(
                        (record["boardRank" if name == "boardID" else "rank"], record.number)
                    )
        self.lists = {key: [number for _, number in sorted(places)] for key, places in found.items()}

    def projects(self, include: frozenset[str]) -> bytes:
        """All projects, as JSON."""
        return orjson.dumps([self.object(number, include) for number in self.lists.get(("Project", ROOT), ())])

    def object(self, number: int, include: frozenset[str]) -> dict[str, Any]:
        """An object with all that nests in it."""
        record = self._account[number]
        return {p.name: self._answered(record, p, include) for p in OBJECT_TYPES[record.type].answered}

    def _answered(self, record: Record, p: Property, include: frozenset[str]) -> Any:
        if p.optional and f"{record.type}.{p.name}" not in include:
            return None
        if p.kind == "objects":
            return [self.object(each, include) for each in self.lists.get((p.via or p.target, record.number), ())]
        if p.kind == "columns":
            cards = self.lists.get(("RetrospectiveCard", record.number), ())
            return [
                {
                    "objectType": "RetrospectiveColumn",
                    "name": name,
                    "color": color,
                    "cards": [self.object(n, include) for n in cards if self._account[n]["columnNum"] == column],
                }
                for column, (name, color) in enumerate(
                    zip(record["columnNames"], record["columnColors"], strict=True), 1
                )
            ]
        if p.kind == "assigned":
            return [self._account[each].id for each in self._assigned(record)]
        return answered(p, record, lambda other: self._account[other].id, ORIGIN)

    def _assigned(self, record: Record) -> list[int]:
        if record.type == "TeamSprintParticipation":
            of_sprint = self.lists.get(("sprintID", record["sprintID"]), ())
            return [each for each in of_sprint if self._account[each]["teamID"] == record["teamID"]]
        return self.lists.get(({"Release": "releaseID", "Board": "boardID"}[record.type], record.number), [])
