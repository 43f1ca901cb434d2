CREATE TRIGGER a_batch_is_reversed_by_two BEFORE UPDATE OF reversed_at ON balance_batch
WHEN NEW.reversed_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM unit_above JOIN second_person ON second_person.unit_id = above_id AND is_on = 1
    WHERE unit_above.unit_id = NEW.unit_id
) AND NOT EXISTS (
    SELECT 1 FROM approval
    WHERE subject = 'balance_batch' AND subject_id = NEW.id AND act = 'reverse_batch' AND state = 'approved'
) BEGIN
    SELECT RAISE(ABORT, 'needs_second_person');
END;

CREATE TRIGGER a_batch_is_reversed_once BEFORE UPDATE ON balance_batch
WHEN OLD.reversed_at IS NOT NULL OR NEW.reversed_at IS NULL BEGIN
    SELECT RAISE(ABORT, 'batch_is_reversed');
END;

CREATE TRIGGER a_check_in_is_never_taken_out BEFORE DELETE ON check_in BEGIN
    SELECT RAISE(ABORT, 'check_in_is_evidence');
END;

CREATE TRIGGER a_check_in_stays_as_it_came BEFORE UPDATE OF assignment_id, at, received_at, way, late ON check_in BEGIN
    SELECT RAISE(ABORT, 'check_in_is_evidence');
END;

CREATE TRIGGER a_close_is_never_removed BEFORE DELETE ON month_close BEGIN
    SELECT RAISE(ABORT, 'month_close_is_kept');
END;

CREATE TRIGGER a_close_is_reopened_once BEFORE UPDATE ON month_close
WHEN OLD.reopened_at IS NOT NULL OR NEW.reopened_at IS NULL OR NEW.unit_id <> OLD.unit_id OR NEW.month <> OLD.month
  OR NEW.closed_at <> OLD.closed_at OR NEW.closed_by <> OLD.closed_by OR NEW.unconfirmed <> OLD.unconfirmed
  OR NEW.trips <> OLD.trips OR NEW.people <> OLD.people OR NEW.last_entry <> OLD.last_entry OR NEW.head <> OLD.head
BEGIN
    SELECT RAISE(ABORT, 'month_close_is_kept');
END;

CREATE TRIGGER a_closed_month_takes_only_what_says_so BEFORE INSERT ON ledger
WHEN (NEW.close_id IS NULL OR (NEW.source = 'carried_forward' AND NEW.trips = 1))
  AND EXISTS (SELECT 1 FROM month_close WHERE month = substr(NEW.day, 1, 7) AND reopened_at IS NULL) BEGIN
    SELECT RAISE(ABORT, 'month_is_closed')
    FROM month_close
    JOIN unit_above ON unit_above.above_id = month_close.unit_id
    WHERE month_close.month = substr(NEW.day, 1, 7) AND month_close.reopened_at IS NULL
      AND unit_above.unit_id IN (NEW.unit_id, (SELECT unit_id FROM shift WHERE id = NEW.shift_id));
END;

CREATE TRIGGER a_correction_mirrors_its_entry BEFORE INSERT ON ledger WHEN NEW.trips = -1 BEGIN
    SELECT RAISE(ABORT, 'correction_does_not_fit')
    WHERE NOT EXISTS (
        SELECT 1 FROM ledger
        WHERE id = NEW.reverses AND trips = 1 AND shift_id IS NEW.shift_id AND person_id = NEW.person_id
          AND unit_id = NEW.unit_id AND place_id = NEW.place_id AND place_kind = NEW.place_kind
          AND activity = NEW.activity AND day = NEW.day AND minutes = NEW.minutes AND role = NEW.role
          AND party = NEW.party AND source = NEW.source AND tasks = NEW.tasks AND sponsor_id IS NEW.sponsor_id
          AND batch_id IS NEW.batch_id
    );
END;

CREATE TRIGGER a_decision_on_leave_stands BEFORE UPDATE OF state ON leave_request
WHEN OLD.state IN ('declined', 'withdrawn') AND NEW.state <> OLD.state BEGIN
    SELECT RAISE(ABORT, 'leave_is_settled');
END;

CREATE UNIQUE INDEX a_file_counts_once ON balance_batch (digest) WHERE reversed_at IS NULL;

CREATE TRIGGER a_grant_ends_once BEFORE UPDATE ON access WHEN OLD.ended_at IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'grant_has_ended');
END;

CREATE TRIGGER a_grant_is_held_once_at_a_time BEFORE INSERT ON access BEGIN
    SELECT RAISE(ABORT, 'grant_overlaps')
    WHERE EXISTS (
        SELECT 1 FROM access
        WHERE person_id = NEW.person_id AND role = NEW.role AND unit_id = NEW.unit_id AND ended_at IS NULL
          AND starts_on <= COALESCE(NEW.ends_on, '9999-12-31') AND COALESCE(ends_on, '9999-12-31') >= NEW.starts_on
    );
END;

CREATE TRIGGER a_grant_is_never_deleted BEFORE DELETE ON access BEGIN
    SELECT RAISE(ABORT, 'grant_is_kept');
END;

CREATE TRIGGER a_grant_stays_as_it_was_given
BEFORE UPDATE OF id, person_id, role, unit_id, starts_on, granted_at, granted_by ON access BEGIN
    SELECT RAISE(ABORT, 'grant_is_kept');
END;

CREATE TRIGGER a_month_is_reopened_by_two BEFORE UPDATE OF reopened_at ON month_close
WHEN NEW.reopened_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM unit_above JOIN second_person ON second_person.unit_id = above_id AND is_on = 1
    WHERE unit_above.unit_id = NEW.unit_id
) AND NOT EXISTS (
    SELECT 1 FROM approval
    WHERE subject = 'month_close' AND subject_id = NEW.id AND act = 'reopen_month' AND state = 'approved'
) BEGIN
    SELECT RAISE(ABORT, 'needs_second_person');
END;

CREATE TRIGGER a_person_is_remembered AFTER INSERT ON person BEGIN
    INSERT INTO person_was (person_id, since, staff_no, name, unit_id, role, party)
    VALUES (NEW.id, NEW.since, NEW.staff_no, NEW.name, NEW.unit_id, NEW.role, NEW.party);
END;

CREATE TRIGGER a_person_is_remembered_as_changed
AFTER UPDATE OF since, staff_no, name, unit_id, role, party ON person BEGIN
    SELECT RAISE(ABORT, 'changed_later_already') WHERE NEW.since < OLD.since;
    INSERT INTO person_was (person_id, since, staff_no, name, unit_id, role, party)
    VALUES (NEW.id, NEW.since, NEW.staff_no, NEW.name, NEW.unit_id, NEW.role, NEW.party)
    ON CONFLICT (person_id, since) DO UPDATE
    SET staff_no = excluded.staff_no, name = excluded.name, unit_id = excluded.unit_id,
        role = excluded.role, party = excluded.party;
END;

CREATE UNIQUE INDEX a_person_once_a_shift ON assignment (shift_id, person_id) WHERE state <> 'released';

CREATE TRIGGER a_quota_is_set_once BEFORE INSERT ON quota BEGIN
    SELECT RAISE(ABORT, 'quota_exists')
    WHERE EXISTS (
        SELECT 1 FROM quota
        WHERE unit_id = NEW.unit_id AND role = NEW.role AND activity_id = NEW.activity_id
          AND place_id IS NEW.place_id AND sponsored = NEW.sponsored AND period = NEW.period
          AND starts_on <= COALESCE(NEW.ends_on, '9999-12-31') AND COALESCE(ends_on, '9999-12-31') >= NEW.starts_on
    );
END;

CREATE TRIGGER a_quota_only_ends BEFORE UPDATE ON quota
WHEN NEW.ends_on IS NULL OR COALESCE(OLD.ends_on, '9999-12-31') < NEW.ends_on OR
    (NEW.id, NEW.unit_id, NEW.role, NEW.activity_id, NEW.sponsored, NEW.period, NEW.least, NEW.starts_on)
    <> (OLD.id, OLD.unit_id, OLD.role, OLD.activity_id, OLD.sponsored, OLD.period, OLD.least, OLD.starts_on)
    OR NEW.place_id IS NOT OLD.place_id OR NEW.replaces IS NOT OLD.replaces BEGIN
    SELECT RAISE(ABORT, 'quota_only_ends');
END;

CREATE TRIGGER a_restore_code_is_used_once BEFORE UPDATE ON restore_code WHEN OLD.used_at IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'restore_code_is_wrong');
END;

CREATE TRIGGER a_second_person_is_let_go_by_two BEFORE UPDATE ON second_person
WHEN OLD.is_on = 1 AND NEW.is_on = 0 AND NOT EXISTS (
    SELECT 1 FROM approval
    WHERE subject = 'unit' AND subject_id = OLD.unit_id AND act = 'second_person_off' AND state = 'approved'
      AND asked_at >= OLD.changed_at
) BEGIN
    SELECT RAISE(ABORT, 'needs_second_person');
END;

CREATE TRIGGER a_second_person_is_never_deleted BEFORE DELETE ON second_person BEGIN
    SELECT RAISE(ABORT, 'needs_second_person');
END;

CREATE TRIGGER a_trip_is_credited_once BEFORE INSERT ON ledger WHEN NEW.trips = 1 AND NEW.shift_id IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'trip_already_credited')
    WHERE (
        SELECT SUM(trips) FROM ledger WHERE shift_id = NEW.shift_id AND person_id = NEW.person_id
    ) >= 1;
END;

CREATE TRIGGER a_unit_quota_is_set_once BEFORE INSERT ON unit_quota BEGIN
    SELECT RAISE(ABORT, 'unit_quota_exists')
    WHERE EXISTS (
        SELECT 1 FROM unit_quota
        WHERE unit_id = NEW.unit_id AND activity_id IS NEW.activity_id AND period = NEW.period
          AND starts_on <= COALESCE(NEW.ends_on, '9999-12-31') AND COALESCE(ends_on, '9999-12-31') >= NEW.starts_on
    );
END;

CREATE TRIGGER a_unit_quota_only_ends BEFORE UPDATE ON unit_quota
WHEN NEW.ends_on IS NULL OR COALESCE(OLD.ends_on, '9999-12-31') < NEW.ends_on OR
    (NEW.id, NEW.unit_id, NEW.period, NEW.basis, NEW.amount, NEW.starts_on)
    <> (OLD.id, OLD.unit_id, OLD.period, OLD.basis, OLD.amount, OLD.starts_on)
    OR NEW.activity_id IS NOT OLD.activity_id BEGIN
    SELECT RAISE(ABORT, 'quota_only_ends');
END;

CREATE TRIGGER a_waiver_is_never_removed BEFORE DELETE ON waiver BEGIN
    SELECT RAISE(ABORT, 'waiver_is_only_taken_back');
