"""Webhook methods: what they show and change, who may call them, and that a secret is told once."""

from __future__ import annotations

import base64
import time
from typing import Any

import orjson
import pytest

from methods.webhooks import MOST_WEBHOOKS
from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import (
    DataVersionNoLongerKept,
    DataVersionNotReachedYet,
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    RequestAlreadyExecuted,
    RequirementNotSatisfied,
    UserHasInsufficientPermissions,
)
from scrumrpc.store import webhooks
from tests.world import World

URL = "https://nothing.invalid/scrum"
WEBHOOK_METHODS = [method for method in METHODS.values() if method.noun == "Webhook"]


def rows(world: World, query: str) -> list[Any]:
    async def read(conn: Any) -> list[Any]:
        return list(await (await conn.execute(query, (world.account,))).fetchall())

    found: list[Any] = world.store(read)
    return found


def add(world: World, **given: str) -> Any:
    return world.call("addWebhook", **{"url": URL, **given})


def the_webhook(world: World) -> Any:
    [webhook] = world.call("getWebhooks")
    return webhook


def test_a_new_webhook_is_shown_with_its_secret_once(world: World) -> None:
    earliest = int(time.time() * 1000) - 1
    first, second = world.call("addProject", name="A"), world.call("addProject", name="B")
    before = world.version
    added = add(world, description="Wall", projectIDs=f"{second},{first}", objectTypes="Task,BacklogItem")
    me = world.data()["persons"][0]["id"]
    assert added == {
        "objectType": "Webhook", "id": f"{world.account}-0-1", "url": URL, "description": "Wall",
        "projectIDs": [second, first], "objectTypes": ["BacklogItem", "Task"], "personID": me,
        "creationDate": added["creationDate"], "isEnabled": True, "disabledReason": None,
        "deliveredDataVersion": before, "failures": 0, "nextAttemptDate": None, "secret": added["secret"],
    }  # fmt: skip
    assert [*added][-1] == "secret"
    assert earliest <= added["creationDate"] <= int(time.time() * 1000) + 1
    assert added["secret"].startswith("whsec_")
    assert len(base64.b64decode(added["secret"].removeprefix("whsec_"), validate=True)) == 32
    assert the_webhook(world) == added | {"secret": None}
    assert world.version == before
    assert world.call("getWebhookDeliveries", webhookID=added["id"]) == []


def test_a_webhook_without_filters_is_about_everything(world: World) -> None:
    added = add(world)
    assert [added[name] for name in ("description", "projectIDs", "objectTypes")] == [None, None, None]


def test_where_a_webhook_begins(world: World) -> None:
    for name in "ABC":
        world.call("addProject", name=name)
    assert add(world)["deliveredDataVersion"] == world.version
    assert add(world, sinceDataVersion="2")["deliveredDataVersion"] == 2
    assert add(world, sinceDataVersion="0")["deliveredDataVersion"] == 0
    with pytest.raises(DataVersionNotReachedYet, match="sinceDataVersion is 9"):
        add(world, sinceDataVersion="9")
    with pytest.raises(InvalidParameter, match="sinceDataVersion"):
        add(world, sinceDataVersion="-1")


def set_floor(world: World, version: int) -> None:
    async def work(conn: Any) -> None:
        await conn.execute("UPDATE accounts SET oldest_version = %s WHERE account_id = %s", (version, world.account))

    world.store(work)


def test_a_webhook_cannot_go_on_from_what_is_no_longer_kept(world: World) -> None:
    for name in "ABC":
        world.call("addProject", name=name)
    stopped = add(world, sinceDataVersion="1")["id"]
    world.call("disableWebhook", webhookID=stopped)
    set_floor(world, 2)
    with pytest.raises(DataVersionNoLongerKept, match=r"sinceDataVersion is 1.*from 2 to"):
        add(world, sinceDataVersion="1")
    with pytest.raises(DataVersionNoLongerKept, match=r"stopped at data version 1\b.*from 2 or later"):
        world.call("enableWebhook", webhookID=stopped)
    with pytest.raises(DataVersionNoLongerKept, match="sinceDataVersion is 1"):
        world.call("enableWebhook", webhookID=stopped, sinceDataVersion="1")
    world.call("enableWebhook", webhookID=stopped, sinceDataVersion="2")
    assert the_webhook(world)["deliveredDataVersion"] == 2
    set_floor(world, 0)


