"""Images: kept current by the log they equal the tables; they are bounded; a past version is replayed exactly."""

from __future__ import annotations

import asyncio

from scrumrpc.cli import sample
from scrumrpc.model.image import Image
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
    first = world.account, world.epoch
    image = world.run(images.at_least(*first, 1))
    second = world.new_account(), world.epoch
    world.run(images.at_least(*second, 1))
    assert world.run(images.at_least(*first, 1)) is not image
    world.check_log_gives_tables()


class Counting(Images):
    """Images, and how often they were made for a past version."""

    built = 0

    async def _back(self, image: Image, epoch: str, version: int) -> Image:
        self.built += 1
        return await super()._back(image, epoch, version)


def test_a_past_version_is_built_once(world: World) -> None:
    world.call("addProject", name="A")
    then = world.version
    world.call("addProject", name="B")
    images = Counting(world.database, limit=10**9)

    async def both() -> list[Image]:
        return await asyncio.gather(*(images.at(world.account, world.epoch, then) for _ in range(5)))

    first, *others = world.run(both())
    assert images.built == 1
    assert all(each is first for each in others)
    world.call("addProject", name="C")
    assert world.run(images.at_least(world.account, world.epoch, world.version)).version == then + 2
    assert world.run(images.at(world.account, world.epoch, then)) is first
    assert (first.version, len(first.members(("Project", 0)))) == (then, 1)


def test_the_present_is_taken_as_long_as_it_is_the_version_asked_for(world: World) -> None:
    images = Counting(world.database, limit=10**9)
    present = world.run(images.at_least(world.account, world.epoch, 1))
    assert world.run(images.at(world.account, world.epoch, 1)) is present
    world.call("addProject", name="A")
    present = world.run(images.at_least(world.account, world.epoch, 2))
    past = world.run(images.at(world.account, world.epoch, 1))
    assert (past.version, present.version, images.built) == (1, 2, 1)


def test_the_present_moves_on_while_the_past_is_built(world: World) -> None:
    images = Images(world.database, limit=10**9)
    project = world.call("addProject", name="A")
    shown = {}
    for n in range(12):
        world.call("addBacklogItem", projectID=project, name=f"i{n}", index="0")
        shown[world.version] = n + 1

    async def everything() -> list[Image]:
        async def write() -> None:
            for n in range(8):
                answer = await world.send("addBacklogItem", projectID=project, name=f"later {n}", index="0")
                await images.at_least(world.account, world.epoch, answer.version)

        *past, _ = await asyncio.gather(*(images.at(world.account, world.epoch, version) for version in shown), write())
        return past

    [(number, _)] = [(record.number, None) for record in world.tables().records() if record.type == "Project"]
    for image, count in zip(world.run(everything()), shown.values(), strict=True):
        names = [image[each]["name"] for each in image.members(("BacklogItem", number))]
        assert names == [f"i{n}" for n in reversed(range(count))]


def test_past_images_go_before_those_that_others_work_with(world: World) -> None:
    first = world.account, world.epoch
    for n in range(6):
        world.call("addProject", name=f"P{n}")
    versions = range(1, world.version)
    second = world.new_account(), world.epoch
    images = Counting(world.database, limit=10**9)
    foreign = world.run(images.at_least(*second, 1))
    one = world.run(images.at_least(*first, versions[-1]))
    limit = foreign.bytes + 2 * one.bytes
    images = Counting(world.database, limit)
    foreign, one = world.run(images.at_least(*second, 1)), world.run(images.at_least(*first, versions[-1]))
    kept = [world.run(images.at(*first, version)) for version in reversed(versions)]
    assert world.run(images.at_least(*second, 1)) is foreign
    assert world.run(images.at_least(*first, versions[-1])) is one
    assert world.run(images.at(*first, versions[0])) is kept[-1]
    assert world.run(images.at(*first, versions[-1])) is not kept[0]
    assert sum(image.bytes for image in images.kept()) <= limit


def test_no_more_past_images_than_can_be_looked_through(world: World) -> None:
    for n in range(70):
        world.call("addProject", name=f"P{n}")
    images = Counting(world.database, limit=10**9)
    for version in range(1, 71):
        world.run(images.at(world.account, world.epoch, version))
    assert len(list(images.kept())) == 65
    world.run(images.at(world.account, world.epoch, 70))
    assert images.built == 70
    world.run(images.at(world.account, world.epoch, 1))
    assert images.built == 71


def test_the_size_of_an_image_follows_its_changes(world: World) -> None:
    images = Images(world.database, limit=10**9)
    image = world.run(images.at_least(world.account, world.epoch, 1))
    empty = image.bytes
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x" * 400)
    image = world.run(images.at_least(world.account, world.epoch, world.version))
    image.write_list([], ("Project", 0), frozenset({"Project.backlogItems"}))
    grown = image.bytes
    assert grown > empty + 400
    world.call("deleteBacklogItem", backlogItemID=item)
    assert world.run(images.at_least(world.account, world.epoch, world.version)).bytes < grown - 400


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


def test_json_that_has_no_room_is_dropped_and_rendered_again(world: World) -> None:
    project = world.call("addProject", name="A")
    for n in range(4):
        world.call("addBacklogItem", projectID=project, name=f"i{n}", description="x" * 9000)
    version = world.version

    def answered(images: Images) -> list[bytes]:
        parts: list[bytes] = []
        image = world.run(images.at_least(world.account, world.epoch, version))
        image.write_list(parts, ("Project", 0), frozenset({"Project.backlogItems"}))
        return parts

    roomy, narrow = Images(world.database, limit=10**9), Images(world.database, limit=50_000)
    first, second = answered(roomy), answered(roomy)
    assert {id(part) for part in first if len(part) > 30_000} & {id(part) for part in second}
    third, fourth = answered(narrow), answered(narrow)
    assert not {id(part) for part in third if len(part) > 30_000} & {id(part) for part in fourth}
    assert b"".join(first) == b"".join(second) == b"".join(third) == b"".join(fourth)
