"""Giving objects whole states that they had once, under their old numbers and ids and, as far as it is free, rank."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from scrumrpc.model.record import ROOT, Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.model.unshared import unshared
from scrumrpc.store.looking_back import LookingBack
from scrumrpc.store.ranks import RankPlace, rank_between

_RANKS = ("rank", "boardRank")


class PuttingBack(LookingBack):
    """The part of a Transaction that brings objects into states that they had once."""

    async def put_back(self, wanted: Mapping[int, Record | None], version: int) -> None:
        """Makes objects exactly as they are in `wanted`; None: there is none.

        `version` is the newest at which the lists that they come back into stood around their places as they did then.

        Nothing else may have the names, external ids and addresses that they get. Where a place in a list is taken, the
        object comes right before whoever has it.
        """
        present = await self.present(list(wanted))
        changed = {number: record for number, record in wanted.items() if record != present.get(number)}
        changed = await self._at_their_places(changed, present, version)
        ends = self._ends(changed)
        await self._put_aside(changed, present, ends)
        crowded = await self._crowded(changed, present)
        for number, record in changed.items():
            known = present.get(number)
            for name in crowded.get(number, ()):
                assert record is not None
                record = record.changed(**{name: await self._behind(record, name, ends)})
            if known is not None:
                self._put(known, record)
            elif record is not None:
                self._before.setdefault(number, None)
                self._keep(record, record)
        for number, names in sorted(crowded.items(), key=lambda each: _old_ranks(wanted[each[0]])):
            for name in names:
                await self._squeeze_in(changed[number], name)
        self._last_ranks.clear()  # what has come back may stand behind all others
        self._new_containers.clear()
        self._first_lists.clear()

    async def has_kept_its_place(self, record: Record, name: str, version: int) -> bool:
        """Whether an object has another rank since a version only because its list has got new ranks for all."""
        place = self._place_by(record, name)
        stayed = await self.spread_since(place, version) if place is not None else None
        mine = next((each for each in stayed or () if each[0] == record.number), None)
        if mine is None or stayed is None:
            return False
        _, now, then = mine
        return {each for each, rank, _ in stayed if rank < now} == {each for each, _, rank in stayed if rank < then}

    async def _at_their_places(
        self, wanted: Mapping[int, Record | None], present: Mapping[int, Record], version: int
    ) -> dict[int, Record | None]:
        """The objects with the ranks that stand for their places in lists that have got new ranks since.

        Such a rank is that of the next object that stood behind it then, or one behind all.
        """
        places: dict[RankPlace, list[tuple[int, str]]] = {}
        for number, record in wanted.items():
            for name in _RANKS if record is not None else ():
                if record is None or (place := self._place_by(record, name)) is None:
                    continue
                known = present.get(number)
                if known is None or self._place_by(known, name) != place or known[name] != record[name]:
                    places.setdefault(place, []).append((number, name))
        placed, ends = dict(wanted), self._ends(wanted)
        for place, those in places.items():
            stayed = await self.spread_since(place, version) if place.container not in wanted else None
            for number, name in sorted(those, key=lambda each: _old_ranks(wanted[each[0]])) if stayed else ():
                record = placed[number]
                assert record is not None
                behind = [(then, now) for other, now, then in stayed or () if other != number and then > record[name]]
                rank = min(behind)[1] if behind else await self._behind(record, name, ends)
                placed[number] = record.changed(**{name: rank})
        return placed

    def _ends(self, wanted: Mapping[int, Record | None]) -> dict[RankPlace, str]:
        """The greatest of the ranks that objects are to have, by list: what is to be out of the way goes behind it."""
        ends: dict[RankPlace, str] = {}
        for record in wanted.values():
            for name in _RANKS if record is not None else ():
                if record is not None and (place := self._place_by(record, name)) is not None:
                    ends[place] = max(ends.get(place, ""), str(record[name]))
        return ends

    async def _put_aside(
        self, wanted: Mapping[int, Record | None], present: Mapping[int, Record], ends: dict[RankPlace, str]
    ) -> None:
        """Frees what objects are to get from others of them that are to lose it.

        The database refuses that two have the same even in between, in whatever order they are written. Example: a
        batch has let two tags swap their names, and is taken back.
        """
        having = {key: (record, name) for record in present.values() for name, key in unshared(record)}
        aside: dict[int, dict[str, Any]] = {}
        for number, record in wanted.items():
            for _, key in unshared(record) if record is not None else ():
                holder, name = having.get(key, (record, ""))
                if holder is None or holder.number == number:
                    continue
                after = wanted.get(holder.number)  # deletions free what they free by themselves: they are sent first
                if after is not None and key not in (each for _, each in unshared(after)):
                    aside.setdefault(holder.number, {})[name] = await self._something_else(holder, name, ends)
        for number, values in aside.items():
            self._put(present[number], present[number].changed(**values))
        if aside:
            await self.read()

    async def _something_else(self, record: Record, name: str, ends: dict[RankPlace, str]) -> str | None:
        if name in _RANKS:
            return await self._behind(record, name, ends)
        return None if name == "externalID" else secrets.token_hex(16)

    async def _crowded(
        self, wanted: Mapping[int, Record | None], present: Mapping[int, Record]
    ) -> dict[int, list[str]]:
        """The objects whose places in lists are taken by others that keep them, with what sorts them there."""
        places: dict[RankPlace, dict[str, list[int]]] = {}
        for number, record in wanted.items():
            for name in _RANKS if record is not None else ():
                if record is not None and (place := self._place_by(record, name)) is not None:
                    places.setdefault(place, {}).setdefault(record[name], []).append(number)
        crowded: dict[int, list[str]] = {}
        for place, ranks in places.items():
            if place.container in wanted and place.container not in present:
                continue  # what the list belongs to comes back itself: nothing else is in it
            for rank, holder in (await self.rank_holders(place, ranks)).items():
                is_to_go = holder in wanted and wanted[holder] is None
                for number in ranks[rank] if not is_to_go else ():
                    if number != holder:
                        crowded.setdefault(number, []).append(place.rank)
        return crowded

    async def _behind(self, record: Record, name: str, ends: dict[RankPlace, str]) -> str:
        """A rank behind all that stand, or are to stand, in the list which a property sorts the object in."""
        place = self._place_by(record, name)
        assert place is not None
        [rows] = await self.read(place.last_query())
        last = max([ends.get(place, ""), *(rank for (rank,) in rows if rank is not None)])
        ends[place] = rank_between(last or None, None)
        return ends[place]

    async def _squeeze_in(self, record: Record | None, name: str) -> None:
        """Puts an object from the end of a list right before the one that has its rank now."""
        assert record is not None
        place = self._place_by(record, name)
        assert place is not None
        [rows] = await self.read(place.before_query(record[name]))
        rank = rank_between(rows[0][0] if rows else None, record[name])
        present = self.current(record)
        self._put(present, present.changed(**{name: rank}))

    def _ranks_of(self, record: Record | None) -> Iterator[tuple[RankPlace, str]]:
        """Where an object stands: in which lists, and by which ranks."""
        for name in _RANKS if record is not None else ():
            if record is not None and (place := self._place_by(record, name)) is not None:
                yield place, str(record[name])

    def _place_by(self, record: Record, name: str) -> RankPlace | None:
        """The list that a property sorts the object in; None where it is in none."""
        if name == "rank":
            object_type = STORED_TYPES[record.type]
            listed = "Person" if record.type == "DeletedPerson" else record.type
            return RankPlace(listed, self.account, record[object_type.listed_in] if object_type.listed_in else ROOT)
        if record.get("boardID") is None or record.get("boardRank") is None:
            return None
        return RankPlace("BacklogItem", self.account, record["boardID"], (), "boardRank", "boardID")


def _old_ranks(record: Record | None) -> tuple[str, str]:
    return ("", "") if record is None else (record.rank, str(record.get("boardRank")))
