"""What is sent to webhooks: bodies, and the headers with the signatures of Standard Webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from standardwebhooks import Webhook as Signing

from scrumrpc import __version__
from scrumrpc.calls.told import Told

MOST_CHANGES = 1_000
LARGEST_BODY = 1_000_000
"""Bytes; many servers take no more than a mebibyte unless they are told to. Without its changes a version is small."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message; its id is the same however often it is sent."""

    id: str
    version: int | None
    body: bytes


def message_of_version(account: int, webhook: int, epoch: str, told: Told) -> Message:
    """The message that tells of a version; one that is too large comes without its changes.

    Receivers may know messages by their ids: one of another epoch has another id.
    """
    version = orjson.loads(told.json)
    moment = datetime.fromtimestamp(version["date"] / 1000, UTC)
    body = _body("version", moment, epoch, told.json)
    if len(body) > LARGEST_BODY:
        body = _body("version", moment, epoch, orjson.dumps({**version, "changes": None}))
    return Message(f"msg_{account}_{webhook}_{told.version}_{epoch}", told.version, body)


def message_of_test(account: int, webhook: int, epoch: str, test_id: str) -> Message:
    """A message that tells of nothing."""
    data = {"objectType": "Webhook", "id": f"{account}-0-{webhook}"}
    return Message(test_id, None, _body("test", datetime.now(UTC), epoch, orjson.dumps(data)))


def _body(kind: str, moment: datetime, epoch: str, data: bytes) -> bytes:
    timestamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = orjson.dumps({"type": kind, "timestamp": timestamp, "epoch": epoch})
    return head[:-1] + b',"data":' + data + b"}"


def headers_of(message: Message, secrets: tuple[str, ...], now: datetime) -> dict[str, str]:
    """The headers of a message that is sent at that moment: it is signed with each of the secrets."""
    signatures = [Signing(secret).sign(message.id, now, message.body.decode()) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": f"scrumrpc/{__version__}",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
