"""Epics, folders and replies inside one another: as deep as the limit, never in a circle, and always answered."""

from __future__ import annotations

import itertools
import json

import pytest

from scrumrpc.errors import InvalidParameter, RequirementNotSatisfied
from scrumrpc.model.ownership import MOST_LEVELS
from tests.world import World


def depth(value: object) -> int:
    """How deep the deepest chain of childBacklogItems, files or replies is."""
    if isinstance(value, list):
        return max((depth(each) for each in value), default=0)
    if isinstance(value, dict):
        inside = [value.get(name) for name in ("childBacklogItems", "files", "replies")]
        own = max((depth(each) for each in inside if each is not None), default=0)
        return own + 1 if value["objectType"] in ("BacklogItem", "File", "Comment") else own
    return 0


def test_replies_are_as_deep_as_the_limit(world: World) -> None:
    project = world.call("addProject", name="A")
    comment = ""
    for _ in range(MOST_LEVELS):
        comment = world.call(
            "addComment", ownerObjectType="Project", ownerObjectID=project, parentCommentID=comment, text="x"
        )
    assert depth(world.data()["projects"][0]["comments"]) == MOST_LEVELS
    with pytest.raises(RequirementNotSatisfied, match=f"{MOST_LEVELS + 1} levels"):
        world.call("addComment", ownerObjectType="Project", ownerObjectID=project, parentCommentID=comment, text="x")


def test_folders_are_as_deep_as_the_limit(world: World) -> None:
    project = world.call("addProject", name="A")
    folders = [""]
    for _ in range(MOST_LEVELS):
        folders.append(world.call("addFolder", projectID=project, parentFolderID=folders[-1], name="f"))
    with pytest.raises(RequirementNotSatisfied, match="levels"):
        world.call("addFolder", projectID=project, parentFolderID=folders[-1], name="f")
    with pytest.raises(RequirementNotSatisfied, match="levels"):
        world.call("addFile", projectID=project, parentFolderID=folders[-1], fileName="f", fileContents="eA==")
    other = world.call("addFolder", projectID=project, name="other")
    inside = world.call("addFolder", projectID=project, parentFolderID=other, name="inside")
    with pytest.raises(RequirementNotSatisfied, match="levels"):
        world.call("moveFile", fileID=other, parentFolderID=folders[-2])
    world.call("moveFile", fileID=inside, parentFolderID=folders[-2])
    assert depth(world.data()["projects"][0]["files"]) == MOST_LEVELS
    with pytest.raises(RequirementNotSatisfied, match="itself"):
        world.call("moveFile", fileID=folders[1], parentFolderID=folders[-1])


def test_epics_are_as_deep_as_the_limit(world: World) -> None:
    project = world.call("addProject", name="A")
    epics = [world.call("addBacklogItem", projectID=project, name="e", type="Epic") for _ in range(MOST_LEVELS + 1)]
    for epic, inside in itertools.pairwise(epics[1:]):
        world.call("assignBacklogItemToEpic", backlogItemID=inside, epicID=epic)
    with pytest.raises(RequirementNotSatisfied, match=f"{MOST_LEVELS + 1} levels"):
        world.call("assignBacklogItemToEpic", backlogItemID=epics[1], epicID=epics[0])
    world.call("unassignBacklogItemFromEpic", backlogItemID=epics[-1])
    world.call("assignBacklogItemToEpic", backlogItemID=epics[1], epicID=epics[0])
    assert depth(world.data()["projects"][0]["backlogItems"]) == MOST_LEVELS


def test_imports_are_not_deeper_either(world: World) -> None:
    project = {
        "objectType": "Project", "id": f"{world.account}-7-1", "name": "A", "status": "Active",
        "roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
    }  # fmt: skip
    chain = [
        {
            "objectType": "BacklogItem", "id": f"{world.account}-8-{n}", "projectID": project["id"], "name": "e",
            "type": "Epic", "status": "New", "parentEpicID": f"{world.account}-8-{n - 1}" if n else None,
        }
        for n in range(MOST_LEVELS + 1)
    ]  # fmt: skip
    with pytest.raises(InvalidParameter, match="levels"):
        world.operator("importObjects", objects=json.dumps([project, *chain]))
    world.operator("importObjects", objects=json.dumps([project, *chain[:-1]]))
    assert depth(world.data()["projects"][0]["backlogItems"]) == MOST_LEVELS
