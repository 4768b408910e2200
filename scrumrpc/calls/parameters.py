"""Reads a call's parameters by a method's specification; knows nothing of how they travelled."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from scrumrpc.calls.epochs import parse_epoch
from scrumrpc.calls.kinds import nearest, shown
from scrumrpc.calls.references import Reference
from scrumrpc.calls.registry import RESERVED, Method, Parameter
from scrumrpc.calls.version_kinds import VersionName, no_version, parse_version
from scrumrpc.errors import InvalidParameter, MissingParameter, ObjectNotFound
from scrumrpc.model.record import Record
from scrumrpc.model.types.people import login_of
from scrumrpc.store.opening import Request

LONGEST_REQUEST_ID = 255
ON_REPEAT = ("error", "result")
"""What a call can ask to be answered where its requestID is used up; the first where it does not say.

The error RequestAlreadyExecuted, or the result that the call had when it was executed.
"""


@dataclass(frozen=True, slots=True)
class Named:
    """An argument that names an object: to be looked up before the method runs."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a call asks for: the method's arguments, and what the pipeline itself understands."""

    arguments: dict[str, Any]
    request: Request | None
    repeats_result: bool  # whether a repeat of the request answers its result rather than an error
    required_data_version: int | VersionName | None
    required_epoch: str | None
    ignored: tuple[str, ...]  # parameters that the method does not know

    @property
    def versions(self) -> tuple[int | str, ...]:
        """The names of data versions that the call gives, and the past version that it is about."""
        found: list[int | str] = []
        for name, value in (*self.arguments.items(), ("requiredDataVersion", self.required_data_version)):
            if isinstance(value, VersionName):
                found.append(value.name)
            elif isinstance(value, int) and name in ("atDataVersion", "dataVersion"):
                found.append(value)
        return tuple(found)

    def required(self, named: Mapping[str, int]) -> int | None:
        """The data version that the account must be at."""
        required = self.required_data_version
        return _number(required, named) if isinstance(required, VersionName) else required


def read(method: Method, given: Mapping[str, str], email: str | None = None, *, strict: bool = False) -> Reading:
    """The reading of the given texts; MissingParameter or InvalidParameter where they do not fit the method.

    `email` is the address of the person that the call is made for. A `strict` reading refuses parameters that a method
    does not know, also where the method itself ignores them.
    """
    values = {name: _normal(name, text) for name, text in given.items()}
    ignored = unknown(method, given)
    if strict or method.origin == "ours":
        _refuse(method, tuple(name for name in ignored if name not in RESERVED))
    arguments: dict[str, Any] = {}
    for parameter in method.parameters:
        arguments[parameter.name] = _argument(method, parameter, values)
    request = required = None
    repeats_result = False
    if method.takes_request_id:
        request = _request(method, values, email)
        repeats_result = _repeats_result(values)
    if method.takes_required_data_version:
        required = _required_data_version(values.get("requiredDataVersion"))
    epoch = values.get("requiredEpoch")
    epoch = None if epoch is None else parse_epoch("requiredEpoch", epoch)
    return Reading(arguments, request, repeats_result, required, epoch, ignored)


def unknown(method: Method, given: Mapping[str, str]) -> tuple[str, ...]:
    """The given parameters that the method does not know."""
    if not given:
        return ()
    known = {parameter.name for parameter in method.parameters} | {"requiredEpoch", "pretty"}
    if method.takes_request_id:
        known |= {"requestID", "onRepeat"}
    if method.takes_required_data_version:
        known.add("requiredDataVersion")
    return tuple(name for name in given if name not in known)


def _refuse(method: Method, names: tuple[str, ...]) -> None:
    """Refuses parameters that a method of ours does not know; the original ignored those, and so do its methods."""
    if names:
        known = tuple(parameter.name for parameter in method.parameters)
        hint = nearest(names[0], known) or (f" It takes: {', '.join(known)}." if known else " It takes none.")
        raise InvalidParameter(f"The method {method.name} has no parameter {shown(names[0])}.{hint}")


