"""Parameter kinds of files: their names, their content types, and what they hold."""

from __future__ import annotations

import binascii
import re
from typing import Annotated

from scrumrpc.calls.kinds import Kind, shown
from scrumrpc.errors import InvalidParameter

LONGEST_FILE_NAME = 255
LONGEST_CONTENT_TYPE = 255

# Control characters and line ends, what separates folders, what turns the direction of text so that a name looks like
# one of another type, and halves of characters.
_NOT_IN_NAMES = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029/\\\\\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_CONTENT_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}([ \t]*;[ \t]*{_TOKEN}={_TOKEN})*")
_STANDARD_ALPHABET = bytes.maketrans(b"-_", b"+/")
_LINE_BREAKS = b"\t\r\n"


def _parse_file_name(parameter: str, text: str) -> str:
    if len(text) > LONGEST_FILE_NAME:
        raise InvalidParameter(
            f"The parameter {parameter} has {len(text)} characters; at most {LONGEST_FILE_NAME} are accepted."
        )
    wrong = _NOT_IN_NAMES.search(text)
    if wrong:
        which = f'"{wrong[0]}"' if wrong[0] in "/\\" else f"the character U+{ord(wrong[0]):04X}"
        raise InvalidParameter(
            f"The parameter {parameter} contains {which}; the name of a file has no folders and no control characters "
            "in it."
        )
    if text in (".", "..") or text.isspace():
        raise InvalidParameter(f"The parameter {parameter} is {shown(text)}, which is no name of a file.")
    return text


def parse_content_type(parameter: str, text: str) -> str:
    """What can stand in a Content-Type header."""
    if len(text) > LONGEST_CONTENT_TYPE or not _CONTENT_TYPE.fullmatch(text):
        raise InvalidParameter(
            f"The parameter {parameter} is {shown(text)}; it must be a type and a subtype such as image/png or "
            f"text/plain;charset=utf-8, in at most {LONGEST_CONTENT_TYPE} characters."
        )
    return text


def _parse_contents(parameter: str, text: str) -> bytes:
    """What base64 stands for; in either alphabet, with or without line breaks and padding."""
    if " " in text:
        raise InvalidParameter(
            f"The parameter {parameter} contains a blank, which base64 does not have: a + that is not escaped in a "
            "form arrives as one. Escape it as %2B (curl --data-urlencode does that), or use the URL-safe alphabet."
        )
    try:
        encoded = text.encode("ascii").translate(_STANDARD_ALPHABET, _LINE_BREAKS)
        bare = encoded.rstrip(b"=")
        padded = bare + b"=" * (-len(bare) % 4)
        if encoded not in (bare, padded):
            raise ValueError
        return binascii.a2b_base64(padded, strict_mode=True)
    except ValueError:
        raise InvalidParameter(
            f"The parameter {parameter} is not base64: {shown(text[:20].encode('ascii', 'replace').decode())} is how "
            "its text begins. Send the content of the file base64-encoded, or the file itself as the body."
        ) from None


FileName = Annotated[
    str,
    Kind(
        "file name",
        "string",
        _parse_file_name,
        f"1 to {LONGEST_FILE_NAME} characters, without / and \\ and control characters.",
        "Example.png",
        {"type": "string", "minLength": 1, "maxLength": LONGEST_FILE_NAME},
    ),
]
FileNameOrNone = Annotated[str | None, FileName.__metadata__[0]]
ContentType = Annotated[
    str | None,
    Kind(
        "content type",
        "string",
        parse_content_type,
        "A type and a subtype, such as image/png; without one, what the file name suggests.",
        "image/png",
        {"type": "string", "maxLength": LONGEST_CONTENT_TYPE},
    ),
]
FileContents = Annotated[
    bytes,
    Kind(
        "file contents",
        "string",
        _parse_contents,
        "What the file holds, base64-encoded. Or the file is the body of the request, with its Content-Type, while all "
        "other parameters stand in the query string.",
        "iVBORw0KGgo=",
        {"type": "string", "contentEncoding": "base64"},
    ),
]
