"""By which ways a person can be told something, and what leaves by another where the first one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# `way` has no channel_id for e-mail, as `outbox` has none. A row of `other_way` goes once its message was sent, or
# once it took its place.
SCRIPT = """
CREATE VIEW way AS
SELECT id AS person_id, NULL AS channel_id, 'email' AS kind, '' AS name, email AS address, -1 AS depth
FROM person
WHERE email <> ''
UNION ALL
SELECT person.id, channel.id, channel.kind, channel.name, person.mobile, unit_above.depth
FROM person
JOIN unit_above ON unit_above.unit_id = person.unit_id
JOIN channel ON channel.unit_id = unit_above.above_id
WHERE channel.is_on = 1

CREATE TABLE other_way (
    outbox_id INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
    channel_id INTEGER REFERENCES channel (id),
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    calendar TEXT NOT NULL DEFAULT ''
) STRICT
"""


@STEPS()
def other_ways(db: Database) -> None:
    """A view of everybody's ways; what was queued before has no other way noted, and so takes none."""
    apply(db, SCRIPT)
