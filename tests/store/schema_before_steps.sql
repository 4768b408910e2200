-- The whole present schema of scrumrpc, to be read from top to bottom.
--
-- Every primary key and every index begins with account_id, so that accounts can be spread over machines. Objects are
-- numbered over all types of an account; a column that refers to an object holds its number. References are checked at
-- COMMIT (DEFERRABLE), so that a call may write its rows in any order. Ranks sort a list bytewise (COLLATE "C"): a new
-- rank fits between any two, so an insert or a move touches one row.
--
-- Older databases are brought here by the numbered steps in scrumrpc/store/steps/; a test proves that they lead here.


-- Accounts and who may call ------------------------------------------------------------------------------------------

-- A company. A writing call locks its row first: the version and the counters below are only changed under that lock.
CREATE TABLE accounts (
    account_id          bigint PRIMARY KEY CHECK (account_id > 0),
    name                text NOT NULL,
    created_at          timestamptz NOT NULL DEFAULT now(),
    data_version        bigint NOT NULL DEFAULT 0,
    last_object         bigint NOT NULL DEFAULT 0,      -- number of the newest object
    last_item_number    bigint NOT NULL DEFAULT 0,      -- BacklogItem.itemNumber of the newest backlog item
    last_task_number    bigint NOT NULL DEFAULT 0,      -- Task.taskNumber of the newest task
    is_closed           boolean NOT NULL DEFAULT false,
    has_api_access      boolean NOT NULL DEFAULT true,
    has_access_control  boolean NOT NULL DEFAULT false, -- whether only their people and administrators reach projects
    in_maintenance      boolean NOT NULL DEFAULT false
);

-- API keys. Only the SHA-256 of a key is kept; a revoked key stays, because the change log names it.
CREATE TABLE api_keys (
    account_id    bigint NOT NULL REFERENCES accounts,
    key_id        bigint NOT NULL,
    name          text NOT NULL,
    prefix        text NOT NULL,                        -- the first characters, to tell keys apart in lists and logs
    key_hash      bytea NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_used_at  timestamptz,                          -- written at most once a minute
    revoked_at    timestamptz,
    PRIMARY KEY (account_id, key_id)
);
-- Finds the key that a call presents.
CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (account_id, key_hash);


-- Objects: identity --------------------------------------------------------------------------------------------------

-- One row for each object of whatever type: its number, its wire id, its external id.
CREATE TABLE objects (
    account_id   bigint NOT NULL REFERENCES accounts,
    id           bigint NOT NULL,
    type         text NOT NULL,
    wire_id      text NOT NULL,
    external_id  text CHECK (external_id <> '' AND length(external_id) <= 255),
    PRIMARY KEY (account_id, id)
);
-- Finds the object that a parameter names; wire ids are unique within a type only (the documentation's examples have
-- an attachment and a person of the same id).
CREATE UNIQUE INDEX objects_by_wire_id ON objects (account_id, type, wire_id);
-- External ids are unique among the objects of a type.
CREATE UNIQUE INDEX objects_by_external_id ON objects (account_id, type, external_id) WHERE external_id IS NOT NULL;


-- People -------------------------------------------------------------------------------------------------------------

-- Persons and, with is_deleted, deleted persons, whom other objects still refer to.
CREATE TABLE persons (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    first_name        text NOT NULL,
    last_name         text,
    nickname          text,
    email_address     text NOT NULL,
    login             text NOT NULL,                    -- the address in folded letters; lower() depends on the locale
    phone             text,
    im                text,
    description       text,
    photo_url         text,
    is_activated      boolean NOT NULL,
    is_administrator  boolean NOT NULL,
    is_deleted        boolean NOT NULL,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED
);
-- Finds the person that a call is made for; nobody else may have the address.
CREATE UNIQUE INDEX persons_by_login ON persons (account_id, login) WHERE NOT is_deleted;
-- The list of persons.
CREATE UNIQUE INDEX persons_in_order ON persons (account_id, rank);


