"""The state machine's other steps: batches, reading the past, taking versions back, deleting and restoring."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from random import Random
from typing import Any

import orjson
from hypothesis import note
from hypothesis.stateful import rule

from scrumrpc.calls.batch import BATCH, may_be_in_a_batch
from scrumrpc.calls.registry import METHODS, Method, Parameter
from scrumrpc.model.properties import Property
from scrumrpc.model.record import Record, differences
from scrumrpc.model.types import STORED_TYPES
from tests.model.drivers import Failed, everything
from tests.model.machine import MODELLED, RANKS, Machine, read, spelled, unranked
from tests.model.reference import Reference, Refused
from tests.model.running import SEEDS, Seeded
from tests.world import EVERYTHING

IN_BATCHES = [name for name in MODELLED if may_be_in_a_batch(METHODS[name])]
ADDING = [name for name in IN_BATCHES if METHODS[name].result_schema.get("type") == "string"]
DELETING = [name for name in MODELLED if name.startswith("delete") and METHODS[name].noun in STORED_TYPES]
WORK = ("BacklogItem", "Task")
"""What fits in with the objects around it where these have changed since it was deleted."""


Call = tuple[Method, dict[str, str], dict[str, int]]
"""A call of a batch: the method, what is given as text, and parameters that get the result of an earlier call."""


class VersionsMachine(Machine):
    """Random calls, and steps that use what versions offer."""

    @rule(seed=SEEDS)
    def use_versions(self, seed: bytes) -> None:
        if any(seed):
            random = Random(seed)
            steps = [self.make_batch, self.make_batch, self.read_past, self.revert_newest, self.revert_older,
                     self.delete_and_restore, self.restore_older]  # fmt: skip
            step: Callable[[Random], None] = random.choice(steps)
            step(random)

    # Batches

    def make_batch(self, random: Random) -> None:
        """A batch, of which later calls mostly use the results of earlier ones."""
        calls: list[Call] = []
        undo = self.reference.saved()
        new: list[Any] = []
        for _ in range(random.randint(2, 5)):
            call = self.draw_for_batch(random, calls, new)
            before = self.reference.saved()
            try:
                new.append(self.run_one(call, new))
            except Refused:
                before()
                if random.random() < 0.8:
                    continue
                new.append(None)
            calls.append(call)
        undo()
        self.expect(random, BATCH, {"calls": orjson.dumps(_as_sent(calls)).decode()}, lambda: self.effects(calls))

    def draw_for_batch(self, random: Random, earlier: list[Call], new: list[Any]) -> Call:
        """A call that mostly uses what earlier ones have made, if it can."""
        made = {call[0].noun: n for n, call in enumerate(earlier) if call[0].name in ADDING and new[n] is not None}
        using = [name for name in IN_BATCHES if any(_fits(p, made) for p in METHODS[name].parameters)]
        name = random.choice(using) if made and random.random() < 0.6 else random.choice(ADDING)
        name = Seeded(random.randbytes(8), IN_BATCHES).method() if random.random() < 0.3 else name
        given, used = self.draw(random, name), {}
        for parameter in METHODS[name].parameters:
            if (noun := _fits(parameter, made)) and random.random() < 0.8:
                assert parameter.reference is not None
                used[parameter.name] = made[noun]
                given.pop(parameter.name, None)
                given |= {parameter.reference.type_parameter: noun} if parameter.reference.type_parameter else {}
        return METHODS[name], given, used

    def effects(self, calls: list[Call]) -> list[Any]:
        """What the calls do to the reference, one after the other; the new objects."""
        new: list[Any] = []
        for call in calls:
            new.append(self.run_one(call, new))
        return new

    def run_one(self, call: Call, new: list[Any]) -> Any:
        """What a call of a batch does to the reference; `new` has what the calls before it have made."""
        method, given, used = call
        return self.effect(method, read(method, given) | {name: new[place]["id"] for name, place in used.items()})

    # The past

    def read_past(self, random: Random) -> None:
        """Whatever was done since, a version answers what it answered when it was the present."""
        version = random.choice(list(self.past))
        given = {"includeProperties": EVERYTHING, "atDataVersion": str(version)}
        answered, data = self.driver.call("getData", given)
        assert (answered, orjson.dumps(data)) == (version, self.past[version].data)

    # Taking back

    def revert_newest(self, random: Random) -> None:
        """Makes a call, and takes back the newest version: all is as it was before it, but for the counters."""
        self.call(random.randbytes(8))
        if self.version - 1 not in self.past:
            return
        counters = dict(self.reference.last)
        self.take_back(self.version)
        self.reference = deepcopy(self.past[self.version - 2].reference)
        self.reference.last = counters
        self.arrive()

    def revert_older(self, random: Random) -> None:
        """Takes back any recent version: what it changed is as before it and nothing else is touched, or nothing is."""
        versions = [version for version in list(self.past)[1:] if version - 1 in self.past]
        if not versions:
            return
        version = random.choice(versions[-8:])
        now, then, before = self.records(), self.past[version].records, self.past[version - 1].records
        if not self.take_back(version, "RequirementNotSatisfied"):
            return
        expected = dict(now)
        for number in before.keys() | then.keys():
            _take_back(expected, number, before.get(number), then.get(number))
        self.arrive_anew()
        ranked = {number for number, record in now.items() if self.records().get(number) == record}
        assert unranked(self.records()) == unranked(expected)
        untouched = {n for n in now.keys() & expected.keys() if before.get(n) == then.get(n)}
        assert untouched <= ranked

    def take_back(self, version: int, *errors: str) -> bool:
        """Takes a version back, by which there is a new one if anything changes; or is refused by one of the errors."""
        note(f"revertVersion {version}")
        answer = self.answer_or_refusal("revertVersion", {"dataVersion": str(version)}, *errors)
        if answer is None:
            return False
        assert answer in ((self.version, None), (self.version + 1, None))
        self.version = answer[0]
        return True

    def answer_or_refusal(self, name: str, given: dict[str, str], *errors: str) -> tuple[int, Any] | None:
        """The answer to a call, or None where it is refused by one of the errors and changes nothing."""
        try:
            return self.driver.call(name, given)
        except Failed as refused:
            if str(refused) not in errors:
                raise
        assert everything(self.driver) == (self.version, self.reference.shown())
        return None

    # Deleting and restoring

    def delete_and_restore(self, random: Random) -> None:
        """Deletes something and brings it back at once: it comes back as it was, with all that belonged to it."""
        name, before = random.choice(DELETING), self.version
        given = self.draw(random, name)
        method = METHODS[name]
        if not self.expect(random, name, spelled(method, given), lambda: [self.effect(method, read(method, given))]):
            return
        if self.version == before:
            return
        wire_id = given[method.parameters[0].name]
        [number] = [
            n for n, each in self.past[before].records.items() if (each.type, each.id) == (method.noun, wire_id)
        ]
        self.restore(self.version, number, at_once=True)

    def restore_older(self, random: Random) -> None:
        """Brings back something that was deleted at some time, if that is still possible."""
        gone = [
            (version, number)
            for version, moment in self.past.items()
            if version - 1 in self.past
            for number, record in self.past[version - 1].records.items()
            if _is_gone(record, moment.records)
        ]
        if gone:
            self.restore(*random.choice(gone), at_once=False)

    def restore(self, deleted_in: int, number: int, *, at_once: bool) -> None:
        """Brings back what was deleted in a version, or is refused and changes nothing."""
        then, now = self.past[deleted_in - 1].records, self.records()
        given = {"objectType": then[number].type, "objectID": then[number].id}
        note(f"restoreObject {given}")
        errors = () if at_once else ("RequirementNotSatisfied", "ObjectWithExternalIDAlreadyExists", "ObjectNotFound")
        answer = self.answer_or_refusal("restoreObject", given, *errors)
        if answer is None:
            return
        version, result = answer
        assert (version, result) == (self.version + 1, None)
        self.version = version
        self.arrive_anew()
        restored = self.records()
        back = {n for n, record in restored.items() if _is_gone(record, now)}
        assert number in back
        assert now.keys() <= restored.keys()
        for n in back:
            assert _is_gone(then[n], self.past[deleted_in].records)
            assert list(_unlike(then[n], restored[n], exactly=at_once)) == []
        for n in now.keys() - back:
            changed = set(differences(now[n], restored[n]))
            assert not changed or restored[n].type in WORK
            if at_once:
                lasting = {name for name in changed - RANKS if STORED_TYPES[then[n].type].property(name).kind != "time"}
                assert {name: restored[n][name] for name in lasting} == {name: then[n][name] for name in lasting}
        if at_once:
            assert {n for n in _belonging_to(number, then) if n not in restored} == set()

    # Where the account is now

    def records(self) -> dict[int, Record]:
        """All that is stored at the present version."""
        return self.past[self.version].records

    def arrive(self) -> None:
        """Compares the account with the reference, at a version that the reference was told of."""
        version, data = everything(self.driver)
        assert version == self.version
        assert orjson.dumps(data) == orjson.dumps(self.reference.shown())
        self.check_rules()

    def arrive_anew(self) -> None:
        """Makes the reference anew from what the server answers, in the order that all objects of a type have."""
        last = self.reference.last
        self.check_rules()
        self.past.pop(self.version, None)
        self.reference = Reference(everything(self.driver)[1], self.caller)
        self.reference.last = last
        order = {
            (record.type, record.id): (str(record.values.get("rank", "")), record.number)
            for record in self.image.records()
        }
        for objects in self.reference.objects.values():
            objects.sort(key=lambda each: order[each["objectType"], each["id"]])
        people = [*self.reference.every("Person"), *self.reference.every("DeletedPerson")]
        self.reference.people = sorted(people, key=lambda each: order[each["objectType"], each["id"]])
        self.arrive()


def _fits(parameter: Parameter, made: Mapping[str, int]) -> str | None:
    """The noun among those made that a parameter can name."""
    types = parameter.reference.types if parameter.reference else ()
    return next((noun for noun in made if noun in types), None)


def _as_sent(calls: list[Call]) -> list[dict[str, Any]]:
    return [
        {
            "method": method.name,
            "name": f"call-{place}",
            "parameters": spelled(method, given) | {name: f"$call-{earlier}" for name, earlier in used.items()},
        }
        for place, (method, given, used) in enumerate(calls)
    ]


def _take_back(expected: dict[int, Record], number: int, before: Record | None, then: Record | None) -> None:
    """Makes of an object what taking back its change from `before` to `then` makes of it."""
    if before is None:
        gone = expected.pop(number, then)
        assert gone == then
    elif then is None:
        expected.setdefault(number, before)
    elif before != then:
        changed = {name: before[name] for name in differences(then, before) if name != "objectType"}
        present = expected[number]
        assert all(present[name] in (then[name], value) for name, value in changed.items() if name not in RANKS)
        expected[number] = Record(number, before.type, {**expected[number].values, **changed})


def _is_gone(record: Record, after: dict[int, Record]) -> bool:
    """Whether an object is not there, or there as one of another type only, as a deleted person is."""
    return record.number not in after or after[record.number].type != record.type


def _unlike(before: Record, restored: Record, *, exactly: bool) -> Iterator[str]:
    """The properties in which a restored object is not what it was, though it could be."""
    for p in STORED_TYPES[before.type].stored:
        old, new = before[p.name], restored[p.name]
        if old == new or (not exactly and (p.name in RANKS or before.type in WORK or _is_less(p, old, new))):
            continue
        yield f"{before.type} {before.id} {p.name}: {old} became {new}"


def _is_less(p: Property, old: Any, new: Any) -> bool:
    """Whether what an object refers to is gone in part."""
    return (p.kind == "ref" and new is None) or (p.kind == "refs" and set(new) < set(old))


def _belonging_to(number: int, records: dict[int, Record]) -> Iterator[int]:
    for record in records.values():
        described = STORED_TYPES[record.type]
        pointers = (described.listed_in, described.nested_in, *described.ends_with)
        if any(pointer and record[pointer] == number for pointer in pointers):
            yield record.number
            yield from _belonging_to(record.number, records)