END;

CREATE TRIGGER a_waiver_is_only_taken_back BEFORE UPDATE ON waiver
WHEN OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR
    (NEW.id, NEW.quota_id, NEW.person_id, NEW.starts_on, NEW.note, NEW.made_at, NEW.made_by)
    <> (OLD.id, OLD.quota_id, OLD.person_id, OLD.starts_on, OLD.note, OLD.made_at, OLD.made_by) BEGIN
    SELECT RAISE(ABORT, 'waiver_is_only_taken_back');
END;

CREATE TABLE "access" (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN ('coordinator', 'unit_head', 'administrator', 'auditor')),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    starts_on TEXT NOT NULL DEFAULT '2000-01-01',
    ends_on TEXT CHECK (ends_on >= starts_on),
    granted_at TEXT,
    granted_by TEXT,
    ended_at TEXT,
    ended_by TEXT,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;

CREATE INDEX access_by_person ON access (person_id);

CREATE INDEX access_by_unit ON access (unit_id);

CREATE VIEW acknowledged AS
SELECT acknowledgement.assignment_id, acknowledgement.at, acknowledgement.via
FROM acknowledgement
JOIN duty_revision
    ON duty_revision.assignment_id = acknowledgement.assignment_id
    AND duty_revision.revision = acknowledgement.revision;

CREATE TABLE acknowledgement (
    id INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    revision TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id),
    at TEXT NOT NULL,
    via TEXT NOT NULL CHECK (via IN ('link', 'page')),
    UNIQUE (assignment_id, revision)
) STRICT;

CREATE INDEX acknowledgement_of_person ON acknowledgement (person_id);

CREATE TABLE activity (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    sort INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TRIGGER an_approval_begins_by_being_asked_for BEFORE INSERT ON approval WHEN NEW.state <> 'asked' BEGIN
    SELECT RAISE(ABORT, 'approval_is_kept');
END;

CREATE TRIGGER an_approval_in_time BEFORE UPDATE ON approval
WHEN NEW.state IN ('approved', 'refused') AND NEW.decided_at >= OLD.expires_at BEGIN
    SELECT RAISE(ABORT, 'approval_has_lapsed');
END;

CREATE TRIGGER an_approval_is_decided_once BEFORE UPDATE ON approval WHEN OLD.state <> 'asked' BEGIN
    SELECT RAISE(ABORT, 'approval_is_over');
END;

CREATE TRIGGER an_approval_is_never_deleted BEFORE DELETE ON approval BEGIN
    SELECT RAISE(ABORT, 'approval_is_kept');
END;

CREATE TRIGGER an_import_is_stored_once BEFORE UPDATE OF state ON intake
WHEN (OLD.state = 'done' AND NEW.state NOT IN ('done', 'undone'))
  OR (OLD.state IN ('undone', 'dropped') AND NEW.state <> OLD.state) BEGIN
    SELECT RAISE(ABORT, 'intake_is_over');
END;

CREATE TABLE answer_asked (
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    revision TEXT NOT NULL,
    at TEXT NOT NULL,
    told_at TEXT,
    PRIMARY KEY (assignment_id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE approval (
    id INTEGER PRIMARY KEY,
    act TEXT NOT NULL CHECK (act IN ('reopen_month', 'reverse_batch', 'second_person_off')),
    subject TEXT NOT NULL CHECK (subject IN ('month_close', 'balance_batch', 'unit')),
    subject_id INTEGER NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    facts TEXT NOT NULL CHECK (json_valid(facts)),
    reason TEXT NOT NULL CHECK (reason <> ''),
    asked_by INTEGER NOT NULL REFERENCES person (id),
    asked_at TEXT NOT NULL,
    expires_at TEXT NOT NULL CHECK (expires_at > asked_at),
    state TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn', 'lapsed')),
    decided_by INTEGER REFERENCES person (id),
    decided_at TEXT,
    note TEXT NOT NULL DEFAULT '',
    CHECK ((state = 'asked') = (decided_at IS NULL)),
    CHECK ((state IN ('asked', 'lapsed')) = (decided_by IS NULL))
) STRICT;

CREATE INDEX approval_by_subject ON approval (subject, subject_id, act, state);

CREATE INDEX approval_by_unit ON approval (unit_id, id);

CREATE UNIQUE INDEX approval_open_once ON approval (act, subject, subject_id) WHERE state = 'asked';

CREATE TABLE assignment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    shift_id INTEGER NOT NULL REFERENCES shift (id),
    slot INTEGER NOT NULL CHECK (slot >= 1),
    person_id INTEGER NOT NULL REFERENCES person (id),
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'present', 'absent', 'released')),
    absence TEXT NOT NULL DEFAULT '',
    fixed INTEGER NOT NULL DEFAULT 0 CHECK (fixed IN (0, 1)),
    source TEXT NOT NULL CHECK (source IN ('engine', 'hand')),
    override TEXT NOT NULL DEFAULT '',
    why TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(why)),
    made_at TEXT NOT NULL,
    published_at TEXT,
    withdrawn_at TEXT CHECK (withdrawn_at IS NULL OR (published_at IS NOT NULL AND state = 'released'))
) STRICT;

CREATE INDEX assignment_by_person ON assignment (person_id, starts_at) WHERE state <> 'released';

CREATE INDEX assignment_by_shift ON assignment (shift_id);

CREATE TRIGGER assignment_is_possible BEFORE INSERT ON assignment WHEN NEW.state <> 'released' BEGIN
    SELECT RAISE(ABORT, 'shift_is_full')
    WHERE NEW.slot > (SELECT headcount FROM shift WHERE id = NEW.shift_id);
    SELECT RAISE(ABORT, 'double_booking')
    WHERE EXISTS (
        SELECT 1 FROM assignment
        WHERE person_id = NEW.person_id AND state <> 'released'
          AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
    );
    SELECT RAISE(ABORT, 'person_is_away')
    WHERE EXISTS (
        SELECT 1 FROM away
        WHERE person_id = NEW.person_id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
    );
    SELECT RAISE(ABORT, 'person_may_not_stand')
    WHERE NOT EXISTS (SELECT 1 FROM may_stand WHERE person_id = NEW.person_id AND shift_id = NEW.shift_id);
END;

CREATE INDEX assignment_of_person ON assignment (person_id);

CREATE TRIGGER assignment_stays_possible
BEFORE UPDATE OF person_id, shift_id, slot, starts_at, ends_at, state ON assignment
WHEN NEW.state = 'planned' BEGIN
    SELECT RAISE(ABORT, 'shift_is_full')
    WHERE NEW.slot > (SELECT headcount FROM shift WHERE id = NEW.shift_id);
    SELECT RAISE(ABORT, 'double_booking')
    WHERE EXISTS (
        SELECT 1 FROM assignment
        WHERE person_id = NEW.person_id AND state <> 'released' AND id <> NEW.id
          AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
    );
    SELECT RAISE(ABORT, 'person_is_away')
    WHERE (NEW.person_id <> OLD.person_id OR NEW.starts_at <> OLD.starts_at OR NEW.ends_at <> OLD.ends_at)
      AND EXISTS (
        SELECT 1 FROM away
        WHERE person_id = NEW.person_id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
    );
    SELECT RAISE(ABORT, 'person_may_not_stand')
    WHERE (NEW.person_id <> OLD.person_id OR NEW.shift_id <> OLD.shift_id)
      AND NOT EXISTS (SELECT 1 FROM may_stand WHERE person_id = NEW.person_id AND shift_id = NEW.shift_id);
END;

CREATE TABLE attachment (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL CHECK (name <> '' AND name NOT GLOB '*[^A-Za-z0-9._-]*'),
    type TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE TABLE attempt (
    kind TEXT NOT NULL,
    who TEXT NOT NULL,
    begins_at TEXT NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    waits INTEGER NOT NULL DEFAULT 0 CHECK (waits >= 0),
    until TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (kind, who)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    person_id INTEGER REFERENCES person (id),
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    unit_id INTEGER,
    facts TEXT NOT NULL CHECK (json_valid(facts))
, origin TEXT NOT NULL DEFAULT '', form INTEGER NOT NULL DEFAULT 1 CHECK (form IN (1, 2)), hash TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX audit_by_act ON audit (act, id);

CREATE UNIQUE INDEX audit_by_hash ON audit (hash);

CREATE INDEX audit_by_person ON audit (person_id, id);

CREATE INDEX audit_by_subject ON audit (subject, subject_id, id);

CREATE INDEX audit_by_time ON audit (at);

CREATE TRIGGER audit_is_chained BEFORE INSERT ON audit
WHEN (NEW.form <> 2 OR length(NEW.hash) <> 64) AND NOT EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) BEGIN
    SELECT RAISE(ABORT, 'audit_is_chained');
END;

CREATE TRIGGER audit_is_never_altered BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit_is_append_only');
END;

CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit_is_append_only');
END;

CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) BEGIN
    SELECT RAISE(ABORT, 'audit_is_append_only');
END;

CREATE TABLE away (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('leave', 'sick', 'travel', 'training', 'other')),
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    note TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX away_by_person ON away (person_id, starts_at);

CREATE TRIGGER away_taken_back BEFORE DELETE ON away BEGIN
    UPDATE leave_request SET state = 'withdrawn', away_id = NULL WHERE away_id = OLD.id;
END;

CREATE TABLE balance_batch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    lines INTEGER NOT NULL CHECK (lines >= 1),
    trips INTEGER NOT NULL CHECK (trips >= 1),
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    reversed_at TEXT,
    reversed_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    CHECK ((reversed_at IS NULL) = (reason = ''))
) STRICT;

