"""What a soak does beside the many small calls: each actor does something whole, again and again, and undoes it.

What they add they delete, so that the accounts stay as large as they are; the change log alone grows.
"""

from __future__ import annotations

import base64
import itertools
import socket
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx2

from tests.load.calls import EMAIL, PROJECT

Actor = Callable[["Client", int], None]


class Client:
    """Calls of one account, on a connection of its own."""

    def __init__(self, address: str, key: str, hook: str) -> None:
        self.address = address
        self.key = key
        self.hook = hook  # where webhooks may lead
        self.http = httpx2.Client(base_url=address, auth=(EMAIL, key), trust_env=False, timeout=60)

    def send(self, method: str, **given: str) -> httpx2.Response:
        """The answer to a call."""
        return self.until_taken(lambda: self.http.post(f"/service/api/v1/{method}", data=given))

    def until_taken(self, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        """The answer to a request; a server that is busy is asked again."""
        while (response := send()).status_code == 503:
            time.sleep(0.05)
        return response

    def call(self, method: str, **given: str) -> Any:
        """The result of a call that must succeed."""
        answer = self.send(method, **given).json()
        assert answer["objectType"] == "Result", (method, answer)
        return answer["result"]


def listens(client: Client, n: int) -> None:
    """Opens a stream of events, waits for one that it causes, and hangs up."""
    with client.http.stream("GET", "/service/events") as stream:
        if stream.status_code == 503:
            return
        assert stream.status_code == 200, stream.read()
        tag = client.call("addTag", projectID=PROJECT, name=f"heard {n}")
        client.call("deleteTag", tagID=tag)
        for line in stream.iter_lines():
            if line.startswith("data:"):
                return


def waits(client: Client, _: int) -> None:
    """Waits for the next version, or a second."""
    version = client.call("getDataVersion")
    client.call("waitForDataVersion", newerThanDataVersion=str(version), timeout="1")


def works(client: Client, n: int) -> None:
    """Adds an item with all that may be in it, looks at it, and deletes it."""
    item = client.call("addBacklogItem", projectID=PROJECT, name=f"Soaked {n}", requestID=str(uuid.uuid4()))
    client.call("addTask", backlogItemID=item, name="A task")
    client.call("addComment", ownerObjectType="BacklogItem", ownerObjectID=item, text="A comment")
    client.call("getObject", objectType="BacklogItem", objectID=item)
    client.call("deleteBacklogItem", backlogItemID=item)
    client.call("getChanges", sinceDataVersion=str(client.call("getDataVersion") - 2))


def carries(client: Client, n: int) -> None:
    """Attaches a file, fetches it back, and deletes it."""
    contents = bytes((n + each) % 256 for each in range(50_000))
    item = client.call("addBacklogItem", projectID=PROJECT, name=f"With a file {n}")
    attachment = client.call(
        "addAttachment", ownerObjectType="BacklogItem", ownerObjectID=item, fileName="soak.bin",
        fileContents=base64.b64encode(contents).decode(),
    )  # fmt: skip
    got = client.until_taken(lambda: client.http.get(f"/service/files/attachments/{attachment}/soak.bin"))
    assert got.content == contents
    client.call("deleteBacklogItem", backlogItemID=item)


def lets_in(client: Client, n: int) -> None:
    """Makes a key, calls with it on another connection, and deletes it."""
    key = client.call("addAPIKey", name=f"soak {n}")
    other = Client(client.address, key["key"], client.hook)
    other.call("getDataVersion")
    other.http.close()
    client.call("deleteAPIKey", apiKeyID=key["id"])


def tells(client: Client, n: int) -> None:
    """Adds a webhook, makes a version that is sent to it, and deletes it."""
    webhook = client.call("addWebhook", url=client.hook, description=f"soak {n}")
    tag = client.call("addTag", projectID=PROJECT, name=f"told {n}")
    client.call("deleteTag", tagID=tag)
    client.call("deleteWebhook", webhookID=webhook["id"])


def fails(client: Client, n: int) -> None:
    """Makes calls that are refused, each for another reason."""
    wrong = {
        "addTag": {},
        "getObject": {"objectType": "Task", "objectID": f"1-3-{n}9999999"},
        "noSuchMethod": {},
        "setBacklogItemName": {"backlogItemID": "nonsense", "name": "x" * 5_000},
        "executeBatch": {"calls": "[{"},
    }
    for method, given in wrong.items():
        assert client.send(method, **given).status_code in (400, 404), method


def comes_and_goes(client: Client, _: int) -> None:
    """Connects, says half of a request, and hangs up."""
    where = urlsplit(client.address)
    with socket.create_connection((where.hostname, where.port), 30) as connection:
        connection.sendall(b"POST /service/api/v1/getData HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")


ACTORS: tuple[Actor, ...] = (listens, waits, works, carries, lets_in, tells, fails, comes_and_goes)


class Actors:
    """All actors at work in threads, each on an account of its own, until told to stop."""

    def __init__(self, address: str, keys: list[str], hook: str, pause: float) -> None:
        self.done: Counter[str] = Counter()
        self.failures: list[str] = []
        self._pause = pause
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._act, args=(actor, Client(address, key, hook)))
            for actor, key in zip(ACTORS, itertools.cycle(keys), strict=False)
        ]
        for thread in self._threads:
            thread.start()

    def _act(self, actor: Actor, client: Client) -> None:
        for n in itertools.count():
            if self._stopped.wait(self._pause):
                client.http.close()
                return
            try:
                actor(client, n)
                self.done[actor.__name__] += 1
            except (AssertionError, httpx2.HTTPError) as error:
                self.failures.append(f"{actor.__name__}: {type(error).__name__} {error}"[:300])

    def stop(self) -> None:
        """Lets each end what it does."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()
