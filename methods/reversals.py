"""Planning what is taken back: which states objects get again, and what stands against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scrumrpc.model.properties import Property
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.looking_back import Past, Touch
from scrumrpc.store.transaction import Transaction

_SHOWN = 50
"""How many conflicts an error tells; it says how many more there are."""
_WORDS = {
    "rank": "position", "boardRank": "position on the board", "objectType": "type", "login": "emailAddress",
    "isDeleted": "type", "content": "fileContents", "columnNames": "columns", "columnColors": "columns",
}  # fmt: skip
"""How errors name properties that clients do not see under their own name."""


@dataclass
class Plan:
    """What is to become of objects, and what stands against it.

    `present` has the objects as they are now, `wanted` as they are to be, None where there is or is to be none;
    `names` those of their properties that are set, all where the object comes back as a whole.
    """

    version: int
    present: dict[int, Record] = field(default_factory=dict)
    wanted: dict[int, Record | None] = field(default_factory=dict)
    names: dict[int, frozenset[str]] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    touched: dict[int, list[Touch]] = field(default_factory=dict)

    def set(self, number: int, record: Record | None, names: Iterable[str] = ()) -> None:
        """Notes what is to become of an object."""
        self.wanted[number] = record
        self.names[number] = frozenset(names)

    def final(self, number: int) -> Record | None:
        """An object of the plan as it will be."""
        return self.wanted[number] if number in self.wanted else self.present.get(number)

    def when(self, number: int, name: str | None) -> str:
        """The newest version after the plan's that touched an object, or a property of it, in words."""
        touches = self.touched.get(number, [])
        fitting = [each for each in touches if name is None or name in each.changed or "objectType" in each.changed]
        found = (fitting or touches)[-1:]
        return f"in data version {found[0].version}" if found else "earlier in this call"

    def add(self, conflict: str) -> None:
        """Notes a conflict, once."""
        if conflict not in self.conflicts:
            self.conflicts.append(conflict)

    def told(self) -> str:
        """All conflicts as one text."""
        more = len(self.conflicts) - _SHOWN
        return "; ".join(self.conflicts[:_SHOWN]) + (f"; and {more} more" if more > 0 else "") + "."


def named(record: Record) -> str:
    """An object as errors name it.

    >>> named(Record(1, "Task", {"id": "729-0-1"}))
    'Task 729-0-1'
    """
    return f"{record.type} {record.id}"


def word(name: str) -> str:
    """A property as errors name it."""
    return _WORDS.get(name, name)


async def plan_reversal(tx: Transaction, version: int, changes: list[Past]) -> Plan:
    """The plan that gives objects the states which they had before a version, with the conflicts that this has.

    What is back already is no conflict, and what was changed and changed back since is none either.
    """
    plan = Plan(version)
    plan.present = await tx.present([each.number for each in changes])
    plan.touched = await tx.touches(
        [each.number for each in changes if plan.present.get(each.number) != each.after], version
    )
    for past in changes:
        present = await _but_for_new_ranks(tx, plan.present.get(past.number), past.after, version)
        if past.before is None:
            _plan_deletion(plan, past, present)
        elif present is None:
            if past.after is None:
                plan.set(past.number, past.before, ["objectType", *past.before.values])
            else:
                plan.add(f"the {named(past.after)} was deleted {plan.when(past.number, None)}")
        else:
            _plan_update(plan, past.before, past.after, present)
    return plan


async def _but_for_new_ranks(
    tx: Transaction, present: Record | None, after: Record | None, version: int
) -> Record | None:
    """An object with the ranks that it had after a version, where only its lists have got new ones since.

    That happens now and then to lists into which much is inserted at one place; nothing that can be seen changes.
    """
    for name in ("rank", "boardRank") if present is not None and after is not None else ():
        assert present is not None
        assert after is not None
        if present.get(name) != after.get(name) and await tx.has_kept_its_place(present, name, version):
            present = present.changed(**{name: after[name]})
    return present


def _plan_deletion(plan: Plan, past: Past, present: Record | None) -> None:
    if present is None:
        return
    assert past.after is not None
    for name in different(past.after, present):
        plan.add(f"the {word(name)} of the {named(present)} was changed {plan.when(past.number, name)}")
    plan.set(past.number, None)


def _plan_update(plan: Plan, before: Record, after: Record | None, present: Record) -> None:
    """Plans for an object that is there. Without `after` the version deleted it: it must have come back as it was."""
    values: dict[str, Any] = {}
    type_name = present.type
    for name in changed_with_place(before, after) if after is not None else different(before, present):
        was, is_now = value_of(before, name), value_of(present, name)
        if is_now == was:
            continue
        if after is None or is_now != value_of(after, name):
            plan.add(f"the {word(name)} of the {named(present)} was changed {plan.when(present.number, name)}")
        elif name == "objectType":
            type_name = before.type
        else:
            values[name] = was
    if values or type_name != present.type:
        names = [*values, "objectType"] if type_name != present.type else [*values]
        now = plan.present[present.number]
        plan.set(now.number, Record(now.number, type_name, {**now.values, **values}), names)


