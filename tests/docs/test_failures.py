"""Which errors pages promise of a method: derived from what it takes, and right for those that are easy to tell."""

from __future__ import annotations

import pytest

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.registry import METHODS
from scrumrpc.docs.failures import ANY_CALL, NO_METHOD, answerers, errors_of, own_errors
from scrumrpc.docs.nouns import public_methods
from scrumrpc.errors import CATALOGUE
from tests.docs.document import Document

COMMON = "RequestAlreadyExecuted RequiredDataVersionNotMatching"


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("getDataVersion", ""),
        (
            "getData",
            "InvalidParameter ObjectNotFound UserCannotAccessProject RequiredDataVersionNotMatching "
            "DataVersionNotReachedYet DataVersionNoLongerKept",
        ),
        (
            "addProject",
            "InvalidParameter MissingParameter RequirementNotSatisfied UserHasInsufficientPermissions "
            f"ObjectWithExternalIDAlreadyExists {COMMON}",
        ),
        (
            "setPersonExternalID",  # people belong to no project
            "InvalidParameter MissingParameter ObjectNotFound UserHasInsufficientPermissions "
            f"ObjectWithExternalIDAlreadyExists {COMMON}",
        ),
        (
            "getObjectHistory",  # of objects that may be gone; they are no references
            "InvalidParameter MissingParameter ObjectNotFound UserCannotAccessProject RequiredDataVersionNotMatching "
            "DataVersionNotReachedYet DataVersionNoLongerKept",
        ),
        (
            "addTask",
            "InvalidParameter MissingParameter ObjectNotFound RequirementNotSatisfied UserCannotAccessProject "
            f"UserHasInsufficientPermissions ObjectWithExternalIDAlreadyExists {COMMON}",  # with a key that only reads
        ),
        (
            "deleteBacklogItem",
            "InvalidParameter MissingParameter ObjectNotFound UserCannotAccessProject "
            f"UserHasInsufficientPermissions {COMMON}",
        ),
        (
            "setCommentText",
            "InvalidParameter MissingParameter ObjectNotFound UserCannotAccessProject "
            f"UserHasInsufficientPermissions {COMMON}",
        ),
    ],
)
def test_errors_of_a_method(name: str, own: str) -> None:
    assert [error.__name__ for error in own_errors(METHODS[name])] == own.split()
    assert set(errors_of(METHODS[name])) == {*own_errors(METHODS[name]), *ANY_CALL}


def test_every_error_is_answered_by_something() -> None:
    methods_by_error = {error: answerers(error, public_methods()) for error in CATALOGUE}
    for error, of in methods_by_error.items():
        assert bool(of) != (error in ANY_CALL or error in NO_METHOD)


def test_lists_of_ids_name_projects() -> None:
    lists = [p.name for method in METHODS.values() for p in method.parameters if p.kind.name == "project ids"]
    assert set(lists) == {"projectIDs"}


def test_pages_show_them(site: dict[str, Document]) -> None:
    for method in public_methods():
        links = site[f"/docs/methods/{method.noun}"].links
        assert {f"/docs/errors#{error.__name__}" for error in own_errors(method)} <= set(links)
