"""The object types that wrap answers: Data, Error and Result; nothing of them is stored."""

from __future__ import annotations

from scrumrpc.model.properties import ObjectType, Property, object_type, objects

DATA = ObjectType(
    "Data",
    "What getData answers: the projects asked for and, if asked for, the people of the account.",
    (
        object_type("Data"),
        objects("persons", "Person", "Everybody in the account.", optional=True),
        objects("deletedPersons", "DeletedPerson", "Everybody who was deleted from the account.", optional=True),
        objects("projects", "Project", "The projects asked for, in the order of the account's project list."),
    ),
)

ERROR = ObjectType(
    "Error",
    "What a call that fails answers, together with an HTTP status of 400 or above.",
    (
        object_type("Error"),
        Property("errorID", "any", "Which kind of error, one of the 24 error ids.", target="string"),
        Property("errorMessage", "any", "What is wrong, for people to read.", target="string"),
    ),
)

RESULT = ObjectType(
    "Result",
    "What a call that succeeds answers, with HTTP status 200.",
    (
        object_type("Result"),
        Property(
            "dataVersion",
            "any",
            "The data version of the account that the answer was made at; a changing call answers the version it made.",
            target="integer",
        ),
        Property("result", "any", "What the method answers; null for methods that only change something."),
    ),
)

API_KEY = ObjectType(
    "APIKey",
    "A key that calls are made with; of ours, the original manages keys on its screens.",
    (
        object_type("APIKey"),
        Property("id", "any", "Identifies the key: the account, 0, and the key's own number.", target="string"),
        Property("name", "any", "What the key is for.", target="string"),
        Property("prefix", "any", "Its first characters, to tell keys apart by.", target="string"),
        Property("creationDate", "any", "When it was made, in milliseconds since 1970.", target="integer"),
        Property(
            "expirationDate", "any", "From when on no call is made with it, in milliseconds since 1970; or null.",
            nullable=True, target="integer",
        ),
        Property("isReadOnly", "any", "Whether it is only for calls that change nothing.", target="boolean"),
        Property(
            "lastUsedDate", "any", "When it was last used, to the minute; null for never.", nullable=True,
            target="integer",
        ),
        Property(
            "key", "any", "The key itself in the answer of addAPIKey; null everywhere else, for ever.", nullable=True,
            target="string",
        ),
    ),
)  # fmt: skip

BACKLOG_ITEM_PAGE = ObjectType(
    "BacklogItemPage",
    "What getBacklogItems answers: some backlog items, and how to get the next ones.",
    (
        object_type("BacklogItemPage"),
        Property("backlogItems", "any", "The backlog items.", target="array of BacklogItem objects"),
        Property(
            "nextCursor", "any", "What to give as cursor for the next ones; null at the end.", nullable=True,
            target="string",
        ),
    ),
)  # fmt: skip
