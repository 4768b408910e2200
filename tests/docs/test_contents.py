"""Registry, model and error catalogue are what the pages tell, and the pages tell nothing else."""

from __future__ import annotations

import re

import pytest

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.permissions import RULES
from scrumrpc.calls.registry import METHODS, RESERVED
from scrumrpc.docs.nouns import nouns, public_methods, words
from scrumrpc.docs.origins import SOURCES
from scrumrpc.docs.prose import link, linked, paragraphs, sentence
from scrumrpc.docs.rules import SECTIONS
from scrumrpc.errors import CATALOGUE
from scrumrpc.model import invariants
from scrumrpc.model.export.form import KINDS
from scrumrpc.model.include import OPTIONAL
from scrumrpc.model.telling import HIDDEN_AS
from scrumrpc.model.types import OBJECT_TYPES, STORED_TYPES
from tests.docs.document import Document

PUBLIC = [method for method in METHODS.values() if method.public]


@pytest.mark.parametrize("method", PUBLIC, ids=lambda method: method.name)
def test_a_method_is_told_in_full(site: dict[str, Document], method: object) -> None:
    assert isinstance(method, type(PUBLIC[0]))
    page = site[f"/docs/methods/{method.noun}"]
    assert method.name in page.ids
    assert {f"{method.name}.{p.name}" for p in method.parameters} <= set(page.ids)
    for told in (
        " ".join(method.doc.split()).removesuffix("."), method.permission.rule, method.result,
        *method.requires, *(p.doc for p in method.parameters), SOURCES[method.origin].says,
    ):  # fmt: skip
        assert all(" ".join(part.split()) in page.main_text for part in told.split("\n\n")), told
    assert method.name in site["/docs/methods"].main_text


def test_methods_stand_in_the_order_of_registration(site: dict[str, Document]) -> None:
    for noun in nouns():
        names = [each for each in site[f"/docs/methods/{noun.type.name}"].ids if each in METHODS]
        assert names == [method.name for method in PUBLIC if method.noun == noun.type.name]
    links = [link.partition("#")[2] for link in site["/docs"].links if "/methods/" in link and "#" in link]
    assert links[-len(PUBLIC) :] == [method.name for noun in nouns() for method in noun.methods]  # the navigation


def test_every_method_says_where_it_comes_from(site: dict[str, Document]) -> None:
    counts = {name: len(source.methods) for name, source in SOURCES.items()}
    assert counts == {"documented": 42, "named": 48, "ours": len(PUBLIC) - 90}
    for name, source in SOURCES.items():
        kept = [method for method in PUBLIC if method.origin == name]
        in_order = [method.name for noun in nouns() for method in noun.methods if method in kept]
        assert [term.strip() for term in site[f"/docs/methods/{name}"].terms] == in_order
        marked = [term.split() for term in site["/docs/methods"].terms]
        assert [term for term, mark in marked if mark == source.mark] == in_order
        assert f"{counts[name]} of the {len(PUBLIC)} methods" in site[f"/docs/methods/{name}"].main_text
        assert str(counts[name]) in site["/docs/methods"].main_text
        for noun in nouns():
            said = site[f"/docs/methods/{noun.type.name}"].main_text.count(source.says)
            assert said == sum(method in kept for method in noun.methods)


def test_every_permission_has_its_methods(site: dict[str, Document]) -> None:
    assert {method.permission for method in PUBLIC} <= set(RULES)
    text = site["/docs/permissions"].main_text
    starts = [text.index(f"{permission.rule} ", text.index("Who may Methods")) for permission in RULES]
    assert starts == sorted(starts)
    for permission, start, end in zip(RULES, starts, [*starts[1:], text.index("Where a rule names")], strict=True):
        named = [method.name for method in PUBLIC if method.permission is permission]
        assert named, permission.rule
        told = text[start:end].removeprefix(permission.rule)
        assert [word for word in re.findall(r"\w+", told) if word in METHODS] == named


def test_every_rule_of_state_is_told(site: dict[str, Document]) -> None:
    page = site["/docs/rules"]
    headings = [heading for section in SECTIONS.values() for heading in section]
    assert sorted(heading.rule.__name__ for heading in headings) == sorted(rule.__name__ for rule in invariants.RULES)
    assert len({heading.title for heading in headings}) == len(headings)
    for heading in headings:
        assert heading.name in page.ids
        assert " ".join(heading.says.split()) in page.main_text


