"""The web shop's custom fields, one of each type, with values; and how its backlog items and tasks relate."""

from __future__ import annotations

from scrumrpc.cli.sample.constructors import Object, custom_field, relationship, value
from scrumrpc.cli.sample.people import CHRIS, ERIN, PAULA
from scrumrpc.cli.sample.shop import AUTUMN, CHRISTMAS, PAY, PROJECT, SPRING, SPRINT_7, SPRINT_8, SPRINT_9, STORE_FRONT
from scrumrpc.cli.sample.shop_backlog import (
    ASK,
    BASKET,
    CARDS,
    CERTIFY,
    ENGINE,
    ESCAPE,
    EXAMPLE,
    FRAUD,
    GUESTS,
    LATER,
    LOGIN,
    MAIL,
    READING,
    RECEIPT,
    REFUND,
    SLOW,
    VOUCHERS,
    WAITING,
    WISHES,
)
from scrumrpc.cli.sample.shop_plans import ABROAD, CUSTOMS, FORGETS, SCRIPTS, SLUGGISH

_ITEMS = ["BacklogItem"]
_WORK = ["BacklogItem", "Task"]
_PLANS = ["Release", "Sprint"]

_FIELDS = [
    ASKED_BY := custom_field(PROJECT, "729-11402-1", "Asked for by", "Text (single line)", _ITEMS),
    ACCEPTED := custom_field(
        PROJECT, "729-11402-2", "Acceptance criteria", "Text (multiple lines)", _ITEMS,
        ownerBacklogItemTypes=["Feature", "Epic"], description="What can be shown at the end of the sprint.",
    ),
    LEGAL := custom_field(PROJECT, "729-11402-3", "Seen by legal", "Checkbox", [*_WORK, "Release"], isRequired=True),
    AFFECTED := custom_field(
        PROJECT, "729-11402-4", "Affected", "Integer", _ITEMS, ownerBacklogItemTypes=["Bug"], unit="customers"
    ),
    DISTANCE := custom_field(
        PROJECT, "729-11402-5", "Distance", "Number", ["TimeEntry"], unit="km", description="There and back."
    ),
    PROMISED := custom_field(PROJECT, "729-11402-6", "Promised for", "Date", [*_WORK, *_PLANS]),
    SPECIFICATION := custom_field(PROJECT, "729-11402-7", "Specification", "Link", [*_WORK, *_PLANS]),
    CONTACT := custom_field(PROJECT, "729-11402-8", "Contact", "Person", [*_WORK, *_PLANS, "TimeEntry"]),
    RUNS_IT := custom_field(PROJECT, "729-11402-9", "Will run it", "Team", ["Release"]),
    WAS_IN := custom_field(PROJECT, "729-11402-10", "Was planned for", "Release", _ITEMS),
    FOUND_IN := custom_field(PROJECT, "729-11402-11", "Found in", "Sprint", _WORK, ownerBacklogItemTypes=["Bug"]),
    BROWSER := custom_field(
        PROJECT, "729-11402-12", "Browser", "Dropdown", _WORK, options=["Chrome", "Firefox", "IE 8", "Safari"]
    ),
    RISK := custom_field(
        PROJECT, "729-11402-13", "Risk", "Radio buttons", [*_ITEMS, *_PLANS], options=["low", "medium", "high"],
        isRequired=True,
    ),
    DEVICES := custom_field(
        PROJECT, "729-11402-14", "Devices", "Checkboxes", _WORK, options=["phone", "tablet", "computer", "📺"]
    ),
    COUNTRY := custom_field(
        PROJECT, "729-11402-15", "Country", "List (single selection)", _ITEMS,
        ownerBacklogItemTypes=["Feature", "Epic"], options=["France", "日本", "Norge"],
    ),
    BILLED := custom_field(
        PROJECT, "729-11402-16", "Billed to", "List (multiple selections)", ["TimeEntry", "Release"],
        options=["Marketing", "R & D", "Sales"],
    ),
    custom_field(
        PROJECT, "729-11402-17", "Not used any more", "Text (single line)", _ITEMS,
        ownerBacklogItemTypes=["Spike", "Other"],
    ),
]  # fmt: skip

