"""No secret is anywhere but where it must be: of a server that does everything, all that it says, writes and shows.

A secret is told once, in the answer to the call or command that makes it. The database keeps of an API key its SHA-256
only; the secrets of webhooks and commit hooks, with which the server signs and checks, stand in their own columns.
"""

from __future__ import annotations

import base64
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import psycopg
import pytest

from scrumrpc.calls.authentication import new_key
from scrumrpc.store.embedded import ADMIN, EmbeddedPostgres
from tests.serving import Server
from tests.webhooks.receiving import Receiver
from tests.wire.expecting import client_of
from tests.wire.surroundings import family, until, workers

ANN = "admin@example.com"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="it looks at processes as Linux shows them"),
]


class Secrets:
    """The secrets of a test, and what was looked through for them."""

    def __init__(self) -> None:
        self._parts: dict[str, str] = {}
        self.looked_through: dict[str, int] = {}

    def add(self, what: str, secret: str) -> str:
        """Takes one to the others: it counts as found where a part of it is that nobody could complete."""
        bits = secret.removeprefix("whsec_").partition("-")[2] or secret.removeprefix("whsec_")
        self._parts[what] = bits[6:30]  # the first characters of a key tell it apart in lists
        assert len(self._parts[what]) == 24
        return secret

    def look_through(self, where: str, text: str | bytes, *, besides: tuple[str, ...] = ()) -> None:
        """Finds none there, as it is or in base64 as in an Authorization header, but for those that may be there."""
        text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        assert text, where
        text = "\n".join((text, *map(_decoded, re.findall(r"[0-9A-Za-z+/]{40,}={0,2}", text)))).lower()
        found = [what for what, part in self._parts.items() if what not in besides and part.lower() in text]
        assert found == [], where
        self.looked_through[where] = self.looked_through.get(where, 0) + len(text)


def _decoded(word: str) -> str:
    return base64.b64decode(word + "=" * (-len(word) % 4)).decode("latin-1") if len(word.rstrip("=")) % 4 != 1 else ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    data = tmp_path / "data"
    allowed = {"SCRUMRPC_WEBHOOKS": "true", "SCRUMRPC_WEBHOOK_PRIVATE_TARGETS": "true"}
    server = Server(["--workers", "2", "--data", str(data)], {**allowed, "SCRUMRPC_FAILED_LOGINS_PER_MINUTE": "60"})
    yield server, data
    assert server.stop() == 0


def test_no_secret_is_where_it_need_not_be(serving: tuple[Server, Path], receiver: Receiver, tmp_path: Path) -> None:
    server, data = serving
    secrets = Secrets()
    url = _url(data)
    password = secrets.add("database password", (data / "postgres" / "scrumrpc.secret").read_text().strip())
    first = secrets.add("first key", server.credentials(ANN)[1])
    wrong = secrets.add("wrong key", new_key(1))
    assert server.printed.count(first) == 1
    _log_every_statement(data)

    with _process_list(server) as shown, client_of(server.api, (ANN, first)) as client:
        made = _make_everything(client, receiver, secrets)
        commanded = _operate(data, tmp_path, secrets)
        answers = _misuse(server, client, [*made.values(), commanded, wrong])
        for answer in answers:
            secrets.look_through("error answers", answer)
        for answer in _read_everything(client):
            secrets.look_through("answers", answer)
        until(lambda: len(receiver.got) >= 3)
        with psycopg.connect(url, autocommit=True) as conn:
            _break(conn, client, server, secrets)
            _look_through_tables(conn, secrets)
            activity = conn.execute("SELECT string_agg(query, ' ') FROM pg_stat_activity").fetchone()
            assert activity is not None
            secrets.look_through("pg_stat_activity", activity[0])
        secrets.look_through("/metrics", httpx2.get(server.address + "/metrics", trust_env=False).text)
    for sent in receiver.got:
        secrets.look_through("webhook deliveries", sent.body + repr(sent.headers).encode())
    secrets.look_through("process lists", "\n".join(sorted(shown)))
    assert any("postgres -D" in each for each in shown)
    assert any("key create" in each for each in shown)
    log = server.log.read_text()
    assert "Traceback" in log
    assert "wrong credentials" in log
    secrets.look_through("the server's log", log)
    secrets.look_through("what the server prints", server.printed, besides=("first key",))
    written = (data / "postgres.log").read_text()
    assert "api_keys" in written  # it shows statements
    secrets.look_through("PostgreSQL's log", written)
    assert password not in written
    assert len(secrets.looked_through) == 13, secrets.looked_through


