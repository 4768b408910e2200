"""Who may do what: access to projects, and the rules that methods name in their registration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scrumrpc.errors import UserCannotAccessProject, UserHasInsufficientPermissions
from scrumrpc.model.record import Record
from scrumrpc.store.standing import Standing

Allows = Callable[[Standing, Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Permission:
    """A rule beyond access to the projects concerned, which is always checked.

    `allows` gets the caller's standing and the call's arguments; `denial` is what a caller is told whom it refuses.
    """

    rule: str
    denial: str
    allows: Allows


def _everybody(_standing: Standing, _arguments: Mapping[str, Any]) -> bool:
    return True


def _administrators(standing: Standing, _arguments: Mapping[str, Any]) -> bool:
    return standing.is_administrator


def _project_creators(standing: Standing, _arguments: Mapping[str, Any]) -> bool:
    return standing.is_administrator or not standing.has_access_control


def _project_managers(standing: Standing, arguments: Mapping[str, Any]) -> bool:
    owners = arguments["projectID"]["productOwnerIDs"]
    is_everybodys = not owners and not standing.has_access_control  # else whoever added it could not change it
    return standing.is_administrator or standing.person in owners or is_everybodys


def _person_itself(standing: Standing, arguments: Mapping[str, Any]) -> bool:
    return standing.is_administrator or arguments["personID"].number == standing.person


def _creator_of(parameter: str) -> Allows:
    def allows(standing: Standing, arguments: Mapping[str, Any]) -> bool:
        return standing.is_administrator or arguments[parameter]["creatorID"] == standing.person

    return allows


ANYBODY = Permission(
    "Everybody in the account; of the projects, those that the person has access to.",
    "",
    _everybody,
)
PROJECT_ACCESS = Permission("Whoever has access to the project.", "", _everybody)
PROJECT_CREATORS = Permission(
    "Everybody, or only administrators where access control on projects is turned on.",
    "Access control on projects is turned on in the account, so only administrators may add projects.",
    _project_creators,
)
PROJECT_MANAGERS = Permission(
    "The product owners of the project, and administrators. While a project has no product owner, everybody, unless "
    "access control on projects is turned on.",
    "Only a product owner of the project, or an administrator, may do this.",
    _project_managers,
)
COMMENT_CREATOR = Permission(
    "Whoever wrote the comment, and administrators.",
    "Only the person who wrote the comment, or an administrator, may do this.",
    _creator_of("commentID"),
)
MESSAGE_CREATOR = Permission(
    "Whoever wrote the message, and administrators.",
    "Only the person who wrote the message, or an administrator, may do this.",
    _creator_of("messageID"),
)
PERSON_ITSELF = Permission(
    "The person itself, and administrators.",
    "Only the person itself, or an administrator, may do this.",
    _person_itself,
)
VERSION_NAMER = Permission(
    "Whoever gave the name, and administrators.",
    "Only the person who gave the name, or an administrator, may do this.",
    _everybody,  # the method looks at who gave it, which the database knows
)
ADMINISTRATORS = Permission(
    "Administrators.",
    "Only an administrator may do this.",
    _administrators,
)
RULES = (
    ANYBODY,
    PROJECT_ACCESS,
    PROJECT_CREATORS,
    PROJECT_MANAGERS,
    COMMENT_CREATOR,
    MESSAGE_CREATOR,
    PERSON_ITSELF,
    VERSION_NAMER,
    ADMINISTRATORS,
)
"""The rules of the public methods, from those that let in most to those that let in fewest."""

OPERATORS = Permission("Operators, at the command line.", "Only operators may do this.", _everybody)


def check(permission: Permission, standing: Standing, arguments: Mapping[str, Any]) -> None:
    """Refuses a call whose caller may not do this with the objects among its arguments."""
    for value in arguments.values():
        if isinstance(value, Record):
            check_access(standing, value)
    check_permission(permission, standing, arguments)


def check_key(standing: Standing) -> None:
    """Refuses a call that changes data where its key is only for reading."""
    if standing.key_is_read_only:
        raise UserHasInsufficientPermissions(
            "The API key is for calls that only read. A call that changes data needs a key that was made without "
            "isReadOnly."
        )


def check_access(standing: Standing, record: Record) -> None:
    """Refuses an object whose project the caller does not reach."""
    if is_out_of_reach(standing, record):
        raise out_of_reach(record.type, record.id)


def is_out_of_reach(standing: Standing, record: Record) -> bool:
    """Whether the caller does not reach the project that an object belongs to, or belonged to."""
    return standing.projects is not None and record.project not in (None, *standing.projects)


def out_of_reach(type_name: str, wire_id: str) -> UserCannotAccessProject:
    """The error for an object whose project the caller does not reach."""
    return UserCannotAccessProject(
        f"The person has no access to the project that the {type_name} {wire_id} belongs to."
        if type_name != "Project"
        else f"The person has no access to the project {wire_id}."
    )


def check_permission(permission: Permission, standing: Standing, arguments: Mapping[str, Any]) -> None:
    """Refuses a call that the method's rule does not allow. Operators' calls are not made by a person: they pass."""
    if not _is_operator(standing) and not permission.allows(standing, arguments):
        raise UserHasInsufficientPermissions(permission.denial)


def check_namer(standing: Standing, namer: int | None) -> None:
    """Refuses a call about a named version by somebody else than the person who gave the name, by number."""
    if not _is_operator(standing) and not standing.is_administrator and standing.person != namer:
        raise UserHasInsufficientPermissions(VERSION_NAMER.denial)


def _is_operator(standing: Standing) -> bool:
    return standing.key_id is None and standing.person is None
