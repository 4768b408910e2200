-- The whole present schema of scrumrpc, to be read from top to bottom.
--
-- Every primary key and every index begins with account_id, so that accounts can be spread over machines. Objects are
-- numbered over all types of an account; a column that refers to an object holds its number. Ranks sort a list
-- bytewise (COLLATE "C"): a new rank fits between any two, so an insert or a move touches one row.
--
-- Older databases are brought here by the numbered steps in scrumrpc/store/steps/; a test proves that they lead here.

-- Accounts and who may call ------------------------------------------------------------------------------------------

-- A company. A writing call locks its row first: the version and the counters below are only changed under that lock.
CREATE TABLE accounts (
    account_id          bigint PRIMARY KEY CHECK (account_id > 0),
    name                text NOT NULL,
    created_at          timestamptz NOT NULL DEFAULT now(),
    epoch               text NOT NULL DEFAULT left(replace(gen_random_uuid()::text, '-', ''), 12), -- new after a restore
    data_version        bigint NOT NULL DEFAULT 0,
    oldest_version      bigint NOT NULL DEFAULT 0,      -- what was before it is kept for named versions only
    last_object         bigint NOT NULL DEFAULT 0,      -- number of the newest object
    last_item_number    bigint NOT NULL DEFAULT 0,      -- BacklogItem.itemNumber of the newest backlog item
    last_task_number    bigint NOT NULL DEFAULT 0,      -- Task.taskNumber of the newest task
    is_closed           boolean NOT NULL DEFAULT false,
    has_api_access      boolean NOT NULL DEFAULT true,
    has_access_control  boolean NOT NULL DEFAULT false, -- whether only their people and administrators reach projects
    in_maintenance      boolean NOT NULL DEFAULT false,
    commit_hook_secret  text,                           -- what pushes are signed with; null: no pushes are taken
    commit_hook_person  bigint,                         -- who set it: pushes are recorded on that person's behalf
    last_webhook        bigint NOT NULL DEFAULT 0       -- number of the newest webhook
);

-- API keys. Only the SHA-256 of a key is kept; a revoked key stays, because the change log names it.
CREATE TABLE api_keys (
    account_id    bigint NOT NULL REFERENCES accounts,
    key_id        bigint NOT NULL,
    name          text NOT NULL,
    prefix        text NOT NULL,                        -- the first characters, to tell keys apart in lists and logs
    key_hash      bytea NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz,                          -- no call is made with it from then on; null: it stays valid
    is_read_only  boolean NOT NULL DEFAULT false,       -- whether it is only for calls that change nothing
    last_used_at  timestamptz,                          -- written at most once a minute
    revoked_at    timestamptz,
    PRIMARY KEY (account_id, key_id));
-- Finds the key that a call presents.
CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (account_id, key_hash);

-- Kinds of columns ---------------------------------------------------------------------------------------------------

-- The colours of cards, tags and the like.
CREATE DOMAIN color AS text CHECK (VALUE IN (
    'Red', 'Light red', 'Dark orange', 'Orange', 'Yellow', 'Light green', 'Green', 'Dark green', 'Light blue', 'Blue',
    'Dark blue', 'Purple', 'Pink', 'Light brown', 'Dark brown', 'Light gray', 'Dark gray'));
-- The statuses of tasks and of what stands on boards.
CREATE DOMAIN task_status AS text CHECK (VALUE IN ('To do', 'In progress', 'To test', 'Done'));
-- What estimates and times are counted in.
CREATE DOMAIN unit AS text CHECK (VALUE IN ('Points', 'Days', 'Hours'));
-- Estimates, times and velocities.
CREATE DOMAIN amount AS double precision CHECK (VALUE >= 0);

-- Objects: identity --------------------------------------------------------------------------------------------------

-- One row for each object of whatever type: its number, its wire id, its external id.
CREATE TABLE objects (
    account_id   bigint NOT NULL REFERENCES accounts,
    id           bigint NOT NULL,
    type         text NOT NULL,
    wire_id      text NOT NULL,
    external_id  text CHECK (external_id <> '' AND length(external_id) <= 255), PRIMARY KEY (account_id, id));
-- Finds the object that a parameter names; wire ids are unique within a type only (the documentation's examples have
-- an attachment and a person of the same id).
CREATE UNIQUE INDEX objects_by_wire_id ON objects (account_id, type, wire_id);
-- External ids are unique among the objects of a type; deleted persons keep theirs, whoever has it now.
CREATE UNIQUE INDEX objects_by_external_id ON objects (account_id, type, external_id)
    WHERE external_id IS NOT NULL AND type <> 'DeletedPerson';

