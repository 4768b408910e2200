"""A team at work: calls over HTTP under the names that people gave to things, and the account in these names."""

from __future__ import annotations

import re
from typing import Any

import httpx2

Words = dict[str, Any]


class Team:
    """Somebody's calls to the server. Objects go by the names that the script gives them; ids stay in here."""

    def __init__(self, api: str, email: str, key: str) -> None:
        self._client = httpx2.Client(base_url=f"{api}/", auth=(email, key), timeout=30)
        self._api, self._key = api, key
        self.ids: dict[str, str] = {}
        self.version = 0

    def close(self) -> None:
        """Makes no more calls."""
        self._client.close()

    def on_behalf_of(self, email: str) -> Team:
        """The same team, with calls made by another person."""
        other = Team(self._api, email, self._key)
        other.ids = self.ids
        return other

    def call(self, method: str, /, **given: Any) -> Any:
        """The result of a call that succeeds; parameters may be names, numbers, or lists of names."""
        answer = self.answer(method, **given)
        assert answer["objectType"] == "Result", (method, given, answer)
        self.version = answer["dataVersion"]
        return answer["result"]

    def refused(self, method: str, error: str, /, **given: Any) -> str:
        """The message of a call that fails with that error."""
        answer = self.answer(method, **given)
        assert answer.get("errorID") == error, (method, given, answer)
        return str(answer["errorMessage"])

    def answer(self, method: str, /, **given: Any) -> Words:
        """What a call answers."""
        form = {name: self._text(name, value) for name, value in given.items()}
        answer: Words = self._client.post(method, data=form).json()
        return answer

    def add(self, name: str, method: str, /, **given: Any) -> None:
        """Adds an object that goes by this name from now on."""
        assert name not in self.ids, name
        self.ids[name] = self.call(method, **given)

    def _text(self, parameter: str, value: Any) -> str:
        if parameter.endswith(("ID", "IDs")) and parameter != "externalID":
            return ",".join(self.ids[name] for name in ([value] if isinstance(value, str) else value))
        return str(value).lower() if isinstance(value, bool) else str(value)

    def get(self, object_type: str, name: str, *include: str) -> Any:
        """An object as it is now, in the names of the script."""
        given = {"objectType": object_type, "objectID": name, "includeProperties": ",".join(include)}
        return self.in_words(self.call("getObject", **given))

    def in_words(self, value: Any) -> Any:
        """An answer with the script's names in place of ids, and "(time)" in place of points in time."""
        names = {wire_id: name for name, wire_id in self.ids.items()}

        def words(value: Any, key: str = "") -> Any:
            if isinstance(value, dict):
                return {name: words(each, name) for name, each in value.items()}
            if isinstance(value, list):
                return [words(each, key) for each in value]
            if isinstance(value, str) and value in names:
                return names[value]
            if isinstance(value, str) and re.fullmatch(r"\d+-0-\d+(_0-\d+)?", value):
                return "(id)"
            if isinstance(value, str) and key == "url":
                return "(url)"
            moment = key == "date" or key.endswith("Date")
            return "(time)" if moment and isinstance(value, int) and value > 1_500_000_000_000 else value

        return words(value)
