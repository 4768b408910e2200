"""Files as bodies: the body of a request may be a file itself, while its parameters stand in the query string."""

from __future__ import annotations

import binascii
from functools import cache

from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import InvalidParameter, InvalidRequest
from scrumrpc.wire.form import FORM, merge

_CONTENTS, _TYPE = "fileContents", "contentType"


@cache
def _takers() -> frozenset[str]:
    """The methods that have a parameter for the content of a file; all are registered when the first call comes."""
    return frozenset(
        method.name
        for method in METHODS.values()
        if any(parameter.name == _CONTENTS for parameter in method.parameters)
    )


def takes_file(name: str) -> bool:
    """Whether a method has a parameter for the content of a file."""
    return name in _takers()


def is_file(content_type: str) -> bool:
    """Whether a body of that content type is no form."""
    return content_type.partition(";")[0].strip().lower() not in ("", FORM)


def merge_file(query: bytes, body: bytes, content_type: str) -> dict[str, str]:
    """The parameters of a request whose body is a file: those in its query string, and the file with its type."""
    if content_type.strip().lower().startswith("multipart/"):
        raise InvalidRequest(
            f"The body has the content type {content_type[:100]}; send the file itself as the body (curl --data-binary "
            f"@FILE does that), and the parameters in the query string; or everything as {FORM}."
        )
    given = merge(query, b"", None)
    if _CONTENTS not in given:
        # With a line break behind it, which base64 ignores, no content reads as the word null or as no value.
        given[_CONTENTS] = binascii.b2a_base64(body, newline=True).decode("ascii")
        given.setdefault(_TYPE, content_type)
    elif body:
        raise InvalidParameter(f"The parameter {_CONTENTS} is given twice: in the query string and as the body.")
    return given
