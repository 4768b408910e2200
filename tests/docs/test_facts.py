"""Facts that the pages keep a copy of are the same where they live."""

from __future__ import annotations

import os

import pytest

from methods.pushes import MOST_MENTIONS
from methods.webhooks import MOST_WEBHOOKS
from scrumrpc.app import make_app
from scrumrpc.calls import targets
from scrumrpc.cli import sample
from scrumrpc.cli.serve import serve
from scrumrpc.docs import facts
from scrumrpc.docs.examples import ACCOUNT, EMAIL
from scrumrpc.settings import Settings
from scrumrpc.store import deliveries, webhooks
from scrumrpc.webhooks import messages, patience
from scrumrpc.wire.compressing import WORTH
from scrumrpc.wire.form import MOST_PARAMETERS


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in list(os.environ):
        if name.startswith("SCRUMRPC_"):
            monkeypatch.delenv(name)
    return Settings.from_environment()


def test_limits_are_those_of_the_settings(settings: Settings) -> None:
    for limit in facts.LIMITS:
        assert getattr(settings, limit.setting.removeprefix("SCRUMRPC_").lower()) == limit.default


def test_the_other_facts(settings: Settings) -> None:
    assert settings.busy_after == facts.BUSY_AFTER
    assert facts.MOST_PARAMETERS == MOST_PARAMETERS
    assert next(option for option in serve.params if option.name == "port").default == facts.PORT
    assert (ACCOUNT, EMAIL) == (sample.ACCOUNT, sample.ADMINISTRATOR)
    paths = [getattr(route, "path", "") for route in make_app(settings, "postgresql://nowhere/").routes]
    assert f"{facts.SERVICE}/{{method}}" in paths
    assert f"{facts.FILES}/{{place}}/{{id}}/{{name}}" in paths
    assert facts.EVENTS in paths
    assert f"{facts.HOOKS}/{{service}}/{{account}}" in paths
    assert (facts.MOST_MENTIONS, facts.COMPRESSED_FROM) == (MOST_MENTIONS, WORTH)


def test_the_facts_about_webhooks() -> None:
    assert facts.PRIVATE_TARGETS == targets.SETTING
    assert (facts.MOST_WEBHOOKS, facts.MOST_DELIVERIES) == (MOST_WEBHOOKS, deliveries.MOST_KEPT)
    assert (facts.MOST_CHANGES_SENT, facts.LARGEST_MESSAGE) == (messages.MOST_CHANGES, messages.LARGEST_BODY)
    assert (patience.PATIENCE, len(patience.DELAYS) + 1) == (facts.PATIENCE, facts.ATTEMPTS)
    assert facts.OLD_SECRET_HOURS == webhooks.OLD_SECRET_HOURS


def test_the_documentation_is_part_of_the_application(settings: Settings) -> None:
    paths = {getattr(route, "path", "") for route in make_app(settings, "postgresql://nowhere/").routes}
    assert {"/docs", "/openapi.json"} <= paths
