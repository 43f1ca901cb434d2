"""Totals of the ledger, kept in the transaction that writes an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# One row a person, month and unit of the day; one a unit and month, quarter or year (`alone`: without those below it).
# `moved_total` holds what the tree has gained and lost since: such a unit's totals wait to be counted anew.
TABLES = """
CREATE TABLE total_of_person (
    person_id INTEGER NOT NULL REFERENCES person (id),
    month TEXT NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    trips INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    carried INTEGER NOT NULL,
    PRIMARY KEY (person_id, month, unit_id)
) STRICT, WITHOUT ROWID

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
) STRICT, WITHOUT ROWID

CREATE TABLE moved_total (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    below_id INTEGER NOT NULL REFERENCES unit (id),
    change INTEGER NOT NULL,
    PRIMARY KEY (unit_id, below_id)
) STRICT, WITHOUT ROWID

CREATE INDEX ledger_corrections ON ledger (day) WHERE reverses IS NOT NULL
"""

FILL = """
INSERT INTO total_of_person (person_id, month, unit_id, trips, minutes, carried)
SELECT person_id, substr(day, 1, 7), unit_id, SUM(trips), SUM(trips * minutes), SUM((shift_id IS NULL) * trips)
FROM ledger
GROUP BY person_id, substr(day, 1, 7), unit_id

INSERT INTO total_of_unit (unit_id, alone, period, trips, minutes, carried, people, sessions)
SELECT over.unit_id, over.alone, period.value, SUM(trips), SUM(minutes), SUM(carried),
       COUNT(DISTINCT CASE WHEN trips > 0 THEN person_id END), 0
FROM total_of_person
JOIN (
    SELECT unit_id AS below_id, above_id AS unit_id, 0 AS alone FROM unit_above
    UNION ALL SELECT id, id, 1 FROM unit
) AS over ON over.below_id = total_of_person.unit_id
JOIN json_each(json_array(
    month, substr(month, 1, 4) || 'Q' || ((substr(month, 6) + 2) / 3), substr(month, 1, 4)
)) AS period
GROUP BY over.unit_id, over.alone, period.value

INSERT INTO total_of_unit (unit_id, alone, period, trips, minutes, carried, people, sessions)
SELECT over.unit_id, over.alone, period.value, 0, 0, 0, 0, COUNT(DISTINCT shift_id)
FROM (
    SELECT shift_id, unit_id, substr(day, 1, 7) AS month
    FROM ledger
    WHERE shift_id IS NOT NULL
    GROUP BY shift_id, unit_id, substr(day, 1, 7)
    HAVING SUM(trips) > 0
) AS held
JOIN (
    SELECT unit_id AS below_id, above_id AS unit_id, 0 AS alone FROM unit_above
    UNION ALL SELECT id, id, 1 FROM unit
) AS over ON over.below_id = held.unit_id
JOIN json_each(json_array(
    month, substr(month, 1, 4) || 'Q' || ((substr(month, 6) + 2) / 3), substr(month, 1, 4)
)) AS period
WHERE true
GROUP BY over.unit_id, over.alone, period.value
ON CONFLICT (unit_id, alone, period) DO UPDATE SET sessions = excluded.sessions
"""

# A person counts in a unit's period from their first standing trip in it to the reversal of the last one; so does a
# session. What stood before is told by what stands now: a trip more and there is one, a trip less and there is none.
TRIGGERS = """
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
            SELECT SUM(held.trips)
            FROM total_of_person AS held
            WHERE held.person_id = NEW.person_id AND held.month BETWEEN span.first AND span.last AND CASE over.alone
                WHEN 1 THEN held.unit_id = NEW.unit_id
                ELSE EXISTS (SELECT 1 FROM unit_above WHERE unit_id = held.unit_id AND above_id = over.unit_id)
            END
        ) = (NEW.trips = 1) THEN NEW.trips ELSE 0 END,
        CASE WHEN NEW.shift_id IS NOT NULL AND (
            SELECT SUM(held.trips)
            FROM ledger AS held
            WHERE held.shift_id = NEW.shift_id AND CASE over.alone
                WHEN 1 THEN held.unit_id = NEW.unit_id
                ELSE EXISTS (SELECT 1 FROM unit_above WHERE unit_id = held.unit_id AND above_id = over.unit_id)
            END
        ) = (NEW.trips = 1) THEN NEW.trips ELSE 0 END
    FROM (
        SELECT above_id AS unit_id, 0 AS alone FROM unit_above WHERE unit_id = NEW.unit_id
        UNION ALL SELECT NEW.unit_id, 1
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

CREATE TRIGGER totals_lose_a_unit AFTER DELETE ON unit_above
WHEN EXISTS (SELECT 1 FROM total_of_unit WHERE unit_id = OLD.unit_id AND alone = 1) BEGIN
    INSERT INTO moved_total (unit_id, below_id, change) VALUES (OLD.above_id, OLD.unit_id, -1)
    ON CONFLICT (unit_id, below_id) DO UPDATE SET change = change - 1;
    DELETE FROM moved_total WHERE unit_id = OLD.above_id AND below_id = OLD.unit_id AND change = 0;
END

CREATE TRIGGER totals_gain_a_unit AFTER INSERT ON unit_above
WHEN EXISTS (SELECT 1 FROM total_of_unit WHERE unit_id = NEW.unit_id AND alone = 1) BEGIN
    INSERT INTO moved_total (unit_id, below_id, change) VALUES (NEW.above_id, NEW.unit_id, 1)
    ON CONFLICT (unit_id, below_id) DO UPDATE SET change = change + 1;
    DELETE FROM moved_total WHERE unit_id = NEW.above_id AND below_id = NEW.unit_id AND change = 0;
END
"""


@STEPS()
def totals(db: Database) -> None:
    """What was entered before is summed once; from now on every entry carries its totals with it."""
    apply(db, TABLES)
    apply(db, FILL)
    apply(db, TRIGGERS)
