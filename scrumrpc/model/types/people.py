"""Person, DeletedPerson and Team."""

from __future__ import annotations

from scrumrpc.model.properties import (
    RANK,
    ObjectType,
    Property,
    boolean,
    identity,
    object_type,
    project_id,
    refs,
    string,
)

_ABOUT = (
    string("firstName", "First name."),
    string("lastName", "Last name.", nullable=True),
    string("nickname", "Nickname.", nullable=True),
    string("emailAddress", "E-mail address; the username in the credentials of calls on the person's behalf."),
    string("phone", "Phone number or the like.", nullable=True),
    string("im", "Instant messaging address or the like.", nullable=True),
    string("description", "Anything worth knowing about the person.", nullable=True),
    string("photoURL", "Where a photo of the person is.", nullable=True),
)

_LOGIN = Property("login", "string", "The e-mail address as `login_of` folds it.", hidden=True)


def login_of(email: str) -> str:
    """What an e-mail address is compared by: the letter case does not matter."""
    return email.casefold()


PERSON = ObjectType(
    "Person",
    "Somebody in the account.",
    (
        object_type("Person"),
        *identity("person"),
        *_ABOUT,
        boolean("isActivated", "Whether the person has taken up the account."),
        boolean("isAdministrator", "Whether the person is an administrator of the account."),
        _LOGIN,
        Property("isDeleted", "boolean", "Whether the person was deleted.", hidden=True),
        RANK,
    ),
)

DELETED_PERSON = ObjectType(
    "DeletedPerson",
    "What is kept of a deleted person, under the same id, so that other objects can still refer to it.",
    (
        object_type("DeletedPerson"),
        *identity("person"),
        *_ABOUT,
        Property("isActivated", "boolean", "Whether the person had taken up the account.", hidden=True),
        Property("isAdministrator", "boolean", "Whether the person was an administrator.", hidden=True),
        _LOGIN,
        Property("isDeleted", "boolean", "Whether the person was deleted.", hidden=True),
        RANK,
    ),
)

TEAM = ObjectType(
    "Team",
    "People who work together in a project.",
    (
        object_type("Team"),
        *identity("team"),
        project_id("team"),
        string("name", "Name of the team."),
        string("description", "What the team is about.", nullable=True),
        refs("teamMemberIDs", "Person", "The members of the team."),
        RANK,
    ),
    listed_in="projectID",
)
