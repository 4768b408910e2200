"""JSON Schemas of all object types, as /openapi.json holds them."""

from __future__ import annotations

from typing import Any

from scrumrpc.docs.nouns import held
from scrumrpc.docs.specimens import specimen
from scrumrpc.errors import CATALOGUE
from scrumrpc.model.properties import ObjectType, Property
from scrumrpc.model.types import OBJECT_TYPES, STORED_TYPES

Schema = dict[str, Any]

_ID = r"^[0-9]+-[0-9]+-[0-9]+(_[0-9]+-[0-9]+)?$"


def reference(type_name: str) -> Schema:
    """A schema that stands for an object type."""
    return {"$ref": f"#/components/schemas/{type_name}"}


def schemas() -> dict[str, Schema]:
    """The schema of each object type."""
    return {name: _object_schema(t) for name, t in OBJECT_TYPES.items()}


def error_schema(error_ids: list[str]) -> Schema:
    """An Error object with one of these ids."""
    return {"allOf": [reference("Error"), {"properties": {"errorID": {"enum": error_ids}}}]}


def result_schema(result: Schema) -> Schema:
    """A Result object with that result."""
    return {"allOf": [reference("Result"), {"properties": {"result": result}}]}


def some_object() -> Schema:
    """An object of whichever type was asked for."""
    return {"anyOf": [reference(name) for name in STORED_TYPES]}


def _object_schema(object_type: ObjectType) -> Schema:
    """Every property is always there, in this order; clients ignore properties that they do not know."""
    properties = {p.name: _property_schema(object_type, p) for p in object_type.answered}
    return {
        "type": "object",
        "description": object_type.doc,
        "required": list(properties),
        "properties": properties,
        "example": specimen(object_type.name),
    }


def _property_schema(object_type: ObjectType, p: Property) -> Schema:
    schema = _value_schema(object_type, p)
    # An absent number is answered as -1.0, never as null.
    may_be_null = p.optional or (p.nullable and p.kind != "number")
    if may_be_null and "type" in schema:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return {**schema, "description": _description(object_type, p)}


def _description(object_type: ObjectType, p: Property) -> str:
    if p.optional:
        return f"{p.doc} Null unless includeProperties names {object_type.name}.{p.name}."
    if p.kind == "number" and p.nullable:
        return f"{p.doc} -1.0 where there is none."
    return p.doc


def _value_schema(object_type: ObjectType, p: Property) -> Schema:
    match p.kind:
        case "objectType":
            return {"type": "string", "const": object_type.name}
        case "enum":
            return {"type": "string", "enum": list(p.values)}
        case "id" | "ref":
            return {"type": "string", "pattern": _ID}
        case "refs" | "assigned":
            return {"type": "array", "items": {"type": "string", "pattern": _ID}}
        case "objects" | "columns":
            return {"type": "array", "items": reference(p.target)}
        case "strings":
            words = {"enum": list(p.values)} if p.values else {}
            return {"type": "array", "items": {"type": "string", **words}}
        case "url":
            return {"type": "string", "format": "uri"}
        case "integer" | "time":
            return {"type": "integer", "format": "int64"}
        case "number":
            return {"type": "number", "format": "double", "minimum": -1}
        case "boolean":
            return {"type": "boolean"}
        case "date":
            return {"type": "string", "format": "date"}
        case "any":
            return _wrapper_schema(p)
        case _:
            return {"type": "string"}


def _wrapper_schema(p: Property) -> Schema:
    """A property of an object that only wraps or shapes answers."""
    if p.name == "errorID":
        return {"type": "string", "enum": [error.__name__ for error in CATALOGUE]}
    if p.target == "integer":
        return {"type": "integer", "format": "int64"}
    if held(p):
        return {"type": "array", "items": reference(held(p))}
    if p.target == "array of strings":
        return {"type": "array", "items": {"type": "string"}}
    if p.values:
        return {"type": p.target, "enum": list(p.values)}
    return {"type": p.target} if p.target else {}
