"""What changes in a published roster and is not told yet: it waits for the next publication.

Staff are shown the view `standing`: what was published and is not withdrawn. Whoever plans sees what is not
released. A seat taken since the last publication is planned and not published, one given up is released and not
withdrawn; publishing makes the two agree. What changes in a shift that has begun is a fact and waits for nobody.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from scheduler import clock, feeds, reminders
from scheduler.database import Database, Row, insert, rows, run, update, value, write


def put_in(db: Database, shift: Row, person_id: int, slot: int, *, now: datetime, **kept: object) -> int:
    """Let a person have a slot; gives the assignment. What they gave up since the last publication is theirs again.

    `kept` are further columns: fixed, source, override. Nothing is checked here but what the schema checks.
    """
    found = value(
        db,
        """
        SELECT id FROM assignment
        WHERE shift_id = :shift_id AND person_id = :person_id AND state = 'released'
          AND published_at IS NOT NULL AND withdrawn_at IS NULL
        """,
        shift_id=shift["id"],
        person_id=person_id,
    )
    if found is not None:
        update(db, "assignment", found, state="planned", slot=slot, **kept)
        return int(found)
    assignment_id = insert(
        db,
        "assignment",
        shift_id=shift["id"],
        slot=slot,
        person_id=person_id,
        starts_at=shift["starts_at"],
        ends_at=shift["ends_at"],
        made_at=clock.to_text(now),
        **kept,
    )
    if shift["roster"] == "published" and shift["starts_at"] <= clock.to_text(now):
        settle(db, [assignment_id], now=now)
    return assignment_id


def take_out(db: Database, assignment_id: int, *, now: datetime) -> None:
    """Free the slot: what nobody was told of is forgotten, what was published is seen until it is withdrawn."""
    if run(db, "DELETE FROM assignment WHERE id = :id AND published_at IS NULL", id=assignment_id):
        return
    update(db, "assignment", assignment_id, state="released")
    if value(db, "SELECT starts_at FROM assignment WHERE id = :id", id=assignment_id) <= clock.to_text(now):
        settle(db, [assignment_id], now=now)


def settle(db: Database, assignment_ids: Iterable[int], *, now: datetime) -> None:
    """Let staff see these as they are planned: calendars and reminders follow in the same transaction."""
    ids = json.dumps(sorted(assignment_ids))
    with write(db):
        touched = rows(
            db,
            """
            SELECT id, person_id, shift_id, state = 'released' AS is_released
            FROM assignment
            WHERE id IN (SELECT value FROM json_each(:ids))
            ORDER BY id
            """,
            ids=ids,
        )
        run(
            db,
            """
            UPDATE assignment
            SET published_at = COALESCE(published_at, :now),
                withdrawn_at = CASE WHEN state = 'released' THEN :now END
            WHERE id IN (SELECT value FROM json_each(:ids))
            """,
            ids=ids,
            now=clock.to_text(now),
        )
        reminders.disarm(db, [row["id"] for row in touched if row["is_released"]], now=now)
        reminders.arm(db, [row["id"] for row in touched if not row["is_released"]], now=now)
        feeds.touch(db, people={row["person_id"] for row in touched}, shifts={row["shift_id"] for row in touched})


def drop(db: Database, shift_ids: Iterable[int]) -> Counter[int]:
    """Forget what waits at these shifts: they took place as published. Gives by shift how many changes those were."""
    ids = json.dumps(sorted(shift_ids))
    with write(db):
        forgotten = Counter(row["shift_id"] for row in rows(db, UNSEEN, ids=ids))
        for row in rows(db, GIVEN_UP, ids=ids):
            # not "planned": the schema would ask whether they, who stand elsewhere in the plan by now, still can
            update(db, "assignment", row["id"], state="present", slot=_free(db, row["shift_id"], row["slot"]))
            forgotten[row["shift_id"]] += 1
    return forgotten


def _free(db: Database, shift_id: int, wished: int) -> int:
    """The wished slot, or the first free one."""
    sql = "SELECT slot FROM assignment WHERE shift_id = :shift_id AND state <> 'released' ORDER BY slot"
    taken = {int(row["slot"]) for row in rows(db, sql, shift_id=shift_id)}
    return next(int(slot) for slot in (wished, *range(1, len(taken) + 2)) if slot not in taken)


UNSEEN = """
DELETE FROM assignment
WHERE shift_id IN (SELECT value FROM json_each(:ids)) AND published_at IS NULL
RETURNING shift_id
"""
GIVEN_UP = """
SELECT id, shift_id, slot FROM assignment
WHERE shift_id IN (SELECT value FROM json_each(:ids)) AND state = 'released'
  AND published_at IS NOT NULL AND withdrawn_at IS NULL
ORDER BY shift_id, slot, id
"""
