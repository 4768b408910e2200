"""Time entry methods."""

from methods.progress import settle_time
from methods.selection import object_of, people_of, projects_of
from methods.setters import setter
from methods.units import check_unit
from scrumrpc.calls.kinds import (
    Day,
    DayOrNone,
    ExternalID,
    GivenNumber,
    GivenUnit,
    IncludeProperties,
    Note,
    PersonIDs,
    ProjectIDs,
)
from scrumrpc.calls.permissions import ANYBODY
from scrumrpc.calls.references import (
    PersonOrNoneRef,
    PersonRef,
    TimeEntryRef,
    WorkOwnerID,
    WorkOwnerRef,
    WorkOwnerType,
    WorkOwnerTypeOrNone,
)
from scrumrpc.calls.registry import method
from scrumrpc.calls.view import Json, View
from scrumrpc.errors import InvalidParameter, MissingParameter, RequirementNotSatisfied
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction
from scrumrpc.store.turns import in_turns

_IN_UNIT = "usedTimeUnit is the project's timeTrackingUnit."


@method(noun="TimeEntry", writes=True, answers="id", requires=("A backlog item is no Epic.", _IN_UNIT))
async def addTimeEntry(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    ownerObjectType: WorkOwnerType,
    ownerObjectID: WorkOwnerRef,
    date: Day,
    personID: PersonOrNoneRef = None,
    description: Note = None,
    usedTime: GivenNumber,
    usedTimeUnit: GivenUnit,
) -> str:
    """Adds an entry of time used on a backlog item or a task, whatever its status.

    The usedTime of the object becomes the sum of its time entries; that of a backlog item with tasks is the sum of its
    own entries and of the used times of its tasks.
    """
    owner = ownerObjectID
    if owner.type == "BacklogItem" and owner["type"] == "Epic":
        raise RequirementNotSatisfied(
            f"The backlog item {owner.id} is an Epic; time is used on its child backlog items, or on their tasks."
        )
    person = personID.number if personID else tx.standing.person
    if person is None:
        raise MissingParameter("The parameter personID is missing: the call is nobody's, so it must say who used it.")
    await _check_time(tx, owner, usedTime, usedTimeUnit)
    entry = await tx.create(
        "TimeEntry",
        externalID=externalID,
        projectID=owner["projectID"],
        ownerObjectType=ownerObjectType,
        ownerObjectID=owner.number,
        date=date,
        personID=person,
        description=description,
        usedTime=usedTime,
    )
    await settle_time(tx, owner)
    return entry.id


@method(noun="TimeEntry", writes=True)
async def deleteTimeEntry(tx: Transaction, *, timeEntryID: TimeEntryRef) -> None:
    """Deletes a time entry; the usedTime of its object follows, and is none after the last entry."""
    await tx.delete(timeEntryID)
    await settle_time(tx, await _owner(tx, timeEntryID), gone=[timeEntryID])


@method(noun="TimeEntry", writes=True, requires=(_IN_UNIT,))
async def setTimeEntryUsedTime(
    tx: Transaction, *, timeEntryID: TimeEntryRef, usedTime: GivenNumber, usedTimeUnit: GivenUnit
) -> None:
    """Sets the usedTime of a time entry; that of its object follows."""
    await _check_time(tx, timeEntryID, usedTime, usedTimeUnit)
    await tx.change(timeEntryID, usedTime=usedTime)
    await settle_time(tx, await _owner(tx, timeEntryID))


async def _check_time(tx: Transaction, within: Record, used_time: float, unit: str) -> None:
    project = await tx.get("Project", within["projectID"])
    check_unit(project, "timeTrackingUnit", "usedTime", used_time, unit)


async def _owner(tx: Transaction, entry: Record) -> Record:
    return await tx.get(entry["ownerObjectType"], entry["ownerObjectID"])


@method(noun="TimeEntry", writes=True)
async def setTimeEntryPersonID(tx: Transaction, *, timeEntryID: TimeEntryRef, personID: PersonRef) -> None:
    """Sets who used the time of a time entry."""
    await tx.change(timeEntryID, personID=personID.number)


setter("setTimeEntryDate", "timeEntryID", TimeEntryRef, "date", Day)
setter("setTimeEntryDescription", "timeEntryID", TimeEntryRef, "description", Note)
setter("setTimeEntryExternalID", "timeEntryID", TimeEntryRef, "externalID", ExternalID)


@method(noun="TimeEntry", writes=False, answers="timeEntries", permission=ANYBODY)
async def getTimeEntries(
    view: View,
    *,
    projectIDs: ProjectIDs = None,
    personIDs: PersonIDs = None,
    ownerObjectType: WorkOwnerTypeOrNone = None,
    ownerObjectID: WorkOwnerID = None,
    fromDate: DayOrNone = None,
    toDate: DayOrNone = None,
    includeProperties: IncludeProperties = frozenset(),
) -> Json:
    """Answers the time entries that fit all that is asked for, sorted by date; of all projects that the caller reaches.

    fromDate and toDate are the first and the last day. With ownerObjectType and ownerObjectID these are the entries on
    that object alone: for a backlog item, without those on its tasks. Entries of one day stand in the order of the
    account's project list, within a project in that in which they were made.
    """
    if (ownerObjectType is None) != (ownerObjectID is None):
        missing, given = ("ownerObjectType", "ownerObjectID")[:: 1 if ownerObjectType is None else -1]
        raise MissingParameter(f"The parameter {missing} is missing: {given} is given, and the two go together.")
    if fromDate and toDate and fromDate > toDate:
        raise InvalidParameter(
            f"The parameter fromDate is {fromDate}; it must not be later than toDate, which is {toDate}."
        )
    image = await view.image()
    place = {number: at for at, number in enumerate(projects_of(image, view.standing, projectIDs))}
    people = people_of(image, personIDs) if personIDs else None
    if ownerObjectType and ownerObjectID:
        owner = object_of(image, view.standing, ownerObjectType, ownerObjectID)
        candidates = [image[number] for number in image.members(("TimeEntry", owner.number))]
    else:
        candidates = [record for record in image.records() if record.type == "TimeEntry"]
    fitting = [
        entry
        for entry in candidates
        if entry["projectID"] in place
        and (people is None or entry["personID"] in people)
        and (fromDate is None or entry["date"] >= fromDate)
        and (toDate is None or entry["date"] <= toDate)
    ]
    fitting.sort(key=lambda entry: (entry["date"], place[entry["projectID"]], entry.number))
    parts: list[bytes] = []
    await in_turns(image.writer(parts, includeProperties).array(entry.number for entry in fitting))
    return Json(parts)
