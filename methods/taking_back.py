"""Methods that take back what was done: a whole version, or the deletion of an object."""

from __future__ import annotations

from methods.restoring import plan_restoration, settle_restored
from methods.reversal_checks import check_free, check_periods, check_result, check_units
from methods.reversals import Plan, changed_with_place, check_references, plan_reversal
from scrumrpc.calls.permissions import ANYBODY
from scrumrpc.calls.query_kinds import GoneID, StoredType
from scrumrpc.calls.registry import method
from scrumrpc.calls.taking_back import Reversal, check_reversals
from scrumrpc.calls.version_kinds import GivenDataVersion
from scrumrpc.errors import DataVersionNoLongerKept, DataVersionNotReachedYet, RequirementNotSatisfied
from scrumrpc.store.looking_back import Past
from scrumrpc.store.transaction import Transaction


@method(
    noun="Data",
    writes=True,
    permission=ANYBODY,
    requires=(
        "Nothing that the version changed has been changed since, or it is as it was before the version again.",
        "What the version added is not referred to by anything that it did not add, and nothing else belongs to it.",
        "What comes back finds what it refers to, and nobody else has its names, external ids and addresses.",
        "The caller could do it by other methods as well: administrators anything; others what is in their projects, "
        "but for what only product owners, or those who wrote or are it, may do.",
        "All rules of state hold afterwards.",
    ),
)
async def revertVersion(tx: Transaction, *, dataVersion: GivenDataVersion) -> None:
    """Takes back all that one data version did, as a new version.

    What it added is deleted, what it deleted comes back under its old id, number and place, and what it changed is set
    back. It is all or nothing: where something stands against it, the error names each object and property, and the
    version that changed it since. Where everything is as it was before already, nothing is changed. A version that
    took something back can be taken back itself.
    """
    _check_kept(tx, dataVersion)
    start = tx.so_far()
    changes = await tx.changes_of(dataVersion)
    plan = await plan_reversal(tx, dataVersion, changes)
    check_reversals(tx.standing, [_reversal(plan, each) for each in changes], f"data version {dataVersion}")
    await _check_plan(tx, plan, f"Data version {dataVersion} cannot be taken back")
    await tx.put_back(plan.wanted, dataVersion)
    await check_result(tx, start, f"To take data version {dataVersion} back")


@method(
    noun="Data",
    writes=True,
    permission=ANYBODY,
    requires=(
        "The object has been deleted, and what it belongs to is there.",
        "Nobody else has its names, external ids and addresses.",
        "The caller could delete it.",
        "All rules of state hold afterwards.",
    ),
)
async def restoreObject(tx: Transaction, *, objectType: StoredType, objectID: GoneID) -> None:
    """Brings back a deleted object under its old id, number and place, with all that was deleted with it.

    That is what belonged to it and went in the same version: tasks, comments, checklists and so on. What cannot come
    back, such as a relationship whose other end is gone, stays deleted, and people, tags and the like that are gone are
    left out. A backlog item whose place in a sprint or on a board is not as it was comes back into the backlog;
    statuses and sums that follow from tasks and time entries follow them again. A deleted person becomes a person
    again.
    """
    start = tx.so_far()
    plan, root = await plan_restoration(tx, objectType, objectID)
    await _check_plan(tx, plan, f"The {objectType} {objectID} cannot be restored")
    await tx.put_back(plan.wanted, plan.version - 1)
    await settle_restored(tx, root)
    await check_result(tx, start, f"To restore the {objectType} {objectID}")


async def _check_plan(tx: Transaction, plan: Plan, refusal: str) -> None:
    await check_references(tx, plan)
    await check_free(tx, plan)
    await check_units(tx, plan)
    check_periods(plan)
    if plan.conflicts:
        raise RequirementNotSatisfied(f"{refusal}: {plan.told()}")


def _check_kept(tx: Transaction, version: int) -> None:
    oldest, present = tx.standing.oldest_version, tx.standing.data_version
    if version > present:
        raise DataVersionNotReachedYet(
            f"The parameter dataVersion is {version}, but the account is at data version {present}; only a version up "
            "to that can be taken back."
        )
    if version <= oldest:
        raise DataVersionNoLongerKept(
            f"The parameter dataVersion is {version}, but what was before data version {oldest + 1} is no longer kept. "
            f"It can be from {oldest + 1} to {present}."
            if oldest
            else "The parameter dataVersion is 0, at which there was nothing yet. The first version is 1."
        )


def _reversal(plan: Plan, past: Past) -> Reversal:
    """What taking a change back does."""
    known = plan.present.get(past.number) or past.after or past.before
    assert known is not None
    if past.before is None or past.after is None:
        return Reversal(known, None)
    return Reversal(known, frozenset(changed_with_place(past.before, past.after)))
