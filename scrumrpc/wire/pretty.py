"""The layout of `pretty=true`: as the documentation prints JSON, with CR LF between lines."""

from __future__ import annotations

from typing import Any

import orjson


def pretty(value: Any, indent: str = "") -> str:
    """JSON with one member to a line, blanks around colons, and arrays that run on.

    >>> print(pretty({"a": [1, {"b": []}]}).replace(chr(13), ""))
    {
      "a" : [ 1, {
        "b" : [ ]
      } ]
    }
    """
    if isinstance(value, dict):
        if not value:
            return "{ }"
        inner = indent + "  "
        members = (f"{inner}{_scalar(name)} : {pretty(member, inner)}" for name, member in value.items())
        return "{\r\n" + ",\r\n".join(members) + f"\r\n{indent}}}"
    if isinstance(value, list):
        return "[ " + ", ".join(pretty(member, indent) for member in value) + " ]" if value else "[ ]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    return orjson.dumps(value).decode()
