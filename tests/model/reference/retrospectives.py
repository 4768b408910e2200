"""What the methods about retrospectives do, by the documentation."""

from __future__ import annotations

from typing import Any

from tests.model.reference.account import Object, Refused
from tests.model.reference.attached import Attached


class Retrospectives(Attached):
    """Retrospectives with their columns and cards."""

    def addRetrospective(
        self, *, projectID: Object, color: str | None, columnNames: tuple[str, ...] | None, index: int, **texts: Any
    ) -> Object:
        """See the documentation."""
        columns = [(name, "Light gray") for name in columnNames or ()]
        return self.create(
            "Retrospective", index, projectID=projectID["id"], color=color or "Light blue", creatorID=self.caller,
            creationDate=self.now, columns=columns or [("Went well", "Green"), ("Could be better", "Orange")], **texts,
        )  # fmt: skip

    def addRetrospectiveColumn(self, *, retrospectiveID: Object, name: str, color: str | None, index: int) -> None:
        """See the documentation."""
        columns = retrospectiveID["columns"]
        at = self._position(columns, index)
        columns.insert(at, (name, color or "Light gray"))
        for card in self._cards(retrospectiveID):
            card["columnNum"] += card["columnNum"] > at

    def deleteRetrospectiveColumn(self, *, retrospectiveID: Object, columnNum: int) -> None:
        """See the documentation."""
        self._check_column(retrospectiveID, columnNum)
        self.require(len(retrospectiveID["columns"]) > 2)
        self.require(all(card["columnNum"] != columnNum for card in self._cards(retrospectiveID)))
        del retrospectiveID["columns"][columnNum - 1]
        for card in self._cards(retrospectiveID):
            card["columnNum"] -= card["columnNum"] > columnNum

    def moveRetrospectiveColumn(self, *, retrospectiveID: Object, columnNum: int, index: int) -> None:
        """See the documentation."""
        self._check_column(retrospectiveID, columnNum)
        order = list(range(1, len(retrospectiveID["columns"]) + 1))
        order.remove(columnNum)
        order.insert(self._position(order, index), columnNum)
        retrospectiveID["columns"] = [retrospectiveID["columns"][number - 1] for number in order]
        for card in self._cards(retrospectiveID):
            card["columnNum"] = order.index(card["columnNum"]) + 1

    def setRetrospectiveColumnColor(self, *, retrospectiveID: Object, columnNum: int, color: str) -> None:
        """See the documentation."""
        self._check_column(retrospectiveID, columnNum)
        name, _ = retrospectiveID["columns"][columnNum - 1]
        retrospectiveID["columns"][columnNum - 1] = (name, color)

    def setRetrospectiveColumnName(self, *, retrospectiveID: Object, columnNum: int, name: str) -> None:
        """See the documentation."""
        self._check_column(retrospectiveID, columnNum)
        _, color = retrospectiveID["columns"][columnNum - 1]
        retrospectiveID["columns"][columnNum - 1] = (name, color)

    def addRetrospectiveCard(self, *, retrospectiveID: Object, columnNum: int, index: int, **texts: Any) -> Object:
        """See the documentation."""
        self._check_column(retrospectiveID, columnNum)
        return self.create(
            "RetrospectiveCard", index, lambda card: card["columnNum"], projectID=retrospectiveID["projectID"],
            retrospectiveID=retrospectiveID["id"], columnNum=columnNum, creatorID=self.caller, creationDate=self.now,
            **texts,
        )  # fmt: skip

    def moveRetrospectiveCard(self, *, retrospectiveCardID: Object, columnNum: int, index: int) -> None:
        """See the documentation."""
        self._check_column(self.get("Retrospective", retrospectiveCardID["retrospectiveID"]), columnNum)
        retrospectiveCardID["columnNum"] = columnNum
        self.put(retrospectiveCardID, index, lambda card: card["columnNum"])

    def _cards(self, retrospective: Object) -> list[Object]:
        return self.where("RetrospectiveCard", retrospectiveID=retrospective["id"])

    def _check_column(self, retrospective: Object, number: int) -> None:
        if number > len(retrospective["columns"]):
            raise Refused("InvalidParameter")

    def _position(self, others: list[Any], index: int) -> int:
        if index > len(others):
            raise Refused("InvalidParameter")
        return len(others) if index == -1 else index