CREATE TABLE beat (
    minute TEXT PRIMARY KEY,
    beats INTEGER NOT NULL CHECK (beats > 0),
    holder TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE "calendar" (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL CHECK (scope IN ('person', 'place', 'unit', 'visits')),
    person_id INTEGER REFERENCES person (id),
    place_id INTEGER REFERENCES place (id),
    unit_id INTEGER REFERENCES unit (id),
    lang TEXT NOT NULL CHECK (lang IN ('zh', 'en')),
    alarms TEXT NOT NULL DEFAULT 'both' CHECK (alarms IN ('none', 'hour', 'day', 'both')),
    etag TEXT,
    modified_at TEXT,
    stale INTEGER NOT NULL DEFAULT 1 CHECK (stale >= 0),
    week TEXT NOT NULL DEFAULT '',
    shows_to TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    body BLOB,
    gzipped BLOB,
    CHECK ((scope = 'person') = (person_id IS NOT NULL)),
    CHECK ((scope = 'place') = (place_id IS NOT NULL)),
    CHECK ((scope IN ('unit', 'visits')) = (unit_id IS NOT NULL))
) STRICT;

CREATE TRIGGER calendars_follow_a_new_shift AFTER INSERT ON shift WHEN EXISTS (SELECT 1 FROM roster WHERE id = NEW.roster_id AND state <> 'draft') BEGIN
    UPDATE calendar SET stale = stale + 1
    WHERE FALSE
       OR person_id IN (SELECT person_id FROM assignment WHERE shift_id IN (NEW.id))
       OR place_id IN (SELECT place_id FROM shift WHERE id IN (NEW.id))
       OR unit_id IS NOT NULL AND EXISTS (
           SELECT 1 FROM shift_of_unit
           WHERE shift_of_unit.unit_id = calendar.unit_id AND shift_of_unit.shift_id IN (NEW.id)
             AND (calendar.scope = 'unit' OR shift_of_unit.is_visit)
       );
END;

CREATE TRIGGER calendars_follow_a_new_sponsor AFTER INSERT ON sponsorship BEGIN
    UPDATE calendar SET stale = stale + 1
    WHERE place_id = NEW.place_id
       OR person_id IN (SELECT person_id FROM assignment WHERE shift_id IN (SELECT id FROM shift WHERE place_id = NEW.place_id AND day >= NEW.starts_on))
       OR place_id IN (SELECT place_id FROM shift WHERE id IN (SELECT id FROM shift WHERE place_id = NEW.place_id AND day >= NEW.starts_on))
       OR unit_id IS NOT NULL AND EXISTS (
           SELECT 1 FROM shift_of_unit
           WHERE shift_of_unit.unit_id = calendar.unit_id AND shift_of_unit.shift_id IN (SELECT id FROM shift WHERE place_id = NEW.place_id AND day >= NEW.starts_on)
             AND (calendar.scope = 'unit' OR shift_of_unit.is_visit)
       );
END;

CREATE TRIGGER calendars_follow_the_person AFTER UPDATE OF name ON person WHEN NEW.name <> OLD.name BEGIN
    UPDATE calendar SET stale = stale + 1 WHERE person_id = NEW.id;
    UPDATE calendar SET stale = stale + 1
    WHERE place_id IN (SELECT place_id FROM shift WHERE id IN (SELECT shift_id FROM standing WHERE person_id = NEW.id))
       OR unit_id IS NOT NULL AND EXISTS (
           SELECT 1 FROM shift_of_unit
           WHERE shift_of_unit.unit_id = calendar.unit_id AND shift_of_unit.shift_id IN (SELECT shift_id FROM standing WHERE person_id = NEW.id)
             AND (calendar.scope = 'unit' OR shift_of_unit.is_visit)
       );
END;

CREATE TRIGGER calendars_follow_the_place AFTER UPDATE OF name, address, unit_id ON place WHEN NEW.name <> OLD.name OR NEW.address <> OLD.address OR NEW.unit_id <> OLD.unit_id BEGIN
    UPDATE calendar SET stale = stale + 1
    WHERE place_id = NEW.id OR NEW.unit_id <> OLD.unit_id AND unit_id IN (SELECT above_id FROM unit_above WHERE unit_id = OLD.unit_id) AND (scope = 'unit' OR EXISTS (SELECT 1 FROM shift JOIN activity ON activity.id = shift.activity_id WHERE shift.place_id = NEW.id AND activity.code = 'visit'))
       OR person_id IN (SELECT person_id FROM assignment WHERE shift_id IN (SELECT id FROM shift WHERE place_id = NEW.id))
       OR place_id IN (SELECT place_id FROM shift WHERE id IN (SELECT id FROM shift WHERE place_id = NEW.id))
       OR unit_id IS NOT NULL AND EXISTS (
           SELECT 1 FROM shift_of_unit
           WHERE shift_of_unit.unit_id = calendar.unit_id AND shift_of_unit.shift_id IN (SELECT id FROM shift WHERE place_id = NEW.id)
             AND (calendar.scope = 'unit' OR shift_of_unit.is_visit)
       );
END;

CREATE TRIGGER calendars_follow_the_roster AFTER UPDATE OF state ON roster WHEN OLD.state = 'draft' AND NEW.state <> 'draft' BEGIN
    UPDATE calendar SET stale = stale + 1
    WHERE FALSE
       OR person_id IN (SELECT person_id FROM assignment WHERE shift_id IN (SELECT id FROM shift WHERE roster_id = NEW.id))
       OR place_id IN (SELECT place_id FROM shift WHERE id IN (SELECT id FROM shift WHERE roster_id = NEW.id))
       OR unit_id IS NOT NULL AND EXISTS (
           SELECT 1 FROM shift_of_unit
           WHERE shift_of_unit.unit_id = calendar.unit_id AND shift_of_unit.shift_id IN (SELECT id FROM shift WHERE roster_id = NEW.id)
             AND (calendar.scope = 'unit' OR shift_of_unit.is_visit)
       );
END;

CREATE TRIGGER calendars_follow_the_shift AFTER UPDATE OF place_id, activity_id, starts_at, ends_at, headcount, tasks, state ON shift WHEN NEW.state <> 'held' AND EXISTS (SELECT 1 FROM roster WHERE id = NEW.roster_id AND state <> 'draft') BEGIN
    UPDATE calendar SET stale = stale + 1
    WHERE FALSE
       OR person_id IN (SELECT person_id FROM assignment WHERE shift_id IN (NEW.id))
       OR place_id IN (SELECT place_id FROM shift WHERE id IN (NEW.id))
       OR unit_id IS NOT NULL AND EXISTS (
           SELECT 1 FROM shift_of_unit
           WHERE shift_of_unit.unit_id = calendar.unit_id AND shift_of_unit.shift_id IN (NEW.id)
             AND (calendar.scope = 'unit' OR shift_of_unit.is_visit)
       );
    UPDATE calendar SET stale = stale + 1
    WHERE OLD.place_id <> NEW.place_id AND place_id = OLD.place_id
       OR (OLD.place_id <> NEW.place_id OR OLD.activity_id <> NEW.activity_id)
       AND (scope = 'unit' OR EXISTS (SELECT 1 FROM activity WHERE id = OLD.activity_id AND code = 'visit'))
       AND unit_id IN (
            SELECT above_id FROM unit_above
            WHERE unit_id IN (OLD.unit_id, (SELECT unit_id FROM place WHERE id = OLD.place_id))
        );
END;

CREATE TRIGGER calendars_follow_the_sponsor AFTER UPDATE ON sponsorship BEGIN
    UPDATE calendar SET stale = stale + 1
    WHERE place_id IN (OLD.place_id, NEW.place_id)
       OR person_id IN (SELECT person_id FROM assignment WHERE shift_id IN (SELECT id FROM shift WHERE place_id IN (OLD.place_id, NEW.place_id) AND day >= MIN(OLD.starts_on, NEW.starts_on)))
       OR place_id IN (SELECT place_id FROM shift WHERE id IN (SELECT id FROM shift WHERE place_id IN (OLD.place_id, NEW.place_id) AND day >= MIN(OLD.starts_on, NEW.starts_on)))
       OR unit_id IS NOT NULL AND EXISTS (
           SELECT 1 FROM shift_of_unit
           WHERE shift_of_unit.unit_id = calendar.unit_id AND shift_of_unit.shift_id IN (SELECT id FROM shift WHERE place_id IN (OLD.place_id, NEW.place_id) AND day >= MIN(OLD.starts_on, NEW.starts_on))
             AND (calendar.scope = 'unit' OR shift_of_unit.is_visit)
       );
END;

CREATE TRIGGER calendars_follow_the_tree AFTER UPDATE OF parent_id ON unit WHEN NEW.parent_id IS NOT OLD.parent_id BEGIN
    UPDATE calendar SET stale = stale + 1 WHERE unit_id IS NOT NULL;
END;

CREATE TRIGGER calendars_follow_the_unit AFTER UPDATE OF name ON unit WHEN NEW.name <> OLD.name BEGIN
    UPDATE calendar SET stale = stale + 1 WHERE unit_id = NEW.id;
END;

CREATE TABLE channel (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    kind TEXT NOT NULL CHECK (kind IN ('wecom', 'dingtalk', 'feishu', 'webhook', 'ntfy', 'apprise')),
    name TEXT NOT NULL CHECK (name <> ''),
    settings TEXT NOT NULL CHECK (json_valid(settings)),
    pace INTEGER CHECK (pace BETWEEN 1 AND 600),
    is_on INTEGER NOT NULL DEFAULT 1 CHECK (is_on IN (0, 1)),
    tested_at TEXT,
    removed_at TEXT CHECK (removed_at IS NULL OR (settings = '{}' AND is_on = 0)),
    made_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE UNIQUE INDEX channel_by_name ON channel (unit_id, name) WHERE removed_at IS NULL;

CREATE TABLE channel_state (
    channel_id INTEGER PRIMARY KEY CHECK (channel_id >= 0),
    next_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    sent_at TEXT,
    failed_at TEXT,
    last_error TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE check_entry (
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    entry TEXT NOT NULL CHECK (entry <> ''),
    at TEXT NOT NULL,
    PRIMARY KEY (assignment_id, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE check_in (
    id INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL UNIQUE REFERENCES assignment (id),
    at TEXT NOT NULL,
    received_at TEXT NOT NULL CHECK (received_at >= at),
    way TEXT NOT NULL CHECK (way IN ('code', 'synced')),
    late INTEGER NOT NULL CHECK (late IN (0, 1)),
    left_at TEXT CHECK (left_at >= at),
    note TEXT NOT NULL DEFAULT '',
    photo TEXT UNIQUE,
    voided_at TEXT,
    voided_by TEXT NOT NULL DEFAULT '',
    void_reason TEXT NOT NULL DEFAULT '',
    CHECK ((voided_at IS NULL) = (void_reason = ''))
) STRICT;

CREATE TABLE check_try (
    assignment_id INTEGER PRIMARY KEY REFERENCES assignment (id),
    since TEXT NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 1)
) STRICT;

CREATE INDEX closed_months ON month_close (month, unit_id) WHERE reopened_at IS NULL;

CREATE TABLE column_memory (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    kind TEXT NOT NULL,
    shape TEXT NOT NULL,
    columns TEXT NOT NULL CHECK (json_valid(columns)),
    used_at TEXT NOT NULL,
    PRIMARY KEY (unit_id, kind, shape)
) STRICT, WITHOUT ROWID;

CREATE VIEW duty_revision AS
SELECT assignment.id AS assignment_id, assignment.person_id,
       CASE
           WHEN assignment.withdrawn_at IS NOT NULL OR shift.state = 'cancelled' THEN 'gone'
           ELSE assignment.starts_at || '/' || assignment.ends_at || '/' || shift.place_id
       END AS revision
FROM assignment
JOIN shift ON shift.id = assignment.shift_id;

CREATE TABLE feed (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    calendar_id INTEGER NOT NULL REFERENCES calendar (id),
    owner_id INTEGER NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    revoked_at TEXT,
    fetched_at TEXT,
    client TEXT NOT NULL DEFAULT ''
, name TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX feed_by_calendar ON feed (calendar_id) WHERE revoked_at IS NULL;

CREATE INDEX feed_by_owner ON feed (owner_id);

CREATE TABLE feed_event (
    calendar_id INTEGER NOT NULL REFERENCES calendar (id),
    uid TEXT NOT NULL,
    shift_id INTEGER NOT NULL REFERENCES shift (id),
    content_hash TEXT NOT NULL,
    visible_hash TEXT NOT NULL,
    sequence INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    modified_at TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    cancelled_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (calendar_id, uid)
) STRICT, WITHOUT ROWID;

CREATE INDEX feed_event_by_shift ON feed_event (shift_id);

CREATE VIEW forgiven_turn AS
SELECT swap_request.person_id, swap_request.shift_id, shift.roster_id, shift.day
FROM swap_request
JOIN shift ON shift.id = swap_request.shift_id AND shift.state <> 'cancelled'
WHERE swap_request.state = 'approved' AND swap_request.is_forgiven = 1
  AND NOT EXISTS (
    SELECT 1 FROM assignment
    WHERE assignment.shift_id = swap_request.shift_id AND assignment.person_id = swap_request.person_id
      AND assignment.state <> 'released'
  );

CREATE TRIGGER headcount_holds_who_stands BEFORE UPDATE OF headcount ON shift BEGIN
    SELECT RAISE(ABORT, 'headcount_below_assigned')
    WHERE EXISTS (
        SELECT 1 FROM assignment
        WHERE shift_id = NEW.id AND state <> 'released' AND slot > NEW.headcount
    );
END;

CREATE TABLE intake (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('people', 'units', 'places', 'templates', 'leave', 'balances', 'roster')),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    file TEXT NOT NULL CHECK (file <> ''),
    bytes INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (
        state IN ('waiting', 'columns', 'questions', 'ready', 'refused', 'done', 'undone', 'dropped')
    ),
    task TEXT NOT NULL DEFAULT 'read' CHECK (task IN ('', 'read', 'store', 'undo')),
    progress TEXT NOT NULL DEFAULT '' CHECK (progress IN ('', 'open', 'check', 'write')),
    started_at TEXT CHECK (task <> '' OR started_at IS NULL),
    given TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(given)),
    found TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(found)),
    outcome TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(outcome)),
    made_at TEXT NOT NULL,
    made_by INTEGER NOT NULL REFERENCES person (id),
    changed_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK (state <> 'waiting' OR task = 'read'),
    CHECK (task <> 'store' OR state = 'ready'),
    CHECK (task <> 'undo' OR state = 'done')
) STRICT;

CREATE INDEX intake_by_unit ON intake (unit_id, id);

CREATE TABLE intake_change (
    intake_id INTEGER NOT NULL REFERENCES intake (id),
    subject TEXT NOT NULL CHECK (subject IN ('person', 'unit', 'place', 'template', 'away')),
    subject_id INTEGER NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('added', 'changed')),
    before TEXT NOT NULL CHECK (json_valid(before)),
    version INTEGER NOT NULL,
    PRIMARY KEY (intake_id, subject, subject_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX intake_to_do ON intake (id) WHERE task <> '';

CREATE TABLE job_run (
    job TEXT PRIMARY KEY,
    asked_at TEXT,
    started_at TEXT,
    ended_at TEXT,
    milliseconds INTEGER NOT NULL DEFAULT 0,
    result TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE ladder (
    id INTEGER PRIMARY KEY,
    activity_id INTEGER UNIQUE REFERENCES activity (id),
    rungs TEXT NOT NULL CHECK (json_valid(rungs)),
    quiet_from TEXT CHECK (quiet_from GLOB '[0-2][0-9]:[0-5][0-9]'),
    quiet_to TEXT CHECK (quiet_to GLOB '[0-2][0-9]:[0-5][0-9]' AND quiet_to <> quiet_from),
    answer_minutes INTEGER CHECK (answer_minutes BETWEEN 60 AND 20160),
    version INTEGER NOT NULL DEFAULT 1,
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
) STRICT;

CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    fence INTEGER NOT NULL,
    beat_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE leave_calendar (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL UNIQUE REFERENCES person (id),
    url TEXT NOT NULL CHECK (url <> ''),
    takes TEXT NOT NULL CHECK (takes IN ('words', 'all')),
    given_by TEXT NOT NULL,
    given_at TEXT NOT NULL,
    etag TEXT NOT NULL DEFAULT '',
    changed_at TEXT NOT NULL DEFAULT '',
    ahead TEXT NOT NULL DEFAULT '',
    next_at TEXT NOT NULL,
    tried_at TEXT,
    read_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since TEXT CHECK ((failing_since IS NULL) = (failures = 0)),
    problem TEXT NOT NULL DEFAULT '' CHECK (problem = '' OR json_valid(problem)),
    found INTEGER NOT NULL DEFAULT 0 CHECK (found >= 0),
    passed_over INTEGER NOT NULL DEFAULT 0 CHECK (passed_over BETWEEN 0 AND found),
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX leave_calendar_due ON leave_calendar (next_at);

CREATE TABLE leave_calendar_event (
    calendar_id INTEGER NOT NULL REFERENCES leave_calendar (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    request_id INTEGER NOT NULL UNIQUE REFERENCES leave_request (id),
    PRIMARY KEY (calendar_id, key)
) STRICT;

CREATE TABLE leave_request (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('leave', 'sick', 'travel', 'training', 'other')),
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    note TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'declined', 'withdrawn')),
    is_by_rule INTEGER NOT NULL DEFAULT 0 CHECK (is_by_rule IN (0, 1)),
    asked_at TEXT NOT NULL,
    decided_at TEXT,
    decided_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    away_id INTEGER UNIQUE REFERENCES away (id),
    CHECK ((state = 'approved') = (away_id IS NOT NULL)),
    CHECK ((state = 'asked') = (decided_at IS NULL))
) STRICT;

CREATE INDEX leave_request_by_person ON leave_request (person_id, starts_at);

CREATE INDEX leave_request_waiting ON leave_request (person_id, starts_at) WHERE state = 'asked';

CREATE TABLE leave_rule (
    unit_id INTEGER PRIMARY KEY REFERENCES unit (id),
    days TEXT NOT NULL CHECK (json_valid(days)),
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE "ledger" (
    id INTEGER PRIMARY KEY,
    shift_id INTEGER REFERENCES shift (id),
    assignment_id INTEGER REFERENCES assignment (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    staff_no TEXT NOT NULL,
    person TEXT NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    unit TEXT NOT NULL,
    place_id INTEGER NOT NULL REFERENCES place (id),
    place TEXT NOT NULL,
    place_kind TEXT NOT NULL,
    activity TEXT NOT NULL REFERENCES activity (code),
    day TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes > 0 OR (minutes = 0 AND source = 'carried_forward')),
    trips INTEGER NOT NULL CHECK (trips IN (1, -1)),
    role TEXT NOT NULL,
    party INTEGER NOT NULL CHECK (party IN (0, 1)),
    source TEXT NOT NULL CHECK (source IN ('check_in', 'roll_call', 'default', 'carried_forward', 'supplemented')),
    reverses INTEGER UNIQUE REFERENCES ledger (id),
    reason TEXT NOT NULL DEFAULT '',
    actor TEXT NOT NULL,
    at TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    form INTEGER NOT NULL DEFAULT 1 CHECK (form IN (1, 2)),
    tasks TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tasks)),
    sponsor_id INTEGER REFERENCES unit (id),
    sponsor TEXT NOT NULL DEFAULT '',
    evidence TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(evidence)),
    batch_id INTEGER REFERENCES balance_batch (id),
    close_id INTEGER REFERENCES month_close (id),
    CHECK ((trips = -1) = (reverses IS NOT NULL)),
    CHECK (reverses IS NULL OR reason <> ''),
    CHECK (form = 2 OR (
        tasks = '[]' AND sponsor_id IS NULL AND sponsor = '' AND evidence = '{}' AND batch_id IS NULL
        AND close_id IS NULL
    ))
) STRICT;