-- Projects and what stands in them -----------------------------------------------------------------------------------

-- Projects.
CREATE TABLE projects (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    name                    text NOT NULL,
    description             text,
    link                    text,
    status                  text NOT NULL CHECK (status IN ('Active', 'Archived')),
    rough_estimate_unit     text NOT NULL CHECK (rough_estimate_unit IN ('Points', 'Days', 'Hours')),
    detailed_estimate_unit  text NOT NULL CHECK (detailed_estimate_unit IN ('Points', 'Days', 'Hours')),
    time_tracking_unit      text NOT NULL CHECK (time_tracking_unit IN ('Points', 'Days', 'Hours')),
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED
);
-- The list of projects.
CREATE UNIQUE INDEX projects_in_order ON projects (account_id, rank);
-- Project names are unique in the account.
CREATE UNIQUE INDEX projects_by_name ON projects (account_id, name);

-- Teams.
CREATE TABLE teams (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id   bigint NOT NULL,
    name         text NOT NULL,
    description  text,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED
);
-- The teams of a project.
CREATE UNIQUE INDEX teams_in_order ON teams (account_id, project_id, rank);

-- Tags.
CREATE TABLE tags (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id   bigint NOT NULL,
    name         text NOT NULL,
    description  text,
    color        text NOT NULL CHECK (color IN (
                     'Red', 'Light red', 'Dark orange', 'Orange', 'Yellow', 'Light green', 'Green', 'Dark green',
                     'Light blue', 'Blue', 'Dark blue', 'Purple', 'Pink', 'Light brown', 'Dark brown', 'Light gray',
                     'Dark gray')),
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED
);
-- The tags of a project.
CREATE UNIQUE INDEX tags_in_order ON tags (account_id, project_id, rank);
-- Tag names are unique in a project.
CREATE UNIQUE INDEX tags_by_name ON tags (account_id, project_id, name);

-- Boards.
CREATE TABLE boards (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id   bigint NOT NULL,
    name         text NOT NULL,
    description  text,
    type         text NOT NULL CHECK (type IN ('Scrum', 'Kanban')),
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED
);
-- The boards of a project.
CREATE UNIQUE INDEX boards_in_order ON boards (account_id, project_id, rank);

-- Columns of boards.
CREATE TABLE board_columns (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id   bigint NOT NULL,
    board_id     bigint NOT NULL,
    name         text NOT NULL,
    description  text,
    status       text NOT NULL CHECK (status IN ('To do', 'In progress', 'To test', 'Done')),
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, board_id) REFERENCES boards DEFERRABLE INITIALLY DEFERRED
);
-- The columns of a board.
CREATE UNIQUE INDEX board_columns_in_order ON board_columns (account_id, board_id, rank);

-- Releases.
CREATE TABLE releases (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id                   bigint NOT NULL,
    name                         text NOT NULL,
    description                  text,
    link                         text,
    start_date                   date,
    release_date                 date,
    status                       text NOT NULL CHECK (status IN ('In planning', 'In progress', 'Completed')),
    best_case_velocity_per_week  double precision CHECK (best_case_velocity_per_week >= 0),
    expected_velocity_per_week   double precision CHECK (expected_velocity_per_week >= 0),
    worst_case_velocity_per_week double precision CHECK (worst_case_velocity_per_week >= 0),
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED
);
-- The releases of a project.
CREATE UNIQUE INDEX releases_in_order ON releases (account_id, project_id, rank);

-- Sprints.
CREATE TABLE sprints (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id   bigint NOT NULL,
    name         text NOT NULL,
    description  text,
    link         text,
    start_date   date,
    end_date     date,
    board_id     bigint,
    status       text NOT NULL CHECK (status IN ('In planning', 'In progress', 'Completed', 'Aborted')),
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, board_id) REFERENCES boards DEFERRABLE INITIALLY DEFERRED
);
-- The sprints of a project.
CREATE UNIQUE INDEX sprints_in_order ON sprints (account_id, project_id, rank);

