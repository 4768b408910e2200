"""Kinds of the parameters of webhook methods; their URLs are in `targets`."""

from __future__ import annotations

import re
from typing import Annotated

from scrumrpc.calls.kinds import Kind

WebhookID = Annotated[
    str,
    Kind(
        "Webhook id",
        "string",
        lambda _parameter, text: text,
        "The webhook, by its id.",
        "729-0-1",
        {"type": "string", "pattern": r"^[0-9]+-[0-9]+-[0-9]+$"},
    ),
]


def number_of(account: int, webhook_id: str) -> int:
    """The number in a webhook's id; 0, which no webhook has, for what cannot be the id of one of the account."""
    match = re.fullmatch(rf"{account}-0-([1-9][0-9]{{0,14}})", webhook_id)
    return int(match[1]) if match else 0
