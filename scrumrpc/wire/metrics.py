"""Counts and times calls for Prometheus; several workers share their numbers through files."""

from __future__ import annotations

import os
from functools import cache

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from scrumrpc.calls.registry import METHODS
from scrumrpc.wire.guards import FOR_BROWSERS

_CALLS = Counter("scrumrpc_calls_total", "Calls, by method and outcome (ok, or the error id).", ["method", "outcome"])
_SECONDS = Histogram(
    "scrumrpc_call_seconds",
    "How long calls took, by method.",
    ["method"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)


def count_call(method: str, outcome: str, seconds: float) -> None:
    """Counts a call. Names that are no methods count as one, so that nobody can fill the memory with them."""
    calls, times = _meters(known(method), outcome)
    calls.inc()
    times.observe(seconds)


def count_refused(method: str, outcome: str, calls: int) -> None:
    """Counts calls that were refused before they began, of a name that is `known`; how long that took tells nothing."""
    _meters(method, outcome)[0].inc(calls)


def known(method: str) -> str:
    """The name under which a method is counted."""
    return method if method in METHODS else "unknown"


@cache
def _meters(method: str, outcome: str) -> tuple[Counter, Histogram]:
    """The meters of these labels: to find them takes longer than to move them."""
    return _CALLS.labels(method, outcome), _SECONDS.labels(method)


async def show(_request: Request) -> Response:
    """GET /metrics: the numbers of all workers."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    headers = {name.decode(): value.decode() for name, value in FOR_BROWSERS}
    return Response(generate_latest(registry), headers=headers, media_type=CONTENT_TYPE_LATEST)