CREATE INDEX ledger_after_close ON ledger (close_id) WHERE close_id IS NOT NULL;

CREATE INDEX ledger_by_batch ON ledger (batch_id) WHERE batch_id IS NOT NULL;

CREATE INDEX ledger_by_day ON ledger (day);

CREATE INDEX ledger_by_kind ON ledger (source, activity, role, party, day, unit_id);

CREATE INDEX ledger_by_person ON ledger (person_id, day);

CREATE INDEX ledger_by_place ON ledger (place_id, day);

CREATE INDEX ledger_by_shift ON ledger (shift_id, person_id);

CREATE INDEX ledger_by_unit ON ledger (unit_id, day);

CREATE INDEX ledger_corrections ON ledger (day) WHERE reverses IS NOT NULL;

CREATE TRIGGER ledger_is_never_altered BEFORE UPDATE ON ledger BEGIN
    SELECT RAISE(ABORT, 'ledger_is_append_only');
END;

CREATE TRIGGER ledger_is_never_removed BEFORE DELETE ON ledger BEGIN
    SELECT RAISE(ABORT, 'ledger_is_append_only');
END;

CREATE TRIGGER ledger_is_never_replaced BEFORE INSERT ON ledger
WHEN EXISTS (SELECT 1 FROM ledger WHERE id = NEW.id OR hash = NEW.hash OR reverses = NEW.reverses) BEGIN
    SELECT RAISE(ABORT, 'ledger_is_append_only');
END;

CREATE VIEW may_sign_up AS
SELECT opening.id AS opening_id, may_stand.person_id
FROM opening
JOIN shift ON shift.id = opening.shift_id
JOIN may_stand ON may_stand.shift_id = shift.id
JOIN person ON person.id = may_stand.person_id
WHERE EXISTS (SELECT 1 FROM unit_above WHERE unit_id = person.unit_id AND above_id = shift.unit_id)
  AND (COALESCE(opening.asked ->> 'party', 0) = 0 OR person.party = 1)
  AND NOT EXISTS (
    SELECT 1 FROM json_each(opening.asked, '$.skills')
    WHERE value NOT IN (SELECT skill FROM person_skill WHERE person_id = person.id)
  )
  AND (
    COALESCE(json_array_length(opening.asked, '$.units'), 0) = 0
    OR EXISTS (
        SELECT 1 FROM json_each(opening.asked, '$.units')
        JOIN unit_above ON unit_above.above_id = value
        WHERE unit_above.unit_id = person.unit_id
    )
  );

