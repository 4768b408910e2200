"""The commit hook: pushes that GitHub and GitLab report, brought to one shape and recorded by one call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson

from scrumrpc.calls.authentication import Credentials, hash_of
from scrumrpc.calls.kinds import LATEST_MOMENT, LONGEST_LINK, LONGEST_NAME, LONGEST_TEXT, Kind
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Answer, Calls
from scrumrpc.errors import InvalidAuthenticationInfo, InvalidParameter, InvalidRequest
from scrumrpc.store.database import Database
from scrumrpc.store.hooks import hook_of

_ACCOUNT = re.compile(r"[1-9][0-9]{0,14}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOBODYS_SECRET = "0" * 64
"""Stands for the secret of an account that has none, so that a refusal takes as long as any."""


@dataclass(frozen=True, slots=True)
class PushedCommit:
    """One commit of a push; `date` is in milliseconds, `email` says who wrote it."""

    revision: str
    message: str
    date: int
    url: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Push:
    """A push, wherever it came from."""

    repository_name: str | None
    repository_url: str | None
    commits: tuple[PushedCommit, ...]


class WrongShape(Exception):
    """Something is not where it belongs; the message says what."""


class CommitHook:
    """Takes what reaches the hooks of all accounts."""

    def __init__(self, database: Database, calls: Calls, limits: Limits) -> None:
        self._database = database
        self._calls = calls
        self._limits = limits

    async def take(
        self, account: str, is_signed: Callable[[bytes], bool], read: Callable[[], dict[str, Any]], call_id: str
    ) -> Answer:
        """Records the push that `read` answers, if the request is signed with the secret of the account.

        A refusal tells nobody whether there is such an account or whether it has a hook. What `read` answers is in the
        shape that `push_from` reads.
        """
        number = int(account) if _ACCOUNT.fullmatch(account) else 0
        with self._limits.queued():
            hook = await self._database.read(lambda conn: hook_of(conn, number))
            secret, email = hook or (_NOBODYS_SECRET, "")
            if not is_signed(secret.encode()) or hook is None:
                raise InvalidAuthenticationInfo(
                    "The request is not signed with the secret of the account's commit hook."
                )
            with self._limits.of_key(hash_of(f"commit hook of account {number}"), "commit hook"):
                try:
                    push = orjson.dumps(read()).decode()
                except WrongShape as wrong:
                    raise InvalidRequest(f"The request is no push: {wrong}.") from None
                return await self._calls.call("recordPush", {"push": push}, Credentials(number, None, email), call_id)


NO_PUSH: dict[str, Any] = {"repositoryName": None, "repositoryURL": None, "commits": []}
"""What other events are recorded as: nothing, but by whoever may."""


# From the services ----------------------------------------------------------------------------------------------------


def github_push(payload: Any) -> dict[str, Any]:
    """What GitHub sends with the event push, in the shape that `push_from` reads."""
    repository = _object(_object(payload, "the payload").get("repository"), "repository")
    name = repository.get("full_name") or repository.get("name")
    return _checked(name, repository.get("html_url"), payload.get("commits"))


def gitlab_push(payload: Any) -> dict[str, Any]:
    """What GitLab sends with the event Push Hook, in the shape that `push_from` reads."""
    project = _object(_object(payload, "the payload").get("project"), "project")
    name = project.get("path_with_namespace") or project.get("name")
    return _checked(name, project.get("web_url"), payload.get("commits"))


def _checked(name: Any, url: Any, commits: Any) -> dict[str, Any]:
    given = [_commit(each, f"commits[{index}]") for index, each in enumerate(_list(commits, "commits"))]
    push = {"repositoryName": _tidy(name, LONGEST_NAME), "repositoryURL": _link(url), "commits": given}
    push_from(push)
    return push


def _commit(commit: Any, where: str) -> dict[str, Any]:
    given = _object(commit, where)
    author = _object(given.get("author") or given.get("committer") or {}, f"{where}.author")
    return {
        "revision": _tidy(given.get("id"), LONGEST_NAME),
        "message": _tidy(given.get("message"), LONGEST_TEXT),
        "date": _moment(given.get("timestamp"), f"{where}.timestamp"),
        "url": _link(given.get("url")),
        "email": _tidy(author.get("email"), LONGEST_NAME),
    }


def _tidy(text: Any, longest: int) -> Any:
    """Text as the server keeps it: without NUL, which cannot be stored, with LF between lines, and not too long."""
    return text.replace("\0", "\ufffd").replace("\r\n", "\n")[:longest] if isinstance(text, str) else text


def _link(url: Any) -> Any:
    """A link; one that is too long leads nowhere once it is cut, so it is left out."""
    tidy = _tidy(url, LONGEST_LINK + 1)
    return None if isinstance(tidy, str) and len(tidy) > LONGEST_LINK else tidy


def _moment(timestamp: Any, where: str) -> int:
    """The milliseconds of a time as ISO 8601 writes it; one that the server cannot keep becomes the nearest it can."""
    try:
        moment = datetime.fromisoformat(timestamp)
    except (TypeError, ValueError):
        raise WrongShape(f"{where} must be a time such as 2026-01-31T12:00:00+01:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - _EPOCH) // timedelta(milliseconds=1), 0), LATEST_MOMENT)


# The one shape --------------------------------------------------------------------------------------------------------


def push_from(value: Any) -> Push:
    """The push that a JSON object is about; WrongShape where it is none."""
    push = _object(value, "the push")
    commits = enumerate(_list(push.get("commits"), "commits"))
    return Push(
        _text(push.get("repositoryName"), LONGEST_NAME, "repositoryName") or None,
        _text(push.get("repositoryURL"), LONGEST_LINK, "repositoryURL") or None,
        tuple(_commit_from(_object(each, f"commits[{index}]"), f"commits[{index}]") for index, each in commits),
    )


def _commit_from(commit: Mapping[str, Any], where: str) -> PushedCommit:
    revision, message, date = commit.get("revision"), commit.get("message"), commit.get("date")
    if not revision or message is None:
        raise WrongShape(f"{where} must have an id and a message")
    if not isinstance(date, int) or isinstance(date, bool) or not 0 <= date <= LATEST_MOMENT:
        raise WrongShape(f"{where} must have a date in milliseconds")
    return PushedCommit(
        _text(revision, LONGEST_NAME, f"the id of {where}"),
        _text(message, LONGEST_TEXT, f"the message of {where}"),
        date,
        _text(commit.get("url"), LONGEST_LINK, f"the url of {where}") or None,
        _text(commit.get("email"), LONGEST_NAME, f"the e-mail address in {where}") or None,
    )


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise WrongShape(f"{where} must be an object")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise WrongShape(f"{where} must be an array")
    return value


def _text(value: Any, longest: int, where: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise WrongShape(f"{where} must be text of at most {longest} characters")
    return value


def _parse_push(parameter: str, text: str) -> Push:
    try:
        return push_from(orjson.loads(text))
    except (orjson.JSONDecodeError, WrongShape) as wrong:
        raise InvalidParameter(f"The parameter {parameter} is no push: {wrong}.") from None


PushText = Annotated[Push, Kind("push", "string", _parse_push, "A push, as JSON.", "{}", {"type": "string"})]
