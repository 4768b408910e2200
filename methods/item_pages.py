"""The pages of getBacklogItems: what comes after a cursor, and the cursor for what comes after that."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from heapq import nlargest, nsmallest
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
        items = _by_key(image, choice, order, (cursor.key, place) if cursor and place else None, limit + 1)
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


def _by_key(
    image: Image, choice: Choice, order: Order, after: tuple[Any, Place] | None, count: int
) -> Iterator[Record]:
    """The first `count` of the chosen items by their keys, or more.

    Those with the same key, and after all others those without one, are in backlog order.
    """
    assert order.key is not None
    if choice.within is None:
        items = list(choice.passing(items_of(image, choice.projects, descending=False, after=None)))
    else:
        items = _sorted_within(image, choice, choice.within, descending=False)
    # Apart from the items, as so many pairs would set the garbage collector going.
    keys = [order.key(item) for item in items]
    without = [item for key, item in zip(keys, items, strict=True) if key is None]
    beyond = [position for position, key in enumerate(keys) if key is not None]
    same: list[Record] = []
    if after is not None:
        last_key, place = after
        same = [item for key, item in zip(keys, items, strict=True) if key == last_key]
        same = same[bisect_right(same, place, key=lambda item: place_of(image, item)) :]
        if last_key is None:
            beyond, without = [], []
        elif order.descending:
            beyond = [position for position in beyond if keys[position] < last_key]
        else:
            beyond = [position for position in beyond if keys[position] > last_key]
    first = nlargest if order.descending else nsmallest  # both leave equal ones in their order
    return chain(same, (items[position] for position in first(count, beyond, key=keys.__getitem__)), without)


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
