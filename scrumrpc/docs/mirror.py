"""A copy of the data that follows the server: it begins with getData, and then asks only for what has changed.

It begins anew where that cannot be told: after a long time, or when the account was restored from a backup.

python mirror.py http://localhost:8080 bob@example.com "$KEY"
"""

import base64
import json
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen


class Outdated(Exception):
    """What the copy has is of another epoch, or so old that what changed since is not known any more."""


class Server:
    """Calls methods of the API; answers the Result with the epoch of the account."""

    def __init__(self, url: str, email: str, key: str) -> None:
        self.url = url
        self.authorization = "Basic " + base64.b64encode(f"{email}:{key}".encode()).decode()

    def call(self, method: str, **given: object) -> Any:
        body = urlencode(given).encode()
        request = Request(f"{self.url}/service/api/v1/{method}", body, {"Authorization": self.authorization})
        try:
            with urlopen(request) as answer:
                return {**json.load(answer), "epoch": answer.headers["Account-Epoch"]}
        except HTTPError as error:
            if json.load(error)["errorID"] in ("RequiredEpochNotMatching", "DataVersionNoLongerKept"):
                raise Outdated from error
            raise


class Mirror:
    """`data` is what getData answers at `version` of `epoch`, with the optional properties in `include`."""

    def __init__(self, call: Callable[..., Any], include: str) -> None:
        self.call = call
        self.include = include
        self.begin()

    def begin(self) -> None:
        """Forgets everything, and reads the data as it is now."""
        answer = self.call("getData", includeProperties=self.include)
        self.epoch = answer["epoch"]
        self.version = answer["dataVersion"]
        self.data = answer["result"]
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}  # by type and id
        self.lists: dict[tuple[str, str], list[list[Any]]] = {}  # those in which an object stands
        self.learn(self.data)

    def catch_up(self, limit: int = 1000) -> None:
        """Brings the data to the present version."""
        try:
            while self.follow(self.changes(limit)):
                pass
        except Outdated:
            self.begin()

    def changes(self, limit: int) -> dict[str, Any]:
        """What has become of objects since `version`, or of some of them."""
        given = {"sinceDataVersion": self.version, "requiredEpoch": self.epoch, "includeProperties": self.include}
        changes: dict[str, Any] = self.call("getChanges", collapse="true", limit=limit, **given)["result"]
        return changes

    def follow(self, changes: dict[str, Any]) -> bool:
        """Takes in what has changed; whether there is more to come."""
        projects = changes["projectIDs"]
        new = [project for project in projects if ("Project", project) not in self.objects]
        fetched = self.fetch(new, changes["untilDataVersion"]) if new else []
        gone = [id for type_name, id in self.objects if type_name == "Project" and id not in projects]
        for project in gone:
            self.forget(project)

        objects = [each for each in changes["objects"] if each["projectID"] not in (*new, *gone)]
        for each in objects:
            self.take_out(each["changedObjectType"], each["objectID"])
            self.replace(each)
        places = [(place, each) for each in objects for place in each["places"]]
        for place, each in sorted(places, key=lambda found: found[0]["index"]):
            self.put_in(each["changedObjectType"], each["objectID"], place)

        self.learn({"projects": fetched})
        self.data["projects"] = [self.objects["Project", project] for project in projects]
        self.version = changes["untilDataVersion"]
        return bool(changes["hasMore"])

    def fetch(self, projects: list[str], version: int) -> list[Any]:
        """Projects that are not here yet: they are new, or the person has come to reach them."""
        given = {"projectIDs": ",".join(projects), "atDataVersion": version, "requiredEpoch": self.epoch}
        answer: list[Any] = self.call("getData", includeProperties=self.include, **given)["result"]["projects"]
        return answer

    def forget(self, project: str) -> None:
        """A project that is gone, or that the person does not reach any more."""
        inside = [key for key, each in self.objects.items() if each.get("projectID") == project]
        for key in [("Project", project), *inside]:
            del self.objects[key]
            self.lists.pop(key, None)

    def take_out(self, type_name: str, id: str) -> None:
        known = self.objects.get((type_name, id))
        for each in self.lists.pop((type_name, id), []):
            each[:] = [other for other in each if other is not known and other != id]

    def replace(self, change: dict[str, Any]) -> None:
        """Gives an object its new values; what stands in its lists says so itself."""
        key = change["changedObjectType"], change["objectID"]
        new = change["object"]
        if new is None:
            self.objects.pop(key, None)
            return
        known = self.objects.setdefault(key, {})
        for name in change["lists"]:
            new[name] = known.get(name, [])
        if change["changedObjectType"] == "Retrospective":
            for column, before in zip(new["columns"], known.get("columns", []), strict=False):
                column["cards"] = before["cards"]
        known.clear()
        known.update(new)

    def put_in(self, type_name: str, id: str, place: dict[str, Any]) -> None:
        container = self.data
        if place["containerObjectID"] is not None:
            container = self.objects[place["containerObjectType"], place["containerObjectID"]]
        if place["column"] is not None:
            container = container["columns"][place["column"] - 1]
        into = container[place["property"]]
        is_assigned = place["property"] == "assignedBacklogItemIDs"
        into.insert(place["index"], id if is_assigned else self.objects[type_name, id])
        self.lists.setdefault((type_name, id), []).append(into)

    def learn(self, container: dict[str, Any]) -> None:
        """Finds all objects in what getData answered. One that stands in several lists becomes one."""
        for name, value in container.items():
            for index, each in enumerate(value if isinstance(value, list) else []):
                if name == "assignedBacklogItemIDs":
                    self.lists.setdefault(("BacklogItem", each), []).append(value)
                elif isinstance(each, dict) and "id" not in each:  # a column of a retrospective
                    self.learn(each)
                elif isinstance(each, dict):
                    key = each["objectType"], each["id"]
                    if key not in self.objects:
                        self.objects[key] = each
                        self.learn(each)
                    value[index] = self.objects[key]
                    self.lists.setdefault(key, []).append(value)


def main() -> None:
    """Follows the server for ever."""
    mirror = Mirror(Server(*sys.argv[1:]).call, "Project.backlogItems,BacklogItem.tasks,BacklogItem.comments")
    while True:
        items = [id for type_name, id in mirror.objects if type_name == "BacklogItem"]
        print(f"At version {mirror.version} there are {len(items)} backlog items.", flush=True)
        time.sleep(5)
        mirror.catch_up()


if __name__ == "__main__":
    main()
