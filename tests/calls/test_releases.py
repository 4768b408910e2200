"""Releases: how they are planned and completed, and what happens to their backlog items."""

from __future__ import annotations

import pytest

from scrumrpc.errors import InvalidParameter, MissingParameter
from tests.calls.ground import Ground
from tests.world import World

VELOCITIES = ("bestCaseVelocityPerWeek", "expectedVelocityPerWeek", "worstCaseVelocityPerWeek")


@pytest.fixture
def ground(world: World) -> Ground:
    return Ground(world)


def completed(ground: Ground) -> str:
    release = ground.release()
    ground.call("completeRelease", releaseID=release)
    return release


def outcome(ground: Ground, item: str) -> tuple[str, str | None]:
    shown = ground.shown(item)
    return shown["status"], shown["releaseID"]


def test_a_new_release(ground: Ground) -> None:
    given = {
        "externalID": "E", "projectID": ground.project, "name": "R", "description": "d", "link": "http://example.com",
        "startDate": "2013-05-06", "releaseDate": "2013-05-06",
    }  # fmt: skip
    shown = ground.shown(ground.call("addRelease", **given))
    assert {name: shown[name] for name in given} == given
    assert (shown["status"], shown["assignedBacklogItemIDs"]) == ("In planning", [])
    assert [shown[name] for name in VELOCITIES] == [-1.0] * 3
    bare = ground.shown(ground.release())
    assert [bare[name] for name in given if name not in ("projectID", "name")] == [None] * 5


def test_a_release_is_not_before_its_start(ground: Ground) -> None:
    wrong = {"startDate": "2013-05-07", "releaseDate": "2013-05-06"}
    said = "releaseDate is 2013-05-06, which is before the startDate 2013-05-07"
    ground.refused(said, "addRelease", projectID=ground.project, name="R", **wrong)
    release = ground.release()
    ground.refused(said, "setReleaseDates", releaseID=release, **wrong)
    for dates in ({"startDate": "2013-05-07", "releaseDate": "2013-05-07"}, {"releaseDate": "2013-05-06"}, {}):
        ground.call("setReleaseDates", releaseID=release, **dates)
        shown = ground.shown(release)
        assert [shown[name] for name in ("startDate", "releaseDate")] == [
            dates.get("startDate"), dates.get("releaseDate"),
        ]  # fmt: skip
    with pytest.raises(InvalidParameter, match="releaseDate"):
        ground.call("setReleaseDates", releaseID=release, releaseDate="2013-13-01")


def test_releases_are_moved_and_their_properties_set(ground: Ground) -> None:
    first, second, third = (ground.call("addRelease", projectID=ground.project, name=n, index="0") for n in "abc")
    assert ground.names("releases") == ["c", "b", "a"]
    ground.call("moveRelease", releaseID=first, index="0")
    ground.call("moveRelease", releaseID=third)
    assert ground.names("releases") == ["a", "b", "c"]
    ground.ignored("moveRelease", releaseID=second, index="1")
    given = {"name": "z", "description": "d", "link": "http://example.com"}
    for name, value in given.items():
        ground.call(f"setRelease{name.capitalize()}", releaseID=second, **{name: value})
    assert {name: ground.shown(second)[name] for name in given} == given


def test_velocities_have_the_unit_of_rough_estimates(ground: Ground) -> None:
    release = ground.release()
    ground.call(
        "setReleaseVelocities", releaseID=release, velocityUnit="Points",
        **dict(zip(VELOCITIES, ("30", "20", "10"), strict=True)),
    )  # fmt: skip
    assert [ground.shown(release)[name] for name in VELOCITIES] == [30.0, 20.0, 10.0]
    for name in VELOCITIES:
        ground.refused(
            "velocityUnit is Days.*Points",
            "setReleaseVelocities", releaseID=release, **{name: "5"}, velocityUnit="Days",
        )  # fmt: skip
        with pytest.raises(MissingParameter, match="velocityUnit"):
            ground.call("setReleaseVelocities", releaseID=release, **{name: "5"})
        ground.call("setReleaseVelocities", releaseID=release, **{name: "5"}, velocityUnit="Points")
        assert [ground.shown(release)[each] for each in VELOCITIES] == [
            5.0 if each == name else -1.0 for each in VELOCITIES
        ]
    ground.call("setReleaseVelocities", releaseID=release)
    assert [ground.shown(release)[name] for name in VELOCITIES] == [-1.0] * 3


def test_only_a_release_in_planning_starts(ground: Ground) -> None:
    release = ground.release(ground.item())
    ground.call("startRelease", releaseID=release)
    assert ground.shown(release)["status"] == "In progress"
    for each, status in ((release, "In progress"), (completed(ground), "Completed")):
        ground.refused(f"{each} has the status {status}", "startRelease", releaseID=each)


