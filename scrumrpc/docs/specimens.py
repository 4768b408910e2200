"""What calls and answers look like: curl lines, and JSON of made-up objects in the layout of `pretty=true`."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from scrumrpc.calls.registry import METHODS, Method
from scrumrpc.docs.examples import ACCOUNT, EMAIL
from scrumrpc.docs.facts import FILES, HOOKS, SERVICE
from scrumrpc.docs.nouns import held, public_methods, targets, words
from scrumrpc.errors import ApiError
from scrumrpc.model.enumerations import DEFAULT_UNITS
from scrumrpc.model.properties import Property
from scrumrpc.model.types import OBJECT_TYPES

DATA_VERSION = 208
EPOCH = "b81d5e6a03cf"
"""The version that answers carry in examples."""
_NEW_OBJECT = 89364
_NEW_ID = f"{ACCOUNT}-0-{_NEW_OBJECT}"
_SECRET = "0b7c1f4e9a5d62838f3e2a1d4c6b5098e7d1f2c3b4a5968778695a4b3c2d1e0f"
_CONTENTS = "VGhlIGJhbmsgY2FsbHMgYmFjay4K"
_KEY = f"{ACCOUNT}-" + _SECRET.upper()

_VALUES: dict[str, Any] = {
    **DEFAULT_UNITS,
    "description": "An example description.",
    "fileName": "file.png",
    "emailAddress": "ann@example.com",
    "endDate": "2026-03-13",
    "errorID": "ObjectNotFound",
    "errorMessage": "There is no project with the id 729-110-2.",
    "firstName": "Ann",
    "isAdministrator": False,
    "message": "Mends the sign-in",
    "releaseDate": "2026-05-29",
    "revision": "8ec178ac8b2b385f3882553da18969a44331a6da",
    "text": "An example comment.",
    "TimeEntry.usedTime": 2.5,
    "isArchived": False,
    "isArchivedInBoard": False,
    "isRequired": False,
    **dict.fromkeys(("bugState", "reproducible", "resolution"), None),
    **dict.fromkeys(("toDoDate", "inProgressDate", "toTestDate", "doneDate"), None),
    "APIKey.id": f"{ACCOUNT}-0-2",
    "APIKey.expirationDate": 4_102_444_800_000,
    "APIKey.isReadOnly": True,
    "APIKey.lastUsedDate": None,
    "APIKey.name": "Dashboard in the kitchen",
    "APIKey.prefix": _KEY[:10],
    "APIKey.creationDate": 1_767_225_600_000,
    "APIKey.key": _KEY,
    "BacklogItemPage.nextCursor": "WyJhNDk2IixudWxsXQ",
    "Webhook.id": f"{ACCOUNT}-0-1",
    "Webhook.url": "https://hooks.example.com/scrum",
    "Webhook.description": "Keeps the wall display up to date.",
    "Webhook.projectIDs": ["729-11230-1", "729-31745-129"],
    "Webhook.objectTypes": ["BacklogItem", "Task"],
    "Webhook.personID": "729-3156-1342",
    "Webhook.creationDate": 1_767_225_600_000,
    "Webhook.isEnabled": True,
    "Webhook.failures": 0,
    "Webhook.nextAttemptDate": None,
    "Webhook.secret": "whsec_ZLeSU8Pq1hyVIsXbDdv0wKCJ3rGmTnOuFa9HzYxMk4E=",
    "WebhookDelivery.messageID": f"msg_{ACCOUNT}_1_{DATA_VERSION}_{EPOCH}",
    "WebhookDelivery.attempt": 1,
    "WebhookDelivery.date": 1_767_225_600_000,
    "WebhookDelivery.duration": 84,
    "WebhookDelivery.status": 204,
    "Changes.epoch": EPOCH,
    "VersionPage.oldestDataVersion": 0,
    "VersionPage.epoch": EPOCH,
    "VersionPage.nextUntilDataVersion": DATA_VERSION - 20,
    "NamedVersion.name": "Sprint 12 planned",
    "NamedVersion.note": "What the team promised on Monday.",
    "NamedVersion.personID": f"{ACCOUNT}-11304-39",
    "NamedVersion.creationDate": 1_767_225_600_000,
    "columnNum": 1,
    "ownerObjectTypes": ["BacklogItem", "Task"],
    "options": ["Small", "Medium", "Large"],
    "CustomField.type": "Dropdown",
    "CustomFieldValue.value": "Medium",
    "Changes.sinceDataVersion": 1,
    "Changes.untilDataVersion": 3,
    "Changes.hasMore": False,
    "Changes.projectIDs": [f"{ACCOUNT}-11230-1"],
    "Version.dataVersion": 3,
    "Version.date": 1_767_225_600_000,
    "Version.personID": f"{ACCOUNT}-4543-3632",
    "Version.method": "setBacklogItemName",
    "Version.callID": "9f1c2a7be0d4",
    "changeType": "updated",
    "changedObjectType": "BacklogItem",
    "objectID": f"{ACCOUNT}-0-69327",
    "Change.projectID": f"{ACCOUNT}-11230-1",
    "ObjectChange.projectID": f"{ACCOUNT}-11230-1",
    "Change.changedProperties": ["name"],
    "Change.oldValues": {"name": "Sign in"},
    "Change.newValues": {"name": "Sign in with a passkey"},
    "ObjectChange.lists": ["tasks"],
    "Place.containerObjectType": "Project",
    "Place.containerObjectID": f"{ACCOUNT}-11230-1",
    "Place.property": "backlogItems",
    "Place.column": None,
    "Place.index": 4,
    "RetrospectiveColumn.name": "Went well",
    "RetrospectiveColumn.color": "Green",
}
"""Values that say more than those made up by kind; by property, of all types or of one."""

_SHOWN_ONCE = {"key", "secret"}
"""Properties that have a value only where something was made just now."""


def curl(origin: str, method: str, given: Mapping[str, str]) -> str:
    """A curl command for a shell that holds an API key in KEY."""
    parts = [f"curl {origin}{SERVICE}/{method}", f'-u "{EMAIL}:$KEY"']
    parts += [_data(f"{name}={value}") for name, value in given.items()]
    return " \\\n  ".join(parts)


def upload(origin: str, method: str, given: Mapping[str, str], file: str, content_type: str) -> str:
    """A curl command that sends a file as it is, with the parameters in the query string."""
    url = f"{origin}{SERVICE}/{method}?{urlencode(given)}"
    parts = [f'curl "{url}"', f'-u "{EMAIL}:$KEY"', f'-H "Content-Type: {content_type}"', f"--data-binary @{file}"]
    return " \\\n  ".join(parts)


def download(origin: str, place: str, file: str) -> str:
    """A curl command that fetches a file from where its object says that it is."""
    return f'curl {origin}{FILES}/{place}/{file} \\\n  -u "{EMAIL}:$KEY" \\\n  -o {file}'


def push(origin: str, event: str, file: str) -> str:
    """A curl command that reports a push as GitLab does, for a shell that holds the secret in SECRET."""
    parts = [
        f"curl {origin}{HOOKS}/gitlab/{ACCOUNT}", f'-H "X-Gitlab-Event: {event}"', '-H "X-Gitlab-Token: $SECRET"',
        '-H "Content-Type: application/json"', f"--data-binary @{file}",
    ]  # fmt: skip
    return " \\\n  ".join(parts)


def _data(pair: str) -> str:
    """An option for one parameter; what is special in forms is left to curl to encode."""
    option = "--data-urlencode" if re.search(r"[&%+;]|[^\x20-\x7e]", pair) else "-d"
    return f"{option} {_quoted(pair)}"


def _quoted(text: str) -> str:
    """A word of a shell command; in double quotes where that suffices, because Windows knows only these."""
    return f'"{text}"' if re.search(r"[^\w.:/@,=+-]", text) and not re.search(r'["$`\\!]', text) else shlex.quote(text)


def result(method: Method, given: Mapping[str, str]) -> str:
    """What a successful call answers."""
    answer = {"objectType": "Result", "dataVersion": DATA_VERSION, "result": result_value(method, given)}
    return printed(answer)


def result_value(method: Method, given: Mapping[str, str]) -> Any:
    """The result in the answer to a successful call."""
    include = frozenset(given.get("includeProperties", "").split(","))
    match method.result_schema:
        case {"$ref": "#/components/schemas/Changes"}:
            return _changes(given, include)
        case {"$ref": "#/components/schemas/VersionPage"}:
            page = specimen("VersionPage")
            return page | {"versions": [version | {"changes": None} for version in page["versions"]]}
        case {"$ref": str(reference)}:
            return specimen(reference.rpartition("/")[2], include)
        case {"items": {"$ref": str(reference)}}:
            listed = specimen(reference.rpartition("/")[2], include)
            return [listed | dict.fromkeys(listed.keys() & _SHOWN_ONCE)]
        case {"type": "object"}:
            return specimen(given["objectType"], include)
        case {"type": "array"}:
            return _results(json.loads(given["calls"]))
        case {"contentEncoding": _}:
            return _CONTENTS
        case {"type": "string"}:
            return _VALUES.get(f"{method.noun}.secret", _SECRET) if method.secret_result else _NEW_ID
        case {"type": str(name)}:
            return {"null": None, "integer": DATA_VERSION}[name]
    raise ValueError(f"{method.name} answers something without a specimen.")


def _changes(given: Mapping[str, str], include: frozenset[str]) -> dict[str, Any]:
    """What changed: either version by version or collapsed, where an object comes with nothing in its lists."""
    told = specimen("Changes")
    if "collapse" not in given:
        return {**told, "objects": None, "projectIDs": None}
    [change] = told["objects"]
    item = specimen(change["changedObjectType"], include)
    change["lists"] = [p.name for p in OBJECT_TYPES["BacklogItem"].answered if held(p) and item[p.name] is not None]
    change["object"] = {name: [] if name in change["lists"] else value for name, value in item.items()}
    return {**told, "versions": None}


def _results(calls: list[dict[str, Any]]) -> list[Any]:
    """What the calls of a batch answer: new ids count up, and others answer nothing."""
    numbers = itertools.count(_NEW_OBJECT)
    adds = [METHODS[call["method"]].result_schema == {"type": "string"} for call in calls]
    return [f"{ACCOUNT}-0-{next(numbers)}" if each else None for each in adds]


def failure(error: ApiError) -> str:
    """What a call that fails answers."""
    return printed({"objectType": "Error", "errorID": error.error_id, "errorMessage": error.message})


def specimen(type_name: str, include: frozenset[str] = frozenset(), inside: tuple[str, ...] = ()) -> dict[str, Any]:
    """A made-up object with the optional properties in `include`; a type never nests in itself here."""
    ids = _ids()
    answer: dict[str, Any] = {}
    for p in OBJECT_TYPES[type_name].answered:
        if target := held(p):
            wanted = not p.optional or f"{type_name}.{p.name}" in include
            nested = [] if target in (type_name, *inside) else [specimen(target, include, (*inside, type_name))]
            answer[p.name] = nested if wanted else None
        else:
            answer[p.name] = ids[type_name] if p.kind == "id" else _value(p, type_name, ids)
    return answer


def _value(p: Property, type_name: str, ids: Mapping[str, str]) -> Any:
    for name in (f"{type_name}.{p.name}", p.name):
        if name in _VALUES:
            return _VALUES[name]
    target = next(iter(targets(p)), type_name)
    match p.kind:
        case "objectType" | "enum":
            return p.values[0]
        case "integer":
            return 214
        case "time":
            return 1_767_225_600_000
        case "number":
            return -1.0
        case "boolean":
            return True
        case "date":
            return "2026-03-02"
        case "ref":
            return None if p.nullable else ids[target]
        case "refs" | "assigned":
            return [ids[target]]
        case "strings":
            return None if p.nullable else list(p.values[:1])
        case "any":
            return DATA_VERSION if p.target == "integer" else None
        case _:
            return None if p.nullable else _text(p.name, type_name)


def _text(name: str, type_name: str) -> str:
    return "https://example.com/file.png" if name.lower().endswith("url") else f"Example {words(type_name)}"


@cache
def _ids() -> dict[str, str]:
    """An id for each type: the one that parameters show, where there is one."""
    ids = {name: f"{ACCOUNT}-{11_000 + 37 * n}-{5 * n + 1}" for n, name in enumerate(OBJECT_TYPES)}
    for method in reversed(public_methods()):
        for p in method.parameters:
            if p.reference and len(p.reference.types) == 1:
                ids[p.reference.types[0]] = p.kind.example
    ids["TeamSprintParticipation"] = f"{ids['Team']}_{ids['Sprint'].partition('-')[2]}"
    return ids


def printed(value: Any, indent: str = "") -> str:
    """JSON with one member to a line, blanks around colons, and arrays that run on.

    >>> print(printed({"a": [1, {"b": []}]}))
    {
      "a" : [ 1, {
        "b" : [ ]
      } ]
    }
    """
    match value:
        case {**members} if members:
            inner = indent + "  "
            lines = (f"{inner}{json.dumps(name)} : {printed(member, inner)}" for name, member in members.items())
            return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
        case [_, *_]:
            return "[ " + ", ".join(printed(member, indent) for member in value) + " ]"
        case [] | {}:
            return "[ ]" if value == [] else "{ }"
        case _:
            return json.dumps(value, ensure_ascii=False)
