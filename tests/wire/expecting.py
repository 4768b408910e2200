"""What every answer over HTTP must be: checks of Result and Error objects with their headers, and the client for it."""

from __future__ import annotations

import re
import ssl
from typing import Any

import httpx2

from scrumrpc.errors import ApiError


def client_of(api: str, credentials: tuple[str, str] | None, *, verify: ssl.SSLContext | bool = False) -> httpx2.Client:
    """A client whose relative URLs are method names."""
    return httpx2.Client(base_url=f"{api}/", auth=credentials, trust_env=False, verify=verify, timeout=60)


def result_of(response: httpx2.Response) -> Any:
    """The result in a Result object, after a look at all that belongs to one."""
    assert response.status_code == 200, response.text
    answer = response.json()
    assert list(answer) == ["objectType", "dataVersion", "result"]
    assert answer["objectType"] == "Result"
    assert response.headers["data-version"] == str(answer["dataVersion"])
    _check_headers(response)
    assert "retry-after" not in response.headers
    assert "www-authenticate" not in response.headers
    return answer["result"]


def message_of(response: httpx2.Response, error: type[ApiError]) -> str:
    """The message in an Error object of that error id, after a look at all that belongs to one."""
    assert response.json()["errorID"] == error.__name__, response.text
    return message_in(response, error)


def message_in(response: httpx2.Response, error: type[ApiError]) -> str:
    """The same, for an error id that is known to be right."""
    answer = response.json()
    assert response.status_code == error.status
    assert list(answer) == ["objectType", "errorID", "errorMessage"]
    assert answer["objectType"] == "Error"
    _check_headers(response)
    assert ("www-authenticate" in response.headers) == (error.status == 401)
    if error.status == 401:
        assert response.headers["www-authenticate"] == 'Basic realm="scrumrpc", charset="UTF-8"'
    assert ("retry-after" in response.headers) == (error.status in (429, 503))
    if error.status in (429, 503):
        assert int(response.headers["retry-after"]) >= 1
    message = answer["errorMessage"]
    assert isinstance(message, str)
    assert re.fullmatch(r"[A-Z].{15,}[.?]", message, re.DOTALL), message
    return message


def _check_headers(response: httpx2.Response) -> None:
    assert response.headers["content-type"] == "application/json"
    tagged = response.status_code == 200 and "etag" in response.headers
    assert response.headers["cache-control"] == ("private, no-cache" if tagged else "no-store")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch(r"[0-9a-f]{16}", response.headers["call-id"])
