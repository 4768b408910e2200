"""Who may do what: access to projects, and the rules that methods name in their registration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scrumrpc.errors import UserCannotAccessProject, UserHasInsufficientPermissions
from scrumrpc.model.record import Record
from scrumrpc.store.standing import Standing


@dataclass(frozen=True, slots=True)
class Permission:
    """A rule beyond access to the projects concerned, which is always checked.

    `allows` gets the caller's standing and the call's arguments; `denial` is what a caller is told whom it refuses.
    """

    rule: str
    denial: str
    allows: Callable[[Standing, Mapping[str, Any]], bool]


def _may_edit_comment(standing: Standing, arguments: Mapping[str, Any]) -> bool:
    return standing.is_administrator or arguments["commentID"]["creatorID"] == standing.person


def _may_edit_person(standing: Standing, arguments: Mapping[str, Any]) -> bool:
    return standing.is_administrator or arguments["personID"].number == standing.person


def _may_add_projects(standing: Standing, _arguments: Mapping[str, Any]) -> bool:
    return standing.is_administrator or not standing.has_access_control


PROJECT_ACCESS = Permission("Whoever has access to the project.", "", lambda _standing, _arguments: True)
ANYBODY = Permission(
    "Everybody in the account; of the projects, those that the person has access to.",
    "",
    lambda _standing, _arguments: True,
)
COMMENT_CREATOR = Permission(
    "Whoever wrote the comment, and administrators.",
    "Only the person who wrote the comment, or an administrator, may do this.",
    _may_edit_comment,
)
PERSON_ITSELF = Permission(
    "The person itself, and administrators.",
    "Only the person itself, or an administrator, may do this.",
    _may_edit_person,
)
PROJECT_CREATORS = Permission(
    "Everybody, or only administrators where access control on projects is turned on.",
    "Access control on projects is turned on in the account, so only administrators may add projects.",
    _may_add_projects,
)
OPERATORS = Permission("Operators, at the command line.", "Only operators may do this.", lambda _s, _a: True)


def check_access(standing: Standing, record: Record) -> None:
    """Refuses an object whose project the caller does not reach."""
    if standing.projects is not None and record.project is not None and record.project not in standing.projects:
        raise UserCannotAccessProject(
            f"The person has no access to the project that the {record.type} {record.id} belongs to."
            if record.type != "Project"
            else f"The person has no access to the project {record.id}."
        )


def check_permission(permission: Permission, standing: Standing, arguments: Mapping[str, Any]) -> None:
    """Refuses a call that the method's rule does not allow. Operators' calls are not made by a person: they pass."""
    by_operator = standing.key_id is None and standing.person is None
    if not by_operator and not permission.allows(standing, arguments):
        raise UserHasInsufficientPermissions(permission.denial)
