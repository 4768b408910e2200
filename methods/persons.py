"""Person methods, and how people are added to the lists of people that projects and teams have."""

from typing import Any

from methods.setters import setter
from scrumrpc.calls.kinds import EmailAddress, ExternalID, Flag, Link, Name, Note, Title
from scrumrpc.calls.permissions import ADMINISTRATORS, PERSON_ITSELF
from scrumrpc.calls.references import PersonRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.record import Record
from scrumrpc.model.types.people import login_of
from scrumrpc.store.transaction import Transaction

_ADDRESS_IS_FREE = "No other person of the account has the e-mail address."
_ONE_REMAINS = "Another administrator remains, if the person is one."
_ROLES = ("productOwnerIDs", "stakeholderIDs", "teamMemberIDs")
"""The lists of people that a deleted person leaves; what the person worked on or wrote still says so."""


@method(noun="Person", writes=True, answers="id", permission=ADMINISTRATORS, requires=(_ADDRESS_IS_FREE,))
async def addPerson(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    firstName: Name,
    lastName: Title = None,
    nickname: Title = None,
    emailAddress: EmailAddress,
    phone: Title = None,
    im: Title = None,
    description: Note = None,
    photoURL: Link = None,
    isAdministrator: Flag = False,
) -> str:
    """Adds a person to the account, who can call at once with any key of the account.

    The letter case of e-mail addresses does not matter. Deleted people's addresses are free again.
    """
    person = await add_person(
        tx,
        externalID=externalID,
        firstName=firstName,
        lastName=lastName,
        nickname=nickname,
        emailAddress=emailAddress,
        phone=phone,
        im=im,
        description=description,
        photoURL=photoURL,
        isAdministrator=isAdministrator,
    )
    return person.id


async def add_person(tx: Transaction, *, emailAddress: str, **values: Any) -> Record:
    """Adds somebody who has taken up the account, whoever asked for it."""
    await _check_free(tx, emailAddress)
    return await tx.create(
        "Person",
        emailAddress=emailAddress,
        login=login_of(emailAddress),
        isActivated=True,
        isDeleted=False,
        **values,
    )


@method(noun="Person", writes=True, permission=ADMINISTRATORS, requires=(_ONE_REMAINS,))
async def deletePerson(tx: Transaction, *, personID: PersonRef) -> None:
    """Deletes a person, of whom a DeletedPerson with the same id remains.

    The person can no longer call, and is no longer product owner, stakeholder or member of a team anywhere. What the
    person is assigned to, wrote or used time on still names the person.
    """
    await _check_one_remains(tx, personID)
    for record in await tx.linked_to(personID, *_ROLES):
        rest = {
            name: [number for number in record[name] if number != personID.number]
            for name in _ROLES
            if name in record.values
        }
        await tx.change(record, **rest)
    tx.turn_into(personID, "DeletedPerson", isDeleted=True)


setter("setPersonDescription", "personID", PersonRef, "description", Note, permission=PERSON_ITSELF)


@method(noun="Person", writes=True, permission=PERSON_ITSELF, requires=(_ADDRESS_IS_FREE,))
async def setPersonEmailAddress(tx: Transaction, *, personID: PersonRef, emailAddress: EmailAddress) -> None:
    """Sets the emailAddress of a person, which calls on the person's behalf name from then on."""
    await _check_free(tx, emailAddress, personID)
    await tx.change(personID, emailAddress=emailAddress, login=login_of(emailAddress))


setter("setPersonExternalID", "personID", PersonRef, "externalID", ExternalID, permission=PERSON_ITSELF)
setter("setPersonFirstName", "personID", PersonRef, "firstName", Name, permission=PERSON_ITSELF)
setter("setPersonIM", "personID", PersonRef, "im", Title, permission=PERSON_ITSELF)


@method(noun="Person", writes=True, permission=ADMINISTRATORS, requires=(_ONE_REMAINS,))
async def setPersonIsAdministrator(tx: Transaction, *, personID: PersonRef, isAdministrator: Flag) -> None:
    """Makes a person an administrator, or no longer one."""
    if not isAdministrator:
        await _check_one_remains(tx, personID)
    await tx.change(personID, isAdministrator=isAdministrator)


setter("setPersonLastName", "personID", PersonRef, "lastName", Title, permission=PERSON_ITSELF)
setter("setPersonNickname", "personID", PersonRef, "nickname", Title, permission=PERSON_ITSELF)
setter("setPersonPhone", "personID", PersonRef, "phone", Title, permission=PERSON_ITSELF)
setter("setPersonPhotoURL", "personID", PersonRef, "photoURL", Link, permission=PERSON_ITSELF)


async def add_to_people(tx: Transaction, record: Record, name: str, person: Record) -> None:
    """Puts a person behind the others in a list of people, where the person must not be yet."""
    if person.number in record[name]:
        raise RequirementNotSatisfied(
            f"The person {person.id} is in the {name} of the {record.type} {record.id} already."
        )
    await tx.change(record, **{name: [*record[name], person.number]})


async def remove_from_people(tx: Transaction, record: Record, name: str, person: Record) -> None:
    """Takes a person out of a list of people, where the person must be."""
    if person.number not in record[name]:
        raise RequirementNotSatisfied(f"The person {person.id} is not in the {name} of the {record.type} {record.id}.")
    await tx.change(record, **{name: [number for number in record[name] if number != person.number]})


async def _check_free(tx: Transaction, address: str, person: Record | None = None) -> None:
    """Refuses an e-mail address that somebody other than the person has."""
    owner = await tx.person_with_email_address(address)
    if owner is not None and (person is None or owner != person.number):
        raise RequirementNotSatisfied(
            f"There is already a person with the e-mail address {address}; it must be unique in the account."
        )


async def _check_one_remains(tx: Transaction, person: Record) -> None:
    """Refuses to lose the last administrator."""
    if person["isAdministrator"] and await tx.administrators() == 1:
        raise RequirementNotSatisfied(
            f"The person {person.id} is the only administrator of the account; make somebody else one first."
        )
