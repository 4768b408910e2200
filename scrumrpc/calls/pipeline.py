"""The pipeline: the one way in which methods run, whoever calls them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from scrumrpc.calls.admission import STRANGERS, Turn
from scrumrpc.calls.authentication import ValidKeys, admit
from scrumrpc.calls.epochs import check_epoch
from scrumrpc.calls.groups import Groups, Place
from scrumrpc.calls.kinds import nearest
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.parameters import Reading, named_in, numbered, read, resolve, unknown
from scrumrpc.calls.permissions import check, check_key
from scrumrpc.calls.registry import METHODS, Method
from scrumrpc.calls.tags import Known
from scrumrpc.calls.view import View, version_mismatch
from scrumrpc.calls.waits import Waiter, Waits
from scrumrpc.errors import ApiError, InvalidMethodName, RequestAlreadyExecuted
from scrumrpc.store import keys
from scrumrpc.store.contents import LARGEST_FILE
from scrumrpc.store.database import Database
from scrumrpc.store.images import Images
from scrumrpc.store.look_ups import LookUps
from scrumrpc.store.opening import Asked, Executed
from scrumrpc.store.signals import Signals
from scrumrpc.store.standing import Credentials, Standing
from scrumrpc.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Answer:
    """What a successful call answers, and what is worth logging of it."""

    version: int
    result: Any
    ignored: tuple[str, ...]
    standing: Standing


class Calls:
    """Runs calls against one database; one of it serves a worker."""

    def __init__(
        self,
        database: Database,
        images: Images,
        limits: Limits,
        signals: Signals | None = None,
        *,
        largest_file: int = LARGEST_FILE,
        private_targets: bool = False,
    ) -> None:
        self._database = database
        self._images = images
        self._limits = limits
        self._signals = signals or Signals(database)
        self._valid = ValidKeys()
        self._groups = Groups(database, self._signals, self._valid, limits.delay_in_account)
        self._look_ups = LookUps(database)
        self.waits = Waits(database, self._look_ups, self._signals, images.origin)
        self._largest_file = largest_file
        self._private_targets = private_targets
        self._noting: dict[tuple[int, int | None], asyncio.Task[None]] = {}

    async def call(
        self,
        name: str,
        given: Mapping[str, str],
        credentials: Credentials,
        call_id: str,
        known: Known | None = None,
    ) -> Answer:
        """Runs a method by its wire name with parameters as text; raises ApiError where it fails.

        `known` are the answers that the caller has; a method whose answers have tags is then Unchanged if it is one.
        """
        method = find(name, by_operator=credentials.key_hash is None)
        if credentials.key_hash is None:
            return await self._run(method, given, credentials, call_id)
        if method.waits:
            with self._limits.waiting(credentials.key_hash), self._enter(credentials) as turn:
                return await self._run(method, given, credentials, call_id, known, turn)
        with self._limits.admitted(credentials.key_hash), self._enter(credentials) as turn:
            if not self._limits.counts_accounts:
                return await self._run(method, given, credentials, call_id, known, turn)
            if credentials not in self._valid:
                admit(await self._look_up(credentials), credentials)
            with self._limits.of_account(credentials.account):
                return await self._run(method, given, credentials, call_id, known, turn)

    @asynccontextmanager
    async def opened(
        self, name: str, given: Mapping[str, str], credentials: Credentials, call_id: str
    ) -> AsyncIterator[Answer]:
        """Runs the method that opens something which waits, and counts the client among the waiting until it ends."""
        assert credentials.key_hash is not None
        with self._limits.waiting(credentials.key_hash), self._enter(credentials) as turn:
            yield await self._run(METHODS[name], given, credentials, call_id, turn=turn)

    @property
    def has_room(self) -> bool:
        """Whether a call of anybody may come in now."""
        return self._limits.admission.has_room

    def admits(self, credentials: Credentials) -> bool:
        """Whether a call may come in now; without a place for it, it need not even be read."""
        return self._limits.admission.admits(self._counts_for(credentials))

    def expect(self, credentials: Credentials | None) -> None:
        """Has a place kept for a call that has been let in, until `expect_none`."""
        self._limits.admission.expect(None if credentials is None else self._counts_for(credentials))

    def expect_none(self) -> None:
        """Keeps no more places: all calls that have been let in begin now."""
        self._limits.admission.expect_none()

    def _enter(self, credentials: Credentials) -> Turn:
        return self._limits.admission.enter(self._counts_for(credentials))

    def _counts_for(self, credentials: Credentials) -> int:
        return credentials.account if credentials in self._valid else STRANGERS

    def note_use(self, standing: Standing) -> None:
        """Writes down that a key is in use: beside the call, and no more than once a minute for each key."""
        if not standing.key_use_is_stale or (standing.account, standing.key_id) in self._noting:
            return
        key = (standing.account, standing.key_id)
        task = asyncio.create_task(keys.note_use(self._database, *key))
        self._noting[key] = task
        task.add_done_callback(lambda _: self._noting.pop(key))

    async def close(self) -> None:
        """Ends what calls left to do in the background."""
        await self._groups.close()
        await asyncio.gather(*self._noting.values(), return_exceptions=True)

    async def _run(
        self,
        method: Method,
        given: Mapping[str, str],
        credentials: Credentials,
        call_id: str,
        known: Known | None = None,
        turn: Turn | None = None,
    ) -> Answer:
        try:
            reading = await self._reading(method, given, credentials)
            if method.writes:
                answer = await self._write(method, reading, credentials, call_id, turn)
            else:
                answer = await self._read(method, reading, credentials, known, turn)
        except ApiError as error:
            error.ignored = unknown(method, given)
            raise
        self.note_use(answer.standing)
        return answer

    async def _reading(self, method: Method, given: Mapping[str, str], credentials: Credentials) -> Reading:
        """The reading of the parameters; but whoever may not call at all is told that rather than what is wrong."""
        try:
            return read(method, given, credentials.email)
        except ApiError as error:
            _tell(error, admit(await self._look_up(credentials), credentials))
            raise

    async def _look_up(self, credentials: Credentials, versions: Sequence[int | str] = ()) -> Standing | None:
        standing = await self._look_ups.look_up(credentials, versions)
        self._valid.note(credentials, standing)
        return standing

    async def _write(
        self, method: Method, reading: Reading, credentials: Credentials, call_id: str, turn: Turn | None
    ) -> Answer:
        """Lock, then requiredEpoch, requestID and requiredDataVersion, then the method, then everything in one commit.

        Calls of the account that come at the same time may share the transaction.
        """
        asked = Asked(credentials, reading.request, tuple(named_in(reading.arguments)), reading.versions)
        answer: Answer = await self._groups.run(asked, partial(self._write_in, method, reading, asked, call_id, turn))
        return answer

    async def _write_in(
        self, method: Method, reading: Reading, asked: Asked, call_id: str, turn: Turn | None, place: Place
    ) -> Answer:
        """What is done of it under the lock, before the commit."""
        if turn:
            turn.begin()
        standing = admit(place.standing, asked.credentials)
        try:
            check_key(standing)
            check_epoch(standing, reading.required_epoch)
            if place.executed is not None:
                return Answer(*_repeated(method, reading, place.executed), reading.ignored, standing)
            required = reading.required(standing.named)
            if required is not None and required != standing.data_version:
                raise version_mismatch(standing.data_version, required)
            tx = Transaction(
                place.group, standing, self._largest_file, images=self._images, private_targets=self._private_targets
            )
            arguments = numbered(reading.arguments, standing.named)
            arguments = _checked(method, standing, resolve(arguments, await tx.named(asked.references)))
            result = await method.function(tx, **arguments)
            tx.hand_over(method.name, call_id, reading.request, None if method.secret_result else result)
        except ApiError as error:
            _tell(error, standing)
            raise
        return Answer(tx.version, result, reading.ignored, standing)

    async def _read(
        self, method: Method, reading: Reading, credentials: Credentials, known: Known | None, turn: Turn | None
    ) -> Answer:
        """requiredEpoch, requiredDataVersion and atDataVersion, then the objects that parameters name, then the method.

        These objects are as the image has them.
        """
        standing = admit(await self._look_up(credentials, reading.versions), credentials)
        if turn:
            turn.begin()
        try:
            check_epoch(standing, reading.required_epoch)
            required = reading.required(standing.named)
            if required is not None and required != standing.data_version:
                raise version_mismatch(standing.data_version, required)
            arguments = numbered(reading.arguments, standing.named)
            at = arguments.get("atDataVersion")
            waiter = Waiter(self.waits, credentials) if method.waits else None
            view = View(standing, self._database, self._images, required, at, waiter, known)
            if references := named_in(arguments):
                image = await view.image()
                arguments = resolve(arguments, {reference: image.find(*reference) for reference in references})
            result = await method.function(view, **_checked(method, standing, arguments))
        except ApiError as error:
            _tell(error, standing)
            raise
        return Answer(view.version, result, reading.ignored, view.standing)


def _repeated(method: Method, reading: Reading, executed: Executed) -> tuple[int, Any]:
    """The version and the result that the call had when it was executed, where it asks for them on a repeat."""
    assert reading.request is not None
    if reading.request.parameters_hash != executed.parameters_hash:
        raise RequestAlreadyExecuted(
            "Another call has already succeeded with this requestID and the same API key: one with other parameters, "
            "of another method, or for another person. Give each call a requestID of its own."
        )
    if not reading.repeats_result:
        raise RequestAlreadyExecuted
    if method.secret_result:
        raise RequestAlreadyExecuted(
            "A call with this requestID has already succeeded with the same API key. Its result holds a secret, which "
            "was told that once and is kept nowhere."
        )
    return executed.version, executed.result


def _checked(method: Method, standing: Standing, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments, if the caller may do this with the objects among them."""
    check(method.permission, standing, arguments)
    return arguments


def _tell(error: ApiError, standing: Standing) -> None:
    """What is known of the call when it fails, for headers and the log."""
    error.account, error.key_name = standing.account, standing.key_name
    if error.data_version is None:
        error.data_version = standing.data_version
    error.epoch = standing.epoch


def find(name: str, *, by_operator: bool = False) -> Method:
    """The method of that name that the caller may know of."""
    method = METHODS.get(name)
    if method is None or not (method.public or by_operator):
        known = tuple(m.name for m in METHODS.values() if m.public)
        raise InvalidMethodName(f"There is no method {name[:60]}.{nearest(name, known)}")
    return method
