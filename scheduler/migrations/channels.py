"""Ways out beside e-mail: group bots, webhooks, ntfy; and how each is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply, rebuild

if TYPE_CHECKING:
    from sqlite_utils import Database

# A removed channel's row stays for what left by it; its settings, and so its secrets, are gone.
# channel_state has a row 0 for e-mail: the installation's own server is no row of `channel`.
SCRIPT = """
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
) STRICT

CREATE UNIQUE INDEX channel_by_name ON channel (unit_id, name) WHERE removed_at IS NULL

CREATE TABLE channel_state (
    channel_id INTEGER PRIMARY KEY CHECK (channel_id >= 0),
    next_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    sent_at TEXT,
    failed_at TEXT,
    last_error TEXT NOT NULL DEFAULT ''
) STRICT
"""

OUTBOX = """
CREATE TABLE outbox (
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
    sent_at TEXT,
    CHECK ((channel = 'email') = (channel_id IS NULL))
) STRICT
"""

INDEXES = """
DROP INDEX outbox_to_send

CREATE INDEX outbox_to_send ON outbox (COALESCE(channel_id, 0), due_at, id) WHERE state IN ('due', 'sending')
"""


@STEPS()
def channels(db: Database) -> None:
    """Channels; a message says by which it leaves, none meaning e-mail, and may carry its duty as an .ics."""
    apply(db, SCRIPT)
    rebuild(db, "outbox", OUTBOX)
    apply(db, INDEXES)
