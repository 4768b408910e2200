"""Facts that the pages tell but cannot read, because they live beside or above this layer; tests compare them."""

from __future__ import annotations

from dataclasses import dataclass

SERVICE = "/service/api/v1"
"""Where methods are called."""
PAGES = "/docs"
"""Below which the pages are."""
FILES = "/service/files"
"""Below which files are fetched."""
HOOKS = "/service/hooks"
"""Below which pushes are reported."""
EVENTS = "/service/events"
"""Where the stream of events is."""
PUBLIC_URL = "SCRUMRPC_PUBLIC_URL"
"""The setting that says what the URLs of files begin with."""
HISTORY_DAYS = "SCRUMRPC_HISTORY_DAYS"
"""The setting that says how many days of history are kept."""
MOST_MENTIONS = 5_000
"""References in the messages of one push that count."""
PRIVATE_TARGETS = "SCRUMRPC_WEBHOOK_PRIVATE_TARGETS"
"""The setting that lets webhooks lead to private addresses."""
MOST_WEBHOOKS = 50
"""Webhooks of an account."""
MOST_CHANGES_SENT, LARGEST_MESSAGE = 1_000, 1_000_000
"""Changes of a version, and bytes of a message, beyond which a webhook is sent none."""
PATIENCE = 15
"""Seconds in which a receiver must answer."""
ATTEMPTS = 17
"""How often a version is sent that is never taken."""
MOST_DELIVERIES = 100
"""Attempts that are kept of a webhook."""
OLD_SECRET_HOURS = 24
"""So long two secrets sign."""
SIGNING = r"""KEY_BYTES=$(printf '%s' "${SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
printf '%s.%s.%s' "$ID" "$TIMESTAMP" "$(cat body.json)" |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY_BYTES" -binary | openssl base64 -A"""
"""Prints what comes behind v1, in the signature of a message."""
COMPRESSED_FROM = 1_500
"""Bytes from which on an answer is compressed for a client that accepts it."""
PORT = 8080
"""Where `scrumrpc serve` listens by default."""
MOST_PARAMETERS = 200
"""Parameters that a query string, or a body, may hold."""


BUSY_AFTER = 0.1
"""Seconds that calls wait before they begin, beyond which some are refused."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit on calls, with the setting that moves it; `error` is what a call beyond it answers."""

    setting: str
    default: int
    doc: str
    error: str


LIMITS: tuple[Limit, ...] = (
    Limit("SCRUMRPC_QUEUE", 1_000, "Calls under way at once, of all API keys together.", "APIBusy"),
    Limit("SCRUMRPC_ONGOING_PER_KEY", 500, "Calls under way at once of one API key.", "TooManyOngoingRequests"),
    Limit("SCRUMRPC_ONGOING_PER_ACCOUNT", 0, "The same of all API keys of an account.", "TooManyOngoingRequests"),
    Limit("SCRUMRPC_CALLS_PER_MINUTE_PER_KEY", 0, "Calls of one API key within any minute.", "APILimitReached"),
    Limit("SCRUMRPC_CALLS_PER_MINUTE_PER_ACCOUNT", 0, "The same of all API keys of an account.", "APILimitReached"),
    Limit(
        "SCRUMRPC_FAILED_LOGINS_PER_MINUTE",
        60,
        "Calls with a wrong key or e-mail address, from one client address, within any minute.",
        "APILimitReached",
    ),
    Limit("SCRUMRPC_WAITING", 5_000, "Calls that wait, and streams of events, of all API keys together.", "APIBusy"),
    Limit("SCRUMRPC_WAITING_PER_KEY", 2_500, "Those of one API key.", "TooManyOngoingRequests"),
    Limit("SCRUMRPC_LARGEST_BODY", 8 * 1024 * 1024, "Bytes in the body of a request.", "InvalidRequest"),
    Limit("SCRUMRPC_LARGEST_FILE", 10 * 1024 * 1024, "Bytes in a file; its request may be larger.", "InvalidParameter"),
)
