"""Messages waiting to leave, and the reminders behind them."""

SCRIPT = """
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    message_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('email')),
    person_id INTEGER REFERENCES person (id),
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sending', 'sent', 'failed', 'obsolete')),
    due_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    lease_until TEXT,
    fence INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    sent_at TEXT
) STRICT

CREATE INDEX outbox_to_send ON outbox (due_at) WHERE state IN ('due', 'sending')

CREATE INDEX outbox_failed ON outbox (person_id) WHERE state = 'failed'

CREATE TABLE reminder (
    id INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    rule TEXT NOT NULL CHECK (rule IN ('one_day', 'two_hours')),
    channel TEXT NOT NULL CHECK (channel IN ('email')),
    revision INTEGER NOT NULL DEFAULT 1,
    due_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'queued', 'obsolete', 'failed')),
    outbox_id INTEGER REFERENCES outbox (id),
    UNIQUE (assignment_id, rule, channel, revision),
    CHECK ((state = 'queued') = (outbox_id IS NOT NULL))
) STRICT

CREATE INDEX reminder_to_queue ON reminder (due_at) WHERE state = 'due'
"""
