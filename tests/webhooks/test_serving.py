"""A real server sends: to the receiver that the documentation shows, and on, when a worker is killed in the middle."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString

import httpx2
import pytest

from scrumrpc.docs import facts
from tests.serving import Server
from tests.webhooks.receiving import Received, Receiver
from tests.wire.surroundings import until, workers
from tests.world import World


class Sender:
    """A server of two workers that may send to private addresses, and a client of an account of its own."""

    def __init__(self, world: World, database_url: str) -> None:
        self.world = world
        self.execute("DELETE FROM webhooks")
        world.new_account()
        settings = {
            "SCRUMRPC_WEBHOOKS": "true",
            "SCRUMRPC_WEBHOOK_PRIVATE_TARGETS": "true",
            "SCRUMRPC_LOG_CALLS": "false",
        }
        self.server = Server(["--workers", "2"], {"DATABASE_URL": database_url, **settings})
        credentials = (world.admin, world.key)
        self.client = httpx2.Client(base_url=self.server.api + "/", auth=credentials, timeout=60)

    def call(self, method: str, **given: str) -> Any:
        """The result of a call."""
        answer = self.client.post(method, data=given).json()
        assert answer["objectType"] == "Result", answer
        return answer["result"]

    def execute(self, statement: LiteralString) -> None:
        """Runs a statement on the database."""
        self.world.store(lambda conn: conn.execute(statement))

    def close(self) -> None:
        """Ends the server in good order."""
        self.client.close()
        assert self.server.stop() == 0


@pytest.fixture(scope="module")
def sender(shared_world: World, database_url: str) -> Iterator[Sender]:
    """Serves all tests of this file."""
    sender = Sender(shared_world, database_url)
    yield sender
    sender.close()


@pytest.fixture
def port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def test_the_documented_receiver(sender: Sender, port: int) -> None:
    added = sender.call("addWebhook", url=f"http://127.0.0.1:{port}/")
    since = sender.call("getDataVersion")
    environment = {**os.environ, "SECRET": added["secret"]}
    program = subprocess.Popen(
        [sys.executable, str(documented_path()), str(port)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        until(lambda: is_listening(port))
        project = sender.call("addProject", name="A")
        sender.call("setProjectName", projectID=project, name="B")
        assert program.stdout is not None
        printed = [program.stdout.readline(), program.stdout.readline()]
        assert printed == [f"{since + 1} addProject\n", f"{since + 2} setProjectName\n"]
        forged = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
        assert httpx2.post(f"http://127.0.0.1:{port}/", content=b"{}", headers=forged).status_code == 401
        until(lambda: sender.call("getWebhooks")[0]["deliveredDataVersion"] == since + 2)
    finally:
        program.kill()
        program.wait()
        assert program.stdout is not None
        program.stdout.close()
    sender.call("deleteWebhook", webhookID=added["id"])


def documented_path() -> Path:
    """The program that the page shows."""
    return Path(facts.__file__).with_name("receiver.py")


def is_listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_the_documented_command_prints_the_signature(sender: Sender, receiver: Receiver, tmp_path: Path) -> None:
    added = sender.call("addWebhook", url=receiver.url())
    sender.call("sendTestToWebhook", webhookID=added["id"])
    until(lambda: receiver.got)
    headers = receiver.got[0].headers
    (tmp_path / "body.json").write_bytes(receiver.got[0].body)
    variables = {
        "PATH": os.environ["PATH"], "SECRET": added["secret"],
        "ID": headers["webhook-id"], "TIMESTAMP": headers["webhook-timestamp"],
    }  # fmt: skip
    shell = subprocess.run(
        ["bash", "-euc", facts.SIGNING], cwd=tmp_path, env=variables, capture_output=True, text=True, check=True
    )
    assert f"v1,{shell.stdout}" == headers["webhook-signature"]
    sender.call("deleteWebhook", webhookID=added["id"])


def test_a_worker_is_killed_between_sending_and_writing_it_down(sender: Sender, receiver: Receiver) -> None:
    """The version comes again from another worker, under the same id, and before those that follow."""
    killed = threading.Event()

    def answers(_received: Received) -> int:
        return 200 if killed.wait(60) else 500

    receiver.answers = answers
    webhook = sender.call("addWebhook", url=receiver.url())["id"]
    since = sender.call("getDataVersion")
    sender.call("addProject", name="First")
    sender.call("addProject", name="Second")
    until(lambda: receiver.got)
    for pid in workers(sender.server.process.pid):
        os.kill(pid, signal.SIGKILL)
    killed.set()
    sender.execute("UPDATE webhooks SET claimed_until = claimed_until - interval '1 minute'")
    until(lambda: len(receiver.versions()) >= 3)
    assert receiver.versions() == [since + 1, since + 1, since + 2]
    assert receiver.got[0].id == receiver.got[1].id
    until(lambda: sender.call("getWebhooks")[0]["deliveredDataVersion"] == since + 2)
    sender.call("deleteWebhook", webhookID=webhook)


def test_the_log_names_no_url_and_no_secret(sender: Sender, receiver: Receiver) -> None:
    added = sender.call("addWebhook", url=receiver.url("/path-that-is-a-secret"))
    receiver.answers = lambda _received: 500
    sender.call("addProject", name="Third")
    until(lambda: sender.call("getWebhooks")[0]["failures"])
    log = sender.server.log.read_text()
    assert '"webhook not delivered"' in log
    assert "path-that-is-a-secret" not in log
    assert "whsec_" not in log
    assert added["secret"].removeprefix("whsec_") not in log
    sender.call("deleteWebhook", webhookID=added["id"])
