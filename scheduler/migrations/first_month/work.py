"""The background process: its lease and its jobs."""

SCRIPT = """
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    fence INTEGER NOT NULL,
    beat_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID

CREATE TABLE job_run (
    job TEXT PRIMARY KEY,
    asked_at TEXT,
    started_at TEXT,
    ended_at TEXT,
    milliseconds INTEGER NOT NULL DEFAULT 0,
    result TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID
"""