_VALUES = [
    value(ASKED_BY, "729-11402-31", VOUCHERS, 'Marketing, "as soon as possible"'),
    value(ASKED_BY, "729-11402-32", WISHES, "Søren & Zoë"),
    value(ACCEPTED, "729-11402-33", GUESTS, "1. A guest can pay.\n2. A guest gets a receipt.\n"),
    value(ACCEPTED, "729-11402-34", ABROAD, "Somebody in Lyon buys something."),
    value(LEGAL, "729-11402-35", GUESTS, "true"),
    value(LEGAL, "729-11402-36", RECEIPT, "false"),
    value(LEGAL, "729-11402-37", AUTUMN, "true"),
    value(AFFECTED, "729-11402-38", SLOW, "1200"),
    value(AFFECTED, "729-11402-39", ESCAPE, "0"),
    value(DISTANCE, "729-11402-40", READING, "12.5"),
    value(PROMISED, "729-11402-41", REFUND, "2013-11-15"),
    value(PROMISED, "729-11402-42", MAIL, "2013-10-31"),
    value(PROMISED, "729-11402-43", CHRISTMAS, "2013-12-06"),
    value(SPECIFICATION, "729-11402-44", EXAMPLE, "http://www.example.com/guests?version=2#steps"),
    value(SPECIFICATION, "729-11402-45", SPRINT_8, "http://www.example.com/sprints/8/goal"),
    value(CONTACT, "729-11402-46", LATER, PAULA["id"]),
    value(CONTACT, "729-11402-47", SPRINT_9, ERIN["id"]),
    value(CONTACT, "729-11402-48", SPRING, CHRIS["id"]),  # a deleted person
    value(RUNS_IT, "729-11402-49", AUTUMN, PAY["id"]),
    value(RUNS_IT, "729-11402-50", SPRING, STORE_FRONT["id"]),
    value(WAS_IN, "729-11402-51", CUSTOMS, AUTUMN["id"]),
    value(FOUND_IN, "729-11402-52", ESCAPE, SPRINT_8["id"]),
    value(FOUND_IN, "729-11402-53", FRAUD, SPRINT_7["id"]),
    value(BROWSER, "729-11402-54", ESCAPE, "IE 8"),
    value(RISK, "729-11402-55", LATER, "medium"),
    value(RISK, "729-11402-56", SPRINT_8, "high"),
    value(DEVICES, "729-11402-57", GUESTS, "phone,computer"),
    value(DEVICES, "729-11402-58", EXAMPLE, "tablet,📺"),
    value(COUNTRY, "729-11402-59", CUSTOMS, "日本"),
    value(BILLED, "729-11402-60", WAITING, "R & D"),
    value(BILLED, "729-11402-61", READING, "Marketing,Sales"),
    value(BILLED, "729-11402-62", AUTUMN, "Marketing,R & D,Sales"),
]

_RELATIONSHIPS = [
    relationship("729-11405-1", CARDS, "Must be done before", GUESTS, externalID="rel-1"),
    relationship(
        "729-11405-2", REFUND, "Must be done after", LATER, description="Only what was paid can be paid back."
    ),
    relationship("729-11405-3", VOUCHERS, "Is dependent on", REFUND),
    relationship("729-11405-4", ASK, "Is dependency for", MAIL),
    relationship("729-11405-5", LATER, "Is blocked by", CERTIFY, description="The bank wants to see the certificate."),
    relationship("729-11405-6", ENGINE, "Is blocking", WISHES),
    relationship("729-11405-7", ESCAPE, "Is bug on", BASKET),
    relationship("729-11405-8", LOGIN, "Has bug", FORGETS),
    relationship("729-11405-9", SLUGGISH, "Is duplicate of", SLOW),
    relationship("729-11405-10", ESCAPE, "Has duplicate", SCRIPTS),
    relationship("729-11405-11", FRAUD, "Is related to", ESCAPE, externalID="rel-11", description="Same cause?"),
    relationship("729-11405-12", EXAMPLE, "Must be done before", RECEIPT),
]

OBJECTS: list[Object] = [*_FIELDS, *_VALUES, *_RELATIONSHIPS]
