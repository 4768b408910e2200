"""Guessing: how often wrong credentials may be presented, from one client address and with one API key.

Nobody guesses 256 random bits. The limits keep floods of wrong keys, from attackers and from programs that nobody has
told of a new one, away from the database, and make it slow to find an e-mail address for a key that was found. Commit
hooks have no such limit: the services that report pushes call from the same addresses for everybody, so that anybody
could have the pushes of others refused, which these services do not repeat.
"""

from __future__ import annotations

from collections import OrderedDict

import structlog

from scrumrpc.calls.counters import Counters
from scrumrpc.errors import ApiError, APILimitReached, InvalidAPIKey, InvalidUserEmailAddress
from scrumrpc.store.standing import Credentials

_LOG = structlog.get_logger("scrumrpc.guessing")
_REMEMBERED = 10_000
"""Callers that a worker remembers to have come with right credentials from where they are."""
_SHARE = 10
"""Of a key that fails everywhere an address may present wrong credentials a tenth as often."""


class Guessing:
    """Counts wrong credentials, over all workers that share the counters; 0 per minute means no limit.

    An address may present `per_minute` wrong ones within any minute, and then gets APILimitReached before anything is
    looked up. Once a key has come so often with a wrong address, or as a wrong key, from wherever that was, each
    address has a tenth of that left for it: so a guesser with many addresses gets no further, and whoever comes with
    right credentials is not held up by what others did elsewhere.

    Who was right from where they are is let in by this worker whatever others at the same address do. Calls that are
    under way at the same time are not counted yet, so that many as well may go beyond the limits.
    """

    def __init__(self, per_minute: int, counters: Counters | None = None) -> None:
        self._per_minute = per_minute
        self._counters = counters or Counters.alone()
        self._right: OrderedDict[tuple[str, Credentials], None] = OrderedDict()

    def check(self, address: str, credentials: Credentials) -> None:
        """Refuses a call from where too many wrong credentials came; before anything is looked up."""
        if not self._per_minute or (address, credentials) in self._right:
            return
        wait = self._counters.wait(_of_address(address), self._per_minute)
        if not wait and self._counters.wait(_of_key(credentials), self._per_minute):
            wait = self._counters.wait(_of_address(address), self._few)
        if wait:
            raise APILimitReached(
                "Too many calls with wrong credentials came from your address within a minute. Look at the e-mail "
                "address and the API key, and try again later.",
                retry_after=wait,
            )

    def note(self, address: str, credentials: Credentials, error: ApiError | None) -> None:
        """Takes note of how a call ended that `check` has let through."""
        if not self._per_minute:
            return
        caller = (address, credentials)
        if isinstance(error, InvalidAPIKey | InvalidUserEmailAddress):
            self._right.pop(caller, None)
            self._count(address, credentials)
        elif (error is None or error.data_version is not None) and caller not in self._right:
            self._right[caller] = None
            if len(self._right) > _REMEMBERED:
                self._right.popitem(last=False)

    @property
    def _few(self) -> int:
        return max(1, self._per_minute // _SHARE)

    def _count(self, address: str, credentials: Credentials) -> None:
        was_out = self._counters.wait(_of_address(address), self._per_minute)
        self._counters.add(_of_address(address))
        self._counters.add(_of_key(credentials))
        if not was_out and self._counters.wait(_of_address(address), self._per_minute):
            _LOG.warning("wrong credentials", address=address, within_a_minute=self._per_minute)


def _of_address(address: str) -> bytes:
    return b"wrong from " + address.encode()


def _of_key(credentials: Credentials) -> bytes:
    return b"wrong with " + (credentials.key_hash or b"")
