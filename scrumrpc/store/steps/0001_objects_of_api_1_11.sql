-- The objects of API 1.11. What is there keeps its values; new properties start without one, and what the change log
-- says of objects as they were before is completed when it is read (scrumrpc/model/defaults.py).

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

ALTER TABLE projects DROP CONSTRAINT projects_rough_estimate_unit_check, ALTER COLUMN rough_estimate_unit TYPE unit;
ALTER TABLE projects DROP CONSTRAINT projects_detailed_estimate_unit_check,
    ALTER COLUMN detailed_estimate_unit TYPE unit;
ALTER TABLE projects DROP CONSTRAINT projects_time_tracking_unit_check, ALTER COLUMN time_tracking_unit TYPE unit;
ALTER TABLE tags DROP CONSTRAINT tags_color_check, ALTER COLUMN color TYPE color;
ALTER TABLE backlog_items DROP CONSTRAINT backlog_items_color_check, ALTER COLUMN color TYPE color;
ALTER TABLE tasks DROP CONSTRAINT tasks_color_check, ALTER COLUMN color TYPE color;
ALTER TABLE board_columns DROP CONSTRAINT board_columns_status_check, ALTER COLUMN status TYPE task_status;
ALTER TABLE tasks DROP CONSTRAINT tasks_status_check, ALTER COLUMN status TYPE task_status;
ALTER TABLE releases DROP CONSTRAINT releases_best_case_velocity_per_week_check,
    ALTER COLUMN best_case_velocity_per_week TYPE amount;
ALTER TABLE releases DROP CONSTRAINT releases_expected_velocity_per_week_check,
    ALTER COLUMN expected_velocity_per_week TYPE amount;
ALTER TABLE releases DROP CONSTRAINT releases_worst_case_velocity_per_week_check,
    ALTER COLUMN worst_case_velocity_per_week TYPE amount;
ALTER TABLE team_sprint_participations DROP CONSTRAINT team_sprint_participations_available_time_check,
    ALTER COLUMN available_time TYPE amount;
ALTER TABLE backlog_items DROP CONSTRAINT backlog_items_rough_estimate_check, ALTER COLUMN rough_estimate TYPE amount;
ALTER TABLE backlog_items DROP CONSTRAINT backlog_items_estimate_check, ALTER COLUMN estimate TYPE amount;
ALTER TABLE backlog_items DROP CONSTRAINT backlog_items_used_time_check, ALTER COLUMN used_time TYPE amount;
ALTER TABLE backlog_items DROP CONSTRAINT backlog_items_remaining_work_check, ALTER COLUMN remaining_work TYPE amount;
ALTER TABLE tasks DROP CONSTRAINT tasks_estimate_check, ALTER COLUMN estimate TYPE amount;
ALTER TABLE tasks DROP CONSTRAINT tasks_used_time_check, ALTER COLUMN used_time TYPE amount;
ALTER TABLE tasks DROP CONSTRAINT tasks_remaining_work_check, ALTER COLUMN remaining_work TYPE amount;
ALTER TABLE time_entries DROP CONSTRAINT time_entries_used_time_check, ALTER COLUMN used_time TYPE amount;

-- Backlogs.
CREATE TABLE backlogs (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, name text NOT NULL, description text, color color, is_archived boolean NOT NULL,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, project_id) REFERENCES projects);
-- The backlogs of a project.
CREATE UNIQUE INDEX backlogs_in_order ON backlogs (account_id, project_id, rank);

-- Lists in backlogs.
CREATE TABLE backlog_lists (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, backlog_id bigint NOT NULL,
    name text NOT NULL, description text, color color, is_archived boolean NOT NULL,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, project_id) REFERENCES projects,
    FOREIGN KEY (account_id, backlog_id) REFERENCES backlogs);
-- The lists of a backlog.
CREATE UNIQUE INDEX backlog_lists_in_order ON backlog_lists (account_id, backlog_id, rank);

-- Custom fields.
CREATE TABLE custom_fields (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, name text NOT NULL, description text,
    owner_object_types text[] NOT NULL, owner_backlog_item_types text[],
    type text NOT NULL CHECK (type IN (
        'Text (single line)', 'Text (multiple lines)', 'Checkbox', 'Integer', 'Number', 'Date', 'Link', 'Person',
        'Team', 'Release', 'Sprint', 'Dropdown', 'Radio buttons', 'Checkboxes', 'List (single selection)',
        'List (multiple selections)')),
    unit text, options text[], is_required boolean NOT NULL,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, project_id) REFERENCES projects);
-- The custom fields of a project.
CREATE UNIQUE INDEX custom_fields_in_order ON custom_fields (account_id, project_id, rank);
-- Names of custom fields are unique in a project.
CREATE UNIQUE INDEX custom_fields_by_name ON custom_fields (account_id, project_id, name);

-- Values of custom fields.
CREATE TABLE custom_field_values (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, owner_object_id bigint NOT NULL,
    owner_object_type text NOT NULL CHECK (owner_object_type IN (
        'BacklogItem', 'Task', 'Release', 'Sprint', 'TimeEntry')),
    custom_field_id bigint NOT NULL, value text NOT NULL,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, project_id) REFERENCES projects,
    FOREIGN KEY (account_id, owner_object_id) REFERENCES objects,
    FOREIGN KEY (account_id, custom_field_id) REFERENCES custom_fields);