CREATE VIEW may_stand AS
SELECT person.id AS person_id, shift.id AS shift_id
FROM shift
CROSS JOIN person
WHERE person.joined_on <= shift.day
  AND (person.left_on IS NULL OR person.left_on >= shift.day)
  AND (COALESCE(shift.requires ->> 'party', 0) = 0 OR person.party = 1)
  AND (
    COALESCE(json_array_length(shift.requires, '$.roles'), 0) = 0
    OR EXISTS (SELECT 1 FROM json_each(shift.requires, '$.roles') WHERE value = person.role)
  )
  AND NOT EXISTS (
    SELECT 1 FROM json_each(shift.requires, '$.skills')
    WHERE value NOT IN (SELECT skill FROM person_skill WHERE person_id = person.id)
  )
  AND (
    COALESCE(json_array_length(shift.requires, '$.units'), 0) = 0
    OR EXISTS (
        SELECT 1 FROM json_each(shift.requires, '$.units')
        JOIN unit_above ON unit_above.above_id = value
        WHERE unit_above.unit_id = person.unit_id
    )
  );

CREATE TABLE message_text (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL DEFAULT 1,
    subject_zh TEXT NOT NULL DEFAULT '',
    body_zh TEXT NOT NULL DEFAULT '',
    subject_en TEXT NOT NULL DEFAULT '',
    body_en TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE month_close (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    month TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]'),
    closed_at TEXT NOT NULL,
    closed_by TEXT NOT NULL,
    unconfirmed INTEGER NOT NULL CHECK (unconfirmed >= 0),
    trips INTEGER NOT NULL,
    people INTEGER NOT NULL,
    last_entry INTEGER NOT NULL,
    head TEXT NOT NULL,
    reopened_at TEXT CHECK (reopened_at >= closed_at),
    reopened_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    CHECK ((reopened_at IS NULL) = (reason = ''))
) STRICT;

CREATE TABLE moved_total (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    below_id INTEGER NOT NULL REFERENCES unit (id),
    change INTEGER NOT NULL,
    PRIMARY KEY (unit_id, below_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER nobody_approves_their_own BEFORE UPDATE ON approval
WHEN NEW.state IN ('approved', 'refused') AND NEW.decided_by = OLD.asked_by BEGIN
    SELECT RAISE(ABORT, 'approval_is_your_own');
END;

CREATE TABLE notice (
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    fact TEXT NOT NULL,
    told INTEGER NOT NULL DEFAULT 0,
    at TEXT NOT NULL,
    PRIMARY KEY (person_id, kind, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX notice_by_time ON notice (at);

CREATE UNIQUE INDEX one_calendar_a_person ON calendar (person_id) WHERE scope = 'person';

CREATE UNIQUE INDEX one_calendar_a_place ON calendar (place_id, lang) WHERE scope = 'place';

CREATE UNIQUE INDEX one_calendar_a_unit ON calendar (unit_id, scope, lang) WHERE unit_id IS NOT NULL;

CREATE UNIQUE INDEX one_close_a_month ON month_close (unit_id, month) WHERE reopened_at IS NULL;

CREATE UNIQUE INDEX one_default_ladder ON ladder ((activity_id IS NULL)) WHERE activity_id IS NULL;

CREATE UNIQUE INDEX one_open_swap_a_duty ON swap_request (shift_id, person_id) WHERE state IN ('asked', 'accepted');

CREATE UNIQUE INDEX one_person_a_slot ON assignment (shift_id, slot) WHERE state <> 'released';

CREATE UNIQUE INDEX one_sign_up_a_person ON sign_up (opening_id, person_id) WHERE state IN ('seated', 'waiting');

CREATE UNIQUE INDEX one_swap_accepted ON swap_offer (request_id) WHERE state = 'accepted';

CREATE UNIQUE INDEX one_swap_offer_each ON swap_offer (request_id, person_id, COALESCE(shift_id, 0));

CREATE UNIQUE INDEX one_wall_a_unit ON wall (unit_id) WHERE revoked_at IS NULL;

CREATE TRIGGER only_a_closed_month_is_corrected_after_it BEFORE INSERT ON ledger WHEN NEW.close_id IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'month_is_not_closed')
    WHERE NOT EXISTS (
        SELECT 1
        FROM month_close
        JOIN unit_above ON unit_above.above_id = month_close.unit_id
        WHERE month_close.id = NEW.close_id AND month_close.month = substr(NEW.day, 1, 7)
          AND month_close.reopened_at IS NULL
          AND unit_above.unit_id IN (NEW.unit_id, (SELECT unit_id FROM shift WHERE id = NEW.shift_id))
    );
END;

CREATE TABLE opening (
    id INTEGER PRIMARY KEY,
    shift_id INTEGER NOT NULL UNIQUE REFERENCES shift (id),
    seats INTEGER NOT NULL CHECK (seats BETWEEN 1 AND 99),
    rule TEXT NOT NULL CHECK (rule IN ('first_come', 'by_rotation')),
    asked TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(asked)),
    note TEXT NOT NULL DEFAULT '',
    closes_at TEXT NOT NULL,
    is_urgent INTEGER NOT NULL DEFAULT 0 CHECK (is_urgent IN (0, 1)),
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'settled', 'closed')),
    round INTEGER NOT NULL DEFAULT 1 CHECK (round >= 1),
    opened_at TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX opening_to_settle ON opening (closes_at) WHERE state = 'open';

CREATE TABLE organisation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    zone TEXT NOT NULL,
    is_demo INTEGER NOT NULL DEFAULT 0 CHECK (is_demo IN (0, 1)),
    made_at TEXT NOT NULL
) STRICT;

