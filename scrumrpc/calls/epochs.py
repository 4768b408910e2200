"""Epochs: what tells the versions of an account from those that had the same numbers before it was restored."""

from __future__ import annotations

import re
from typing import Any

from scrumrpc.calls.kinds import shown
from scrumrpc.errors import InvalidParameter, RequiredEpochNotMatching
from scrumrpc.store.standing import Standing

_EPOCH = re.compile(r"[0-9a-f]{12}")

EPOCH_SCHEMA: dict[str, Any] = {"type": "string", "pattern": f"^{_EPOCH.pattern}$"}


def parse_epoch(parameter: str, text: str) -> str:
    """An epoch, as the header Account-Epoch has it."""
    if not is_epoch(text):
        raise InvalidParameter(
            f"The parameter {parameter} is {shown(text)}; it must be an epoch as the header Account-Epoch of answers "
            "has it: 12 of the digits 0 to 9 and a to f."
        )
    return text


def is_epoch(text: str) -> bool:
    """Whether a text could be an epoch."""
    return _EPOCH.fullmatch(text) is not None


def check_epoch(standing: Standing, required: str | None) -> None:
    """Refuses a call that knows the account of another epoch, whose versions are not those of today."""
    if required is not None and required != standing.epoch:
        raise epoch_mismatch(standing.epoch, required)


def epoch_mismatch(present: str, required: str) -> RequiredEpochNotMatching:
    """The error for an account that has another epoch than a call requires, or than one had when it began."""
    return RequiredEpochNotMatching(
        f"The account has the epoch {present}, and the call is from {required}: it was restored from a backup or "
        "imported since, so its data versions are not those that you know. Read everything anew."
    )
