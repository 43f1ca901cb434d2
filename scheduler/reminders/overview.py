"""What has become of every reminder, and whom none can reach."""

from __future__ import annotations

from datetime import datetime

from scheduler import clock
from scheduler.database import Database, Row, rows


def dump(db: Database) -> list[Row]:
    """Every reminder as it stands now, by its time."""
    return rows(
        db,
        """
        SELECT reminder.id AS reminder, reminder.assignment_id AS assignment, reminder.rule, reminder.channel,
               reminder.due_at, COALESCE(outbox.state, reminder.state) AS state,
               COALESCE(outbox.attempts, 0) AS attempts, outbox.sent_at, outbox.message_id
        FROM reminder
        LEFT JOIN outbox ON outbox.id = reminder.outbox_id
        ORDER BY reminder.due_at, reminder.id
        """,
    )


def unreachable(db: Database, *, within: list[int], now: datetime) -> list[Row]:
    """Duties to come whose person no way reached: person_id, person, starts_at."""
    return rows(
        db,
        """
        SELECT person.id AS person_id, person.name AS person, MIN(assignment.starts_at) AS starts_at
        FROM reminder
        JOIN assignment ON assignment.id = reminder.assignment_id
        JOIN person ON person.id = assignment.person_id
        WHERE reminder.state = 'failed' AND assignment.starts_at > :now
          AND person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
          )
        GROUP BY person.id
        ORDER BY starts_at, person.id
        """,
        within=str(within),
        now=clock.to_text(now),
    )
