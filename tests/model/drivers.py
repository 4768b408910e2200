"""Drivers: the same calls through the pipeline and through HTTP."""

from __future__ import annotations

from typing import Any, Protocol

import httpx2

from scrumrpc.errors import ApiError
from tests.world import EVERYTHING, World


class Failed(Exception):
    """A call failed with this error id."""


class Driver(Protocol):
    """Makes calls in one account."""

    def call(self, method: str, given: dict[str, str]) -> tuple[int, Any]:
        """The data version and result, or Failed."""
        ...

    def close(self) -> None:
        """Makes no more calls."""
        ...


class Pipeline:
    """Calls without HTTP."""

    def __init__(self, world: World) -> None:
        self.world = world

    def call(self, method: str, given: dict[str, str]) -> tuple[int, Any]:
        """See Driver."""
        try:
            answer = self.world.answer(method, **given)
        except ApiError as error:
            raise Failed(error.error_id) from None
        return answer.version, self.world.read(answer)

    def close(self) -> None:
        """See Driver."""


class Http:
    """Calls over a socket, to a server with several workers."""

    def __init__(self, world: World, api: str) -> None:
        self.client = httpx2.Client(base_url=f"{api}/", auth=(world.admin, world.key))

    def call(self, method: str, given: dict[str, str]) -> tuple[int, Any]:
        """See Driver."""
        answer = self.client.post(method, data=given).json()
        if answer["objectType"] == "Error":
            raise Failed(answer["errorID"])
        return answer["dataVersion"], answer["result"]

    def close(self) -> None:
        """See Driver."""
        self.client.close()


def everything(driver: Driver) -> tuple[int, Any]:
    """All data, at the version it carries."""
    return driver.call("getData", {"includeProperties": EVERYTHING})
