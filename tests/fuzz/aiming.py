"""Aims: what brings a call to an error that its documentation names, and that no call has been answered yet."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from scrumrpc.calls.registry import Parameter
from scrumrpc.model.record import Record
from tests.fuzz.calls import FAR, Call, begun, finished, leave_out, nothing_of_that_id, wrong_value
from tests.fuzz.ground import Ground

_PAST = ("atDataVersion", "dataVersion", "sinceDataVersion", "untilDataVersion", "newerThanDataVersion")


def aimed_call(random: Random, ground: Ground) -> Call:
    """A call that is spoilt for one of the errors that its method has not answered; others may come by chance."""
    call = begun(random, ground)
    wanted = [error for error in ground.wanted.get(call.method.name, ()) if error in _AIMS]
    if wanted:
        _AIMS[random.choice(wanted)](random, call, ground)
    return finished(random, call, ground)


def _used_request_id(random: Random, call: Call, ground: Ground) -> None:
    if ground.used_request_ids:
        call.set("requestID", random.choice(ground.used_request_ids))


def _another_version(_random: Random, call: Call, ground: Ground) -> None:
    call.set("requiredDataVersion", str(ground.image.version + FAR + 1))


def _taken_external_id(random: Random, call: Call, ground: Ground) -> None:
    """One that another object of the type has; it is refused only if nothing else is wrong with the call."""
    taken = [each["externalID"] for each in ground.image.records() if each.type == call.method.noun]
    if found := [each for each in taken if each]:
        call.set("externalID", random.choice(found))


def _out_of_reach(random: Random, call: Call, ground: Ground) -> None:
    """The member asks for something of a project that others have."""
    call.key = "member"
    hidden = [each for each in ground.image.records() if each.project is not None and _is_hidden(ground, each)]
    for parameter in call.method.parameters:
        fitting = [each.id for each in hidden if each.type in _types(parameter, call)]
        if fitting:
            call.given[parameter.name] = random.choice(fitting)


def _is_hidden(ground: Ground, record: Record) -> bool:
    assert record.project is not None
    return ground.image[record.project].id == f"{ground.account}-7-90"


def _types(parameter: Parameter, call: Call) -> tuple[str, ...]:
    """The types of the objects that a parameter may name."""
    if parameter.name in ("projectIDs", "projectID"):
        return ("Project",)
    if parameter.reference is None:
        return (call.given.get("objectType", ""),) if parameter.name == "objectID" else ()
    named_by = parameter.reference.type_parameter
    return (call.given.get(named_by, ""),) if named_by else parameter.reference.types


def _not_allowed(_random: Random, call: Call, _ground: Ground) -> None:
    call.key = "member"


def _yet_to_come(random: Random, call: Call, ground: Ground) -> None:
    _at(random, call, str(ground.image.version + FAR + random.randrange(9)))


def _no_longer_kept(random: Random, call: Call, _ground: Ground) -> None:
    _at(random, call, str(random.randrange(2)))


def _at(random: Random, call: Call, version: str) -> None:
    fitting = [each.name for each in call.method.parameters if each.name in _PAST]
    if fitting:
        call.given[random.choice(fitting)] = version


_AIMS: dict[str, Callable[[Random, Call, Ground], None]] = {
    "MissingParameter": leave_out,
    "InvalidParameter": wrong_value,
    "ObjectNotFound": nothing_of_that_id,
    "RequestAlreadyExecuted": _used_request_id,
    "RequiredDataVersionNotMatching": _another_version,
    "ObjectWithExternalIDAlreadyExists": _taken_external_id,
    "UserCannotAccessProject": _out_of_reach,
    "UserHasInsufficientPermissions": _not_allowed,
    "DataVersionNotReachedYet": _yet_to_come,
    "DataVersionNoLongerKept": _no_longer_kept,
}