def test_operators_methods_are_nowhere(site: dict[str, Document]) -> None:
    hidden = [method.name for method in METHODS.values() if not method.public]
    assert hidden
    assert not [name for name in hidden for page in site.values() if name in page.text]
    assert {method.name for method in public_methods()}.isdisjoint(hidden)


@pytest.mark.parametrize("name", OBJECT_TYPES)
def test_an_object_type_is_told_in_full(site: dict[str, Document], name: str) -> None:
    page, object_type = site[f"/docs/objects/{name}"], OBJECT_TYPES[name]
    answered = [p.name for p in object_type.answered]
    assert [each for each in page.ids if each in answered] == answered
    hidden = {p.name for p in object_type.properties if p.hidden}
    assert hidden.isdisjoint(page.ids)
    for p in object_type.answered:
        assert p.doc in page.main_text
        assert all(value in page.main_text for value in p.values)
        if p.optional:
            assert f"includeProperties names {name}.{p.name}." in page.main_text
    assert name in site["/docs/objects"].main_text


def test_every_optional_property_is_listed(site: dict[str, Document]) -> None:
    tokens = [code for code in site["/docs/objects"].codes if "." in code and code.partition(".")[0] in OBJECT_TYPES]
    assert tokens[: len(OPTIONAL)] == list(OPTIONAL)


def test_every_error_is_told(site: dict[str, Document]) -> None:
    page = site["/docs/errors"]
    assert sorted(each for each in page.ids if each[0].isupper()) == sorted(error.__name__ for error in CATALOGUE)
    for error in CATALOGUE:
        assert error().message in page.main_text
        retry = f" Retry-After {error.default_retry_after}" if error.default_retry_after is not None else ""
        assert f"{error.__name__} {error.status}{retry}" in page.main_text


def test_every_status_is_in_the_decisions(site: dict[str, Document]) -> None:
    for error in CATALOGUE:
        assert f"/docs/errors#{error.__name__}" in site["/docs/decisions"].links


def test_pages_name_nothing_that_does_not_exist(site: dict[str, Document]) -> None:
    parameters = {p.name for method in PUBLIC for p in method.parameters} | RESERVED
    properties = {p.name for t in OBJECT_TYPES.values() for p in t.answered}
    errors = {error.__name__ for error in CATALOGUE}
    parameters |= set(HIDDEN_AS.values())  # which only changes tell of
    known = {m.name for m in PUBLIC} | parameters | properties | set(OBJECT_TYPES) | errors
    camel_case = re.compile(r"\b(?:[a-z]+[A-Z]|[A-Z][a-z]+[A-Z])[A-Za-z]*\b")
    plain = {"OpenAPI", "NaN", "GitHub", "GitLab", "ETag", "EventSource", "BaseHTTPRequestHandler"}
    in_exports = {field.name for kind in KINDS.values() for field in kind.fields} | {
        p.name for t in STORED_TYPES.values() for p in t.stored
    }
    for path, page in site.items():
        named = set(camel_case.findall(page.main_text)) - plain
        of_page = known | in_exports if path == "/docs/export" else known
        assert named <= of_page, f"{path} names {sorted(named - of_page)}"


def test_code_is_never_a_slip(site: dict[str, Document]) -> None:
    tokens = re.compile(r"([A-Z][A-Za-z]+)\.([a-z][A-Za-z]*)")
    for path, page in site.items():
        for code in page.codes:
            for match in tokens.finditer(code):
                assert OBJECT_TYPES[match[1]].has(match[2]), f"{path}: {match[0]}"


# Words ------------------------------------------------------------------------------------------------------------


def test_names_in_docstrings_become_links() -> None:
    html = linked("Use addTag & Task.status; a Task, BacklogItem or projectID: APIBusy.", off="BacklogItem")
    assert html == (
        'Use <a href="/docs/methods/Tag#addTag"><code>addTag</code></a> &amp; '
        '<a href="/docs/objects/Task#status"><code>Task.status</code></a>; a Task, <code>BacklogItem</code> or '
        '<code>projectID</code>: <a href="/docs/errors#APIBusy"><code>APIBusy</code></a>.'
    )


def test_a_template_cannot_name_what_is_not_there() -> None:
    for name in ("addTagg", "Task.nothing", "Person.isDeleted.", "importObjects"):
        with pytest.raises(KeyError):
            link(name)


def test_paragraphs_and_sentences() -> None:
    assert paragraphs("One\nline. <b>\n\n  Two.") == "<p>One line. &lt;b&gt;</p>\n<p>Two.</p>"
    assert sentence("Adds a\ntask. It stands last.") == "Adds a task."
    assert words("TeamSprintParticipation") == "team sprint participation"
