"""Planning how a deleted object comes back, and fitting it in where things have moved on meanwhile."""

from __future__ import annotations

from typing import Any

from methods.progress import NOWHERE, check_takes_tasks, column_for, settle, settle_time
from methods.reversals import Plan, named, numbers_in, points_to, references
from methods.sprint_items import leave_sprint
from scrumrpc.calls.parameters import not_found
from scrumrpc.calls.permissions import check_access, is_out_of_reach
from scrumrpc.calls.taking_back import Reversal, check_reversals
from scrumrpc.errors import ObjectNotFound, RequirementNotSatisfied
from scrumrpc.model.enumerations import TASK_STATUSES
from scrumrpc.model.invariants.places import STATUSES_IN_SPRINT, UNFINISHED
from scrumrpc.model.properties import Property
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.transaction import Transaction


async def plan_restoration(tx: Transaction, type_name: str, wire_id: str) -> tuple[Plan, Record]:
    """The plan that brings a deleted object back with what went with it, and the object as it was."""
    present = await tx.find(type_name, wire_id)
    if present is not None:
        check_access(tx.standing, present)
        hint = "; objectType=Person makes a person of it again" if type_name == "DeletedPerson" else ""
        raise RequirementNotSatisfied(f"The {named(present)} is there: it cannot be restored{hint}.")
    if type_name == "Person":
        deleted = await tx.find("DeletedPerson", wire_id)
        if deleted is not None:
            return _person_again(tx, deleted), deleted
    found = await tx.deletion_of(type_name, wire_id)
    if found is None:
        raise _unknown(tx, type_name, wire_id)
    number, version = found
    gone = {
        past.number: past.before
        for past in await tx.changes_of(version)
        if past.before is not None and past.after is None
    }
    root = gone[number]
    if is_out_of_reach(tx.standing, root):
        raise _unknown(tx, type_name, wire_id)  # nobody is told what there was where they do not see what there is
    together = _together(root, gone)
    what = f"the restoring of the {named(root)}"
    check_reversals(tx.standing, [Reversal(each, None) for each in together.values()], what)
    plan = Plan(version)
    for each in (await _what_can_come(tx, root, together)).values():
        plan.set(each.number, each, ["objectType", *each.values])
    return plan, root


def _unknown(tx: Transaction, type_name: str, wire_id: str) -> ObjectNotFound:
    error = not_found(type_name, wire_id)
    oldest = tx.standing.oldest_version
    kept = f" What was deleted up to data version {oldest} is no longer kept." if oldest else ""
    return ObjectNotFound(f"{error.message} Nor has one of that id been deleted.{kept}")


def _person_again(tx: Transaction, deleted: Record) -> Plan:
    check_reversals(tx.standing, [Reversal(deleted, None)], f"the restoring of the Person {deleted.id}")
    plan = Plan(tx.standing.data_version)
    plan.present[deleted.number] = deleted
    person = Record(deleted.number, "Person", {**deleted.values, "isDeleted": False})
    plan.set(deleted.number, person, ["objectType", "externalID", "isDeleted"])
    return plan


def _needs(record: Record) -> list[tuple[Property, int]]:
    """What an object cannot be without: where it stands, what it nests in, and whatever else must not be missing."""
    nested_in = STORED_TYPES[record.type].nested_in if record.type != "BacklogItem" else None
    return [
        (p, number)
        for p in references(record)
        if p.kind == "ref" and (not p.nullable or p.name == nested_in)
        for number in numbers_in(record, p)
    ]


def _together(root: Record, gone: dict[int, Record]) -> dict[int, Record]:
    """Of what went in one version, an object and all that could not be without it."""
    needing: dict[int, list[Record]] = {}
    for record in gone.values():
        for _, number in _needs(record):
            needing.setdefault(number, []).append(record)
    found, waiting = {root.number: root}, [root]
    while waiting:
        for record in needing.get(waiting.pop().number, ()):
            if record.number not in found:
                found[record.number] = record
                waiting.append(record)
    return found


