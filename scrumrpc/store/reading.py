"""Reading: what a writing call reads of its account; it sees what the call itself has done so far."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from scrumrpc.model.record import Record
from scrumrpc.model.types.people import login_of
from scrumrpc.store.connection import Rows
from scrumrpc.store.flush import Statement, flush
from scrumrpc.store.group import Group, Reference
from scrumrpc.store.ranks import Query, RankPlace
from scrumrpc.store.statements import (
    COUNT_ADMINISTRATORS,
    FIND_PERSONS,
    FIRST_LIST,
    LINKED,
    LOAD_BY_NUMBER_FOR_PEOPLE,
    LOAD_WITH_VALUE,
    STATEMENTS,
    TAGGED,
    nesting_statements,
    record_from,
)
from scrumrpc.store.texts import NUMBERS_FOR_PEOPLE
from scrumrpc.store.writes import writes_of


class Reading:
    """The reading half of a Transaction, with what the call has changed but not yet sent.

    What was changed, also by calls before it that share its transaction, is sent before anything is read, so that the
    database itself answers with it.
    """

    def __init__(self, group: Group) -> None:
        self.account = group.account
        self._group = group
        self._conn = group.conn
        self._last_ranks = dict(group.last_ranks)  # of lists that calls add to at the end
        self._before: dict[int, Record | None] = {}  # as it was when the call began
        self._written: dict[int, Record | None] = {}  # as the tables have it, once all that is left to send before is
        self._after: dict[int, Record | None] = {}  # as the call leaves it
        self._states = ChainMap(self._after, group.states)  # as it is now, also of what earlier calls have touched
        self._unsent: set[int] = set()  # what has changed since the last flush
        self._beside: list[Statement] = []  # what is to be written beside objects, with the next flush
        self._numbers = ChainMap[Reference, int]({}, group.numbers)  # of what was created, changed or deleted
        self._fetched = ChainMap[Reference, Record | None]({}, group.fetched)  # as they were when they were asked for
        self._first_lists = dict(group.first_lists)  # by project
        self._new_containers: set[int] = set()  # objects of this call in whose lists nothing was put by its index

    async def read(self, *queries: Query) -> list[Rows]:
        """The rows of several queries, in one round trip; they see what the call has done so far."""
        unsent = self._group.to_send(self._take_unsent())
        if not unsent and not queries:
            return []
        return (await flush(self._conn, [*unsent, *queries]))[len(unsent) :]

    async def count(self, type_name: str, container: Record) -> int:
        """How many objects of the type stand in the list of `container`."""
        [rows] = await self.read(RankPlace(type_name, self.account, container.number).count_query())
        return int(rows[0][0])

    async def get(self, type_name: str, number: int) -> Record:
        """The object of that number, which must exist."""
        known = self._states.get(number)
        if known is None:
            [known] = await self._load(type_name, [number])
        return known

    def current(self, record: Record) -> Record:
        """An object as the call has left it so far, however old what the caller holds of it."""
        return self._states.get(record.number) or record

    async def members(self, type_name: str, container: Record) -> list[Record]:
        """The objects of the type that stand in the list of `container`, in order."""
        [rows] = await self.read(RankPlace(type_name, self.account, container.number).load_query())
        return sorted((record_from(type_name, row) for row in rows), key=lambda record: record.rank)

    async def referring(self, type_name: str, name: str, *numbers: int) -> list[Record]:
        """The objects of the type whose property `name` refers to one of the objects, in the order of their numbers."""
        statement = STATEMENTS[type_name].load_by_reference[name]
        parameters = {"account": self.account, "object_type": type_name, "referred": list(numbers)}
        [rows] = await self.read((statement, parameters))
        return sorted((record_from(type_name, row) for row in rows), key=lambda record: record.number)

    async def find(self, type_name: str, wire_id: str) -> Record | None:
        """The object of that wire id, if there is one."""
        statement = STATEMENTS[type_name].load_by_id
        [rows] = await self.read((statement, {"account": self.account, "object_type": type_name, "id": wire_id}))
        return record_from(type_name, rows[0]) if rows else None

    async def named(self, references: Iterable[Reference]) -> dict[Reference, Record | None]:
        """Objects by type and wire id, as the call has left them so far; None where there is none.

        What is not known yet is read in one round trip, and never again: nobody else changes the account meanwhile.
        """
        wanted = list(dict.fromkeys(references))
        missing: dict[str, list[str]] = {}
        for type_name, wire_id in wanted:
            if (type_name, wire_id) not in self._numbers and (type_name, wire_id) not in self._fetched:
                missing.setdefault(type_name, []).append(wire_id)
        if missing:
            queries: list[Query] = [
                (
                    STATEMENTS[type_name].load_by_ids,
                    {"account": self.account, "object_type": type_name, "ids": wire_ids},
                )
                for type_name, wire_ids in missing.items()
            ]
            for (type_name, wire_ids), rows in zip(missing.items(), await self.read(*queries), strict=True):
                found = {record.id: record for record in (record_from(type_name, row) for row in rows)}
                self._fetched.update(((type_name, wire_id), found.get(wire_id)) for wire_id in wire_ids)
        return {reference: self._known(reference) for reference in wanted}

    def _known(self, reference: Reference) -> Record | None:
        number = self._numbers.get(reference)
        if number is None:
            return self._fetched[reference]
        record = self._states[number]
        return record if record is not None and (record.type, record.id) == reference else None

    async def tagged_with(self, tag: Record) -> list[Record]:
        """The objects that carry the tag."""
        [rows] = await self.read((TAGGED, {"account": self.account, "tag": tag.number}))
        return await self._load_typed(rows)

    async def linked_to(self, person: Record, *names: str) -> list[Record]:
        """The objects that name the person in one of these properties, each a list of people."""
        parameters = {"account": self.account, "person": person.number, "roles": list(names)}
        [rows] = await self.read((LINKED, parameters))
        return await self._load_typed(rows)

    async def with_value(self, type_name: str, project: Record, *names: str, limit: int | None = None) -> list[Record]:
        """The objects of the type in a project that have a value in one of these properties; at most `limit`."""
        parameters = {"account": self.account, "object_type": type_name, "project": project.number, "limit": limit}
        of_all = await self.read(*((LOAD_WITH_VALUE[f"{type_name} {name}"], parameters) for name in names))
        found = {row[0]: record_from(type_name, row) for rows in of_all for row in rows}
        return list(found.values())[:limit]

    async def administrators(self) -> int:
        """How many administrators the account has."""
        [[(count,)]] = await self.read((COUNT_ADMINISTRATORS, {"account": self.account}))
        return int(count)

    async def first_list(self, project: Record) -> int | None:
        """The number of the first backlog list of a project, as far as they and their backlogs are not archived.

        A backlog item is about to be put there: the end of the backlog is read with it.
        """
        if project.number in self._first_lists:
            return self._first_lists[project.number]
        backlog = RankPlace("BacklogItem", self.account, project.number)
        query = (FIRST_LIST, {"account": self.account, "project": project.number})
        lists, ranks = await self.read(query, backlog.last_query())
        self._last_ranks[backlog] = ranks[0][0] if ranks else None
        self._first_lists[project.number] = lists[0][0] if lists else None
        return self._first_lists[project.number]

    async def above(self, record: Record) -> list[int]:
        """The numbers of an object and of all that it nests in, from the inside out."""
        [rows] = await self.read((nesting_statements(record.type).above, self._number(record)))
        return [number for (number,) in rows]

    async def height(self, record: Record) -> int:
        """How many levels an object and what nests in it have; 1 where nothing does."""
        [[(levels,)]] = await self.read((nesting_statements(record.type).height, self._number(record)))
        return int(levels)

    def _number(self, record: Record) -> dict[str, Any]:
        return {"account": self.account, "number": record.number}

    async def person_with_email_address(self, email: str) -> int | None:
        """The number of the person who has the address, if anybody has."""
        return (await self.persons_with_email_addresses([email])).get(email)

    async def _load_typed(self, rows: Sequence[tuple[Any, ...]]) -> list[Record]:
        """The objects of which rows tell the type and the number."""
        numbers: dict[str, list[int]] = {}
        for type_name, number in rows:
            numbers.setdefault(type_name, []).append(number)
        return [record for type_name, of_type in numbers.items() for record in await self._load(type_name, of_type)]

    async def persons_with_email_addresses(self, emails: Collection[str]) -> dict[str, int]:
        """The numbers of the people who have these addresses, as far as somebody has them."""
        logins = {email: login_of(email) for email in emails}
        [rows] = await self.read((FIND_PERSONS, {"account": self.account, "logins": list(logins.values())}))
        numbers: dict[str, int] = dict(rows)
        return {email: numbers[login] for email, login in logins.items() if login in numbers}

    async def find_by_number(self, type_name: str, numbers: Collection[int]) -> dict[int, Record]:
        """The backlog items of these itemNumbers or the tasks of these taskNumbers, as far as there are any."""
        parameters = {"account": self.account, "object_type": type_name, "numbers": list(numbers)}
        [rows] = await self.read((LOAD_BY_NUMBER_FOR_PEOPLE[type_name], parameters))
        found = (record_from(type_name, row) for row in rows)
        return {record[NUMBERS_FOR_PEOPLE[type_name]]: record for record in found}

    async def _load(self, type_name: str, numbers: list[int]) -> list[Record]:
        statement = STATEMENTS[type_name].load_by_numbers
        [rows] = await self.read((statement, {"account": self.account, "object_type": type_name, "numbers": numbers}))
        return [record_from(type_name, row) for row in rows]

    def so_far(self) -> dict[int, Record | None]:
        """The objects that the call has touched so far, as it has left them; None where it has deleted one."""
        return dict(self._after)

    def changes_from(self, start: Mapping[int, Record | None]) -> list[tuple[Record | None, Record | None]]:
        """What has become of objects since `so_far` answered `start`."""
        states = ((start.get(number, self._before[number]), after) for number, after in self._after.items())
        return [(before, after) for before, after in states if before != after]

    def _put(self, known: Record, after: Record | None) -> None:
        """Notes what becomes of an object that is there."""
        if known.number not in self._before:
            self._before[known.number] = known
            self._written[known.number] = known
        self._keep(known, after)

    def _keep(self, known: Record, after: Record | None) -> None:
        """Notes what becomes of an object, to be sent with the next flush."""
        self._after[known.number] = after
        self._unsent.add(known.number)
        self._numbers[known.type, known.id] = known.number
        if after is not None and after.type != known.type:
            self._numbers[after.type, after.id] = known.number
        if known.type in ("Backlog", "BacklogList"):
            self._first_lists.clear()

    # Sending --------------------------------------------------------------------------------------------------------

    def _take_unsent(self) -> list[Statement]:
        """What writes the changes since the last flush, to be sent now; later statements of the transaction see it."""
        pending = self._unsent_changes()
        self._written.update((number, after) for number, (_, after) in pending.items())
        self._unsent.clear()
        statements = [(text, row) for text, rows in writes_of(self.account, pending.values()) for row in rows]
        statements += self._beside
        self._beside.clear()
        return statements

    def _unsent_changes(self) -> dict[int, tuple[Record | None, Record | None]]:
        states = ((number, self._written.get(number), self._after[number]) for number in self._unsent)
        return {number: (before, after) for number, before, after in states if before != after}

    def _leave_rest(self) -> None:
        """Leaves to the group what later calls see, and what is still to be sent."""
        group = self._group
        group.states.update(self._after)
        group.numbers.update(self._numbers.maps[0])
        group.fetched.update(self._fetched.maps[0])
        group.first_lists = self._first_lists
        group.leave(self._unsent_changes(), self._beside)
