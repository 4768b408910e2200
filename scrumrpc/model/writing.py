"""Writes the JSON of an image's objects, in steps, from what is kept of it and what has to be rendered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import orjson

from scrumrpc.model.lists import Held, KeptBy, ListKey, Lists, Run
from scrumrpc.model.pages import Pages
from scrumrpc.model.properties import Property
from scrumrpc.model.record import Record
from scrumrpc.model.rendered import LARGE, WORTH, AllRendered, Parts, Rendered, put_together
from scrumrpc.model.rendering import Form, WireID, form_of, json_around, json_of
from scrumrpc.model.steps import Steps

_FILLED_OTHERWISE = ("Retrospective", "TeamSprintParticipation")
"""Types that have something in their gaps, though there may be nothing in their lists."""

_KEPT_IN_A_STEP = 256
"""Kept pieces that are taken in a step."""


class Writer:
    """Appends JSON to `parts`.

    Each method answers steps: what it appends is complete when they have all been taken. A step takes a millisecond or
    so; nothing of the image changes meanwhile, however long that is, because images do not change.
    """

    def __init__(
        self, parts: Parts, records: Pages[Record], lists: Lists, include: frozenset[str], origin: str,
        rendered: AllRendered,
    ) -> None:  # fmt: skip
        self._parts = parts
        self._records = records
        self._lists = lists
        self._include = include
        self._origin = origin
        self._wire_ids = _WireIDs(records)
        self._rendered = rendered
        self._kept: list[Rendered] = []  # what some of the parts are that are kept
        rendered.answers += 1
        self._answer = rendered.answers

    def object(self, number: int) -> Steps:
        """An object, with all that nests in it."""
        record = self._record(number)
        return self._object(record, form_of(record.type, self._include))

    def array(self, numbers: Iterable[int]) -> Steps:
        """An array of objects."""
        separator = b"["
        for number in numbers:
            self._parts.append(separator)
            yield from self.object(number)
            yield
            separator = b","
        self._parts.append(b"[]" if separator == b"[" else b"]")

    def list_of(self, key: ListKey) -> Steps:
        """An array of all objects in a list."""
        return self._list(self._lists.runs(key))

    def _list(self, runs: tuple[Run, ...]) -> Steps:
        separator = b"["
        form = form_of(self._record(runs[0].numbers[0]).type, self._include) if runs else None
        for at, run in enumerate(runs):
            assert form is not None
            if not self._has_kept(run, (form.include, separator)):
                yield from self._run(run, form, separator)
            elif at % _KEPT_IN_A_STEP == 0:
                yield
            separator = b","
        self._parts.append(b"]" if runs else b"[]")

    def _run(self, run: Run, form: Form, separator: bytes) -> Steps:
        """The objects of a run with commas between them, behind a separator."""
        start, kept = len(self._parts), len(self._kept)
        self._parts.append(separator)
        if form.type in _FILLED_OTHERWISE or any(self._lists.are_held(run.numbers)):
            for at, number in enumerate(run.numbers):
                if at:
                    self._parts.append(b",")
                yield from self._object(self._record(number), form)
        else:
            wire_id, origin = self._wire_ids.__getitem__, self._origin
            records = cast("list[Record]", self._records.several(run.numbers))
            self._parts.append(b",".join([json_of(record, form, wire_id, origin) for record in records]))
        self._keep(run, (form.include, separator), start, kept)
        yield

    def _object(self, record: Record, form: Form) -> Steps:
        held = self._lists.held(record.number)
        if held is not None and self._has_kept(held, (form.include, b"")):
            return
        start, kept = len(self._parts), len(self._kept)
        filled = [
            (gap, list_of)
            for gap, list_of in form.gaps
            if record.type in _FILLED_OTHERWISE or (held is not None and list_of in held.names)
        ]
        pieces = iter(json_around(record, form, [gap for gap, _ in filled], self._wire_ids.__getitem__, self._origin))
        self._parts.append(next(pieces))
        for (gap, list_of), piece in zip(filled, pieces, strict=True):
            yield from self._fill(gap, list_of, record, held)
            self._parts.append(piece)
        if held is not None:
            self._keep(held, (form.include, b""), start, kept)

    def _fill(self, gap: Property, list_of: str, record: Record, held: Held | None) -> Steps:
        """What stands in a gap of an object."""
        if record.type == "TeamSprintParticipation":
            in_sprint = self._lists.members((list_of, record["sprintID"]))
            of_team = [number for number in in_sprint if self._record(number)["teamID"] == record["teamID"]]
            self._parts.append(orjson.dumps([self._wire_ids[number] for number in of_team]))
        elif gap.kind == "columns":
            yield from self._columns(record)
        elif held is None:
            self._parts.append(b"[]")
        elif gap.kind == "assigned":
            yield from self._ids(held.runs(list_of))
        else:
            yield from self._list(held.runs(list_of))

    def _columns(self, record: Record) -> Steps:
        """The columns of a retrospective, each with the cards that have its number."""
        cards = self._lists.members(("RetrospectiveCard", record.number))
        separator = b"["
        for number, column in enumerate(columns_of(record), 1):
            self._parts.append(separator + orjson.dumps(column)[:-1] + b',"cards":')
            yield from self.array(card for card in cards if self._record(card)["columnNum"] == number)
            self._parts.append(b"}")
            separator = b","
        self._parts.append(b"]")

    def _ids(self, runs: tuple[Run, ...]) -> Steps:
        """An array of the ids of all objects in a list."""
        self._parts.append(b"[")
        for at, run in enumerate(runs):
            ids = orjson.dumps([self._wire_ids[number] for number in run.numbers])[1:-1]
            self._parts.append(b"," + ids if at else ids)
            yield
        self._parts.append(b"]")

    def _has_kept(self, holder: Run | Held, kept_by: KeptBy) -> bool:
        """Appends what is kept of some objects, if it is."""
        found = holder.kept and holder.kept.get(kept_by)
        if not found or not found.parts:
            return False
        found.use(self._answer)
        self._parts.extend(found.parts)
        self._kept.append(found)
        return True

    def _keep(self, holder: Run | Held, kept_by: KeptBy, start: int, kept: int) -> None:
        """Keeps the parts from `start` on, unless they are few bytes, which are kept as a part of something larger.

        From `kept` on what nests in the objects is kept already.
        """
        length = sum(map(len, self._parts[start:]))
        if length < LARGE or length - sum([each.length for each in self._kept[kept:]]) < WORTH:
            return
        self._parts[start:] = put_together(self._parts[start:])
        rendered = self._rendered.keep(self._parts[start:], self._kept[kept:], length, self._answer)
        holder.kept = {**(holder.kept or {}), kept_by: rendered}
        self._kept[kept:] = [rendered]

    def _record(self, number: int) -> Record:
        record = self._records.get(number)
        assert record is not None
        return record


class _WireIDs(dict[int, str]):
    """The wire ids of objects that are pointed to; many point to the same."""

    def __init__(self, records: Pages[Record]) -> None:
        self._records = records

    def __missing__(self, number: int) -> str:
        record = self._records.get(number)
        assert record is not None
        self[number] = record.id
        return record.id


def alone(record: Record, include: frozenset[str], origin: str, wire_id: WireID) -> bytes:
    """The JSON of an object with nothing in its lists; a retrospective has its columns."""
    form = form_of(record.type, include)
    columns = [gap for gap, _ in form.gaps if gap.kind == "columns"]
    filling = orjson.dumps([column | {"cards": []} for column in columns_of(record)]) if columns else b""
    return filling.join(json_around(record, form, columns, wire_id, origin))


def columns_of(record: Record) -> list[dict[str, Any]]:
    """The columns of a retrospective, without cards."""
    return [
        {"objectType": "RetrospectiveColumn", "name": name, "color": color}
        for name, color in zip(record["columnNames"], record["columnColors"], strict=True)
    ]
