"""The state machine: random calls, each compared with the reference; after each the whole account is compared."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.model.drivers import Driver, Failed, Http, Pipeline, everything
from tests.model.reference import Reference, Refused
from tests.model.start import objects
from tests.serving import Server
from tests.world import World

NAMES = st.sampled_from(["a", "b", "c", "Ä ö\n☃", 'say "x"'])
EXTERNAL_IDS = st.sampled_from([None, None, "E1", "E2"])
INDEXES = st.sampled_from([-1, -1, 0, 1, 2, 9])
ESTIMATES = st.sampled_from([None, 0.0, 2.5])
UNITS = st.sampled_from([None, "Hours", "Days"])
PICK = st.integers(0, 50)
SETTERS = [
    ("setBacklogItemName", "BacklogItem", "backlogItemID", "name", NAMES),
    ("setBacklogItemDescription", "BacklogItem", "backlogItemID", "description", st.none() | NAMES),
    ("setBacklogItemPriority", "BacklogItem", "backlogItemID", "priority", st.sampled_from([None, "Low", "Urgent"])),
    ("setBacklogItemType", "BacklogItem", "backlogItemID", "type", st.sampled_from([None, "Bug"])),
    ("setBacklogItemExternalID", "BacklogItem", "backlogItemID", "externalID", EXTERNAL_IDS),
    ("setTaskName", "Task", "taskID", "name", NAMES),
    ("setTaskLink", "Task", "taskID", "link", st.none() | NAMES),
    ("setTaskExternalID", "Task", "taskID", "externalID", EXTERNAL_IDS),
    ("setTagExternalID", "Tag", "tagID", "externalID", EXTERNAL_IDS),
    ("setSprintExternalID", "Sprint", "sprintID", "externalID", EXTERNAL_IDS),
    ("setCommentText", "Comment", "commentID", "text", NAMES),
    ("setCommentExternalID", "Comment", "commentID", "externalID", EXTERNAL_IDS),
    ("setPersonExternalID", "Person", "personID", "externalID", EXTERNAL_IDS),
]


class Machine(RuleBasedStateMachine):
    """Random calls in a fresh account. `connect` is set by the test that runs it."""

    connect: Any
    world: World

    @initialize()
    def start(self) -> None:
        self.world.new_account()
        self.world.load(*objects(self.world.account))
        self.driver: Driver = self.connect(self.world)
        version, data = everything(self.driver)
        self.reference = Reference(data, version)
        self.creator = next(p["id"] for p in data["persons"] if p["emailAddress"] == self.world.admin)

    def pick(self, object_type: str, number: int) -> str:
        """An object of the type, or now and then one that does not exist."""
        every = self.reference.every(object_type)
        return every[number % len(every)]["id"] if every and number < 48 else f"{self.world.account}-99-{number}"

    def compare(self, method: str, given: dict[str, Any], effect: Any) -> None:
        """Makes a call and its effect on the reference; both must end the same way."""
        before = repr(self.reference.data)
        new, refusal = None, ""
        try:
            new = effect()
        except Refused as refused:
            refusal = str(refused)
        if refusal:
            with pytest.raises(Failed, match=f"^{refusal}$"):
                self.driver.call(method, texts(given))
            return
        version, result = self.driver.call(method, texts(given))
        if isinstance(new, dict):
            new["id"] = result
            if "date" in new:
                new["date"] = self.date_of(result)
        else:
            assert result is None
        if repr(self.reference.data) != before:
            self.reference.version += 1
        assert version == self.reference.version

    def date_of(self, comment: str) -> int:
        """What the server took as the present."""
        _, data = everything(self.driver)
        date = Reference(data, 0).get("Comment", comment)["date"]
        assert isinstance(date, int)
        return date

    @rule(name=NAMES, external=EXTERNAL_IDS, index=INDEXES)
    def add_project(self, name: str, external: str | None, index: int) -> None:
        given = {"name": name, "externalID": external, "index": index}
        self.compare("addProject", given, lambda: self.reference.addProject(name, external, index))

    @rule(n=PICK, name=NAMES, external=EXTERNAL_IDS, estimate=ESTIMATES, unit=UNITS, index=INDEXES)
    def add_item(
        self, n: int, name: str, external: str | None, estimate: float | None, unit: str | None, index: int
    ) -> None:
        project = self.pick("Project", n)
        given = {
            "projectID": project, "name": name, "externalID": external, "estimate": estimate, "estimateUnit": unit,
            "index": index,
        }  # fmt: skip
        self.compare(
            "addBacklogItem",
            given,
            lambda: self.reference.addBacklogItem(project, name, external, estimate, unit, index, self.creator),
        )

    @rule(n=PICK, name=NAMES, external=EXTERNAL_IDS, estimate=ESTIMATES, unit=UNITS, index=INDEXES)
    def add_task(
        self, n: int, name: str, external: str | None, estimate: float | None, unit: str | None, index: int
    ) -> None:
        item = self.pick("BacklogItem", n)
        given = {
            "backlogItemID": item, "name": name, "externalID": external, "estimate": estimate, "estimateUnit": unit,
            "index": index,
        }  # fmt: skip
        self.compare("addTask", given, lambda: self.reference.addTask(item, name, external, estimate, unit, index))

    @rule(n=PICK)
    def delete_task(self, n: int) -> None:
        task = self.pick("Task", n)
        self.compare("deleteTask", {"taskID": task}, lambda: self.reference.deleteTask(task))

    @rule(n=PICK)
    def delete_item(self, n: int) -> None:
        item = self.pick("BacklogItem", n)
        self.compare("deleteBacklogItem", {"backlogItemID": item}, lambda: self.reference.deleteBacklogItem(item))

    @rule(n=PICK, name=NAMES, color=st.sampled_from([None, "Red"]), index=INDEXES)
    def add_tag(self, n: int, name: str, color: str | None, index: int) -> None:
        project = self.pick("Project", n)
        given = {"projectID": project, "name": name, "color": color, "index": index}
        self.compare("addTag", given, lambda: self.reference.addTag(project, name, color, index))

    @rule(n=PICK)
    def delete_tag(self, n: int) -> None:
        tag = self.pick("Tag", n)
        self.compare("deleteTag", {"tagID": tag}, lambda: self.reference.deleteTag(tag))

    @rule(n=PICK, object_type=st.sampled_from(["BacklogItem", "Task", "Sprint", "Release"]), m=PICK, add=st.booleans())
    def tag_object(self, n: int, object_type: str, m: int, add: bool) -> None:
        tag, tagged = self.pick("Tag", n), self.pick(object_type, m)
        method = "addTagOnObject" if add else "removeTagFromObject"
        effect = self.reference.addTagOnObject if add else self.reference.removeTagFromObject
        given = {"tagID": tag, "objectType": object_type, "objectID": tagged}
        self.compare(method, given, lambda: effect(tag, object_type, tagged))

    @rule(
        object_type=st.sampled_from(["Project", "BacklogItem", "Task", "Sprint", "Release"]), n=PICK, m=PICK,
        reply=st.booleans(), text=NAMES,
    )  # fmt: skip
    def add_comment(self, object_type: str, n: int, m: int, reply: bool, text: str) -> None:
        owner = self.pick(object_type, n)
        parent = self.pick("Comment", m) if reply else None
        given = {"ownerObjectType": object_type, "ownerObjectID": owner, "parentCommentID": parent, "text": text}
        self.compare(
            "addComment", given, lambda: self.reference.addComment(object_type, owner, parent, text, self.creator)
        )

    @rule(n=PICK)
    def delete_comment(self, n: int) -> None:
        comment = self.pick("Comment", n)
        self.compare("deleteComment", {"commentID": comment}, lambda: self.reference.deleteComment(comment))

    @rule(object_type=st.sampled_from(["BacklogItem", "Task"]), n=PICK, m=PICK, nobody=st.booleans())
    def assign(self, object_type: str, n: int, m: int, nobody: bool) -> None:
        each, person = self.pick(object_type, n), None if nobody else self.pick("Person", m)
        method, parameter = {
            "BacklogItem": ("setBacklogItemAssignedPersonID", "backlogItemID"),
            "Task": ("setTaskAssignedPersonID", "taskID"),
        }[object_type]
        given = {parameter: each, "assignedPersonID": person}
        self.compare(method, given, lambda: self.reference.assign(object_type, each, person))

    @rule(setter=st.sampled_from(SETTERS), n=PICK, data=st.data())
    def set_property(self, setter: Any, n: int, data: st.DataObject) -> None:
        method, object_type, parameter, name, values = setter
        each, value = self.pick(object_type, n), data.draw(values)
        self.compare(method, {parameter: each, name: value}, lambda: self.reference.set(object_type, each, name, value))

    @rule(request=st.sampled_from(["r1", "r2"]), stale=st.booleans(), name=NAMES)
    def guarded(self, request: str, stale: bool, name: str) -> None:
        """A call with a requestID and a required version, which may be an old one."""
        required = self.reference.version - (1 if stale else 0)
        given = {"requestID": request, "requiredDataVersion": required, "name": name}

        def effect() -> Any:
            if request in self.reference.requests:
                raise Refused("RequestAlreadyExecuted")
            if stale:
                raise Refused("RequiredDataVersionNotMatching")
            new = self.reference.addProject(name, None, -1)
            self.reference.requests.add(request)
            return new

        self.compare("addProject", given, effect)

    @invariant()
    def the_account_is_as_expected(self) -> None:
        if hasattr(self, "reference"):
            version, data = everything(self.driver)
            assert data == self.reference.data
            assert version == self.reference.version

    def teardown(self) -> None:
        if hasattr(self, "driver"):
            self.driver.close()
        if hasattr(self, "reference"):
            self.world.check_log_gives_tables()


def texts(given: dict[str, Any]) -> dict[str, str]:
    """Parameters as they travel; some of those without a value are left out, some are empty, some say null."""
    spelled = {}
    for position, (name, value) in enumerate(given.items()):
        if value is not None:
            spelled[name] = str(value)
        elif position % 3:
            spelled[name] = "" if position % 3 == 1 else "null"
    return spelled


def run(machine: type[Machine], examples: int) -> None:
    """Runs the machine; its examples share a database but no account."""
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


def test_through_the_pipeline(shared_world: World) -> None:
    class ThroughPipeline(Machine):
        world = shared_world
        connect = staticmethod(Pipeline)

    run(ThroughPipeline, 50)


def test_through_http(shared_world: World, server: Server) -> None:
    class ThroughHttp(Machine):
        world = shared_world
        connect = staticmethod(lambda world: Http(world, server.api))

    run(ThroughHttp, 10)
