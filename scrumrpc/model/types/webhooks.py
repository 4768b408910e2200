"""The object types of webhooks, which are no data of an account: they have no versions."""

from __future__ import annotations

from scrumrpc.model.properties import ObjectType, Property, object_type

WEBHOOK = ObjectType(
    "Webhook",
    "Where versions are sent as they are made; of ours.",
    (
        object_type("Webhook"),
        Property("id", "any", "Identifies the webhook: the account, 0, and the webhook's own number.", target="string"),
        Property("url", "any", "Where versions are sent.", target="string"),
        Property("description", "any", "What people wrote about it.", nullable=True, target="string"),
        Property(
            "projectIDs", "any",
            "The projects whose changes are sent, deleted ones included; null for all.", nullable=True,
            target="array of strings",
        ),
        Property(
            "objectTypes", "any",
            "The types of the objects whose changes are sent; null for all.", nullable=True,
            target="array of strings",
        ),
        Property(
            "personID", "any",
            "Who added it, or enabled it last: nothing is sent that this person may not know. Null once nobody knows.",
            nullable=True, target="string",
        ),
        Property("creationDate", "any", "When it was added, in milliseconds since 1970.", target="integer"),
        Property("isEnabled", "any", "Whether versions are sent.", target="boolean"),
        Property(
            "disabledReason", "any", "Why no versions are sent, in words; null while they are.", nullable=True,
            target="string",
        ),
        Property(
            "deliveredDataVersion", "any",
            "Everything up to this data version was taken, or holds nothing for this webhook.", target="integer",
        ),
        Property("failures", "any", "How often in a row the next version was not taken.", target="integer"),
        Property(
            "nextAttemptDate", "any",
            "When the version that was not taken is sent again, in milliseconds since 1970; null where none is.",
            nullable=True, target="integer",
        ),
        Property(
            "secret", "any", "What messages are signed with, in the answer of addWebhook; null everywhere else.",
            nullable=True, target="string",
        ),
    ),
)  # fmt: skip

WEBHOOK_DELIVERY = ObjectType(
    "WebhookDelivery",
    "An attempt to send a version, or a test, to a webhook; of ours.",
    (
        object_type("WebhookDelivery"),
        Property(
            "messageID", "any", "Identifies what was sent, in the header webhook-id; the same when it is sent again.",
            target="string",
        ),
        Property("dataVersion", "any", "The version that was sent; null for a test.", nullable=True, target="integer"),
        Property("attempt", "any", "1 for the first attempt to send it, and so on.", target="integer"),
        Property("date", "any", "When it was sent, in milliseconds since 1970.", target="integer"),
        Property("duration", "any", "How long the attempt took, in milliseconds.", target="integer"),
        Property(
            "status", "any", "The HTTP status of the answer; null where there was none.", nullable=True,
            target="integer",
        ),
        Property(
            "failure", "any", "Why it was not taken, in words; null where it was.", nullable=True, target="string"
        ),
    ),
)  # fmt: skip