def _url(data: Path) -> str:
    return EmbeddedPostgres(data).url


def _log_every_statement(data: Path) -> None:
    """As an operator may who looks for what is slow."""
    with psycopg.connect(EmbeddedPostgres(data).files.address(ADMIN, "postgres"), autocommit=True) as conn:
        conn.execute("ALTER SYSTEM SET log_statement = 'all'")
        conn.execute("ALTER SYSTEM SET log_min_duration_statement = 0")
        conn.execute("SELECT pg_reload_conf()")


def _result(client: httpx2.Client, method: str, **given: str) -> Any:
    answer = client.post(method, data=given).json()
    assert answer["objectType"] == "Result", answer
    return answer["result"]


def _make_everything(client: httpx2.Client, receiver: Receiver, secrets: Secrets) -> dict[str, str]:
    """Makes one of everything that has a secret, under requestIDs, and changes some data so that webhooks are sent."""
    key = _result(client, "addAPIKey", name="K", requestID="key")["key"]
    reader = _result(client, "addAPIKey", name="R", isReadOnly="true")
    hook = _result(client, "resetCommitHookSecret", requestID="hook")
    webhook = _result(client, "addWebhook", url=receiver.url("/x"), requestID="webhook")
    renewed = _result(client, "resetWebhookSecret", webhookID=webhook["id"], requestID="renewed")
    for n in range(3):
        _result(client, "addProject", name=f"P{n}")
    _result(client, "deleteAPIKey", apiKeyID=reader["id"])
    return {
        what: secrets.add(what, secret)
        for what, secret in {
            "added key": key, "deleted key": reader["key"], "commit hook": hook, "webhook": webhook["secret"],
            "renewed webhook": renewed,
        }.items()
    }  # fmt: skip


def _operate(data: Path, folder: Path, secrets: Secrets) -> str:
    """Runs the commands that have to do with secrets; answers the key that one of them makes."""

    def command(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "scrumrpc", *words, "--data", str(data)],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout

    [key] = re.findall(r"\b1-[0-9A-F]{64}\b", command("key", "create", "made by command", "--expires-in-days", "1"))
    secrets.add("commanded key", key)
    backup, exported = folder / "backup", folder / "export.ndjson"
    for words in (["key", "list"], ["account", "list"], ["backup", str(backup)], ["export", "1", str(exported)]):
        secrets.look_through("what commands print", command(*words))
    secrets.look_through("an export", exported.read_bytes())
    secrets.look_through("a backup", backup.read_bytes(), besides=("commit hook", "webhook", "renewed webhook"))
    return key


def _misuse(server: Server, client: httpx2.Client, given: list[str]) -> list[bytes]:
    """Puts secrets where they do not belong; answers what is said to that."""
    answers = []
    for secret in given:
        for request in (
            {"url": "getDataVersion", "params": {"apiKey": secret}},
            {"url": "getDataVersion", "headers": {"Authorization": f"Bearer {secret}"}},
            {"url": "getDataVersion", "headers": {"Authorization": secret}},
            {"url": "getDataVersion", "auth": (ANN, secret.lower())},
            {"url": "getDataVersion", "headers": {"Cookie": f"key={secret}", "X-API-Key": secret}},
            {"url": "addProject", "json": {"key": secret}},
        ):
            answers.append(client.post(**request).content)
        # What a client itself gives as a name or an id, the answer may repeat.
        client.post(secret)
        client.post("getBacklogItems", data={secret: secret})
        client.post("addTag", data={"projectID": secret, "name": "x", "requestID": secret})
        client.get(f"{server.address}/{secret}")
        client.get(f"{server.address}/service/files/files/1-0-1/{secret}")
        client.post(f"{server.address}/service/hooks/gitlab/1", content=b"{}", headers={"X-Gitlab-Token": secret + "x"})
        _as_userinfo(server, secret)
    for _ in range(61):  # until the server says so in its log
        client.post("getData", auth=(ANN, given[-1]), headers={"X-Forwarded-For": "192.0.2.1"})
    return answers


