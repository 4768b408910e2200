"""What senders do with webhooks in the database: claim one, look again before each attempt, note how it ended.

A claim lapses by itself, so that a sender that was killed holds nothing up. The clock is the database's, which all
senders share. It may be set back, by any time: nothing then waits longer than it can without that. Whatever a
sender writes it writes only while the claim is still its own. Every statement may be repeated, where a connection
broke: then, at worst, an attempt is written down twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scrumrpc.store.database import Connection
from scrumrpc.store.standing import PROJECTS

MOST_KEPT = 100
"""So many attempts are kept of a webhook, the latest."""

# What failed is due after a delay. A longer one than there is after so many failures is of before the clock was set
# back; and what has not failed is due, whatever time it was when it was looked at last.
_LONGEST_DELAY = "(%(longest_delays)s::float8[])[least(w.failures, cardinality(%(longest_delays)s::float8[]))]"
_IS_DUE = f"""
    (w.due_at <= now() OR w.due_at > now() + coalesce({_LONGEST_DELAY}, 0) * interval '1 second')
"""

# Accounts that take no calls are told nothing either. A claim that lasts longer than any is one of before the clock was
# set back: it is not taken, as its sender may still be at it, but lasts no longer than one that is made now.
_CLAIM = f"""
WITH from_the_future AS (
    UPDATE webhooks SET claimed_until = now() + %(seconds)s * interval '1 second'
    WHERE (account_id, webhook_id) IN (
        SELECT account_id, webhook_id FROM webhooks WHERE claimed_until > now() + %(seconds)s * interval '1 second'
        FOR UPDATE SKIP LOCKED)),
