"""View: what a method that only reads gets: the account at one version, for one caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeGuard, TypeVar

from scrumrpc.calls.collapsed import Collapse, collapse_of
from scrumrpc.calls.tags import Known, tag_of
from scrumrpc.calls.told import Choice, Sight, Told, told
from scrumrpc.calls.waits import Waiter
from scrumrpc.errors import APIBusy, DataVersionNoLongerKept, DataVersionNotReachedYet, RequiredDataVersionNotMatching
from scrumrpc.model.image import Image
from scrumrpc.store.changes import KnownObject, known_object, project_numbers
from scrumrpc.store.contents import Content, content
from scrumrpc.store.database import Connection, Database
from scrumrpc.store.epochs import check_still, read_within
from scrumrpc.store.images import Images
from scrumrpc.store.keys import Key, keys_of
from scrumrpc.store.log import first_changes, given_up
from scrumrpc.store.named_versions import MOST_SEEN, NamedVersion, Version, made_by, names_of, versions
from scrumrpc.store.standing import Standing
from scrumrpc.store.webhooks import Delivery, Webhook, deliveries_of, webhooks_of

T = TypeVar("T")

_TRIES = 3
"""How often the present is tried to be reached while other calls move it on; then it is the past."""


@dataclass(frozen=True, slots=True)
class Json:
    """A result that is JSON already, in pieces. Large ones are in memory once, however many answers have them."""

    parts: list[bytes]
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A result that is what a file holds: base64 in JSON, or the file itself where it is downloaded.

    `number` is that of the content, which never changes within an epoch.
    """

    name: str
    number: int
    content: Content


class View:
    """One reading call. `version` is what its answer will carry; asking for the image may raise it to a newer one.

    Where the call asks for a past version, `version` is that one and stays, and the image is of it: a method that takes
    the parameter atDataVersion reads the past without doing anything about it. Who reaches which projects is a matter
    of the present all the same.

    Objects that the call's parameters name come from the image as well: a method that needs more of it asks for it
    before it waits for anything else, and so gets the same one.
    """

    def __init__(
        self,
        standing: Standing,
        database: Database,
        images: Images,
        required_data_version: int | None,
        at_data_version: int | None = None,
        waiter: Waiter | None = None,
        known: Known | None = None,
    ) -> None:
        self.standing = standing
        self.version = standing.data_version
        self._database = database
        self._images = images
        self._required = required_data_version
        self._at = at_data_version
        self._waiter = waiter
        self._known = known
        self._made_by: tuple[int, str | None] | None = None  # of which version, and what
        if at_data_version is not None:
            check_readable(standing, at_data_version)
            self.version = at_data_version

    async def image(self) -> Image:
        """The account's image at the answer's version."""
        if self._at is not None:
            return await self._images.at(self.standing.account, self.standing.epoch, self._at)
        image = await self._images.at_least(self.standing.account, self.standing.epoch, self.version)
        self.version = image.version
        if self._required is not None and self._required != self.version:  # it was the present one a moment ago
            raise version_mismatch(self.version, self._required)
        return image

    async def tag(self, about: Sequence[Any]) -> str | None:
        """The tag of the answer to a question at `version`; None for a caller who has no use for it."""
        if self._known is None:
            return None
        version = self.version
        if self._made_by is None or self._made_by[0] != version:
            account = self.standing.account
            found = await self._database.read_of(account, lambda conn: made_by(conn, account, version))
            self._made_by = version, found
        return tag_of(self.standing, version, self._made_by[1], self._images.origin, about)

    def has(self, tag: str | None) -> TypeGuard[str]:
        """Whether the caller has the answer with that tag."""
        return tag is not None and self._known is not None and (self._known.anything or tag in self._known.tags)

    async def changed_since(self, type_name: str, version: int) -> tuple[Image, frozenset[int]]:
        """The account's image, and the numbers of the objects of a type that changed after `version` and up to it.

        Deleted objects may be among them. The image may be a newer one than what the call has seen before.
        """
        first: dict[int, int] = {}
        reached = version
        while True:
            found = await self._read(
                partial(first_changes, account=self.standing.account, type_name=type_name, version=reached, at=self._at)
            )
            if self._at is None:
                self.version = found.reached  # it may have become the oldest one that is kept
            elif not found.is_kept:
                raise given_up(self._at, found.oldest)
            reached, first = found.reached, found.first | first
            image = await self.image()
            if image.version <= reached:  # else another call has moved it on in the meantime
                return image, frozenset(number for number, changed in first.items() if changed <= image.version)

    async def wait_for_news(self, version: int, seconds: float) -> None:
        """Waits until there is something later than `version` that the caller may see, or for so many seconds.

        Afterwards `version` is that of the present. Only for a method that is registered as one that waits.
        """
        assert self._waiter is not None
        self.standing = await self._waiter.news(self.standing, version, seconds)
        self.version = self.standing.data_version

    async def told(self, choice: Choice, since: int, until: int, most: int) -> tuple[list[Told], int]:
        """The versions after `since` up to `until`, as the caller may know them, and how far they go."""
        account, reach = self.standing.account, self.standing.projects
        found = await told(self._database, account, reach, choice, since, until, most, origin=self._images.origin)
        await self._database.read(partial(check_still, account=account, epoch=self.standing.epoch))
        return found

    async def collapsed(self, sight: Sight, since: int, until: int | None, most: int) -> tuple[Image, Collapse]:
        """What became of the objects that changed after `since`, up to `until` or the present; and the image of then.

        Of about `most` objects.
        """
        account = self.standing.account
        for _ in range(_TRIES):
            target = self.version if until is None else until
            stretch = sight.stretch(account, since, target)
            collapse = await self._read(partial(collapse_of, stretch=stretch, most=most))
            if until is not None or collapse.reached < target:
                break
            image = await self.image()
            if image.version == collapse.reached:  # else another call has moved it on in the meantime
                return image, collapse
        return await self._images.at(account, self.standing.epoch, collapse.reached), collapse

    async def project_numbers(self, wire_ids: tuple[str, ...], *, went_since: int | None) -> dict[str, int]:
        """The numbers of projects by their ids; with `went_since`, also of those deleted after that version."""
        return await self._read(
            partial(project_numbers, account=self.standing.account, wire_ids=wire_ids, went_since=went_since)
        )

    async def known_object(self, types: tuple[str, ...], wire_id: str) -> KnownObject | None:
        """The object of one of the types that has the id, or was the last to have it."""
        return await self._read(partial(known_object, account=self.standing.account, types=types, wire_id=wire_id))

    async def content(self, number: int) -> Content:
        """The content of that number that a file's object holds."""
        found = await self._read(lambda conn: content(conn, self.standing.account, number))
        if found is None:  # since the image was made, the file was given another one, and the old one was given up
            raise APIBusy("The content of the file was replaced while the call was running. Repeat the call.")
        return found

    async def api_keys(self) -> list[Key]:
        """The API keys that are in force, oldest first."""
        every = await self._read(lambda conn: keys_of(conn, self.standing.account))
        return [key for key in every if key.revoked_at is None]

    async def webhooks(self) -> list[Webhook]:
        """The webhooks of the account, oldest first."""
        return await self._read(lambda conn: webhooks_of(conn, self.standing.account))

    async def webhook_deliveries(self, number: int) -> list[Delivery] | None:
        """The latest attempts of the webhook of that number, newest first; None if there is none."""
        return await self._read(lambda conn: deliveries_of(conn, self.standing.account, number))

    async def named_versions(self) -> list[NamedVersion]:
        """The names that versions of the account have, those of older versions first."""
        return await self._read(lambda conn: names_of(conn, self.standing.account))

    async def versions(self, until: int | None, most: int) -> tuple[int, list[Version], int | None]:
        """The oldest version that is kept; at most so many versions up to `until`, or up to the answer's, newest first.

        They are those that the caller may know of. And up to which version there are older ones that may be known.
        """
        account, projects = self.standing.account, self.standing.projects
        last = self.version if until is None else until
        oldest, found = await self._read(lambda conn: versions(conn, account, projects, last, most))
        following = found[-1].version - 1 if len(found) == most else last - MOST_SEEN
        return oldest, found, following if following >= max(oldest, 1) else None

    async def _read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """What `work` reads beside the image, of the epoch that the answer carries."""
        standing = self.standing
        return await self._database.read_of(
            standing.account, partial(read_within, account=standing.account, epoch=standing.epoch, work=work)
        )


