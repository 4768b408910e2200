"""/openapi.json: valid OpenAPI 3.1, and as complete as the registry, the model and the error catalogue."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from starlette.testclient import TestClient

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.registry import METHODS, Method
from scrumrpc.docs.examples import EXAMPLES
from scrumrpc.docs.failures import errors_of
from scrumrpc.docs.specimens import result, specimen
from scrumrpc.errors import CATALOGUE
from scrumrpc.model.include import OPTIONAL
from scrumrpc.model.types import OBJECT_TYPES

PUBLIC = {method.name: method for method in METHODS.values() if method.public}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    return dict(orjson.loads(answer.content))


@pytest.mark.slow
def test_it_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document, cls=OpenAPIV31SpecValidator)


def test_it_has_every_public_method_and_no_other(document: dict[str, Any]) -> None:
    assert list(document["paths"]) == [f"/service/api/v1/{name}" for name in PUBLIC]
    assert all(list(path) == ["get", "post"] for path in document["paths"].values())


def test_it_says_where_methods_come_from(document: dict[str, Any]) -> None:
    origins = [path["post"]["x-origin"] for path in document["paths"].values()]
    assert [origins.count(name) for name in ("documented", "named", "ours")] == [42, 48, len(PUBLIC) - 90]
    assert origins == [path["get"]["x-origin"] for path in document["paths"].values()]
    assert origins == [method.origin for method in PUBLIC.values()]


@pytest.mark.parametrize("name", EXAMPLES)
def test_answers_fit_the_schemas(document: dict[str, Any], name: str) -> None:
    path = document["paths"][f"/service/api/v1/{name}"]
    schema = path["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    answer = orjson.loads(result(PUBLIC[name], EXAMPLES[name]))
    Draft202012Validator({"components": document["components"], **schema}).validate(answer)


@pytest.mark.parametrize("method", PUBLIC.values(), ids=lambda method: method.name)
def test_a_method_has_its_parameters(document: dict[str, Any], method: Method) -> None:
    path = document["paths"][f"/service/api/v1/{method.name}"]
    expected = [p.name for p in method.parameters]
    expected += ["requestID", "onRepeat"] if method.takes_request_id else []
    expected += ["requiredDataVersion"] if method.takes_required_data_version else []
    expected += ["requiredEpoch", "pretty"]
    required = [p.name for p in method.parameters if p.required]

    query = [p for p in path["get"]["parameters"] if p["in"] != "header"]
    headers = [p["name"] for p in path["get"]["parameters"][len(query) :]]
    assert headers == (["If-None-Match"] if method.tagged else [])
    assert [p["name"] for p in query] == expected
    assert [p["name"] for p in query if p["required"]] == required
    assert {p["in"] for p in query} == {"query"}

    form = path["post"]["requestBody"]["content"][FORM]["schema"]
    assert list(form["properties"]) == expected
    assert form.get("required", []) == required
    assert form["additionalProperties"] == (method.origin != "ours")  # which refuse what they do not know
    assert path["post"]["requestBody"]["required"] == bool(required)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_fit_the_schemas(document: dict[str, Any], name: str) -> None:
    path = document["paths"][f"/service/api/v1/{name}"]
    content = path["post"]["requestBody"]["content"][FORM]
    assert set(content["example"]) == set(EXAMPLES[name])
    Draft202012Validator(content["schema"]).validate(content["example"])
    for p in path["get"]["parameters"]:
        if "example" in p:
            Draft202012Validator(p["schema"]).validate(p["example"])


@pytest.mark.parametrize("method", PUBLIC.values(), ids=lambda method: method.name)
def test_a_method_has_its_answers(document: dict[str, Any], method: Method) -> None:
    path = document["paths"][f"/service/api/v1/{method.name}"]
    for verb, operation in path.items():
        conditional = {"304"} if method.tagged and verb == "get" else set()
        assert set(operation["responses"]) == {"200", *(str(error.status) for error in errors_of(method)), *conditional}
        assert ("ETag" in operation["responses"]["200"]["headers"]) == bool(conditional)
        promised: set[str] = set()
        for status, response in operation["responses"].items():
            if status == "304":
                assert "content" not in response
                assert "ETag" in response["headers"]
                continue
            if status == "200":
                schema = response["content"]["application/json"]["schema"]
                assert schema["allOf"][1]["properties"]["result"].items() >= method.result_schema.items()
                continue
            shared = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
            ids = shared["content"]["application/json"]["schema"]["allOf"][1]["properties"]["errorID"]["enum"]
            assert {str(error.status) for error in CATALOGUE if error.__name__ in ids} == {status}
            retries = any(error.default_retry_after for error in CATALOGUE if error.__name__ in ids)
            assert ("Retry-After" in shared["headers"]) == retries
            promised.update(ids)
        assert promised == {error.__name__ for error in errors_of(method)}


@pytest.mark.parametrize("name", OBJECT_TYPES)
def test_an_object_type_has_a_schema(document: dict[str, Any], name: str) -> None:
    schema, object_type = document["components"]["schemas"][name], OBJECT_TYPES[name]
    assert list(schema["properties"]) == schema["required"] == [p.name for p in object_type.answered]
    validator = Draft202012Validator({**document, "$ref": f"#/components/schemas/{name}"})
    for include in (frozenset[str](), frozenset(OPTIONAL)):
        validator.validate(specimen(name, include))
    for p in object_type.answered:
        told = schema["properties"][p.name]
        nullable = p.optional or (p.nullable and p.kind != "number")
        absent = {**specimen(name), p.name: None}
        assert validator.is_valid(absent) == (nullable or not told.keys() - {"description"})
        if p.values:
            listed = told.get("items", told)
            values = [told["const"]] if "const" in told else [value for value in listed["enum"] if value is not None]
            assert values == list(p.values)


def test_it_has_every_object_type_and_every_error(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert list(schemas) == list(OBJECT_TYPES)
    assert schemas["Error"]["properties"]["errorID"]["enum"] == [error.__name__ for error in CATALOGUE]


def test_every_operation_has_a_name_of_its_own_and_needs_credentials(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)
    assert {path["post"]["operationId"] for path in document["paths"].values()} == set(PUBLIC)
    assert document["security"] == [{"basic": []}]
    assert document["components"]["securitySchemes"]["basic"]["scheme"] == "basic"
