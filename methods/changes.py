"""Methods that tell what changed: in the account, version by version or all in one, and in the life of one object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from methods.selection import projects_of
from scrumrpc.calls.change_kinds import DEFAULT_CHANGES, ChangeLimit
from scrumrpc.calls.kinds import Flag, IncludeProperties, ObjectTypes, ProjectIDs
from scrumrpc.calls.parameters import not_found
from scrumrpc.calls.permissions import ANYBODY, out_of_reach
from scrumrpc.calls.query_kinds import AnyObjectID, StoredType
from scrumrpc.calls.registry import method
from scrumrpc.calls.told import Choice, Sight, Told
from scrumrpc.calls.version_kinds import FromDataVersion, SinceDataVersion, UntilDataVersion
from scrumrpc.calls.view import Json, View, no_longer_kept, not_reached
from scrumrpc.errors import InvalidParameter
from scrumrpc.model.places import shown_types
from scrumrpc.model.record import ROOT


@method(noun="Changes", writes=False, answers="changes", permission=ANYBODY)
async def getChanges(
    view: View,
    *,
    sinceDataVersion: SinceDataVersion,
    untilDataVersion: UntilDataVersion = None,
    projectIDs: ProjectIDs = None,
    objectTypes: ObjectTypes = None,
    limit: ChangeLimit = DEFAULT_CHANGES,
    collapse: Flag = False,
    includeProperties: IncludeProperties = frozenset(),
) -> Json:
    """Answers what changed after a data version: version by version, with the values before and after.

    With collapse=true, answers instead what has become of each object that changed, and where it stands: what a copy of
    the data needs to follow. The objects are then such as getData answers with the same includeProperties.

    While hasMore is true, the same call with the answer's untilDataVersion as sinceDataVersion tells the next changes.
    People are told of with any projectIDs.
    """
    _check_stretch(view, sinceDataVersion, untilDataVersion, starts_anew=collapse)
    if includeProperties and not collapse:
        raise InvalidParameter("The parameter includeProperties goes with collapse=true only.")
    projects = None if projectIDs is None else await _numbers(view, projectIDs, sinceDataVersion)
    types = None if objectTypes is None else frozenset(objectTypes)
    if collapse:
        shown = shown_types(includeProperties)
        choice = Choice(projects, shown if types is None else types & shown)
        return await _collapsed(view, choice, sinceDataVersion, untilDataVersion, limit, includeProperties)
    until = view.version if untilDataVersion is None else untilDataVersion
    versions, reached = await view.told(Choice(projects, types), sinceDataVersion, until, limit)
    return _versions(view, versions, sinceDataVersion, reached, until)


@method(noun="Changes", writes=False, answers="changes", permission=ANYBODY)
async def getObjectHistory(
    view: View,
    *,
    objectType: StoredType,
    objectID: AnyObjectID,
    sinceDataVersion: FromDataVersion = None,
    untilDataVersion: UntilDataVersion = None,
    limit: ChangeLimit = DEFAULT_CHANGES,
) -> Json:
    """Answers the versions that changed one object, oldest first, with its values before and after.

    The object may have been deleted. Only its own changes are told: not those of what is in it or on it. Of an id that
    several objects have had one after the other, it is the present one or the last.
    """
    people = ("Person", "DeletedPerson")
    known = await view.known_object(people if objectType in people else (objectType,), objectID)
    reach = view.standing.projects
    is_near = known is not None and (reach is None or known.project is None or known.project in reach)
    if known is None or not (is_near or known.is_there):
        raise not_found(objectType, objectID)
    if not is_near:
        raise out_of_reach(objectType, objectID)
    since = view.standing.oldest_version if sinceDataVersion is None else sinceDataVersion
    _check_stretch(view, since, untilDataVersion, starts_anew=False)
    until = view.version if untilDataVersion is None else untilDataVersion
    versions, reached = await view.told(Choice(number=known.number), since, until, limit)
    return _versions(view, versions, since, reached, until)


async def _collapsed(
    view: View, choice: Choice, since: int, until: int | None, limit: int, include: frozenset[str]
) -> Json:
    sight = Sight.of(view.standing.projects, choice)
    image, collapse = await view.collapsed(sight, since, until, limit)
    every = image.members(("Project", ROOT))
    projects = [number for number in every if sight.projects is None or number in sight.projects]
    head = _head(view, since, collapse.reached, view.version if until is None else until)
    parts = [head, b',"versions":null,"objects":']
    collapse.write(parts, image, sight, projects, include)
    parts += [b',"projectIDs":', orjson.dumps([image[number].id for number in projects]), b"}"]
    return Json(parts)


def _versions(view: View, versions: list[Told], since: int, reached: int, until: int) -> Json:
    parts = [_head(view, since, reached, until), b',"versions":[', b",".join(version.json for version in versions)]
    return Json([*parts, b'],"objects":null,"projectIDs":null}'])


def _head(view: View, since: int, reached: int, until: int) -> bytes:
    head: Mapping[str, Any] = {
        "objectType": "Changes",
        "sinceDataVersion": since,
        "untilDataVersion": reached,
        "hasMore": reached < until,
        "epoch": view.standing.epoch,
    }
    return orjson.dumps(head)[:-1]


def _check_stretch(view: View, since: int, until: int | None, *, starts_anew: bool) -> None:
    """Refuses versions between which not all changes can be told.

    A copy that `starts_anew`, with nothing, needs no history. A version that is kept because it has a name does not do:
    what comes after it is not kept.
    """
    oldest, present = view.standing.oldest_version, view.standing.data_version
    for name, version in (("sinceDataVersion", since), ("untilDataVersion", until)):
        if version is None:
            continue
        if version > present:
            raise not_reached(version, oldest, present, name)
        if version < oldest and not (starts_anew and name == "sinceDataVersion" and version == 0):
            raise no_longer_kept(name, version, oldest, present)
    if until is not None and until < since:
        raise InvalidParameter(
            f"The parameter untilDataVersion is {until}; it must not be before sinceDataVersion, which is {since}."
        )


async def _numbers(view: View, wire_ids: tuple[str, ...], since: int) -> frozenset[int]:
    """The numbers of the projects with the ids, without the image; ids of projects that went after `since` count too.

    Where somebody does not reach all projects, one that is gone is one that never was.
    """
    reach = view.standing.projects
    found = await view.project_numbers(wire_ids, went_since=since if reach is None else None)
    if len(found) == len(set(wire_ids)) and (reach is None or reach.issuperset(found.values())):
        return frozenset(found.values())
    return frozenset(projects_of(await view.image(), view.standing, wire_ids))
