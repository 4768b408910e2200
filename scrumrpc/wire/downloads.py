"""Downloads: the files that attachments and File objects hold, at the URLs which these have."""

from __future__ import annotations

import re
import time
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from scrumrpc.calls.pipeline import Answer, Calls
from scrumrpc.calls.view import File
from scrumrpc.errors import ApiError, InvalidURL
from scrumrpc.wire import metrics
from scrumrpc.wire.credentials import Caller, Callers
from scrumrpc.wire.endpoint import error_of, headers_of, log_call, new_call_id, send_json, unexpected
from scrumrpc.wire.form import merge
from scrumrpc.wire.guards import NEVER_GUESS
from scrumrpc.wire.sending import send_parts

_READERS = {
    "attachments": ("getAttachmentFileContents", "attachmentID"),
    "files": ("getFileContents", "fileID"),
}
"""The method that reads what is at a place, and its parameter for the id."""

# Whatever a file holds, it is saved and not shown: nothing in it runs in the name of this server.
_COMMON = (
    NEVER_GUESS,
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"private, no-cache"),
)


class Downloads:
    """An ASGI application for `/service/files/<place>/<id>/<file name>`, to GET and HEAD with the credentials of calls.

    The id decides what is answered; the file name stands there for people and for programs that save by the URL, so
    that a URL stays good when the file gets another name.
    """

    def __init__(self, calls: Calls, callers: Callers, *, log_calls: bool) -> None:
        self._calls = calls
        self._callers = callers
        self._log_calls = log_calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        call_id = new_call_id()
        headers = Headers(scope=scope)
        name = "download"
        caller: Caller | None = None
        answer: Answer | None = None
        error: ApiError | None = None
        try:
            name, parameter = _reader(scope["path_params"]["place"])
            caller = self._callers.read(scope, headers.get("authorization"))
            given = {parameter: scope["path_params"]["id"], **_epoch_in(scope)}
            answer = await self._calls.call(name, given, caller.credentials, call_id)
        except ApiError as failure:
            error = failure
        except Exception:
            error = unexpected(call_id, name)
        self._callers.note(caller, error)
        told = headers_of(call_id, answer, error)
        if answer:
            tag = f'"{answer.result.number}-{answer.standing.epoch}"'
            status = await _send_file(scope, send, answer.result, tag, headers.get("if-none-match", ""), told)
        else:
            assert error is not None
            status = error.status
            await send_json(send, status, told, error_of(error), with_body=scope["method"] != "HEAD")
        seconds = time.perf_counter() - started
        metrics.count_call(name, "ok" if error is None else error.error_id, seconds)
        if self._log_calls:
            log_call(call_id, name, status, seconds, answer, error)


def _reader(place: str) -> tuple[str, str]:
    if place not in _READERS:
        raise InvalidURL(f"There are no files at /service/files/{place[:60]}; there are: {', '.join(_READERS)}.")
    return _READERS[place]


def _epoch_in(scope: Scope) -> dict[str, str]:
    """The one parameter that a request for a file may have; others, which programs add to URLs, say nothing here."""
    given = merge(scope["query_string"], b"", None) if scope["query_string"] else {}
    return {name: text for name, text in given.items() if name == "requiredEpoch"}


async def _send_file(
    scope: Scope, send: Send, file: File, tag: str, known: str, told: list[tuple[bytes, bytes]]
) -> int:
    """Sends a file, or only says that the one which the client has is still right; answers the status."""
    headers = [(b"etag", tag.encode()), *_COMMON, *told]
    if known.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in known.split(",")}:
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return 304
    about = [
        (b"content-type", file.content.content_type.encode()),
        (b"content-disposition", disposition(file.name).encode()),
    ]
    await send_parts(scope, send, 200, [*about, *headers], [file.content.data])
    return 200


def disposition(name: str) -> str:
    """What tells a client to save a file under a name; old clients get one of plain letters.

    >>> print(disposition("Größe.png"))
    attachment; filename="Gr__e.png"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.png
    """
    plain = re.sub(r'[^ -~]|["%/\\]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
