"""Reads form-encoded parameters from query strings and bodies, strictly: broken bytes are an error, never a guess."""

from __future__ import annotations

import codecs
import re
from email.message import Message
from functools import lru_cache
from urllib.parse import parse_qsl, quote_from_bytes, unquote_to_bytes

from scrumrpc.errors import InvalidParameter, InvalidRequest

FORM = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 200

# Every byte that may stand in a form by itself; others are escaped first, because parse_qsl takes text.
_SAFE = bytes(range(0x20, 0x7F)).decode() + "\t\r\n"
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_NOT_CHARSETS = frozenset(
    {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "utf_7", "mbcs", "oem"}
)


def merge(query: bytes, body: bytes, content_type: str | None) -> dict[str, str]:
    """The parameters of a request, from its query string and its body together.

    A parameter that is given twice must have the same value both times.
    """
    merged: dict[str, str] = {}
    pairs = _pairs(query, "utf-8") if query else []
    if body:
        pairs += _pairs(body, charset_of(content_type))
    for name, value in pairs:
        if merged.setdefault(name, value) != value:
            raise InvalidParameter(f"The parameter {name[:60]} is given twice, with different values.")
    return merged


@lru_cache(maxsize=128)
def charset_of(content_type: str | None) -> str:
    """The charset of a body; UTF-8 where none is declared. A body that is no form is refused."""
    if content_type is None or not content_type.strip():
        return "utf-8"
    header = Message()
    header["Content-Type"] = content_type
    if header.get_content_type() != FORM:
        raise InvalidRequest(
            f"The body has the content type {content_type[:100]}; parameters are sent as {FORM} (curl -d does that) or "
            "in the query string."
        )
    try:
        charset = header.get_param("charset", "utf-8")
    except ValueError:  # from the depths of the library, where it takes one for a part of a longer one
        raise InvalidRequest(f"The content type {content_type[:100]} cannot be read.") from None
    name = charset if isinstance(charset, str) else charset[2]
    try:
        codec = codecs.lookup(name)
        known = codec.name.replace("-", "_") not in _NOT_CHARSETS and isinstance("".encode(name), bytes)
    except (LookupError, ValueError, TypeError):
        known = False
    if not known:
        raise InvalidRequest(f"The charset {name[:60]} is not known; UTF-8 is the usual one.")
    return codec.name


def _pairs(raw: bytes, charset: str) -> list[tuple[str, str]]:
    try:
        if _extends_ascii(charset):
            text = quote_from_bytes(raw, safe=_SAFE)
            pairs = parse_qsl(
                text, keep_blank_values=True, encoding=charset, errors="strict", max_num_fields=MOST_PARAMETERS
            )
        else:
            pairs = _wide_pairs(raw, charset)
    except UnicodeError:
        raise InvalidRequest(
            f"The parameters are not valid {charset.upper()}. Declare the charset that they are in with "
            f"Content-Type: {FORM}; charset=..., or send UTF-8."
        ) from None
    except ValueError:
        pairs = None
    if pairs is None or len(pairs) > MOST_PARAMETERS:
        raise InvalidRequest(f"The request has more than {MOST_PARAMETERS} parameters.")
    for name, value in pairs:
        if _HALF_PAIR.search(name) or _HALF_PAIR.search(value):
            raise InvalidRequest("The parameters contain half of a surrogate pair, which is no character.")
    return pairs


@lru_cache(maxsize=128)
def _extends_ascii(charset: str) -> bool:
    ascii_bytes = bytes(range(0x20, 0x7F))
    try:
        return ascii_bytes.decode(charset).encode("ascii") == ascii_bytes
    except UnicodeError:
        return False


def _wide_pairs(raw: bytes, charset: str) -> list[tuple[str, str]]:
    """Pairs in a charset that does not extend ASCII, such as UTF-16.

    The text itself may be in it, or percent escapes may stand for what is no ASCII, or the bytes of whole words may be
    escaped where they need it:

    >>> _wide_pairs(b"name=Gr%00%FCn", "utf-16-be")  # so writes Java's URLEncoder
    [('name', 'Grün')]
    >>> _wide_pairs(b"%00n%00a%00m%00e=%00G%00r%00%FC%00n", "utf-16-be")  # so writes Python's urlencode
    [('name', 'Grün')]
    """
    escaped = raw.isascii() and b"\0" not in raw
    text = raw.decode("ascii") if escaped else raw.decode(charset)
    fields = [field.partition("=") for field in text.split("&") if field]
    try:
        return [(_unescape(name, charset), _unescape(value, charset)) for name, _, value in fields]
    except UnicodeError:
        if not escaped:
            raise
        return [(_unescape_bytes(name, charset), _unescape_bytes(value, charset)) for name, _, value in fields]


def _unescape(text: str, charset: str) -> str:
    return _ESCAPES.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode(charset), text.replace("+", " "))


def _unescape_bytes(text: str, charset: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode(charset)
