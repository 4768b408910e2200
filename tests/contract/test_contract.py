"""API 1.4 as data: what is served may grow, but nothing of this may go, change or come in another order."""

from __future__ import annotations

import json
from pathlib import Path

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import CATALOGUE
from scrumrpc.model.include import OPTIONAL
from scrumrpc.model.types import OBJECT_TYPES

CONTRACT = json.loads((Path(__file__).parent / "api-1.4.json").read_text("utf-8"))
STATUSES = {
    "InvalidRequest": 400, "InvalidParameter": 400, "MissingParameter": 400, "AuthenticationRequired": 401,
    "InvalidAuthenticationInfo": 401, "InvalidUserEmailAddress": 401, "InvalidAPIKey": 401, "APIAccessNotAllowed": 403,
    "CompanyAccountClosed": 403, "UserCannotAccessProject": 403, "UserHasInsufficientPermissions": 403,
    "InvalidURL": 404, "InvalidMethodName": 404, "ObjectNotFound": 404, "RequestAlreadyExecuted": 409,
    "ObjectWithExternalIDAlreadyExists": 409, "RequirementNotSatisfied": 409, "RequiredDataVersionNotMatching": 412,
    "APILimitReached": 429, "TooManyOngoingRequests": 429, "APIBusy": 503, "APINotAvailable": 503,
    "DuringMaintenance": 503, "InternalServerError": 500,
}  # fmt: skip
OUR_STATUSES = {"DataVersionNotReachedYet": 404, "DataVersionNoLongerKept": 410, "RequiredEpochNotMatching": 412}


def test_the_contract_is_whole() -> None:
    assert [len(CONTRACT[part]) for part in ("methods", "objects", "errors", "optional")] == [42, 21, 24, 28]


def test_methods_and_their_parameters_in_order() -> None:
    served = {m.name: {p.name: p.kind.wire_type for p in m.parameters} for m in METHODS.values() if m.public}
    for name, parameters in CONTRACT["methods"].items():
        assert [each for each in served[name].items() if each[0] in parameters] == list(parameters.items()), name


def test_methods_come_in_documented_order() -> None:
    assert [name for name in METHODS if name in CONTRACT["methods"]] == list(CONTRACT["methods"])


def test_objects_and_their_properties_in_order() -> None:
    for name, properties in CONTRACT["objects"].items():
        served = {p.name: p.wire_type for p in OBJECT_TYPES[name].answered}
        assert [each for each in served.items() if each[0] in properties] == list(properties.items()), name


def test_optional_properties() -> None:
    assert set(CONTRACT["optional"]) <= set(OPTIONAL)


def test_errors_and_their_statuses() -> None:
    """The 24 of the contract in their order, and ours behind them."""
    assert [error.__name__ for error in CATALOGUE] == [*CONTRACT["errors"], *OUR_STATUSES]
    assert {error.__name__: error.status for error in CATALOGUE} == STATUSES | OUR_STATUSES


def test_request_id_and_required_data_version() -> None:
    documented = [METHODS[name] for name in CONTRACT["methods"]]
    assert [m.name for m in documented if not m.takes_request_id] == ["getData", "getDataVersion"]
    assert [m.name for m in documented if not m.takes_required_data_version] == ["getDataVersion"]
