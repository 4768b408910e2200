"""The pages: which there are, what each is made of, and how they are rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scrumrpc import __version__
from scrumrpc.calls import file_kinds, kinds, permissions, query_kinds
from scrumrpc.calls.batch import MOST_CALLS
from scrumrpc.calls.epochs import epoch_mismatch
from scrumrpc.calls.parameters import LONGEST_REQUEST_ID, read
from scrumrpc.calls.registry import METHODS
from scrumrpc.calls.version_kinds import LONGEST_VERSION_NAME
from scrumrpc.calls.view import not_reached, version_mismatch
from scrumrpc.calls.waits import LARGEST
from scrumrpc.docs import facts, specimens
from scrumrpc.docs.examples import ACCOUNT, EMAIL, EXAMPLES, GUIDE
from scrumrpc.docs.failures import ANY_CALL, NO_METHOD, answerers, own_errors
from scrumrpc.docs.nouns import (
    default_of,
    held,
    methods_naming,
    nested_in,
    nouns,
    public_methods,
    referred_to_by,
    targets,
    words,
)
from scrumrpc.docs.origins import SOURCES
from scrumrpc.docs.prose import link, linked, paragraphs, sentence
from scrumrpc.docs.rules import SECTIONS
from scrumrpc.errors import (
    CATALOGUE,
    DataVersionNotReachedYet,
    InvalidParameter,
    ObjectNotFound,
    RequestAlreadyExecuted,
    RequiredDataVersionNotMatching,
    RequiredEpochNotMatching,
    RequirementNotSatisfied,
)
from scrumrpc.model import enumerations
from scrumrpc.model.export.form import KINDS
from scrumrpc.model.include import OPTIONAL
from scrumrpc.model.types import OBJECT_TYPES

ROOT = facts.PAGES


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its template and title, where it stands in the navigation, and what it is about."""

    template: str
    title: str
    section: str
    about: Mapping[str, Any] = field(default_factory=dict)


GUIDE_PAGES = {
    "": Page("start.html", "Start", "guide"),
    "calls": Page("calls.html", "How calls work", "guide"),
    "versions": Page("versions.html", "Versions", "guide"),
    "changes": Page("changes.html", "What changed", "guide"),
    "reads": Page("reads.html", "Filtered reads", "guide"),
    "files": Page("files.html", "Files", "guide"),
    "pushes": Page("pushes.html", "Pushes", "guide"),
    "webhooks": Page("webhooks.html", "Webhooks", "guide"),
    "permissions": Page("permissions.html", "Permissions", "guide"),
    "rules": Page("rules.html", "Rules of state", "guide"),
    "export": Page("export.html", "Exports", "guide"),
    "errors": Page("errors.html", "Errors", "guide"),
    "decisions": Page("decisions.html", "Decisions", "guide"),
}
"""The pages about the API as a whole, by path below /docs."""


@cache
def pages() -> dict[str, Page]:
    """All pages, by path below /docs."""
    methods = {
        f"methods/{noun.type.name}": Page("noun.html", f"{noun.words} methods", "methods", {"noun": noun})
        for noun in nouns()
    }
    objects = {f"objects/{name}": Page("object.html", name, "objects", {"type": t}) for name, t in OBJECT_TYPES.items()}
    return {
        **GUIDE_PAGES,
        "methods": Page("methods.html", "Methods", "methods", {"source": None}),
        **{
            f"methods/{name}": Page("methods.html", source.title, "methods", {"source": source})
            for name, source in SOURCES.items()
        },
        **methods,
        "objects": Page("objects.html", "Objects", "objects"),
        **objects,
    }


@cache
def jumps() -> dict[str, str]:
    """Addresses that lead to a place in a page, by path below /docs: one for each method and each error."""
    methods = {f"methods/{m.name}": f"{ROOT}/methods/{m.noun}#{m.name}" for m in public_methods()}
    errors = {f"errors/{error.__name__}": f"{ROOT}/errors#{error.__name__}" for error in CATALOGUE}
    return {**methods, **errors}


@lru_cache(maxsize=128)
def render(path: str, origin: str) -> bytes:
    """A page as HTML; `origin` is where its curl lines call."""
    return _render(pages()[path], path, origin)


