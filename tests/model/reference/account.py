"""Account: all objects in plain dictionaries, in their order, and what the methods of every noun do with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from scrumrpc.model.types import OBJECT_TYPES

Object = dict[str, Any]
"""An object by its wire names, without the lists of other objects in it."""
Lists = dict[tuple[str, Any], list[Object]]
"""Objects by their type and the id of the object that they are answered with."""
NONE = -1.0
"""How a number is answered that is not there."""
PEOPLE = ("Person", "DeletedPerson")


class Refused(Exception):
    """The call fails with this error id."""


class Unknown:
    """A value that only the server knows: the present time, or the id of a new object. `value` is what it told."""

    value: Any = None


def known(value: Any) -> Any:
    """A value, be it one that only the server knew."""
    return value.value if isinstance(value, Unknown) else value


class Account:
    """The objects of an account, by type, in an order that holds for each list that they stand in.

    What lists of other objects an object is answered with, is worked out when it is shown.
    """

    def __init__(self, data: Object, caller: str) -> None:
        self.caller = caller
        self.now = Unknown()
        self.objects: dict[str, list[Object]] = {name: [] for name in OBJECT_TYPES}
        self.on_boards: dict[Any, list[Any]] = {}
        for each in [*data["persons"], *data["deletedPersons"], *data["projects"]]:
            self._take_in(each)
        self.people = list(self.every("Person"))
        self.every("BacklogItem").sort(key=lambda item: int(item["itemNumber"]))
        self.last = {
            name: max((each[name] for each in self.every(object_type)), default=0)
            for object_type, name in (("BacklogItem", "itemNumber"), ("Task", "taskNumber"))
        }

    def _take_in(self, shown: Object) -> None:
        own: Object = {}
        for p in OBJECT_TYPES[shown["objectType"]].answered:
            if p.kind == "objects" and not p.via:
                for each in shown[p.name]:
                    self._take_in(each)
            elif p.kind == "columns":
                own["columns"] = [(column["name"], column["color"]) for column in shown["columns"]]
                for column in shown["columns"]:
                    for each in column["cards"]:
                        self._take_in(each)
            elif p.kind not in ("objects", "assigned"):
                own[p.name] = shown[p.name]
        if own["objectType"] == "Board":
            self.on_boards[own["id"]] = list(shown["assignedBacklogItemIDs"])
        if own not in self.every(own["objectType"]):
            self.every(own["objectType"]).append(own)

    # What it looks like

    def shown(self) -> Object:
        """What getData answers with everything."""
        lists: Lists = {}
        for object_type, objects in self.objects.items():
            for each in objects:
                lists.setdefault((object_type, self._container(each)), []).append(each)
        return {
            "objectType": "Data",
            "persons": [self._show(each, lists) for each in self.every("Person")],
            "deletedPersons": [self._show(each, lists) for each in self.every("DeletedPerson")],
            "projects": [self._show(each, lists) for each in self.every("Project")],
        }

    def _container(self, each: Object) -> Any:
        """The id of the object that an object is answered with."""
        described = OBJECT_TYPES[each["objectType"]]
        outer = each[described.nested_in] if described.nested_in else None
        return outer or (each[described.listed_in] if described.listed_in else None)

    def _show(self, each: Object, lists: Lists) -> Object:
        shown: Object = {}
        for p in OBJECT_TYPES[each["objectType"]].answered:
            if p.kind == "objects" and p.via:
                top = self.where(p.target, **{p.via: each["id"], "parentEpicID": None})
                shown[p.name] = [self._show(item, lists) for item in top]
            elif p.kind == "objects":
                shown[p.name] = [self._show(inner, lists) for inner in lists.get((p.target, each["id"]), ())]
            elif p.kind == "assigned":
                shown[p.name] = [item["id"] for item in self.assigned(each)]
            elif p.kind == "columns":
                shown[p.name] = [self._show_column(each, num, lists) for num in range(1, len(each["columns"]) + 1)]
            else:
                shown[p.name] = each[p.name]
        return _copied(shown)

    def _show_column(self, retrospective: Object, num: int, lists: Lists) -> Object:
        name, color = retrospective["columns"][num - 1]
        cards = self.where("RetrospectiveCard", retrospectiveID=retrospective["id"], columnNum=num)
        return {
            "objectType": "RetrospectiveColumn", "name": name, "color": color,
            "cards": [self._show(card, lists) for card in cards],
        }  # fmt: skip

    def assigned(self, to: Object) -> list[Object]:
        """The backlog items of a release or of a team in a sprint, in backlog order; those on a board, in its order."""
        if to["objectType"] == "Board":
            return [self.get("BacklogItem", each) for each in self.on_boards.get(to["id"], [])]
        if to["objectType"] == "Release":
            return self.where("BacklogItem", releaseID=to["id"])
        return self.where("BacklogItem", sprintID=to["sprintID"], teamID=to["teamID"])

    def state(self) -> Any:
        """All that a data version stands for; backlog items have one order over all epics and lists."""
        order = [[item["id"] for item in self.where("BacklogItem", projectID=p["id"])] for p in self.every("Project")]
        return self.shown(), order

    def saved(self) -> Callable[[], None]:
        """What undoes all that is done from now on."""
        kept = [(objects, [(each, _copied(each)) for each in objects]) for objects in self.objects.values()]
        on_boards, last, people = dict(self.on_boards), dict(self.last), list(self.people)

        def undo() -> None:
            for objects, contents in kept:
                objects[:] = [each for each, _ in contents]
                for each, values in contents:
                    each.clear()
                    each.update(values)
            self.on_boards, self.last, self.people = on_boards, last, people

        return undo

    def learn(self) -> None:
        """Puts what the server told in place of what only it knew."""
        for objects in self.objects.values():
            for each in objects:
                for name, value in each.items():
                    if isinstance(value, Unknown):
                        assert value.value is not None
                        each[name] = value.value
                    elif isinstance(value, list):
                        each[name] = [known(one) for one in value]
        self.on_boards = {known(board): [known(item) for item in items] for board, items in self.on_boards.items()}
        self.now = Unknown()

    # Finding

    def every(self, object_type: str) -> list[Object]:
        """All objects of a type; deleted people stand in one list with the others."""
        return self.objects[object_type]

    def where(self, object_type: str, **values: Any) -> list[Object]:
        """The objects of a type that have these values."""
        return [each for each in self.every(object_type) if all(each[name] == v for name, v in values.items())]

    def get(self, object_type: str, wire_id: Any) -> Object:
        """The object, which the call needs."""
        for each in self.every(object_type):
            if each["id"] == wire_id:
                return each
        raise Refused("ObjectNotFound")

    def project_of(self, each: Object) -> Object:
        """The project that an object belongs to."""
        return each if each["objectType"] == "Project" else self.get("Project", each["projectID"])

    # Methods that do no more than their names say

    def plain(self, method: str, **given: Any) -> None:
        """Sets a property, moves an object within its list, or deletes it."""
        each, *values = given.items()
        if method.startswith("delete"):
            self.delete(each[1])
        elif method.startswith("move"):
            self.put(each[1], given["index"])
        else:
            [(name, value)] = values
            if name == "externalID":
                self.check_external_id(each[1]["objectType"], each[1], value)
            each[1][name] = value

    # Rules that many methods share

    def require(self, satisfied: object) -> None:
        """Refuses a call whose requirement does not hold."""
        if not satisfied:
            raise Refused("RequirementNotSatisfied")

    def same_project(self, *objects: Object | None) -> None:
        """All objects that a call names belong to one project; people belong to none."""
        inside = [each for each in objects if each is not None and each["objectType"] not in PEOPLE]
        self.require(len({self.project_of(each)["id"] for each in inside}) <= 1)

    def number(self, project: Object, used: str, value: float | None, unit: str | None) -> float:
        """A number comes in the project's unit; as it is answered."""
        if value is None:
            return NONE
        if unit is None:
            raise Refused("MissingParameter")
        self.require(unit == project[used])
        return value

    def check_external_id(self, object_type: str, each: Object | None, external_id: str | None) -> None:
        """No two objects of a type share one."""
        taken = any(o["externalID"] == external_id and o is not each for o in self.every(object_type))
        if external_id is not None and taken:
            raise Refused("ObjectWithExternalIDAlreadyExists")

    # Making and moving

    def create(self, object_type: str, index: int = -1, part: Callable[[Object], Any] = bool, **given: Any) -> Object:
        """A new object at a position of its list, or of the part of it for which `part` says the same as for it."""
        described = OBJECT_TYPES[object_type]
        if described.has("externalID"):
            self.check_external_id(object_type, None, given.get("externalID"))
        if described.unique:
            inside = {str(described.listed_in): given[described.listed_in]} if described.listed_in else {}
            self.require(not self.where(object_type, name=given["name"], **inside))
        new: Object = {"objectType": object_type}
        for p in described.answered:
            if p.kind == "number":
                new[p.name] = NONE
            elif p.kind == "refs":
                new[p.name] = []
            elif p.kind not in ("objectType", "objects", "assigned", "columns"):
                new[p.name] = p.default
        for name, counter in (("BacklogItem", "itemNumber"), ("Task", "taskNumber")):
            if object_type == name:
                self.last[counter] += 1
                new[counter] = self.last[counter]
        new |= {"id": Unknown(), **given}
        self.every(object_type).append(new)
        self.put(new, index, part)
        return new

    def put(self, each: Object, index: int, part: Callable[[Object], Any] = bool) -> None:
        """Moves an object to a position of the list that it is answered in, or of a part of that.

        Among the objects of other parts it stays where it is, if that fits; else it goes just before what it is to
        precede or, at the end of its part, behind all others.
        """
        objects = self.every(each["objectType"])
        others = [o for o in objects if o is not each and self._place(o) == self._place(each) and part(o) == part(each)]
        at = _checked(index, len(others))
        before, after = others[:at][-1:], others[at : at + 1]
        position = objects.index(each)
        if all(objects.index(o) < position for o in before) and all(objects.index(o) > position for o in after):
            return
        objects.remove(each)
        objects.insert(next((n for n, o in enumerate(objects) if o is after[0]), 0) if after else len(objects), each)

    def _place(self, each: Object) -> Any:
        described = OBJECT_TYPES[each["objectType"]]
        return [each[name] for name in (described.listed_in, described.nested_in) if name]

    def put_on_board(self, item: Object, board: Object, index: int) -> None:
        """Gives an item a position among those on a board."""
        others = [each for each in self.on_boards.setdefault(board["id"], []) if each != item["id"]]
        others.insert(_checked(index, len(others)), item["id"])
        self.take_off_board(item)
        self.on_boards[board["id"]] = others

    def take_off_board(self, item: Object) -> None:
        """Takes an item out of the order of the board that it is on."""
        self.on_boards = {
            board: [each for each in items if each != item["id"]] for board, items in self.on_boards.items()
        }

    def delete(self, each: Object) -> None:
        """Deletes an object, what belongs to it, and what cannot be without it."""
        objects = self.every(each["objectType"])
        if not any(other is each for other in objects):
            return
        objects[:] = [other for other in objects if other is not each]
        self.on_boards.pop(each["id"], None)
        if each["objectType"] == "BacklogItem":
            self.take_off_board(each)
        for inner in list(self._belonging_to(each)):
            self.delete(inner)

    def _belonging_to(self, each: Object) -> Iterator[Object]:
        for described in OBJECT_TYPES.values():
            for pointer in (described.listed_in, described.nested_in, *described.ends_with):
                if pointer:
                    yield from self.where(described.name, **{pointer: each["id"]})


def _copied(each: Object) -> Object:
    return {name: list(value) if isinstance(value, list) else value for name, value in each.items()}


def _checked(index: int, count: int) -> int:
    if index > count:
        raise Refused("InvalidParameter")
    return count if index == -1 else index
