"""Who may take back what: the permissions that a change needs where it is made again the other way round."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scrumrpc.calls.permissions import (
    ADMINISTRATORS,
    COMMENT_CREATOR,
    MESSAGE_CREATOR,
    PERSON_ITSELF,
    PROJECT_ACCESS,
    PROJECT_MANAGERS,
    Permission,
    check_permission,
)
from scrumrpc.errors import UserCannotAccessProject, UserHasInsufficientPermissions
from scrumrpc.model.ownership import belongs_by
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.standing import Standing

_PARAMETERS = {"Project": "projectID", "Comment": "commentID", "Message": "messageID", "Person": "personID"}
"""The parameter in which methods with a rule of their own name an object of the type."""
_COMING_AND_GOING = {
    "Project": ADMINISTRATORS,
    "Person": ADMINISTRATORS,
    "DeletedPerson": ADMINISTRATORS,
    "Comment": COMMENT_CREATOR,
    "Message": MESSAGE_CREATOR,
}
"""Who may let objects of a type come back or go again; of other types, whoever reaches the project."""
_PROPERTIES: dict[str, dict[str, Permission]] = {
    "Project": {"externalID": PROJECT_ACCESS, "rank": ADMINISTRATORS},
    "Person": dict.fromkeys(("objectType", "isActivated", "isAdministrator", "isDeleted", "rank"), ADMINISTRATORS),
    "Message": dict.fromkeys(("title", "text", "link", "type", "color"), MESSAGE_CREATOR),
}
_OTHER_PROPERTIES = {
    "Project": PROJECT_MANAGERS, "Person": PERSON_ITSELF, "DeletedPerson": ADMINISTRATORS, "Comment": COMMENT_CREATOR,
}  # fmt: skip
"""Who may set the properties of objects; of other types, whoever reaches the project."""


@dataclass(frozen=True, slots=True)
class Reversal:
    """What taking something back does to an object.

    `record` is the object as it is now, or as it was when it went; `properties` those that are set back, None where the
    object as a whole comes back or goes.
    """

    record: Record
    properties: frozenset[str] | None


def check_reversals(standing: Standing, reversals: Iterable[Reversal], what: str) -> None:
    """Refuses what the caller could not do by other methods; `what` names in errors what is taken back."""
    reversals = list(reversals)
    whole = {each.record.number for each in reversals if each.properties is None}
    for each in reversals:
        if standing.projects is not None and each.record.project not in (None, *standing.projects):
            raise UserCannotAccessProject(f"The person does not have access to all projects that {what} is about.")
    for each in reversals:
        for permission in _needed(each, whole):
            try:
                check_permission(permission, standing, {_PARAMETERS.get(each.record.type, ""): each.record})
            except UserHasInsufficientPermissions as refused:
                raise UserHasInsufficientPermissions(
                    f"About the {each.record.type} {each.record.id} in {what}: {refused.message}"
                ) from None


def _needed(reversal: Reversal, whole: set[int]) -> set[Permission]:
    record = reversal.record
    if reversal.properties is None:
        within = (record[name] for name in belongs_by(STORED_TYPES[record.type]))
        goes_with_another = any(number in whole for number in within)
        return set() if goes_with_another else {_COMING_AND_GOING.get(record.type, PROJECT_ACCESS)}
    known = _PROPERTIES.get(record.type, {})
    other = _OTHER_PROPERTIES.get(record.type, PROJECT_ACCESS)
    return {known.get(name, other) for name in reversal.properties}
