"""What must be true before, and after, objects get states back that they had once."""

from __future__ import annotations

from collections.abc import Iterable

from methods.nesting import check_nesting
from methods.reversals import Plan, named
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.invariants.around import Changed, broken_by
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.transaction import Transaction

_UNITS: dict[tuple[str, str], tuple[str, ...]] = {
    ("BacklogItem", "roughEstimate"): ("roughEstimateUnit",),
    ("Release", "bestCaseVelocityPerWeek"): ("roughEstimateUnit",),
    ("Release", "expectedVelocityPerWeek"): ("roughEstimateUnit",),
    ("Release", "worstCaseVelocityPerWeek"): ("roughEstimateUnit",),
    **{
        (type_name, name): ("detailedEstimateUnit",)
        for type_name in ("BacklogItem", "Task")
        for name in ("estimate", "remainingWork")
    },
    ("TeamSprintParticipation", "availableTime"): ("detailedEstimateUnit",),
    ("BacklogItem", "usedTime"): ("detailedEstimateUnit", "timeTrackingUnit"),
    ("Task", "usedTime"): ("detailedEstimateUnit", "timeTrackingUnit"),
    ("TimeEntry", "usedTime"): ("timeTrackingUnit",),
}
"""The units of the project that a number may be in."""
_PAIRS = {"TeamSprintParticipation": ("sprintID", "teamID"), "CustomFieldValue": ("ownerObjectID", "customFieldID")}
"""Types of which there is one object for two others at most."""
_PERIODS = {"Sprint": ("startDate", "endDate"), "Release": ("startDate", "releaseDate")}
_MOST_LINES = 10


async def check_free(tx: Transaction, plan: Plan) -> None:
    """Adds a conflict for each name, id, number and address that somebody else has now."""
    coming = [(record, plan.names[number]) for number, record in plan.wanted.items() if record is not None]
    for (number, name), holders in (await tx.holders(coming)).items():
        record = plan.wanted[number]
        assert record is not None
        asked = "login" if name == "emailAddress" else name
        for holder in holders - {number}:
            if holder in plan.wanted:
                after = plan.wanted[holder]
                if after is None or after.type != record.type or after[asked] != record[asked]:
                    continue  # it gives it up
            plan.add(f"the {name} {record[name]} of the {named(record)} is that of another {record.type} now")
    await _check_pairs(tx, plan, [record for record, names in coming if "id" in names])


async def _check_pairs(tx: Transaction, plan: Plan, coming: list[Record]) -> None:
    wanted = {
        (record.type, *(record[name] for name in _PAIRS[record.type])): record
        for record in coming
        if record.type in _PAIRS
    }
    asked: dict[tuple[str, str], list[int]] = {}
    for type_name, first, _ in wanted:
        asked.setdefault((type_name, _PAIRS[type_name][0]), []).append(first)
    for _, present in await tx.pointing(asked):
        key = (present.type, *(present[name] for name in _PAIRS[present.type]))
        taken = wanted.get(key)
        if taken is not None and present.number != taken.number and plan.wanted.get(present.number, present):
            plan.add(f"the {named(present)} is there now instead of the {named(taken)}")


async def check_units(tx: Transaction, plan: Plan) -> None:
    """Adds a conflict for each number that would come back into a project which counts in another unit by now."""
    needed: dict[tuple[int, str], Record] = {}
    for number, record in plan.wanted.items():
        for name in plan.names[number] if record is not None else ():
            for unit in _UNITS.get((record.type, name), ()) if record is not None else ():
                if record is not None and record[name] is not None and record.project is not None:
                    needed.setdefault((record.project, unit), record)
    projects = {project for project, _ in needed}
    past = await tx.states_at(projects, plan.version - 1) if projects else {}
    present = await tx.present(projects)
    plan.touched |= await tx.touches(list(projects - plan.touched.keys()), plan.version)
    for (number, unit), record in needed.items():
        after = plan.wanted[number] if number in plan.wanted else present.get(number)
        before = past.get(number)
        if after is not None and before is not None and after[unit] != before[unit]:
            plan.add(
                f"numbers of the {named(record)} are in {before[unit]}, but the {unit} of the {named(after)} was "
                f"changed {plan.when(number, unit)}"
            )
    for number, record in plan.wanted.items():
        if record is not None and record.type == "Project" and number in plan.present:
            for unit in sorted(plan.names[number] & {"roughEstimateUnit", "detailedEstimateUnit", "timeTrackingUnit"}):
                await _check_none_in_unit(tx, plan, plan.present[number], unit)