-- People -------------------------------------------------------------------------------------------------------------

-- Persons and, with is_deleted, deleted persons, whom other objects still refer to.
CREATE TABLE persons (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    first_name text NOT NULL, last_name text, nickname text, email_address text NOT NULL,
    login text NOT NULL,                                -- the address in folded letters; lower() depends on the locale
    phone text, im text, description text, photo_url text,
    is_activated boolean NOT NULL, is_administrator boolean NOT NULL, is_deleted boolean NOT NULL,
    PRIMARY KEY (account_id, id));
-- Finds the person that a call is made for; nobody else may have the address.
CREATE UNIQUE INDEX persons_by_login ON persons (account_id, login) WHERE NOT is_deleted;
-- The list of persons.
CREATE UNIQUE INDEX persons_in_order ON persons (account_id, rank);

-- Projects and what stands in them -----------------------------------------------------------------------------------

-- Projects.
CREATE TABLE projects (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    name text NOT NULL, description text, link text,
    status text NOT NULL CHECK (status IN ('Active', 'Archived')),
    rough_estimate_unit unit NOT NULL, detailed_estimate_unit unit NOT NULL, time_tracking_unit unit NOT NULL,
    PRIMARY KEY (account_id, id));
-- The list of projects.
CREATE UNIQUE INDEX projects_in_order ON projects (account_id, rank);
-- Project names are unique in the account.
CREATE UNIQUE INDEX projects_by_name ON projects (account_id, name);

-- Teams.
CREATE TABLE teams (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, name text NOT NULL, description text, PRIMARY KEY (account_id, id));
-- The teams of a project.
CREATE UNIQUE INDEX teams_in_order ON teams (account_id, project_id, rank);

-- Tags.
CREATE TABLE tags (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, name text NOT NULL, description text, color color NOT NULL,
    PRIMARY KEY (account_id, id));
-- The tags of a project.
CREATE UNIQUE INDEX tags_in_order ON tags (account_id, project_id, rank);
-- Tag names are unique in a project.
CREATE UNIQUE INDEX tags_by_name ON tags (account_id, project_id, name);

-- Custom fields.
CREATE TABLE custom_fields (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, name text NOT NULL, description text,
    owner_object_types text[] NOT NULL, owner_backlog_item_types text[],
    type text NOT NULL CHECK (type IN (
        'Text (single line)', 'Text (multiple lines)', 'Checkbox', 'Integer', 'Number', 'Date', 'Link', 'Person',
        'Team', 'Release', 'Sprint', 'Dropdown', 'Radio buttons', 'Checkboxes', 'List (single selection)',
        'List (multiple selections)')),
    unit text, options text[], is_required boolean NOT NULL, PRIMARY KEY (account_id, id));
-- The custom fields of a project.
CREATE UNIQUE INDEX custom_fields_in_order ON custom_fields (account_id, project_id, rank);
-- Names of custom fields are unique in a project.
CREATE UNIQUE INDEX custom_fields_by_name ON custom_fields (account_id, project_id, name);

-- Boards.
CREATE TABLE boards (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, name text NOT NULL, description text,
    type text NOT NULL CHECK (type IN ('Scrum', 'Kanban')), PRIMARY KEY (account_id, id));
-- The boards of a project.
CREATE UNIQUE INDEX boards_in_order ON boards (account_id, project_id, rank);
-- Columns of boards.
CREATE TABLE board_columns (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, board_id bigint NOT NULL, name text NOT NULL, description text,
    status task_status NOT NULL, PRIMARY KEY (account_id, id));
-- The columns of a board.
CREATE UNIQUE INDEX board_columns_in_order ON board_columns (account_id, board_id, rank);

-- Releases.
CREATE TABLE releases (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, name text NOT NULL, description text, link text,
    start_date date, release_date date,
    status text NOT NULL CHECK (status IN ('In planning', 'In progress', 'Completed')),
    best_case_velocity_per_week amount, expected_velocity_per_week amount, worst_case_velocity_per_week amount,
    PRIMARY KEY (account_id, id));
-- The releases of a project.
CREATE UNIQUE INDEX releases_in_order ON releases (account_id, project_id, rank);

-- Sprints.
CREATE TABLE sprints (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, name text NOT NULL, description text, link text,
    start_date date, end_date date, board_id bigint, is_archived boolean NOT NULL,
    status text NOT NULL CHECK (status IN ('In planning', 'In progress', 'Completed', 'Aborted')),
    PRIMARY KEY (account_id, id));
