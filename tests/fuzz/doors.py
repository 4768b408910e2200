"""Requests to all the other doors of the server, and such that are no HTTP, or break off."""

from __future__ import annotations

import hashlib
import hmac
from random import Random

import orjson

from scrumrpc.errors import CATALOGUE
from tests.fuzz import values
from tests.fuzz.expecting import RESULT, Sent
from tests.fuzz.ground import Ground
from tests.fuzz.writing import LARGEST_BODY, path_of, sent_calls

_ANY = frozenset(error.__name__ for error in CATALOGUE if error.status < 500) | {RESULT}
_NOT_THERE = frozenset({"InvalidURL", "InvalidMethodName", "InvalidRequest"})
_GARBAGE = frozenset({"InvalidRequest"})


def _request(verb: str, target: str | bytes, *headers: str, body: bytes = b"", version: str = "1.1") -> bytes:
    length = [f"Content-Length: {len(body)}"] if body else []
    first = (
        verb.encode() + b" " + (target if isinstance(target, bytes) else target.encode()) + f" HTTP/{version}".encode()
    )
    lines = [line.encode("latin-1") for line in ("Host: test", *headers, *length)]
    return b"\r\n".join((first, *lines)) + b"\r\n\r\n" + body


def paths(random: Random, ground: Ground) -> Sent:
    """A path that leads nowhere, or to a page."""
    verb = random.choice(("GET", "GET", "POST", "HEAD", "PUT", "OPTIONS"))
    parts = [
        random.choice(_PARTS) if random.randrange(2) else values.text(random, 400) for _ in range(random.randint(0, 6))
    ]
    path = random.choice(_ODD_PATHS) if (random.random() < 0.5) else path_of(*parts)
    prefix = random.choice(("", "", "", "http://test", "https://other.example:1"))
    data = _request(verb, prefix + path, f"Authorization: {ground.keys['admin']}")
    return Sent((data,), _ANY, verb=verb, sort="page", raises=1, words=path)


_PARTS = (
    "service",
    "api",
    "v1",
    "getData",
    "docs",
    "files",
    "hooks",
    "events",
    "..",
    ".",
    "",
    "%",
    "errors",
    "livez",
    "metrics",
)
_ODD_PATHS = (
    "/", "//", "///service/api/v1/getDataVersion", "/service/api/v1/", "/service//api/v1/getDataVersion",
    "/%73ervice/api/v1/getData", "/service/api/v1/../v1/getData", "/service/api/v1/%2e%2e/getData",
    "/service/api/v1/getData%00", "/service/api/v1/getData%2F", "/SERVICE/API/V1/getData", "/service/api/v1/getdata",
    "/service/api/v1/getData;x=y", "/service/api/v1/getData/", "/docs/", "/docs", "/docs/nothing",
    "/docs/%2e%2e/%2e%2e/etc/passwd", "/docs/../../etc/passwd", "/docs/methods/Task", "/openapi.json", "/readyz",
    "/metrics", "/livez", "/service/api/v1/%ED%A0%80", "/service/api/v1/%FF", "/service/api/v1/getData?%", "/?x",
    "/#x", "/favicon.ico", "/service/api/v1/" + "x" * 5_000, "/service/api/v1/importObjects",
    "/service/api/v1/recordPush?push=%7B%7D", "/.git/config", "/*", "/service/api/v1/__class__",
    "/service/api/v1/streamEvents", "/docs/style.css", "/docs/mirror.py", "/docs/errors%20", "/\\..\\..",
)  # fmt: skip


def downloads(random: Random, ground: Ground) -> Sent:
    """A file: one that is there, one of the other account, or nonsense."""
    place, type_name = random.choice((("files", "File"), ("attachments", "Attachment"), ("nothing", "File")))
    own = tuple(each.id for each in ground.image.records() if each.type == type_name)
    foreign = ground.foreign.get(type_name, ())
    wire_id = random.choice((*own, *foreign)) if random.randrange(2) else values.text(random, 300)
    name = random.choice(("a.txt", "x", "..", "%", "é"))
    verb = random.choice(("GET", "GET", "HEAD", "POST"))
    known = random.choice(
        ("If-None-Match: *", 'If-None-Match: "1", W/"2"', "Accept: x", "Range: bytes=0-0", "If-None-Match: \xff")
    )
    query = random.choice(("", "", "?requiredEpoch=x", "?requiredEpoch=" + ground.epoch, "?a=%FF", "?a=b&a=c"))
    data = _request(
        verb, path_of("service", "files", place, wire_id, name) + query, f"Authorization: {ground.keys['admin']}", known
    )
    return Sent((data,), _ANY if wire_id in own else _ANY - {RESULT}, verb=verb, sort="file", past=True, words=wire_id)


