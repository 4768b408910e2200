"""Operators' methods: what the command line does through the pipeline; they have no URL."""

from base64 import b64decode
from typing import Annotated, Any

import orjson

from methods.contents import keep
from methods.imported import check_object
from methods.persons import add_person
from scrumrpc.calls.kinds import EmailAddress, Flag, Kind, Name, Title
from scrumrpc.calls.permissions import OPERATORS
from scrumrpc.calls.registry import method
from scrumrpc.errors import InvalidParameter
from scrumrpc.model.ownership import MOST_LEVELS
from scrumrpc.model.properties import Property
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.model.types.people import login_of
from scrumrpc.store.transaction import Transaction


def _parse_objects(parameter: str, text: str) -> list[dict[str, Any]]:
    try:
        objects = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidParameter(f"The parameter {parameter} is not JSON: {error}.") from None
    if not isinstance(objects, list) or not all(isinstance(each, dict) for each in objects):
        raise InvalidParameter(f"The parameter {parameter} must be a JSON array of objects.")
    return objects


_FILLED_IN = ("isActivated", "isAdministrator")

Objects = Annotated[
    list[dict[str, Any]], Kind("objects", "string", _parse_objects, "A JSON array.", "[]", {"type": "string"})
]


@method(
    noun="Person", writes=True, answers="id", permission=OPERATORS, public=False,
    requires=("No other person of the account has the e-mail address.",),
)  # fmt: skip
async def addPersonByOperator(
    tx: Transaction,
    *,
    emailAddress: EmailAddress,
    firstName: Name,
    lastName: Title = None,
    isAdministrator: Flag = False,
) -> str:
    """Adds a person to the account."""
    person = await add_person(
        tx, firstName=firstName, lastName=lastName, emailAddress=emailAddress, isAdministrator=isAdministrator
    )
    return person.id


@method(noun="Data", writes=True, permission=OPERATORS, public=False)
async def importObjects(tx: Transaction, *, objects: Objects) -> None:
    """Creates objects as they are given, ids included, each after those that it belongs to or refers to.

    An object has an objectType and its stored properties as the API answers them. References name the wire ids of
    objects that come earlier in the list. What attachments and files hold can come with them, base64-encoded, as
    fileContents.
    """
    numbers: dict[tuple[str, str], int] = {}
    levels: dict[int, int] = {}  # of objects that nest in others of their type
    there = await _check_each(tx, objects)
    for given in objects:
        type_name = given["objectType"]
        if (type_name, given.get("id")) in there:
            raise InvalidParameter(f"There is a {type_name} with the id {given['id']} already.")
        values = {
            p.name: _stored(p, given, numbers)
            for p in STORED_TYPES[type_name].stored
            if p.name in given and not p.hidden
        }
        if type_name in ("Person", "DeletedPerson"):
            values = {"isActivated": True, "isAdministrator": False, **values, "isDeleted": type_name != "Person"}
            values["login"] = login_of(given["emailAddress"])
        if type_name == "Retrospective":
            values["columnNames"] = [column["name"] for column in given["columns"]]
            values["columnColors"] = [column["color"] for column in given["columns"]]
        if values.get("boardID") is not None and type_name == "BacklogItem":
            values["boardRank"] = await tx.rank_on_board(values["boardID"])
        record = await tx.create(type_name, **values)
        numbers[type_name, record.id] = record.number
        there.add((type_name, record.id))
        if nested_in := STORED_TYPES[type_name].nested_in:
            levels[record.number] = levels.get(record[nested_in], 0) + 1
            if levels[record.number] > MOST_LEVELS:
                raise InvalidParameter(
                    f"The {type_name} {record.id} is more than {MOST_LEVELS} levels deep inside others of its type."
                )
        if "fileContents" in given:
            await keep(tx, record, given["fileName"], None, _decoded(given))


async def _check_each(tx: Transaction, objects: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Refuses objects that are none; answers which of their types and ids the account has already."""
    for given in objects:
        type_name = given.get("objectType")
        if not isinstance(type_name, str) or type_name not in STORED_TYPES:
            raise InvalidParameter(f"An object to import has the unknown objectType {type_name}.")
        check_object(given, STORED_TYPES[type_name], _FILLED_IN)
    ids = [(given["objectType"], given["id"]) for given in objects if given.get("id") is not None]
    return {reference for reference, record in (await tx.named(ids)).items() if record is not None}


def _decoded(given: dict[str, Any]) -> bytes:
    try:
        return b64decode(given["fileContents"], validate=True)
    except (TypeError, ValueError):
        raise InvalidParameter(
            f"The fileContents of the {given['objectType']} {given.get('id')} are not base64."
        ) from None


def _stored(p: Property, given: dict[str, Any], numbers: dict[tuple[str, str], int]) -> Any:
    """The stored form of a property's wire value."""
    value = given[p.name]
    if p.kind == "number":
        return None if value in (None, -1) else float(value)
    if p.kind == "refs":
        return [_number(p, given, wire_id, numbers) for wire_id in value]
    if p.kind == "ref" and value is not None:
        return _number(p, given, value, numbers)
    return value


def _number(p: Property, given: dict[str, Any], wire_id: str, numbers: dict[tuple[str, str], int]) -> int:
    typed_by = p.name.removesuffix("ID") + "Type"  # ownerObjectID is of the type ownerObjectType
    types = [given[typed_by]] if typed_by in given else p.target.split("|")
    for type_name in types:
        if (type_name, wire_id) in numbers:
            return numbers[type_name, wire_id]
    raise InvalidParameter(
        f"The {given['objectType']} {given.get('id')} names {wire_id} in {p.name}, but no {' or '.join(types)} of that "
        "id comes before it."
    )
