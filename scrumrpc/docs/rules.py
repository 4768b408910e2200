"""The rules of state as the documentation orders them, under headings; what each says stands in its docstring."""

from __future__ import annotations

from dataclasses import dataclass

from scrumrpc.model.invariants import RULES, Rule


@dataclass(frozen=True, slots=True)
class Heading:
    """A rule with a heading in few words."""

    title: str
    rule: Rule

    @property
    def name(self) -> str:
        """What links to it say."""
        return self.rule.__name__.replace("_", "-")

    @property
    def says(self) -> str:
        """The rule in words."""
        return self.rule.__doc__ or ""


_BY_NAME = {rule.__name__: rule for rule in RULES}


def _under(*titled: tuple[str, str]) -> tuple[Heading, ...]:
    return tuple(Heading(title, _BY_NAME[name]) for title, name in titled)


SECTIONS: dict[str, tuple[Heading, ...]] = {
    "Where backlog items are": _under(
        ("Sprints", "statuses_fit_the_place"),
        ("Teams", "teams_take_part_in_their_sprints"),
        ("Boards", "boards_hold_what_is_being_worked_on"),
        ("Board columns", "columns_have_the_status_of_what_stands_in_them"),
        ("Archived on a board", "only_done_items_are_put_away"),
        ("Epics", "epics_hold_the_work_of_others"),
        ("Completed releases", "completed_releases_are_released"),
    ),
    "How far work is": _under(
        ("Status of items with tasks", "items_follow_their_tasks"),
        ("Sums", "sums_are_right"),
        ("Status dates", "status_dates_fit_the_status"),
        ("Assigned persons", "work_under_way_is_somebodys"),
        ("Bugs", "only_bugs_are_resolved"),
    ),
    "How objects hang together": _under(
        ("References", "references_stay_in_the_project"),
        ("Lists of ids", "lists_name_each_object_once"),
        ("Nesting", "objects_nest_in_fitting_ones"),
        ("Backlogs and retrospectives", "backlogs_and_retrospectives_are_divided"),
        ("Relationships", "relationships_make_sense"),
        ("Custom fields", "fields_fit_their_type"),
        ("Values of custom fields", "values_fit_their_field"),
    ),
}
"""All rules, those first that people run into most."""
