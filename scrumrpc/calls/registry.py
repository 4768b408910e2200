"""The registry: a method's typed signature is its specification, read once at import."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, get_args, get_origin, get_type_hints

from scrumrpc.calls.kinds import Kind
from scrumrpc.calls.permissions import PROJECT_ACCESS, Permission
from scrumrpc.calls.references import Reference
from scrumrpc.calls.upstream import Origin, origin_of
from scrumrpc.model.types import OBJECT_TYPES

RESERVED = frozenset({"requestID", "onRepeat", "requiredDataVersion", "requiredEpoch", "pretty"})
"""Parameters that every method understands; no method may use the names for its own."""

Function = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a method."""

    name: str
    kind: Kind
    reference: Reference | None
    required: bool
    doc: str


@dataclass(frozen=True, slots=True)
class Method:
    """A registered function with its wire name.

    `noun` is the object type that it is about; `requires` are the conditions that must hold, in words; `result` says
    what it answers, and a `secret_result` is told once and kept nowhere. `origin` says whether the original has the
    method. A method that `waits` for new versions takes no place of those for ordinary calls. The answers of one that
    is `tagged` have tags, by which a caller says which of them it has already. Others than `public` ones have no URL:
    they serve the command line, or something else that calls methods.
    """

    name: str
    function: Function
    writes: bool
    noun: str
    doc: str
    parameters: tuple[Parameter, ...]
    permission: Permission
    requires: tuple[str, ...]
    result: str
    result_schema: dict[str, Any]
    public: bool
    takes_request_id: bool
    takes_required_data_version: bool
    secret_result: bool
    waits: bool
    tagged: bool
    origin: Origin


class RegistrationError(Exception):
    """A method that is declared wrongly; seen at import, never by a client."""


METHODS: dict[str, Method] = {}
"""All registered methods by wire name, in the order of registration."""


def _array_of(type_name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{type_name}"}}


_RESULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "null": ("null", {"type": "null"}),
    "id": ("The id of the new object.", {"type": "string"}),
    "data": ("The data, as a Data object.", {"$ref": "#/components/schemas/Data"}),
    "version": ("The data version.", {"type": "integer"}),
    "secret": ("The new secret, shown this once.", {"type": "string"}),
    "key": (
        "The new key, as an APIKey object with the key itself.",
        {"$ref": "#/components/schemas/APIKey"},
    ),
    "keys": ("The keys, as APIKey objects, oldest first.", _array_of("APIKey")),
    "webhook": (
        "The new webhook, as a Webhook object with its secret.",
        {"$ref": "#/components/schemas/Webhook"},
    ),
    "webhooks": ("The webhooks, as Webhook objects, oldest first.", _array_of("Webhook")),
    "deliveries": (
        "The attempts that are kept, as WebhookDelivery objects, newest first.",
        _array_of("WebhookDelivery"),
    ),
    "changes": ("The changes, as a Changes object.", {"$ref": "#/components/schemas/Changes"}),
    "object": ("The object.", {"type": "object"}),
    "page": ("The backlog items, as a BacklogItemPage object.", {"$ref": "#/components/schemas/BacklogItemPage"}),
    "versions": ("The versions, as a VersionPage object.", {"$ref": "#/components/schemas/VersionPage"}),
    "namedVersions": ("The names, as NamedVersion objects.", _array_of("NamedVersion")),
    "timeEntries": ("The time entries, as TimeEntry objects.", _array_of("TimeEntry")),
    "results": ("The results of the calls, in order.", {"type": "array", "items": {}}),
    "contents": ("The contents of the file, base64-encoded.", {"type": "string", "contentEncoding": "base64"}),
}


def method(
    *,
    noun: str,
    writes: bool,
    answers: str = "null",
    permission: Permission = PROJECT_ACCESS,
    requires: Iterable[str] = (),
    public: bool = True,
    takes_request_id: bool | None = None,
    takes_required_data_version: bool = True,
    secret_result: bool = False,
    waits: bool = False,
    tagged: bool = False,
) -> Callable[[Function], Function]:
    """Registers a function under its own name.

    The first parameter is the call's Transaction (or View, for a method that only reads); the others are keywords
    annotated with kinds. One without a default is required.
    """

    def register(function: Function) -> Function:
        add(
            function.__name__,
            function,
            noun=noun,
            writes=writes,
            answers=answers,
            permission=permission,
            requires=requires,
            public=public,
            takes_request_id=writes if takes_request_id is None else takes_request_id,
            takes_required_data_version=takes_required_data_version,
            secret_result=secret_result,
            waits=waits,
            tagged=tagged,
        )
        return function

    return register


def add(
    name: str,
    function: Function,
    *,
    noun: str,
    writes: bool,
    answers: str = "null",
    permission: Permission = PROJECT_ACCESS,
    requires: Iterable[str] = (),
    public: bool = True,
    takes_request_id: bool = True,
    takes_required_data_version: bool = True,
    secret_result: bool = False,
    waits: bool = False,
    tagged: bool = False,
    doc: str | None = None,
    parameters: tuple[Parameter, ...] | None = None,
) -> None:
    """Registers a function under a wire name; see `method`."""
    doc = doc or inspect.getdoc(function)
    if not doc:
        raise RegistrationError(f"{name} has no docstring.")
    if name in METHODS:
        raise RegistrationError(f"{name} is registered twice.")
    if noun not in OBJECT_TYPES:
        raise RegistrationError(f"{name} is about the unknown object type {noun}.")
    if parameters is None:
        parameters = tuple(_parameters_of(name, function, noun))
    for parameter in parameters:
        if parameter.name in RESERVED:
            raise RegistrationError(f"{name} uses the reserved parameter name {parameter.name}.")
    result, schema = _RESULTS[answers]
    METHODS[name] = Method(
        name, function, writes, noun, doc, parameters, permission, tuple(requires), result, schema, public,
        takes_request_id, takes_required_data_version, secret_result, waits, tagged, origin_of(name),
    )  # fmt: skip


def _parameters_of(name: str, function: Function, noun: str) -> Iterable[Parameter]:
    hints = get_type_hints(function, include_extras=True)
    for p in list(inspect.signature(function).parameters.values())[1:]:
        if p.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise RegistrationError(f"{name}: the parameter {p.name} must be keyword-only.")
        required = p.default is inspect.Parameter.empty
        parameter = parameter_of(noun, p.name, hints[p.name], required=required)
        if not required and p.default != parameter.kind.none:
            raise RegistrationError(f"{name}: the default of {p.name} must be {parameter.kind.none!r}.")
        yield parameter


def parameter_of(noun: str, name: str, annotation: Any, *, required: bool) -> Parameter:
    """The parameter that an annotation such as ExternalID describes, for a method about the object type `noun`."""
    extras = get_args(annotation)[1:] if get_origin(annotation) is not None else ()
    for extra in extras:
        if isinstance(extra, Reference):
            return Parameter(name, extra.kind, extra, required, extra.kind.rule)
        if isinstance(extra, Kind):
            object_type = OBJECT_TYPES[noun]
            p = object_type.property(name) if object_type.has(name) else None
            about = p.doc if p and p.kind not in ("objectType", "refs") else ""  # those are about other objects
            return Parameter(name, extra, None, required, f"{about} {extra.rule}".strip())
    raise RegistrationError(f"{name}: {annotation!r} is not a parameter kind.")
