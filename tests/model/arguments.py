"""Arguments: what any method may be called with, drawn by the kinds of its parameters.

A step of a state machine draws no more than what seeds its arguments, so that a failing run shrinks by its steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import TypeVar

from scrumrpc.calls.registry import Method, Parameter
from scrumrpc.model.image import Image
from scrumrpc.model.record import Record

T = TypeVar("T")

_VALUES: dict[str, list[str]] = {
    "index": ["-1", "-1", "-1", "0", "0", "0", "1", "1", "2", "9"],
    "number": ["-1", "0", "2.5", "4"],
    "name": ["a", "b", "Ä ö\n☃"],
    "text": ["a", "b\r\nc"],
    "external id": ["E1", "E2", "E3"],
    "e-mail": ["dora@example.com", "BEN@example.com", "cid@example.com", "nobody"],
    "day": ["2027-01-04", "2027-02-01", "2027-03-01", "2027-02-30"],
    "column number": ["1", "2", "3", "4", "0"],
    "options": ["S,M,L", "L,M,S", "XS,S", "S"],
    "column names": ["Good,Bad", "1,2,3", "One"],
    "types": ["Bug", "Feature,Epic", "Bug,Spike", "Bug,Nothing"],
    "object types": ["BacklogItem", "BacklogItem,Task", "Sprint,Release,TimeEntry", "Task"],
    "file contents": ["YQ==", "Yg==", "!"],
    "file name": ["a.txt", "b.png", ".."],
    "content type": ["text/plain", "image/png", "text"],
    "data version": ["0", "1", "2", "one", "two", "1000000"],
    "version name": ["one", "two", "1"],
    "NamedVersion": ["one", "two"],
}
_CUSTOM_VALUES = ["true", "12", "2.5", "2027-01-04", "S", "M,S", "XS", "http://www.example.com", "one\ntwo"]
_UNITS_OF = {"roughEstimate": "roughEstimateUnit", "velocity": "roughEstimateUnit"}
_PROJECT_UNITS = ("roughEstimateUnit", "detailedEstimateUnit", "timeTrackingUnit")


class Drawing:
    """Draws the arguments of one call: mostly such that it may succeed, with objects of one project."""

    def __init__(self, random: Random, image: Image, keys: Iterable[str] = (), gone: Iterable[Record] = ()) -> None:
        self._random = random
        self._image = image
        self._keys = list(keys)
        self._gone = list(gone)
        self._projects = self._every("Project")
        self._project = self._one_of(self._projects[:1] * 4 + self._projects) if self._projects else None

    def arguments(self, method: Method) -> dict[str, str]:
        """A text for each parameter that is given."""
        given: dict[str, str] = {}
        for parameter in sorted(method.parameters, key=lambda each: each.reference is not None):
            if parameter.required or self._is_given(parameter):
                given[parameter.name] = self._text(method, parameter, given)
        return given

    def _is_given(self, parameter: Parameter) -> bool:
        likely = parameter.reference is not None or parameter.kind.name in ("number", "unit", "index")
        return self._one_of([True, True, False] if likely else [True, False, False, False])

    def _text(self, method: Method, parameter: Parameter, given: dict[str, str]) -> str:
        if parameter.reference is not None:
            return self._id(method, parameter, given)
        kind = parameter.kind
        if parameter.name in _PROJECT_UNITS:
            return self._one_of(["Points", "Days", "Hours"])
        if kind.name == "unit":
            return self._unit(method, parameter)
        if kind.name == "data version" and self._one_of([True, True, False]):
            return str(self._random.randint(max(0, self._image.version - 8), self._image.version + 1))
        if method.name == "restoreObject":
            return self._of_gone(parameter, given)
        if kind.name == "API key id":
            return self._one_of([*self._keys, "1-0-1"])
        if method.name == "setCustomFieldValue" and parameter.name == "value":
            chosen = [
                each.id for type_name in ("Team", "Sprint", "Release", "Person") for each in self._near(type_name)
            ]
            return self._one_of(_CUSTOM_VALUES + chosen)
        values: list[str] = kind.schema.get("enum") or _VALUES.get(kind.name) or [kind.example]
        return self._one_of([*values, ""] if not parameter.required else list(values))

    def _of_gone(self, parameter: Parameter, given: dict[str, str]) -> str:
        """The type or, fitting it, the id of an object that was deleted at some time; now and then of another one."""
        if parameter.name == "objectType":
            return self._one_of([*(each.type for each in self._gone), "Person", "DeletedPerson"])
        fitting = [each.id for each in self._gone if each.type == given["objectType"]]
        people = [each.id for each in self._every("DeletedPerson")] if given["objectType"] == "Person" else []
        return self._one_of([*fitting, *people] or [f"{self._image.account}-99-1"])

    def _unit(self, method: Method, parameter: Parameter) -> str:
        """Mostly the unit that the project uses for the number."""
        used_for = _UNITS_OF.get(parameter.name.removesuffix("Unit"), "detailedEstimateUnit")
        used_for = "timeTrackingUnit" if method.noun == "TimeEntry" else used_for
        right = str(self._project[used_for]) if self._project else "Days"
        return self._one_of([right] * 9 + ["Points", "Days", "Hours"])

    def _id(self, method: Method, parameter: Parameter, given: dict[str, str]) -> str:
        """Mostly the id of an object of the project; now and then of another one, or of none."""
        assert parameter.reference is not None
        reference = parameter.reference
        type_name = given[reference.type_parameter] if reference.type_parameter else reference.types[0]
        where = self._random.randrange(40)
        if where == 0:
            return f"{self._image.account}-99-1"
        every = self._every(type_name) if where == 1 else self._near(type_name) or self._every(type_name)
        if parameter.name in ("backlogItemID", "epicID") and method.name.endswith(("Epic", "List")):
            epics = [each for each in every if each["type"] == "Epic"]
            every = self._one_of([epics, every]) or every
        return self._one_of([each.id for each in every] or [f"{self._image.account}-99-1"])

    def _near(self, type_name: str) -> list[Record]:
        project = self._project.number if self._project else None
        return [each for each in self._every(type_name) if each.project in (None, project)]

    def _every(self, type_name: str) -> list[Record]:
        records = (record for record in self._image.records() if record.type == type_name)
        return sorted(records, key=lambda record: record.number)

    def _one_of(self, values: Sequence[T]) -> T:
        return self._random.choice(values)