CREATE TABLE other_answer (
    outbox_id INTEGER NOT NULL REFERENCES other_way (outbox_id) ON DELETE CASCADE,
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    revision TEXT NOT NULL,
    PRIMARY KEY (outbox_id, assignment_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX other_answer_assignment ON other_answer (assignment_id);

CREATE TABLE other_way (
    outbox_id INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
    channel_id INTEGER REFERENCES channel (id),
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    calendar TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE "outbox" (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    message_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL
        CHECK (channel IN ('email', 'wecom', 'dingtalk', 'feishu', 'webhook', 'ntfy', 'apprise')),
    channel_id INTEGER REFERENCES channel (id),
    person_id INTEGER REFERENCES person (id),
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    calendar TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sending', 'sent', 'failed', 'obsolete')),
    due_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    lease_until TEXT,
    fence INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    sent_at TEXT, alone INTEGER NOT NULL DEFAULT 0 CHECK (alone IN (0, 1)), attachment_id INTEGER REFERENCES attachment (id),
    CHECK ((channel = 'email') = (channel_id IS NULL))
) STRICT;

CREATE INDEX outbox_failed ON outbox (person_id) WHERE state = 'failed';

CREATE INDEX outbox_of_attachment ON outbox (attachment_id) WHERE attachment_id IS NOT NULL;

CREATE INDEX outbox_of_person ON outbox (person_id);

CREATE INDEX outbox_to_send ON outbox (COALESCE(channel_id, 0), due_at, id) WHERE state IN ('due', 'sending');

CREATE TABLE password (
    person_id INTEGER PRIMARY KEY REFERENCES person (id),
    hash TEXT NOT NULL CHECK (hash LIKE '$argon2id$%'),
    set_at TEXT NOT NULL
) STRICT;

CREATE TABLE pause (
    name TEXT PRIMARY KEY CHECK (name = 'send'),
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    staff_no TEXT NOT NULL UNIQUE CHECK (staff_no <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    role TEXT NOT NULL CHECK (role IN ('head', 'deputy', 'staff')),
    party INTEGER NOT NULL DEFAULT 0 CHECK (party IN (0, 1)),
    email TEXT NOT NULL DEFAULT '',
    mobile TEXT NOT NULL DEFAULT '',
    lang TEXT NOT NULL DEFAULT 'zh' CHECK (lang IN ('zh', 'en')),
    joined_on TEXT NOT NULL,
    left_on TEXT CHECK (left_on >= joined_on),
    max_per_week INTEGER CHECK (max_per_week BETWEEN 0 AND 14),
    version INTEGER NOT NULL DEFAULT 1
, since TEXT NOT NULL DEFAULT '0001-01-01') STRICT;

CREATE INDEX person_by_unit ON person (unit_id);

CREATE TABLE person_skill (
    person_id INTEGER NOT NULL REFERENCES person (id),
    skill TEXT NOT NULL CHECK (skill <> ''),
    PRIMARY KEY (person_id, skill)
) STRICT, WITHOUT ROWID;

CREATE TABLE person_was (
    person_id INTEGER NOT NULL REFERENCES person (id),
    since TEXT NOT NULL,
    staff_no TEXT NOT NULL,
    name TEXT NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    role TEXT NOT NULL,
    party INTEGER NOT NULL,
    PRIMARY KEY (person_id, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE place (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL CHECK (name <> ''),
    kind TEXT NOT NULL CHECK (kind IN ('outlet', 'community', 'village', 'school', 'other')),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    district TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    responsible_id INTEGER REFERENCES person (id),
    closed_on TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (unit_id, name)
) STRICT;

CREATE INDEX place_of_responsible ON place (responsible_id);

CREATE TABLE policy (
    unit_id INTEGER PRIMARY KEY REFERENCES unit (id),
    version INTEGER NOT NULL DEFAULT 1,
    weights TEXT NOT NULL CHECK (json_valid(weights))
) STRICT;

CREATE TABLE "quota" (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    role TEXT NOT NULL CHECK (role IN ('head', 'deputy', 'staff')),
    activity_id INTEGER NOT NULL REFERENCES activity (id),
    place_id INTEGER REFERENCES place (id),
    sponsored INTEGER NOT NULL DEFAULT 0 CHECK (sponsored IN (0, 1)),
    period TEXT NOT NULL DEFAULT 'week' CHECK (period IN ('week', 'month')),
    least INTEGER NOT NULL CHECK (least BETWEEN 1 AND 31),
    starts_on TEXT NOT NULL,
    ends_on TEXT CHECK (ends_on >= starts_on),
    replaces INTEGER UNIQUE REFERENCES quota (id),
    CHECK (NOT (sponsored AND place_id IS NOT NULL)),
    CHECK (period = 'month' OR least <= 7)
) STRICT;

CREATE TABLE quota_rule (
    unit_id INTEGER PRIMARY KEY REFERENCES unit (id),
    least_workdays INTEGER NOT NULL CHECK (least_workdays BETWEEN 0 AND 5)
) STRICT;

CREATE TABLE rearm (
    assignment_id INTEGER PRIMARY KEY REFERENCES assignment (id) ON DELETE CASCADE
) STRICT;

CREATE TABLE "reminder" (
    id INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    rule TEXT NOT NULL CHECK (rule <> ''),
    channel TEXT NOT NULL CHECK (channel <> ''),
    channels TEXT NOT NULL DEFAULT '["email"]' CHECK (json_valid(channels)),
    revision INTEGER NOT NULL DEFAULT 1,
    due_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'queued', 'obsolete', 'failed')),
    outbox_id INTEGER REFERENCES outbox (id),
    instead_of INTEGER UNIQUE REFERENCES reminder (id),
    UNIQUE (assignment_id, rule, channel, revision),
    CHECK ((state = 'queued') = (outbox_id IS NOT NULL))
) STRICT;

CREATE INDEX reminder_by_message ON reminder (outbox_id) WHERE outbox_id IS NOT NULL;

CREATE TABLE reminder_choice (
    person_id INTEGER PRIMARY KEY REFERENCES person (id),
    channels TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(channels)),
    added TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(added)),
    dropped TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(dropped)),
    quiet_from TEXT CHECK (quiet_from GLOB '[0-2][0-9]:[0-5][0-9]'),
    quiet_to TEXT CHECK (quiet_to GLOB '[0-2][0-9]:[0-5][0-9]' AND quiet_to <> quiet_from),
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
) STRICT;

CREATE TABLE reminder_freedom (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    channels TEXT NOT NULL CHECK (json_valid(channels)),
    rules TEXT NOT NULL CHECK (json_valid(rules)),
    quiet_earliest TEXT NOT NULL CHECK (quiet_earliest GLOB '[0-2][0-9]:[0-5][0-9]'),
    quiet_latest TEXT NOT NULL CHECK (quiet_latest GLOB '[0-2][0-9]:[0-5][0-9]'),
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX reminder_to_queue ON reminder (due_at) WHERE state = 'due';

CREATE TRIGGER reminders_follow_a_new_choice AFTER INSERT ON reminder_choice BEGIN
    INSERT OR IGNORE INTO rearm (assignment_id)
    SELECT id FROM assignment
    WHERE state IN ('planned', 'released') AND published_at IS NOT NULL AND withdrawn_at IS NULL AND person_id = NEW.person_id;
END;

CREATE TRIGGER reminders_follow_a_new_ladder AFTER INSERT ON ladder BEGIN
    INSERT OR IGNORE INTO rearm (assignment_id)
    SELECT id FROM assignment
    WHERE state IN ('planned', 'released') AND published_at IS NOT NULL AND withdrawn_at IS NULL;
END;

CREATE TRIGGER reminders_follow_a_new_workday AFTER INSERT ON workday_override BEGIN
    INSERT OR IGNORE INTO rearm (assignment_id)
    SELECT id FROM assignment
    WHERE state IN ('planned', 'released') AND published_at IS NOT NULL AND withdrawn_at IS NULL;
END;

CREATE TRIGGER reminders_follow_the_choice AFTER UPDATE ON reminder_choice BEGIN
    INSERT OR IGNORE INTO rearm (assignment_id)
    SELECT id FROM assignment
    WHERE state IN ('planned', 'released') AND published_at IS NOT NULL AND withdrawn_at IS NULL AND person_id = NEW.person_id;
END;

CREATE TRIGGER reminders_follow_the_duty AFTER UPDATE OF starts_at, ends_at ON assignment BEGIN
    INSERT OR IGNORE INTO rearm (assignment_id)
    SELECT id FROM assignment
    WHERE state IN ('planned', 'released') AND published_at IS NOT NULL AND withdrawn_at IS NULL AND id = NEW.id;
END;

CREATE TRIGGER reminders_follow_the_freedom AFTER UPDATE ON reminder_freedom BEGIN
    INSERT OR IGNORE INTO rearm (assignment_id)
    SELECT id FROM assignment
    WHERE state IN ('planned', 'released') AND published_at IS NOT NULL AND withdrawn_at IS NULL;
END;

CREATE TRIGGER reminders_follow_the_ladder AFTER UPDATE ON ladder BEGIN
    INSERT OR IGNORE INTO rearm (assignment_id)
    SELECT id FROM assignment
    WHERE state IN ('planned', 'released') AND published_at IS NOT NULL AND withdrawn_at IS NULL;
END;

CREATE TRIGGER reminders_follow_the_ladder_away AFTER DELETE ON ladder BEGIN
    INSERT OR IGNORE INTO rearm (assignment_id)
    SELECT id FROM assignment
    WHERE state IN ('planned', 'released') AND published_at IS NOT NULL AND withdrawn_at IS NULL;
END;

CREATE TRIGGER reminders_follow_the_shift AFTER UPDATE OF state, place_id ON shift BEGIN
    INSERT OR IGNORE INTO rearm (assignment_id)
    SELECT id FROM assignment
    WHERE state IN ('planned', 'released') AND published_at IS NOT NULL AND withdrawn_at IS NULL AND shift_id = NEW.id;
END;

CREATE TRIGGER reminders_follow_the_workday AFTER UPDATE ON workday_override BEGIN
    INSERT OR IGNORE INTO rearm (assignment_id)
    SELECT id FROM assignment
    WHERE state IN ('planned', 'released') AND published_at IS NOT NULL AND withdrawn_at IS NULL;
END;

CREATE TRIGGER reminders_follow_the_workday_away AFTER DELETE ON workday_override BEGIN
    INSERT OR IGNORE INTO rearm (assignment_id)
    SELECT id FROM assignment
    WHERE state IN ('planned', 'released') AND published_at IS NOT NULL AND withdrawn_at IS NULL;
END;

CREATE TABLE restore_code (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    code_hash TEXT NOT NULL UNIQUE,
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) STRICT;

CREATE TABLE roster (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL CHECK (ends_on >= starts_on),
    state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'closed')),
    version INTEGER NOT NULL DEFAULT 1,
    fill_state TEXT NOT NULL DEFAULT 'none' CHECK (fill_state IN ('none', 'asked', 'running', 'done', 'failed')),
    fill_asked_at TEXT,
    fill_asked_by INTEGER REFERENCES person (id),
    fill_started_at TEXT,
    fill_version INTEGER,
    fill_scope TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(fill_scope)),
    fill_progress TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(fill_progress)),
    fill_cancel TEXT NOT NULL DEFAULT '' CHECK (fill_cancel IN ('', 'keep', 'discard')),
    fill_facts TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(fill_facts)),
    made_at TEXT NOT NULL,
    published_at TEXT,
    published_by TEXT,
    closed_at TEXT,
    CHECK ((state = 'draft') = (published_at IS NULL))
) STRICT;

CREATE TRIGGER roster_periods_do_not_overlap BEFORE INSERT ON roster BEGIN
    SELECT RAISE(ABORT, 'roster_overlaps')
    WHERE EXISTS (
        SELECT 1 FROM roster
        WHERE unit_id = NEW.unit_id AND starts_on <= NEW.ends_on AND ends_on >= NEW.starts_on
    );
END;

CREATE TABLE roster_version (
    id INTEGER PRIMARY KEY,
    roster_id INTEGER NOT NULL REFERENCES roster (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    added INTEGER NOT NULL,
    moved INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    told INTEGER NOT NULL,
    UNIQUE (roster_id, number)
) STRICT;

CREATE TABLE "rule_level" (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    rule TEXT NOT NULL CHECK (rule IN ('rest', 'week_cap', 'quota', 'restdays', 'night', 'far', 'same_unit')),
    level TEXT NOT NULL CHECK (level IN ('block', 'warn', 'note', 'off')),
    PRIMARY KEY (unit_id, rule),
    CHECK (level <> 'off' OR rule NOT IN ('rest', 'week_cap', 'quota'))
) STRICT, WITHOUT ROWID;

CREATE TABLE scenario (
    id INTEGER PRIMARY KEY,
    roster_id INTEGER NOT NULL REFERENCES roster (id),
    emphasis TEXT NOT NULL CHECK (emphasis IN ('none', 'fairness', 'travel', 'quota', 'calm')),
    away TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(away)),
    state TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'running', 'done', 'failed')),
    version INTEGER,
    seats TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(seats)),
    facts TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(facts)),
    asked_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    started_at TEXT
) STRICT;

CREATE INDEX scenario_by_roster ON scenario (roster_id);

CREATE TABLE scheduled_export (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    name TEXT NOT NULL CHECK (name <> ''),
    args TEXT NOT NULL CHECK (json_valid(args)),
    every TEXT NOT NULL CHECK (every IN ('week', 'month', 'quarter')),
    receivers TEXT NOT NULL CHECK (json_valid(receivers) AND json_array_length(receivers) > 0),
    lang TEXT NOT NULL CHECK (lang IN ('zh', 'en')),
    made_by INTEGER NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;

CREATE INDEX scheduled_export_of_person ON scheduled_export (made_by);

CREATE INDEX scheduled_export_of_unit ON scheduled_export (unit_id);

CREATE TABLE scheduled_export_run (
    id INTEGER PRIMARY KEY,
    export_id INTEGER NOT NULL REFERENCES scheduled_export (id),
    period TEXT NOT NULL,
    at TEXT NOT NULL,
    queued INTEGER NOT NULL CHECK (queued >= 0),
    UNIQUE (export_id, period)
) STRICT;

CREATE TRIGGER scheduled_export_run_stands BEFORE UPDATE ON scheduled_export_run
BEGIN SELECT RAISE(ABORT, 'mailed_run_is_kept'); END;

CREATE TRIGGER scheduled_export_run_stays BEFORE DELETE ON scheduled_export_run
BEGIN SELECT RAISE(ABORT, 'mailed_run_is_kept'); END;

CREATE TABLE second_person (
    unit_id INTEGER PRIMARY KEY REFERENCES unit (id),
    is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL
) STRICT;

CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person_id INTEGER NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at TEXT
, way TEXT NOT NULL DEFAULT 'link' CHECK (way IN ('link', 'password', 'oidc')), device TEXT NOT NULL DEFAULT '', address TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX session_by_person ON session (person_id);

CREATE TRIGGER session_ends_once BEFORE UPDATE OF ended_at ON session
WHEN OLD.ended_at IS NOT NULL AND NEW.ended_at IS NOT OLD.ended_at
BEGIN
    SELECT RAISE (ABORT, 'session_has_ended');
END;

CREATE TABLE shift (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    roster_id INTEGER REFERENCES roster (id),
    template_id INTEGER REFERENCES template (id),
    place_id INTEGER NOT NULL REFERENCES place (id),
    activity_id INTEGER NOT NULL REFERENCES activity (id),
    day TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    headcount INTEGER NOT NULL CHECK (headcount BETWEEN 1 AND 99),
    requires TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(requires)),
    tasks TEXT NOT NULL DEFAULT '',
    weight INTEGER NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 9),
    state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'held', 'cancelled')),
    confirmed_at TEXT,
    confirmed_by TEXT,
    UNIQUE (template_id, place_id, day),
    CHECK ((state = 'held') = (confirmed_at IS NOT NULL))
) STRICT;

