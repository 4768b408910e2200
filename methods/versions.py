"""Version methods: what data versions there are, and the names that people give to them."""

from __future__ import annotations

from typing import Any

from scrumrpc.calls.kinds import Note, shown
from scrumrpc.calls.permissions import ANYBODY, VERSION_NAMER, check_namer
from scrumrpc.calls.query_kinds import DEFAULT_PAGE, Limit
from scrumrpc.calls.registry import method
from scrumrpc.calls.version_kinds import DataVersionToName, UntilDataVersion, VersionNameToFind, VersionNameToGive
from scrumrpc.calls.view import View, check_readable
from scrumrpc.errors import ObjectNotFound, RequirementNotSatisfied
from scrumrpc.store.transaction import Transaction

MOST_NAMES = 1_000


@method(noun="Version", writes=False, answers="versions", permission=ANYBODY)
async def getVersions(
    view: View, *, untilDataVersion: UntilDataVersion = None, limit: Limit = DEFAULT_PAGE
) -> dict[str, Any]:
    """Answers the data versions of the account, newest first: who made each of them, when, and by which method.

    They are those of which the caller may know, because they changed people, or something in a project that the caller
    has access to; so there are gaps between their numbers. oldestDataVersion tells how far back the kept history goes.

    While nextUntilDataVersion is not null, the same call with that as untilDataVersion answers older ones. A page can
    have fewer than limit, even none, where few of many versions may be known.
    """
    if untilDataVersion is not None:
        check_readable(view.standing, untilDataVersion, "untilDataVersion")
    oldest, page, following = await view.versions(untilDataVersion, limit)
    return {
        "objectType": "VersionPage",
        "oldestDataVersion": oldest,
        "epoch": view.standing.epoch,
        "versions": [
            {
                "objectType": "Version",
                "dataVersion": each.version,
                "date": each.date,
                "personID": each.person,
                "method": each.method,
                "callID": each.call_id,
                "changes": None,
            }
            for each in page
        ],
        "nextUntilDataVersion": following,
    }


@method(
    noun="NamedVersion",
    writes=True,
    permission=ANYBODY,
    requires=("No data version of the account has the name.", f"The account has fewer than {MOST_NAMES:,} names."),
)
async def addNamedVersion(
    tx: Transaction, *, name: VersionNameToGive, dataVersion: DataVersionToName = None, note: Note = None
) -> None:
    """Gives a data version a name, by which every parameter that takes a data version knows it from then on.

    A version that has a name stays readable when the history of its time is given up. It may have several. Names are no
    data: the data version stays. In a batch, without dataVersion, it is the version that the batch makes.
    """
    named = await tx.named_versions()
    if (taken := next((each for each in named if each.name == name), None)) is not None:
        raise RequirementNotSatisfied(
            f"The data version {taken.version} has the name {shown(name)} already; a name stands for one version."
        )
    if len(named) >= MOST_NAMES:
        raise RequirementNotSatisfied(
            f"The account has {len(named):,} names of data versions, which is as many as there can be."
        )
    if dataVersion is not None:
        check_readable(tx.standing, dataVersion, "dataVersion")
    await tx.add_named_version(name, dataVersion, note)


@method(noun="NamedVersion", writes=False, answers="namedVersions", permission=ANYBODY)
async def getNamedVersions(view: View) -> list[dict[str, Any]]:
    """Answers the names that data versions of the account have, those of older versions first."""
    return [
        {
            "objectType": "NamedVersion",
            "name": each.name,
            "dataVersion": each.version,
            "note": each.note,
            "personID": each.person,
            "creationDate": each.date,
        }
        for each in await view.named_versions()
    ]


@method(noun="NamedVersion", writes=True, permission=VERSION_NAMER)
async def deleteNamedVersion(tx: Transaction, *, name: VersionNameToFind) -> None:
    """Takes a name away from a data version, which stays as it is.

    But one of whose time the history is given up can no longer be read once its last name is gone. The data version of
    the account stays.
    """
    named = next((each for each in await tx.named_versions() if each.name == name), None)
    if named is None:
        raise ObjectNotFound(f"No data version has the name {shown(name)}.")
    check_namer(tx.standing, named.person_number)
    await tx.delete_named_version(name)
