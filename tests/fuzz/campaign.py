"""A campaign: requests without end against a running server, each answer checked, and the accounts in the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from scrumrpc.calls.registry import METHODS
from tests.fuzz import doors
from tests.fuzz.answers import Wrong, check, version_of
from tests.fuzz.calls import own
from tests.fuzz.connection import PATIENCE, Answer, Connection
from tests.fuzz.expecting import RESULT, Sent
from tests.fuzz.ground import Company, Ground, traces
from tests.fuzz.writing import LARGEST_BODY, sent_calls
from tests.world import World

ENVIRONMENT = {
    "SCRUMRPC_LARGEST_BODY": str(LARGEST_BODY),
    "SCRUMRPC_LARGEST_FILE": str(LARGEST_BODY),
    "SCRUMRPC_FAILED_LOGINS_PER_MINUTE": "0",
}
"""Of the server: wrong credentials are no reason to refuse right ones, and too much is soon sent."""
PUBLIC = tuple(method.name for method in METHODS.values() if method.public and method.name != "streamEvents")
_CHUNK = 250
"""Examples that share the ground that they are drawn on."""
_OF_A_COMPANY = 12
"""Chunks until new accounts are made, so that they stay small; of each four, one has requests that must all fail."""
_MOST_FAILURES = 10


@dataclass(slots=True)
class Tally:
    """What was sent, what was answered, and what was wrong."""

    requests: int = 0
    companies: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    sorts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def add(self, other: Tally) -> None:
        """Counts what another one has counted."""
        self.requests += other.requests
        self.companies += other.companies
        self.slowest = max(self.slowest, other.slowest)
        self.failures += other.failures
        for mine, others in ((self.outcomes, other.outcomes), (self.sorts, other.sorts)):
            mine.update(others)
        self.pairs.update(other.pairs)


class Client:
    """Sends requests one after the other, or several at once, and knows at which version the account must be."""

    def __init__(self, address: str, company: Company, tally: Tally) -> None:
        self._connection = Connection(address)
        self._company = company
        self._tally = tally
        self._version = company.world.version
        self._hangs: Exception | None = None
        self.failed: Wrong | None = None
        """The last exchange that failed, with what was sent."""

    def exchange(self, conversation: Sequence[Sent]) -> None:
        """Sends requests and checks the answers; what is wrong is noted with the bytes that led to it."""
        if self._hangs:
            raise self._hangs  # to send it again and again, so as to make it smaller, would take too long
        began = time.monotonic()
        try:
            self._send(conversation)
            for sent in conversation:
                self._take(sent)
            self._connection.check_nothing_is_left()
        except Exception as wrong:
            if time.monotonic() > began + PATIENCE:
                self._hangs = wrong
            self._connection.close()
            self._version = self._company.world.version
            what = b"".join(each.data for each in conversation)
            self.failed = Wrong(f"{wrong}\n  sent: {what[:2_000]!r}")
            raise self.failed from wrong
        self._tally.slowest = max(self._tally.slowest, time.monotonic() - began)

    def _send(self, conversation: Sequence[Sent]) -> None:
        if len(conversation) == 1:
            self._connection.send(conversation[0].pieces)
        else:
            self._connection.send((b"".join(each.data for each in conversation),))
        if conversation[-1].cut:
            self._connection.end_sending()

    def _take(self, sent: Sent) -> None:
        answer = self._connection.answer(sent.verb, is_stream=sent.sort == "stream")
        outcome = check(sent, answer, self._version)
        self._version = max(self._version, version_of(answer) or 0)
        self._tally.requests += 1
        self._tally.outcomes[outcome] += 1
        self._tally.sorts[sent.sort] += 1
        if sent.method:
            self._tally.pairs[sent.method, outcome] += 1
        if outcome == RESULT and sent.request_id:
            self._company.request_ids.append(sent.request_id)
        if answer is None or _ends(sent, answer):
            if answer is not None:
                self._connection.check_it_ends()
            self._connection.close()

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()


def _ends(sent: Sent, answer: Answer) -> bool:
    return sent.last or answer.headers.get("connection", "").lower() == "close"


def conversation(random: Random, ground: Ground) -> list[Sent]:
    """Mostly a single call; now and then several at once, something at another door, or no HTTP."""
    kind = random.choice(_KINDS)
    if kind is not None:
        return [kind(random, ground)]
    several = [sent_calls(random, ground) for _ in range(random.randint(2, 4))]
    ends = next((place for place, each in enumerate(several) if each.last), len(several) - 1)
    behind = [doors.garbage(random, ground)] if not several[ends].last and random.randrange(2) else []
    return [*several[: ends + 1], *behind]


_KINDS = (
    *(sent_calls,) * 32, None, None, None, doors.paths, doors.downloads, doors.streams, doors.pushes, doors.garbage,
    doors.cut_off, doors.too_large,
)  # fmt: skip


def share(address: str, url: str, number: int, requests: int, seed: int, seconds: float) -> Tally:
    """The share of one process."""
    world = World(url, size=2)
    try:
        return run(address, world, number, requests, seed, seconds)
    finally:
        world.close()


def run(address: str, world: World, number: int, requests: int, seed_of_all: int, seconds: float = 1e9) -> Tally:
    """Sends so many requests for accounts from `number` on, or for so long, and checks what these came to."""
    tally = Tally()
    ends = time.monotonic() + seconds
    while tally.requests < requests and time.monotonic() < ends and len(tally.failures) < _MOST_FAILURES:
        company = Company.founded(world, number + 2 * tally.companies)
        tally.companies += 1
        client = Client(address, company, tally)
        for chunk in range(_OF_A_COMPANY):
            if tally.requests >= requests or time.monotonic() > ends or len(tally.failures) >= _MOST_FAILURES:
                break
            examples = max(10, min(_CHUNK, requests - tally.requests))
            kind = _CHUNKS[chunk % len(_CHUNKS)]
            kind(client, company, tally, examples, seed_of_all + 1_000 * tally.companies + chunk)
        client.close()
        try:
            company.check()
        except AssertionError as wrong:
            tally.failures.append(f"In the end of account {company.first}: {wrong}")
    return tally


def _anything(client: Client, company: Company, tally: Tally, examples: int, number: int) -> None:
    """Conversations of which each is as likely as any other."""
    ground = company.ground(_wanted(tally.pairs))
    for place in range(examples):
        try:
            client.exchange(conversation(Random(f"{number} {place}"), ground))
        except Exception as wrong:  # whatever it is: it is told, and the campaign goes on
            tally.failures.append(f"{wrong}")
            if len(tally.failures) >= _MOST_FAILURES:
                return


def _edges(client: Client, company: Company, tally: Tally, examples: int, number: int) -> None:
    """Conversations as Hypothesis makes them: rather from the ends of what there is; one that fails is made smaller."""
    ground = company.ground(_wanted(tally.pairs))
    _search(client, tally, examples, number, lambda random: conversation(random, ground))


def _failing(client: Client, company: Company, tally: Tally, examples: int, number: int) -> None:
    """Calls that all must fail; they leave nothing behind in any table."""
    ground = company.ground(_wanted(tally.pairs))
    before = traces(company.world, company.first)
    _search(client, tally, examples, number, lambda random: [sent_calls(random, ground, hopeless=True)])
    after = traces(company.world, company.first)
    if changed := [table for table, digest in after.items() if digest != before[table]]:
        tally.failures.append(f"Calls that failed left something in: {', '.join(changed)}")


_CHUNKS = (_anything, _failing, _anything, _edges)


def _search(client: Client, tally: Tally, examples: int, number: int, make: Callable[[Random], Sequence[Sent]]) -> None:
    """Exchanges what Hypothesis finds; the smallest that fails is noted."""

    @seed(number)
    @settings(
        max_examples=examples, database=None, deadline=None, phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False, print_blob=False,
    )  # fmt: skip
    @given(st.randoms(use_true_random=False))
    def each(random: Random) -> None:
        client.exchange(make(random))

    client.failed = None
    try:
        each()
    except Exception as wrong:  # as above
        tally.failures.append(str(client.failed or wrong))


def _wanted(pairs: Counter[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """By method, what it is documented to answer and has not answered yet."""
    return {name: tuple(each for each in documented(name) if (name, each) not in pairs) for name in PUBLIC}


def documented(name: str) -> list[str]:
    """What a method answers because of what it takes and requires, by the documentation; and RESULT."""
    return [RESULT, *own(name)]


def summary(tally: Tally, seconds: float) -> Iterable[str]:
    """What a campaign came to, line by line."""
    speed = tally.requests / max(seconds, 0.001)
    yield f"{tally.requests:,} requests in {seconds:,.0f} s ({speed:,.0f}/s), {2 * tally.companies} accounts"
    yield f"slowest conversation: {tally.slowest:.2f} s (30 s count as a hang)"
    yield "sorts of requests: " + ", ".join(f"{name} {count:,}" for name, count in tally.sorts.most_common())
    yield "answers:"
    yield from (f"  {count:>9,}  {name}" for name, count in tally.outcomes.most_common())
    pairs = [(name, outcome) for name in PUBLIC for outcome in documented(name)]
    reached = [pair for pair in pairs if pair in tally.pairs]
    succeeded = [name for name in PUBLIC if (name, RESULT) in tally.pairs]
    called = {name for name, _ in tally.pairs}
    yield f"methods called: {len(called)} of {len(PUBLIC)}; with a Result: {len(succeeded)}"
    yield f"documented pairs of method and answer: {len(reached)} of {len(pairs)}"
    if never := sorted(set(PUBLIC) - set(succeeded)):
        yield f"never succeeded: {', '.join(never)}"
    yield f"failures: {len(tally.failures)}"
    yield from (f"- {failure}" for failure in tally.failures)