def streams(random: Random, ground: Ground) -> Sent:
    """A stream of events: its head is read, and then the client hangs up."""
    verb = random.choice(("GET", "GET", "HEAD", "POST"))
    query = random.choice(_OF_STREAMS) if random.randrange(2) else "?" + path_of(values.text(random, 200))[1:]
    last = random.choice(("", *_LAST_EVENTS, f"Last-Event-ID: 1-{ground.epoch}"))
    key = ground.keys[random.choice(("admin", "member", "wrong key"))]
    headers = [f"Authorization: {key}", *([last] if last else [])]
    return Sent(
        (_request(verb, f"/service/events{query}", *headers),), _ANY, verb=verb, sort="stream", past=True, words=query
    )


_LAST_EVENTS = (
    "Last-Event-ID: 1", "Last-Event-ID: x", "Last-Event-ID: " + "9" * 18, "Last-Event-ID: 1-ffffffffffff",
    "Last-Event-ID: -1", "Last-Event-ID: \xff",
)  # fmt: skip
_OF_STREAMS = (
    "", "?sinceDataVersion=0", "?sinceDataVersion=-1", "?sinceDataVersion=999999999999", "?sinceDataVersion=one",
    "?projectIDs=1-1-1", "?objectTypes=Task,Nothing", "?objectTypes=Task", "?x=y", "?projectIDs=%FF",
    "?sinceDataVersion=1&sinceDataVersion=2",
)  # fmt: skip


def pushes(random: Random, ground: Ground) -> Sent:
    """What a commit hook is sent: a push, signed or not, or anything else."""
    service = random.choice(("github", "gitlab", "github", "svn"))
    account = random.choice((str(ground.account), str(ground.account), "0", "-1", "x", "9" * 15, "9" * 400, "%00"))
    payload = orjson.dumps(_json(random, 4)) if random.randrange(2) else _push(random, ground)
    body = random.choice(
        (payload, payload, payload, b"", b"{", b"[" * 100_000, b"\xff", b"payload=%7B", payload + b"x")
    )
    secret = ground.hook_secret if random.randint(0, 5) else "wrong"
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "github": [f"X-GitHub-Event: {random.choice(('push', 'push', 'push', 'ping', 'x' * 99))}",
                   f"X-Hub-Signature-256: sha256={signature}"],
        "gitlab": [f"X-Gitlab-Event: {random.choice(('Push Hook', 'Push Hook', 'x'))}", f"X-Gitlab-Token: {secret}"],
        "svn": [],
    }[service]  # fmt: skip
    content_type = random.choice(("application/json", "application/x-www-form-urlencoded", "x"))
    verb = random.choice(("POST", "POST", "POST", "GET"))
    data = _request(verb, f"/service/hooks/{service}/{account}", f"Content-Type: {content_type}", *headers, body=body)
    return Sent((data,), _ANY, verb=verb, raises=1, words=body.decode("latin-1") + account)


def _json(random: Random, depth: int) -> object:
    """Any JSON, as deep at most."""
    how = random.randrange(8 if depth else 6)
    if how == 6:
        return [_json(random, depth - 1) for _ in range(random.randint(0, 3))]
    if how == 7:
        return {random.choice(_MEMBERS): _json(random, depth - 1) for _ in range(random.randint(0, 4))}
    return random.choice((None, True, 0, -1, 2**63, 1.5, 1e300, values.text(random, 5_000)))


_MEMBERS = (
    "repository",
    "project",
    "commits",
    "id",
    "message",
    "timestamp",
    "url",
    "author",
    "email",
    "full_name",
    "ref",
    "x",
)


