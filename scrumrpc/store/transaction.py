"""Transaction: a writing call's view of its account; what methods read and change data with."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import orjson

from scrumrpc.errors import (
    DataVersionNotReachedYet,
    InvalidParameter,
    InvalidUserEmailAddress,
    ObjectWithExternalIDAlreadyExists,
    RequirementNotSatisfied,
)
from scrumrpc.model.image import Change, Image
from scrumrpc.model.ownership import owned_by
from scrumrpc.model.record import ROOT, Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store import hooks, keys, log, named_versions
from scrumrpc.store.contents import FIND_CONTENT, INSERT_CONTENT, LARGEST_FILE
from scrumrpc.store.flush import Statement
from scrumrpc.store.group import Group
from scrumrpc.store.images import Images
from scrumrpc.store.importing import Importing
from scrumrpc.store.loading import load_records
from scrumrpc.store.log import changes_since
from scrumrpc.store.opening import Request
from scrumrpc.store.putting_back import PuttingBack
from scrumrpc.store.ranks import Query, RankPlace, needs_new_ranks, neighbours, rank_between, ranks_after
from scrumrpc.store.standing import REACH, Standing, renewed
from scrumrpc.store.statements import (
    FIND_EXTERNAL_ID,
    STATEMENTS,
    record_from,
)
from scrumrpc.store.webhooks import Webhooks

T = TypeVar("T")
Within = Mapping[str, int | None]
"""A part of a list: the objects in it whose properties have these values."""
_ABOUT_STANDINGS = frozenset({"Person", "DeletedPerson", "Project", "Team"})
"""What decides who may do what: the standings of calls are read anew once one of them has changed."""


class Transaction(PuttingBack):
    """One writing call under the account's lock, in a transaction that it may share with others: see `group`.

    Methods read objects, create, change and delete them here. Nothing is sent until it must be: what the call has done
    is handed over to its group at the end, which writes it with COMMIT. Names are wire names throughout, references are
    object numbers.
    """

    def __init__(
        self,
        group: Group,
        standing: Standing,
        largest_file: int = LARGEST_FILE,
        *,
        images: Images | None = None,
        private_targets: bool = False,
    ) -> None:
        super().__init__(group)
        self.standing = standing
        self.private_targets = private_targets  # whether webhooks may lead to private addresses
        self.now = int(time.time() * 1000)  # what the call writes as the present, in milliseconds
        self.version = group.version
        self._largest_file = largest_file
        self._images = images
        self._last_object = group.last_object
        self._last_item_number = group.last_item_number
        self._last_task_number = group.last_task_number
        self._keeps_content = False  # whether the call has taken a number for one
        self._standing_is_stale = False
        self._names_to_come: list[str] = []  # of the version that the call makes

    # Changing -------------------------------------------------------------------------------------------------------

    async def create(self, type_name: str, index: int = -1, within: Within | None = None, **values: Any) -> Record:
        """Makes an object at a position of its list (-1: at the end); properties not given have no value.

        The index counts in the part of the list where the object is answered or, with `within`, in that part.
        Checks that the external id and what the type keeps unique are not taken. A value for `id` keeps an imported
        wire id; without it the object gets `<account>-0-<number>`.
        """
        object_type = STORED_TYPES[type_name]
        container = values[object_type.listed_in] if object_type.listed_in else ROOT
        await self._check_unique(type_name, container, None, values)
        rank = await self._rank_at(self._place(type_name, values, within or {}), index)
        self._last_object += 1
        number = self._last_object
        wire_id = values.pop("id", None) or f"{self.account}-0-{number}"
        self.keep_clear_of(wire_id)
        complete: dict[str, Any] = {}
        for p in object_type.stored:
            if p.name == "id":
                complete["id"] = wire_id
            elif p.name == "rank":
                complete["rank"] = rank
            elif p.kind == "refs":
                complete[p.name] = list(values.get(p.name, ()))
            elif p.name in ("itemNumber", "taskNumber"):
                complete[p.name] = self._next_number(p.name, values.get(p.name))
            else:
                required = not p.nullable and p.default is None
                complete[p.name] = values[p.name] if required else values.get(p.name, p.default)
        record = Record(number, type_name, complete)
        self._before.setdefault(number, None)
        self._keep(record, record)
        self._new_containers.add(number)
        return record

    async def change(self, record: Record, **values: Any) -> Record:
        """Gives properties of an object new values; setting what is already there changes nothing.

        What the call changed before stays, also where `record` does not know of it yet.
        """
        record = self.current(record)
        changed = {name: value for name, value in values.items() if record[name] != value}
        if not changed:
            return record
        object_type = STORED_TYPES[record.type]
        container = record[object_type.listed_in] if object_type.listed_in else ROOT
        await self._check_unique(record.type, container, record, changed)
        after = record.changed(**changed)
        self._put(record, after)
        return after

    async def move(self, record: Record, index: int, within: Within | None = None, **values: Any) -> Record:
        """Puts an object at a position of its list (-1: at the end), which `values` may change, and changes it so.

        The index counts without the object itself, in the part of the list where it is answered or, with `within`, in
        that part.
        """
        record = self.current(record)
        after = {**record.values, **values}
        place = self._place(record.type, after, within or {})
        object_type = STORED_TYPES[record.type]
        stays = object_type.listed_in is None or record[object_type.listed_in] == place.container
        before_it, after_it = await self._around(place, index, record.number)
        fits = (before_it is None or before_it < record.rank) and (after_it is None or record.rank < after_it)
        rank = record.rank if stays and fits else await self._rank_at(place, index, record.number)
        return await self.change(record, **values, rank=rank)

    async def rank_on_board(self, board: int, index: int = -1, item: Record | None = None) -> str:
        """What sorts a backlog item at a position among those on a board (-1: at the end); `item` may be on it."""
        place = RankPlace("BacklogItem", self.account, board, (), "boardRank", "boardID")
        if item is None:
            return await self._rank_at(place, index)
        item = self.current(item)
        if item["boardID"] == board:
            before_it, after_it = await self._around(place, index, item.number)
            present = str(item["boardRank"])
            if (before_it is None or before_it < present) and (after_it is None or present < after_it):
                return present
        return await self._rank_at(place, index, item.number)

    def turn_into(self, record: Record, type_name: str, **values: Any) -> Record:
        """Makes an object one of another type that has the same properties, under the same number and id."""
        record = self.current(record)
        after = Record(record.number, type_name, {**record.values, **values})
        self._put(record, after)
        return after

    async def delete(self, record: Record) -> None:
        """Deletes an object and all that belongs to it: an item's tasks, a comment's replies and so on."""
        doomed, level = {record.number: record}, [record]
        while level:
            owned = await self._owned_by(level)
            level = [each for each in owned if each.number not in doomed]
            doomed.update((each.number, each) for each in level)
        for each in doomed.values():
            self._put(each, None)

    async def _owned_by(self, owners: list[Record]) -> list[Record]:
        numbers: dict[tuple[str, str], list[int]] = {}
        for owner in owners:
            for belonging in owned_by(owner.type):
                numbers.setdefault(belonging, []).append(owner.number)
        queries: list[Query] = [
            (
                STATEMENTS[type_name].load_by_reference[name],
                {"account": self.account, "object_type": type_name, "referred": of_owners},
            )
            for (type_name, name), of_owners in numbers.items()
        ]
        rows = await self.read(*queries) if queries else []
        return [
            record_from(type_name, row)
            for (type_name, _), of_type in zip(numbers, rows, strict=True)
            for row in of_type
        ]

    def _keep(self, known: Record, after: Record | None) -> None:
        super()._keep(known, after)
        on_access = self.standing.projects is not None and known.type in ("Project", "Team")
        if on_access or known.number == self.standing.person:
            self._standing_is_stale = True

    async def looked_at(self, start: Mapping[int, Record | None], look: Callable[[Image], T]) -> T:
        """What `look` finds in the account as it was when the call had made this of the objects that it has touched.

        What `so_far` answered at some time is such a start.
        """
        self._group.be_alone()  # else the image lacks what earlier calls did
        await self.read()  # sends what is not sent yet: the tables may be read
        changes = [Change(number, record) for number, record in start.items()]
        kept = self._images.present(self.account, self.standing.epoch) if self._images is not None else None
        if kept is not None:
            since = kept.version
            onward = await changes_since(self._conn, self.account, since)
            if since >= onward.oldest:
                return look(kept.moved(self.version, [*onward.changes, *changes]))
        image = Image(self.account, self.version, await load_records(self._conn, self.account))
        then = [Change(number, start.get(number, before)) for number, before in self._before.items()]
        return look(image.moved(self.version, then))

    async def renew_standing(self) -> None:
        """Brings `standing` in line with what the call has done so far to what its caller may do."""
        if not self._standing_is_stale:
            return
        [rows] = await self.read((REACH, {"account": self.account, "person": self.standing.person}))
        if not rows:
            raise InvalidUserEmailAddress("The person that the call is made for has been deleted earlier in the call.")
        self.standing = renewed(self.standing, rows[0])
        self._standing_is_stale = False

    # Beside the objects ----------------------------------------------------------------------------------------------

    async def keep_content(self, content_type: str, data: bytes, *, instead_of: int | None) -> int:
        """Keeps the content of a file and answers its number, which the file's object holds.

        That is the number of the one which it is to replace, where both are the same.
        """
        if len(data) > self._largest_file:
            raise InvalidParameter(
                f"The file in the parameter fileContents has {len(data)} bytes; at most {self._largest_file} are "
                "accepted."
            )
        parameters = {"account": self.account, "content_type": content_type, "data": data}
        if instead_of is not None and (await self.read((FIND_CONTENT, {**parameters, "present": instead_of})))[0]:
            return instead_of
        self._last_object += 1
        self._keeps_content = True
        self._beside.append((INSERT_CONTENT, {**parameters, "content": self._last_object}))
        return self._last_object

    @property
    def webhooks(self) -> Webhooks:
        """The webhooks of the account."""
        self._group.be_alone()
        return Webhooks(self._conn, self.account)

    async def add_api_key(
        self, name: str, prefix: str, key_hash: bytes, expires_at: datetime | None, *, is_read_only: bool
    ) -> keys.Key:
        """Adds an API key and answers what is kept of it."""
        self._group.be_alone()
        return await keys.add(
            self._conn, self.account, name, prefix, key_hash, expires_at=expires_at, is_read_only=is_read_only
        )

    async def revoke_api_key(self, key_id: int) -> bool:
        """Revokes an API key; False if there is none of that number that is in force."""
        self._group.be_alone()
        return await keys.revoke(self._conn, self.account, key_id)

    async def look_up_versions(self, versions: Sequence[int | str]) -> None:
        """Has `standing` tell which of these versions, given by name or by number, are named."""
        if to_come := [each for each in versions if each in self._names_to_come]:
            raise DataVersionNotReachedYet(f"The data version {to_come[0]} is the one that this call is going to make.")
        self._group.be_alone()
        found = await named_versions.versions_of(self._conn, self.account, versions)
        self.standing = replace(self.standing, named=found)

    async def named_versions(self) -> list[named_versions.NamedVersion]:
        """The names that versions of the account have, those of older versions first."""
        self._group.be_alone()
        return await named_versions.names_of(self._conn, self.account)

    async def add_named_version(self, name: str, version: int | None, note: str | None) -> None:
        """Gives a version a name, on the caller's behalf; None: the version that the account is at after this call."""
        self._group.be_alone()
        if version is None:
            version = self.version
            self._names_to_come.append(name)
        await named_versions.add(self._conn, self.account, name, version, note, self.standing.person)

    async def delete_named_version(self, name: str) -> None:
        """Takes a name away from a version."""
        self._group.be_alone()
        await named_versions.delete(self._conn, self.account, name)

    async def set_commit_hook_secret(self, secret: str | None) -> None:
        """Sets what pushes to the commit hook are signed with, on the caller's behalf; None: no pushes are taken."""
        self._group.be_alone()
        person = self.standing.person if secret is not None else None
        await hooks.set_secret(self._conn, self.account, secret, person)

    async def importing(self) -> Importing:
        """What fills the account with another one, versions and all: RequirementNotSatisfied unless it is empty."""
        self._group.be_alone()
        importing = Importing(self._conn, self.account)
        await importing.begin()
        return importing

    def go_on_from(self, version: int, last_object: int, last_item_number: int, last_task_number: int) -> None:
        """Takes the account to be at a version to which it was imported, with the numbers that it had then."""
        self._last_object = max(self._last_object, last_object)  # ids to keep clear of may have higher numbers
        self._group.version = self.version = version
        self._group.last_object = self._last_object
        self._group.last_item_number, self._group.last_task_number = last_item_number, last_task_number

    # Identity, uniqueness and order -----------------------------------------------------------------------------------

    def keep_clear_of(self, wire_id: str) -> None:
        """New objects are called `<account>-0-<number>`: numbers go on above an imported id of that form."""
        match = re.fullmatch(rf"{self.account}-0-(\d{{1,15}})", wire_id)
        if match:
            self._last_object = max(self._last_object, int(match[1]))

    def _next_number(self, name: str, imported: int | None) -> int:
        if name == "itemNumber":
            number = imported or self._last_item_number + 1
            self._last_item_number = max(self._last_item_number, number)
        else:
            number = imported or self._last_task_number + 1
            self._last_task_number = max(self._last_task_number, number)
        return number

    async def _check_unique(
        self, type_name: str, container: int, record: Record | None, values: dict[str, Any]
    ) -> None:
        queries: list[Query] = []
        names: list[str] = []
        external_id = values.get("externalID")
        if external_id is not None and type_name != "DeletedPerson":
            names.append("externalID")
            queries.append(
                (
                    FIND_EXTERNAL_ID,
                    {"account": self.account, "object_type": type_name, "external_id": external_id},
                )
            )
        for name in STORED_TYPES[type_name].unique:
            if name in values:
                names.append(name)
                parameters = {"account": self.account, "container": container, "value": values[name]}
                queries.append((str(STATEMENTS[type_name].find_unique), parameters))
        if not queries:
            return
        for name, rows in zip(names, await self.read(*queries), strict=True):
            if any(record is None or number != record.number for (number,) in rows):
                raise _taken(type_name, name, values[name])

    def _place(self, type_name: str, values: Mapping[str, Any], within: Within) -> RankPlace:
        """The list that an object with these values stands in, and the part of it where it is answered."""
        object_type = STORED_TYPES[type_name]
        container = values[object_type.listed_in] if object_type.listed_in else ROOT
        part = dict(within)
        if object_type.nested_in:
            part.setdefault(object_type.nested_in, values.get(object_type.nested_in))
        listed = "Person" if type_name == "DeletedPerson" else type_name  # all people stand in one list
        return RankPlace(listed, self.account, container, tuple(part.items()))

    async def _around(self, place: RankPlace, index: int, without: int) -> tuple[str | None, str | None]:
        """The ranks before and at a position of a part of a list; InvalidParameter where it has no such position."""
        [rows] = await self.read(place.around_query(index, without))
        ranks = [rank for (rank,) in rows]
        if index > 0 and not ranks:
            [[(count,)]] = await self.read(place.count_query(without))
            where = "the list is empty" if count == 0 else f"the list holds {count}"
            other = " besides it" if without else ""
            raise InvalidParameter(
                f"The parameter index is {index}, but {where}{other}: it must be between 0 and {count}, or -1 for the "
                "end."
            )
        return neighbours(ranks, index)

    async def _rank_at(self, place: RankPlace, index: int, without: int = 0) -> str:
        """A new rank for a position."""
        whole = place.whole
        before, after = (None, None) if index < 0 else await self._around(place, index, without)
        if after is not None and place != whole:
            [rows] = await self.read(whole.before_query(after, without))
            before = rows[0][0] if rows else None
        elif after is None and whole in self._last_ranks:
            before = self._last_ranks[whole]
        elif index < 0 and place.container in self._new_containers:
            before = None  # nothing can be in it yet
        elif after is None and (index < 0 or place != whole):  # the end of a part is the end of the whole list
            [rows] = await self.read(whole.last_query(without))
            before = rows[0][0] if rows else None
        rank = rank_between(before, after)
        if needs_new_ranks(rank):
            await self._spread_ranks(whole)
            return await self._rank_at(place, index, without)
        if after is None:
            self._last_ranks[whole] = rank
        else:
            self._new_containers.discard(place.container)
        return rank

    async def _spread_ranks(self, place: RankPlace) -> None:
        """Gives a whole list new, short ranks, in the same order; needed once in thousands of inserts at one place."""
        [rows] = await self.read(place.load_query())
        records = sorted(
            (record_from(place.type_name, row) for row in rows), key=lambda record: str(record[place.rank])
        )
        for record, rank in zip(records, ranks_after(records[-1][place.rank], len(records)), strict=True):
            self._put(record, record.changed(**{place.rank: rank}))
        self._last_ranks.pop(place, None)

    # Writing --------------------------------------------------------------------------------------------------------

    def hand_over(self, method: str, call_id: str, request: Request | None, result: Any) -> None:
        """Leaves all that the call has done to its group. The version rises by one if anything really changed."""
        group, key = self._group, self.standing.key_id
        changes = [
            (before, self._after[number]) for number, before in self._before.items() if before != self._after[number]
        ]
        versions: list[Statement] = []
        if changes:
            self.version += 1
            common = {"account": self.account, "version": self.version, "method": method, "call_id": call_id}
            versions.append((log.INSERT_VERSION, {**common, "person": self.standing.person, "key": key}))
            if self._names_to_come:
                self._beside.append((named_versions.SET_VERSION, {**common, "names": self._names_to_come}))
        if changes or self._keeps_content:
            group.version, group.last_object = self.version, self._last_object
            group.last_item_number, group.last_task_number = self._last_item_number, self._last_task_number
        requests: list[Statement] = []
        if request and key is not None:
            executed = {
                "account": self.account,
                "key": key,
                "request_id": request.id,
                "version": self.version,
                "method": method,
                "parameters_hash": request.parameters_hash,
                "result": orjson.dumps(result).decode(),
            }
            requests.append((log.INSERT_REQUEST, executed))
        if key is None or any(each is not None and each.type in _ABOUT_STANDINGS for pair in changes for each in pair):
            group.is_over = True
        group.last_ranks = self._ends_of_lists()
        self._leave_rest()
        group.record(
            versions,
            [(log.INSERT_CHANGE, log.change_row(self.account, self.version, *change)) for change in changes],
            requests,
        )

    def _ends_of_lists(self) -> dict[RankPlace, str | None]:
        """The last ranks that later calls may go on from: where the object still stands that was put there."""
        if not self._last_ranks:
            return {}
        left: set[tuple[RankPlace, str | None]] = set()
        taken: set[tuple[RankPlace, str | None]] = set()
        for number, before in self._before.items():
            left.update(self._ranks_of(before))
            taken.update(self._ranks_of(self._after[number]))
        stayed = set(self._group.last_ranks.items()) - left
        return {place: rank for place, rank in self._last_ranks.items() if (place, rank) in taken | stayed}


def _taken(type_name: str, name: str, value: Any) -> Exception:
    if name == "externalID":
        return ObjectWithExternalIDAlreadyExists(
            f"Another object of type {type_name} already has the external id {value}; external ids are unique among "
            "the objects of a type."
        )
    scope = "the account" if STORED_TYPES[type_name].listed_in is None else "the project"
    return RequirementNotSatisfied(
        f"There is already an object of type {type_name} with the {name} {value}; it must be unique in {scope}."
    )
