"""Relationship methods."""

from collections import deque

from methods.progress import check_project, named
from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID, Note, RelationshipType
from scrumrpc.calls.references import RelatedFromRef, RelatedToRef, RelatedType, RelationshipRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.enumerations import RELATIONSHIP_INVERSES
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction

_BEFORE, _AFTER = "Must be done before", "Must be done after"


@method(
    noun="Relationship",
    writes=True,
    answers="id",
    requires=(
        "The two objects are not the same, and belong to the same project.",
        "No other relationship says the same, be it from the other side.",
        "Where one must be done before the other, it need not be done after it, be it over others between them.",
    ),
)
async def addRelationship(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    type: RelationshipType,
    fromObjectType: RelatedType,
    fromObjectID: RelatedFromRef,
    toObjectType: RelatedType,
    toObjectID: RelatedToRef,
    description: Note = None,
) -> str:
    """Adds what one object is to another.

    One relationship stands for both directions: where A must be done before B, B must be done after A. Is related to
    says the same in both.
    """
    first, second = fromObjectID, toObjectID
    if first.number == second.number:
        raise RequirementNotSatisfied(f"The {named(first)} cannot be related to itself.")
    check_project(first, second)
    await _check_new(tx, type, first, second)
    if type == _BEFORE:
        await _check_order(tx, first, second)
    elif type == _AFTER:
        await _check_order(tx, second, first)
    relationship = await tx.create(
        "Relationship",
        externalID=externalID,
        projectID=first["projectID"],
        type=type,
        fromObjectType=fromObjectType,
        fromObjectID=first.number,
        toObjectType=toObjectType,
        toObjectID=second.number,
        description=description,
    )
    return relationship.id


async def _check_new(tx: Transaction, type: str, first: Record, second: Record) -> None:
    same = (
        (type, first.number, second.number),
        (RELATIONSHIP_INVERSES[type], second.number, first.number),
    )
    for other in await tx.referring("Relationship", "fromObjectID", first.number, second.number):
        if (other["type"], other["fromObjectID"], other["toObjectID"]) in same:
            raise RequirementNotSatisfied(
                f"The relationship {other.id} already says this: {_said(type, first, second)}."
                if other["type"] == type and other["fromObjectID"] == first.number
                else f"The relationship {other.id} already says this from the other side: "
                f"{_said(other['type'], second, first)}."
            )


def _said(type: str, first: Record, second: Record) -> str:
    return f"{named(first)} {type[0].lower()}{type[1:]} {named(second)}"


async def _check_order(tx: Transaction, earlier: Record, later: Record) -> None:
    """Refuses that one object must be done before another that must be done before it already."""
    chain = await _chain(tx, later, earlier)
    if chain:
        ids = ", ".join([earlier.id, *(each.id for each in chain)])
        raise RequirementNotSatisfied(
            f"The {named(earlier)} cannot be something to do before the {named(later)}: that would close a circle in "
            f"which each must be done before the next: {ids}."
        )


async def _chain(tx: Transaction, start: Record, end: Record) -> list[Record]:
    """A shortest chain in which each must be done before the next; empty where there is none."""
    followers: dict[int, list[tuple[str, int]]] = {}
    for each in await tx.members("Relationship", await tx.get("Project", start["projectID"])):
        if each["type"] == _BEFORE:
            followers.setdefault(each["fromObjectID"], []).append((each["toObjectType"], each["toObjectID"]))
        elif each["type"] == _AFTER:
            followers.setdefault(each["toObjectID"], []).append((each["fromObjectType"], each["fromObjectID"]))
    reached: dict[int, tuple[str, int] | None] = {start.number: None}  # each with what it was reached from
    waiting = deque([(start.type, start.number)])
    while waiting and end.number not in reached:
        present = waiting.popleft()
        for follower in followers.get(present[1], ()):
            if follower[1] not in reached:
                reached[follower[1]] = present
                waiting.append(follower)
    if end.number not in reached:
        return []
    chain = [end]
    while (before := reached[chain[-1].number]) is not None:
        chain.append(await tx.get(*before))
    return chain[::-1]


@method(noun="Relationship", writes=True)
async def deleteRelationship(tx: Transaction, *, relationshipID: RelationshipRef) -> None:
    """Deletes a relationship, for both objects."""
    await tx.delete(relationshipID)


setter("setRelationshipDescription", "relationshipID", RelationshipRef, "description", Note)
setter("setRelationshipExternalID", "relationshipID", RelationshipRef, "externalID", ExternalID)
