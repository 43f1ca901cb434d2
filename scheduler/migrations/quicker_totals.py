"""Totals that follow the ledger faster: a person or a session is looked for only where it may be a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# Whoever has another trip in the same month and unit was there before and is still, in every total: no need to look.
# A session was there before where somebody else's entry of it stands in the unit. LIMIT keeps SQLite from asking
# that once for each period.
TRIGGER = """
DROP TRIGGER totals_follow_the_ledger

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
END
"""


@STEPS()
def quicker_totals(db: Database) -> None:
    """Only the trigger: what it keeps is what it kept."""
    apply(db, TRIGGER)