async def _check_none_in_unit(tx: Transaction, plan: Plan, project: Record, unit: str) -> None:
    """Adds a conflict for each number that is in the present unit of a project and is not taken back with it.

    Used time is in the unit of time entries where there are some, which says as much of it, else in that of details.
    """
    numbers: list[tuple[Record, str]] = []
    for (type_name, name), units in _UNITS.items():
        if units[0] == unit:
            numbers += [(record, name) for record in await tx.with_value(type_name, project, name)]
    entered = {record["ownerObjectID"] for record in await tx.with_value("TimeEntry", project, "usedTime")}
    entered |= {task["backlogItemID"] for task in await tx.with_value("Task", project, "usedTime")}
    left = [
        (record, name)
        for record, name in numbers
        if not (name == "usedTime" and record.type != "TimeEntry" and record.number in entered)
        and not (record.number in plan.wanted and (name in plan.names[record.number] or not plan.wanted[record.number]))
    ]
    plan.touched |= await tx.touches([record.number for record, _ in left], plan.version)
    for record, name in left:
        plan.add(
            f"the {name} of the {named(record)} is in the present {unit} of the {named(project)}, as was set "
            f"{plan.when(record.number, name)}"
        )


def check_periods(plan: Plan) -> None:
    """Adds a conflict for each sprint or release that would end before it starts."""
    for number, record in plan.wanted.items():
        if record is not None and record.type in _PERIODS:
            first, last = _PERIODS[record.type]
            start, end = record[first], record[last]
            if plan.names[number] & {first, last} and start is not None and end is not None and end < start:
                plan.add(f"the {named(record)} would end, on {end}, before it starts, on {start}")


async def check_result(tx: Transaction, start: dict[int, Record | None], what: str) -> None:
    """Refuses what the call has done since `start` where it breaks a rule; `what` says in errors what that was."""
    changes = tx.changes_from(start)
    if not changes:
        return
    await _check_depth(tx, changes)
    await _check_somebody_and_somewhere(tx, changes, what)
    broken = await tx.looked_at(start, lambda image: broken_by(image, changes))
    if broken:
        lines = [line.partition(": ")[2] for line in broken]
        more = f" There are {len(lines) - _MOST_LINES} more." if len(lines) > _MOST_LINES else ""
        raise RequirementNotSatisfied(
            f"{what} would break rules that all data keeps: {'; '.join(lines[:_MOST_LINES])}.{more}"
        )


async def _check_depth(tx: Transaction, changes: Iterable[Changed]) -> None:
    for before, after in changes:
        pointer = STORED_TYPES[after.type].nested_in if after is not None else None
        if after is None or not pointer or after[pointer] is None:
            continue
        if before is None or before[pointer] != after[pointer]:
            await check_nesting(tx, await tx.get(after.type, after[pointer]), after)


async def _check_somebody_and_somewhere(tx: Transaction, changes: list[Changed], what: str) -> None:
    """Refuses to leave an account without an administrator, or a project without a backlog."""
    were_administrators = any(before is not None and before.get("isAdministrator") for before, _ in changes)
    if were_administrators and await tx.administrators() == 0:
        raise RequirementNotSatisfied(f"{what} would leave the account without an administrator.")
    gone = {before["projectID"] for before, after in changes if before and not after and before.type == "Backlog"}
    for project in (await tx.present(gone)).values():
        if not await tx.count("Backlog", project):
            raise RequirementNotSatisfied(f"{what} would leave the {named(project)} without a backlog.")
