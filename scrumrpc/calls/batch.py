"""Batches: many calls as one call, in one transaction; what a batch may hold, and how it runs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import orjson

from scrumrpc.calls.kinds import Kind, nearest, shown
from scrumrpc.calls.parameters import named_in, numbered, read, resolve
from scrumrpc.calls.permissions import check
from scrumrpc.calls.registry import METHODS, RESERVED, Method
from scrumrpc.errors import ApiError, InvalidParameter
from scrumrpc.store.group import Reference
from scrumrpc.store.transaction import Transaction

BATCH = "executeBatch"
MOST_CALLS = 500
_MEMBERS = ("method", "parameters", "name")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")
_CALLS_IN_A_ROW = 20
"""How many calls run before other requests that the worker has get their turn, where no call waits by itself."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a batch: its place, counted from 1, its method, and what is given to that.

    `texts` are parameters as a form carries them; `results` those that get the result of an earlier call, by its place.
    """

    place: int
    method: Method
    texts: dict[str, str]
    results: dict[str, int]


async def execute(tx: Transaction, calls: Sequence[Call]) -> list[Any]:
    """Runs the calls in order and answers their results; the error of the first that fails says which one it is.

    Each is checked and run against what those before it have made of the account.
    """
    await tx.named(_named_outright(calls))
    results: list[Any] = []
    for call in calls:
        if call.place % _CALLS_IN_A_ROW == 0:
            await asyncio.sleep(0)
        try:
            await tx.renew_standing()
            results.append(await _run(tx, call, results))
        except ApiError as error:
            error.message = f"Call {call.place} ({call.method.name}): {error.message}"
            error.args = (error.message,)
            raise
    return results


async def _run(tx: Transaction, call: Call, results: Sequence[Any]) -> Any:
    given = call.texts | {name: results[place - 1] for name, place in call.results.items()}
    reading = read(call.method, given, strict=True)
    arguments = reading.arguments
    if versions := reading.versions:
        await tx.look_up_versions(versions)
        arguments = numbered(arguments, tx.standing.named)
    if references := named_in(arguments):
        arguments = resolve(arguments, await tx.named(references))
    check(call.method.permission, tx.standing, arguments)
    return await call.method.function(tx, **arguments)


def _named_outright(calls: Sequence[Call]) -> Iterator[Reference]:
    """The objects that the calls name by their ids, so that they are read at once rather than call by call."""
    for call in calls:
        for parameter in call.method.parameters:
            reference, wire_id = parameter.reference, call.texts.get(parameter.name)
            if reference is None or wire_id in (None, "", "null"):
                continue
            assert wire_id is not None
            type_name = call.texts.get(reference.type_parameter) if reference.type_parameter else reference.types[0]
            if type_name in reference.types and "\0" not in wire_id:
                yield str(type_name), wire_id


def may_be_in_a_batch(method: Method) -> bool:
    """Whether a batch may hold calls of the method."""
    return method.public and method.writes and not method.secret_result and method.name != BATCH


def _parse(parameter: str, text: str) -> tuple[Call, ...]:
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        raise InvalidParameter(f"The parameter {parameter} is not JSON: {wrong}.") from None
    if not isinstance(given, list):
        raise InvalidParameter(f"The parameter {parameter} is {_sort(given)}; it must be an array of calls.")
    if len(given) > MOST_CALLS:
        raise InvalidParameter(
            f"The parameter {parameter} holds {len(given)} calls; a batch may have at most {MOST_CALLS}."
        )
    calls: list[Call] = []
    named: dict[str, Call] = {}
    later = _places_of_names(given)
    for place, each in enumerate(given, start=1):
        call = _call(place, each, named, later)
        calls.append(call)
        if (name := each.get("name")) is not None:
            if name in named:
                raise _wrong(call, f"the name {shown(name)} is that of call {named[name].place} already.")
            named[name] = call
    return tuple(calls)


def _places_of_names(given: list[Any]) -> dict[str, int]:
    names = ((place, each.get("name")) for place, each in enumerate(given, start=1) if isinstance(each, dict))
    return {name: place for place, name in names if isinstance(name, str)}


def _call(place: int, given: Any, named: dict[str, Call], places: dict[str, int]) -> Call:
    if not isinstance(given, dict):
        raise InvalidParameter(
            f'Call {place}: it is {_sort(given)}; it must be an object such as {{"method": "addTag"}}.'
        )
    for member in given:
        if member not in _MEMBERS:
            hint = nearest(member, _MEMBERS) or f" It may have: {', '.join(_MEMBERS)}."
            raise InvalidParameter(f"Call {place}: a call has no member {shown(member)}.{hint}")
    call = Call(place, _method(place, given.get("method")), {}, {})
    name, parameters = given.get("name"), given.get("parameters")
    if name is not None and not (isinstance(name, str) and _NAME.fullmatch(name)):
        what = shown(name) if isinstance(name, str) else _sort(name)
        raise _wrong(
            call,
            f"its name is {what}; a name has up to 60 letters, digits, _ and -, and does not begin with a digit or -.",
        )
    if not isinstance(parameters, dict | None):
        raise _wrong(call, f"its parameters are {_sort(parameters)}; they must be an object.")
    for parameter, value in (parameters or {}).items():
        if parameter in RESERVED:
            raise _wrong(call, f"{parameter} is given for the batch as a whole, beside calls, and not for one call.")
        if isinstance(value, str) and value.startswith("$") and not value.startswith("$$"):
            call.results[parameter] = _referred(call, parameter, value, named, places)
        else:
            call.texts[parameter] = _text(call, parameter, value)
    return call


def _method(place: int, name: Any) -> Method:
    if not isinstance(name, str):
        what = "it has no method" if name is None else f"its method is {_sort(name)}"
        raise InvalidParameter(f"Call {place}: {what}; the name of one is needed.")
    method = METHODS.get(name)
    if method is None or not method.public:
        known = tuple(each.name for each in METHODS.values() if may_be_in_a_batch(each))
        raise InvalidParameter(f"Call {place}: there is no method {shown(name)}.{nearest(name[:60], known)}")
    if not may_be_in_a_batch(method):
        reason = (
            "a batch cannot hold another batch"
            if name == BATCH
            else "it only reads, and a batch holds calls that change data"
            if not method.writes
            else "its result is a secret, which is told in an answer of its own"
        )
        raise InvalidParameter(f"Call {place} ({name}): the method cannot be in a batch: {reason}.")
    return method


def _referred(call: Call, parameter: str, value: str, named: dict[str, Call], places: dict[str, int]) -> int:
    """The place of the call whose result the value asks for."""
    name = value[1:]
    if name not in named:
        if name in places:
            where = "itself" if places[name] == call.place else "a later call"
            reason = f"that names call {places[name]}, {where}; only earlier ones have a result"
        else:
            reason = f"no call has that name. A text that begins with $ is written with two: {shown('$' + value)}"
        raise _wrong(call, f"the parameter {parameter} is {shown(value)}, but {reason}.")
    earlier = named[name]
    if earlier.method.result_schema.get("type") != "string":
        raise _wrong(
            call,
            f"the parameter {parameter} is {shown(value)}, but the result of call {earlier.place} "
            f"({earlier.method.name}) is no id.",
        )
    return earlier.place


def _text(call: Call, parameter: str, value: Any) -> str:
    """A value as a form would carry it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value[1:] if value.startswith("$$") else value
        case int() | float():
            return str(value)
        case _:
            raise _wrong(
                call,
                f"the parameter {parameter} is {_sort(value)}; it must be a string, a number, true, false or null.",
            )


def _wrong(call: Call, what: str) -> InvalidParameter:
    return InvalidParameter(f"Call {call.place} ({call.method.name}): {what}")


def _sort(value: Any) -> str:
    """What sort of JSON value something is, as errors say it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


BatchCalls = Annotated[
    tuple[Call, ...],
    Kind(
        "calls",
        "string",
        _parse,
        f"A JSON array of up to {MOST_CALLS} objects with the members method, parameters and, if later calls use the "
        "result, name.",
        '[{"method": "addTag", "parameters": {"projectID": "729-11230-1", "name": "Urgent"}}]',
        {"type": "string", "contentMediaType": "application/json"},
    ),
]
