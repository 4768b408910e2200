"""Commit methods, and what the commit hook records pushes by."""

import secrets
from typing import Any

from methods.pushes import record
from methods.setters import setter
from scrumrpc.calls.authentication import check_open
from scrumrpc.calls.hooks import PushText
from scrumrpc.calls.kinds import ExternalID, Link, Moment, Name, Text, Title
from scrumrpc.calls.permissions import ADMINISTRATORS, OPERATORS
from scrumrpc.calls.references import CommitRef, PersonOrNoneRef, WorkOwnerRef, WorkOwnerType
from scrumrpc.calls.registry import method
from scrumrpc.errors import MissingParameter, RequirementNotSatisfied
from scrumrpc.store.transaction import Transaction


@method(noun="Commit", writes=True, answers="id")
async def addCommit(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    ownerObjectType: WorkOwnerType,
    ownerObjectID: WorkOwnerRef,
    date: Moment,
    creatorID: PersonOrNoneRef = None,
    repositoryName: Title = None,
    repositoryURL: Link = None,
    revision: Name,
    message: Text,
    commitURL: Link = None,
) -> str:
    """Adds a commit to a backlog item or a task, behind those that are there.

    The message is kept as it is: what it says in brackets changes nothing here. That is what the commit hook is for;
    see resetCommitHookSecret.
    """
    creator = creatorID.number if creatorID else tx.standing.person
    if creator is None:
        raise MissingParameter("The parameter creatorID is missing: the call is nobody's, so it must say whose commit.")
    commit = await tx.create(
        "Commit",
        externalID=externalID,
        projectID=ownerObjectID["projectID"],
        ownerObjectType=ownerObjectType,
        ownerObjectID=ownerObjectID.number,
        date=date,
        creatorID=creator,
        repositoryName=repositoryName,
        repositoryURL=repositoryURL,
        revision=revision,
        message=message,
        commitURL=commitURL,
    )
    return commit.id


@method(noun="Commit", writes=True)
async def deleteCommit(tx: Transaction, *, commitID: CommitRef) -> None:
    """Deletes a commit from its backlog item or task; time entries and statuses that came with it stay."""
    await tx.delete(commitID)


setter("setCommitExternalID", "commitID", CommitRef, "externalID", ExternalID)


@method(noun="Commit", writes=True, answers="secret", permission=ADMINISTRATORS, secret_result=True)
async def resetCommitHookSecret(tx: Transaction) -> str:
    """Turns the commit hook of the account on, with a new secret; one that was there before no longer counts.

    GitHub and GitLab then report pushes to /service/hooks/github/<account number> and
    /service/hooks/gitlab/<account number>, with this secret as the secret of the webhook or as its secret token. The
    data version stays.

    A commit is recorded on each backlog item and task that its message names in brackets, such as [Scrumwise item #938,
    used: 1.5 h, remaining: 2 h, status: Done] or [Scrumwise task #12]. The numbers are BacklogItem.itemNumber and
    Task.taskNumber, in whatever project. A commit that is on the object already is not recorded again, whatever branch
    it is pushed to.

    A used time becomes a time entry on the day of the commit in UTC. It is in the project's timeTrackingUnit, remaining
    work in its detailedEstimateUnit; where the message gives a unit (h, d or p), it must be that one. A status has the
    rules of setBacklogItemStatus and setTaskStatus; work that is assigned to nobody is assigned to the author where the
    status needs somebody. What cannot be done is left out and told in the answer, which is {"commits": how many were
    recorded, "skipped": [{"revision", "reference", "reason"}]}.

    The author is the person with the e-mail address of the commit's author, else whoever reset the secret: pushes are
    recorded on that person's behalf, so resetting it anew is needed once the person is deleted.
    """
    if tx.standing.person is None:
        raise RequirementNotSatisfied("Pushes are recorded on the caller's behalf, so the call must be a person's.")
    secret = secrets.token_hex(32)
    await tx.set_commit_hook_secret(secret)
    return secret


@method(noun="Commit", writes=True, permission=ADMINISTRATORS)
async def deleteCommitHookSecret(tx: Transaction) -> None:
    """Turns the commit hook of the account off: pushes are refused from then on. The data version stays."""
    await tx.set_commit_hook_secret(None)


@method(noun="Commit", writes=True, answers="object", permission=OPERATORS, public=False)
async def recordPush(tx: Transaction, *, push: PushText) -> dict[str, Any]:
    """Records a push to a repository: its commits, and what their messages say of backlog items and tasks."""
    check_open(tx.standing)
    if tx.standing.person is None:
        raise RequirementNotSatisfied("A push is recorded on somebody's behalf, so the call must be a person's.")
    return await record(tx, push, tx.standing.person)
