"""The operators' method that imports an account from an export; `scrumrpc export` writes these."""

import secrets
from base64 import b64encode
from typing import Annotated

from scrumrpc.calls.file_kinds import parse_content_type
from scrumrpc.calls.kinds import Flag, Kind, Title
from scrumrpc.calls.permissions import OPERATORS
from scrumrpc.calls.registry import method
from scrumrpc.calls.targets import target_of
from scrumrpc.calls.version_kinds import parse_version_name
from scrumrpc.errors import ApiError, InvalidParameter
from scrumrpc.model.export.lines import DoesNotFit, Line, at_line, opened, read_lines
from scrumrpc.model.export.replay import Replay
from scrumrpc.model.image import Image
from scrumrpc.model.invariants import violations
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.importing import Importing
from scrumrpc.store.transaction import Transaction

_MOST_TOLD = 3
"""Broken rules that are told; there may be one for each object."""

ExportFile = Annotated[
    str, Kind("export", "string", lambda _parameter, text: text, "A path, or - for standard input.", "-", {})
]


@method(
    noun="Data", writes=True, answers="version", permission=OPERATORS, public=False,
    requires=("The account is as it was when it was added.",),
)  # fmt: skip
async def importAccount(
    tx: Transaction, *, file: ExportFile, accountName: Title = None, keepsBrokenRules: Flag = False
) -> int:
    """Makes the account what an export says: each version of it becomes one of this account, objects keep their ids.

    API keys are known but not in force, webhooks are disabled. Data that breaks rules of state, as data from elsewhere
    may, is imported only where `keepsBrokenRules` says so.
    """
    try:
        with opened(file) as stream:
            arriving = _Arriving(tx, await tx.importing())
            for number, kind, values in read_lines(stream):
                with at_line(number):
                    await arriving.take(number, kind, values)
        return await arriving.finish(accountName, keeps_broken_rules=keepsBrokenRules)
    except DoesNotFit as error:
        raise InvalidParameter(str(error)) from None


class _Arriving:
    """An account of which the lines of an export come in, one after the other."""

    def __init__(self, tx: Transaction, importing: Importing) -> None:
        self._tx = tx
        self._importing = importing
        self._account: Line = {}
        self._keys: set[int] = set()
        self._names: dict[int, int] = {}  # the lines that name versions
        self._namers: dict[int, int] = {}  # the lines in which people named versions
        self._replay: Replay | None = None
        self._files: set[int] = set()

    async def take(self, number: int, kind: str, line: Line) -> None:
        """A line; DoesNotFit where it cannot be so."""
        match kind:
            case "account":
                if line["oldestVersion"] > line["dataVersion"]:
                    raise DoesNotFit("the oldestVersion of an account is not above its dataVersion.")
                self._account = line
            case "key":
                self._keys.add(line["key"])
                await self._importing.add_key(line)
            case "name":
                self._check_name(number, line)
                await self._importing.add_name(line)
            case "version":
                self.replay.begin(number, line["version"])
                self._check_caller(line)
                await self._importing.add_version(line)
            case "change":
                record = self.replay.change(number, line)
                if record is not None:
                    self._tx.keep_clear_of(record.id)
                await self._importing.add_change(line)
            case "file":
                self._check_file(line)
                await self._importing.add_file(line)
            case "webhook":
                self._check_webhook(line)
                await self._importing.add_webhook(line, "whsec_" + b64encode(secrets.token_bytes(32)).decode())

    @property
    def replay(self) -> Replay:
        """The history so far; what names versions comes before it."""
        if self._replay is None:
            self._replay = Replay(self._account, self._names)
        return self._replay

    async def finish(self, name: str | None, *, keeps_broken_rules: bool) -> int:
        """All lines have come; answers the data version."""
        account, replay = self._account, self.replay
        replay.finish()
        for person, line in self._namers.items():
            with at_line(line):
                self._check_person(person)
        if missing := replay.contents - self._files:
            raise DoesNotFit(f"An object has the content {min(missing)}, which the file lacks.")
        if not keeps_broken_rules:
            self._check_rules()
        await self._importing.finish(account if name is None else {**account, "name": name}, replay.records.values())
        self._tx.go_on_from(
            account["dataVersion"], account["lastObject"], account["lastItemNumber"], account["lastTaskNumber"]
        )
        return self._tx.version

    def _check_rules(self) -> None:
        broken = violations(Image(self._tx.account, self._account["dataVersion"], self.replay.records.values()))
        if broken:
            told = "; ".join(broken[:_MOST_TOLD]) + ("; ..." if len(broken) > _MOST_TOLD else "")
            raise DoesNotFit(
                f"At its last version the account breaks rules of state in {len(broken)} places: {told}. Data from "
                "elsewhere, or from older programs, may; it can be imported as it is with --keep-broken-rules."
            )

    def _check_name(self, number: int, line: Line) -> None:
        try:
            parse_version_name("name", line["name"])
        except ApiError as error:
            raise DoesNotFit(error.message) from None
        if line["version"] > self._account["dataVersion"]:
            raise DoesNotFit(f"the version {line['version']} is above the dataVersion of the account.")
        self._names.setdefault(line["version"], number)
        if line["person"] is not None:
            self._namers.setdefault(line["person"], number)

    def _check_caller(self, line: Line) -> None:
        if line["person"] is not None:
            self._check_person(line["person"])
        if line["key"] is not None and line["key"] not in self._keys:
            raise DoesNotFit(f"there is no key {line['key']} in the file.")

    def _check_person(self, number: int) -> None:
        if not self.replay.knew(number):
            raise DoesNotFit(f"there is no person of the number {number}.")

    def _check_file(self, line: Line) -> None:
        try:
            parse_content_type("contentType", line["contentType"])
        except ApiError as error:
            raise DoesNotFit(error.message) from None
        if not 0 < line["content"] <= self._account["lastObject"]:
            raise DoesNotFit(f"the content {line['content']} is above the lastObject of the account.")
        self._files.add(line["content"])

    def _check_webhook(self, line: Line) -> None:
        if not 0 < line["webhook"] <= self._account["lastWebhook"]:
            raise DoesNotFit(f"the webhook {line['webhook']} is above the lastWebhook of the account.")
        if target_of(line["url"]) is None:
            raise DoesNotFit("the url of a webhook must be an http or https URL.")
        projects, ids = line["projects"], line["projectIDs"]
        if (projects is None) != (ids is None) or (projects is not None and len(projects) != len(ids)):
            raise DoesNotFit("a webhook must have as many projectIDs as projects.")
        if unknown := set(line["objectTypes"] or ()) - set(STORED_TYPES):
            raise DoesNotFit(f"there is no type of objects called {min(unknown)[:40]}.")
        if line["deliveredVersion"] > self._account["dataVersion"]:
            raise DoesNotFit(f"the version {line['deliveredVersion']} is above the dataVersion of the account.")
        self._check_person(line["person"])
