"""The clock of the database is set back, or forward: webhooks are sent to as if it had not been."""

from __future__ import annotations

import pytest

from tests.webhooks.conftest import Sending
from tests.webhooks.receiving import Receiver

HOUR = 3600.0


@pytest.mark.parametrize("hours", [-70, -1, 70])
def test_what_was_taken_does_not_hold_up_what_follows(sending: Sending, receiver: Receiver, hours: float) -> None:
    sending.add(receiver)
    since = sending.world.version
    sending.world.call("addProject", name="A")
    sending.until_settled()
    sending.pass_time(hours * HOUR)
    sending.world.call("addProject", name="B")
    sending.until(lambda: len(receiver.versions()) == 2)
    assert receiver.versions() == [since + 1, since + 2]


@pytest.mark.parametrize("hours", [-70, -1])
def test_what_failed_is_tried_again_no_later_for_that(sending: Sending, receiver: Receiver, hours: float) -> None:
    sending.add(receiver)
    receiver.answers = lambda _received: 500 if len(receiver.got) == 1 else 200
    sending.world.call("addProject", name="A")
    sending.until_settled()
    sending.pass_time(hours * HOUR)
    sending.until(lambda: len(receiver.got) == 2)


def test_what_failed_is_not_tried_again_before_its_time(sending: Sending, receiver: Receiver) -> None:
    sending.add(receiver)
    receiver.answers = lambda _received: 500
    sending.world.call("addProject", name="A")
    sending.until_settled()
    sending.add(receiver, "/other")
    sending.world.call("addProject", name="B")
    sending.until(lambda: receiver.versions("/other"))
    assert len(receiver.versions("/hook")) == 1


@pytest.mark.parametrize("hours", [-70, -1])
def test_the_claim_of_a_sender_that_was_killed_before_lapses(
    sending: Sending, receiver: Receiver, hours: float
) -> None:
    """As late as one that was made now would, as the sender may live after all."""
    sending.add(receiver, "/claimed")
    sending.execute("UPDATE webhooks SET claim = 'killed', claimed_until = now() + interval '20 seconds'")
    sending.pass_time(hours * HOUR)
    sending.add(receiver, "/free")
    sending.world.call("addProject", name="A")
    sending.until(lambda: receiver.versions("/free"))
    assert receiver.versions("/claimed") == []
    sending.pass_time(sending.pace.claim)
    sending.until(lambda: receiver.versions("/claimed"))