-- The values of an object.
CREATE UNIQUE INDEX custom_field_values_in_order ON custom_field_values (account_id, owner_object_id, rank);
-- An object has one value in a field.
CREATE UNIQUE INDEX custom_field_values_by_field ON custom_field_values (account_id, custom_field_id, owner_object_id);

-- Messages.
CREATE TABLE messages (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, title text NOT NULL, text text, link text,
    type text CHECK (type IN ('Announcement', 'Information', 'Question', 'Idea', 'To do', 'Other')),
    creator_id bigint, date timestamptz NOT NULL, color color NOT NULL, is_archived boolean NOT NULL,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, project_id) REFERENCES projects,
    FOREIGN KEY (account_id, creator_id) REFERENCES persons);
-- The messages of a project.
CREATE UNIQUE INDEX messages_in_order ON messages (account_id, project_id, rank);

-- Files and folders.
CREATE TABLE files (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, parent_folder_id bigint, is_folder boolean NOT NULL,
    name text, description text, creator_id bigint, date timestamptz, is_archived boolean NOT NULL,
    file_name text, thumbnail_url text, url text,
    content bigint,                                     -- the number in file_contents
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, project_id) REFERENCES projects,
    FOREIGN KEY (account_id, parent_folder_id) REFERENCES files,
    FOREIGN KEY (account_id, creator_id) REFERENCES persons);
-- The files of a project.
CREATE UNIQUE INDEX files_in_order ON files (account_id, project_id, rank);
-- What is in a folder.
CREATE INDEX files_by_folder ON files (account_id, parent_folder_id) WHERE parent_folder_id IS NOT NULL;

-- How backlog items and tasks relate.
CREATE TABLE relationships (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL,
    type text NOT NULL CHECK (type IN (
        'Must be done after', 'Must be done before', 'Is dependent on', 'Is dependency for', 'Is blocked by',
        'Is blocking', 'Is bug on', 'Has bug', 'Is duplicate of', 'Has duplicate', 'Is related to')),
    from_object_type text NOT NULL CHECK (from_object_type IN ('BacklogItem', 'Task')), from_object_id bigint NOT NULL,
    to_object_type text NOT NULL CHECK (to_object_type IN ('BacklogItem', 'Task')), to_object_id bigint NOT NULL,
    description text,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, project_id) REFERENCES projects,
    FOREIGN KEY (account_id, from_object_id) REFERENCES objects,
    FOREIGN KEY (account_id, to_object_id) REFERENCES objects);
-- The relationships of a project.
CREATE UNIQUE INDEX relationships_in_order ON relationships (account_id, project_id, rank);
-- The relationships of an object, from it.
CREATE INDEX relationships_from ON relationships (account_id, from_object_id);
-- The relationships of an object, to it.
CREATE INDEX relationships_to ON relationships (account_id, to_object_id);

-- Retrospectives, with the headings of their columns.
CREATE TABLE retrospectives (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, name text NOT NULL, description text, creator_id bigint,
    creation_date timestamptz NOT NULL, color color NOT NULL, is_archived boolean NOT NULL,
    column_names text[] NOT NULL, column_colors text[] NOT NULL,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, project_id) REFERENCES projects,
    FOREIGN KEY (account_id, creator_id) REFERENCES persons);
-- The retrospectives of a project.
CREATE UNIQUE INDEX retrospectives_in_order ON retrospectives (account_id, project_id, rank);

-- Cards in the columns of retrospectives.
CREATE TABLE retrospective_cards (account_id bigint, id bigint, rank text COLLATE "C" NOT NULL,
    project_id bigint NOT NULL, retrospective_id bigint NOT NULL, column_num bigint NOT NULL CHECK (column_num > 0),
    name text NOT NULL, description text, creator_id bigint, creation_date timestamptz NOT NULL, color color,
    PRIMARY KEY (account_id, id), FOREIGN KEY (account_id, project_id) REFERENCES projects,
    FOREIGN KEY (account_id, retrospective_id) REFERENCES retrospectives,
    FOREIGN KEY (account_id, creator_id) REFERENCES persons);
-- The cards of a retrospective.
CREATE UNIQUE INDEX retrospective_cards_in_order ON retrospective_cards (account_id, retrospective_id, rank);

-- The contents of files that this server keeps. They are only ever added: past versions show them as well.
CREATE TABLE file_contents (
    account_id    bigint NOT NULL REFERENCES accounts,
    content       bigint NOT NULL,                      -- numbered with the objects of the account
    content_type  text NOT NULL,
    bytes         bytea NOT NULL,
    PRIMARY KEY (account_id, content));

ALTER TABLE accounts ADD COLUMN commit_hook_secret text, ADD COLUMN commit_hook_person bigint;

