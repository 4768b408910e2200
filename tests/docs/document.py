"""Reads a page as strictly as the tests want it: every element closed, in the right order, every id once."""

from __future__ import annotations

from functools import cached_property
from html.parser import HTMLParser

_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


class Document(HTMLParser):
    """An HTML page: its elements, ids, links and text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.ids: list[str] = []
        self.links: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.pieces: list[str] = []
        self.codes: list[str] = []
        self.main: list[str] = []
        self.terms: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    @cached_property
    def text(self) -> str:
        """All text of the page, with single blanks."""
        return " ".join("".join(self.pieces).split())

    @cached_property
    def main_text(self) -> str:
        """The text of the page without its navigation."""
        return " ".join("".join(self.main).split())

    def count(self, tag: str) -> int:
        """How many elements there are of that name."""
        return sum(name == tag for name, _ in self.elements)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        assert len(attributes) == len(attrs), f"an attribute of {tag} is given twice"
        self.elements.append((tag, attributes))
        if "id" in attributes:
            assert attributes["id"] not in self.ids, f"two elements with the id {attributes['id']}"
            self.ids.append(attributes["id"] or "")
        for name in ("href", "src"):
            if name in attributes:
                self.links.append(attributes[name] or "")
        if tag == "dt":
            self.terms.append("")
        if tag == "code":
            self.codes.append("")
        if tag in ("p", "dl", "ul", "ol", "pre", "table", "h1", "h2", "h3", "section"):
            assert "p" not in self._open, f"{tag} inside p"
        if tag in ("h1", "h2", "h3", "p", "li", "dt", "dd", "td", "th"):
            self.pieces.append(" ")
            self.main.append(" ")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"{tag} is closed but not open"
        assert self._open.pop() == tag, f"{tag} is closed out of order, at {self.getpos()}"
        if tag == "summary":
            self.main.append(" ")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
        if "main" in self._open:
            self.main.append(data)
        if "dt" in self._open:
            self.terms[-1] += data
        if "code" in self._open:
            self.codes[-1] += data
        if "title" in self._open:
            self.title += data
