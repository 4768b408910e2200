"""View: what a method that only reads gets: the account at one version, for one caller."""

from __future__ import annotations

from dataclasses import dataclass

from scrumrpc.errors import RequiredDataVersionNotMatching
from scrumrpc.model.image import Image
from scrumrpc.store.contents import Content, content
from scrumrpc.store.database import Database
from scrumrpc.store.images import Images
from scrumrpc.store.keys import Key, keys_of
from scrumrpc.store.standing import Standing


@dataclass(frozen=True, slots=True)
class Json:
    """A result that is JSON already, in pieces."""

    parts: list[bytes]


class View:
    """One reading call. `version` is what its answer will carry; asking for the image may raise it to a newer one."""

    def __init__(
        self, standing: Standing, database: Database, images: Images, required_data_version: int | None
    ) -> None:
        self.standing = standing
        self.version = standing.data_version
        self._database = database
        self._images = images
        self._required = required_data_version
        self._check()

    async def image(self) -> Image:
        """The account's image at the answer's version. Use it without waiting for anything."""
        image = await self._images.at_least(self.standing.account, self.version)
        self.version = image.version
        self._check()
        return image

    async def content(self, number: int) -> Content | None:
        """The content of that number that a file's object holds."""
        return await self._database.read(lambda conn: content(conn, self.standing.account, number))

    async def api_keys(self) -> list[Key]:
        """The API keys that are in force, oldest first."""
        every = await self._database.read(lambda conn: keys_of(conn, self.standing.account))
        return [key for key in every if key.revoked_at is None]

    def _check(self) -> None:
        if self._required is not None and self._required != self.version:
            raise version_mismatch(self.version, self._required)


def version_mismatch(current: int, required: int) -> RequiredDataVersionNotMatching:
    """The error for an account that is not at the version that a call requires."""
    error = RequiredDataVersionNotMatching(
        f"The account is at data version {current}, not at {required} as requiredDataVersion asks."
    )
    error.data_version = current
    return error
