"""Data methods: getData and getDataVersion."""

from methods.selection import projects_of
from scrumrpc.calls.kinds import IncludeProperties, ProjectIDs
from scrumrpc.calls.permissions import ANYBODY
from scrumrpc.calls.registry import method
from scrumrpc.calls.tags import Unchanged
from scrumrpc.calls.version_kinds import AtDataVersion
from scrumrpc.calls.view import Json, View
from scrumrpc.model.image import Image
from scrumrpc.model.record import ROOT
from scrumrpc.model.rendered import Parts
from scrumrpc.model.steps import Steps
from scrumrpc.store.turns import in_turns


@method(noun="Data", writes=False, answers="data", permission=ANYBODY, tagged=True)
async def getData(
    view: View,
    *,
    projectIDs: ProjectIDs = None,
    includeProperties: IncludeProperties = frozenset(),
    atDataVersion: AtDataVersion = None,
) -> Json | Unchanged:
    """Answers projects, and the people of the account, as they are at one point in time.

    Without projectIDs these are all projects that the caller has access to; else those named, in the order of the
    account's project list. Properties that can grow large are null unless includeProperties names them, each with its
    object type in front.
    """
    about = ("getData", projectIDs and sorted(set(projectIDs)), sorted(includeProperties))
    tag = await view.tag(about)
    if projectIDs is None and view.has(tag):
        return Unchanged(tag)  # without an image, which may not be in memory
    image = await view.image()
    projects = projects_of(image, view.standing, projectIDs)
    tag = await view.tag(about)  # the image may be of a newer version
    if view.has(tag):
        return Unchanged(tag)
    parts: Parts = []
    await in_turns(_write(parts, image, projects, includeProperties))
    return Json(parts, tag)


def _write(parts: Parts, image: Image, projects: list[int], include: frozenset[str]) -> Steps:
    writer = image.writer(parts, include)
    parts.append(b'{"objectType":"Data"')
    for name, of_type in (("persons", "Person"), ("deletedPersons", "DeletedPerson")):
        parts.append(b',"%b":' % name.encode())
        if f"Data.{name}" in include:
            yield from writer.list_of((of_type, ROOT))
        else:
            parts.append(b"null")
    parts.append(b',"projects":')
    if len(projects) == len(image.members(("Project", ROOT))):
        yield from writer.list_of(("Project", ROOT))
    else:
        yield from writer.array(projects)
    parts.append(b"}")


@method(
    noun="Data", writes=False, answers="version", permission=ANYBODY, takes_required_data_version=False,
)  # fmt: skip
async def getDataVersion(view: View) -> int:
    """Answers the data version that the account is at; ask for it now and then to learn whether anything changed."""
    return view.version
