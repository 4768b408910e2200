"""Several senders, and senders that end in the middle: nothing is lost, nothing comes in another order."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from scrumrpc.errors import APINotAvailable
from scrumrpc.store import deliveries
from tests.webhooks.conftest import Sending
from tests.webhooks.receiving import Received, Receiver


def test_two_senders_send_nothing_twice(sending: Sending, receiver: Receiver) -> None:
    paths = [f"/{n}" for n in range(6)]
    for path in paths:
        sending.add(receiver, path)
    since = sending.world.version
    for n in range(10):
        sending.world.call("addProject", name=f"P{n}")
    senders = [sending.new_sender(turn=0.02) for _ in range(2)]
    sending.until(lambda: all(len(receiver.versions(path)) >= 10 for path in paths), *senders)
    sending.until_settled()
    for path in paths:
        assert receiver.versions(path) == list(range(since + 1, since + 11))


class Killed(Exception):
    """Ends a sender as a killed process does: nothing more of it is done."""


def test_a_sender_that_is_killed_between_sending_and_writing_it_down(
    sending: Sending, receiver: Receiver, monkeypatch: Any
) -> None:
    """The version comes again, under the same id, once the claim has lapsed, and before those that follow."""
    secret = sending.add(receiver)["secret"]
    since = sending.world.version
    for name in "AB":
        sending.world.call("addProject", name=name)

    async def die(*_given: Any, **_more: Any) -> bool:
        raise APINotAvailable

    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "note_taken", die)
        sending.until(lambda: receiver.got)
    assert receiver.versions() == [since + 1]
    assert sending.webhook()["deliveredDataVersion"] == since
    sending.pass_time(sending.pace.claim)
    sending.until_settled()
    assert receiver.versions() == [since + 1, since + 1, since + 2]
    first, again, _ = receiver.got
    assert (first.id, first.body) == (again.id, again.body)
    assert again.verified(secret)["type"] == "version"


def test_a_claim_is_left_alone_until_it_lapses(sending: Sending, receiver: Receiver) -> None:
    sending.add(receiver, "/claimed")
    sending.execute("UPDATE webhooks SET claim = 'somebody', claimed_until = now() + interval '1 hour'")
    sending.add(receiver, "/free")
    sending.world.call("addProject", name="A")
    sending.until(lambda: receiver.versions("/free"))
    assert receiver.versions("/claimed") == []
    sending.pass_time(3600)
    sending.until_settled()
    assert len(receiver.versions("/claimed")) == 1


def test_a_sender_that_lost_its_claim_writes_nothing(sending: Sending, receiver: Receiver) -> None:
    """Its attempt takes too long, and another one takes over meanwhile: what it wrote would go back in time."""
    sending.add(receiver)
    since = sending.world.version
    for name in "ABC":
        sending.world.call("addProject", name=name)
    go_on = threading.Event()

    def answers(_received: Received) -> int:
        if len(receiver.got) == 1:
            sending_loop = sending.world.runner.get_loop()
            take = sending.world.database.read(
                lambda conn: conn.execute("UPDATE webhooks SET claim = 'other', claimed_until = now() + interval '1h'")
            )
            asyncio.run_coroutine_threadsafe(take, sending_loop).result(60)
            go_on.set()
        return 200

    receiver.answers = answers
    sending.until(go_on.is_set)
    assert sending.webhook()["deliveredDataVersion"] == since
    assert sending.deliveries() == []
    sending.pass_time(3600)
    sending.until_settled()
    assert receiver.versions() == [since + 1, since + 1, since + 2, since + 3]


def test_an_attempt_under_way_ends_before_the_sender_does(sending: Sending, receiver: Receiver) -> None:
    sending.add(receiver)
    for name in "AB":
        sending.world.call("addProject", name=name)
    since = sending.world.version - 2
    arrived, go_on = threading.Event(), threading.Event()

    def answers(_received: Received) -> int:
        arrived.set()
        return 200 if go_on.wait(60) else 500

    receiver.answers = answers
    sender = sending.new_sender()

    async def whole() -> None:
        await sender.start()
        while not arrived.is_set():  # noqa: ASYNC110  it is set by another thread
            await asyncio.sleep(0.01)
        stopping = asyncio.create_task(sender.stop())
        await asyncio.sleep(0)
        go_on.set()
        await stopping

    sending.world.run(whole())
    assert receiver.versions() == [since + 1]
    assert sending.webhook()["deliveredDataVersion"] == since + 1
    sending.until_settled()  # the webhook was given back: nobody waits for a claim to lapse
    assert receiver.versions() == [since + 1, since + 2]


def test_an_attempt_that_does_not_end_is_cut_short_and_given_back(sending: Sending, receiver: Receiver) -> None:
    sending.add(receiver)
    sending.world.call("addProject", name="A")
    go_on = threading.Event()
    receiver.answers = lambda _received: 200 if go_on.wait(60) else 500
    sender = sending.new_sender(grace=0.05)
    sending.until(lambda: receiver.got, sender)
    assert sending.deliveries() == []
    go_on.set()
    sending.until_settled()
    assert receiver.versions() == [sending.world.version] * 2


def test_setting_the_position_counts_during_an_attempt(sending: Sending, receiver: Receiver) -> None:
    """enableWebhook goes back while a version is under way: its end no longer moves the position."""
    webhook = sending.add(receiver)["id"]
    since = sending.world.version
    for name in "ABC":
        sending.world.call("addProject", name=name)

    def answers(received: Received) -> int:
        if len(receiver.got) == 3:
            call = sending.world.send("enableWebhook", webhookID=webhook, sinceDataVersion=str(since + 1))
            asyncio.run_coroutine_threadsafe(call, sending.world.runner.get_loop()).result(60)
        return 200

    receiver.answers = answers
    sending.until_settled()
    assert receiver.versions() == [since + 1, since + 2, since + 3, since + 2, since + 3]
    assert sending.webhook()["deliveredDataVersion"] == since + 3


def test_deleting_ends_the_sending(sending: Sending, receiver: Receiver) -> None:
    webhook = sending.add(receiver)["id"]
    for name in "ABC":
        sending.world.call("addProject", name=name)

    def answers(_received: Received) -> int:
        call = sending.world.send("deleteWebhook", webhookID=webhook)
        asyncio.run_coroutine_threadsafe(call, sending.world.runner.get_loop()).result(60)
        return 200

    receiver.answers = answers
    sending.until(lambda: receiver.got)
    sending.until_settled()
    assert len(receiver.got) == 1


def test_an_account_takes_up_only_so_many_places(sending: Sending, receiver: Receiver) -> None:
    """Receivers that never answer hold up no other account, while there is a place left."""
    for n in range(3):
        sending.add(receiver, f"/slow/{n}")
    sending.world.call("addProject", name="A")
    slow_account, slow_key = sending.world.account, sending.world.key
    sending.world.new_account()
    sending.add(receiver, "/quick")
    sending.world.call("addProject", name="B")
    go_on = threading.Event()
    receiver.answers = lambda received: 200 if received.path == "/quick" or go_on.wait(60) else 500
    sender = sending.new_sender(at_once=3, at_once_of_account=2, grace=0.05)
    sending.until(lambda: receiver.versions("/quick"), sender)
    assert len([each for each in receiver.got if each.path != "/quick"]) == 2
    go_on.set()
    sending.until_settled()
    assert {each.path for each in receiver.got} == {"/quick", "/slow/0", "/slow/1", "/slow/2"}
    sending.world.account, sending.world.key = slow_account, slow_key
