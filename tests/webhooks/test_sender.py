"""The sender: versions arrive in order and at least once, signed, until they are taken; or it is said why not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError

from scrumrpc.calls.told import Choice, told
from scrumrpc.store import accounts
from scrumrpc.store.deliveries import MOST_KEPT
from scrumrpc.webhooks.messages import LARGEST_BODY, MOST_CHANGES
from scrumrpc.webhooks.patience import DELAYS
from tests.webhooks.conftest import ORIGIN, Sending
from tests.webhooks.receiving import Received, Receiver


def failing(*statuses: int) -> Any:
    """Answers with these statuses, one after the other, and then with 204."""
    rest = list(statuses)
    return lambda _received: rest.pop(0) if rest else 204


def due_in(sending: Sending) -> float:
    """Seconds until the next attempt, as it is shown."""
    moment = datetime.fromtimestamp(sending.webhook()["nextAttemptDate"] / 1000, UTC)
    return (moment - datetime.now(UTC)) / timedelta(seconds=1)


def test_versions_arrive_signed_and_in_order(sending: Sending, receiver: Receiver) -> None:
    world = sending.world
    secret = sending.add(receiver)["secret"]
    since = world.version
    project = world.call("addProject", name="A")
    world.call("addTag", projectID=project, name="red")
    world.call("setProjectName", projectID=project, name="Ä\n")
    sending.until_settled()
    assert receiver.versions() == [since + 1, since + 2, since + 3]
    versions, reached = world.run(
        told(world.database, world.account, None, Choice(), since, world.version, 10**6, origin=ORIGIN)
    )
    assert reached == world.version
    for received, version in zip(receiver.got, versions, strict=True):
        said = received.verified(secret)
        assert list(said) == ["type", "timestamp", "epoch", "data"]
        assert (said["type"], received.id) == ("version", f"msg_{world.account}_1_{version.version}_{world.epoch}")
        assert said["epoch"] == world.epoch
        assert received.body.endswith(b',"data":' + version.json + b"}")
        moment = datetime.fromisoformat(said["timestamp"])
        assert round(moment.timestamp() * 1000) == said["data"]["date"]
        assert received.headers["content-type"] == "application/json"
        assert received.headers["user-agent"].startswith("scrumrpc/")
        assert received.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert sending.webhook()["deliveredDataVersion"] == world.version
    newest, *_ = sending.deliveries()
    assert newest == {
        "objectType": "WebhookDelivery", "messageID": receiver.got[-1].id, "dataVersion": world.version, "attempt": 1,
        "date": newest["date"], "duration": newest["duration"], "status": 204, "failure": None,
    }  # fmt: skip
    assert len({received.connection for received in receiver.got}) == 1  # one connection serves them all


def test_what_comes_while_it_sends_is_sent_as_well(sending: Sending, receiver: Receiver) -> None:
    sending.add(receiver)
    since = sending.world.version

    async def more() -> bool:
        if sending.world.calls and len(receiver.got) < 5:
            await sending.world.send("addProject", name=f"P{len(receiver.got)}-{datetime.now(UTC).timestamp()}")
        return len(receiver.got) >= 5

    sending.until(more)
    versions = receiver.versions()
    assert versions == list(range(since + 1, since + 1 + len(versions)))


def test_a_version_is_repeated_until_it_is_taken(sending: Sending, receiver: Receiver) -> None:
    sending.add(receiver)
    since = sending.world.version
    for name in "AB":
        sending.world.call("addProject", name=name)
    receiver.answers = failing(500, 302)
    sending.until_settled()
    assert receiver.versions() == [since + 1]
    shown = sending.webhook()
    assert (shown["failures"], shown["isEnabled"], shown["deliveredDataVersion"]) == (1, True, since)
    assert 0 < due_in(sending) <= 1.2 * DELAYS[0]
    sending.pass_time(1.2 * DELAYS[0])
    sending.until_settled()
    assert sending.webhook()["failures"] == 2
    assert 0.5 * DELAYS[1] < due_in(sending) <= 1.2 * DELAYS[1]
    sending.pass_time(1.2 * DELAYS[1])
    sending.until_settled()
    assert receiver.versions() == [since + 1] * 3 + [since + 2]
    assert len({received.id for received in receiver.got[:3]}) == 1
    assert len({received.body for received in receiver.got[:3]}) == 1
    shown = sending.webhook()
    assert (shown["failures"], shown["nextAttemptDate"], shown["deliveredDataVersion"]) == (0, None, since + 2)
    assert [(each["attempt"], each["status"], each["failure"]) for each in sending.deliveries()] == [
        (1, 204, None),
        (3, 204, None),
        (2, 302, "The answer has the HTTP status 302, a redirect, which is not followed."),
        (1, 500, "The answer has the HTTP status 500."),
    ]


def test_a_webhook_that_fails_holds_up_no_other(sending: Sending, receiver: Receiver) -> None:
    sending.add(receiver, "/good")
    sending.add(receiver, "/bad")
    receiver.answers = lambda received: 500 if received.path == "/bad" else 200
    for name in "ABC":
        sending.world.call("addProject", name=name)
    sending.until_settled()
    assert len(receiver.versions("/good")) == 3
    assert len(receiver.versions("/bad")) == 1


def test_it_is_given_up_in_the_end_and_goes_on_where_it_stopped(sending: Sending, receiver: Receiver) -> None:
    webhook = sending.add(receiver)["id"]
    since = sending.world.version
    for name in "AB":
        sending.world.call("addProject", name=name)
    receiver.answers = lambda _received: 503
    for delay in DELAYS:
        sending.until_settled()
        assert 0.75 * delay < due_in(sending) <= 1.2 * delay
        sending.pass_time(1.2 * delay)
    assert sending.webhook()["isEnabled"]
    sending.until_settled()
    attempts = len(DELAYS) + 1
    assert receiver.versions() == [since + 1] * attempts
    shown = sending.webhook()
    assert (shown["isEnabled"], shown["failures"], shown["nextAttemptDate"]) == (False, attempts, None)
    assert shown["disabledReason"] == (
        f"It was given up after {attempts} attempts in a row that failed. Of the last one: The answer has the HTTP "
        "status 503."
    )
    sending.pass_time(10 * DELAYS[-1])
    sending.until_settled()
    assert len(receiver.got) == attempts
    receiver.answers = lambda _received: 200
    sending.world.call("enableWebhook", webhookID=webhook)
    sending.until_settled()
    assert receiver.versions()[attempts:] == [since + 1, since + 2]
    assert sending.webhook()["failures"] == 0


def test_three_days_of_patience() -> None:
    assert 2.9 * 86_400 < sum(DELAYS) < 3.1 * 86_400
    assert list(DELAYS) == sorted(DELAYS)


def test_gone_disables_at_once(sending: Sending, receiver: Receiver) -> None:
    sending.add(receiver)
    sending.world.call("addProject", name="A")
    receiver.answers = lambda _received: 410
    sending.until_settled()
    shown = sending.webhook()
    assert len(receiver.got) == 1
    assert not shown["isEnabled"]
    assert "410 (Gone)" in shown["disabledReason"]


def test_a_new_url_is_tried_at_once(sending: Sending, receiver: Receiver) -> None:
    webhook = sending.add(receiver, "/old")["id"]
    receiver.answers = lambda received: 500 if received.path == "/old" else 200
    sending.world.call("addProject", name="A")
    sending.until_settled()
    sending.world.call("setWebhookURL", webhookID=webhook, url=receiver.url("/new"))
    sending.until_settled()
    assert (receiver.versions("/old"), receiver.versions("/new")) == ([sending.world.version],) * 2


def test_what_the_filters_leave_out_is_passed_over(sending: Sending, receiver: Receiver) -> None:
    world = sending.world
    first, second = world.call("addProject", name="A"), world.call("addProject", name="B")
    sending.add(receiver, "/project", projectIDs=second)
    sending.add(receiver, "/types", objectTypes="Tag,Team")
    since = world.version
    world.call("addTag", projectID=first, name="red")  # 1
    world.call("addTag", projectID=second, name="red")  # 2
    world.call("setProjectName", projectID=second, name="C")  # 3
    world.call("addTeam", projectID=first, name="T")  # 4
    world.call("setProjectName", projectID=first, name="D")  # 5
    sending.until_settled()
    assert receiver.versions("/project") == [since + 2, since + 3]
    assert receiver.versions("/types") == [since + 1, since + 2, since + 4]
    assert [sending.webhook(number)["deliveredDataVersion"] for number in (1, 2)] == [since + 5] * 2
    world.call("setWebhookProjectIDs", webhookID=f"{world.account}-0-1", projectIDs=first)
    world.call("setProjectName", projectID=first, name="E")
    world.call("setProjectName", projectID=second, name="F")
    sending.until_settled()
    assert receiver.versions("/project")[2:] == [since + 6]


def with_access_control(sending: Sending) -> None:
    account = sending.world.account
    sending.world.store(lambda conn: accounts.switch(conn, "has_access_control", True, account))


def test_todays_reach_of_the_person_decides(sending: Sending, receiver: Receiver) -> None:
    world = sending.world
    with_access_control(sending)
    ben = world.person("ben@example.com", isAdministrator="true")
    near, far = world.call("addProject", name="Near"), world.call("addProject", name="Far")
    world.call("addStakeholder", projectID=near, personID=ben)
    sending.add(receiver, email="ben@example.com")
    since = world.version
    world.call("setProjectName", projectID=far, name="Far away")
    sending.until_settled()
    assert receiver.versions() == [since + 1]
    world.call("setProjectName", projectID=far, name="Farther")  # made while Ben still was an administrator
    world.call("setPersonIsAdministrator", personID=ben, isAdministrator="false")
    world.call("setProjectName", projectID=near, name="Nearer")
    world.call("addTag", projectID=far, name="hidden")
    sending.until_settled()
    assert receiver.versions() == [since + 1, since + 3, since + 4]
    for received in receiver.got[1:]:
        assert far not in received.body.decode()
        assert "Farther" not in received.body.decode()
    assert sending.webhook()["deliveredDataVersion"] == world.version
    world.call("removeStakeholder", projectID=near, personID=ben)
    world.call("setProjectName", projectID=near, name="Gone")
    sending.until_settled()
    assert receiver.versions() == [since + 1, since + 3, since + 4]


def test_reach_is_looked_at_before_each_attempt(sending: Sending, receiver: Receiver) -> None:
    """Versions that were read ahead are not sent to somebody who must not know them any more."""
    world = sending.world
    with_access_control(sending)
    ben = world.person("ben@example.com", isAdministrator="true")
    far = world.call("addProject", name="Far")
    sending.add(receiver, email="ben@example.com")
    for name in ("one", "two", "three"):
        world.call("setProjectName", projectID=far, name=name)

    def demote(received: Received) -> int:
        """Takes the right away while the first version is under way; the others have been read by then."""
        sent_to = sending.world.runner.get_loop()
        if len(receiver.got) == 1:
            call = world.send("setPersonIsAdministrator", personID=ben, isAdministrator="false")
            asyncio.run_coroutine_threadsafe(call, sent_to).result(60)
        return 200

    receiver.answers = demote
    sending.until_settled()
    assert [received.said["data"]["method"] for received in receiver.got] == [
        "setProjectName",
        "setPersonIsAdministrator",
    ]


def test_a_webhook_whose_person_is_gone_is_disabled(sending: Sending, receiver: Receiver) -> None:
    ben = sending.world.person("ben@example.com", isAdministrator="true")
    webhook = sending.add(receiver, email="ben@example.com")["id"]
    sending.world.call("deletePerson", personID=ben)
    sending.until_settled()
    shown = sending.webhook()
    assert (receiver.got, shown["isEnabled"], shown["personID"]) == ([], False, ben)
    assert "person is gone" in shown["disabledReason"]
    sending.world.call("enableWebhook", webhookID=webhook)
    sending.until_settled()
    assert receiver.versions() == [sending.world.version]


@pytest.mark.parametrize(("switch", "off"), [("is_closed", True), ("has_api_access", False), ("in_maintenance", True)])
def test_nothing_is_sent_of_an_account_that_takes_no_calls(
    sending: Sending, receiver: Receiver, switch: str, off: bool
) -> None:
    world = sending.world
    sending.add(receiver)
    world.call("addProject", name="A")
    version = world.version
    world.store(lambda conn: accounts.switch(conn, switch, off, world.account))
    shut, key = world.account, world.key
    world.new_account()
    sending.add(receiver, "/other")
    world.call("addProject", name="B")
    sending.until(lambda: receiver.versions("/other"))
    assert receiver.versions() == []
    world.store(lambda conn: accounts.switch(conn, switch, not off, shut))
    sending.until_settled()
    assert receiver.versions() == [version]
    world.account, world.key = shut, key


def test_a_new_secret_signs_beside_the_old_one_for_a_day(sending: Sending, receiver: Receiver) -> None:
    added = sending.add(receiver)
    new = sending.world.call("resetWebhookSecret", webhookID=added["id"])
    sending.world.call("addProject", name="A")
    sending.until_settled()
    for secret in (added["secret"], new):
        assert receiver.got[0].verified(secret)["type"] == "version"
    sending.pass_time(24 * 3600)
    sending.world.call("addProject", name="B")
    sending.until_settled()
    assert receiver.got[1].verified(new)["type"] == "version"
    with pytest.raises(WebhookVerificationError):
        receiver.got[1].verified(added["secret"])
    newest = sending.world.call("resetWebhookSecret", webhookID=added["id"])
    sending.world.call("resetWebhookSecret", webhookID=added["id"])
    sending.world.call("addProject", name="C")
    sending.until_settled()
    assert receiver.got[2].verified(newest)["type"] == "version"
    with pytest.raises(WebhookVerificationError):  # two resets and the first secret is worth nothing
        receiver.got[2].verified(new)


def test_a_test_is_sent_once_also_to_a_disabled_webhook(sending: Sending, receiver: Receiver) -> None:
    added = sending.add(receiver)
    sending.world.call("disableWebhook", webhookID=added["id"])
    sending.world.call("addProject", name="A")
    receiver.answers = failing(500)
    sending.world.call("sendTestToWebhook", webhookID=added["id"])
    sending.until_settled()
    [received] = receiver.got
    said = received.verified(added["secret"])
    assert (said["type"], said["data"]) == ("test", {"objectType": "Webhook", "id": added["id"]})
    [delivery] = sending.deliveries()
    assert delivery["messageID"] == received.id
    assert (delivery["dataVersion"], delivery["attempt"], delivery["status"]) == (None, 1, 500)
    assert delivery["failure"] == "The answer has the HTTP status 500."
    shown = sending.webhook()
    assert (shown["failures"], shown["isEnabled"]) == (0, False)
    sending.world.call("sendTestToWebhook", webhookID=added["id"])
    sending.world.call("enableWebhook", webhookID=added["id"])
    sending.until_settled()
    assert [each.said["type"] for each in receiver.got] == ["test", "test", "version"]
    assert receiver.got[1].id != received.id


def test_a_large_version_comes_without_its_changes(sending: Sending, receiver: Receiver) -> None:
    world = sending.world
    project = world.call("addProject", name="A")
    sending.add(receiver)
    account = world.account
    tags = [
        {"objectType": "Tag", "id": f"{account}-8-{n}", "projectID": f"{account}-9-1", "name": f"t{n}", "color": "Red"}
        for n in range(MOST_CHANGES)
    ]
    world.load(
        {
            "objectType": "Project", "id": f"{account}-9-1", "name": "B", "status": "Active",
            "roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
        },
        *tags,
    )  # fmt: skip
    world.call("setProjectDescription", projectID=project, description="x" * LARGEST_BODY)
    world.call("setProjectDescription", projectID=project, description="x")
    sending.until_settled()
    first, second, third = (received.said["data"] for received in receiver.got)
    assert (first["changes"], second["changes"]) == (None, None)
    assert [version["method"] for version in (first, second)] == ["importObjects", "setProjectDescription"]
    assert third["changes"] is None  # it tells the old description, which is large
    assert all(len(received.body) < 1_000 for received in receiver.got)
    assert sending.webhook()["deliveredDataVersion"] == world.version


def test_only_the_latest_attempts_are_kept(sending: Sending, receiver: Receiver) -> None:
    webhook = sending.add(receiver)["id"]
    sending.execute(
        "INSERT INTO webhook_deliveries (account_id, webhook_id, delivery, message_id, attempt, sent_at, milliseconds) "
        "SELECT %(account)s, 1, n, 'made up ' || n, 1, now(), 1 FROM generate_series(1, %(most)s) n",
        account=sending.world.account,
        most=MOST_KEPT,
    )
    sending.execute("UPDATE webhooks SET last_delivery = %(most)s", most=MOST_KEPT)
    sending.world.call("sendTestToWebhook", webhookID=webhook)
    sending.until_settled()
    kept = [each["messageID"] for each in sending.deliveries()]
    assert kept == [receiver.got[0].id, *(f"made up {n}" for n in range(MOST_KEPT, 1, -1))]
