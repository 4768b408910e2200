"""/openapi.json: the API as an OpenAPI 3.1 document, made of the registry, the model and the error catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson

from scrumrpc import __version__
from scrumrpc.calls.epochs import EPOCH_SCHEMA
from scrumrpc.calls.parameters import LONGEST_REQUEST_ID, ON_REPEAT
from scrumrpc.calls.registry import Method, Parameter
from scrumrpc.calls.version_kinds import VERSION_SCHEMA
from scrumrpc.docs.examples import EXAMPLES
from scrumrpc.docs.facts import SERVICE
from scrumrpc.docs.failures import Errors, errors_of
from scrumrpc.docs.nouns import default_of, nouns, public_methods
from scrumrpc.docs.prose import sentence
from scrumrpc.docs.schemas import Schema, error_schema, result_schema, schemas, some_object

_FORM = "application/x-www-form-urlencoded"

_HEADERS: dict[str, tuple[str, Schema]] = {
    "Call-ID": ("Names the call in the server's log.", {"type": "string"}),
    "Data-Version": ("The data version of the account that the answer was made at.", {"type": "integer"}),
    "Account-Epoch": ("Tells data versions from those of the same numbers before a restore.", EPOCH_SCHEMA),
    "X-Ignored-Parameters": ("Names of given parameters that the method does not know.", {"type": "string"}),
    "ETag": ("Names the answer: to be sent back in If-None-Match.", {"type": "string"}),
    "Retry-After": ("Seconds after which to try again.", {"type": "integer"}),
    "WWW-Authenticate": ("Asks for HTTP Basic credentials.", {"type": "string"}),
}

_KNOWN: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The tags of answers that the client has; if the present one is among them, it is not sent again.",
    "required": False,
    "schema": {"type": "string"},
}

_REASONS = {
    400: "The request or a parameter of it is wrong.",
    401: "Credentials are missing or wrong.",
    403: "The account or the person may not do this.",
    404: "Something that the call names does not exist.",
    409: "The call does not fit the present data, or was executed before.",
    410: "What the call names was kept once, and is no longer.",
    412: "The account is at another data version, or has another epoch.",
    429: "The API key makes too many calls.",
    500: "Something went wrong inside the server.",
    503: "The server cannot take the call at the moment.",
}


@cache
def openapi_json() -> bytes:
    """The document, built once."""
    return orjson.dumps(openapi())


def openapi() -> dict[str, Any]:
    """The document."""
    methods = public_methods()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "scrumrpc",
            "version": __version__,
            "description": (
                "The Scrumwise RPC API, version 1, over a versioned store. Every method takes GET and POST requests; "
                "parameters travel in the query string, in a form body, or in both. The same, to be read: /docs."
            ),
        },
        "servers": [{"url": "/"}],
        "security": [{"basic": []}],
        "tags": [{"name": noun.type.name, "description": noun.type.doc} for noun in nouns()],
        "paths": {f"{SERVICE}/{method.name}": _path(method) for method in methods},
        "components": {
            "securitySchemes": {
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The e-mail address of a person in the account as username, an API key as password.",
                }
            },
            "headers": {name: {"description": doc, "schema": schema} for name, (doc, schema) in _HEADERS.items()},
            "schemas": schemas(),
            "responses": _error_responses(methods),
        },
    }


def _path(method: Method) -> dict[str, Any]:
    given = _parameters(method)
    example = {name: _typed(text, given[name][0]) for name, text in EXAMPLES.get(method.name, {}).items()}
    common = {
        "tags": [method.noun],
        "summary": sentence(method.doc),
        "description": _description(method),
        "x-origin": method.origin,
    }
    responses = {"200": _success(method), **_failures(method)}
    shown = {name: {"example": value} for name, value in example.items()}
    query = [
        {"name": name, "in": "query", **_outside(schema, required), **shown.get(name, {})}
        for name, (schema, required) in given.items()
    ]
    form = {**_form(given), "additionalProperties": method.origin != "ours"}  # of which others are ignored
    body = {
        "required": any(required for _, required in given.values()),
        "content": {_FORM: {"schema": form, "example": example}},
    }
    got = {**common, "parameters": query, "responses": responses}
    if method.tagged:
        got |= {"parameters": [*query, _KNOWN], "responses": _conditional(responses)}
    return {
        "get": {"operationId": f"{method.name}ByGet", **got},
        "post": {"operationId": method.name, **common, "requestBody": body, "responses": responses},
    }


def _description(method: Method) -> str:
    requirements = "".join(f"\n- {requirement}" for requirement in method.requires)
    return (
        method.doc
        + (f"\n\nRequirements:{requirements}" if requirements else "")
        + f"\n\nWho may: {method.permission.rule}"
        + f"\n\nResult: {method.result}"
    )


def _parameters(method: Method) -> dict[str, tuple[Schema, bool]]:
    """What the method takes: for each parameter its schema, and whether it is required."""
    given = {p.name: (_parameter_schema(p), p.required) for p in method.parameters}
    if method.takes_request_id:
        doc = "Makes sure that the call is executed once: a repeat under the same id changes nothing; see onRepeat."
        given["requestID"] = (
            {"type": "string", "minLength": 1, "maxLength": LONGEST_REQUEST_ID, "description": doc},
            False,
        )
        doc = (
            "What a repeat under a used requestID answers: RequestAlreadyExecuted, or the result and the data version "
            "of the call that was executed."
        )
        given["onRepeat"] = (
            {"type": "string", "enum": list(ON_REPEAT), "default": ON_REPEAT[0], "description": doc},
            False,
        )
    if method.takes_required_data_version:
        doc = "The call is executed only if the account is at this data version, by its number or name; -1 for any."
        given["requiredDataVersion"] = ({**VERSION_SCHEMA, "minimum": -1, "description": doc}, False)
    doc = "The call is executed only if the account has this epoch, which the header Account-Epoch of answers tells."
    given["requiredEpoch"] = ({**EPOCH_SCHEMA, "description": doc}, False)
    given["pretty"] = (
        {"type": "boolean", "default": False, "description": "Whether to lay out the JSON for people."},
        False,
    )
    return given


def _parameter_schema(p: Parameter) -> Schema:
    schema = {**p.kind.schema, "description": p.doc}
    if default_of(p) is not None:
        schema["default"] = default_of(p)
    return schema


def _outside(schema: Schema, required: bool) -> dict[str, Any]:
    """A query parameter has its description beside its schema."""
    inner = {name: value for name, value in schema.items() if name != "description"}
    return {"description": schema["description"], "required": required, "schema": inner}


def _typed(text: str, schema: Schema) -> Any:
    """An example's text as a value of the schema's type."""
    return orjson.loads(text) if schema["type"] in ("integer", "number") else text


def _form(given: Mapping[str, tuple[Schema, bool]]) -> Schema:
    required = [name for name, (_, is_required) in given.items() if is_required]
    form: Schema = {"type": "object", "properties": {name: schema for name, (schema, _) in given.items()}}
    return {**form, "required": required} if required else form


def _success(method: Method) -> dict[str, Any]:
    known = some_object() if method.result_schema == {"type": "object"} else {}
    schema = result_schema({**method.result_schema, **known, "description": method.result})
    return {
        "description": method.result,
        "headers": _headers("Call-ID", "Data-Version", "Account-Epoch", "X-Ignored-Parameters"),
        "content": {"application/json": {"schema": schema}},
    }


def _conditional(responses: Mapping[str, Any]) -> dict[str, Any]:
    """The responses where answers have tags."""
    success = {**responses["200"], "headers": {**responses["200"]["headers"], **_headers("ETag")}}
    unchanged = {
        "description": "The client has the answer already.",
        "headers": _headers("Call-ID", "Data-Version", "Account-Epoch", "X-Ignored-Parameters", "ETag"),
    }
    return {**responses, "200": success, "304": unchanged}


def _failures(method: Method) -> dict[str, Any]:
    return {
        str(status): {"$ref": f"#/components/responses/{_response_name(of_status)}"}
        for status, of_status in _by_status(errors_of(method)).items()
    }


def _error_responses(methods: tuple[Method, ...]) -> dict[str, Any]:
    """One response for each set of errors that some method can answer with one HTTP status."""
    return {
        _response_name(of_status): _error_response(status, of_status)
        for method in methods
        for status, of_status in _by_status(errors_of(method)).items()
    }


def _by_status(errors: Errors) -> dict[int, Errors]:
    return {status: tuple(e for e in errors if e.status == status) for status in sorted({e.status for e in errors})}


def _response_name(errors: Errors) -> str:
    return "-".join(error.__name__ for error in errors)


def _error_response(status: int, errors: Errors) -> dict[str, Any]:
    names = ["Call-ID", "Data-Version", "Account-Epoch"]
    if status == 401:
        names.append("WWW-Authenticate")
    if any(error.default_retry_after is not None for error in errors):
        names.append("Retry-After")
    meanings = "".join(f"\n- {error.__name__}: {error().message}" for error in errors)
    return {
        "description": f"{_REASONS[status]}\n{meanings}",
        "headers": _headers(*names),
        "content": {"application/json": {"schema": error_schema([error.__name__ for error in errors])}},
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
