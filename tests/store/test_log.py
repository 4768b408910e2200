"""The change log tells who did what, with which key, by which method, and what changed."""

from __future__ import annotations

from typing import Any

from tests.world import World


def versions(world: World) -> list[Any]:
    async def read(conn: Any) -> list[Any]:
        cursor = await conn.execute(
            """
            SELECT v.version, v.person_id, v.key_id, v.method, v.call_id <> '', now() - v.committed_at < '1 minute',
                   (SELECT json_agg(json_build_array(c.object_type, c.operation, c.changed) ORDER BY c.object_id)
                    FROM changes c WHERE c.account_id = v.account_id AND c.version = v.version)
            FROM versions v WHERE v.account_id = %s ORDER BY v.version
            """,
            (world.account,),
        )
        return list(await cursor.fetchall())

    found: list[Any] = world.store(read)
    return found


def test_a_version_says_who_with_which_key_and_how(world: World) -> None:
    world.call("addProject", name="A")
    by_operator, by_person = versions(world)
    assert by_operator[:6] == (1, None, None, "addPersonByOperator", True, True)
    assert by_person[:6] == (2, 1, 1, "addProject", True, True)


def test_a_change_names_the_properties_that_changed(world: World) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x", priority="Low")
    world.call("setBacklogItemName", backlogItemID=item, name="y")
    assert versions(world)[-1][6] == [["BacklogItem", "updated", ["name"]]]


def test_deleting_logs_each_object_that_goes(world: World) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    task = world.call("addTask", backlogItemID=item, name="t")
    comment = world.call("addComment", ownerObjectType="Task", ownerObjectID=task, text="c")
    world.call("addComment", ownerObjectType="Task", ownerObjectID=task, parentCommentID=comment, text="r")
    world.call("deleteBacklogItem", backlogItemID=item)
    assert versions(world)[-1][6] == [[each, "deleted", []] for each in ("BacklogItem", "Task", "Comment", "Comment")]


def test_deleting_a_tag_changes_what_carried_it(world: World) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    tag = world.call("addTag", projectID=project, name="red")
    world.call("addTagOnObject", tagID=tag, objectType="BacklogItem", objectID=item)
    world.call("deleteTag", tagID=tag)
    assert versions(world)[-1][6] == [["BacklogItem", "updated", ["tagIDs"]], ["Tag", "deleted", []]]


def test_the_result_of_a_request_is_kept(world: World) -> None:
    project = world.answer("addProject", name="A", requestID="r1")

    async def read(conn: Any) -> Any:
        cursor = await conn.execute(
            "SELECT version, method, result, length(parameters_hash) FROM requests WHERE account_id = %s",
            (world.account,),
        )
        return await cursor.fetchone()

    assert world.store(read) == (project.version, "addProject", project.result, 32)
