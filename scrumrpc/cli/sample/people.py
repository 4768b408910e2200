"""Everybody in the sample account, and who is gone."""

from __future__ import annotations

from typing import Any

from scrumrpc.cli.sample.constructors import Object, new


def _person(id: str, first_name: str, last_name: str | None, email: str, **more: Any) -> Object:
    given = {"isActivated": True, "isAdministrator": False, **more}
    return new("Person", id, firstName=first_name, lastName=last_name, emailAddress=email, **given)


def _deleted(id: str, first_name: str, last_name: str | None, email: str, **more: Any) -> Object:
    return new("DeletedPerson", id, firstName=first_name, lastName=last_name, emailAddress=email, **more)


_PHOTOS = "https://files.example.com/photos"

_ADMINISTRATORS = [
    BOB := _person(
        "729-3232-553", "Bob", "Baker", "bob@example.com", isAdministrator=True, externalID="HR-0001",
        nickname="Bobby", phone="+45 55 55 01 00", im="bob.baker@chat.example.com", photoURL=f"{_PHOTOS}/bob.jpg",
        description="Runs the company account.\nAsk him for API keys.",
    ),
    ALICE := _person("729-12001-1", "Alice", "Ahlström", "alice@example.com", isAdministrator=True),
]  # fmt: skip

_OWNERS_AND_STAKEHOLDERS = [
    PAULA := _person("729-334-1", "Paula", "Pérez", "paula@example.com", nickname="PO", externalID="HR-0002"),
    STEFAN := _person("729-4151-1", "Stefan", "Schröder", "stefan@example.com", phone="+49 555 0112"),
    SOFIA := _person("729-8107-6", "Sofia", "Papadopoulou", "sofia@example.com"),
    FATIMA := _person("729-32144-2210", "Fatima", "فاطمة الزهراء", "fatima@example.com"),
    INES := _person("729-3245-223", "Inês", "de Sá", "ines@example.com"),
    JACK := _person("729-5984-423", "Jack", "O'Hara", "jack@example.com"),
    RAVI := _person("729-12001-2", "Ravi", "राव", "ravi@example.com", isActivated=False, description="Was invited."),
]

_TEAM_MEMBERS = [
    MARIA := _person("729-4151-441", "María", "Núñez", "maria@example.com", nickname="Mia"),
    LARS := _person("729-8107-64", "Lars", "Ødegård", "lars@example.com", im="lars@chat.example.com"),
    YUKI := _person("729-3465-132", "雪", "山田", "yuki@example.com", nickname="Yuki ❄️"),
    DIMA := _person("729-4355-27", "Дмитрий", "Иванов", "dima@example.com", nickname="Dima"),
    OMAR := _person("729-6544-221", "Omar", None, "omar@example.com"),
    ERIN := _person("729-4543-3632", "Erin", 'O"Connor', "erin@example.com"),
    KEVIN := _person("729-7654-243", "Kevin", "<b>Bold</b>", "kevin@example.com"),
    LIN := _person("729-11304-39", "Lin", "王", "lin@example.com"),  # an attachment has the same id
    GRETA := _person("729-4334-232", "Greta", "Groß", "greta@example.com", photoURL=f"{_PHOTOS}/greta.jpg"),
    HUGO := _person("729-5444-343", "Hugo", "Łukasiewicz", "hugo+pay@example.com"),
    OLGA := _person("729-9323-2333", "Olga", "Ç. Öztürk", "olga@example.com"),
    TOM := _person("729-12001-3", "Tom", "Tran", "tom@example.com"),
    UMA := _person("729-12001-4", "Uma", "Unger", "uma@example.com"),
    ZOE := _person("1204-88-3", "Zoë", "van 't Hoff", "zoe@partner.example", description="Lent by another company."),
]

_WITHOUT_A_PROJECT = [
    JOHN := _person("729-3156-1343", "John", "Smith", "john@example.com", photoURL=f"{_PHOTOS}/john.jpg"),
]

_DELETED = [
    CHRIS := _deleted("729-14538-213", "Chris", "Robertson", "chris@example.com", photoURL=f"{_PHOTOS}/chris.jpg"),
    DAGMAR := _deleted(
        "729-2204-17", "Dagmar", "Dvořáková", "dagmar@example.com", externalID="HR-0003", nickname="Dáša",
        phone="+420 555 017", im="dagmar@chat.example.com", photoURL=f"{_PHOTOS}/dagmar.jpg",
        description="Left in August 2013.",
    ),
    NILS := _deleted("729-2204-18", "Nils", None, "nils@example.com"),
]  # fmt: skip

OBJECTS = [*_ADMINISTRATORS, *_OWNERS_AND_STAKEHOLDERS, *_TEAM_MEMBERS, *_WITHOUT_A_PROJECT, *_DELETED]
