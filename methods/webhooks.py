"""Webhook methods: setting up where versions are sent, and looking at what became of it."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from scrumrpc.calls.kinds import Note, ObjectTypes, ProjectIDs
from scrumrpc.calls.parameters import not_found
from scrumrpc.calls.permissions import ADMINISTRATORS
from scrumrpc.calls.registry import method
from scrumrpc.calls.targets import WebhookURL, check_target
from scrumrpc.calls.version_kinds import ResumeDataVersion, StartDataVersion
from scrumrpc.calls.view import View, check_readable, no_longer_kept
from scrumrpc.calls.webhook_kinds import WebhookID, number_of
from scrumrpc.errors import DataVersionNoLongerKept, RequirementNotSatisfied
from scrumrpc.store.transaction import Transaction
from scrumrpc.store.webhooks import Delivery, Webhook

MOST_WEBHOOKS = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BY_CALL = "disableWebhook was called."
_FEWER = f"The account has fewer than {MOST_WEBHOOKS} webhooks."


@method(
    noun="Webhook", writes=True, answers="webhook", permission=ADMINISTRATORS, secret_result=True, requires=(_FEWER,)
)
async def addWebhook(
    tx: Transaction,
    *,
    url: WebhookURL,
    description: Note = None,
    projectIDs: ProjectIDs = None,
    objectTypes: ObjectTypes = None,
    sinceDataVersion: StartDataVersion = None,
) -> dict[str, Any]:
    """Adds a webhook: each version of the account is sent to its URL, in order, until it is taken.

    The answer is the only place where the secret is ever shown that messages are signed with. Nothing is sent that the
    caller may not know at the time of sending. Webhooks are no data of the account, so the data version stays.
    """
    await check_target("url", url, private=tx.private_targets)
    if len(await tx.webhooks.every()) >= MOST_WEBHOOKS:
        raise RequirementNotSatisfied(f"The account has {MOST_WEBHOOKS} webhooks, which is as many as it may have.")
    secret = _new_secret()
    added = await tx.webhooks.add(
        url=url,
        description=description,
        projects=await _numbers(tx, projectIDs),
        object_types=objectTypes,
        person=_caller(tx),
        secret=secret,
        since=tx.version if sinceDataVersion is None else _kept(tx, sinceDataVersion),
    )
    return _shown(tx.account, added, secret)


@method(noun="Webhook", writes=False, answers="webhooks", permission=ADMINISTRATORS)
async def getWebhooks(view: View) -> list[dict[str, Any]]:
    """Answers the webhooks of the account, without their secrets."""
    return [_shown(view.standing.account, webhook) for webhook in await view.webhooks()]


@method(noun="Webhook", writes=False, answers="deliveries", permission=ADMINISTRATORS)
async def getWebhookDeliveries(view: View, *, webhookID: WebhookID) -> list[dict[str, Any]]:
    """Answers the latest attempts to send something to a webhook, and what came of them."""
    deliveries = await view.webhook_deliveries(number_of(view.standing.account, webhookID))
    if deliveries is None:
        raise not_found("Webhook", webhookID)
    return [_shown_delivery(delivery) for delivery in deliveries]


@method(noun="Webhook", writes=True, permission=ADMINISTRATORS)
async def setWebhookURL(tx: Transaction, *, webhookID: WebhookID, url: WebhookURL) -> None:
    """Sets where a webhook sends versions; what was not taken before is sent there at once."""
    await check_target("url", url, private=tx.private_targets)
    _check_found(await tx.webhooks.set_url(number_of(tx.account, webhookID), url), webhookID)


@method(noun="Webhook", writes=True, permission=ADMINISTRATORS)
async def setWebhookDescription(tx: Transaction, *, webhookID: WebhookID, description: Note = None) -> None:
    """Sets the description of a webhook."""
    _check_found(await tx.webhooks.set_description(number_of(tx.account, webhookID), description), webhookID)


@method(noun="Webhook", writes=True, permission=ADMINISTRATORS)
async def setWebhookProjectIDs(tx: Transaction, *, webhookID: WebhookID, projectIDs: ProjectIDs = None) -> None:
    """Sets the projects whose changes a webhook sends, from the version on that it sends next."""
    numbers = await _numbers(tx, projectIDs)
    _check_found(await tx.webhooks.set_projects(number_of(tx.account, webhookID), numbers), webhookID)


@method(noun="Webhook", writes=True, permission=ADMINISTRATORS)
async def setWebhookObjectTypes(tx: Transaction, *, webhookID: WebhookID, objectTypes: ObjectTypes = None) -> None:
    """Sets the types of the objects whose changes a webhook sends, from the version on that it sends next."""
    _check_found(await tx.webhooks.set_object_types(number_of(tx.account, webhookID), objectTypes), webhookID)


@method(noun="Webhook", writes=True, permission=ADMINISTRATORS)
async def disableWebhook(tx: Transaction, *, webhookID: WebhookID) -> None:
    """Makes a webhook send no versions until it is enabled again."""
    number = number_of(tx.account, webhookID)
    _check_found(await tx.webhooks.find(number) is not None, webhookID)
    await tx.webhooks.disable(number, _BY_CALL)


@method(noun="Webhook", writes=True, permission=ADMINISTRATORS)
async def enableWebhook(tx: Transaction, *, webhookID: WebhookID, sinceDataVersion: ResumeDataVersion = None) -> None:
    """Makes a webhook send versions again, at once, what the caller may know of them from now on.

    It goes on where it stopped, or from sinceDataVersion. It may be enabled already.
    """
    number = number_of(tx.account, webhookID)
    webhook = await tx.webhooks.find(number)
    if webhook is None:
        raise not_found("Webhook", webhookID)
    oldest = tx.standing.oldest_version
    if sinceDataVersion is None and webhook.delivered_version < oldest:
        raise DataVersionNoLongerKept(
            f"The webhook stopped at data version {webhook.delivered_version}, but what was before {oldest} is no "
            f"longer kept. With sinceDataVersion it can go on from {oldest} or later."
        )
    since = None if sinceDataVersion is None else _kept(tx, sinceDataVersion)
    await tx.webhooks.enable(number, _caller(tx), since)


@method(noun="Webhook", writes=True, answers="secret", permission=ADMINISTRATORS, secret_result=True)
async def resetWebhookSecret(tx: Transaction, *, webhookID: WebhookID) -> str:
    """Makes a new secret for a webhook. For a day messages are signed with the one before as well.

    A secret that has got out should sign nothing any more: call this twice then.
    """
    secret = _new_secret()
    _check_found(await tx.webhooks.reset_secret(number_of(tx.account, webhookID), secret), webhookID)
    return secret


@method(noun="Webhook", writes=True, permission=ADMINISTRATORS)
async def sendTestToWebhook(tx: Transaction, *, webhookID: WebhookID) -> None:
    """Sends a test message to a webhook, once, whether the webhook is enabled or not.

    It is sent beside this call: getWebhookDeliveries tells what came of it.
    """
    number = number_of(tx.account, webhookID)
    test = f"test_{tx.account}_{number}_{secrets.token_hex(8)}"
    _check_found(await tx.webhooks.request_test(number, test), webhookID)


@method(noun="Webhook", writes=True, permission=ADMINISTRATORS)
async def deleteWebhook(tx: Transaction, *, webhookID: WebhookID) -> None:
    """Deletes a webhook with its deliveries. An attempt that is under way may still arrive."""
    _check_found(await tx.webhooks.delete(number_of(tx.account, webhookID)), webhookID)


def _new_secret() -> str:
    """A secret in the form of Standard Webhooks: 256 random bits."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def _caller(tx: Transaction) -> int:
    if tx.standing.person is None:
        raise RequirementNotSatisfied("A webhook is sent what the caller may know, so the call must be a person's.")
    return tx.standing.person


