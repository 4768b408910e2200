"""The baseline of a warm getData: joins the fragments of the same answer, already serialized, in a bare script.

    python -m tests.load.fragments FOLDER

The folder's answer.json is the body of an answer. Each backlog item without its tasks and each task is one fragment
(the item's is cut where its tasks go in); all else is one fragment for each project. What is timed is walking through
projects, items and tasks and joining all of it; the result is checked to be the
same as the answer.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path
from typing import Any

import orjson

Nested = tuple[bytes, list[Any], bytes]
"""An object: its fragment up to where others are nested, these, and the rest of its fragment."""

_MARK = "the nested ones go in here"
_ROUNDS = 15


def main() -> None:
    """Prints seconds of joining, of joining a flat list that was gathered before, and the bytes."""
    body = (Path(sys.argv[1]) / "answer.json").read_bytes()
    result = orjson.loads(body)["result"]
    projects = result.pop("projects")
    head, tail = _cut({**result, "projects": _MARK})
    fragments = [_project(project) for project in projects]
    del result, projects
    gc.collect()
    gc.disable()  # else the pauses of collecting would be timed as joining
    whole: list[float] = []
    flat: list[float] = []
    joined = b""
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        joined = join(head, fragments, tail)
        whole.append(time.perf_counter() - began)
    pieces = gathered(head, fragments, tail)
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        b"".join(pieces)
        flat.append(time.perf_counter() - began)
    assert orjson.loads(joined) == orjson.loads(body)["result"]
    print(json.dumps({"seconds": sorted(whole)[_ROUNDS // 2], "flat_seconds": sorted(flat)[_ROUNDS // 2]}))


def join(head: bytes, projects: list[Nested], tail: bytes) -> bytes:
    """All fragments as one answer."""
    return b"".join(gathered(head, projects, tail))


def gathered(head: bytes, projects: list[Nested], tail: bytes) -> list[bytes]:
    """All fragments in their order, with what stands between them."""
    pieces = [head]
    for n, (project_head, items, project_tail) in enumerate(projects):
        pieces.append(b"," + project_head if n else project_head)
        for m, (item_head, tasks, item_tail) in enumerate(items):
            if m:
                pieces.append(b",")
            pieces.append(item_head)
            pieces.append(b",".join(tasks))
            pieces.append(item_tail)
        pieces.append(project_tail)
    pieces.append(tail)
    return pieces


def _project(project: dict[str, Any]) -> Nested:
    items = project["backlogItems"]
    head, tail = _cut({**project, "backlogItems": _MARK})
    return head, [_item(item) for item in items], tail


def _item(item: dict[str, Any]) -> tuple[bytes, list[bytes], bytes]:
    head, tail = _cut({**item, "tasks": _MARK})
    return head, [orjson.dumps(task) for task in item["tasks"]], tail


def _cut(marked: dict[str, Any]) -> tuple[bytes, bytes]:
    """An object's JSON up to the bracket behind which the nested ones stand, and from the closing one on."""
    head, _, tail = orjson.dumps(marked).partition(orjson.dumps(_MARK))
    return head + b"[", b"]" + tail


if __name__ == "__main__":
    main()