def render_missing(path: str, origin: str) -> bytes:
    """The page for a path that leads nowhere, with a hint at what may be meant."""
    *_, last = path.split("/")
    named = {each.rpartition("/")[2]: each for each in (*pages(), *jumps())}
    hint = kinds.nearest(last[:60], tuple(named)).removeprefix(" Did you mean ").removesuffix("?")
    about = {"asked": path[:100], "near": named.get(hint), "near_name": hint}
    return _render(Page("missing.html", "No such page", "", about), path, origin)


def _render(page: Page, path: str, origin: str) -> bytes:
    def curl(method: str, given: Mapping[str, str]) -> str:
        return specimens.curl(origin, method, given)

    def upload(method: str, given: Mapping[str, str], file: str, content_type: str) -> str:
        return specimens.upload(origin, method, given, file, content_type)

    def download(place: str, file: str) -> str:
        return specimens.download(origin, place, file)

    def push(event: str, file: str) -> str:
        return specimens.push(origin, event, file)

    template = _environment().get_template(page.template)
    calls = {"curl": curl, "upload": upload, "download": download, "push": push}
    return template.render(page=page, path=path, origin=origin, **calls, **page.about).encode()


@cache
def _environment() -> Environment:
    """The templates, with everything that they tell of."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        linked=linked, paragraphs=paragraphs, sentence=sentence, words=words, thousands=_thousands
    )
    environment.globals.update(
        root=ROOT,
        version=__version__,
        guide_pages=GUIDE_PAGES,
        nouns=nouns(),
        types=OBJECT_TYPES,
        optional=OPTIONAL,
        catalogue=CATALOGUE,
        any_call=ANY_CALL,
        no_method=NO_METHOD,
        own_errors=own_errors,
        answerers=answerers,
        methods=public_methods(),
        methods_naming=methods_naming,
        nested_in=nested_in,
        referred_to_by=referred_to_by,
        targets=targets,
        held=held,
        default_of=default_of,
        sources=SOURCES,
        rule_sections=SECTIONS,
        permissions=permissions.RULES,
        file_kinds=file_kinds,
        query_kinds=query_kinds,
        specimen=lambda name: specimens.printed(specimens.specimen(name)),
        result=specimens.result,
        result_of=lambda name: specimens.result(METHODS[GUIDE[name].method], GUIDE[name].given),
        mirror=(Path(__file__).parent / "mirror.py").read_text("utf-8"),
        failure=specimens.failure,
        repeated=RequestAlreadyExecuted(),
        stale=_stale(),
        other_epoch=_other_epoch(),
        there=RequirementNotSatisfied("The BacklogItem 729-0-69320 is there: it cannot be restored."),
        slip=_slip(),
        future=_future(),
        lost=ObjectNotFound("Call 3 (setBacklogItemPriority): There is no backlog item with the id 729-1-1."),
        data_version=specimens.DATA_VERSION,
        epoch=specimens.EPOCH,
        examples=EXAMPLES,
        guide=GUIDE,
        account=ACCOUNT,
        email=EMAIL,
        facts=facts,
        kinds=kinds,
        enumerations=enumerations,
        longest_request_id=LONGEST_REQUEST_ID,
        longest_version_name=LONGEST_VERSION_NAME,
        most_calls=MOST_CALLS,
        most_told=LARGEST,
        export_lines=KINDS,
        exported=(Path(__file__).parent / "export.ndjson").read_text("utf-8").strip(),
        receiver=(Path(__file__).parent / "receiver.py").read_text("utf-8").strip(),
        see=link,
    )
    return environment


def _stale() -> RequiredDataVersionNotMatching:
    return version_mismatch(specimens.DATA_VERSION, int(GUIDE["stale"].given["requiredDataVersion"]))


def _other_epoch() -> RequiredEpochNotMatching:
    return epoch_mismatch(specimens.EPOCH, GUIDE["other epoch"].given["requiredEpoch"])


def _future() -> DataVersionNotReachedYet:
    return not_reached(int(GUIDE["future"].given["atDataVersion"]), 0, specimens.DATA_VERSION)


def _slip() -> InvalidParameter:
    """What the call with a slip in it answers."""
    step = GUIDE["slip"]
    try:
        read(METHODS[step.method], step.given)
    except InvalidParameter as error:
        return error
    raise AssertionError("The slip is none.")


def _thousands(number: float) -> str:
    return f"{number:,.0f}"
