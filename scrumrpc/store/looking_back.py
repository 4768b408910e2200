"""What a writing call reads of the past, and of who has now what objects had then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from scrumrpc.model.record import ROOT, Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.log import record_of
from scrumrpc.store.ranks import Query, RankPlace
from scrumrpc.store.reading import Reading
from scrumrpc.store.statements import (
    BY_WIRE_IDS,
    FIND_EXTERNAL_ID,
    FIND_PERSONS,
    LISTING,
    LOAD_BY_NUMBER_FOR_PEOPLE,
    STATEMENTS,
    TYPES,
    record_from,
)

# The newest row before that of the version is how the object was when the version came.
_CHANGES_OF = """
SELECT c.object_id, b.object_type, b.state, c.object_type, c.state
FROM changes c
LEFT JOIN LATERAL (
    SELECT object_type, state FROM changes
    WHERE account_id = c.account_id AND object_id = c.object_id AND version < c.version
    ORDER BY version DESC LIMIT 1
) b ON true
WHERE c.account_id = %(account)s AND c.version = %(version)s
ORDER BY c.object_id
"""

_TOUCHES = """
SELECT object_id, version, changed FROM changes
WHERE account_id = %(account)s AND object_id = ANY(%(numbers)s) AND version > %(version)s
ORDER BY version
"""

_STATES_AT = """
SELECT o.object_id, s.object_type, s.state
FROM unnest(%(numbers)s::bigint[]) AS o (object_id)
JOIN LATERAL (
    SELECT object_type, state FROM changes
    WHERE account_id = %(account)s AND object_id = o.object_id AND version <= %(version)s
    ORDER BY version DESC LIMIT 1
) s ON s.state IS NOT NULL
"""

# The object that had the wire id when it was deleted; of several, the one that was deleted last.
# Up to the oldest version that is kept, the row before may be one that a named version needs, from much earlier.
_DELETION = """
SELECT d.object_id, d.version
FROM changes d
JOIN LATERAL (
    SELECT state FROM changes
    WHERE account_id = d.account_id AND object_id = d.object_id AND version < d.version
    ORDER BY version DESC LIMIT 1
) b ON b.state ->> 'id' = %(id)s
WHERE d.account_id = %(account)s AND d.operation = 'deleted' AND d.object_type = %(object_type)s{narrowed}
  AND d.version > (SELECT oldest_version FROM accounts WHERE account_id = %(account)s)
ORDER BY d.version DESC LIMIT 1
"""
_DELETION_BY_NUMBER = _DELETION.format(narrowed=" AND d.object_id = %(number)s")
_DELETION_BY_ID = _DELETION.format(narrowed="")  # looks at all deletions: imported ids tell no number


_WITNESSES = 20
"""How many objects of a list are asked whether it has got new ranks, before all of them are."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a version did to an object: how it was before and afterwards, None where it was not there."""

    number: int
    before: Record | None
    after: Record | None


@dataclass(frozen=True, slots=True)
class Touch:
    """A later version that changed an object, and the names of what it changed."""

    version: int
    changed: frozenset[str]


