"""The pages of getBacklogItems: what comes after a cursor, and the cursor for what comes after that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, dropwhile, islice
from typing import Any

from methods.item_filters import Choice
from methods.item_order import Order, Place, items_of, place_of
from scrumrpc.calls.cursors import Cursor
from scrumrpc.errors import InvalidParameter
from scrumrpc.model.image import Image
from scrumrpc.model.record import Record


def page_of(
    image: Image, choice: Choice, order: Order, cursor: Cursor | None, limit: int
) -> tuple[list[Record], Cursor | None]:
    """The chosen items after the cursor, at most `limit`, and the cursor for the next ones if there are more."""
    place = _place_now(image, cursor) if cursor else None
    if order.key is None:
        items = _by_backlog(image, choice, descending=order.descending, after=place)
    else:
        items = _by_key(image, choice, order, (cursor.key, place) if cursor and place else None)
    found = list(islice(items, limit + 1))
    if len(found) <= limit:
        return found, None
    return found[:limit], _cursor_at(image, order, found[limit - 1])


def _by_backlog(image: Image, choice: Choice, *, descending: bool, after: Place | None) -> Iterator[Record]:
    """The chosen items in backlog order; those of whole projects one by one, so that a page ends the work."""

    def is_before(item: Record) -> bool:
        assert after is not None
        place = place_of(image, item)
        return place >= after if descending else place <= after

    if choice.within is None:
        every = items_of(image, choice.projects, descending=descending, after=after)
        return choice.passing(every if after is None else dropwhile(is_before, every))
    items = _sorted_within(image, choice, choice.within, descending=descending)
    return iter(items) if after is None else dropwhile(is_before, items)


def _by_key(image: Image, choice: Choice, order: Order, after: tuple[Any, Place] | None) -> Iterator[Record]:
    """The chosen items by their keys; those with the same one, and after all others those without, in backlog order."""
    assert order.key is not None
    if choice.within is None:
        items: Iterable[Record] = choice.passing(items_of(image, choice.projects, descending=False, after=None))
    else:
        items = _sorted_within(image, choice, choice.within, descending=False)
    keyed: list[tuple[Any, Record]] = []
    without: list[Record] = []
    for item in items:
        key = order.key(item)
        if key is None:
            without.append(item)
        else:
            keyed.append((key, item))
    if after is not None:
        last_key, place = after
        if last_key is None:
            keyed, without = [], [item for item in without if place_of(image, item) > place]
        else:
            keyed = [
                (key, item)
                for key, item in keyed
                if ((key < last_key) == order.descending if key != last_key else place_of(image, item) > place)
            ]
    keyed.sort(key=lambda pair: pair[0], reverse=order.descending)  # which leaves equal ones in their order
    return chain((item for _, item in keyed), without)


def _sorted_within(image: Image, choice: Choice, numbers: Iterable[int], *, descending: bool) -> list[Record]:
    items = choice.passing(image[number] for number in numbers)
    return sorted(items, key=lambda item: place_of(image, item), reverse=descending)


def _cursor_at(image: Image, order: Order, item: Record) -> Cursor:
    path, number = place_of(image, item)
    listed = image.members(("BacklogItem", item["projectID"]))
    key = order.key(item) if order.key else None
    return Cursor(key, path, number, item["projectID"], image[listed[-1]].rank, max(listed))


def _place_now(image: Image, cursor: Cursor) -> Place:
    """The place to go on from: where the last item stood, also if it is elsewhere now, or gone.

    But after very many inserts at one place the items of a project all get new ranks, behind those that they had: then
    it is where the item stands now.
    """
    place = (cursor.path, cursor.number)
    is_there = cursor.number in image and image[cursor.number].type == "BacklogItem"
    now = place_of(image, image[cursor.number]) if is_there else None
    if now == place or not _has_new_ranks(image, cursor):
        return place
    if now is None:
        raise InvalidParameter(
            "The parameter cursor is out of date: so much was added to the project that its backlog was put in order "
            "anew. Leave the cursor out for the first page."
        )
    return now


def _has_new_ranks(image: Image, cursor: Cursor) -> bool:
    """Whether all items that were there when the cursor was made stand behind where the last of them stood then."""
    for number in image.members(("BacklogItem", cursor.container)):
        if number <= cursor.newest:
            return image[number].rank > cursor.end
    return False