async def _what_can_come(tx: Transaction, root: Record, together: dict[int, Record]) -> dict[int, Record]:
    """Those that find all that they cannot be without, each without the rest of what is gone; `root` in any case."""
    pointed_to = {number for each in together.values() for p in references(each) for number in numbers_in(each, p)}
    there = await tx.present(list(pointed_to - together.keys()))
    coming = dict(together)
    while True:
        known = there | coming
        lost = [
            each.number
            for each in coming.values()
            if each is not root
            and any(number not in known or not points_to(each, p, known[number]) for p, number in _needs(each))
        ]
        if not lost:
            return {number: _without_the_gone(each, known) for number, each in coming.items()}
        for number in lost:
            del coming[number]


def _without_the_gone(record: Record, known: dict[int, Record]) -> Record:
    needed = {p.name for p, _ in _needs(record)}
    values: dict[str, Any] = {}
    for p in references(record):
        if p.name in needed:
            continue
        kept = [number for number in numbers_in(record, p) if number in known and points_to(record, p, known[number])]
        if kept != numbers_in(record, p):
            values[p.name] = kept if p.kind == "refs" else None
    if record.type == "BacklogItem":
        if "sprintID" in values:
            values["teamID"] = None
        if "boardID" in values:
            values |= NOWHERE
    return record.changed(**values)


async def settle_restored(tx: Transaction, root: Record) -> None:
    """Fits an object that has come back, and was like `root`, in with what has become of the others meanwhile."""
    if root.type == "BacklogItem":
        await _settle_item(tx, root)
    elif root.type == "Task":
        task = tx.current(root)
        item = await tx.get("BacklogItem", task["backlogItemID"])
        check_takes_tasks(item)
        column = await column_for(tx, item["boardID"], task["status"], task["boardColumnID"])
        await tx.change(task, boardColumnID=column)
        await settle(tx, item)
    elif root.type == "TimeEntry":
        await settle_time(tx, await tx.get(root["ownerObjectType"], root["ownerObjectID"]))


async def _settle_item(tx: Transaction, root: Record) -> None:
    item = tx.current(root)
    await _settle_in_backlog(tx, item, root)
    item = tx.current(item)
    if root["sprintID"] is not None and not await _fits_in_sprint(tx, item):
        worked_on = item["status"] in ("Assigned to sprint", *TASK_STATUSES)
        await leave_sprint(tx, item, "Ready for sprint" if worked_on else item["status"])
    elif item["sprintID"] is None and item["boardID"] is not None:
        board = await tx.get("Board", item["boardID"])
        if board["type"] != "Kanban":
            await tx.change(item, **NOWHERE)
    item = tx.current(item)
    tasks = await tx.members("Task", item)
    for each in tasks or [item]:
        column = await column_for(tx, item["boardID"], each["status"], each["boardColumnID"])
        await tx.change(each, boardColumnID=column)


async def _settle_in_backlog(tx: Transaction, item: Record, root: Record) -> None:
    """Gives an item the list of its epic, or else the first one where its own is gone, and a release that is open."""
    values: dict[str, Any] = {}
    epic = await tx.get("BacklogItem", item["parentEpicID"]) if item["parentEpicID"] is not None else None
    if epic is not None and epic["type"] == "Epic":
        values["backlogListID"] = epic["backlogListID"]
    else:
        values["parentEpicID"] = None
        if item["backlogListID"] is None and root["backlogListID"] is not None:
            values["backlogListID"] = await tx.first_list(await tx.get("Project", item["projectID"]))
    if item["releaseID"] is not None and item["status"] != "Released":
        release = await tx.get("Release", item["releaseID"])
        if release["status"] == "Completed":
            values["releaseID"] = None
    await tx.change(item, **values)


async def _fits_in_sprint(tx: Transaction, item: Record) -> bool:
    """Whether the sprint of an item, if it is still there, is as far as the item says, on the same board."""
    if item["sprintID"] is None:
        return False
    sprint = await tx.get("Sprint", item["sprintID"])
    board = sprint["boardID"] if sprint["status"] == "In progress" else None
    if item["status"] not in STATUSES_IN_SPRINT[sprint["status"]] or item["boardID"] != board:
        return False
    teams = [each["teamID"] for each in await tx.members("TeamSprintParticipation", sprint)]
    return sprint["status"] not in UNFINISHED or item["teamID"] in teams
