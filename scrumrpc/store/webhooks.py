"""Webhooks in the database, as those see and change them who set them up; what senders do is in `deliveries`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scrumrpc.store.database import Connection
from scrumrpc.store.flush import flush

OLD_SECRET_HOURS = 24
"""So long a secret goes on signing, beside the one that replaces it."""

_NEXT_NUMBER = (
    "UPDATE accounts SET last_webhook = last_webhook + 1 WHERE account_id = %(account)s RETURNING last_webhook"
)

_ADD = """
INSERT INTO webhooks (account_id, webhook_id, url, description, projects, project_ids, object_types, person_id, secret,
    delivered_version)
VALUES (%(account)s, %(webhook)s, %(url)s, %(description)s, %(projects)s, %(project_ids)s, %(object_types)s, %(person)s,
    %(secret)s, %(since)s)
"""

_WEBHOOKS = """
SELECT w.webhook_id, w.url, w.description, w.project_ids, w.object_types, o.wire_id, w.created_at, w.is_enabled,
       w.disabled_reason, w.delivered_version, w.failures,
       CASE WHEN w.is_enabled AND w.failures > 0 THEN w.due_at END
FROM webhooks w LEFT JOIN objects o ON o.account_id = w.account_id AND o.id = w.person_id
WHERE w.account_id = %(account)s AND (%(webhook)s::bigint IS NULL OR w.webhook_id = %(webhook)s)
ORDER BY w.webhook_id
"""

_DELIVERIES = """
SELECT message_id, version, attempt, sent_at, milliseconds, status, failure
FROM webhook_deliveries WHERE account_id = %(account)s AND webhook_id = %(webhook)s ORDER BY delivery DESC
"""

_SET_URL = """
UPDATE webhooks SET url = %(url)s, failures = 0, due_at = now() WHERE account_id = %(account)s
    AND webhook_id = %(webhook)s
"""
_SET_DESCRIPTION = """
UPDATE webhooks SET description = %(description)s WHERE account_id = %(account)s AND webhook_id = %(webhook)s
"""
_SET_PROJECTS = """
UPDATE webhooks SET projects = %(projects)s, project_ids = %(project_ids)s
WHERE account_id = %(account)s AND webhook_id = %(webhook)s
"""
_SET_OBJECT_TYPES = """
UPDATE webhooks SET object_types = %(object_types)s WHERE account_id = %(account)s AND webhook_id = %(webhook)s
"""

# Without the claim, the result of an attempt that is under way no longer moves the position.
_ENABLE = """
UPDATE webhooks SET is_enabled = true, disabled_reason = NULL, person_id = %(person)s, failures = 0, due_at = now(),
    delivered_version = coalesce(%(since)s::bigint, delivered_version),
    claim = CASE WHEN %(since)s::bigint IS NULL THEN claim END,
    claimed_until = CASE WHEN %(since)s::bigint IS NULL THEN claimed_until END
WHERE account_id = %(account)s AND webhook_id = %(webhook)s
"""
_DISABLE = """
UPDATE webhooks SET is_enabled = false, disabled_reason = %(reason)s
WHERE account_id = %(account)s AND webhook_id = %(webhook)s AND is_enabled
"""
_RESET_SECRET = f"""
UPDATE webhooks SET secret = %(secret)s, old_secret = secret,
    old_secret_until = now() + interval '{OLD_SECRET_HOURS} hours'
