"""What a push does: commits on the items and tasks that their messages name, and what the messages say of these."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from methods.progress import named, settle, settle_time
from methods.statuses import set_item_status, set_task_status
from scrumrpc.calls.hooks import Push, PushedCommit
from scrumrpc.calls.kinds import shown
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.commit_messages import Amount, Mention, mentions, summary
from scrumrpc.model.enumerations import TASK_STATUSES
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction

MOST_MENTIONS = 5_000
"""So many mentions of a push count, so that nobody's commits hold up an account for long."""


async def record(tx: Transaction, push: Push, person: int) -> dict[str, Any]:
    """Records a push on behalf of a person, and answers what was done and what was not."""
    said = [(commit, mention) for commit in push.commits for mention in mentions(commit.message)]
    recording = await _begin(tx, push, person, said[:MOST_MENTIONS])
    for commit, mention in said[:MOST_MENTIONS]:
        await recording.take(commit, mention)
    await recording.settle()
    if len(said) > MOST_MENTIONS:
        commit, mention = said[MOST_MENTIONS]
        recording.skip(commit, mention, f"Of one push {MOST_MENTIONS} mentions count; this one and later ones do not.")
    return {"commits": recording.commits, "skipped": recording.skipped}


async def _begin(tx: Transaction, push: Push, person: int, said: list[tuple[PushedCommit, Mention]]) -> _Recording:
    """Reads at once what all mentions are about."""
    works: dict[tuple[str | None, int], Record] = {}
    for type_name in ("BacklogItem", "Task"):
        numbers = {mention.number for _, mention in said if mention.type_name == type_name}
        found = await tx.find_by_number(type_name, numbers) if numbers else {}
        works |= {(type_name, number): work for number, work in found.items()}
    known = await tx.referring("Commit", "ownerObjectID", *(work.number for work in works.values())) if works else []
    emails = {commit.email for commit, _ in said if commit.email} if works else set()
    people = await tx.persons_with_email_addresses(emails) if emails else {}
    recorded = {(commit["ownerObjectID"], commit["revision"]) for commit in known}
    return _Recording(tx, push, person, works, recorded, people)


