"""What cuts connections: of clients in the middle of a request or an answer, and of workers to their database."""

from __future__ import annotations

import time

from tests.faults.between import Moment, cut_at_commits
from tests.faults.deployment import Deployment
from tests.wire.surroundings import until

_TIMES = 4
_SECONDS = 5.0


def cut_requests(deployment: Deployment) -> None:
    """Clients' connections break while they send."""
    _cut_at_front(deployment, "request")


def cut_answers(deployment: Deployment) -> None:
    """Clients' connections break while they are answered: they do not know what became of their calls."""
    _cut_at_front(deployment, "answer")


def cut_database_connections(deployment: Deployment) -> None:
    """All connections to the database, those in the middle of a call among them."""
    deployment.disconnect()


def cut_half_of_the_database_connections(deployment: Deployment) -> None:
    """Some calls go on, some do not."""
    deployment.disconnect("pid % 2 = 0")


def cut_listeners(deployment: Deployment) -> None:
    """Only the connections by which workers hear of each other's commits."""
    deployment.disconnect("application_name = 'scrumrpc signals'")


def cut_before_commits(deployment: Deployment) -> None:
    """The database has everything of a call but COMMIT."""
    _cut_at_commits(deployment, "before")


def cut_at_commits_sent(deployment: Deployment) -> None:
    """COMMIT is sent, and whether it is done shows only later."""
    _cut_at_commits(deployment, "at")


def cut_after_commits(deployment: Deployment) -> None:
    """COMMIT is done, and the worker is not told."""
    _cut_at_commits(deployment, "after")


def _cut_at_front(deployment: Deployment, what: str) -> None:
    front = deployment.front
    before, front.cutting = front.cuts, what
    try:
        until(lambda: front.cuts >= before + _TIMES)
    finally:
        front.cutting = None


def _cut_at_commits(deployment: Deployment, moment: Moment) -> None:
    until(deployment.socket.exists)
    cut = cut_at_commits(deployment.socket, moment, _TIMES, deployment.disconnect, time.monotonic() + _SECONDS)
    assert cut, "No connection was cut."
