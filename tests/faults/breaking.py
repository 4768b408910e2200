"""What breaks processes: workers, the database, the whole server; each by a signal or a command from outside."""

from __future__ import annotations

import signal
import time
from contextlib import suppress

from tests.faults.deployment import Deployment, signal_all
from tests.wire.surroundings import children, family, is_running, postmaster, until, workers

_A_WHILE = 0.7


def kill_a_worker(deployment: Deployment) -> None:
    """One of them ends at once, in the middle of calls."""
    signal_all(workers(deployment.pid)[:1], signal.SIGKILL)


def end_a_worker(deployment: Deployment) -> None:
    """It ends its calls first."""
    signal_all(workers(deployment.pid)[-1:], signal.SIGTERM)


def kill_two_workers(deployment: Deployment) -> None:
    """The last one serves alone."""
    signal_all(workers(deployment.pid)[:2], signal.SIGKILL)


def kill_all_workers(deployment: Deployment) -> None:
    """Only the parent holds the sockets."""
    signal_all(workers(deployment.pid), signal.SIGKILL)


def kill_workers_twice(deployment: Deployment) -> None:
    """Those that replace the first ones are killed while they start."""
    signal_all(workers(deployment.pid), signal.SIGKILL)
    with suppress(AssertionError):
        until(lambda: workers(deployment.pid), 10)
    signal_all(workers(deployment.pid), signal.SIGKILL)


def stop_a_worker_for_a_while(deployment: Deployment) -> None:
    """It answers nothing, listens to nothing, and goes on as if no time had passed."""
    _stop_for_a_while(workers(deployment.pid)[:1])


def stop_backends_for_a_while(deployment: Deployment) -> None:
    """Statements under way take long."""
    _stop_for_a_while(deployment.backends())


def stop_the_database_for_a_while(deployment: Deployment) -> None:
    """All of PostgreSQL stands still: it takes no connection either."""
    pid = postmaster(deployment.pid)
    _stop_for_a_while([pid, *children(pid)])


def kill_the_database(deployment: Deployment) -> None:
    """The postmaster ends at once; its backends notice."""
    signal_all([postmaster(deployment.pid)], signal.SIGKILL)


def kill_the_database_and_a_worker(deployment: Deployment) -> None:
    """A worker starts while the database recovers."""
    kill_the_database(deployment)
    kill_a_worker(deployment)


def end_the_database(deployment: Deployment) -> None:
    """PostgreSQL shuts down in order, and cuts all connections."""
    signal_all([postmaster(deployment.pid)], signal.SIGINT)


def crash_a_backend(deployment: Deployment) -> None:
    """PostgreSQL then ends all connections and recovers."""
    signal_all(deployment.backends()[:1], signal.SIGKILL)


def kill_the_parent(deployment: Deployment) -> None:
    """Workers are left alone, and go; the database stays, and the server that is started again takes it over."""
    left = workers(deployment.pid)
    deployment.server.process.kill()
    _has_ended(deployment)
    until(lambda: not any(is_running(pid) for pid in left), 120)
    deployment.start_again()


def kill_everything(deployment: Deployment) -> None:
    """As where the power fails, but for what the kernel holds."""
    signal_all(family(deployment.pid), signal.SIGKILL)
    _has_ended(deployment)
    deployment.start_again()


def restart(deployment: Deployment) -> None:
    """The server ends in order, and is started again."""
    deployment.server.process.terminate()
    _has_ended(deployment)
    assert deployment.server.process.returncode == 0
    deployment.start_again()


def _stop_for_a_while(pids: list[int]) -> None:
    signal_all(pids, signal.SIGSTOP)
    time.sleep(_A_WHILE)
    signal_all(pids, signal.SIGCONT)


def _has_ended(deployment: Deployment) -> None:
    deployment.server.process.wait(60)
    assert deployment.server.process.stdout is not None
    deployment.server.process.stdout.close()