-- The sprints of a project.
CREATE UNIQUE INDEX sprints_in_order ON sprints (account_id, project_id, rank);
-- Teams taking part in sprints.
CREATE TABLE team_sprint_participations (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, team_id bigint NOT NULL, sprint_id bigint NOT NULL, available_time amount,
    PRIMARY KEY (account_id, id));
-- The participations in a sprint.
CREATE UNIQUE INDEX team_sprint_participations_in_order ON team_sprint_participations (account_id, sprint_id, rank);
-- A team takes part in a sprint once.
CREATE UNIQUE INDEX team_sprint_participations_by_team ON team_sprint_participations (account_id, sprint_id, team_id);

-- Messages.
CREATE TABLE messages (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, title text NOT NULL, text text, link text,
    type text CHECK (type IN ('Announcement', 'Information', 'Question', 'Idea', 'To do', 'Other')),
    creator_id bigint, date timestamptz NOT NULL, color color NOT NULL, is_archived boolean NOT NULL,
    PRIMARY KEY (account_id, id));
-- The messages of a project.
CREATE UNIQUE INDEX messages_in_order ON messages (account_id, project_id, rank);

-- Files and folders.
CREATE TABLE files (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, parent_folder_id bigint, is_folder boolean NOT NULL,
    name text, description text, creator_id bigint, date timestamptz, is_archived boolean NOT NULL,
    file_name text, thumbnail_url text, url text,
    content bigint,                                     -- the number in file_contents
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, parent_folder_id) REFERENCES files);
-- The files of a project.
CREATE UNIQUE INDEX files_in_order ON files (account_id, project_id, rank);
-- What is in a folder.
CREATE INDEX files_by_folder ON files (account_id, parent_folder_id) WHERE parent_folder_id IS NOT NULL;

-- Retrospectives, with the headings of their columns.
CREATE TABLE retrospectives (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, name text NOT NULL, description text, creator_id bigint,
    creation_date timestamptz NOT NULL, color color NOT NULL, is_archived boolean NOT NULL,
    column_names text[] NOT NULL, column_colors text[] NOT NULL, PRIMARY KEY (account_id, id));
-- The retrospectives of a project.
CREATE UNIQUE INDEX retrospectives_in_order ON retrospectives (account_id, project_id, rank);
-- Cards in the columns of retrospectives.
CREATE TABLE retrospective_cards (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, retrospective_id bigint NOT NULL, column_num bigint NOT NULL CHECK (column_num > 0),
    name text NOT NULL, description text, creator_id bigint, creation_date timestamptz NOT NULL, color color,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, retrospective_id) REFERENCES retrospectives);
-- The cards of a retrospective.
CREATE UNIQUE INDEX retrospective_cards_in_order ON retrospective_cards (account_id, retrospective_id, rank);

-- The backlog --------------------------------------------------------------------------------------------------------

-- Backlogs.
CREATE TABLE backlogs (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, name text NOT NULL, description text, color color, is_archived boolean NOT NULL,
    PRIMARY KEY (account_id, id));
-- The backlogs of a project.
CREATE UNIQUE INDEX backlogs_in_order ON backlogs (account_id, project_id, rank);
-- Lists in backlogs.
CREATE TABLE backlog_lists (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, backlog_id bigint NOT NULL,
    name text NOT NULL, description text, color color, is_archived boolean NOT NULL, PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, backlog_id) REFERENCES backlogs);
-- The lists of a backlog.
CREATE UNIQUE INDEX backlog_lists_in_order ON backlog_lists (account_id, backlog_id, rank);