def check_readable(standing: Standing, version: int, parameter: str = "atDataVersion") -> None:
    """Refuses a version that the account is not at yet, and one that is no longer kept."""
    oldest, present = standing.oldest_version, standing.data_version
    if version > present:
        raise not_reached(version, oldest, present, parameter)
    if not standing.keeps(version):
        raise no_longer_kept(parameter, version, oldest, present)


def check_followed(standing: Standing, version: int, parameter: str) -> None:
    """Refuses a version from which what came later cannot be told: a named one does not do where others are gone."""
    oldest, present = standing.oldest_version, standing.data_version
    if version > present:
        raise not_reached(version, oldest, present, parameter)
    if version < oldest:
        raise no_longer_kept(parameter, version, oldest, present)


def not_reached(asked: int, oldest: int, present: int, parameter: str = "atDataVersion") -> DataVersionNotReachedYet:
    """The error for a version that the account is not at yet."""
    return DataVersionNotReachedYet(
        f"The parameter {parameter} is {asked}, but the account is at data version {present}. "
        f"It can be from {oldest} to {present}."
    )


def no_longer_kept(parameter: str, asked: int, oldest: int, present: int) -> DataVersionNoLongerKept:
    """The error for a version that was given up."""
    return DataVersionNoLongerKept(
        f"The parameter {parameter} is {asked}, but what was before data version {oldest} is no longer kept. "
        f"It can be from {oldest} to {present}."
    )


def version_mismatch(current: int, required: int) -> RequiredDataVersionNotMatching:
    """The error for an account that is not at the version that a call requires."""
    error = RequiredDataVersionNotMatching(
        f"The account is at data version {current}, not at {required} as requiredDataVersion asks."
    )
    error.data_version = current
    return error