def _kept(tx: Transaction, version: int) -> int:
    """A version after which everything can be told, as sinceDataVersion gives it."""
    standing = tx.standing
    check_readable(standing, version, "sinceDataVersion")
    if version < standing.oldest_version:  # a named version is readable by itself, but not what followed it
        raise no_longer_kept("sinceDataVersion", version, standing.oldest_version, standing.data_version)
    return version


async def _numbers(tx: Transaction, ids: Sequence[str] | None) -> dict[str, int] | None:
    """The numbers of projects by their ids."""
    if ids is None:
        return None
    numbers: dict[str, int] = {}
    for (_, wire_id), project in (await tx.named(("Project", each) for each in ids)).items():
        if project is None:
            raise not_found("Project", wire_id)
        numbers[wire_id] = project.number
    return numbers


def _check_found(found: bool, webhook_id: str) -> None:
    if not found:
        raise not_found("Webhook", webhook_id)


def _shown(account: int, webhook: Webhook, secret: str | None = None) -> dict[str, Any]:
    """A Webhook object."""
    return {
        "objectType": "Webhook",
        "id": f"{account}-0-{webhook.number}",
        "url": webhook.url,
        "description": webhook.description,
        "projectIDs": webhook.project_ids,
        "objectTypes": webhook.object_types,
        "personID": webhook.person,
        "creationDate": _milliseconds(webhook.created_at),
        "isEnabled": webhook.is_enabled,
        "disabledReason": webhook.disabled_reason,
        "deliveredDataVersion": webhook.delivered_version,
        "failures": webhook.failures,
        "nextAttemptDate": _milliseconds(webhook.next_attempt) if webhook.next_attempt else None,
        "secret": secret,
    }


def _shown_delivery(delivery: Delivery) -> dict[str, Any]:
    """A WebhookDelivery object."""
    return {
        "objectType": "WebhookDelivery",
        "messageID": delivery.message_id,
        "dataVersion": delivery.version,
        "attempt": delivery.attempt,
        "date": _milliseconds(delivery.sent_at),
        "duration": delivery.milliseconds,
        "status": delivery.status,
        "failure": delivery.failure,
    }


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
