"""Activities, templates, rosters with their shifts, rule levels, the policy."""

SCRIPT = """
CREATE TABLE activity (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    sort INTEGER NOT NULL DEFAULT 0
) STRICT

INSERT INTO activity (code, name_zh, name_en, sort) VALUES
    ('lobby', '厅堂服务', 'Lobby service', 1),
    ('community', '社区值班', 'Community duty', 2),
    ('visit', '领导走访', 'Leader visit', 3),
    ('publicity', '宣传活动', 'Publicity', 4),
    ('epidemic', '疫情值守', 'Epidemic duty', 5),
    ('inspection', '检查整改', 'Inspection', 6),
    ('training', '培训', 'Training', 7)

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
) STRICT

CREATE TABLE template_place (
    template_id INTEGER NOT NULL REFERENCES template (id),
    place_id INTEGER NOT NULL REFERENCES place (id),
    PRIMARY KEY (template_id, place_id)
) STRICT, WITHOUT ROWID

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
) STRICT

CREATE TRIGGER roster_periods_do_not_overlap BEFORE INSERT ON roster BEGIN
    SELECT RAISE(ABORT, 'roster_overlaps')
    WHERE EXISTS (
        SELECT 1 FROM roster
        WHERE unit_id = NEW.unit_id AND starts_on <= NEW.ends_on AND ends_on >= NEW.starts_on
    );
END

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
) STRICT

CREATE TABLE rule_level (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    rule TEXT NOT NULL CHECK (rule IN ('rest', 'week_cap', 'quota')),
    level TEXT NOT NULL CHECK (level IN ('block', 'warn', 'note')),
    PRIMARY KEY (unit_id, rule)
) STRICT, WITHOUT ROWID

CREATE TABLE policy (
    unit_id INTEGER PRIMARY KEY REFERENCES unit (id),
    version INTEGER NOT NULL DEFAULT 1,
    weights TEXT NOT NULL CHECK (json_valid(weights))
) STRICT

CREATE INDEX shift_by_roster ON shift (roster_id, day)

CREATE INDEX shift_by_place ON shift (place_id, day)

CREATE INDEX shift_by_unit ON shift (unit_id, day)

CREATE INDEX shift_to_confirm ON shift (ends_at) WHERE state = 'planned'
"""
