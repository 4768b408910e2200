"""Calls as HTTP requests: verbs, parameters in query and body, charsets, framing, and pauses, in every mixture."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from random import Random
from urllib.parse import quote, quote_from_bytes

from scrumrpc.calls.registry import Method
from scrumrpc.wire.form import FORM, MOST_PARAMETERS
from tests.fuzz import values
from tests.fuzz.aiming import aimed_call
from tests.fuzz.calls import Call, calls
from tests.fuzz.expecting import REQUEST, Flaw, Sent
from tests.fuzz.ground import Ground

API = "/service/api/v1/"
LARGEST_BODY = 1_000_000
"""What the server is told to take, so that more than that is quickly sent."""
_LONGEST_QUERY = 20_000
_SHORT = 400
"""Characters of a parameter that always stands in the query."""
_CONTENTS = "fileContents"

Pairs = list[tuple[str, str]]


def sent_calls(random: Random, ground: Ground, *, hopeless: bool = False) -> Sent:
    """A call as a request that is well-formed HTTP."""
    is_aimed = not hopeless and random.randrange(5) < 2
    call = aimed_call(random, ground) if is_aimed else calls(random, ground, hopeless=hopeless)
    flaws: list[Flaw] = []
    verb = random.choice(_VERBS)
    if verb in _OTHERS or (verb == "HEAD" and call.method.writes):
        flaws.append(Flaw((REQUEST, 0), "InvalidRequest"))
    headers = [f"Authorization: {_authorization(call, ground)}"] if call.authorization != "" else []
    query, body, more = _parameters(random, call, verb, flaws)
    headers += more
    headers += _around(random, call.method, flaws)
    version = random.choice(("1.1", "1.1", "1.1", "1.1", "1.0"))
    target = f"{API}{_named(random, call.method.name)}".encode() + (b"?" + query if query else b"")
    pieces = _framed(random, f"{verb} ".encode() + target + f" HTTP/{version}\r\n".encode(), headers, body, version)
    return Sent(
        pieces,
        call.may_be_answered(ground, *flaws),
        call.method.name,
        verb,
        last=version == "1.0" or any(each.lower().startswith("connection: close") for each in headers),
        raises=1 if call.method.writes else 0,
        past="atDataVersion" in call.given or call.given.get("onRepeat") == "result",
        request_id=call.given.get("requestID", "") if call.method.takes_request_id else "",
        words=" ".join([*call.given, *call.given.values()]),
    )


_OTHERS = ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND")
_VERBS = (*("POST",) * 60, *("GET",) * 30, *("HEAD",) * 4, *_OTHERS)


def _authorization(call: Call, ground: Ground) -> str:
    return ground.keys[call.key] if call.authorization is None else call.authorization


def _named(random: Random, name: str) -> str:
    """The name, or the same with a letter escaped."""
    place = random.choice((None, None, None, 0, -1))
    return name if place is None else name.replace(name[place], f"%{ord(name[place]):02x}")


# Parameters -----------------------------------------------------------------------------------------------------------


def _parameters(random: Random, call: Call, verb: str, flaws: list[Flaw]) -> tuple[bytes, bytes, list[str]]:
    """Query, body, and the headers of the body."""
    if _takes_file(call.method) and verb == "POST" and random.choice((True, False, False)):
        return _with_file(random, call, flaws)
    pairs = [*call.given.items(), *call.doubled]
    cut = random.choice((0, 0, len(pairs), len(pairs) // 2))
    query, body = _form(random, pairs[:cut], "utf-8"), b""
    if len(query) > _LONGEST_QUERY:
        cut, query = 0, b""
    headers: list[str] = []
    if pairs[cut:]:
        content_type, charset = random.choice(_CONTENT_TYPES)
        if not _fits(pairs[cut:], charset):
            content_type, charset = FORM, "utf-8"
        body = _form(random, pairs[cut:], charset)
        headers = [f"Content-Type: {content_type}"] if content_type else []
    query, body = _broken(random, query, body, flaws)
    if len(body) > LARGEST_BODY * (2 if _takes_file(call.method) else 1):  # the letters of files may be in base64
        flaws.append(Flaw((REQUEST, 0), "InvalidRequest"))
    if body:
        headers = _of_another_type(random, headers, call.method, verb, flaws)
    return query, body, headers


def _takes_file(method: Method) -> bool:
    return any(each.name == _CONTENTS for each in method.parameters)


def _with_file(random: Random, call: Call, flaws: list[Flaw]) -> tuple[bytes, bytes, list[str]]:
    """A file as the body, while the parameters stand in the query."""
    file = random.choice((b"", b"null", b"\0" * 5_000, "é".encode(), random.randbytes(30)))
    content_type = random.choice(("image/png", "text/plain; charset=x", "x", "multipart/form-data; boundary=x"))
    if content_type.startswith("multipart"):
        flaws.append(Flaw((REQUEST, 0), "InvalidRequest"))
    short = {name: text for name, text in call.given.items() if len(name) + len(text) < _SHORT and name != _CONTENTS}
    call.doubled = [(name, text) for name, text in call.doubled if name in short and len(text) < _SHORT]
    query = _form(random, [*short.items(), *call.doubled], "utf-8")
    call.given = {"contentType": content_type, **short, _CONTENTS: base64.b64encode(file).decode() + "\n"}
    return query, file, [f"Content-Type: {content_type}"]


def _form(random: Random, pairs: Pairs, charset: str) -> bytes:
    """Parameters as one of the many clients writes them."""
    style = random.choice(("usual", "usual", "all", "few", "blanks"))
    wide = charset.startswith("utf-16")

    def written(text: str) -> str:
        data = text.encode(charset)
        if style == "all" or wide:
            return "".join(f"%{byte:02x}" for byte in data)
        if style == "few":
            return quote_from_bytes(data, safe="/?:@!$'()*,-._~[]{}|^`\"<>\\").replace("%20", "+")
        return (
            quote_from_bytes(data, safe="")
            if style == "blanks"
            else quote_from_bytes(data, safe="").replace("%20", "+")
        )

    return "&".join(f"{written(name)}={written(value)}" for name, value in pairs).encode()


_CONTENT_TYPES = (
    (FORM, "utf-8"), (FORM, "utf-8"), (FORM, "utf-8"), ("", "utf-8"), (FORM.upper(), "utf-8"),
    (f"{FORM};charset=UTF-8", "utf-8"), (f'{FORM}; charset="utf8"', "utf-8"),
    (f"{FORM}; charset=iso-8859-1", "iso-8859-1"), (f"{FORM}; charset=windows-1252", "windows-1252"),
    (f"{FORM}; charset=utf-16", "utf-16"), (f"{FORM}; charset=utf-16-be", "utf-16-be"),
    (f"{FORM}; charset=shift_jis", "shift_jis"), (f"{FORM}; x=y; charset=koi8-r", "koi8-r"),
)  # fmt: skip


def _fits(pairs: Pairs, charset: str) -> bool:
    """Whether a charset can write the texts, and reads them as they were."""
    try:
        return all(text.encode(charset).decode(charset) == text for pair in pairs for text in pair)
    except UnicodeError:
        return False


def _broken(random: Random, query: bytes, body: bytes, flaws: list[Flaw]) -> tuple[bytes, bytes]:
    """Now and then bytes that are no text, or too many parameters, or too many bytes."""
    how = random.randint(-60, 60)
    piece = random.choice(values.BROKEN) if how < 2 else b""
    if how == 0 and piece.startswith(b"%"):
        query += (b"&" if query else b"") + b"x=" + piece
    elif how == 1 and not body:
        body = b"x=" + piece
    elif how == 2:
        query += (b"&" if query else b"") + b"&".join(b"y=" for _ in range(MOST_PARAMETERS + 1))
    else:
        return query, body
    flaws.append(Flaw((REQUEST, 0), "InvalidRequest"))
    return query, body


def _of_another_type(random: Random, headers: list[str], method: Method, verb: str, flaws: list[Flaw]) -> list[str]:
    """Now and then the body is said to be no form, or in a charset that nobody knows."""
    how = random.choice(_NO_FORMS) if random.randrange(25) == 1 else None
    if how is None or (_takes_file(method) and verb == "POST"):
        return headers
    flaws.append(Flaw((REQUEST, 0), "InvalidRequest"))
    return [f"Content-Type: {how}"]


_NO_FORMS = (
    "application/json", "text/plain", "multipart/form-data; boundary=x", f"{FORM}; charset=nothing",
    f"{FORM}; charset=hex", f"{FORM}; charset=utf-7", f"{FORM}; charset=rot13", f"{FORM}; charset={'x' * 500}",
    f"{FORM}; charset*{'9' * 5_000}*=x", f"{FORM}; charset=../../x", "x", "a/b/c", f"{FORM}; charset=\xe9",
    f"{FORM}; charset=zlib",
)  # fmt: skip


# Around the call ------------------------------------------------------------------------------------------------------


def _around(random: Random, method: Method, flaws: list[Flaw]) -> list[str]:
    """Headers that change nothing, and such that say from where a browser calls."""
    headers = list({each.split(":")[0]: each for each in random.choices(_HARMLESS, k=random.randint(0, 2))}.values())
    foreign = random.choice((None,) * 150 + _FOREIGN)
    if foreign:
        headers.append(foreign)
        if method.writes:
            flaws.append(Flaw((REQUEST, 0), "InvalidRequest"))
    return headers


_HARMLESS = (
    "Accept: text/html", "Accept-Encoding: gzip", "Accept-Encoding: *;q=0", "Accept-Encoding: gzip;q=x, ,;",
    "X-A: \xff\xfe", "Accept-Charset: x", "Expect: 100-continue", "Cookie: a=b", "Range: bytes=0-1", "If-Match: *",
    "If-None-Match: *", 'If-None-Match: "x", W/"y', "If-None-Match: ,,", "If-Modified-Since: never",
    "Connection: close", "Connection: keep-alive", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
    "Upgrade: websocket", "Forwarded: for=1.2.3.4", "X-Forwarded-For: 1.2.3.4, x", "X-Forwarded-For: " + "1," * 500,
    "X-Forwarded-Proto: gopher", "X-HTTP-Method-Override: PUT", "Referer: x", "Content-Encoding: gzip",
    "TE: trailers", "Via: 1.1 x", "X-Empty:", "Last-Event-ID: x", "Proxy-Authorization: Basic x",
    "X-Long: " + "y" * 8_000, "User-Agent: \x7f".replace("\x7f", "~"),
)  # fmt: skip
_FOREIGN = (
    "Origin: null", "Origin: http://evil.example", "Origin: x", "Sec-Fetch-Site: cross-site",
    "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: x",
)  # fmt: skip


def _framed(random: Random, first: bytes, headers: Sequence[str], body: bytes, version: str) -> tuple[bytes, ...]:
    """The request in one piece, in chunks, or slowly."""
    lines = b"".join(line.encode("latin-1") + b"\r\n" for line in ("Host: test", *headers))
    chunked = bool(body) and version == "1.1" and random.randint(0, 7) == 0
    if chunked:
        size = random.choice((1, 3, 7, 1_000)) if len(body) < 500 else 60_000
        chunks = [body[begin : begin + size] for begin in range(0, len(body), size)]
        framed = b"".join(
            b"%x%b\r\n%b\r\n" % (len(chunk), _extension(number), chunk) for number, chunk in enumerate(chunks)
        )
        whole = first + lines + b"Transfer-Encoding: chunked\r\n\r\n" + framed + b"0\r\n\r\n"
    elif body or (random.random() < 0.5):
        whole = first + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body
    else:
        whole = first + lines + b"\r\n"
    pauses = random.choice((0, 0, 0, 0, 0, 0, 0, 1, 2))
    cuts = sorted(random.randint(1, max(1, len(whole) - 1)) for _ in range(pauses))
    return tuple(whole[begin:end] for begin, end in zip((0, *cuts), (*cuts, len(whole)), strict=True))


def _extension(number: int) -> bytes:
    return b";a=b" if number == 1 else b""


def path_of(*parts: str) -> str:
    """A path of parts that may hold anything."""
    return "/" + "/".join(quote(part, safe="", errors="surrogatepass") for part in parts)