-- Teams taking part in sprints.
CREATE TABLE team_sprint_participations (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id      bigint NOT NULL,
    team_id         bigint NOT NULL,
    sprint_id       bigint NOT NULL,
    available_time  double precision CHECK (available_time >= 0),
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, team_id) REFERENCES teams DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, sprint_id) REFERENCES sprints DEFERRABLE INITIALLY DEFERRED
);
-- The participations in a sprint.
CREATE UNIQUE INDEX team_sprint_participations_in_order ON team_sprint_participations (account_id, sprint_id, rank);
-- A team takes part in a sprint once.
CREATE UNIQUE INDEX team_sprint_participations_by_team ON team_sprint_participations (account_id, sprint_id, team_id);


-- The backlog --------------------------------------------------------------------------------------------------------

-- Backlog items. No number means that none was given; the wire says -1.0 then.
CREATE TABLE backlog_items (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id       bigint NOT NULL,
    item_number      bigint NOT NULL,
    name             text NOT NULL,
    description      text,
    link             text,
    priority         text CHECK (priority IN ('Low', 'Medium', 'High', 'Urgent')),
    type             text CHECK (type IN ('Feature', 'Bug', 'Spike', 'Other')),
    color            text CHECK (color IN (
                         'Red', 'Light red', 'Dark orange', 'Orange', 'Yellow', 'Light green', 'Green', 'Dark green',
                         'Light blue', 'Blue', 'Dark blue', 'Purple', 'Pink', 'Light brown', 'Dark brown',
                         'Light gray', 'Dark gray')),
    creator_id       bigint,
    release_id       bigint,
    status           text NOT NULL CHECK (status IN (
                         'New', 'Ready for estimation', 'Ready for sprint', 'Assigned to sprint', 'To do',
                         'In progress', 'To test', 'Done', 'Sprint completed', 'Released')),
    rough_estimate   double precision CHECK (rough_estimate >= 0),
    estimate         double precision CHECK (estimate >= 0),
    used_time        double precision CHECK (used_time >= 0),
    remaining_work   double precision CHECK (remaining_work >= 0),
    sprint_id        bigint,
    team_id          bigint,
    board_id         bigint,
    board_column_id  bigint,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, creator_id) REFERENCES persons DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, release_id) REFERENCES releases DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, sprint_id) REFERENCES sprints DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, team_id) REFERENCES teams DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, board_id) REFERENCES boards DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, board_column_id) REFERENCES board_columns DEFERRABLE INITIALLY DEFERRED
);
-- The backlog of a project.
CREATE UNIQUE INDEX backlog_items_in_order ON backlog_items (account_id, project_id, rank);
-- Item numbers are unique in the account.
CREATE UNIQUE INDEX backlog_items_by_item_number ON backlog_items (account_id, item_number);

-- Tasks of backlog items.
CREATE TABLE tasks (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id       bigint NOT NULL,
    backlog_item_id  bigint NOT NULL,
    task_number      bigint NOT NULL,
    name             text NOT NULL,
    description      text,
    link             text,
    color            text CHECK (color IN (
                         'Red', 'Light red', 'Dark orange', 'Orange', 'Yellow', 'Light green', 'Green', 'Dark green',
                         'Light blue', 'Blue', 'Dark blue', 'Purple', 'Pink', 'Light brown', 'Dark brown',
                         'Light gray', 'Dark gray')),
    status           text NOT NULL CHECK (status IN ('To do', 'In progress', 'To test', 'Done')),
    board_column_id  bigint,
    estimate         double precision CHECK (estimate >= 0),
    used_time        double precision CHECK (used_time >= 0),
    remaining_work   double precision CHECK (remaining_work >= 0),
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, backlog_item_id) REFERENCES backlog_items DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, board_column_id) REFERENCES board_columns DEFERRABLE INITIALLY DEFERRED
);
-- The tasks of a backlog item.
CREATE UNIQUE INDEX tasks_in_order ON tasks (account_id, backlog_item_id, rank);
-- Task numbers are unique in the account.
CREATE UNIQUE INDEX tasks_by_task_number ON tasks (account_id, task_number);


