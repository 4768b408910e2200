"""Limits count what runs, in each worker."""

from __future__ import annotations

import asyncio

import pytest

from scrumrpc.calls.limits import Limits
from scrumrpc.errors import APIBusy, APILimitReached, TooManyOngoingRequests


def limits(queue: int = 0, ongoing: int = 0, per_minute: int = 0) -> Limits:
    return Limits(queue=queue, ongoing_per_key=ongoing, calls_per_minute_per_key=per_minute)


def test_the_queue_is_shared_by_all_keys() -> None:
    async def work() -> None:
        limited = limits(queue=2)
        async with limited.admitted(b"a"), limited.admitted(b"b"):
            with pytest.raises(APIBusy):
                async with limited.admitted(b"c"):
                    pass
        async with limited.admitted(b"c"):
            pass

    asyncio.run(work())


def test_a_key_has_so_many_calls_at_once() -> None:
    async def work() -> None:
        limited = limits(ongoing=2)
        async with limited.admitted(b"a"), limited.admitted(b"a"):
            with pytest.raises(TooManyOngoingRequests):
                async with limited.admitted(b"a"):
                    pass
            async with limited.admitted(b"b"):
                pass
        async with limited.admitted(b"a"):
            pass

    asyncio.run(work())


def test_a_failed_call_counts_no_longer() -> None:
    async def work() -> None:
        limited = limits(queue=1, ongoing=1)
        for _ in range(3):
            with pytest.raises(KeyError):
                async with limited.admitted(b"a"):
                    raise KeyError

    asyncio.run(work())


def test_a_key_has_so_many_calls_per_minute() -> None:
    async def work() -> None:
        limited = limits(per_minute=3)
        for _ in range(3):
            async with limited.admitted(b"a"):
                pass
        with pytest.raises(APILimitReached) as refused:
            async with limited.admitted(b"a"):
                pass
        assert refused.value.retry_after is not None
        assert 1 <= refused.value.retry_after <= 61
        async with limited.admitted(b"b"):
            pass

    asyncio.run(work())