CREATE INDEX shift_by_place ON shift (place_id, day);

CREATE INDEX shift_by_roster ON shift (roster_id, day);

CREATE INDEX shift_by_unit ON shift (unit_id, day);

CREATE VIEW shift_of_unit AS
SELECT shift.id AS shift_id, unit_above.above_id AS unit_id, activity.code = 'visit' AS is_visit
FROM shift
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
JOIN unit_above ON unit_above.unit_id IN (shift.unit_id, place.unit_id);

CREATE TABLE shift_problem (
    id INTEGER PRIMARY KEY,
    shift_id INTEGER NOT NULL REFERENCES shift (id),
    text TEXT NOT NULL CHECK (text <> ''),
    follow_up_id INTEGER NOT NULL REFERENCES person (id),
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    found_at TEXT NOT NULL,
    found_by TEXT NOT NULL,
    closed_at TEXT,
    closed_by TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT '',
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((state = 'closed') = (outcome <> ''))
) STRICT;

CREATE INDEX shift_problem_by_shift ON shift_problem (shift_id);

CREATE INDEX shift_problem_open ON shift_problem (follow_up_id) WHERE state = 'open';

CREATE TABLE shift_report (
    shift_id INTEGER PRIMARY KEY REFERENCES shift (id),
    version INTEGER NOT NULL DEFAULT 1,
    done TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(done)),
    remarks TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;

CREATE INDEX shift_to_confirm ON shift (ends_at) WHERE state = 'planned';

CREATE TABLE sign_in_policy (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    passwords INTEGER NOT NULL CHECK (passwords IN (0, 1))
) STRICT;

CREATE TABLE sign_up (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    opening_id INTEGER NOT NULL REFERENCES opening (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('seated', 'waiting', 'left', 'released')),
    rank INTEGER NOT NULL DEFAULT 0,
    assignment_id INTEGER REFERENCES assignment (id),
    reason TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    seated_at TEXT,
    CHECK (state <> 'seated' OR (assignment_id IS NOT NULL AND seated_at IS NOT NULL))
) STRICT;

CREATE INDEX sign_up_by_assignment ON sign_up (assignment_id) WHERE assignment_id IS NOT NULL;

CREATE INDEX sign_up_by_opening ON sign_up (opening_id, state, rank, id);

CREATE INDEX sign_up_by_person ON sign_up (person_id, opening_id);

CREATE TRIGGER sign_up_ends_with_its_seat AFTER UPDATE OF state ON assignment
WHEN NEW.state = 'released' AND OLD.state <> 'released' BEGIN
    UPDATE sign_up SET state = 'released' WHERE assignment_id = NEW.id AND state = 'seated';
END;

CREATE TRIGGER sign_up_fits BEFORE UPDATE OF state ON sign_up
WHEN NEW.state = 'seated' AND OLD.state = 'waiting' BEGIN
    SELECT RAISE(ABORT, 'opening_is_full')
    WHERE (SELECT COUNT(*) FROM sign_up WHERE opening_id = NEW.opening_id AND state = 'seated')
        >= (SELECT seats FROM opening WHERE id = NEW.opening_id);
END;

CREATE TRIGGER sign_up_is_asked BEFORE INSERT ON sign_up BEGIN
    SELECT RAISE(ABORT, 'opening_is_not_for_them')
    WHERE NOT EXISTS (SELECT 1 FROM may_sign_up WHERE opening_id = NEW.opening_id AND person_id = NEW.person_id);
END;

CREATE TRIGGER sign_up_returns_with_its_seat AFTER UPDATE OF state ON assignment
WHEN NEW.state = 'planned' AND OLD.state = 'released' BEGIN
    UPDATE sign_up SET state = 'seated'
    WHERE id = (SELECT MAX(id) FROM sign_up WHERE assignment_id = NEW.id) AND state = 'released'
      AND NOT EXISTS (
        SELECT 1 FROM sign_up AS other
        WHERE other.opening_id = sign_up.opening_id AND other.person_id = sign_up.person_id
          AND other.state IN ('seated', 'waiting')
      );
END;

CREATE TABLE signin_link (
    token_hash TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
, purpose TEXT NOT NULL DEFAULT 'signin' CHECK (purpose IN ('signin', 'password'))) STRICT, WITHOUT ROWID;

CREATE TRIGGER signin_link_works_once BEFORE UPDATE OF used_at, purpose, person_id ON signin_link
WHEN OLD.used_at IS NOT NULL OR NEW.purpose <> OLD.purpose OR NEW.person_id <> OLD.person_id
BEGIN
    SELECT RAISE (ABORT, 'link_is_spent');
END;