-- What hangs on objects of several types -----------------------------------------------------------------------------

-- Attached files.
CREATE TABLE attachments (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id         bigint NOT NULL,
    owner_object_type  text NOT NULL CHECK (owner_object_type IN (
                           'Project', 'Release', 'Sprint', 'BacklogItem', 'Task')),
    owner_object_id    bigint NOT NULL,
    name               text,
    description        text,
    file_name          text,
    thumbnail_url      text,
    url                text NOT NULL,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, owner_object_id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED
);
-- The attachments of an object.
CREATE UNIQUE INDEX attachments_in_order ON attachments (account_id, owner_object_id, rank);

-- Checklists.
CREATE TABLE checklists (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id         bigint NOT NULL,
    owner_object_type  text NOT NULL CHECK (owner_object_type IN (
                           'Project', 'Release', 'Sprint', 'BacklogItem', 'Task')),
    owner_object_id    bigint NOT NULL,
    name               text NOT NULL,
    description        text,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, owner_object_id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED
);
-- The checklists of an object.
CREATE UNIQUE INDEX checklists_in_order ON checklists (account_id, owner_object_id, rank);

-- Items of checklists.
CREATE TABLE checklist_items (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id    bigint NOT NULL,
    checklist_id  bigint NOT NULL,
    name          text NOT NULL,
    description   text,
    is_checked    boolean NOT NULL,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, checklist_id) REFERENCES checklists DEFERRABLE INITIALLY DEFERRED
);
-- The items of a checklist.
CREATE UNIQUE INDEX checklist_items_in_order ON checklist_items (account_id, checklist_id, rank);

-- Comments and replies.
CREATE TABLE comments (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id         bigint NOT NULL,
    owner_object_type  text NOT NULL CHECK (owner_object_type IN (
                           'Project', 'Release', 'Sprint', 'BacklogItem', 'Task')),
    owner_object_id    bigint NOT NULL,
    parent_comment_id  bigint,
    creator_id         bigint,
    date               timestamptz NOT NULL,
    text               text,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, owner_object_id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, parent_comment_id) REFERENCES comments DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, creator_id) REFERENCES persons DEFERRABLE INITIALLY DEFERRED
);
-- The comments and replies of an object, in the order in which they were written.
CREATE UNIQUE INDEX comments_in_order ON comments (account_id, owner_object_id, rank);
-- The replies to a comment.
CREATE INDEX comments_by_parent ON comments (account_id, parent_comment_id) WHERE parent_comment_id IS NOT NULL;

-- Source control commits.
CREATE TABLE commits (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id         bigint NOT NULL,
    owner_object_type  text NOT NULL CHECK (owner_object_type IN ('BacklogItem', 'Task')),
    owner_object_id    bigint NOT NULL,
    date               timestamptz NOT NULL,
    creator_id         bigint NOT NULL,
    repository_name    text,
    repository_url     text,
    revision           text NOT NULL,
    message            text NOT NULL,
    commit_url         text,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, owner_object_id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, creator_id) REFERENCES persons DEFERRABLE INITIALLY DEFERRED
);
-- The commits of an object.
CREATE UNIQUE INDEX commits_in_order ON commits (account_id, owner_object_id, rank);

-- Times used.
CREATE TABLE time_entries (
    account_id bigint NOT NULL, id bigint NOT NULL, rank text COLLATE "C" NOT NULL,
    project_id         bigint NOT NULL,
    owner_object_type  text NOT NULL CHECK (owner_object_type IN ('BacklogItem', 'Task')),
    owner_object_id    bigint NOT NULL,
    date               date NOT NULL,
    person_id          bigint NOT NULL,
    description        text,
    used_time          double precision CHECK (used_time >= 0),
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, project_id) REFERENCES projects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, owner_object_id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, person_id) REFERENCES persons DEFERRABLE INITIALLY DEFERRED
);
-- The time entries of an object.
CREATE UNIQUE INDEX time_entries_in_order ON time_entries (account_id, owner_object_id, rank);


