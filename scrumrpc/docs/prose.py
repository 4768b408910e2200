"""Makes HTML of the words in docstrings and templates: paragraphs, and links from every name that the API knows."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import CATALOGUE
from scrumrpc.model.types import OBJECT_TYPES

_WORD = re.compile(r"\b[A-Za-z]+(?:\.[a-z][A-Za-z]*)?\b")
_CAMEL_CASE = re.compile(r"[a-z]+[A-Z][A-Za-z]*")
_ERRORS = frozenset(error.__name__ for error in CATALOGUE)


def address(name: str) -> str | None:
    """Where the documentation tells of a method, an error, an object type, or a property written Type.property."""
    type_name, _, property_name = name.partition(".")
    if name in METHODS and METHODS[name].public:
        return f"/docs/methods/{METHODS[name].noun}#{name}"
    if name in _ERRORS:
        return f"/docs/errors#{name}"
    if type_name in OBJECT_TYPES and not property_name:
        return f"/docs/objects/{type_name}"
    if type_name in OBJECT_TYPES and OBJECT_TYPES[type_name].has(property_name):
        return f"/docs/objects/{type_name}#{property_name}"
    return None


def link(name: str) -> Markup:
    """A link to something that the API knows; KeyError for anything else, so that no page names what is not there."""
    href = address(name)
    if href is None:
        raise KeyError(f"The documentation names {name}, which is no method, error, object type or property.")
    return Markup('<a href="{}"><code>{}</code></a>').format(href, name)


def linked(text: str, *, off: str = "") -> Markup:
    """Text in which names become links, and other camelCase words code; the name `off` becomes code only.

    Type names that are plain English words, such as Task, are left alone unless they name a property: Task.status.
    """
    html, end = Markup(), 0
    for match in _WORD.finditer(text):
        word = match[0]
        html += escape(text[end : match.start()])
        if word != off and address(word) is not None and not _is_plain_english(word):
            html += link(word)
        elif word == off or _CAMEL_CASE.fullmatch(word):
            html += Markup("<code>{}</code>").format(word)
        else:
            html += escape(word)
        end = match.end()
    return html + escape(text[end:])


def _is_plain_english(word: str) -> bool:
    return word in OBJECT_TYPES and word[1:].islower()


def paragraphs(doc: str, *, off: str = "") -> Markup:
    """The paragraphs of a docstring."""
    texts = (" ".join(each.split()) for each in re.split(r"\n\s*\n", doc))
    return Markup("\n").join(Markup("<p>{}</p>").format(linked(text, off=off)) for text in texts if text)


def sentence(doc: str) -> str:
    """The first sentence of a docstring."""
    return re.split(r"(?<=\.)\s", " ".join(doc.split()), maxsplit=1)[0]
