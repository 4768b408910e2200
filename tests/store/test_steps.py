"""The migration steps: an older database gets the schema of schema.sql, and its data and its change log stay true."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psycopg

from scrumrpc.store import images
from scrumrpc.store.migrations import migrate, steps
from tests.world import World

BEFORE = Path(__file__).with_name("schema_before_steps.sql")
"""schema.sql as it was before the first step."""

FACTS = {
    "columns": """
        SELECT table_name, column_name, data_type, domain_name, is_nullable, column_default, collation_name
        FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
    """,
    "constraints": """
        SELECT conrelid::regclass::text, contypid::regtype::text, contype::text, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2, 3, 4
    """,
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
}

DATA = """
INSERT INTO schema_steps (step) VALUES (0);
INSERT INTO accounts (account_id, name, data_version, last_object, last_item_number) VALUES (5, 'Old', 1, 4, 1);
INSERT INTO objects (account_id, id, type, wire_id) VALUES
    (5, 1, 'Project', '5-0-1'), (5, 2, 'Board', '5-0-2'), (5, 3, 'BacklogItem', '5-0-3'), (5, 4, 'Sprint', '5-0-4');
INSERT INTO projects (account_id, id, rank, name, status, rough_estimate_unit, detailed_estimate_unit,
    time_tracking_unit) VALUES (5, 1, 'a0', 'Old', 'Active', 'Points', 'Days', 'Hours');
INSERT INTO boards (account_id, id, rank, project_id, name, type) VALUES (5, 2, 'a0', 1, 'Old', 'Kanban');
INSERT INTO sprints (account_id, id, rank, project_id, name, status) VALUES (5, 4, 'a0', 1, 'Old', 'In planning');
INSERT INTO backlog_items (account_id, id, rank, project_id, item_number, name, status, board_id, estimate, type)
    VALUES (5, 3, 'a7', 1, 1, 'Old', 'To do', 2, 1.5, 'Bug');
INSERT INTO versions (account_id, version, method, call_id) VALUES (5, 1, 'importObjects', 'x');
INSERT INTO changes (account_id, version, object_id, object_type, project_id, operation, changed, state) VALUES
    (5, 1, 1, 'Project', 1, 'created', '{name}', '{"id": "5-0-1", "externalID": null, "name": "Old",
     "description": null, "link": null, "status": "Active", "roughEstimateUnit": "Points",
     "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours", "productOwnerIDs": [],
     "stakeholderIDs": [], "rank": "a0"}'),
    (5, 1, 2, 'Board', 1, 'created', '{name}', '{"id": "5-0-2", "externalID": null, "projectID": 1, "name": "Old",
     "description": null, "type": "Kanban", "rank": "a0"}'),
    (5, 1, 4, 'Sprint', 1, 'created', '{name}', '{"id": "5-0-4", "externalID": null, "projectID": 1, "name": "Old",
     "description": null, "link": null, "startDate": null, "endDate": null, "boardID": null, "status": "In planning",
     "tagIDs": [], "rank": "a0"}'),
    (5, 1, 3, 'BacklogItem', 1, 'created', '{name}', '{"id": "5-0-3", "externalID": null, "itemNumber": 1,
     "projectID": 1, "name": "Old", "description": null, "link": null, "priority": null, "type": "Bug", "color": null,
     "creatorID": null, "releaseID": null, "status": "To do", "roughEstimate": null, "estimate": 1.5, "usedTime": null,
     "remainingWork": null, "sprintID": null, "teamID": null, "boardID": 2, "boardColumnID": null,
     "assignedPersonIDs": [], "tagIDs": [], "rank": "a7"}');
"""


def facts(url: str) -> dict[str, list[Any]]:
    with psycopg.connect(url) as conn:
        return {name: conn.execute(query).fetchall() for name, query in FACTS.items()}  # type: ignore[call-overload]


def migrated(url: str, data: str) -> None:
    """Makes an old database and brings it up to date."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(BEFORE.read_text("utf-8") + data)  # type: ignore[call-overload]
    asyncio.run(migrate(url))


def test_the_steps_lead_to_the_schema(empty_database: str, database_url: str) -> None:
    migrated(empty_database, DATA)
    before, after = facts(empty_database), facts(database_url)
    assert len(after["columns"]) > 300
    for name in FACTS:
        assert before[name] == after[name], name
    with psycopg.connect(empty_database) as conn:
        assert conn.execute("SELECT step FROM schema_steps ORDER BY step").fetchall() == [
            (0,),
            *((n,) for n in steps()),
        ]


def test_old_data_and_its_log_stay_true(empty_database: str) -> None:
    migrated(empty_database, DATA)
    world = World(empty_database, size=2)
    try:
        world.account = 5
        world.key = world.new_key()
        world.check_log_gives_tables()
        log = world.store(lambda conn: images.load_from_log(conn, 5))
        item = log.find("BacklogItem", "5-0-3")
        assert (item["boardRank"], item["isArchivedInBoard"], item["parentEpicID"]) == ("a7", False, None)
        assert item["bugState"] == "Open"
        assert log.find("Sprint", "5-0-4")["isArchived"] is False
        world.operator("addPersonByOperator", emailAddress=world.admin, firstName="Ann", isAdministrator="true")
        task = world.call("addTask", backlogItemID="5-0-3", name="new")
        world.call("setSprintIsArchived", sprintID="5-0-4", isArchived="true")
        shown = world.data()["projects"][0]
        assert shown["boards"][0]["assignedBacklogItemIDs"] == ["5-0-3"]
        assert [each["id"] for each in shown["backlogItems"][0]["tasks"]] == [task]
        assert shown["sprints"][0]["isArchived"] is True
        world.check_log_gives_tables()
    finally:
        world.close()


def test_steps_are_numbered_without_gaps() -> None:
    assert list(steps()) == list(range(1, len(steps()) + 1))