@pytest.mark.parametrize("started", [True, False])
@pytest.mark.parametrize("with_next", [True, False])
def test_what_is_finished_is_released(ground: Ground, started: bool, with_next: bool) -> None:
    kanban, scrum = ground.board("To do", "Done", type="Kanban"), ground.board("To do", "Done")
    plain = {status: ground.item(status=status) for status in ("New", "Ready for sprint", "In progress", "Done")}
    on_board, done_on_board = ground.item(), ground.item(tasks=("Done",))
    for item in (on_board, done_on_board):
        ground.call("assignBacklogItemToKanbanBoard", backlogItemID=item, boardID=kanban)
    completed_in_sprint = ground.item(tasks=("Done",))
    over = ground.sprint(started=True, items=(completed_in_sprint,))
    ground.call("completeSprint", sprintID=over)
    done_in_sprint, planned = ground.item(tasks=("Done",)), ground.item()
    running, to_come = ground.sprint(scrum, started=True, items=(done_in_sprint,)), ground.sprint(items=(planned,))
    every = [*plain.values(), on_board, done_on_board, completed_in_sprint, done_in_sprint, planned]
    release, following = ground.release(*every), ground.release() if with_next else None
    if started:
        ground.call("startRelease", releaseID=release)
    before = {item: ground.place(item) for item in every}
    ground.call("completeRelease", releaseID=release, **({"nextReleaseID": following} if following else {}))
    assert ground.shown(release)["status"] == "Completed"
    for item in (plain["Done"], done_on_board, completed_in_sprint):
        assert outcome(ground, item) == ("Released", release)
        assert ground.place(item)[3:] == (None, None)
        assert ground.shown(item)["doneDate"] is not None
    assert ground.place(completed_in_sprint)[1:3] == (over, ground.team)
    assert [task["boardColumnID"] for task in ground.tasks(done_on_board)] == [None]
    for item in (plain["New"], plain["Ready for sprint"], plain["In progress"], on_board, done_in_sprint, planned):
        assert ground.shown(item)["releaseID"] == following
        assert ground.place(item) == before[item]
    assert (ground.place(done_in_sprint)[1], ground.place(planned)[1]) == (running, to_come)


def test_what_was_released_before_stays_in_its_release(ground: Ground) -> None:
    a = f"{ground.world.account}-9"
    units = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}
    inside = {"projectID": f"{a}-1", "name": "x"}
    ground.world.load(
        {"objectType": "Project", "id": f"{a}-1", "name": "Loaded", "status": "Active", **units},
        {"objectType": "Release", "id": f"{a}-2", "status": "In progress", **inside},
        {"objectType": "BacklogItem", "id": f"{a}-3", "status": "Released", "releaseID": f"{a}-2", **inside},
    )
    ground.call("completeRelease", releaseID=f"{a}-2")
    assert outcome(ground, f"{a}-3") == ("Released", f"{a}-2")


def test_a_release_is_completed_once(ground: Ground) -> None:
    release = completed(ground)
    ground.refused(f"{release} is Completed", "completeRelease", releaseID=release)


def test_the_next_release_is_another_open_one_of_the_project(ground: Ground) -> None:
    release, over = ground.release(ground.item()), completed(ground)
    foreign = ground.call("addRelease", projectID=ground.elsewhere, name="R")
    for following, said in ((release, "the one to complete"), (over, "Completed"), (foreign, "another project")):
        ground.refused(f"{following}.*{said}", "completeRelease", releaseID=release, nextReleaseID=following)
    running = ground.release()
    ground.call("startRelease", releaseID=running)
    ground.call("completeRelease", releaseID=release, nextReleaseID=running)


def test_items_outlive_their_release(ground: Ground) -> None:
    open_item, released = ground.item(), ground.item(status="Done")
    release, over = ground.release(open_item), ground.release(released)
    ground.call("completeRelease", releaseID=over)
    ground.call("addComment", ownerObjectType="Release", ownerObjectID=release, text="c")
    for each in (release, over):
        ground.call("deleteRelease", releaseID=each)
    assert outcome(ground, open_item) == ("New", None)
    assert outcome(ground, released) == ("Released", None)
    assert not {"Release", "Comment"} & {record.type for record in ground.world.tables().records()}


def test_choices_of_a_deleted_release_are_forgotten(ground: Ground) -> None:
    release, kept, item = ground.release(), ground.release(), ground.item()
    for name, chosen in (("a", release), ("b", kept)):
        field = ground.call(
            "addCustomField", projectID=ground.project, name=name, ownerObjectTypes="BacklogItem", type="Release"
        )
        ground.call(
            "setCustomFieldValue", customFieldID=field, ownerObjectType="BacklogItem", ownerObjectID=item, value=chosen
        )
    ground.call("deleteRelease", releaseID=release)
    assert [value["value"] for value in ground.shown(item)["customFieldValues"]] == [kept]