-- Backlog items. No number means that none was given; the wire says -1.0 then.
CREATE TABLE backlog_items (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, item_number bigint NOT NULL, parent_epic_id bigint, backlog_list_id bigint,
    name text NOT NULL, description text, link text,
    priority text CHECK (priority IN ('Low', 'Medium', 'High', 'Urgent')),
    type text CHECK (type IN ('Feature', 'Bug', 'Spike', 'Other', 'Epic')),
    color color, creator_id bigint, creation_date timestamptz,
    bug_state text CHECK (bug_state IN ('Open', 'Closed')),
    reproducible text CHECK (reproducible IN ('No', 'Sometimes', 'Always')),
    resolution text CHECK (resolution IN (
        'Not enough information', 'Cannot reproduce', 'Not a bug', 'Duplicate', 'Postponed', 'Won''t fix', 'Fixed')),
    release_id bigint,
    status text NOT NULL CHECK (status IN (
        'New', 'Ready for estimation', 'Ready for sprint', 'Assigned to sprint', 'To do', 'In progress', 'To test',
        'Done', 'Sprint completed', 'Released')),
    to_do_date timestamptz, in_progress_date timestamptz, to_test_date timestamptz, done_date timestamptz,
    rough_estimate amount, estimate amount, used_time amount, remaining_work amount,
    sprint_id bigint, team_id bigint, board_id bigint, board_column_id bigint,
    is_archived_in_board boolean NOT NULL, due_date date, board_rank text COLLATE "C", PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, parent_epic_id) REFERENCES backlog_items,
    FOREIGN KEY (account_id, backlog_list_id) REFERENCES backlog_lists,
    FOREIGN KEY (account_id, release_id) REFERENCES releases);
-- The backlog of a project.
CREATE UNIQUE INDEX backlog_items_in_order ON backlog_items (account_id, project_id, rank);
-- Item numbers are unique in the account.
CREATE UNIQUE INDEX backlog_items_by_item_number ON backlog_items (account_id, item_number);
-- The items on a board.
CREATE UNIQUE INDEX backlog_items_on_board ON backlog_items (account_id, board_id, board_rank);
-- The items of an epic.
CREATE INDEX backlog_items_by_epic ON backlog_items (account_id, parent_epic_id) WHERE parent_epic_id IS NOT NULL;
-- The items of a sprint.
CREATE INDEX backlog_items_by_sprint ON backlog_items (account_id, sprint_id) WHERE sprint_id IS NOT NULL;
-- The items of a release.
CREATE INDEX backlog_items_by_release ON backlog_items (account_id, release_id) WHERE release_id IS NOT NULL;
-- The items in a list.
CREATE INDEX backlog_items_by_list ON backlog_items (account_id, backlog_list_id);

-- Tasks of backlog items.
CREATE TABLE tasks (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, backlog_item_id bigint NOT NULL, task_number bigint NOT NULL,
    name text NOT NULL, description text, link text, color color, creation_date timestamptz,
    status task_status NOT NULL,
    to_do_date timestamptz, in_progress_date timestamptz, to_test_date timestamptz, done_date timestamptz,
    board_column_id bigint, estimate amount, used_time amount, remaining_work amount, due_date date,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, backlog_item_id) REFERENCES backlog_items);
-- The tasks of a backlog item.
CREATE UNIQUE INDEX tasks_in_order ON tasks (account_id, backlog_item_id, rank);
-- Task numbers are unique in the account.
CREATE UNIQUE INDEX tasks_by_task_number ON tasks (account_id, task_number);

-- How backlog items and tasks relate.
CREATE TABLE relationships (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL,
    type text NOT NULL CHECK (type IN (
        'Must be done after', 'Must be done before', 'Is dependent on', 'Is dependency for', 'Is blocked by',
        'Is blocking', 'Is bug on', 'Has bug', 'Is duplicate of', 'Has duplicate', 'Is related to')),
    from_object_type text NOT NULL CHECK (from_object_type IN ('BacklogItem', 'Task')), from_object_id bigint NOT NULL,
    to_object_type text NOT NULL CHECK (to_object_type IN ('BacklogItem', 'Task')), to_object_id bigint NOT NULL,
    description text, PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, from_object_id) REFERENCES objects,
    FOREIGN KEY (account_id, to_object_id) REFERENCES objects);
-- The relationships of a project.
CREATE UNIQUE INDEX relationships_in_order ON relationships (account_id, project_id, rank);
-- The relationships of an object, from it.
CREATE INDEX relationships_from ON relationships (account_id, from_object_id);
-- The relationships of an object, to it.
CREATE INDEX relationships_to ON relationships (account_id, to_object_id);

-- What hangs on objects of several types -----------------------------------------------------------------------------

-- Attached files.
CREATE TABLE attachments (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, owner_object_id bigint NOT NULL,
    owner_object_type text NOT NULL CHECK (owner_object_type IN (
        'Project', 'Message', 'Release', 'Sprint', 'BacklogItem', 'Task', 'Retrospective', 'RetrospectiveCard')),
    name text, description text, file_name text, thumbnail_url text, url text NOT NULL,
    content bigint, PRIMARY KEY (account_id, id));
-- The attachments of an object.
CREATE UNIQUE INDEX attachments_in_order ON attachments (account_id, owner_object_id, rank);

