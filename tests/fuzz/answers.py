"""What must be true of every answer: its form, its error, and that it says nothing of how the server is made."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_plus

import orjson

from scrumrpc.errors import CATALOGUE
from tests.fuzz.connection import Answer
from tests.fuzz.expecting import RESULT, Sent
from tests.fuzz.values import MARK

ERRORS = {error.__name__: error for error in CATALOGUE}
LONGEST_MESSAGE = 6_000
_INSIDES = re.compile(
    r"Traceback|\.py\b|line [0-9]+, in |psycopg|asyncio|uvicorn|starlette|orjson|sqlalchemy|\bNoneType\b|object at 0x|"
    r"\b(Key|Value|Type|Attribute|Index|Runtime|Assertion|Unicode\w*|Overflow|Recursion|Memory|OS|Connection)Error\b|"
    r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CONTEXT:|DETAIL:|relation \"|violates)|"
    r"/(root|home|usr|tmp|var|etc|opt|proc)/|\baccount_id\b|\bscrumrpc[./](store|calls|wire|model)",
)
"""What only those who made the server know: of its code, its libraries, its database and its files."""
_CALL_ID = re.compile(r"[0-9a-f]{16}")


class Wrong(AssertionError):
    """An answer that must not be."""


def check(sent: Sent, answer: Answer | None, version: int) -> str:
    """What was answered: RESULT, the id of an error, or words for what is neither; Wrong where it must not be.

    `version` is that of the account before the request.
    """
    if answer is None:
        if sent.last and sent.cut:
            return "nothing"
        raise Wrong("The server hung up without an answer.")
    if answer.status >= 500:
        raise Wrong(f"Status {answer.status}: {answer.body[:300]!r}")
    if MARK.encode() in answer.text:
        raise Wrong("The answer shows what another account holds.")
    if answer.headers.get("x-content-type-options") != "nosniff":
        raise Wrong("The answer has no X-Content-Type-Options.")
    outcome = _outcome(sent, answer)
    _check_version(sent, answer, outcome, version)
    if outcome not in sent.allowed and not (outcome == "unchanged" and RESULT in sent.allowed):
        raise Wrong(f"{outcome} was answered; it may be: {', '.join(sorted(sent.allowed))}. {answer.body[:300]!r}")
    return outcome


def version_of(answer: Answer | None) -> int | None:
    """The version that the answer is about."""
    told = answer.headers.get("data-version") if answer else None
    return None if told is None else int(told)


def _outcome(sent: Sent, answer: Answer) -> str:
    if answer.status == 304:
        return "unchanged"
    if sent.verb == "HEAD":
        return RESULT if answer.status < 400 else _error_of_status(answer.status, sent.allowed)
    if sent.sort != "api" and answer.status < 400:
        return RESULT
    if sent.sort == "page" and answer.status == 404 and answer.headers.get("content-type", "").startswith("text/html"):
        return "InvalidURL"  # what browsers are shown below /docs
    if answer.headers.get("content-type") != "application/json":
        raise Wrong(f"The answer is {answer.headers.get('content-type')}: {answer.body[:300]!r}")
    try:
        said = orjson.loads(answer.text)
    except orjson.JSONDecodeError:
        raise Wrong(f"The answer is no JSON: {answer.body[:300]!r}") from None
    if not isinstance(said, dict):
        raise Wrong(f"The answer is no object: {answer.body[:300]!r}")
    if said.get("objectType") == RESULT:
        if list(said)[:3] != ["objectType", "dataVersion", "result"] or answer.status != 200:
            raise Wrong(f"No Result object: {answer.status} {answer.text[:300]!r}")
        return RESULT
    return _error_in(sent, answer, said)


def _error_in(sent: Sent, answer: Answer, said: dict[str, Any]) -> str:
    if list(said) != ["objectType", "errorID", "errorMessage"] or said["objectType"] != "Error":
        raise Wrong(f"Neither a Result nor an Error object: {answer.body[:300]!r}")
    error = ERRORS.get(said["errorID"])
    if error is None or answer.status != error.status:
        raise Wrong(f"Status {answer.status} for {said['errorID']}")
    if (answer.status == 401) != ("www-authenticate" in answer.headers):
        raise Wrong(f"Status {answer.status}, and WWW-Authenticate is {answer.headers.get('www-authenticate')}")
    if (error.default_retry_after is not None) != ("retry-after" in answer.headers):
        raise Wrong(f"{said['errorID']} with Retry-After {answer.headers.get('retry-after')}")
    if sent.sort != "garbage" and not _CALL_ID.fullmatch(answer.headers.get("call-id", "")):
        raise Wrong("The error has no Call-ID.")
    check_words(said["errorMessage"], sent)
    return str(said["errorID"])


def check_words(message: Any, sent: Sent) -> None:
    """An error message is text for people, of bounded length, without the insides of the server."""
    if not isinstance(message, str) or not message.strip() or len(message) > LONGEST_MESSAGE:
        raise Wrong(f"No message for people: {str(message)[:300]}")
    for found in _INSIDES.finditer(message):
        if found[0] not in sent.words + unquote_plus(sent.data.decode("latin-1")):
            raise Wrong(f"The message tells of the insides of the server ({found[0]}): {message[:600]}")


def _error_of_status(status: int, expected: frozenset[str]) -> str:
    """The error of an answer without a body: one that may come and has the status."""
    fitting = sorted(name for name in expected if name in ERRORS and ERRORS[name].status == status)
    return fitting[0] if fitting else f"status {status}"


def _check_version(sent: Sent, answer: Answer, outcome: str, before: int) -> None:
    """A failed call and one that reads leave the version as it was; one that changes data raises it by one."""
    told = version_of(answer)
    if told is None:
        if outcome == RESULT and sent.sort == "api":
            raise Wrong("The answer has no Data-Version.")
        return
    if outcome == RESULT and sent.past:
        fits = 0 <= told <= before + sent.raises
    else:
        fits = before <= told <= before + (sent.raises if outcome == RESULT else 0)
    if not fits:
        raise Wrong(f"{outcome} at version {told}, after version {before}.")
    if sent.sort == "api" and sent.verb != "HEAD" and outcome == RESULT:
        said = orjson.loads(answer.text)["dataVersion"]
        if said != told:
            raise Wrong(f"The body says version {said}, the header {told}.")