-- Links --------------------------------------------------------------------------------------------------------------

-- People of an object: each array property of the API that holds ids of persons is a role here.
CREATE TABLE object_persons (
    account_id  bigint NOT NULL,
    object_id   bigint NOT NULL,
    role        text NOT NULL CHECK (role IN (
                    'productOwnerIDs', 'stakeholderIDs', 'teamMemberIDs', 'assignedPersonIDs')),
    position    integer NOT NULL,
    person_id   bigint NOT NULL,
    PRIMARY KEY (account_id, object_id, role, position),
    FOREIGN KEY (account_id, object_id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, person_id) REFERENCES persons DEFERRABLE INITIALLY DEFERRED
);
-- What a person is linked to; also says that nobody is linked twice in a role.
CREATE UNIQUE INDEX object_persons_by_person ON object_persons (account_id, person_id, role, object_id);

-- Tags on objects (the property tagIDs).
CREATE TABLE object_tags (
    account_id  bigint NOT NULL,
    object_id   bigint NOT NULL,
    position    integer NOT NULL,
    tag_id      bigint NOT NULL,
    PRIMARY KEY (account_id, object_id, position),
    FOREIGN KEY (account_id, object_id) REFERENCES objects DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account_id, tag_id) REFERENCES tags DEFERRABLE INITIALLY DEFERRED
);
-- What a tag is on; also says that it is on an object once.
CREATE UNIQUE INDEX object_tags_by_tag ON object_tags (account_id, tag_id, object_id);


-- The change log and idempotency -------------------------------------------------------------------------------------

-- One row for each version of an account: who made it, with which key, by which method, when.
CREATE TABLE versions (
    account_id    bigint NOT NULL REFERENCES accounts,
    version       bigint NOT NULL,
    committed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    person_id     bigint,                               -- null: an operator at the command line
    key_id        bigint,                               -- null: the same
    method        text NOT NULL,
    call_id       text NOT NULL,                        -- as in the Call-ID header and in the server's log
    PRIMARY KEY (account_id, version)
);

-- One row for each object that a version changed. Rows are only ever added.
CREATE TABLE changes (
    account_id   bigint NOT NULL,
    version      bigint NOT NULL,
    object_id    bigint NOT NULL,
    object_type  text NOT NULL,
    project_id   bigint,                                -- the project it belongs to; null for people
    operation    text NOT NULL CHECK (operation IN ('created', 'updated', 'deleted')),
    changed      text[] NOT NULL,                       -- wire names of the properties whose values changed
    state        jsonb CHECK ((state IS NULL) = (operation = 'deleted')), -- the stored properties after the version
    PRIMARY KEY (account_id, version, object_id),
    FOREIGN KEY (account_id, version) REFERENCES versions DEFERRABLE INITIALLY DEFERRED
);
-- The life of one object.
CREATE INDEX changes_by_object ON changes (account_id, object_id, version);

-- The requestIDs of calls that succeeded, with what they answered.
CREATE TABLE requests (
    account_id       bigint NOT NULL REFERENCES accounts,
    key_id           bigint NOT NULL,
    request_id       text NOT NULL CHECK (request_id <> '' AND length(request_id) <= 255),
    executed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    version          bigint NOT NULL,                   -- the dataVersion of the answer
    method           text NOT NULL,
    parameters_hash  bytea NOT NULL,                    -- SHA-256 over the parameters, to tell another call by
    result           jsonb NOT NULL,
    PRIMARY KEY (account_id, key_id, request_id),
    FOREIGN KEY (account_id, key_id) REFERENCES api_keys
);


-- The schema itself --------------------------------------------------------------------------------------------------

-- The migration steps that this database has been through. Not account data, and read once per start: no key, no index.
CREATE TABLE schema_steps (
    step        integer NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now()
);
