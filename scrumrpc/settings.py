"""Settings: what the environment says, read once into one frozen dataclass."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from starlette.config import Config

MOST_DAYS = 100_000
"""Days of history that can be asked for, if not everything."""


class SettingsError(Exception):
    """A setting that cannot be; the message is for the operator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Limits of keys and accounts count over all workers, others in each; 0 means no limit."""

    database_url: str  # empty: the embedded PostgreSQL
    database_connections: int  # of each worker
    database_prepare: bool  # off for connection poolers that cannot keep prepared statements
    database_wait: float  # seconds that a call waits for a connection that others use
    longest_lock: float  # seconds that a call waits for what others have locked
    longest_statement: float  # seconds that a statement takes, but for those that load an account
    queue: int  # calls in a worker at once; more get APIBusy
    busy_after: float  # seconds that calls wait to begin, beyond which some get APIBusy
    ongoing_per_key: int  # calls of one API key at once; more get TooManyOngoingRequests
    ongoing_per_account: int  # the same of all keys of an account
    calls_per_minute_per_key: int  # more get APILimitReached
    calls_per_minute_per_account: int
    waiting: int  # calls and streams in a worker that wait for new versions; more get APIBusy
    waiting_per_key: int  # those of one API key; more get TooManyOngoingRequests
    failed_logins_per_minute: int  # with wrong credentials from one address; more get APILimitReached
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]  # whose X-Forwarded-For says where a client is
    heartbeat: float  # seconds after which a stream of events that has nothing to tell gives a sign of life
    connections: int  # of clients in a worker at once; more get APIBusy
    client_timeout: float  # seconds that a client gets to send a request, and to take the next part of an answer
    https_only: int  # seconds for which browsers are told to come with https only, where the server itself speaks it
    largest_body: int  # bytes of a request's body
    largest_file: int  # bytes of a file that is attached or added to a project
    public_url: str  # where clients reach this server, for the URLs of files; empty: where it listens
    webhooks: bool  # whether versions are sent to webhooks; off where a copy of the database is looked at
    webhook_private_targets: bool  # whether webhooks may lead to private addresses, and be http
    image_memory: int  # bytes of images that a worker keeps
    history_days: float  # how many days of history are kept; 0: everything
    log_calls: bool
    admin_email: str  # of the first administrator, made at the first start

    @classmethod
    def from_environment(cls) -> Settings:
        """The settings in force: DATABASE_URL and SCRUMRPC_*, each with its default."""
        try:
            return cls._read(Config())
        except ValueError as error:
            name = str(error).partition("'")[2].partition("'")[0]  # the value may be a secret: only the name is told
            raise SettingsError(f"The environment variable {name} has a value that it cannot have.") from None

    @classmethod
    def _read(cls, config: Config) -> Settings:
        return cls(
            database_url=config("DATABASE_URL", default="") or config("DATABASE_URL_FILE", cast=_content, default=""),
            database_connections=config("SCRUMRPC_DATABASE_CONNECTIONS", cast=_at_least_one, default=8),
            database_prepare=config("SCRUMRPC_DATABASE_PREPARE", cast=bool, default=True),
            database_wait=config("SCRUMRPC_DATABASE_WAIT", cast=float, default=10.0),
            longest_lock=config("SCRUMRPC_LONGEST_LOCK", cast=_patience, default=10.0),
            longest_statement=config("SCRUMRPC_LONGEST_STATEMENT", cast=_patience, default=60.0),
            queue=config("SCRUMRPC_QUEUE", cast=int, default=1000),
            busy_after=config("SCRUMRPC_BUSY_AFTER", cast=_patience, default=0.1),
            ongoing_per_key=config("SCRUMRPC_ONGOING_PER_KEY", cast=int, default=500),
            ongoing_per_account=config("SCRUMRPC_ONGOING_PER_ACCOUNT", cast=int, default=0),
            calls_per_minute_per_key=config("SCRUMRPC_CALLS_PER_MINUTE_PER_KEY", cast=int, default=0),
            calls_per_minute_per_account=config("SCRUMRPC_CALLS_PER_MINUTE_PER_ACCOUNT", cast=int, default=0),
            waiting=config("SCRUMRPC_WAITING", cast=int, default=5000),
            waiting_per_key=config("SCRUMRPC_WAITING_PER_KEY", cast=int, default=2500),
            failed_logins_per_minute=config("SCRUMRPC_FAILED_LOGINS_PER_MINUTE", cast=_at_least_zero, default=60),
            trusted_proxies=config("SCRUMRPC_TRUSTED_PROXIES", cast=_networks, default="127.0.0.1, ::1"),
            heartbeat=config("SCRUMRPC_HEARTBEAT", cast=_some_seconds, default=15.0),
            connections=config("SCRUMRPC_CONNECTIONS", cast=_at_least_one, default=10_000),
            client_timeout=config("SCRUMRPC_CLIENT_TIMEOUT", cast=_some_seconds, default=60.0),
            https_only=config("SCRUMRPC_HTTPS_ONLY", cast=_at_least_zero, default=31_536_000),
            largest_body=config("SCRUMRPC_LARGEST_BODY", cast=int, default=8 * 1024 * 1024),
            largest_file=config("SCRUMRPC_LARGEST_FILE", cast=_at_least_one, default=10 * 1024 * 1024),
            public_url=config("SCRUMRPC_PUBLIC_URL", cast=_origin, default=""),
            webhooks=config("SCRUMRPC_WEBHOOKS", cast=bool, default=True),
            webhook_private_targets=config("SCRUMRPC_WEBHOOK_PRIVATE_TARGETS", cast=bool, default=False),
            image_memory=config("SCRUMRPC_IMAGE_MEMORY", cast=int, default=512 * 1024 * 1024),
            history_days=config("SCRUMRPC_HISTORY_DAYS", cast=_days, default=0.0),
            log_calls=config("SCRUMRPC_LOG_CALLS", cast=bool, default=True),
            admin_email=config("SCRUMRPC_ADMIN_EMAIL", default="admin@example.com"),
        )


def _content(path: str) -> str:
    """What a file says: container engines and service managers hand over secrets so, which environments give away."""
    if not path:
        return ""
    try:
        content = Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The file {path} that DATABASE_URL_FILE names cannot be read: {_why(error)}.") from None
    if not content:
        raise SettingsError(f"The file {path} that DATABASE_URL_FILE names is empty.")
    return content


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or "it is not there") if isinstance(error, OSError) else "it is no text"


def _at_least_one(text: str | int) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _at_least_zero(text: str | int) -> int:
    number = int(text)
    if number < 0:
        raise ValueError
    return number


def _some_seconds(text: str | float) -> float:
    seconds = float(text)
    if not 0.1 <= seconds <= 3600:
        raise ValueError
    return seconds


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and networks such as 192.0.2.7 or 10.0.0.0/8, with commas or blanks between them."""
    return tuple(ip_network(each) for each in text.replace(",", " ").split())


def _patience(text: str | float) -> float:
    """Some seconds, or 0 for no end."""
    seconds = float(text)
    if not 0 <= seconds <= 3600:
        raise ValueError
    return seconds


def _days(text: str | float) -> float:
    number = float(text)
    if not 0 <= number <= MOST_DAYS:
        raise ValueError
    return number


def _origin(text: str) -> str:
    """Scheme, host and port of a URL, and the path below which a proxy has the service."""
    parts = urlsplit(text)
    whole = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
    if text and (not whole or parts.port == 0):  # looking at the port makes one that is no number an error as well
        raise ValueError
    return text.rstrip("/")
