"""Streams of events: the versions of an account, one after the other, for as long as somebody listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from scrumrpc.calls.epochs import check_epoch
from scrumrpc.calls.pipeline import Answer, Calls
from scrumrpc.calls.told import Choice, Told
from scrumrpc.calls.view import check_followed
from scrumrpc.errors import APIBusy, APINotAvailable, UserCannotAccessProject
from scrumrpc.store.standing import Credentials, Standing

METHOD = "streamEvents"
_PIECE = 64 * 1024
"""Bytes that are told at once, unless one version alone has more."""
_FRESH = 1.0
"""Seconds for which it holds what a listener may know: one who takes longer over a piece is looked up again."""
_AWAY = 1.0
"""Seconds until the next look, where the database could not be asked."""
_TOGETHER = 15
"""Parts of the time between two signs of life at whose ends they are given."""
_SHARE = 0.0002
"""Seconds that each stream waits, times the number of streams, before it tells again: so that telling 2,000 of them,
which takes a while, leaves the worker time for calls even where versions follow one another quickly."""


@dataclass(frozen=True, slots=True)
class Step:
    """Versions in order, or none; and the version from which a listener who has them goes on."""

    versions: Sequence[Told]
    position: int


class Events:
    """The streams of a worker. Each sends a sign of life after so many seconds of silence."""

    def __init__(self, calls: Calls, heartbeat: float) -> None:
        self._calls = calls
        self._heartbeat = heartbeat
        self._open = 0

    def _next_beat(self) -> float:
        """When a sign of life is due: at times that many streams share, so that they are looked up together."""
        grain = self._heartbeat / _TOGETHER
        return ((asyncio.get_running_loop().time() + self._heartbeat) // grain) * grain

    @asynccontextmanager
    async def opened(
        self, given: Mapping[str, str], credentials: Credentials, call_id: str
    ) -> AsyncIterator[tuple[Answer, AsyncGenerator[Step]]]:
        """A stream for the credentials, with parameters as text; raises ApiError where there can be none."""
        async with self._calls.opened(METHOD, given, credentials, call_id) as answer:
            self._open += 1
            try:
                yield answer, self._steps(answer, credentials)
            finally:
                self._open -= 1

    async def _steps(self, answer: Answer, credentials: Credentials) -> AsyncGenerator[Step]:
        """What is told, step by step, until the worker ends; raises ApiError once the caller may listen no longer.

        Nothing is read before the step before is taken, so a listener who is slow is not remembered more for. Where the
        database is away, the stream goes on when it is back.
        """
        loop, waits = asyncio.get_running_loop(), self._calls.waits
        standing, position = answer.standing, answer.result["since"]
        choice = _choice(answer)
        yield Step((), position)
        beat = self._next_beat()
        while not waits.are_over:
            versions: Sequence[Told] = ()
            reached = position
            try:
                if position < standing.data_version:
                    standing = await waits.look_up(credentials)
                else:
                    standing = await waits.next(credentials, standing, max(0, beat - loop.time()))
                looked_at = loop.time()
                check_epoch(standing, answer.standing.epoch)
                _check(standing, choice, position)
                if position < standing.data_version:
                    versions, reached = await waits.told(standing, choice, position)
            except (APINotAvailable, APIBusy):
                await asyncio.sleep(_AWAY)
            for piece in _pieces(versions):
                if loop.time() > looked_at + _FRESH:
                    break
                position = piece[-1].version
                yield Step(piece, position)
                beat = self._next_beat()
            else:
                position = reached
            if loop.time() >= beat:
                yield Step((), position)
                beat = self._next_beat()
                self._calls.note_use(standing)
            if versions:
                await asyncio.sleep(_SHARE * self._open)


def _choice(answer: Answer) -> Choice:
    projects, types = answer.result["projects"], answer.result["types"]
    return Choice(None if projects is None else frozenset(projects), None if types is None else frozenset(types))


def _check(standing: Standing, choice: Choice, position: int) -> None:
    """Refuses a stream that could not be opened again as it is."""
    if choice.projects is not None and standing.projects is not None and not choice.projects <= standing.projects:
        raise UserCannotAccessProject("The person has no access any more to a project that projectIDs names.")
    check_followed(standing, position, "sinceDataVersion")


def _pieces(versions: Sequence[Told]) -> Iterator[list[Told]]:
    piece: list[Told] = []
    size = 0
    for version in versions:
        if piece and size + len(version.json) > _PIECE:
            yield piece
            piece, size = [], 0
        piece.append(version)
        size += len(version.json)
    if piece:
        yield piece
