"""Registration refuses what is declared wrongly, at import."""

from __future__ import annotations

from typing import Any

import pytest

import methods  # noqa: F401  registers all methods
from scrumrpc.calls import registry
from scrumrpc.calls.kinds import ExternalID, Index, Name
from scrumrpc.calls.registry import METHODS, RegistrationError, method


@pytest.fixture(autouse=True)
def _own_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "METHODS", dict(METHODS))


async def fine(_tx: Any, *, name: Name, externalID: ExternalID = None, index: Index = -1) -> None:
    """Does nothing."""


def register(function: Any, noun: str = "Tag") -> None:
    method(noun=noun, writes=True)(function)


def test_a_signature_becomes_parameters() -> None:
    register(fine)
    parameters = {p.name: p.required for p in registry.METHODS["fine"].parameters}
    assert parameters == {"name": True, "externalID": False, "index": False}


def test_a_name_is_registered_once() -> None:
    register(fine)
    with pytest.raises(RegistrationError, match="twice"):
        register(fine)


def test_a_docstring_is_needed() -> None:
    async def silent(_tx: Any) -> None: ...

    with pytest.raises(RegistrationError, match="docstring"):
        register(silent)


def test_parameters_are_of_a_kind() -> None:
    async def unkind(_tx: Any, *, name: str) -> None:
        """Does nothing."""

    with pytest.raises(RegistrationError, match="kind"):
        register(unkind)


@pytest.mark.parametrize("name", ["requestID", "onRepeat", "requiredDataVersion", "requiredEpoch", "pretty"])
def test_reserved_names_are_refused(name: str) -> None:
    async def taken(_tx: Any, **_given: Any) -> None:
        """Does nothing."""

    parameter = registry.parameter_of("Tag", name, Name, required=True)
    with pytest.raises(RegistrationError, match="reserved"):
        registry.add("taken", taken, noun="Tag", writes=True, parameters=(parameter,))


def test_defaults_are_those_of_the_kind() -> None:
    async def odd(_tx: Any, *, index: Index = 3) -> None:
        """Does nothing."""

    with pytest.raises(RegistrationError, match="default"):
        register(odd)


def test_parameters_are_keywords() -> None:
    async def positional(_tx: Any, name: Name) -> None:
        """Does nothing."""

    with pytest.raises(RegistrationError, match="keyword"):
        register(positional)


def test_nouns_are_object_types() -> None:
    with pytest.raises(RegistrationError, match="Zebra"):
        register(fine, "Zebra")
