"""Data methods: getData and getDataVersion."""

from scrumrpc.calls.kinds import IncludeProperties, ProjectIDs, nearest
from scrumrpc.calls.parameters import not_found
from scrumrpc.calls.permissions import ANYBODY, check_access
from scrumrpc.calls.registry import method
from scrumrpc.calls.view import Json, View
from scrumrpc.errors import ObjectNotFound
from scrumrpc.model.image import Image
from scrumrpc.model.record import ROOT
from scrumrpc.store.standing import Standing


@method(noun="Data", writes=False, answers="data", permission=ANYBODY)
async def getData(
    view: View, *, projectIDs: ProjectIDs = None, includeProperties: IncludeProperties = frozenset()
) -> Json:
    """Answers projects, and the people of the account, as they are at one point in time.

    Without projectIDs these are all projects that the caller has access to; else those named, in the order of the
    account's project list. Properties that can grow large are null unless includeProperties names them, each with its
    object type in front.
    """
    image = await view.image()
    projects = _projects(image, view.standing, projectIDs)
    parts = [b'{"objectType":"Data"']
    for name, of_type in (("persons", "Person"), ("deletedPersons", "DeletedPerson")):
        parts.append(b',"%b":' % name.encode())
        if f"Data.{name}" in includeProperties:
            image.write_list(parts, (of_type, ROOT), includeProperties)
        else:
            parts.append(b"null")
    parts.append(b',"projects":')
    image.write_array(parts, projects, includeProperties)
    parts.append(b"}")
    return Json(parts)


def _projects(image: Image, standing: Standing, wanted: tuple[str, ...] | None) -> list[int]:
    """The numbers of the projects to answer, in order."""
    every = image.members(("Project", ROOT))
    if wanted is None:
        return [number for number in every if standing.projects is None or number in standing.projects]
    by_id = {image[number].id: image[number] for number in every}
    for wire_id in wanted:
        if wire_id not in by_id:
            raise _no_project(wire_id, tuple(image[number].id for number in _projects(image, standing, None)))
        check_access(standing, by_id[wire_id])
    numbers = {by_id[wire_id].number for wire_id in wanted}
    return [number for number in every if number in numbers]


def _no_project(wire_id: str, accessible: tuple[str, ...]) -> ObjectNotFound:
    """Says which projects there are, as far as the caller may know."""
    some = ", ".join(accessible[:10]) + (", ..." if len(accessible) > 10 else "")
    hint = nearest(wire_id, accessible) or (f" There are: {some}." if accessible else "")
    return ObjectNotFound(not_found("Project", wire_id).message + hint)


@method(
    noun="Data", writes=False, answers="version", permission=ANYBODY, takes_required_data_version=False,
)  # fmt: skip
async def getDataVersion(view: View) -> int:
    """Answers the data version that the account is at; ask for it now and then to learn whether anything changed."""
    return view.version