def different(one: Record, other: Record) -> list[str]:
    """The names of the properties in which two states of an object differ."""
    names = [name for name, value in one.values.items() if other.get(name) != value]
    return ["objectType", *names] if one.type != other.type else names


def changed_with_place(before: Record, after: Record) -> list[str]:
    """The names of what a version changed. With the list that an object stands in its place there always counts."""
    names = different(before, after)
    object_type = STORED_TYPES[before.type]
    if object_type.listed_in in names and "rank" not in names:
        names.append("rank")
    if "boardID" in names and "boardRank" not in names and before.type == "BacklogItem":
        names.append("boardRank")
    return names


def value_of(record: Record, name: str) -> Any:
    """The value of a property, the type of the object included."""
    return record.type if name == "objectType" else record[name]


async def check_references(tx: Transaction, plan: Plan) -> None:
    """Adds a conflict for all that would refer to something that is not there, be it in the plan or beside it."""
    wanted = [
        (record, p, number)
        for of, record in plan.wanted.items()
        if record is not None
        for p in references(record, plan.names[of])
        for number in numbers_in(record, p)
    ]
    beside = {number for _, _, number in wanted if number not in plan.wanted}
    there = await tx.present(list(beside))
    lost = [number for number in beside if number not in there]
    known = await tx.states_at(lost, plan.version - 1)
    plan.touched |= await tx.touches(lost, plan.version)
    for record, p, number in wanted:
        target = plan.final(number) if number in plan.wanted else there.get(number)
        if target is None or not points_to(record, p, target):
            gone = target or known.get(number) or plan.present.get(number)
            which = f"the {named(gone)}" if gone else "an object"
            plan.add(f"the {named(record)} would name in {p.name} {which}, which was deleted {plan.when(number, None)}")
    await _check_those_who_point(tx, plan)


async def _check_those_who_point(tx: Transaction, plan: Plan) -> None:
    going = {
        number: plan.present[number]
        for number, record in plan.wanted.items()
        if number in plan.present and (record is None or record.type != plan.present[number].type)
    }
    pointing = await tx.pointing(_pointers_to(going))
    if any(record.type in ("Person", "DeletedPerson", "Tag") for record in going.values()):
        for each in await tx.listing(list(going)):
            pointing += [(p.name, each) for p in STORED_TYPES[each.type].stored if p.kind == "refs"]
    found: list[tuple[Record, Property, Record]] = []
    for name, present in pointing:
        record = plan.wanted.get(present.number, present)
        if record is None:
            continue  # it goes as well
        p = STORED_TYPES[present.type].property(name)
        for number in numbers_in(record, p):
            target = plan.wanted.get(number)
            if number in going and (target is None or not points_to(record, p, target)):
                found.append((record, p, going[number]))
    plan.touched |= await tx.touches([record.number for record, _, _ in found], plan.version)
    for record, p, target in found:
        how = "belongs to" if p.name in _belongs(record) else f"names in {p.name}"
        plan.add(f"the {named(record)} {how} the {named(target)}, as was set {plan.when(record.number, p.name)}")


def _belongs(record: Record) -> tuple[str | None, ...]:
    object_type = STORED_TYPES[record.type]
    return (object_type.listed_in, object_type.nested_in, *object_type.ends_with)


def _pointers_to(going: Mapping[int, Record]) -> dict[tuple[str, str], list[int]]:
    """The types and properties that can refer to objects, each with the numbers of those."""
    numbers: dict[tuple[str, str], list[int]] = {}
    for number, record in going.items():
        for object_type in STORED_TYPES.values():
            for p in object_type.stored:
                if p.kind == "ref" and record.type in p.target.split("|"):
                    numbers.setdefault((object_type.name, p.name), []).append(number)
    return numbers


def references(record: Record, names: Iterable[str] | None = None) -> list[Property]:
    """The properties of an object that refer to others, as far as they are among `names`."""
    stored = STORED_TYPES[record.type].stored
    return [p for p in stored if p.kind in ("ref", "refs") and (names is None or p.name in names)]


def numbers_in(record: Record, p: Property) -> list[int]:
    """The numbers of the objects that a property refers to."""
    value = record[p.name]
    return list(value) if p.kind == "refs" else [] if value is None else [value]


def points_to(record: Record, p: Property, target: Record) -> bool:
    """Whether a property of an object may refer to another one, as far as its type goes."""
    typed_by = p.name.removesuffix("ID") + "Type"  # ownerObjectID is of the type ownerObjectType
    types = [record[typed_by]] if typed_by in record.values else p.target.split("|")
    return target.type in types
