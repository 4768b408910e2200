"""Secrets: whose project each id and each marked text is, to be found again in whatever anybody is answered."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from scrumrpc.calls.registry import Method
from scrumrpc.model.image import Image
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES

_ID = re.compile(r"[0-9]+-[0-9]+-[0-9]+(?:_[0-9]+-[0-9]+)?")
_MARK = re.compile(r"<([0-9]+)/([0-9]+)/([0-9]+)>")
_MARKED_KINDS = ("name", "text", "external id")
"""The kinds of parameters whose texts are stored as they are given."""
_TEXTS = ("name", "title", "text", "message", "description", "revision")
MARKED = {object_type.name: [name for name in _TEXTS if object_type.has(name)] for object_type in STORED_TYPES.values()}
"""The properties, by type, that are marked in the objects that an account begins with."""


class Secrets:
    """All ids that objects of projects have ever had; texts are marked with the number of their project."""

    def __init__(self) -> None:
        self.projects_of: dict[str, set[int]] = {}
        self.known: dict[int, Record] = {}

    def learn(self, image: Image) -> None:
        """Takes note of what there is now."""
        for record in image.records():
            if record.project is not None:
                self.projects_of.setdefault(record.id, set()).add(record.project)
            self.known[record.number] = record

    def marked(self, method: Method, given: Mapping[str, str], image: Image) -> dict[str, str]:
        """Arguments whose texts are marked with the project of the objects among them, if that is one."""
        named = {project for text in given.values() for project in self.projects_of.get(text, ())}
        if len(named) != 1 or method.name == "setCustomFieldValue":
            return dict(given)
        project = image.get(named.pop())
        if project is None:
            return dict(given)
        kinds = {p.name: p.kind.name for p in method.parameters}
        return {
            name: f"{text} {mark(project.id)}" if text and kinds[name] in _MARKED_KINDS else text
            for name, text in given.items()
        }

    def found_in(self, answer: str, reach: Collection[int], given: str) -> Iterator[str]:
        """What an answer tells of projects beyond reach, other than what the caller had said."""
        for wire_id in set(_ID.findall(answer)) - set(_ID.findall(given)):
            projects = self.projects_of.get(wire_id)
            if projects and projects.isdisjoint(reach):
                yield wire_id
        for parts in set(_MARK.findall(answer)) - set(_MARK.findall(given)):
            if self.projects_of["-".join(parts)].isdisjoint(reach):
                yield mark("-".join(parts))


def mark(project_id: str) -> str:
    """What texts of a project hold: ids in answers are told from it."""
    return f"<{project_id.replace('-', '/')}>"


def marked_object(each: dict[str, Any]) -> dict[str, Any]:
    """An object to begin with, with the mark of its project in its texts."""
    project = each["id"] if each["objectType"] == "Project" else each.get("projectID")
    if project is None:
        return each
    texts = {name: each.get(name) or "" for name in MARKED[each["objectType"]]}
    marked = {name: f"{text} {mark(project)}" for name, text in texts.items()}
    return each | marked | {"externalID": f"{mark(project)} {each['id'].rpartition('-')[2]}"}