def _normal(name: str, text: str) -> str | None:
    """The stored form of a value: line breaks are LF; empty and the word null mean none."""
    if text in ("", "null"):
        return None
    if "\x00" in text:
        raise InvalidParameter(f"The parameter {name[:60]!r} contains a NUL character, which cannot be stored.")
    return text.replace("\r\n", "\n")


def _argument(method: Method, parameter: Parameter, values: Mapping[str, str | None]) -> Any:
    text = values.get(parameter.name)
    if text is None:
        if parameter.required:
            given = "has no value" if parameter.name in values else "is missing"
            raise MissingParameter(f"The parameter {parameter.name} of {method.name} {given}. {parameter.doc}")
        return parameter.kind.none
    value = parameter.kind.parse(parameter.name, text)
    return _named(parameter.reference, value, values) if parameter.reference else value


def _named(reference: Reference, wire_id: str, values: Mapping[str, str | None]) -> Named:
    if reference.type_parameter is None:
        return Named(reference.types[0], wire_id)
    type_name = values.get(reference.type_parameter)
    if type_name is None:
        raise MissingParameter(
            f"The parameter {reference.type_parameter} is missing; it says of what type the object {shown(wire_id)} is."
        )
    return Named(type_name, wire_id)


def _request(method: Method, values: Mapping[str, str | None], email: str | None) -> Request | None:
    request_id = values.get("requestID")
    if request_id is None:
        return None
    if len(request_id) > LONGEST_REQUEST_ID:
        raise InvalidParameter(
            f"The parameter requestID has {len(request_id)} characters; at most {LONGEST_REQUEST_ID} are accepted."
        )
    # What decides what the call does, and nothing else: a repeat may be laid out otherwise, or require another version.
    content = [(each.name, values[each.name]) for each in method.parameters if values.get(each.name) is not None]
    person = None if email is None else login_of(email)
    return Request(request_id, hashlib.sha256(orjson.dumps([person, method.name, content])).digest())


def _repeats_result(values: Mapping[str, str | None]) -> bool:
    text = values.get("onRepeat")
    if text is None:
        return False
    if text not in ON_REPEAT:
        raise InvalidParameter(f"The parameter onRepeat is {shown(text)}; it must be one of: {', '.join(ON_REPEAT)}.")
    if text == "result" and values.get("requestID") is None:
        raise MissingParameter(
            "The parameter requestID is missing: onRepeat=result asks for the result of the call that was executed "
            "under it."
        )
    return text == "result"


def _required_data_version(text: str | None) -> int | VersionName | None:
    return None if text is None or text == "-1" else parse_version("requiredDataVersion", text)


def numbered(arguments: Mapping[str, Any], named: Mapping[str, int]) -> dict[str, Any]:
    """The arguments with numbers of data versions in place of names."""
    return {
        name: _number(value, named) if isinstance(value, VersionName) else value for name, value in arguments.items()
    }


def _number(given: VersionName, named: Mapping[str, int]) -> int:
    if given.name not in named:
        raise no_version(given.parameter, given.name)
    return named[given.name]


def named_in(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The objects that arguments name, by type and wire id."""
    return [(value.type, value.id) for value in arguments.values() if isinstance(value, Named)]


def resolve(arguments: Mapping[str, Any], found: Mapping[tuple[str, str], Record | None]) -> dict[str, Any]:
    """The arguments with the objects that they name; ObjectNotFound where one does not exist."""
    resolved: dict[str, Any] = {}
    for name, value in arguments.items():
        if isinstance(value, Named):
            record = found[value.type, value.id]
            if record is None:
                raise not_found(value.type, value.id)
            value = record
        resolved[name] = value
    return resolved


def not_found(type_name: str, wire_id: str) -> ObjectNotFound:
    """The error for an object that the account does not have."""
    plain = re.fullmatch(r"[0-9-]{1,60}", wire_id)
    noun = re.sub(r"(?<!^)(?=[A-Z][a-z])", " ", type_name).lower()
    return ObjectNotFound(f"There is no {noun} with the id {wire_id if plain else shown(wire_id)}.")