def _as_userinfo(server: Server, secret: str) -> None:
    """Asks as for a proxy, with the credentials in the URL; and asks with what is no HTTP."""
    where = urlsplit(server.address)
    for line in (f"GET http://{ANN}:{secret}@{where.netloc}/service/api/v1/getData HTTP/1.1", f"{secret}"):
        with socket.create_connection((where.hostname, where.port), 30) as connection:
            connection.sendall(f"{line}\r\nHost: {where.netloc}\r\nConnection: close\r\n\r\n".encode())
            while connection.recv(65536):
                pass


def _read_everything(client: httpx2.Client) -> Iterator[bytes]:
    """All that methods tell of what was made, also to whoever repeats the call that made it."""
    for method, given in (
        ("getData", {}), ("getAPIKeys", {}), ("getWebhooks", {}), ("getVersions", {}),
        ("getWebhookDeliveries", {"webhookID": "1-0-1"}), ("getChanges", {"sinceDataVersion": "0"}),
        ("addAPIKey", {"name": "K", "requestID": "key"}), ("resetCommitHookSecret", {"requestID": "hook"}),
        ("resetWebhookSecret", {"webhookID": "1-0-1", "requestID": "renewed"}),
    ):  # fmt: skip
        answer = client.post(method, data=given)
        assert (answer.status_code == 200) != ("requestID" in given), answer.text
        yield answer.content
        if "requestID" in given:
            yield client.post(method, data={**given, "onRepeat": "result"}).content


def _break(conn: psycopg.Connection, client: httpx2.Client, server: Server, secrets: Secrets) -> None:
    """Has a call fail inside the server, and kills a worker under another."""
    conn.execute("ALTER TABLE webhooks RENAME TO webhooks_away")
    answer = client.post("getWebhooks")
    conn.execute("ALTER TABLE webhooks_away RENAME TO webhooks")
    assert answer.json()["errorID"] == "InternalServerError"
    assert "webhooks_away" not in answer.text
    secrets.look_through("error answers", answer.text)
    [victim, *_] = workers(server.process.pid)
    os.kill(victim, signal.SIGSEGV)
    until(lambda: victim not in workers(server.process.pid) and len(workers(server.process.pid)) == 2)


def _look_through_tables(conn: psycopg.Connection, secrets: Secrets) -> None:
    own = {"accounts": ("commit hook",), "webhooks": ("webhook", "renewed webhook")}
    tables = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert {"api_keys", "requests", "versions", "changes", "webhooks"} <= {name for (name,) in tables}
    for (name,) in tables:
        rows = conn.execute(f"SELECT coalesce(string_agg(to_jsonb(t)::text, ' '), '-') FROM {name} t").fetchone()  # type: ignore[arg-type]
        assert rows is not None
        secrets.look_through("tables", rows[0], besides=own.get(name, ()))


@contextmanager
def _process_list(server: Server) -> Iterator[set[str]]:
    """What `ps` shows of the server, its workers, its PostgreSQL and of commands, with their environments."""
    shown: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            for pid in (*family(os.getpid()), *family(server.process.pid)):
                for file in ("cmdline", "environ"):
                    try:
                        read = Path(f"/proc/{pid}/{file}").read_bytes()
                    except OSError:
                        continue  # it has ended
                    shown.add(read.replace(b"\0", b" ").decode("utf-8", "replace"))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield shown
    finally:
        over.set()
        looking.join()


def test_workers_do_not_find_the_database_in_their_environment(database_url: str) -> None:
    """Where the parent process has it in its own, which is whose decision it was."""
    server = Server(["--workers", "2"], {"DATABASE_URL": database_url})
    try:
        for pid in workers(server.process.pid):
            assert b"DATABASE_URL" not in Path(f"/proc/{pid}/environ").read_bytes()
            assert re.search(r"Max core file size +0 ", Path(f"/proc/{pid}/limits").read_text())
    finally:
        server.stop()
