"""Which errors a method can answer, told by its parameters, its requirements and its permission."""

from __future__ import annotations

from scrumrpc import errors
from scrumrpc.calls.batch import may_be_in_a_batch
from scrumrpc.calls.registry import METHODS, Method, Parameter
from scrumrpc.model.types import OBJECT_TYPES, STORED_TYPES

Errors = tuple[type[errors.ApiError], ...]

ANY_CALL: Errors = (
    errors.InvalidRequest,
    errors.AuthenticationRequired,
    errors.InvalidAuthenticationInfo,
    errors.InvalidUserEmailAddress,
    errors.InvalidAPIKey,
    errors.APINotAvailable,
    errors.DuringMaintenance,
    errors.InternalServerError,
    errors.CompanyAccountClosed,
    errors.APIAccessNotAllowed,
    errors.APIBusy,
    errors.APILimitReached,
    errors.TooManyOngoingRequests,
    errors.InvalidParameter,  # of any method: `pretty`, `requiredEpoch`, and parameters that are given twice
    errors.RequiredEpochNotMatching,
)
"""What every method can answer."""

NO_METHOD: Errors = (errors.InvalidURL, errors.InvalidMethodName)
"""What only requests answer that reach no method."""

_OF_THE_PAST = ("atDataVersion", "dataVersion", "sinceDataVersion", "untilDataVersion")
"""Parameters that ask for versions which can be gone, or yet to come."""
_TAKING_BACK = ("revertVersion", "restoreObject")
"""Methods that find objects in the history, and need whatever permission it takes to change them."""
_LISTS_OF_IDS = {"project ids": "Project", "person ids": "Person", "tag ids": "Tag"}
"""The types of the objects that kinds of parameters list."""


def errors_of(method: Method) -> Errors:
    """Everything that the method can answer, in the order of the catalogue."""
    mine = own_errors(method)
    return tuple(error for error in errors.CATALOGUE if error in ANY_CALL or error in mine)


def own_errors(method: Method) -> Errors:
    """What the method can answer because of what it takes and requires, in the order of the catalogue."""
    mine = set(_errors_by_parameters(method))
    if any(p.kind.name == "calls" for p in method.parameters):
        mine.update(error for each in METHODS.values() if may_be_in_a_batch(each) for error in own_errors(each))
    return tuple(error for error in errors.CATALOGUE if error in mine)


def _errors_by_parameters(method: Method) -> Errors:
    takes_back = method.name in _TAKING_BACK
    by_condition = {
        errors.InvalidParameter: bool(method.parameters) or method.takes_required_data_version,
        errors.MissingParameter: any(p.required or _comes_with_another(p.name) for p in method.parameters),
        errors.ObjectNotFound: bool(_named_types(method)) or method.name == "restoreObject",
        errors.RequirementNotSatisfied: bool(method.requires) or _sets_something_unique(method),
        errors.UserCannotAccessProject: takes_back or any(_is_in_a_project(name) for name in _named_types(method)),
        errors.UserHasInsufficientPermissions: method.writes or bool(method.permission.denial),
        errors.ObjectWithExternalIDAlreadyExists: method.writes and _has(method, "externalID"),
        errors.RequestAlreadyExecuted: method.takes_request_id,
        errors.RequiredDataVersionNotMatching: method.takes_required_data_version,
        errors.DataVersionNotReachedYet: _reads_the_past(method) or _has(method, "newerThanDataVersion"),
        errors.DataVersionNoLongerKept: _reads_the_past(method),
    }
    return tuple(error for error, holds in by_condition.items() if holds)


def answerers(error: type[errors.ApiError], methods: tuple[Method, ...]) -> tuple[Method, ...]:
    """The methods that answer an error because of what they take and require; none for what any call can answer."""
    if error in ANY_CALL or error in NO_METHOD:
        return ()
    return tuple(method for method in methods if error in own_errors(method))


def _named_types(method: Method) -> tuple[str, ...]:
    """The object types that the method's parameters name objects of."""
    return tuple(name for p in method.parameters for name in _types_of(p))


def _types_of(p: Parameter) -> tuple[str, ...]:
    if p.reference:
        return p.reference.types
    if p.kind.name in _LISTS_OF_IDS:
        return (_LISTS_OF_IDS[p.kind.name],)
    if p.kind.name == "object id":
        return tuple(STORED_TYPES)
    names = p.kind.name.removesuffix(" id").replace("API key", "APIKey").split(" or ")
    return tuple(name for name in names if name in OBJECT_TYPES)


def _comes_with_another(name: str) -> bool:
    """Whether a parameter and another one go together, such as a unit and its number, although none is required."""
    return name.endswith("Unit") or name == "ownerObjectType"


def _is_in_a_project(type_name: str) -> bool:
    return type_name == "Project" or OBJECT_TYPES[type_name].has("projectID")


def _sets_something_unique(method: Method) -> bool:
    return method.writes and any(_has(method, name) for name in OBJECT_TYPES[method.noun].unique)


def _reads_the_past(method: Method) -> bool:
    return any(_has(method, name) for name in _OF_THE_PAST)


def _has(method: Method, name: str) -> bool:
    return any(p.name == name for p in method.parameters)
