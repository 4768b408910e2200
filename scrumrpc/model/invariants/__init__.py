"""The rules that the objects of an account keep at every version, each a function that finds what breaks it.

No call ends in a state that breaks a rule; only data that was imported, or written by older versions, may do so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scrumrpc.model.invariants import custom, parts, places, progress
from scrumrpc.model.invariants.objects import Objects

Rule = Callable[[Objects], Iterable[str]]
"""What a rule says stands in its docstring; it finds one line for each time that it is broken."""

RULES: tuple[Rule, ...] = (
    parts.references_stay_in_the_project,
    parts.lists_name_each_object_once,
    parts.objects_nest_in_fitting_ones,
    places.epics_hold_the_work_of_others,
    places.teams_take_part_in_their_sprints,
    places.statuses_fit_the_place,
    places.boards_hold_what_is_being_worked_on,
    places.columns_have_the_status_of_what_stands_in_them,
    places.only_done_items_are_put_away,
    progress.items_follow_their_tasks,
    progress.sums_are_right,
    progress.status_dates_fit_the_status,
    progress.work_under_way_is_somebodys,
    progress.only_bugs_are_resolved,
    progress.completed_releases_are_released,
    parts.backlogs_and_retrospectives_are_divided,
    parts.relationships_make_sense,
    custom.fields_fit_their_type,
    custom.values_fit_their_field,
)
"""All rules. The first one is that references lead somewhere, without which the others cannot be looked at."""


def violations(image: Objects) -> list[str]:
    """One line for each break of a rule, with the name of the rule and the ids of what breaks it."""
    found: list[str] = []
    for rule in RULES:
        found += [f"{rule.__name__}: {line}" for line in rule(image)]
        if found and rule is parts.references_stay_in_the_project:
            return found
    return found
