"""Methods about versions that are still to come: waiting for the next one, and where a stream of events begins."""

from __future__ import annotations

from typing import Any

from methods.selection import projects_of
from scrumrpc.calls.kinds import ObjectTypes, ProjectIDs
from scrumrpc.calls.permissions import ANYBODY
from scrumrpc.calls.registry import method
from scrumrpc.calls.version_kinds import USUAL_WAIT, NewerThanDataVersion, StartDataVersion, Wait
from scrumrpc.calls.view import View, check_followed, not_reached


@method(
    noun="Data", writes=False, answers="version", permission=ANYBODY, takes_required_data_version=False, waits=True,
)  # fmt: skip
async def waitForDataVersion(
    view: View, *, newerThanDataVersion: NewerThanDataVersion, timeout: Wait = USUAL_WAIT
) -> int:
    """Waits for a data version after the given one, and answers the data version that the account is then at.

    The answer comes with the commit, at once if there is such a version already, and at the latest when the time is
    over, so that a client asks again and again with the version that it was answered last. Versions that changed
    nothing the caller may see end no wait: numbers may jump. Calls that wait do not count among those under way.
    """
    standing = view.standing
    if newerThanDataVersion > standing.data_version:
        raise not_reached(newerThanDataVersion, 0, standing.data_version, "newerThanDataVersion")
    await view.wait_for_news(newerThanDataVersion, timeout)
    return view.version


@method(
    noun="Data", writes=False, permission=ANYBODY, public=False, takes_required_data_version=False, waits=True,
)  # fmt: skip
async def streamEvents(
    view: View,
    *,
    sinceDataVersion: StartDataVersion = None,
    projectIDs: ProjectIDs = None,
    objectTypes: ObjectTypes = None,
) -> dict[str, Any]:
    """Answers where the stream at /service/events begins and what it is about, with the numbers of its projects."""
    since = view.version if sinceDataVersion is None else sinceDataVersion
    check_followed(view.standing, since, "sinceDataVersion")
    projects = None if projectIDs is None else projects_of(await view.image(), view.standing, projectIDs)
    return {"since": since, "projects": projects, "types": objectTypes}
