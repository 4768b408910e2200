"""Content-Disposition: whatever a file is called, the header is well-formed and tells the name."""

from __future__ import annotations

import re
from urllib.parse import unquote

from hypothesis import example, given
from hypothesis import strategies as st

from scrumrpc.wire.downloads import disposition

NAMES = st.text(st.characters(codec="utf-8"), max_size=300)


@given(NAMES)
@example('a".png"; filename="b.exe')
@example("a\\b/c%41")
@example("a\r\nSet-Cookie: x=y")
@example("Größe 日本語 👩‍👩‍👧.jpg")
@example("\x00\x7f")
@example("")
def test_any_name(name: str) -> None:
    header = disposition(name)
    match = re.fullmatch(
        r"attachment; filename=\"([ !#$&-.0-\[\]-~]*)\"; filename\*=UTF-8''([\w.~%-]*)", header, re.ASCII
    )
    assert match, header
    assert unquote(match[2]) == name
    assert len(match[1]) == len(name)
    if re.fullmatch(r"[\w .-]*", name, re.ASCII):
        assert match[1] == name
