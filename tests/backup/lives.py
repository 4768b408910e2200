"""A database in which an account has lived, and all that a copy of it must answer alike."""

from __future__ import annotations

import asyncio
import base64
import io
from typing import Any

import psycopg

from scrumrpc.cli import first_start, sample
from scrumrpc.errors import ApiError
from scrumrpc.settings import Settings
from scrumrpc.store.backup import write_backup
from scrumrpc.store.backup_file import BackupReader
from tests.store.giving_up import give_up
from tests.world import EVERYTHING, World

PROJECT = "729-11230-1"
FIRST_TAG = {"projectID": PROJECT, "name": "a tag", "requestID": "first"}
_MARKS = "ROW-ID, \\ \t\n\r\x0b \u2028 \U0001f600 \\N '\" {}"
"""What means something to those who copy texts."""


class Copy(World):
    """The sample account in some database, called as its administrator."""

    admin = sample.ADMINISTRATOR

    def __init__(self, url: str, key: str = "") -> None:
        super().__init__(url, size=3)
        self.url = url
        self.account = sample.ACCOUNT
        self.key = key


def make_lived(url: str) -> Copy:
    """Makes the sample account and gives it a life that leaves something in every table."""
    [_, key] = asyncio.run(first_start.make(url, Settings.from_environment(), with_sample=True))
    copy = Copy(url, key.key)
    try:
        _live(copy)
    except BaseException:
        copy.close()
        raise
    return copy


def _live(copy: Copy) -> None:
    item = copy.call("addBacklogItem", projectID=PROJECT, name=_MARKS, description="x" * 20_000)
    copy.call("addTag", **FIRST_TAG)
    for n in range(5):
        copy.call(
            "addTask",
            backlogItemID=item,
            name=f"task {n}",
            estimate=str(n / 3),
            estimateUnit="Days",
            requestID=f"task {n}",
        )
    contents = base64.b64encode(bytes(range(256)) * 300).decode()
    copy.call("addFile", projectID=PROJECT, name="bytes", fileName="a.bin", fileContents=contents)
    copy.call("addComment", ownerObjectType="BacklogItem", ownerObjectID=item, text=_MARKS)
    copy.call("deleteBacklogItem", backlogItemID=item)
    copy.call("addNamedVersion", name="before", dataVersion="3", note=_MARKS)
    give_up(copy, 2)
    for path in "ab":
        copy.call("addWebhook", url=f"https://hooks.example.com/{path}")
    copy.call("disableWebhook", webhookID="729-0-2")
    copy.call("sendTestToWebhook", webhookID="729-0-2")
    copy.store(lambda conn: conn.execute(
        "INSERT INTO webhook_deliveries SELECT account_id, webhook_id, 1, 'm', 3, 1, now(), 5 FROM webhooks"
    ))  # fmt: skip
    copy.call("addAPIKey", name="another")
    copy.call("setProjectName", projectID=PROJECT, name="A name at last", requestID="last")


def backup_of(url: str) -> bytes:
    """A backup of a database."""
    stream = io.BytesIO()
    asyncio.run(write_backup(url, stream))
    return stream.getvalue()


def reader_of(content: bytes) -> BackupReader:
    """A reader of a backup."""
    return BackupReader(io.BytesIO(content))


def answers(copy: Copy) -> dict[str, Any]:
    """What the account answers, now and at every version that is kept; but for its epoch, which no copy shares."""
    present = copy.version
    said: dict[str, Any] = {"version": present}
    for method, given in (
        ("getVersions", {}),
        ("getNamedVersions", {}),
        ("getAPIKeys", {}),
        ("getChanges", {"sinceDataVersion": "2"}),
        ("getChanges", {"sinceDataVersion": "0", "collapse": "true"}),
        *(
            ("getData", {"atDataVersion": str(version), "includeProperties": EVERYTHING})
            for version in range(present + 1)
        ),
    ):
        try:
            result = copy.call(method, **given)
            if method in ("getVersions", "getChanges"):
                assert result.pop("epoch") == epoch_of(copy)
            said[f"{method} {given}"] = result
        except ApiError as error:
            said[f"{method} {given}"] = (error.error_id, error.message)
    return said


def epoch_of(copy: Copy) -> str:
    """The epoch of the account."""
    return copy.answer("getDataVersion").standing.epoch


def rows(url: str, without: dict[str, str]) -> dict[str, list[str]]:
    """All rows of all tables, as another program would write them; but for some columns of some tables."""
    with psycopg.connect(url, autocommit=True) as conn:
        names = [
            name for (name,) in conn.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        ]  # fmt: skip
        return {
            name: sorted(
                line for (line,) in conn.execute(
                    f"SELECT (to_jsonb(t) - string_to_array(%s, ','))::text FROM {name} t", [without.get(name, "")]
                )
            )
            for name in names
        }  # fmt: skip
