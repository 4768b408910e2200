"""The object types that tell of data versions; nothing of them is data itself."""

from __future__ import annotations

from scrumrpc.model.properties import ObjectType, Property, object_type

VERSION = ObjectType(
    "Version",
    "A data version: who made it, when and how, and what it changed.",
    (
        object_type("Version"),
        Property("dataVersion", "any", "The number of the version.", target="integer"),
        Property("date", "any", "When it was made, in milliseconds since 1970.", target="integer"),
        Property(
            "personID", "any", "Who made it; null where an operator did, at the command line.", nullable=True,
            target="string",
        ),
        Property("method", "any", "The method that was called.", target="string"),
        Property("callID", "any", "The Call-ID header of the answer to the call.", target="string"),
        Property(
            "changes", "any",
            "What it changed, as far as the caller may know and asked for it; null where the answer leaves that out.",
            nullable=True, target="array of Change objects",
        ),
    ),
)  # fmt: skip

VERSION_PAGE = ObjectType(
    "VersionPage",
    "What getVersions answers: some versions, newest first, and how to get older ones.",
    (
        object_type("VersionPage"),
        Property(
            "oldestDataVersion", "any",
            "The oldest data version of those that are all kept, with what changed since; 0 while everything is. Of "
            "what was before, only versions that have a name can be read.",
            target="integer",
        ),
        Property(
            "epoch", "any",
            "The epoch of the account: its versions are not those that had the same numbers in another one.",
            target="string",
        ),
        Property("versions", "any", "The versions, without their changes.", target="array of Version objects"),
        Property(
            "nextUntilDataVersion", "any", "What to give as untilDataVersion for older ones; null at the end.",
            nullable=True, target="integer",
        ),
    ),
)  # fmt: skip

NAMED_VERSION = ObjectType(
    "NamedVersion",
    "A name that somebody has given to a data version; of ours, the original has none.",
    (
        object_type("NamedVersion"),
        Property("name", "any", "The name, unique in the account.", target="string"),
        Property("dataVersion", "any", "The version that has it.", target="integer"),
        Property("note", "any", "What there is to say about it.", nullable=True, target="string"),
        Property(
            "personID", "any", "Who gave the name; null where an operator did, at the command line.", nullable=True,
            target="string",
        ),
        Property("creationDate", "any", "When it was given, in milliseconds since 1970.", target="integer"),
    ),
)  # fmt: skip
