"""Custom field methods."""

from collections import Counter

from methods.progress import check_project
from methods.setters import setter
from scrumrpc.calls.kinds import (
    END,
    BacklogItemTypes,
    CustomFieldType,
    Flag,
    GivenOptions,
    Index,
    Name,
    Note,
    Options,
    OwnerObjectTypes,
    Title,
    shown,
)
from scrumrpc.calls.parameters import not_found
from scrumrpc.calls.permissions import check_access
from scrumrpc.calls.references import CustomFieldRef, FieldOwnerRef, FieldOwnerType, ProjectRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import InvalidParameter, MissingParameter, ObjectNotFound, RequirementNotSatisfied
from scrumrpc.model.custom_values import (
    CHOICE_TYPES,
    NUMBER_TYPES,
    REFERENCE_TYPES,
    canonical,
    chosen,
    covers,
    in_order,
)
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction


@method(
    noun="CustomField",
    writes=True,
    answers="id",
    requires=(
        "No other custom field of the project has the name.",
        "ownerBacklogItemTypes are only given where BacklogItem is among the ownerObjectTypes.",
        "A unit is only given for the types Integer and Number.",
        "options are given for the types Dropdown, Radio buttons, Checkboxes and both lists, and only for them.",
    ),
)
async def addCustomField(
    tx: Transaction,
    *,
    projectID: ProjectRef,
    name: Name,
    description: Note = None,
    ownerObjectTypes: OwnerObjectTypes,
    ownerBacklogItemTypes: BacklogItemTypes = None,
    type: CustomFieldType,
    unit: Title = None,
    options: Options = None,
    isRequired: Flag = False,
    index: Index = END,
) -> str:
    """Adds a custom field to a project; setCustomFieldValue gives values to objects.

    The type and the object types that have the field stay what they are. Without ownerBacklogItemTypes all backlog
    items have the field, also those without a type.
    """
    if ownerBacklogItemTypes is not None:
        _check_has_items(f"custom field {name}", ownerObjectTypes)
    if unit is not None:
        _check_has_unit(f"custom field {name}", type)
    if type in CHOICE_TYPES and options is None:
        raise MissingParameter(
            f"The parameter options of addCustomField is missing: a custom field of the type {type} needs something "
            "to choose from."
        )
    if options is not None:
        _check_has_options(f"custom field {name}", type)
    field = await tx.create(
        "CustomField",
        index,
        projectID=projectID.number,
        name=name,
        description=description,
        ownerObjectTypes=list(ownerObjectTypes),
        ownerBacklogItemTypes=list(ownerBacklogItemTypes) if ownerBacklogItemTypes else None,
        type=type,
        unit=unit,
        options=list(options) if options else None,
        isRequired=isRequired,
    )
    return field.id


def _check_has_items(field: str, owner_types: tuple[str, ...]) -> None:
    if "BacklogItem" not in owner_types:
        raise RequirementNotSatisfied(
            f"The {field} is for {', '.join(owner_types)}: only one for BacklogItem takes ownerBacklogItemTypes."
        )


def _check_has_unit(field: str, field_type: str) -> None:
    if field_type not in NUMBER_TYPES:
        raise RequirementNotSatisfied(
            f"The {field} has the type {field_type}: only {' and '.join(NUMBER_TYPES)} take a unit."
        )


def _check_has_options(field: str, field_type: str) -> None:
    if field_type not in CHOICE_TYPES:
        raise RequirementNotSatisfied(
            f"The {field} has the type {field_type}: only {', '.join(CHOICE_TYPES)} take options."
        )


@method(noun="CustomField", writes=True)
async def deleteCustomField(tx: Transaction, *, customFieldID: CustomFieldRef) -> None:
    """Deletes a custom field with all its values."""
    await tx.delete(customFieldID)


@method(noun="CustomField", writes=True)
async def moveCustomField(tx: Transaction, *, customFieldID: CustomFieldRef, index: Index = END) -> None:
    """Moves a custom field to a position among the custom fields of its project."""
    await tx.move(customFieldID, index)


setter("setCustomFieldDescription", "customFieldID", CustomFieldRef, "description", Note)
setter("setCustomFieldIsRequired", "customFieldID", CustomFieldRef, "isRequired", Flag)
setter(
    "setCustomFieldName", "customFieldID", CustomFieldRef, "name", Name,
    requires=("No other custom field of the project has the name.",),
)  # fmt: skip


@method(
    noun="CustomField",
    writes=True,
    requires=("The type of the custom field has options.", "No object has an option that is left out."),
)
async def setCustomFieldOptions(tx: Transaction, *, customFieldID: CustomFieldRef, options: GivenOptions) -> None:
    """Sets what can be chosen in a custom field, in order.

    Values that name several options are brought into the new order.
    """
    field = customFieldID
    _check_has_options(f"custom field {field.id}", field["type"])
    values = await tx.referring("CustomFieldValue", "customFieldID", field.number)
    used = Counter(option for value in values for option in chosen(field.values, value["value"]))
    missing = [option for option in field["options"] or () if option not in options and used[option]]
    if missing:
        uses = ", ".join(f"{option} ({used[option]})" for option in missing)
        raise RequirementNotSatisfied(
            f"The parameter options leaves out what objects have in the custom field {field.id}: {uses}. Keep it, or "
            "give these objects other values first."
        )
    await tx.change(field, options=list(options))
    for value in values:
        await tx.change(value, value=in_order(options, chosen(field.values, value["value"])))