class LookingBack(Reading):
    """The part of a Transaction that reads the change log: a call that does so is the only one in its group."""

    async def changes_of(self, version: int) -> list[Past]:
        """What a version did, object by object."""
        self._group.be_alone()
        [rows] = await self.read((_CHANGES_OF, {"account": self.account, "version": version}))
        return [
            Past(
                number,
                record_of(number, before_type, before) if before_type else None,
                record_of(number, after_type, after),
            )
            for number, before_type, before, after_type, after in rows
        ]

    async def touches(self, numbers: Collection[int], since: int) -> dict[int, list[Touch]]:
        """The versions after `since` that changed these objects, oldest first."""
        self._group.be_alone()
        found: dict[int, list[Touch]] = {number: [] for number in numbers}
        if numbers:
            parameters = {"account": self.account, "numbers": list(numbers), "version": since}
            [rows] = await self.read((_TOUCHES, parameters))
            for number, version, changed in rows:
                found[number].append(Touch(version, frozenset(changed)))
        return found

    async def states_at(self, numbers: Collection[int], version: int) -> dict[int, Record]:
        """Those of the objects that were there at a version, as they were."""
        self._group.be_alone()
        parameters = {"account": self.account, "numbers": list(numbers), "version": version}
        [rows] = await self.read((_STATES_AT, parameters))
        states = (record_of(number, type_name, state) for number, type_name, state in rows)
        return {state.number: state for state in states if state is not None}

    async def deletion_of(self, type_name: str, wire_id: str) -> tuple[int, int] | None:
        """The number of the deleted object that last had the wire id, and the version that deleted it."""
        self._group.be_alone()
        parameters = {"account": self.account, "object_type": type_name, "id": wire_id}
        _, _, last = wire_id.rpartition("-")
        if last.isascii() and last.isdigit() and len(last) < 19:
            [rows] = await self.read((_DELETION_BY_NUMBER, {**parameters, "number": int(last)}))
            if rows:
                return rows[0][0], rows[0][1]
        [rows] = await self.read((_DELETION_BY_ID, parameters))
        return (rows[0][0], rows[0][1]) if rows else None

    async def present(self, numbers: Collection[int]) -> dict[int, Record]:
        """Those of the objects that are there now, of whatever type."""
        found = {number: self._states[number] for number in numbers if number in self._states}
        missing = [number for number in numbers if number not in found]
        if missing:
            [rows] = await self.read((TYPES, {"account": self.account, "numbers": missing}))
            found |= {record.number: record for record in await self._load_typed(rows)}
        return {number: record for number, record in found.items() if record is not None}

    async def listing(self, numbers: Collection[int]) -> list[Record]:
        """The objects that name one of these people or tags in a list."""
        [rows] = await self.read((LISTING, {"account": self.account, "numbers": list(numbers)}))
        return list((await self.present([number for (number,) in rows])).values())

    async def pointing(self, numbers: Mapping[tuple[str, str], list[int]]) -> list[tuple[str, Record]]:
        """The objects of types whose property refers to one of the numbers, each with the name of the property."""
        keys = list(numbers)
        queries: list[Query] = [
            (
                STATEMENTS[type_name].load_by_reference[name],
                {"account": self.account, "object_type": type_name, "referred": numbers[type_name, name]},
            )
            for type_name, name in keys
        ]
        answers = await self.read(*queries) if queries else []
        return [
            (name, record_from(type_name, row))
            for (type_name, name), rows in zip(keys, answers, strict=True)
            for row in rows
        ]

    async def holders(self, wanted: Iterable[tuple[Record, frozenset[str]]]) -> dict[tuple[int, str], set[int]]:
        """Who has now what objects are to have and nobody else may; by the number of the object and the property.

        Each object comes with the names of its properties that it is to get. Ranks are not looked at.
        """
        alike: dict[tuple[str, str], dict[object, int]] = {}  # what many may have: asked for once for all of a type
        asked: list[tuple[int, str]] = []
        queries: list[Query] = []

        def ask(record: Record, name: str, query: Query) -> None:
            asked.append((record.number, name))
            queries.append(query)

        for record, names in wanted:
            object_type, own = STORED_TYPES[record.type], {"account": self.account, "object_type": record.type}
            for name in names & {"id", "itemNumber", "taskNumber"}:
                alike.setdefault((record.type, name), {})[record[name]] = record.number
            if "externalID" in names and record["externalID"] is not None and record.type != "DeletedPerson":
                ask(record, "externalID", (FIND_EXTERNAL_ID, {**own, "external_id": record["externalID"]}))
            container = record[object_type.listed_in] if object_type.listed_in else ROOT
            for name in names.intersection(object_type.unique):
                parameters = {"account": self.account, "container": container, "value": record[name]}
                ask(record, name, (str(STATEMENTS[record.type].find_unique), parameters))
            if record.type == "Person" and names & {"login", "objectType"}:
                ask(record, "emailAddress", (FIND_PERSONS, {"account": self.account, "logins": [record["login"]]}))
        answers = await self.read(*queries) if queries else []
        found = {
            key: {row[1] if key[1] == "emailAddress" else row[0] for row in rows}
            for key, rows in zip(asked, answers, strict=True)
        }
        for (type_name, name), numbers in alike.items():
            statement = BY_WIRE_IDS if name == "id" else LOAD_BY_NUMBER_FOR_PEOPLE[type_name]
            parameters = {
                "account": self.account,
                "object_type": type_name,
                "ids" if name == "id" else "numbers": list(numbers),
            }
            [rows] = await self.read((statement, parameters))
            for number, value in (
                (row[0], row[1] if name == "id" else record_from(type_name, row)[name]) for row in rows
            ):
                found.setdefault((numbers[value], name), set()).add(number)
        return found

    async def rank_holders(self, place: RankPlace, ranks: Collection[str]) -> dict[str, int]:
        """Who stands at these ranks in a list."""
        [rows] = await self.read(place.at_ranks_query(ranks))
        return {rank: number for number, rank in rows}

    async def spread_since(self, place: RankPlace, version: int) -> list[tuple[int, str, str]] | None:
        """What stood in a list at a version and still does, if the list has got new ranks since; else None.

        Each comes with its rank now and then. A list gets new ranks for all of its objects at once: one that has its
        old rank shows that there were none. Those that have been there longest are looked at first.
        """
        self._group.be_alone()
        for limit in (_WITNESSES, None):
            [rows] = await self.read(place.since_query(version, limit))
            stayed = [(number, now, then) for number, now, then in rows if then is not None]
            if not stayed or any(now == then for _, now, then in stayed):
                return None
        return stayed