CREATE TABLE silence (
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    revision TEXT NOT NULL,
    told_at TEXT NOT NULL,
    PRIMARY KEY (assignment_id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE sponsorship (
    id INTEGER PRIMARY KEY,
    place_id INTEGER NOT NULL REFERENCES place (id),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    starts_on TEXT NOT NULL,
    ends_on TEXT CHECK (ends_on >= starts_on),
    responsible_id INTEGER REFERENCES person (id),
    procedure TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX sponsorship_by_place ON sponsorship (place_id, starts_on);

CREATE TRIGGER sponsorships_do_not_overlap BEFORE INSERT ON sponsorship BEGIN
    SELECT RAISE(ABORT, 'sponsorship_overlaps')
    WHERE EXISTS (
        SELECT 1 FROM sponsorship
        WHERE place_id = NEW.place_id AND unit_id = NEW.unit_id
          AND starts_on <= COALESCE(NEW.ends_on, '9999-12-31')
          AND COALESCE(ends_on, '9999-12-31') >= NEW.starts_on
    );
END;

CREATE TRIGGER sponsorships_stay_apart BEFORE UPDATE OF place_id, unit_id, starts_on, ends_on ON sponsorship BEGIN
    SELECT RAISE(ABORT, 'sponsorship_overlaps')
    WHERE EXISTS (
        SELECT 1 FROM sponsorship
        WHERE place_id = NEW.place_id AND unit_id = NEW.unit_id AND id <> NEW.id
          AND starts_on <= COALESCE(NEW.ends_on, '9999-12-31')
          AND COALESCE(ends_on, '9999-12-31') >= NEW.starts_on
    );
END;

CREATE VIEW standing AS
SELECT id, shift_id, slot, person_id, starts_at, ends_at,
       CASE state WHEN 'released' THEN 'planned' ELSE state END AS state,
       absence, fixed, source, made_at, published_at
FROM assignment
WHERE published_at IS NOT NULL AND withdrawn_at IS NULL;

CREATE INDEX standing_by_person ON assignment (person_id, starts_at)
WHERE published_at IS NOT NULL AND withdrawn_at IS NULL;

CREATE TABLE step (
    id INTEGER PRIMARY KEY,
    roster_id INTEGER NOT NULL REFERENCES roster (id),
    act TEXT NOT NULL,
    at TEXT NOT NULL,
    person_id INTEGER REFERENCES person (id),
    actor TEXT NOT NULL,
    before TEXT NOT NULL CHECK (json_valid(before)),
    after TEXT NOT NULL CHECK (json_valid(after)),
    state TEXT NOT NULL DEFAULT 'done' CHECK (state IN ('done', 'undone', 'lost')),
    undone_no INTEGER,
    undone_by TEXT NOT NULL DEFAULT '', version_id INTEGER REFERENCES roster_version (id),
    CHECK ((state = 'done') = (undone_no IS NULL))
) STRICT;

CREATE INDEX step_by_roster ON step (roster_id, id);

CREATE TABLE swap_offer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id INTEGER NOT NULL REFERENCES swap_request (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    shift_id INTEGER REFERENCES shift (id),
    state TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'accepted', 'declined', 'settled')),
    answered_at TEXT,
    answered_by TEXT NOT NULL DEFAULT ''
, step INTEGER NOT NULL DEFAULT 1, asked_at TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX swap_offer_by_person ON swap_offer (person_id, state);

CREATE TABLE swap_policy (
    unit_id INTEGER PRIMARY KEY REFERENCES unit (id),
    needs_approval INTEGER NOT NULL CHECK (needs_approval IN (0, 1))
, keeps_turn INTEGER NOT NULL DEFAULT 1 CHECK (keeps_turn IN (0, 1)), people INTEGER NOT NULL DEFAULT 3 CHECK (people BETWEEN 0 AND 20), step_hours INTEGER NOT NULL DEFAULT 24 CHECK (step_hours BETWEEN 1 AND 168), near_hours INTEGER NOT NULL DEFAULT 48 CHECK (near_hours BETWEEN 0 AND 336), near_step_hours INTEGER NOT NULL DEFAULT 4 CHECK (near_step_hours BETWEEN 1 AND 168)) STRICT;

CREATE TABLE swap_request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    shift_id INTEGER NOT NULL REFERENCES shift (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('swap', 'cover')),
    note TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'asked' CHECK (state IN (
        'asked', 'accepted', 'approved', 'declined', 'refused', 'withdrawn', 'lapsed', 'obsolete'
    )),
    asked_at TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT NOT NULL DEFAULT '', goes_on INTEGER NOT NULL DEFAULT 0 CHECK (goes_on IN (0, 1)), step INTEGER NOT NULL DEFAULT 1, fallen INTEGER NOT NULL DEFAULT 0, next_at TEXT, moved_at TEXT, is_forgiven INTEGER NOT NULL DEFAULT 0 CHECK (is_forgiven IN (0, 1)),
    CHECK ((state IN ('asked', 'accepted')) = (ended_at IS NULL))
) STRICT;

CREATE INDEX swap_request_by_next ON swap_request (next_at) WHERE state = 'asked' AND goes_on = 1;

CREATE INDEX swap_request_by_person ON swap_request (person_id, state);

CREATE TABLE template (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    name TEXT NOT NULL CHECK (name <> ''),
    activity_id INTEGER NOT NULL REFERENCES activity (id),
    days TEXT NOT NULL CHECK (days IN ('workday', 'restday', 'every', 'weekdays')),
    weekdays TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(weekdays)),
    starts TEXT NOT NULL CHECK (starts GLOB '[0-2][0-9]:[0-5][0-9]'),
    ends TEXT NOT NULL CHECK (ends GLOB '[0-2][0-9]:[0-5][0-9]' AND ends <> starts),
    headcount INTEGER NOT NULL CHECK (headcount BETWEEN 1 AND 99),
    requires TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(requires)),
    tasks TEXT NOT NULL DEFAULT '',
    weight INTEGER NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 9),
    valid_from TEXT NOT NULL,
    valid_to TEXT CHECK (valid_to >= valid_from),
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE template_place (
    template_id INTEGER NOT NULL REFERENCES template (id),
    place_id INTEGER NOT NULL REFERENCES place (id),
    PRIMARY KEY (template_id, place_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE total_of_person (
    person_id INTEGER NOT NULL REFERENCES person (id),
    month TEXT NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    trips INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    carried INTEGER NOT NULL,
    PRIMARY KEY (person_id, month, unit_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE total_of_unit (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    alone INTEGER NOT NULL CHECK (alone IN (0, 1)),
    period TEXT NOT NULL,
    trips INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    carried INTEGER NOT NULL,
    people INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    PRIMARY KEY (unit_id, alone, period)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER totals_follow_the_ledger AFTER INSERT ON ledger BEGIN
    INSERT INTO total_of_person (person_id, month, unit_id, trips, minutes, carried)
    VALUES (
        NEW.person_id, substr(NEW.day, 1, 7), NEW.unit_id, NEW.trips, NEW.trips * NEW.minutes,
        CASE WHEN NEW.shift_id IS NULL THEN NEW.trips ELSE 0 END
    )
    ON CONFLICT (person_id, month, unit_id) DO UPDATE SET
        trips = trips + excluded.trips, minutes = minutes + excluded.minutes, carried = carried + excluded.carried;
    INSERT INTO total_of_unit (unit_id, alone, period, trips, minutes, carried, people, sessions)
    SELECT over.unit_id, over.alone, span.period, NEW.trips, NEW.trips * NEW.minutes,
        CASE WHEN NEW.shift_id IS NULL THEN NEW.trips ELSE 0 END,
        CASE WHEN (
            SELECT trips
            FROM total_of_person
            WHERE person_id = NEW.person_id AND month = substr(NEW.day, 1, 7) AND unit_id = NEW.unit_id
        ) = (NEW.trips = 1) AND NOT EXISTS (
            SELECT 1
            FROM total_of_person AS held
            WHERE held.person_id = NEW.person_id AND held.month BETWEEN span.first AND span.last AND held.trips > 0
              AND (held.month <> substr(NEW.day, 1, 7) OR held.unit_id <> NEW.unit_id)
              AND (held.unit_id = NEW.unit_id OR (over.alone = 0 AND EXISTS (
                SELECT 1 FROM unit_above WHERE unit_id = held.unit_id AND above_id = over.unit_id
              )))
        ) THEN NEW.trips ELSE 0 END,
        over.sessions
    FROM (
        SELECT above.unit_id, above.alone,
            CASE WHEN NEW.shift_id IS NULL OR EXISTS (
                SELECT 1
                FROM ledger AS held
                WHERE held.shift_id = NEW.shift_id AND held.trips = 1 AND held.id <> NEW.id
                  AND (held.unit_id = NEW.unit_id OR (above.alone = 0 AND EXISTS (
                    SELECT 1 FROM unit_above WHERE unit_id = held.unit_id AND above_id = above.unit_id
                  )))
                  AND NOT EXISTS (SELECT 1 FROM ledger AS correction WHERE correction.reverses = held.id)
            ) THEN 0 ELSE NEW.trips END AS sessions
        FROM (
            SELECT above_id AS unit_id, 0 AS alone FROM unit_above WHERE unit_id = NEW.unit_id
            UNION ALL SELECT NEW.unit_id, 1
        ) AS above
        LIMIT 1000
    ) AS over
    CROSS JOIN (
        SELECT substr(NEW.day, 1, 7) AS period, substr(NEW.day, 1, 7) AS first, substr(NEW.day, 1, 7) AS last
        UNION ALL
        SELECT substr(NEW.day, 1, 4) || 'Q' || ((substr(NEW.day, 6, 2) + 2) / 3),
               printf('%s-%02d', substr(NEW.day, 1, 4), (substr(NEW.day, 6, 2) + 2) / 3 * 3 - 2),
               printf('%s-%02d', substr(NEW.day, 1, 4), (substr(NEW.day, 6, 2) + 2) / 3 * 3)
        UNION ALL
        SELECT substr(NEW.day, 1, 4), substr(NEW.day, 1, 4) || '-01', substr(NEW.day, 1, 4) || '-12'
    ) AS span
    WHERE true
    ON CONFLICT (unit_id, alone, period) DO UPDATE SET
        trips = trips + excluded.trips, minutes = minutes + excluded.minutes, carried = carried + excluded.carried,
        people = people + excluded.people, sessions = sessions + excluded.sessions;
END;

CREATE TRIGGER totals_gain_a_unit AFTER INSERT ON unit_above
WHEN EXISTS (SELECT 1 FROM total_of_unit WHERE unit_id = NEW.unit_id AND alone = 1) BEGIN
    INSERT INTO moved_total (unit_id, below_id, change) VALUES (NEW.above_id, NEW.unit_id, 1)
    ON CONFLICT (unit_id, below_id) DO UPDATE SET change = change + 1;
    DELETE FROM moved_total WHERE unit_id = NEW.above_id AND below_id = NEW.unit_id AND change = 0;
END;

CREATE TRIGGER totals_lose_a_unit AFTER DELETE ON unit_above
WHEN EXISTS (SELECT 1 FROM total_of_unit WHERE unit_id = OLD.unit_id AND alone = 1) BEGIN
    INSERT INTO moved_total (unit_id, below_id, change) VALUES (OLD.above_id, OLD.unit_id, -1)
    ON CONFLICT (unit_id, below_id) DO UPDATE SET change = change - 1;
    DELETE FROM moved_total WHERE unit_id = OLD.above_id AND below_id = OLD.unit_id AND change = 0;
END;

CREATE TABLE unit (
    id INTEGER PRIMARY KEY,
    parent_id INTEGER REFERENCES unit (id),
    name TEXT NOT NULL CHECK (name <> ''),
    kind TEXT NOT NULL CHECK (kind IN ('organisation', 'branch', 'department', 'county', 'centre', 'outlet', 'team')),
    district TEXT NOT NULL DEFAULT '',
    sort INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (parent_id, name)
) STRICT;

CREATE TABLE unit_above (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    above_id INTEGER NOT NULL REFERENCES unit (id),
    depth INTEGER NOT NULL CHECK (depth >= 0),
    PRIMARY KEY (unit_id, above_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER unit_added AFTER INSERT ON unit BEGIN
    INSERT INTO unit_above (unit_id, above_id, depth) VALUES (NEW.id, NEW.id, 0);
    INSERT INTO unit_above (unit_id, above_id, depth)
    SELECT NEW.id, above_id, depth + 1 FROM unit_above WHERE unit_id = NEW.parent_id;
END;

CREATE INDEX unit_below ON unit_above (above_id, unit_id);

CREATE TRIGGER unit_moved AFTER UPDATE OF parent_id ON unit WHEN NEW.parent_id IS NOT OLD.parent_id BEGIN
    SELECT RAISE(ABORT, 'unit_below_itself')
    WHERE EXISTS (SELECT 1 FROM unit_above WHERE unit_id = NEW.parent_id AND above_id = NEW.id);
    DELETE FROM unit_above
    WHERE unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = NEW.id)
      AND above_id IN (SELECT above_id FROM unit_above WHERE unit_id = NEW.id AND depth > 0);
    INSERT INTO unit_above (unit_id, above_id, depth)
    SELECT below.unit_id, above.above_id, below.depth + 1 + above.depth
    FROM unit_above AS below
    JOIN unit_above AS above ON above.unit_id = NEW.parent_id
    WHERE below.above_id = NEW.id;
END;

CREATE TABLE unit_quota (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    activity_id INTEGER REFERENCES activity (id),
    period TEXT NOT NULL CHECK (period IN ('month', 'quarter', 'year', 'dates')),
    basis TEXT NOT NULL CHECK (basis IN ('fixed', 'head')),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000),
    starts_on TEXT NOT NULL,
    ends_on TEXT CHECK (ends_on >= starts_on),
    CHECK (period <> 'dates' OR ends_on IS NOT NULL)
) STRICT;

CREATE TABLE version_seat (
    version_id INTEGER NOT NULL REFERENCES roster_version (id),
    shift_id INTEGER NOT NULL REFERENCES shift (id),
    slot INTEGER NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id),
    PRIMARY KEY (version_id, shift_id, slot)
) STRICT, WITHOUT ROWID;

CREATE INDEX version_seat_of_person ON version_seat (person_id);

CREATE TABLE waiver (
    id INTEGER PRIMARY KEY,
    quota_id INTEGER NOT NULL REFERENCES quota (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    starts_on TEXT NOT NULL,
    note TEXT NOT NULL CHECK (trim(note) <> ''),
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;

CREATE INDEX waiver_by_person ON waiver (person_id, starts_on);

CREATE UNIQUE INDEX waiver_once ON waiver (quota_id, person_id, starts_on) WHERE ended_at IS NULL;

CREATE TABLE wall (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    lang TEXT NOT NULL CHECK (lang IN ('zh', 'en')),
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    revoked_at TEXT
, codes INTEGER NOT NULL DEFAULT 0 CHECK (codes IN (0, 1))) STRICT;

CREATE VIEW way AS
SELECT id AS person_id, NULL AS channel_id, 'email' AS kind, '' AS name, email AS address, -1 AS depth
FROM person
WHERE email <> ''
UNION ALL
SELECT person.id, channel.id, channel.kind, channel.name, person.mobile, unit_above.depth
FROM person
JOIN unit_above ON unit_above.unit_id = person.unit_id
JOIN channel ON channel.unit_id = unit_above.above_id
WHERE channel.is_on = 1;

CREATE TRIGGER what_was_asked_for_stays
BEFORE UPDATE OF id, act, subject, subject_id, unit_id, facts, reason, asked_by, asked_at, expires_at ON approval BEGIN
    SELECT RAISE(ABORT, 'approval_is_kept');
END;

CREATE TABLE wish (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('prefer', 'avoid')),
    strength INTEGER NOT NULL CHECK (strength IN (1, 2)),
    weekday INTEGER CHECK (weekday BETWEEN 0 AND 6),
    place_id INTEGER REFERENCES place (id),
    activity_id INTEGER REFERENCES activity (id),
    starts_on TEXT,
    ends_on TEXT CHECK (ends_on >= starts_on),
    made_at TEXT NOT NULL,
    CHECK (weekday IS NOT NULL OR place_id IS NOT NULL OR activity_id IS NOT NULL)
) STRICT;

CREATE INDEX wish_by_person ON wish (person_id);

CREATE TABLE workday_override (
    day TEXT PRIMARY KEY,
    is_workday INTEGER NOT NULL CHECK (is_workday IN (0, 1)),
    name TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