@method(
    noun="CustomField",
    writes=True,
    requires=(
        "The custom field is for backlog items, where types are given.",
        "No backlog item of another type has a value in the field.",
    ),
)
async def setCustomFieldOwnerBacklogItemTypes(
    tx: Transaction, *, customFieldID: CustomFieldRef, ownerBacklogItemTypes: BacklogItemTypes = None
) -> None:
    """Sets the types of backlog items that have a custom field; without a value, all backlog items have it."""
    field, types = customFieldID, ownerBacklogItemTypes
    if types is not None:
        _check_has_items(f"custom field {field.id}", field["ownerObjectTypes"])
        await _check_items_fit(tx, field, types)
    await tx.change(field, ownerBacklogItemTypes=list(types) if types else None)


async def _check_items_fit(tx: Transaction, field: Record, types: tuple[str, ...]) -> None:
    values = await tx.referring("CustomFieldValue", "customFieldID", field.number)
    owners = {value["ownerObjectID"] for value in values if value["ownerObjectType"] == "BacklogItem"}
    items = await tx.members("BacklogItem", await tx.get("Project", field["projectID"])) if owners else []
    misfits = [item.id for item in items if item.number in owners and item["type"] not in types]
    if misfits:
        some = ", ".join(misfits[:10]) + (", ..." if len(misfits) > 10 else "")
        raise RequirementNotSatisfied(
            f"The parameter ownerBacklogItemTypes is {','.join(types)}, but backlog items of other types have a value "
            f"in the custom field {field.id} ({len(misfits)}): {some}."
        )


@method(
    noun="CustomField",
    writes=True,
    requires=("The type of the custom field is Integer or Number, where a unit is given.",),
)
async def setCustomFieldUnit(tx: Transaction, *, customFieldID: CustomFieldRef, unit: Title = None) -> None:
    """Sets the unit of the numbers in a custom field."""
    if unit is not None:
        _check_has_unit(f"custom field {customFieldID.id}", customFieldID["type"])
    await tx.change(customFieldID, unit=unit)


@method(
    noun="CustomField",
    writes=True,
    requires=(
        "The custom field and the object belong to the same project.",
        "The custom field is for objects of the type and, where it names types of backlog items, for that one.",
        "The custom field is not required, where no value is given.",
        "A release, sprint or team that the value names belongs to the same project.",
    ),
)
async def setCustomFieldValue(
    tx: Transaction,
    *,
    customFieldID: CustomFieldRef,
    ownerObjectType: FieldOwnerType,
    ownerObjectID: FieldOwnerRef,
    value: Note = None,
) -> None:
    """Sets what an object has in a custom field, in place of what it had; without a value it has nothing there.

    The type of the field says what is accepted: text (a single line has at most 4,000 characters), true or false for
    Checkbox, a whole number of at most 18 digits, a number with a decimal point, a day as YYYY-MM-DD, a link of at most
    4,000 characters, the id of a person of the account or of a team, release or sprint of the project, one of the
    options, or for Checkboxes and List (multiple selections) several options with commas between them. Numbers are
    kept without needless digits, several options in the order of the field.
    """
    field, owner = customFieldID, ownerObjectID
    check_project(field, owner)
    _check_covered(field, owner)
    present = next(
        (each for each in await tx.members("CustomFieldValue", owner) if each["customFieldID"] == field.number), None
    )
    if value is None:
        if field["isRequired"]:
            raise RequirementNotSatisfied(
                f"The custom field {field['name']} ({field.id}) is required: the parameter value needs a value."
            )
        if present is not None:
            await tx.delete(present)
        return
    text = await _checked(tx, field, value)
    if present is not None:
        await tx.change(present, value=text)
        return
    await tx.create(
        "CustomFieldValue",
        projectID=field["projectID"],
        customFieldID=field.number,
        ownerObjectType=ownerObjectType,
        ownerObjectID=owner.number,
        value=text,
    )


def _check_covered(field: Record, owner: Record) -> None:
    item_type = owner["type"] if owner.type == "BacklogItem" else None
    if covers(field.values, owner.type, item_type):
        return
    named = f"The custom field {field['name']} ({field.id}) is for "
    if owner.type not in field["ownerObjectTypes"]:
        raise RequirementNotSatisfied(f"{named}{', '.join(field['ownerObjectTypes'])}, not for {owner.type}.")
    raise RequirementNotSatisfied(
        f"{named}backlog items of the types {', '.join(field['ownerBacklogItemTypes'])}; the backlog item {owner.id} "
        f"has {f'the type {item_type}' if item_type else 'no type'}."
    )


async def _checked(tx: Transaction, field: Record, value: str) -> str:
    """The value as it is kept; InvalidParameter or ObjectNotFound where the field does not take it."""
    try:
        text = canonical(field.values, value)
    except ValueError as reason:
        raise InvalidParameter(
            f"The parameter value is {shown(value)}; in the custom field {field['name']} ({field.id}) of the type "
            f"{field['type']} it {reason}."
        ) from None
    if field["type"] in REFERENCE_TYPES:
        named = await tx.find(field["type"], value)
        if named is None:
            raise ObjectNotFound(
                f"{not_found(field['type'], value).message} The custom field {field['name']} ({field.id}) takes the id "
                f"of a {field['type'].lower()}."
            )
        check_access(tx.standing, named)
        check_project(field, named)
    return text
