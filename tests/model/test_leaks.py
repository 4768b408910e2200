"""Leaks: whatever versions offer, people are told all of the projects that they reach today, and nothing of others."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import note
from hypothesis.stateful import initialize, rule

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.batch import may_be_in_a_batch
from scrumrpc.calls.events import Events
from scrumrpc.calls.registry import METHODS, Method
from scrumrpc.calls.told import Choice, told
from scrumrpc.errors import ApiError
from scrumrpc.model.record import Record
from scrumrpc.store import accounts, deliveries
from scrumrpc.store.images import Images
from scrumrpc.wire.endpoint import result_of
from tests.model.arguments import Drawing
from tests.model.running import SEEDS, WRITING, Seeded, run
from tests.model.secrets import Secrets, marked_object
from tests.model.start import objects
from tests.model.test_any_method import AnyMethod
from tests.world import EVERYTHING, World

READING = [name for name, method in METHODS.items() if method.public and not method.writes]
IN_BATCHES = [name for name in WRITING if may_be_in_a_batch(METHODS[name])]
GUESTS = ("eve@example.com", "fay@example.com")
ROLES = (("productOwnerIDs", "ProductOwner"), ("stakeholderIDs", "Stakeholder"))


class Leaks(AnyMethod):
    """Random calls by anybody, people who come to reach projects and cease to, and questions about everything."""

    @initialize()
    def start(self) -> None:
        account = self.world.new_account()
        self.world.load(*(marked_object(each) for each in objects(account)))
        self.world.store(lambda conn: accounts.switch(conn, "has_access_control", True, account))
        guest, sent_to = [self.world.person(email) for email in GUESTS]
        self.images = Images(self.world.database, 10**9)
        self.keys: list[str] = []
        self.gone: list[Record] = []
        self.secrets, self.sent_to = Secrets(), sent_to
        self.arrive(self.world.version)
        self.call_as(self.world.admin, "addStakeholder", {"projectID": f"{account}-7-90", "personID": guest})
        for is_administrator in ("true", "false"):
            given = {"personID": sent_to, "isAdministrator": is_administrator}
            self.call_as(self.world.admin, "setPersonIsAdministrator", given)
            if is_administrator == "true":
                self.world.call("addWebhook", GUESTS[1], url="https://9.9.9.9/")

    # Steps

    def call(self, random: Random, method: Method) -> None:
        """A call by anybody, who is told nothing of what they do not reach, whatever comes of it."""
        given = self.draw(random, method)
        self.call_as(random.choice([self.administrator(), *self.others()]), method.name, given)

    @rule(seed=SEEDS)
    def make_batch(self, seed: bytes) -> None:
        if any(seed):
            random = Random(seed)
            names = [Seeded(random.randbytes(8), IN_BATCHES).method() for _ in range(random.randint(1, 3))]
            calls = [{"method": name, "parameters": self.draw(random, METHODS[name])} for name in names]
            batch = {"calls": orjson.dumps(calls).decode()}
            self.call_as(random.choice([self.administrator(), *self.others()]), "executeBatch", batch)

    @rule(seed=SEEDS)
    def change_access(self, seed: bytes) -> None:
        """Lets somebody in somewhere or shuts them out, or lets projects go and come back."""
        if not any(seed):
            return
        random = Random(seed)
        people = [each for each in self.people() if not each["isAdministrator"] or random.randrange(2)]
        person, projects = random.choice(people or self.people()), self.projects()
        what = random.randrange(8)
        if what == 0:
            given = {"personID": person.id, "isAdministrator": "false" if person["isAdministrator"] else "true"}
            self.call_as(self.administrator(), "setPersonIsAdministrator", given)
        elif what == 1 and len(projects) > 1:
            self.call_as(self.administrator(), "deleteProject", {"projectID": random.choice(projects).id})
        elif what == 2 and (gone := [each for each in self.gone if each.type == "Project"]):
            given = {"objectType": "Project", "objectID": random.choice(gone).id}
            self.call_as(self.administrator(), "restoreObject", given)
        elif what <= 4 and (teams := [each for each in self.image.records() if each.type == "Team"]):
            team = random.choice(sorted(teams, key=lambda each: each.number))
            name = "removeTeamMember" if person.number in team["teamMemberIDs"] else "addTeamMember"
            self.call_as(self.administrator(), name, {"teamID": team.id, "personID": person.id})
        else:
            project, (role, noun) = random.choice(projects), random.choice(ROLES)
            name = f"remove{noun}" if person.number in project[role] else f"add{noun}"
            self.call_as(self.administrator(), name, {"projectID": project.id, "personID": person.id})

    @rule(seed=SEEDS)
    def look_around(self, seed: bytes) -> None:
        """Asks anything of every method that reads, as somebody who is no administrator."""
        if any(seed) and (others := self.others()):
            random = Random(seed)
            email = random.choice(others)
            for _ in range(4):
                method = METHODS[random.choice(READING)]
                if method.name != "waitForDataVersion":
                    self.ask(email, method.name, self.questions(random, method))

    @rule(seed=SEEDS)
    def compare_all(self, seed: bytes) -> None:
        """What somebody is told is what an administrator is told without what is out of reach, and all of that."""
        if any(seed) and (others := self.others()):
            random = Random(seed)
            email = random.choice(others)
            reach = {self.image[number].id for number in self.reach(email)}
            version = random.randint(0, self.image.version)
            known = self.check_changes(email, reach, version)
            self.check_data(email, reach, random.randint(0, self.image.version))
            self.check_events(email, version, known)
            seen = [made["dataVersion"] for made in known]
            listed = self.answer(email, "getVersions", limit="1000")["result"]["versions"]
            assert [made["dataVersion"] for made in listed if made["dataVersion"] > version] == seen[::-1]
            if seen:
                waited = self.answer(email, "waitForDataVersion", newerThanDataVersion=str(version), timeout="0")
                assert waited["result"] == waited["dataVersion"] == self.image.version

    # Whether what is told is all, and nothing more

    def check_changes(self, email: str, reach: set[str], since: int) -> list[dict[str, Any]]:
        """The versions after `since`, as somebody is told of them."""
        given = {"sinceDataVersion": str(since), "limit": "10000"}
        expected = []
        for version in self.answer(self.administrator(), "getChanges", **given)["result"]["versions"]:
            changes = [each for each in version["changes"] if each["projectID"] in (None, *reach)]
            if changes:
                expected.append(version | {"changes": changes})
        versions: list[dict[str, Any]] = self.answer(email, "getChanges", **given)["result"]["versions"]
        assert versions == expected
        return versions

    def check_data(self, email: str, reach: set[str], version: int) -> None:
        """The data at a past version, of today's projects."""
        given = {"includeProperties": EVERYTHING, "atDataVersion": str(version)}
        expected = self.answer(self.administrator(), "getData", **given)
        data = expected["result"]
        data["projects"] = [project for project in data["projects"] if project["id"] in reach]
        assert self.answer(email, "getData", **given) == expected

    def check_events(self, email: str, since: int, known: list[dict[str, Any]]) -> None:
        """The stream of events tells the versions that getChanges tells."""

        async def listen() -> bytes:
            heard: list[bytes] = []
            events = Events(self.world.calls, 30.0)
            given = {"sinceDataVersion": str(since)}
            async with events.opened(given, credentials_of(email, self.world.key), "test") as (_, steps):
                async for step in steps:
                    heard += [version.json for version in step.versions]
                    if len(heard) >= len(known):
                        break
                await steps.aclose()
            return b"[" + b",".join(heard) + b"]"

        heard = self.world.run(listen())
        self.check_secrets(email, heard.decode(), "")
        assert orjson.loads(heard) == known

    def check_webhook(self) -> None:
        """A webhook is sent what the person may know now whose it is, an administrator or not."""
        others: list[int] = []
        while True:
            claim = self.store(partial(deliveries.claim, token="test", seconds=60, longest_delays=(), without=others))
            assert claim is not None
            if claim.account == self.world.account:
                break
            others.append(claim.account)
        outlook = self.store(partial(deliveries.renew, claim=claim))
        email = next((each["emailAddress"] for each in self.people() if each.id == self.sent_to), None)
        assert outlook.has_person == (email is not None)
        if email is not None:
            is_limited = email in self.others()
            assert outlook.reach == (frozenset(self.reach(email)) if is_limited else None)
            since, until = outlook.delivered_version, outlook.data_version
            sent, _ = self.world.run(
                told(self.world.database, claim.account, outlook.reach, Choice(), since, until, 10**6, origin="")
            )
            self.check_secrets(email, b"".join(version.json for version in sent).decode(), "")
            if is_limited:
                known = self.check_changes(email, {self.image[number].id for number in self.reach(email)}, since)
                assert [version.version for version in sent] == [made["dataVersion"] for made in known]

    def store(self, work: Any) -> Any:
        return self.world.run(self.world.database.read(work))

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "sent_to"):
            self.check_webhook()
            [webhook] = self.world.call("getWebhooks", self.administrator())
            self.world.call("deleteWebhook", self.administrator(), webhookID=webhook["id"])

    # Asking

    def ask(self, email: str, name: str, given: dict[str, str]) -> None:
        """Looks whether an answer, or an error, tells what it must not."""
        note(f"{email} {name} {given}")
        try:
            self.answer(email, name, **given)
        except ApiError as error:
            self.check_error(email, error, given)

    def answer(self, email: str, name: str, /, **given: str) -> Any:
        """The answer to a call, which tells nobody of what they do not reach."""
        answer = b"".join(result_of(self.world.answer(name, email, **given)))
        self.check_secrets(email, answer.decode(), str(given))
        return orjson.loads(answer)

    def check_error(self, email: str, error: ApiError, given: dict[str, str]) -> None:
        """An error that a client can bring about, and that tells nothing either."""
        assert error.status < 500
        self.check_secrets(email, error.message, str(given))

    def check_secrets(self, email: str, answer: str, given: str) -> None:
        found = list(self.secrets.found_in(answer, self.reach(email), given))
        assert found == [], answer

    def call_as(self, email: str, name: str, given: dict[str, str]) -> None:
        """A call that changes data, if the caller may; an error tells nothing either."""
        note(f"{email} {name} {given}")
        try:
            self.arrive(self.world.answer(name, email, **given).version)
        except ApiError as error:
            self.check_error(email, error, given)

    # What there is

    def arrive(self, version: int) -> None:
        """Takes note of what there is at the present version."""
        before = {record.number: record for record in self.image.records()} if hasattr(self, "image") else {}
        self.image = self.newest(version)
        self.secrets.learn(self.image)
        self.gone += [record for number, record in before.items() if number not in self.image]

    def draw(self, random: Random, method: Method) -> dict[str, str]:
        """Arguments with texts that are marked; ids also of what is gone, and of other projects."""
        given = Drawing(random, self.image, self.keys, self.gone[-20:]).arguments(method)
        return self.secrets.marked(method, given, self.image)

    def questions(self, random: Random, method: Method) -> dict[str, str]:
        """Arguments for a method that reads: any version, any object that there ever was, any projects."""
        given = {p.name: self.text(random, p.kind.name, p.kind.example) for p in method.parameters}
        types = next((name for name in ("objectType", "ownerObjectType") if name in given), "")
        if types and (record := random.choice(list(self.secrets.known.values()))):
            given |= {types: record.type, types.replace("Type", "ID"): record.id}
        if given.get("sinceDataVersion") and given.get("untilDataVersion"):
            versions = sorted((int(given["sinceDataVersion"]), int(given["untilDataVersion"])))
            given |= {"sinceDataVersion": str(versions[0]), "untilDataVersion": str(versions[1])}
        if given.get("collapse") != "true" and method.name == "getChanges":
            given["includeProperties"] = ""
        kept = {p.name for p in method.parameters if p.required or random.randrange(3) == 0} | {types}
        kept |= {types.replace("Type", "ID"), "collapse", "includeProperties", "atDataVersion", "untilDataVersion"}
        return {name: text for name, text in given.items() if name in kept and text}

    def text(self, random: Random, kind: str, example: str) -> str:
        if kind == "data version":
            return str(random.randint(0, self.image.version))
        if kind == "includeProperties":
            return random.choice([EVERYTHING, ""])
        if kind == "flag":
            return random.choice(["true", "false"])
        if kind in ("search text", "external id"):
            return random.choice(["project", "a", "E1", "<"])
        if kind.startswith("limit"):
            return random.choice(["1", "10", "1000"])
        if kind.removesuffix("s").endswith(" id"):
            of_type = kind.removesuffix("s").removesuffix(" id").capitalize().casefold()
            every = [each.id for each in self.secrets.known.values() if each.type.casefold() in of_type]
            return random.choice(every or [example])
        return "" if kind == "cursor" else example

    def reach(self, email: str) -> set[int]:
        """The projects that a person reaches today; for an administrator, all that there ever were."""
        person = next((each for each in self.people() if each["emailAddress"] == email), None)
        if person is None:
            return set()
        if person["isAdministrator"]:
            return {number for numbers in self.secrets.projects_of.values() for number in numbers}
        teams = [
            each for each in self.image.records() if each.type == "Team" and person.number in each["teamMemberIDs"]
        ]
        return {team["projectID"] for team in teams} | {
            each.number for each in self.projects() if any(person.number in each[role] for role, _ in ROLES)
        }

    def projects(self) -> list[Record]:
        """The projects that there are."""
        return sorted((each for each in self.image.records() if each.type == "Project"), key=lambda each: each.number)

    def people(self) -> list[Record]:
        """The people who may call."""
        return sorted((each for each in self.image.records() if each.type == "Person"), key=lambda each: each.number)

    def others(self) -> list[str]:
        """The addresses of those who are no administrators."""
        return [each["emailAddress"] for each in self.people() if not each["isAdministrator"]]


def test_nothing_is_told_of_projects_out_of_reach(shared_world: World) -> None:
    class WithWorld(Leaks):
        world = shared_world

    run(WithWorld, 3, 25)


@pytest.mark.slow
def test_nothing_is_told_of_projects_out_of_reach_for_longer(shared_world: World) -> None:
    class WithWorld(Leaks):
        world = shared_world

    run(WithWorld, 12, 60)