WHERE account_id = %(account)s AND webhook_id = %(webhook)s
"""  # noqa: S608
_REQUEST_TEST = """
UPDATE webhooks SET test_id = %(test)s WHERE account_id = %(account)s AND webhook_id = %(webhook)s
"""
_DELETE = "DELETE FROM webhooks WHERE account_id = %(account)s AND webhook_id = %(webhook)s"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook, without its secrets. `next_attempt` is when it is tried again after a failure."""

    number: int
    url: str
    description: str | None
    project_ids: list[str] | None
    object_types: list[str] | None
    person: str | None
    created_at: datetime
    is_enabled: bool
    disabled_reason: str | None
    delivered_version: int
    failures: int
    next_attempt: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An attempt to send something; `version` is None for a test, `failure` where it was taken."""

    message_id: str
    version: int | None
    attempt: int
    sent_at: datetime
    milliseconds: int
    status: int | None
    failure: str | None


async def webhooks_of(conn: Connection, account: int, number: int | None = None) -> list[Webhook]:
    """The webhooks of an account, oldest first; only that of a number, if one is given."""
    [rows] = await flush(conn, [(_WEBHOOKS, {"account": account, "webhook": number})])
    return [Webhook(*row) for row in rows]


async def deliveries_of(conn: Connection, account: int, number: int) -> list[Delivery] | None:
    """The latest attempts of a webhook, newest first; None if there is no such webhook."""
    if not await webhooks_of(conn, account, number):
        return None
    [rows] = await flush(conn, [(_DELIVERIES, {"account": account, "webhook": number})])
    return [Delivery(*row) for row in rows]


class Webhooks:
    """The webhooks of an account, within a writing call: it has the lock of the account.

    What takes the number of a webhook answers whether there is one.
    """

    def __init__(self, conn: Connection, account: int) -> None:
        self._conn = conn
        self._account = account

    async def every(self) -> list[Webhook]:
        """All of them, oldest first."""
        return await webhooks_of(self._conn, self._account)

    async def find(self, number: int) -> Webhook | None:
        """The one of that number."""
        return next(iter(await webhooks_of(self._conn, self._account, number)), None)

    async def add(
        self,
        *,
        url: str,
        description: str | None,
        projects: dict[str, int] | None,
        object_types: Sequence[str] | None,
        person: int,
        secret: str,
        since: int,
    ) -> Webhook:
        """Adds a webhook that is told of the versions after `since`; numbers of deleted ones do not come again."""
        cursor = await self._conn.execute(_NEXT_NUMBER, {"account": self._account})
        row = await cursor.fetchone()
        assert row is not None
        await self._run(
            _ADD,
            row[0],
            url=url,
            description=description,
            object_types=None if object_types is None else list(object_types),
            person=person,
            secret=secret,
            since=since,
            **_columns_of(projects),
        )
        [added] = await webhooks_of(self._conn, self._account, row[0])
        return added

    async def set_url(self, number: int, url: str) -> bool:
        """Sends to another URL from now on; what failed at the one before is tried there at once."""
        return await self._run(_SET_URL, number, url=url)

    async def set_description(self, number: int, description: str | None) -> bool:
        """Sets what people wrote about it."""
        return await self._run(_SET_DESCRIPTION, number, description=description)

    async def set_projects(self, number: int, projects: dict[str, int] | None) -> bool:
        """Sets the projects whose changes are sent, numbers by id; None: all."""
        return await self._run(_SET_PROJECTS, number, **_columns_of(projects))

    async def set_object_types(self, number: int, object_types: Sequence[str] | None) -> bool:
        """Sets the types of the objects whose changes are sent; None: all."""
        types = None if object_types is None else list(object_types)
        return await self._run(_SET_OBJECT_TYPES, number, object_types=types)

    async def enable(self, number: int, person: int, since: int | None) -> bool:
        """Sends what `person` reaches from now on, from where it stopped or from the versions after `since`."""
        return await self._run(_ENABLE, number, person=person, since=since)

    async def disable(self, number: int, reason: str) -> bool:
        """Stops sending; changes nothing about one that is disabled, and answers False for that as well."""
        return await self._run(_DISABLE, number, reason=reason)

    async def reset_secret(self, number: int, secret: str) -> bool:
        """Signs with a new secret, and for some hours with the present one as well."""
        return await self._run(_RESET_SECRET, number, secret=secret)

    async def request_test(self, number: int, test: str) -> bool:
        """Has a test sent under that id, once, as soon as a sender comes to it."""
        return await self._run(_REQUEST_TEST, number, test=test)

    async def delete(self, number: int) -> bool:
        """Deletes a webhook with its deliveries."""
        return await self._run(_DELETE, number)

    async def _run(self, statement: str, number: int, **parameters: Any) -> bool:
        cursor = await self._conn.execute(statement, {"account": self._account, "webhook": number, **parameters})
        return cursor.rowcount == 1


def _columns_of(projects: dict[str, int] | None) -> dict[str, Any]:
    if projects is None:
        return {"projects": None, "project_ids": None}
    return {"projects": list(projects.values()), "project_ids": list(projects)}
