"""The rule about units: a number that has a unit comes with it, and it is the unit that the project uses."""

from __future__ import annotations

from scrumrpc.errors import MissingParameter, RequirementNotSatisfied
from scrumrpc.model.record import Record


def check_unit(project: Record, used_for: str, name: str, value: float | None, unit: str | None) -> None:
    """Refuses a number without its unit, or in another unit than the project's property `used_for` names.

    Where no number is given the unit does not matter. (Reference: the parameters estimateUnit and roughEstimateUnit of
    addBacklogItem.)
    """
    if value is None:
        return
    if unit is None:
        raise MissingParameter(
            f"The parameter {name}Unit is missing: {name} is {value:g}, and a number needs its unit. "
            f"The project uses {project[used_for]}."
        )
    if unit != project[used_for]:
        raise RequirementNotSatisfied(
            f"The parameter {name}Unit is {unit}, but the project {project.id} uses {project[used_for]} "
            f"(its {used_for})."
        )