due AS MATERIALIZED (
    SELECT w.account_id, w.webhook_id FROM webhooks w JOIN accounts a ON a.account_id = w.account_id
    WHERE (w.claimed_until IS NULL OR w.claimed_until <= now())
      AND NOT a.is_closed AND a.has_api_access AND NOT a.in_maintenance
      AND (w.test_id IS NOT NULL OR w.is_enabled AND w.delivered_version < a.data_version AND {_IS_DUE})
      AND w.account_id <> ALL(%(without)s::bigint[])
    ORDER BY w.due_at LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
UPDATE webhooks w SET claim = %(claim)s, claimed_until = now() + %(seconds)s * interval '1 second'
FROM due WHERE w.account_id = due.account_id AND w.webhook_id = due.webhook_id
RETURNING w.account_id, w.webhook_id
"""  # noqa: S608

_RENEW = f"""
WITH renewed AS (
    UPDATE webhooks SET claimed_until = now() + %(seconds)s * interval '1 second'
    WHERE account_id = %(account)s AND webhook_id = %(webhook)s AND claim = %(claim)s
    RETURNING *)
SELECT w.url, w.secret, CASE WHEN w.old_secret_until > now() THEN w.old_secret END, w.test_id,
       w.is_enabled AND {_IS_DUE}, w.delivered_version, w.failures, a.epoch, a.data_version, a.oldest_version,
       NOT a.is_closed AND a.has_api_access AND NOT a.in_maintenance, p.id IS NOT NULL,
       w.projects, w.object_types, {PROJECTS}
FROM renewed w JOIN accounts a ON a.account_id = w.account_id
LEFT JOIN persons p ON p.account_id = w.account_id AND p.id = w.person_id AND NOT p.is_deleted
"""  # noqa: S608

# One that has had its turn comes after those that wait for theirs.
_RELEASE = """
UPDATE webhooks SET claim = NULL, claimed_until = NULL, due_at = greatest(due_at, now())
WHERE account_id = %(account)s AND webhook_id = %(webhook)s AND claim = %(claim)s
"""

_SKIP = """
UPDATE webhooks SET delivered_version = %(version)s
WHERE account_id = %(account)s AND webhook_id = %(webhook)s AND claim = %(claim)s AND delivered_version < %(version)s
"""

_DISABLE = """
UPDATE webhooks SET is_enabled = false, disabled_reason = %(reason)s
WHERE account_id = %(account)s AND webhook_id = %(webhook)s AND claim = %(claim)s AND is_enabled
"""

# What an attempt comes to, and the attempt itself, in one statement: one is never written without the other.
_NOTE = """
WITH noted AS (
    UPDATE webhooks SET last_delivery = last_delivery + 1, {}
    WHERE account_id = %(account)s AND webhook_id = %(webhook)s AND claim = %(claim)s
    RETURNING last_delivery),
outdated AS (
    DELETE FROM webhook_deliveries d USING noted
    WHERE d.account_id = %(account)s AND d.webhook_id = %(webhook)s AND d.delivery <= noted.last_delivery - {})
INSERT INTO webhook_deliveries (account_id, webhook_id, delivery, message_id, version, attempt, sent_at, milliseconds,
    status, failure)
SELECT %(account)s, %(webhook)s, last_delivery, %(message)s::text, %(version)s::bigint, %(attempt)s, %(sent_at)s,
    %(milliseconds)s, %(status)s::integer, %(failure)s::text FROM noted
"""
_NOTE_TAKEN = _NOTE.format("delivered_version = %(version)s, failures = 0", MOST_KEPT)
_NOTE_FAILED = _NOTE.format(
    "failures = failures + 1, due_at = now() + %(delay)s * interval '1 second', is_enabled = is_enabled AND "
    "%(reason)s::text IS NULL, disabled_reason = CASE WHEN is_enabled THEN %(reason)s::text ELSE disabled_reason END",
    MOST_KEPT,
)
# A test that was asked for since stays to be sent.
_NOTE_TEST = _NOTE.format("test_id = CASE WHEN test_id <> %(message)s THEN test_id END", MOST_KEPT)


@dataclass(frozen=True, slots=True)
class Claim:
    """A webhook that a sender has for itself; `token` tells its claim from that of another sender.

    It lasts for so many `seconds` from when it was renewed last. `longest_delays` are the seconds after which a version
    is tried again at the latest: once it has failed, twice, ...
    """

    account: int
    webhook: int
    token: str
    seconds: float
    longest_delays: Sequence[float]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be sent, as it is at present.

    `reach` are the projects that the person reaches whose webhook it is, None where there is no limit; `has_person`
    says whether there still is that person. `is_due` says whether versions may be sent now, `is_open` whether the
    account takes calls.
    """

    url: str
    secret: str
    old_secret: str | None
    test_id: str | None
    is_due: bool
    delivered_version: int
    failures: int
    epoch: str
    data_version: int
    oldest_version: int
    is_open: bool
    has_person: bool
    projects: frozenset[int] | None
    object_types: frozenset[str] | None
    reach: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was sent, when and for how long, and what came of it: a status, and why it failed if it did."""

    message_id: str
    version: int | None
    attempt: int
    sent_at: datetime
    milliseconds: int
    status: int | None
    failure: str | None


async def claim(
    conn: Connection, token: str, seconds: float, longest_delays: Sequence[float], without: Collection[int]
) -> Claim | None:
    """Claims the webhook that has been due for longest, of no account in `without`; None where nothing is due."""
    parameters = {
        "claim": token, "seconds": seconds, "longest_delays": list(longest_delays), "without": list(without),
    }  # fmt: skip
    cursor = await conn.execute(_CLAIM, parameters)
    row = await cursor.fetchone()
    return Claim(row[0], row[1], token, seconds, longest_delays) if row else None


async def renew(conn: Connection, claim: Claim) -> Outlook | None:
    """Keeps the claim, and answers what is to be done at present; None where it is lost or the webhook is gone."""
    more = {"seconds": claim.seconds, "longest_delays": list(claim.longest_delays)}
    cursor = await conn.execute(_RENEW, {**_parameters_of(claim), **more})
    row = await cursor.fetchone()
    if row is None:
        return None
    *values, projects, object_types, reach = row
    return Outlook(*values, *(None if each is None else frozenset(each) for each in (projects, object_types, reach)))


async def release(conn: Connection, claim: Claim) -> None:
    """Gives the webhook back."""
    await conn.execute(_RELEASE, _parameters_of(claim))


async def skip_to(conn: Connection, claim: Claim, version: int) -> None:
    """Notes that up to that version there is nothing more to send."""
    await conn.execute(_SKIP, {**_parameters_of(claim), "version": version})


async def disable(conn: Connection, claim: Claim, reason: str) -> None:
    """Stops sending."""
    await conn.execute(_DISABLE, {**_parameters_of(claim), "reason": reason})


async def note_taken(conn: Connection, claim: Claim, attempt: Attempt) -> bool:
    """Notes that a version was taken: the next ones are due. False where the claim is no longer the sender's."""
    return await _note(conn, _NOTE_TAKEN, claim, attempt)


async def note_failed(conn: Connection, claim: Claim, attempt: Attempt, delay: float, reason: str | None) -> bool:
    """Notes that a version was not taken: it is due again in `delay` seconds; a reason disables the webhook."""
    return await _note(conn, _NOTE_FAILED, claim, attempt, delay=delay, reason=reason)


async def note_test(conn: Connection, claim: Claim, attempt: Attempt) -> bool:
    """Notes that a test was sent, which is not repeated however it ended."""
    return await _note(conn, _NOTE_TEST, claim, attempt)


async def _note(conn: Connection, statement: str, claim: Claim, attempt: Attempt, **more: Any) -> bool:
    parameters = {
        "message": attempt.message_id, "version": attempt.version, "attempt": attempt.attempt,
        "sent_at": attempt.sent_at, "milliseconds": attempt.milliseconds, "status": attempt.status,
        "failure": attempt.failure,
    }  # fmt: skip
    cursor = await conn.execute(statement, {**_parameters_of(claim), **parameters, **more})
    return cursor.rowcount == 1


def _parameters_of(claim: Claim) -> dict[str, Any]:
    return {"account": claim.account, "webhook": claim.webhook, "claim": claim.token}
