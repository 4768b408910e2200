"""What the file of ready statements holds; building.py makes it, statements.py reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TEXTS = Path(__file__).with_name("statements.json")
"""What building.py made of the tables."""
NUMBERS_FOR_PEOPLE = {"BacklogItem": "itemNumber", "Task": "taskNumber"}
"""The property that holds what people call an object of the type by; unique in the account."""


@dataclass(frozen=True, slots=True)
class TypeStatements:
    """The statements for one object type; parameters by name, `account` in all of them, `object_type` in loading ones.

    The loading ones answer rows that `record_from` reads: by `id` (wire id), by `ids`, by `numbers`, by `referred` (for
    each property that refers to something: the numbers that it may hold), or all. One for all has null in place of
    lists of ids: to find these for one object after the other takes longer than to find all at once.
    """

    load_by_id: str
    load_by_ids: str
    load_by_numbers: str
    load_by_reference: dict[str, str]
    load_all: str
    load_all_without_lists: str
    find_unique: str | None
    insert: str
    update: str
    delete: str


@dataclass(frozen=True, slots=True)
class ListStatements:
    """The statements for the order of a list; parameters: `account`, `container`, `without` (the number of an object to
    leave out, 0 for none), and those named in each."""

    last_rank: str  # of the whole list
    rank_before: str  # of the whole list: the greatest below `rank`
    last_rank_within: str
    ranks_at: str  # within: the ranks at the position `skip` and the one after it
    count: str  # within
    at_ranks: str  # of the whole list: the numbers and ranks of those at `ranks`


@dataclass(frozen=True, slots=True)
class NestingStatements:
    """The statements for objects that nest in others of their type; parameters: `account`, `number`."""

    above: str  # the number itself and those of all that it nests in, from the inside out
    height: str  # how many levels it and what nests in it have


def key_of_list(type_name: str, rank: str, listed_in: str | None, within: tuple[str, ...]) -> str:
    """What the statements for a list are found by."""
    return " ".join((type_name, rank, listed_in or "-", *within))