-- Checklists.
CREATE TABLE checklists (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, owner_object_id bigint NOT NULL,
    owner_object_type text NOT NULL CHECK (owner_object_type IN (
        'Project', 'Message', 'Release', 'Sprint', 'BacklogItem', 'Task', 'Retrospective', 'RetrospectiveCard')),
    name text NOT NULL, description text, PRIMARY KEY (account_id, id));
-- The checklists of an object.
CREATE UNIQUE INDEX checklists_in_order ON checklists (account_id, owner_object_id, rank);
-- Items of checklists.
CREATE TABLE checklist_items (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, checklist_id bigint NOT NULL,
    name text NOT NULL, description text, is_checked boolean NOT NULL, PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, checklist_id) REFERENCES checklists);
-- The items of a checklist.
CREATE UNIQUE INDEX checklist_items_in_order ON checklist_items (account_id, checklist_id, rank);

-- Comments and replies.
CREATE TABLE comments (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, owner_object_id bigint NOT NULL,
    owner_object_type text NOT NULL CHECK (owner_object_type IN (
        'Project', 'Message', 'Release', 'Sprint', 'BacklogItem', 'Task', 'Retrospective',
        'RetrospectiveCard', 'File')),
    parent_comment_id bigint, creator_id bigint, date timestamptz NOT NULL, text text, PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, parent_comment_id) REFERENCES comments);
-- The comments and replies of an object, in the order in which they were written.
CREATE UNIQUE INDEX comments_in_order ON comments (account_id, owner_object_id, rank);
-- The replies to a comment.
CREATE INDEX comments_by_parent ON comments (account_id, parent_comment_id) WHERE parent_comment_id IS NOT NULL;

-- Source control commits.
CREATE TABLE commits (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, owner_object_id bigint NOT NULL,
    owner_object_type text NOT NULL CHECK (owner_object_type IN ('BacklogItem', 'Task')),
    date timestamptz NOT NULL, creator_id bigint NOT NULL, repository_name text, repository_url text,
    revision text NOT NULL, message text NOT NULL, commit_url text, PRIMARY KEY (account_id, id));
-- The commits of an object.
CREATE UNIQUE INDEX commits_in_order ON commits (account_id, owner_object_id, rank);

-- Times used.
CREATE TABLE time_entries (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, owner_object_id bigint NOT NULL,
    owner_object_type text NOT NULL CHECK (owner_object_type IN ('BacklogItem', 'Task')),
    date date NOT NULL, person_id bigint NOT NULL, description text, used_time amount, PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, person_id) REFERENCES persons);
-- The time entries of an object.
CREATE UNIQUE INDEX time_entries_in_order ON time_entries (account_id, owner_object_id, rank);

-- Values of custom fields.
CREATE TABLE custom_field_values (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, owner_object_id bigint NOT NULL,
    owner_object_type text NOT NULL CHECK (owner_object_type IN (
        'BacklogItem', 'Task', 'Release', 'Sprint', 'TimeEntry')),
    custom_field_id bigint NOT NULL, value text NOT NULL, PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, custom_field_id) REFERENCES custom_fields);
-- The values of an object.
CREATE UNIQUE INDEX custom_field_values_in_order ON custom_field_values (account_id, owner_object_id, rank);
-- An object has one value in a field.
CREATE UNIQUE INDEX custom_field_values_by_field ON custom_field_values (account_id, custom_field_id, owner_object_id);

-- The contents of files that this server keeps. They are only ever added: past versions show them as well.
CREATE TABLE file_contents (
    account_id    bigint NOT NULL REFERENCES accounts,
    content       bigint NOT NULL,                      -- numbered with the objects of the account
    content_type  text NOT NULL,
    bytes         bytea NOT NULL,
    PRIMARY KEY (account_id, content));

-- Links --------------------------------------------------------------------------------------------------------------

-- People of an object: each array property of the API that holds ids of persons is a role here.
CREATE TABLE object_persons (account_id bigint, object_id bigint,
    role text CHECK (role IN ('productOwnerIDs', 'stakeholderIDs', 'teamMemberIDs', 'assignedPersonIDs')),
    position integer, person_id bigint NOT NULL,
    PRIMARY KEY (account_id, object_id, role, position),
    FOREIGN KEY (account_id, object_id) REFERENCES objects, FOREIGN KEY (account_id, person_id) REFERENCES persons);
-- What a person is linked to; also says that nobody is linked twice in a role.
CREATE UNIQUE INDEX object_persons_by_person ON object_persons (account_id, person_id, role, object_id);

