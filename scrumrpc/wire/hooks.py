"""The endpoint of the commit hook: GitHub and GitLab report pushes there, signed with the account's secret."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from scrumrpc.calls.hooks import NO_PUSH, CommitHook, WrongShape, github_push, gitlab_push
from scrumrpc.calls.pipeline import Answer
from scrumrpc.errors import ApiError, InvalidRequest, InvalidURL
from scrumrpc.wire import metrics
from scrumrpc.wire.endpoint import (
    error_of,
    headers_of,
    log_call,
    new_call_id,
    read_body,
    result_of,
    send_json,
    unexpected,
)
from scrumrpc.wire.form import FORM, merge

_METHOD = "recordPush"


@dataclass(frozen=True, slots=True)
class Service:
    """How a service reports pushes.

    `is_signed` tells from the headers, the body and the secret whether the request is genuine. `pushes` is what the
    header `event_header` says of a push; `silent` are events that need no word in the answer.
    """

    is_signed: Callable[[Headers, bytes, bytes], bool]
    event_header: str
    pushes: str
    silent: tuple[str, ...]
    push: Callable[[Any], dict[str, Any]]


def _signed_by_github(headers: Headers, body: bytes, secret: bytes) -> bool:
    expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(headers.get("x-hub-signature-256", "").encode(), expected.encode())


def _signed_by_gitlab(headers: Headers, _body: bytes, secret: bytes) -> bool:
    return hmac.compare_digest(headers.get("x-gitlab-token", "").encode(), secret)


SERVICES = {
    "github": Service(_signed_by_github, "X-GitHub-Event", "push", ("ping",), github_push),
    "gitlab": Service(_signed_by_gitlab, "X-Gitlab-Event", "Push Hook", (), gitlab_push),
}
"""By the word for them in the URL."""


class HookEndpoint:
    """An ASGI application for `/service/hooks/<service>/<account>`; it answers as the API does."""

    def __init__(self, hook: CommitHook, *, largest_body: int, log_calls: bool) -> None:
        self._hook = hook
        self._largest_body = largest_body
        self._log_calls = log_calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        call_id = new_call_id()
        answer: Answer | None = None
        error: ApiError | None = None
        try:
            answer = await self._answer(scope, receive, call_id)
        except ApiError as failure:
            error = failure
        except Exception:
            error = unexpected(call_id, _METHOD)
        parts = result_of(answer) if answer else error_of(error)
        status = 200 if error is None else error.status
        seconds = time.perf_counter() - started
        await send_json(send, status, headers_of(call_id, answer, error), parts, with_body=scope["method"] != "HEAD")
        metrics.count_call(_METHOD, "ok" if error is None else error.error_id, seconds)
        if self._log_calls:
            log_call(call_id, _METHOD, status, seconds, answer, error)

    async def _answer(self, scope: Scope, receive: Receive, call_id: str) -> Answer:
        service = SERVICES.get(scope["path_params"]["service"])
        if service is None:
            raise InvalidURL(f"Commit hooks are at /service/hooks/<service>/<account>, for {' and '.join(SERVICES)}.")
        if scope["method"] != "POST":
            raise InvalidRequest(f"The commit hook takes POST requests, not {scope['method'][:20]}.")
        headers = Headers(scope=scope)
        body = await read_body(headers, receive, self._largest_body)
        event = headers.get(service.event_header)

        def read() -> dict[str, Any]:
            if event is None:
                raise WrongShape(f"the header {service.event_header} is missing")
            return service.push(payload_of(body, headers)) if event == service.pushes else NO_PUSH

        account = scope["path_params"]["account"]
        answer = await self._hook.take(account, lambda secret: service.is_signed(headers, body, secret), read, call_id)
        if event == service.pushes or event in service.silent:
            return answer
        return replace(answer, result={**answer.result, "ignoredEvent": event})


def payload_of(body: bytes, headers: Headers) -> Any:
    """What a service tells: JSON, which may be in the field `payload` of a form."""
    content_type = headers.get("content-type", "")
    try:
        if content_type.partition(";")[0].strip().lower() == FORM:
            return orjson.loads(merge(b"", body, content_type).get("payload", ""))
        return orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise WrongShape(f"its body is not JSON ({wrong})") from None
