"""Images: loads accounts into memory, leads them on and back by the change log, drops the least recently used."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator

from scrumrpc.model.image import Image
from scrumrpc.model.rendered import AllRendered
from scrumrpc.store.database import Connection, Database
from scrumrpc.store.epochs import restored_meanwhile
from scrumrpc.store.loading import load_records
from scrumrpc.store.log import changes_back, changes_since, given_up
from scrumrpc.store.turns import in_turns

Key = tuple[int, str, int | None]
"""What an image is of: an account in an epoch, and the past version that it has and keeps; None for the present one."""

_MOST_PAST = 64
"""Past images that are kept, however small they are: all are looked at whenever one is used."""


class Images:
    """The images of a worker, together at most about `limit` bytes; the one in use stays, however large it is.

    Where they take more, the least recently used one goes first, but a past one while those take more than half of the
    bytes: reading through the history of one account must not drive out what others work with. The JSON that is kept
    of them counts, takes half of the bytes at most, and goes with them; of what stays it goes where it has no room.

    `origin` is where this server is reached, which stands in front of the URLs of files that it keeps.
    """

    def __init__(self, database: Database, limit: int, origin: str = "") -> None:
        self._database = database
        self._limit = limit
        self.origin = origin
        self._rendered = AllRendered()
        self._images: OrderedDict[Key, Image] = OrderedDict()
        self._loading: dict[tuple[int, bool], asyncio.Lock] = {}  # of each account for the present, and for its past

    async def at_least(self, account: int, epoch: str, version: int) -> Image:
        """The account's image at `version` of the epoch, or a newer committed one.

        Where the account has another epoch meanwhile, or is not at that version any more, the call is to be repeated.
        """
        key = (account, epoch, None)
        image = self._images.get(key)
        if image is None or image.version < version:
            async with self._loading.setdefault((account, False), asyncio.Lock()):
                image = self._images.get(key)
                if image is None:
                    image = await self._load(account, epoch)
                    self._forget_others(account, epoch)
                elif image.version < version:
                    image = await self._on(image, epoch)
                if image.version < version:
                    raise restored_meanwhile()
                self._images[key] = image
        self._use(key)
        return image

    async def at(self, account: int, epoch: str, version: int) -> Image:
        """The account's image at exactly `version` of the epoch, which must be committed, and kept still."""
        key = (account, epoch, version)
        if key not in self._images:
            async with self._loading.setdefault((account, True), asyncio.Lock()):
                if key not in self._images:
                    present = await self.at_least(account, epoch, version)
                    if present.version == version:
                        return present
                    self._images[key] = await self._back(self._next_after(account, epoch, version), epoch, version)
        image = self._images[key]
        if (account, epoch, None) in self._images:
            self._images.move_to_end((account, epoch, None))  # the next past image is made from it
        self._use(key)
        return image

    def kept(self) -> Iterator[Image]:
        """All images that are kept, the least recently used one first."""
        return iter(self._images.values())

    def present(self, account: int, epoch: str) -> Image | None:
        """The account's image of the present, however old, if one of that epoch is kept.

        For a call that holds the account's lock, which must not wait for who loads an image or has the next connection:
        those may be waiting for the lock.
        """
        return self._images.get((account, epoch, None))

    def _next_after(self, account: int, epoch: str, version: int) -> Image:
        """The oldest image of the account that is newer than `version`: the least leads back from it."""
        newer = [
            image for key, image in self._images.items() if key[:2] == (account, epoch) and image.version > version
        ]
        return min(newer, key=lambda image: image.version)

    def _forget_others(self, account: int, epoch: str) -> None:
        """Drops what is kept of other epochs of the account: these are over."""
        for key in [key for key in self._images if key[0] == account and key[1] != epoch]:
            del self._images[key]

    async def _on(self, image: Image, epoch: str) -> Image:
        """The image moved on to the present, or another one where the log does not lead there.

        It does not where history is given up, nor where the database was set back.
        """
        account, since = image.account, image.version
        onward = await self._database.read_of(account, lambda conn: changes_since(conn, account, since))
        if since < onward.oldest or onward.epoch != epoch:
            return await self._load(account, epoch)
        return await in_turns(image.moving(onward.reached, onward.changes))

    async def _back(self, image: Image, epoch: str, version: int) -> Image:
        account, since = image.account, image.version
        backward = await self._database.read_of(account, lambda conn: changes_back(conn, account, version, since))
        if backward.epoch != epoch:
            raise restored_meanwhile()
        if not backward.is_kept:
            raise given_up(version, backward.oldest)
        if since < backward.oldest:  # history is given up that would lead from here to a version that has a name
            return await self._back(await self.at_least(account, epoch, backward.oldest), epoch, version)
        return await in_turns(image.moving(version, backward.changes))

    async def _load(self, account: int, epoch: str) -> Image:
        return await self._database.read_of(
            account, lambda conn: load_from_tables(conn, account, self.origin, self._rendered, epoch=epoch)
        )

    def _use(self, key: Key) -> None:
        self._images.move_to_end(key)
        self._rendered.shrink(self._limit // 2)
        while (oldest := self._to_drop()) is not None:
            del self._images[oldest]
            account, _, past = oldest
            lock = self._loading.get((account, past is not None))
            if lock and not lock.locked():
                del self._loading[account, past is not None]
        self._rendered.shrink(max(self._limit - self._bytes(), 0))

    def _bytes(self) -> int:
        """What the images take, but for the JSON that is kept of them."""
        return sum(image.bytes for image in self.kept())

    def _to_drop(self) -> Key | None:
        """Which image has to go, if one has."""
        *others, _in_use = self._images
        past = [key for key in others if key[2] is not None]
        if len(past) >= _MOST_PAST:
            return past[0]
        if self._bytes() + self._rendered.bytes <= self._limit:
            return None
        of_past = sum(image.bytes for (*_, version), image in self._images.items() if version is not None)
        return next(iter(past if of_past > self._limit / 2 and past else others), None)


async def load_from_tables(
    conn: Connection,
    account: int,
    origin: str = "",
    rendered: AllRendered | None = None,
    *,
    epoch: str | None = None,
) -> Image:
    """The account as its tables have it now: one snapshot, with the version read inside it.

    With `epoch`, it must still have that one.
    """
    await conn.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        await conn.execute("SET LOCAL statement_timeout TO 0")  # a large account takes as long as it takes
        cursor = await conn.execute("SELECT data_version, epoch FROM accounts WHERE account_id = %s", (account,))
        version, found = await cursor.fetchone() or (0, None)
        if epoch is not None and found != epoch:
            raise restored_meanwhile()
        records = await load_records(conn, account)
    finally:
        await conn.execute("ROLLBACK")
    image = Image(account, version, (), origin, rendered)
    await in_turns(image.filling(records))
    return image


async def load_from_log(conn: Connection, account: int, version: int | None = None) -> Image:
    """The account replayed from nothing by its change log, up to `version` or to the newest one."""
    onward = await (changes_since(conn, account, 0) if version is None else changes_since(conn, account, 0, version))
    return Image(account, 0).moved(onward.reached, onward.changes)