@pytest.mark.parametrize(
    ("given", "error", "match"),
    [
        ({"url": ""}, MissingParameter, "url"),
        ({"url": "hooks.example.com"}, InvalidParameter, "hooks.example.com"),
        ({"url": "http://nothing.invalid/"}, InvalidParameter, "must begin with https"),
        ({"url": "https://localhost/"}, InvalidParameter, "private, local or reserved"),
        ({"url": "https://127.0.0.1:5432/"}, InvalidParameter, "private, local or reserved"),
        ({"url": "https://[::ffff:169.254.169.254]/"}, InvalidParameter, "private, local or reserved"),
        ({"url": "https://ann:word@nothing.invalid/"}, InvalidParameter, "without user name"),
        ({"projectIDs": "1-2-3"}, ObjectNotFound, "no project with the id 1-2-3"),
        ({"objectTypes": "Task,Tusk"}, InvalidParameter, "Tusk"),
        ({"objectTypes": "Webhook"}, InvalidParameter, "Webhook"),
        ({"secret": "x"}, InvalidParameter, "no parameter"),
    ],
)
def test_what_cannot_be_added(world: World, given: dict[str, str], error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        add(world, **given)
    assert world.call("getWebhooks") == []


def test_an_account_has_so_many_webhooks_and_no_more(world: World) -> None:
    for _ in range(MOST_WEBHOOKS):
        add(world, url="https://9.9.9.9/")
    with pytest.raises(RequirementNotSatisfied, match=str(MOST_WEBHOOKS)):
        add(world)
    world.call("deleteWebhook", webhookID=f"{world.account}-0-7")
    assert add(world)["id"] == f"{world.account}-0-{MOST_WEBHOOKS + 1}"


def test_setting_properties(world: World) -> None:
    project, webhook = world.call("addProject", name="A"), add(world)["id"]
    before = world.version
    assert world.call("setWebhookURL", webhookID=webhook, url=URL + "/2") is None
    assert world.call("setWebhookDescription", webhookID=webhook, description="D") is None
    assert world.call("setWebhookProjectIDs", webhookID=webhook, projectIDs=project) is None
    assert world.call("setWebhookObjectTypes", webhookID=webhook, objectTypes="Task") is None
    shown = the_webhook(world)
    changed = [shown[name] for name in ("url", "description", "projectIDs", "objectTypes")]
    assert changed == [URL + "/2", "D", [project], ["Task"]]
    for name in ("Description", "ProjectIDs", "ObjectTypes"):
        world.call(f"setWebhook{name}", webhookID=webhook)
    shown = the_webhook(world)
    assert [shown[name] for name in ("description", "projectIDs", "objectTypes")] == [None, None, None]
    assert world.version == before
    with pytest.raises(InvalidParameter, match="private"):
        world.call("setWebhookURL", webhookID=webhook, url="https://10.0.0.1/")
    with pytest.raises(ObjectNotFound, match="no project"):
        world.call("setWebhookProjectIDs", webhookID=webhook, projectIDs="1-2-3")


def test_a_deleted_project_stays_in_the_filter(world: World) -> None:
    project = world.call("addProject", name="A")
    add(world, projectIDs=project)
    world.call("deleteProject", projectID=project)
    assert the_webhook(world)["projectIDs"] == [project]


def test_disabling_and_enabling(world: World) -> None:
    cid = world.person("cid@example.com", isAdministrator="true")
    webhook = add(world, sinceDataVersion="0")["id"]
    for _ in range(2):
        assert world.call("disableWebhook", webhookID=webhook) is None
        shown = the_webhook(world)
        assert (shown["isEnabled"], shown["disabledReason"]) == (False, "disableWebhook was called.")
    assert world.call("enableWebhook", "cid@example.com", webhookID=webhook) is None
    shown = the_webhook(world)
    assert (shown["isEnabled"], shown["disabledReason"], shown["deliveredDataVersion"]) == (True, None, 0)
    assert shown["personID"] == cid  # what is sent is what the caller may know
    world.call("enableWebhook", webhookID=webhook, sinceDataVersion="1")
    assert the_webhook(world)["deliveredDataVersion"] == 1
    with pytest.raises(DataVersionNotReachedYet):
        world.call("enableWebhook", webhookID=webhook, sinceDataVersion="99")


def test_secrets_are_kept_to_sign_with_and_told_once(world: World) -> None:
    first = world.call("addWebhook", url=URL, requestID="r1")
    second = world.call("resetWebhookSecret", webhookID=first["id"], requestID="r2")
    assert second.startswith("whsec_")
    assert second != first["secret"]
    [(secret, old_secret, hours)] = rows(
        world,
        "SELECT secret, old_secret, extract(epoch FROM old_secret_until - now()) / 3600 FROM webhooks "
        "WHERE account_id = %s",
    )
    assert (secret, old_secret) == (second, first["secret"])
    assert webhooks.OLD_SECRET_HOURS - 1 < hours <= webhooks.OLD_SECRET_HOURS
    assert rows(world, "SELECT result FROM requests WHERE account_id = %s") == [(None,), (None,)]
    for method, given, request in (
        ("addWebhook", {"url": URL}, "r1"),
        ("resetWebhookSecret", {"webhookID": first["id"]}, "r2"),
    ):
        for repeat in ({}, {"onRepeat": "result"}):
            with pytest.raises(RequestAlreadyExecuted) as refused:
                world.call(method, **given, **repeat, requestID=request)
            assert "whsec_" not in refused.value.message
    for method, given in (("getWebhooks", {}), ("getWebhookDeliveries", {"webhookID": first["id"]})):
        assert b"whsec_" not in orjson.dumps(world.answer(method, **given).result)
    for table in ("requests", "versions", "changes", "webhook_deliveries"):
        assert "whsec_" not in str(rows(world, f"SELECT to_jsonb(t) FROM {table} t WHERE account_id = %s"))


def test_a_test_is_asked_for(world: World) -> None:
    webhook = add(world)["id"]
    assert world.call("sendTestToWebhook", webhookID=webhook) is None
    [(test_id,)] = rows(world, "SELECT test_id FROM webhooks WHERE account_id = %s")
    assert test_id.startswith(f"test_{world.account}_1_")


def test_deleting(world: World) -> None:
    first, second = add(world)["id"], add(world)["id"]
    assert world.call("deleteWebhook", webhookID=first) is None
    assert the_webhook(world)["id"] == second
    for method in WEBHOOK_METHODS:
        if any(p.name == "webhookID" for p in method.parameters):
            more = {"url": URL} if method.name == "setWebhookURL" else {}
            with pytest.raises(ObjectNotFound, match=f"no webhook with the id {first}"):
                world.call(method.name, webhookID=first, **more)
    assert add(world)["id"] == f"{world.account}-0-3"


@pytest.mark.parametrize(
    "wrong", ["1", "0", "-1-0-1", "{a}-1-1", "{a}-0-0", "{a}-0-01", "{a}-0-", "9{a}-0-1", "x" * 5000]
    + [f"{{a}}-0-{'9' * n}" for n in (15, 16, 19, 30)],
)  # fmt: skip
def test_an_unknown_id_is_not_found(world: World, wrong: str) -> None:
    add(world)
    with pytest.raises(ObjectNotFound, match="webhook"):
        world.call("deleteWebhook", webhookID=wrong.replace("{a}", str(world.account)))
    assert len(world.call("getWebhooks")) == 1


def test_the_webhooks_of_another_account_are_its_own(world: World) -> None:
    theirs = add(world)["id"]
    world.new_account()
    assert world.call("getWebhooks") == []
    for method in WEBHOOK_METHODS:
        if any(p.name == "webhookID" for p in method.parameters):
            more = {"url": URL} if method.name == "setWebhookURL" else {}
            with pytest.raises(ObjectNotFound):
                world.call(method.name, webhookID=theirs, **more)


@pytest.mark.parametrize("method", WEBHOOK_METHODS, ids=lambda method: method.name)
def test_webhooks_are_for_administrators(world: World, method: Any) -> None:
    world.person("ben@example.com")
    given = {p.name: {"url": URL, "webhookID": "1-0-1"}[p.name] for p in method.parameters if p.required}
    with pytest.raises(UserHasInsufficientPermissions, match="administrator"):
        world.call(method.name, "ben@example.com", **given)


def test_a_batch_may_set_up_webhooks_but_is_told_no_secret(world: World) -> None:
    webhook = add(world)["id"]
    calls = [
        {"method": "setWebhookDescription", "parameters": {"webhookID": webhook, "description": "D"}},
        {"method": "addProject", "parameters": {"name": "A"}},
        {"method": "disableWebhook", "parameters": {"webhookID": webhook}},
    ]
    world.call("executeBatch", calls=orjson.dumps(calls).decode())
    assert (the_webhook(world)["description"], the_webhook(world)["isEnabled"]) == ("D", False)
    failing = [calls[0] | {"parameters": {"webhookID": webhook, "description": "E"}}, {"method": "addProject"}]
    with pytest.raises(MissingParameter):
        world.call("executeBatch", calls=orjson.dumps(failing).decode())
    assert the_webhook(world)["description"] == "D"
    with pytest.raises(InvalidParameter, match="secret"):
        world.call("executeBatch", calls=orjson.dumps([{"method": "addWebhook", "parameters": {"url": URL}}]).decode())


def test_an_operator_is_nobody_to_send_for(world: World) -> None:
    with pytest.raises(RequirementNotSatisfied, match="person"):
        world.operator("addWebhook", url=URL)