DROP INDEX objects_by_external_id;
CREATE UNIQUE INDEX objects_by_external_id ON objects (account_id, type, external_id)
    WHERE external_id IS NOT NULL AND type <> 'DeletedPerson';

ALTER TABLE sprints ADD COLUMN is_archived boolean NOT NULL DEFAULT false;
ALTER TABLE sprints ALTER COLUMN is_archived DROP DEFAULT;

ALTER TABLE backlog_items
    ADD COLUMN parent_epic_id bigint, ADD COLUMN backlog_list_id bigint, ADD COLUMN creation_date timestamptz,
    ADD COLUMN bug_state text CHECK (bug_state IN ('Open', 'Closed')),
    ADD COLUMN reproducible text CHECK (reproducible IN ('No', 'Sometimes', 'Always')),
    ADD COLUMN resolution text CHECK (resolution IN (
        'Not enough information', 'Cannot reproduce', 'Not a bug', 'Duplicate', 'Postponed', 'Won''t fix', 'Fixed')),
    ADD COLUMN to_do_date timestamptz, ADD COLUMN in_progress_date timestamptz, ADD COLUMN to_test_date timestamptz,
    ADD COLUMN done_date timestamptz, ADD COLUMN is_archived_in_board boolean NOT NULL DEFAULT false,
    ADD COLUMN due_date date, ADD COLUMN board_rank text COLLATE "C",
    DROP CONSTRAINT backlog_items_type_check,
    ADD CONSTRAINT backlog_items_type_check CHECK (type IN ('Feature', 'Bug', 'Spike', 'Other', 'Epic')),
    ADD FOREIGN KEY (account_id, parent_epic_id) REFERENCES backlog_items,
    ADD FOREIGN KEY (account_id, backlog_list_id) REFERENCES backlog_lists;
ALTER TABLE backlog_items ALTER COLUMN is_archived_in_board DROP DEFAULT;
-- Until now boards showed their items in backlog order.
UPDATE backlog_items SET board_rank = rank WHERE board_id IS NOT NULL;
-- Bugs are open until they have a resolution, which none had.
UPDATE backlog_items SET bug_state = 'Open' WHERE type = 'Bug';
-- The references of the updated rows are checked now: no index can be made while checks are pending.
SET CONSTRAINTS ALL IMMEDIATE;
CREATE UNIQUE INDEX backlog_items_on_board ON backlog_items (account_id, board_id, board_rank);
CREATE INDEX backlog_items_by_epic ON backlog_items (account_id, parent_epic_id) WHERE parent_epic_id IS NOT NULL;
CREATE INDEX backlog_items_by_sprint ON backlog_items (account_id, sprint_id) WHERE sprint_id IS NOT NULL;
CREATE INDEX backlog_items_by_release ON backlog_items (account_id, release_id) WHERE release_id IS NOT NULL;
CREATE INDEX backlog_items_by_list ON backlog_items (account_id, backlog_list_id);

ALTER TABLE tasks
    ADD COLUMN creation_date timestamptz, ADD COLUMN to_do_date timestamptz, ADD COLUMN in_progress_date timestamptz,
    ADD COLUMN to_test_date timestamptz, ADD COLUMN done_date timestamptz, ADD COLUMN due_date date;

ALTER TABLE attachments ADD COLUMN content bigint;
ALTER TABLE attachments DROP CONSTRAINT attachments_owner_object_type_check,
    ADD CONSTRAINT attachments_owner_object_type_check CHECK (owner_object_type IN (
        'Project', 'Message', 'Release', 'Sprint', 'BacklogItem', 'Task', 'Retrospective', 'RetrospectiveCard'));
ALTER TABLE checklists DROP CONSTRAINT checklists_owner_object_type_check,
    ADD CONSTRAINT checklists_owner_object_type_check CHECK (owner_object_type IN (
        'Project', 'Message', 'Release', 'Sprint', 'BacklogItem', 'Task', 'Retrospective', 'RetrospectiveCard'));
ALTER TABLE comments DROP CONSTRAINT comments_owner_object_type_check,
    ADD CONSTRAINT comments_owner_object_type_check CHECK (owner_object_type IN (
        'Project', 'Message', 'Release', 'Sprint', 'BacklogItem', 'Task', 'Retrospective', 'RetrospectiveCard',
        'File'));

-- Whatever has a rank is an object and has its row in objects. References are checked at COMMIT, so that a call may
-- write its rows in any order.
DO $$
DECLARE each record;
BEGIN
    FOR each IN SELECT attrelid::regclass AS objects FROM pg_attribute
        WHERE attname = 'rank' AND attrelid IN (
            SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace)
        AND attrelid NOT IN (SELECT conrelid FROM pg_constraint WHERE contype = 'f' AND confrelid = 'objects'::regclass
            AND array_length(conkey, 1) = 2 AND conkey[2] = 2)
    LOOP
        EXECUTE format('ALTER TABLE %s ADD FOREIGN KEY (account_id, id) REFERENCES objects', each.objects);
    END LOOP;
    FOR each IN SELECT conrelid::regclass AS referring, conname AS name FROM pg_constraint
        WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED', each.referring, each.name);
    END LOOP;
END $$;
