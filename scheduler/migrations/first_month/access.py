"""Who may sign in, and as what."""

SCRIPT = """
CREATE TABLE access (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN ('coordinator', 'administrator')),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    UNIQUE (person_id, role, unit_id)
) STRICT

CREATE TABLE signin_link (
    token_hash TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) STRICT, WITHOUT ROWID

CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person_id INTEGER NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at TEXT
) STRICT

CREATE INDEX session_by_person ON session (person_id)
"""
