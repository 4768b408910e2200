"""Images: kept current by the log they equal the tables; they are bounded; a past version is replayed exactly."""

from __future__ import annotations

from scrumrpc.cli import sample
from scrumrpc.store.images import Images, load_from_log, load_from_tables
from tests.world import EVERYTHING, World


def test_an_image_kept_current_equals_one_from_tables(world: World) -> None:
    project = world.call("addProject", name="A")
    world.data()  # loads the image, which the following changes move on
    item = world.call("addBacklogItem", projectID=project, name="x")
    task = world.call("addTask", backlogItemID=item, name="t")
    tag = world.call("addTag", projectID=project, name="red")
    world.call("addTagOnObject", tagID=tag, objectType="Task", objectID=task)
    kept = world.data()
    world.call("deleteTag", tagID=tag)
    without_tag = world.data()
    fresh = World(world.database.url, size=1)
    fresh.account, fresh.key = world.account, world.key
    assert fresh.data() == without_tag != kept
    fresh.close()


def test_the_log_leads_to_every_past_version(world: World) -> None:
    project = world.call("addProject", name="A")
    shown = {}
    for name in ("one", "two", "three"):
        item = world.call("addBacklogItem", projectID=project, name=name, index="0")
        shown[world.version] = [i["name"] for i in world.data()["projects"][0]["backlogItems"]]
    world.call("deleteBacklogItem", backlogItemID=item)
    for version, names in shown.items():
        image = world.store(lambda conn, version=version: load_from_log(conn, world.account, version))
        assert image.version == version
        [number] = image.members(("Project", 0))
        assert [image[n]["name"] for n in image.members(("BacklogItem", number))] == names


def test_images_are_dropped_when_they_take_too_much_memory(world: World) -> None:
    images = Images(world.database, limit=1)
    first = world.account
    image = world.run(images.at_least(first, 1))
    second = world.new_account()
    world.run(images.at_least(second, 1))
    assert world.run(images.at_least(first, 1)) is not image
    world.check_log_gives_tables()


def test_the_size_of_an_image_follows_its_changes(world: World) -> None:
    images = Images(world.database, limit=10**9)
    image = world.run(images.at_least(world.account, 1))
    empty = image.bytes
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x" * 400)
    image = world.run(images.at_least(world.account, world.version))
    image.write_list([], ("Project", 0), frozenset({"Project.backlogItems"}))
    grown = image.bytes
    assert grown > empty + 400
    world.call("deleteBacklogItem", backlogItemID=item)
    assert world.run(images.at_least(world.account, world.version)).bytes < grown - 400


def test_the_sample_is_the_same_from_tables_and_log(world: World) -> None:
    world.load(*sample.objects())
    tables = world.store(lambda conn: load_from_tables(conn, world.account))
    log = world.store(lambda conn: load_from_log(conn, world.account))
    assert len(tables) == len(log) > 100
    everything = frozenset(EVERYTHING.split(","))
    answers = []
    for image in (tables, log):
        for people in ("Person", "DeletedPerson", "Project"):
            parts: list[bytes] = []
            image.write_list(parts, (people, 0), everything)
            answers.append(b"".join(parts))
    assert answers[:3] == answers[3:]
