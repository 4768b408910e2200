"""What makes methods that set one property; the methods themselves are rows in the files of their nouns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args, get_origin

from scrumrpc.calls.permissions import PROJECT_ACCESS, Permission
from scrumrpc.calls.registry import RegistrationError, add, parameter_of
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction


def setter(
    name: str, object_parameter: str, reference: Any, property_name: str, kind: Any, *,
    permission: Permission = PROJECT_ACCESS, requires: Iterable[str] = (),
) -> None:  # fmt: skip
    """Registers the method `name`, which gives the object in `object_parameter` a new value of one property.

    A property that may have no value loses it when the parameter is left out, empty or null.
    """
    object_type = get_args(reference)[1].types[0]
    reference_only = Record in get_args(kind)

    async def set_property(tx: Transaction, **arguments: Any) -> None:
        value = arguments[property_name]
        if isinstance(value, Record):
            value = value.number
        await tx.change(arguments[object_parameter], **{property_name: value})

    if get_origin(kind) is None or reference_only:
        raise RegistrationError(f"{name}: a setter needs the kind of a value.")
    nullable = type(None) in get_args(get_args(kind)[0])
    add(
        name,
        set_property,
        noun=object_type,
        writes=True,
        permission=permission,
        requires=requires,
        doc=f"Sets the {property_name} of {_with_article(object_type)}.",
        parameters=(
            parameter_of(object_type, object_parameter, reference, required=True),
            parameter_of(object_type, property_name, kind, required=not nullable),
        ),
    )


def _with_article(object_type: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in object_type).strip()
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"