-- Tags on objects (the property tagIDs).
CREATE TABLE object_tags (account_id bigint, object_id bigint, position integer, tag_id bigint NOT NULL,
    PRIMARY KEY (account_id, object_id, position),
    FOREIGN KEY (account_id, object_id) REFERENCES objects, FOREIGN KEY (account_id, tag_id) REFERENCES tags);
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
    PRIMARY KEY (account_id, version));

-- One row for each object that a version changed. Rows are only ever added, and given up below the oldest version.
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
    FOREIGN KEY (account_id, version) REFERENCES versions);
-- The life of one object.
CREATE INDEX changes_by_object ON changes (account_id, object_id, version);

-- What people call versions by. A version that has a name stays readable when others of its time are given up.
CREATE TABLE named_versions (
    account_id  bigint NOT NULL REFERENCES accounts,
    name        text COLLATE "C" NOT NULL,
    version     bigint NOT NULL,
    note        text,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    person_id   bigint,                                 -- who gave it; null: an operator at the command line
    PRIMARY KEY (account_id, name));

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
    FOREIGN KEY (account_id, key_id) REFERENCES api_keys);

-- Webhooks -----------------------------------------------------------------------------------------------------------

-- Where versions are sent: those after delivered_version, in order, by the sender that has claimed the webhook.
CREATE TABLE webhooks (account_id bigint REFERENCES accounts, webhook_id bigint, url text NOT NULL, description text,
    projects bigint[], project_ids text[],              -- changes of these projects, by number and id; null: all
    object_types text[], person_id bigint NOT NULL,     -- whose reach limits what is sent: who added or enabled it
    created_at timestamptz NOT NULL DEFAULT now(), secret text NOT NULL,
    old_secret text, old_secret_until timestamptz,      -- signs as well until then
    is_enabled boolean NOT NULL DEFAULT true, disabled_reason text, CHECK (is_enabled = (disabled_reason IS NULL)),
    delivered_version bigint NOT NULL, last_delivery bigint NOT NULL DEFAULT 0,
    test_id text,                                       -- what a test is to be sent under; null: none is to be sent
    failures integer NOT NULL DEFAULT 0, due_at timestamptz NOT NULL DEFAULT now(), -- in a row; when it is tried next
    claim text, claimed_until timestamptz, PRIMARY KEY (account_id, webhook_id));
-- The latest attempts to send something to a webhook; without a version they are tests.
CREATE TABLE webhook_deliveries (account_id bigint, webhook_id bigint, delivery bigint, message_id text NOT NULL,
    version bigint, attempt integer NOT NULL, sent_at timestamptz NOT NULL, milliseconds integer NOT NULL,
    status integer, failure text,                       -- what was answered, and why it was not enough
    PRIMARY KEY (account_id, webhook_id, delivery),
    FOREIGN KEY (account_id, webhook_id) REFERENCES webhooks ON DELETE CASCADE);

-- The schema itself --------------------------------------------------------------------------------------------------

-- The migration steps that this database has been through. Not account data, and read once per start: no key, no index.
CREATE TABLE schema_steps (
    step        integer NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now()
);

-- What holds for all of them -----------------------------------------------------------------------------------------

-- Whatever has a rank is an object and has its row in objects; columns that many of them have refer to the same table
-- in all of them. References are checked at COMMIT, so that a call may write its rows in any order.
DO $$
DECLARE each record;
BEGIN
    FOR each IN SELECT c.attrelid::regclass AS referring, r.referring_column, r.referred
        FROM pg_attribute c
        JOIN (VALUES ('id', 'objects'), ('owner_object_id', 'objects'), ('project_id', 'projects'),
                     ('creator_id', 'persons'), ('team_id', 'teams'), ('sprint_id', 'sprints'), ('board_id', 'boards'),
                     ('board_column_id', 'board_columns')) AS r (referring_column, referred)
          ON r.referring_column = c.attname
        WHERE c.attrelid IN (SELECT attrelid FROM pg_attribute WHERE attname = 'rank' AND attrelid IN (
            SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace))
    LOOP
        EXECUTE format('ALTER TABLE %s ADD FOREIGN KEY (account_id, %I) REFERENCES %I',
                       each.referring, each.referring_column, each.referred);
    END LOOP;
    FOR each IN SELECT conrelid::regclass AS referring, conname AS name FROM pg_constraint
        WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED', each.referring, each.name);
    END LOOP;
END $$;
