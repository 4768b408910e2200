"""Example calls about webhooks; the one that they are about is added by the first of them."""

from __future__ import annotations

EXAMPLES: dict[str, dict[str, str]] = {
    "addWebhook": {
        "url": "https://hooks.example.com/scrum", "description": "Keeps the wall display up to date.",
        "projectIDs": "729-11230-1,729-31745-129", "objectTypes": "BacklogItem,Task", "sinceDataVersion": "1",
    },
    "getWebhooks": {},
    "getWebhookDeliveries": {"webhookID": "729-0-1"},
    "setWebhookURL": {"webhookID": "729-0-1", "url": "https://hooks.example.com/display"},
    "setWebhookDescription": {"webhookID": "729-0-1", "description": "An example description."},
    "setWebhookProjectIDs": {"webhookID": "729-0-1", "projectIDs": "729-11230-1"},
    "setWebhookObjectTypes": {"webhookID": "729-0-1", "objectTypes": "Task"},
    "disableWebhook": {"webhookID": "729-0-1"},
    "enableWebhook": {"webhookID": "729-0-1", "sinceDataVersion": "1"},
    "resetWebhookSecret": {"webhookID": "729-0-1"},
    "sendTestToWebhook": {"webhookID": "729-0-1"},
    "deleteWebhook": {"webhookID": "729-0-1"},
}  # fmt: skip
