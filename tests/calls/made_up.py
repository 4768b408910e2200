"""Made-up objects: one of each type in a project, built from the model."""

from __future__ import annotations

from typing import Any

from scrumrpc.model.properties import Property
from scrumrpc.model.types import STORED_TYPES


def objects_of(account: int, area: int = 7) -> list[dict[str, Any]]:
    """One object of each type, in a project of its own, each after those that it belongs to or refers to.

    `area` is the middle of their ids and keeps apart what must differ between several projects.
    """
    made: dict[str, dict[str, Any]] = {}
    for type_name in STORED_TYPES:
        _make(type_name, f"{account}-{area}", made)
    return list(made.values())


def _make(type_name: str, area: str, made: dict[str, dict[str, Any]]) -> None:
    if type_name in made:
        return
    values: dict[str, Any] = {"objectType": type_name}
    for p in STORED_TYPES[type_name].stored:
        if p.hidden or p.name in ("id", "itemNumber", "taskNumber"):
            continue
        if p.kind == "ref" and not p.nullable:
            target = p.target.split("|")[0]
            _make(target, area, made)
            values[p.name] = made[target]["id"]
        elif not p.nullable:
            values[p.name] = _value(p, area)
    if type_name == "Retrospective":
        values["columns"] = [{"name": name, "color": "Blue"} for name in ("Good", "Bad")]
    if type_name == "CustomField":
        values["ownerObjectTypes"], values["type"] = ["BacklogItem"], "Text (single line)"
    values["id"] = f"{area}-{len(made) + 1}"
    made[type_name] = values


def _value(p: Property, area: str) -> Any:
    if p.name == "emailAddress":
        return f"somebody@{area}.example.com"
    match p.kind:
        case "enum":
            return p.values[0]
        case "integer":
            return 1
        case "boolean":
            return False
        case "date":
            return "2026-03-02"
        case "time":
            return 1_767_225_600_000
        case "refs":
            return []
        case "strings":
            return list(p.values[:1])
        case "url":
            return "https://example.com/file.png"
        case _:
            return f"{p.name} {area}"