class _Recording:
    """One push being recorded. `recorded` are the objects that have a commit of a revision since before the push."""

    def __init__(
        self, tx: Transaction, push: Push, person: int, works: dict[tuple[str | None, int], Record],
        recorded: set[tuple[int, str]], people: dict[str, int],
    ) -> None:  # fmt: skip
        self.commits = 0
        self.skipped: list[dict[str, Any]] = []
        self._tx = tx
        self._push = push
        self._person = person
        self._works = works
        self._recorded = recorded
        self._people = people
        self._done: dict[tuple[int, str], PushedCommit] = {}  # what this push recorded, and of which of its commits
        self._unsettled: dict[int, Record] = {}
        self._summaries: dict[str, str | None] = {}  # by message
        self._around: dict[int, Record] = {}  # projects and people, which a push leaves as they are

    def skip(self, commit: PushedCommit, mention: Mention, reason: str) -> None:
        """Notes what was not done."""
        self.skipped.append({"revision": commit.revision, "reference": mention.reference, "reason": reason})

    async def take(self, commit: PushedCommit, mention: Mention) -> None:
        """Records a commit on what it mentions, unless it is there already, and does what it says of that."""
        work = self._works.get((mention.type_name, mention.number))
        if mention.type_name is None:
            self.skip(commit, mention, "No item or task is named, such as item #938, before: " + _quoted(mention))
            return
        if work is None:
            self.skip(commit, mention, f"The account has no {mention.reference}.")
            return
        key = work.number, commit.revision
        if key in self._recorded or self._done.get(key, commit) is not commit:
            self.skip(commit, mention, f"The commit is on the {named(work)} already.")
            return
        if key not in self._done:
            self._done[key] = commit
            await self._add_commit(commit, work)
        if mention.ignored:
            self.skip(commit, mention, "This means nothing, or says something again: " + _quoted(mention))
        await self._apply(commit, mention, work)

    async def settle(self) -> None:
        """Brings what work and its items have from time entries and tasks in line, once for all mentions."""
        for work in self._unsettled.values():
            await settle_time(self._tx, work)
            if work.type == "Task":
                await settle(self._tx, await self._tx.get("BacklogItem", work["backlogItemID"]))

    async def _add_commit(self, commit: PushedCommit, work: Record) -> None:
        self.commits += 1
        await self._tx.create(
            "Commit",
            projectID=work["projectID"],
            ownerObjectType=work.type,
            ownerObjectID=work.number,
            date=commit.date,
            creatorID=self._author(commit),
            repositoryName=self._push.repository_name,
            repositoryURL=self._push.repository_url,
            revision=commit.revision,
            message=commit.message,
            commitURL=commit.url,
        )

    async def _apply(self, commit: PushedCommit, mention: Mention, work: Record) -> None:
        """Does what a message says of some work; each thing that is refused is left out by itself."""
        if mention.used:
            try:
                await self._use_time(commit, mention.used, work)
            except RequirementNotSatisfied as refusal:
                self.skip(commit, mention, f"used: {refusal.message}")
        if mention.remaining:
            try:
                await self._set_remaining(mention.remaining, work)
            except RequirementNotSatisfied as refusal:
                self.skip(commit, mention, f"remaining: {refusal.message}")
        if mention.status:
            try:
                await self._set_status(commit, mention.status, work)
            except RequirementNotSatisfied as refusal:
                self.skip(commit, mention, f"status: {refusal.message}")

    async def _use_time(self, commit: PushedCommit, used: Amount, work: Record) -> None:
        if work.type == "BacklogItem" and work["type"] == "Epic":
            raise RequirementNotSatisfied(
                f"The backlog item {work.id} is an Epic; time is used on its child backlog items, or on their tasks."
            )
        await self._check_unit(used, "timeTrackingUnit", work)
        await self._tx.create(
            "TimeEntry",
            projectID=work["projectID"],
            ownerObjectType=work.type,
            ownerObjectID=work.number,
            date=datetime.fromtimestamp(commit.date // 1000, UTC).date().isoformat(),
            personID=self._author(commit),
            description=self._summary(commit.message),
            usedTime=used.value,
        )
        self._unsettled[work.number] = work

    def _summary(self, message: str) -> str | None:
        if message not in self._summaries:
            self._summaries[message] = summary(message)
        return self._summaries[message]

    async def _set_remaining(self, remaining: Amount, work: Record) -> None:
        await self._check_unit(remaining, "detailedEstimateUnit", work)
        if work.type == "BacklogItem" and any(
            task["remainingWork"] is not None for task in await self._tx.members("Task", work)
        ):
            raise RequirementNotSatisfied(
                f"Tasks of the backlog item {work.id} have remaining work of their own, and the item's is their sum."
            )
        await self._tx.change(work, remainingWork=remaining.value)
        self._unsettled[work.number] = work

    async def _set_status(self, commit: PushedCommit, status: str, work: Record) -> None:
        """Work that nobody has becomes the author's, where the status needs somebody."""
        work = self._tx.current(work)
        nobodys = status in TASK_STATUSES[1:] and not work["assignedPersonIDs"]
        if work.type == "Task":
            if status not in TASK_STATUSES:
                raise RequirementNotSatisfied(f"A task can be {', '.join(TASK_STATUSES)}, but not {status}.")
            await set_task_status(self._tx, work, status, await self._author_record(commit) if nobodys else None)
            return
        nobodys = nobodys and not await self._tx.count("Task", work)
        await set_item_status(self._tx, work, status, await self._author_record(commit) if nobodys else None)

    async def _check_unit(self, amount: Amount, used_for: str, work: Record) -> None:
        project = await self._get("Project", work["projectID"])
        if amount.unit not in (None, project[used_for]):
            raise RequirementNotSatisfied(
                f"{amount.value:g} is given in {amount.unit}, but the project {project.id} uses {project[used_for]} "
                f"(its {used_for})."
            )

    def _author(self, commit: PushedCommit) -> int:
        return self._people.get(commit.email or "", self._person)

    async def _author_record(self, commit: PushedCommit) -> Record:
        return await self._get("Person", self._author(commit))

    async def _get(self, type_name: str, number: int) -> Record:
        if number not in self._around:
            self._around[number] = await self._tx.get(type_name, number)
        return self._around[number]


def _quoted(mention: Mention) -> str:
    return ", ".join(shown(part) for part in mention.ignored[:10]) + "."