_TIMES = ("2026-01-31T12:00:00+01:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "x")


def _push(random: Random, ground: Ground) -> bytes:
    """A push with a commit that names items, one value of which may be anything."""
    numbers = [each["itemNumber"] for each in ground.image.records() if each.type == "BacklogItem"] or [1]
    commit: dict[str, object] = {
        "id": random.choice(("abc", "x" * 600, "\x00")),
        "message": f"#{random.choice(numbers)} {values.text(random, 5_000)}",
        "timestamp": random.choice(_TIMES),
        "url": "http://x", "author": {"email": random.choice(("ben@example.com", "x", "\x00"))},
    }  # fmt: skip
    if random.random() < 0.5:
        commit[random.choice(sorted(commit))] = random.choice((None, 1, [], {}, True, 1.5, "x" * 5_000))
    place = {"full_name": "a/b", "html_url": "http://x", "path_with_namespace": "a/b", "web_url": "http://x"}
    return orjson.dumps({"repository": place, "project": place, "commits": [commit] * random.choice((1, 1, 2, 50))})


# No HTTP --------------------------------------------------------------------------------------------------------------


def garbage(random: Random, ground: Ground) -> Sent:
    """What is no HTTP, or no request that may be served: answered as InvalidRequest, and hung up on."""
    call = f"/service/api/v1/addTag?name=never&projectID={ground.account}-7-1"
    key = f"Authorization: {ground.keys['admin']}"
    data = random.choice(_no_http(call, key))
    return Sent((data,), _GARBAGE, sort="garbage", last=True)


def _no_http(call: str, key: str) -> tuple[bytes, ...]:
    right = _request("POST", call, key)
    chunked = _request("POST", call, key, "Transfer-Encoding: chunked")
    return (
        b"\0\1\2\3\r\n\r\n", b"GARBAGE\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 60,
        b"\xff" * 3_000, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET\r\n\r\n", b" GET / HTTP/1.1\r\n\r\n", right.replace(b"POST", b"post"), right.replace(b"POST", b"FOO"),
        right.replace(b"POST", b"P" * 9_999), right.replace(b"POST", b"P\0"), right.replace(b"HTTP/1.1", b"HTTP/9.9"),
        right.replace(b"HTTP/1.1", b"HTTP/1.1 x"), right.replace(b"HTTP/1.1", b"FTP/1.1"),
        right.replace(b"/service", b"/serv\xc3\xa9"), right.replace(b"/service", b"/serv ice"),
        right.replace(b"/service", b"service"), right.replace(b"\r\n\r\n", b"\r\n bad: fold\r\n\r\n"),
        right.replace(b"Host: test", b"Host : test"), right.replace(b"Host: test", b"Host: te\0st"),
        right.replace(b"Host: test", b"Host"), right.replace(b"Host: test", b": x"),
        right.replace(b"Host: test", b"Host: test\r\nHost: other"), right.replace(b"Host: test", b"H\xc3\xb6st: x"),
        right.replace(b"\r\n\r\n", b"\r\nAuthorization: Basic eDp5\r\n\r\n"), right.replace(b"\r\n", b"\n"),
        right.replace(b"\r\n\r\n", b"\r\nX: " + b"y" * 200_000 + b"\r\n\r\n"),
        right.replace(b"name=never", b"name=" + b"x" * 200_000),
        right.replace(b"\r\n\r\n", b"\r\n" + b"X: y\r\n" * 300 + b"\r\n"),
        _request("POST", call, key, "Content-Length: x"), _request("POST", call, key, "Content-Length: -1"),
        _request("POST", call, key, "Content-Length: " + "9" * 40),
        _request("POST", call, key, "Content-Length: 1\r\nContent-Length: 2", body=b""),
        _request("POST", call, key, "Content-Length: 1, 1"),
        _request("POST", call, key, "Content-Length: 3\r\nTransfer-Encoding: chunked") + b"0\r\n\r\n",
        _request("POST", call, key, "Transfer-Encoding: gzip"),
        _request("POST", call, key, "Transfer-Encoding: chunked, gzip"), chunked + b"zz\r\n\r\n",
        chunked + b"-1\r\nx\r\n", chunked + b"1\r\nxy\r\n0\r\n\r\n", chunked + b"f" * 40 + b"\r\n",
        chunked + b"1;" + b"a" * 900_000, chunked + b"1\rx", _request("GET", "http://", key),
        _request("GET", "http://[", key), _request("GET", "/ /", key), _request("GET", b"/\x00", key),
        _request("GET", "", key),
    )  # fmt: skip


def cut_off(random: Random, ground: Ground) -> Sent:
    """A call that breaks off somewhere, with its connection: never carried out, whatever was there of it."""
    whole = sent_calls(random, ground).data
    end = random.randint(1, len(whole) - 1)
    return Sent((whole[:end],), _GARBAGE, sort="garbage", last=True, cut=True)


def too_large(random: Random, ground: Ground) -> Sent:
    """A body that is larger than the server takes, announced or not."""
    body = random.choice((b"x=", b"name=", b"")) + random.choice((b"y", b"&", b"%", b"\0")) * (LARGEST_BODY + 1)
    name = random.choice([name for name in ground.methods if "File" not in name and "Attachment" not in name])
    head = _request("POST", f"/service/api/v1/{name}", f"Authorization: {ground.keys['admin']}", body=body)
    return Sent((head,), _GARBAGE, name)
