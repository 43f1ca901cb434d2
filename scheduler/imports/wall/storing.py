"""What a duty sheet says, planned: its shifts and who stands them, in one draft as one step that can be undone."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from scheduler import audit, clock, people, rosters, steps
from scheduler.assignments.batch import Spoken, put_all
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, IntegrityError, Row, insert, one, rows, run, write
from scheduler.errors import Conflict, Invalid, Problem
from scheduler.imports.wall.words import Span, plain, spans, squeezed

Key = tuple[int, int, str, str, str]  # place, activity, day, from when, to when


@dataclass(frozen=True, slots=True)
class Planned:
    """What came of it: the roster, the step to undo all of it by, shifts that were made, seats that were taken.

    `left_out` may not stand where the sheet puts them; of those seated `warned` needed a reason.
    """

    roster_id: int
    step_id: int | None
    shifts: int
    seats: int
    left_out: list[Spoken] = field(default_factory=list)
    warned: list[Spoken] = field(default_factory=list)


def store_wall(
    db: Database,
    duties: Sequence[Row],
    *,
    unit_id: int,
    file: str,
    hours: str = "",
    activity: str = "",
    reason: str = "",
    without_barred: bool = False,
    duty: Duty | None = None,
    by: Actor,
    now: datetime,
) -> Planned:
    """Plan the certain rows of a sheet in the unit's draft of these days, which is opened where there is none.

    All or nothing. `hours` (8:30-17:30) and `activity` (a code) stand in where the sheet says none. Refused: hours or
    an activity that nothing says, a place that is not one, somebody who may not stand there, a rule without `reason`.
    `without_barred`: who may not stand there is left out and told of instead.
    """
    if not duties:
        raise Invalid("nothing_certain", field="file")
    with write(db):
        wanted = _wanted(db, duties, unit_id, hours, activity)
        days = sorted({key[2] for key in wanted})
        roster_id, opened = _draft(db, unit_id, date.fromisoformat(days[0]), date.fromisoformat(days[-1]), by, now)
        before = steps.seats(db, roster_id)
        made = {key: _shift(db, roster_id, unit_id, key, len(who)) for key, who in wanted.items()}
        coming = [
            {"shift_id": made[key][0], "person_id": person["id"], "person": person["name"], "place": row["place"],
             "day": row["date"]}
            for key, held in wanted.items() for row, person in held
            if not _stands(db, made[key][0], person["id"])
        ]  # fmt: skip
        weighed = put_all(db, [], coming, reason=reason, duty=duty, now=now)
        if weighed.left_out and not without_barred:
            raise Conflict.of([problem for spoken in weighed.left_out for problem in spoken.problems])
        weighed.refuse_without(reason)
        new = [shift_id for shift_id, is_new in made.values() if is_new]
        step_id = None
        if new or weighed.seated:
            seats, shifts = (before, steps.seats(db, roster_id)), _whole(db, new)
            step_id = steps.keep(
                db, roster_id, "import", seats=seats, shifts=([], shifts), opened=opened, by=by, now=now
            )
        run(db, "UPDATE roster SET version = version + 1 WHERE id = :id", id=roster_id)
        audit.record(
            db, "import", "roster", roster_id, by=by, now=now, unit_id=unit_id, file=file, shifts=len(new),
            added=len(weighed.seated), **weighed.told(reason),
        )  # fmt: skip
    return Planned(roster_id, step_id, len(new), len(weighed.seated), weighed.left_out, weighed.warned)


def undo_wall(db: Database, step_id: int, *, by: Actor, now: datetime, duty: Duty | None = None) -> Row:
    """Take a sheet back as one, and the draft that was opened for it once that is empty.

    Refused like any undo: published meanwhile, or changed since.
    """
    found = one(db, "SELECT roster_id FROM step WHERE id = :id AND act = 'import'", id=step_id)
    if found is None:
        raise Conflict("nothing_to_undo")
    with write(db):
        undone = rosters.undo(db, found["roster_id"], step_id, by=by, now=now, duty=duty)
        if _is_left_empty(db, found["roster_id"], step_id):
            _close(db, found["roster_id"])
    return undone


def _is_left_empty(db: Database, roster_id: int, step_id: int) -> bool:
    """Whether the step opened the roster, and nothing was done to it since: its shifts are templates', and empty."""
    sql = """
        SELECT 1
        FROM step JOIN roster ON roster.id = step.roster_id
        WHERE step.id = :step_id AND json_extract(step.before, '$.opened') = 1 AND roster.state = 'draft'
          AND NOT EXISTS (
              SELECT 1 FROM shift LEFT JOIN assignment ON assignment.shift_id = shift.id
              WHERE roster_id = :roster_id AND (template_id IS NULL OR assignment.id IS NOT NULL)
          )
          AND NOT EXISTS (SELECT 1 FROM step WHERE roster_id = :roster_id AND state = 'done')
          AND NOT EXISTS (SELECT 1 FROM roster_version WHERE roster_id = :roster_id)
    """
    return one(db, sql, roster_id=roster_id, step_id=step_id) is not None


def _close(db: Database, roster_id: int) -> None:
    with suppress(IntegrityError), write(db):  # a shift that was opened for sign-up, say, keeps its roster
        for table, of in (("shift", "roster_id"), ("scenario", "roster_id"), ("step", "roster_id"), ("roster", "id")):
            run(db, f"DELETE FROM {table} WHERE {of} = :roster_id", roster_id=roster_id)


def _wanted(
    db: Database, duties: Iterable[Row], unit_id: int, hours: str, activity: str
) -> dict[Key, list[tuple[Row, Row]]]:
    """The shifts that the rows ask for, each with its rows and people."""
    activities = {row["name_zh"]: row for row in rows(db, "SELECT id, code, name_zh FROM activity")}
    codes = {row["code"]: row["id"] for row in activities.values()}
    given = spans(plain(hours))
    wanted: dict[Key, list[tuple[Row, Row]]] = defaultdict(list)
    problems: dict[tuple[str, str], Problem] = {}
    known: dict[str, int] = {}
    held = people.by_staff_no(db, sorted({row["staff_no"] for row in duties}))
    for row in duties:
        place = row["place"]
        if place not in known:
            known[place] = _place(db, place, unit_id, problems)
        named = activities.get(row["activity"]) or activities.get(row["activity"].replace("值守", "值班"))
        activity_id = codes.get(activity) if named is None else named["id"]
        if activity_id is None:
            problems["activity", row["activity"]] = Problem(
                "wall_activity_unknown", "activity", None, {"activity": row["activity"], "codes": "、".join(codes)}
            )
        when = _when(row, given, db.zone)
        if when is None:
            problems["hours", place] = Problem("wall_hours_missing", "hours", None, {"place": place})
        if activity_id and when and known[place]:
            wanted[known[place], activity_id, row["date"], *when].append((row, held[row["staff_no"]]))
    if problems:
        raise Invalid.of(list(problems.values()))
    return wanted


def _when(row: Row, given: Sequence[Span], zone: ZoneInfo) -> tuple[str, str] | None:
    said = (row["start"], row["end"])
    if not row["start"] and len(given) == 1:
        said = given[0].on(date.fromisoformat(row["date"]))
    if not said[0]:
        return None
    first, last = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in said)
    return clock.to_text(first), clock.to_text(last)


def _place(db: Database, name: str, unit_id: int, problems: dict[tuple[str, str], Problem]) -> int:
    found = rows(
        db,
        """
        SELECT place.id, place.name
        FROM place
        WHERE unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :unit_id)
           OR unit_id IN (SELECT above_id FROM unit_above WHERE unit_id = :unit_id)
        """,
        unit_id=unit_id,
    )
    meant = [row["id"] for row in found if squeezed(row["name"]) == squeezed(name)]
    if len(meant) == 1:
        return int(meant[0])
    problems["place", name] = Problem("wall_place_not_one", "place", None, {"place": name, "count": len(meant)})
    return 0


def _draft(db: Database, unit_id: int, first: date, last: date, by: Actor, now: datetime) -> tuple[int, bool]:
    """The unit's draft that holds these days, and whether it was opened for them."""
    held = one(
        db,
        """
        SELECT id FROM roster
        WHERE unit_id = :unit_id AND state = 'draft' AND starts_on <= :first AND ends_on >= :last
        """,
        unit_id=unit_id,
        first=first.isoformat(),
        last=last.isoformat(),
    )
    if held:
        return int(held["id"]), False
    return rosters.draft(db, unit_id=unit_id, starts_on=first, ends_on=last, by=by, now=now), True


def _shift(db: Database, roster_id: int, unit_id: int, key: Key, count: int) -> tuple[int, bool]:
    """The roster's shift at this place and these hours, and whether it was made for it."""
    place_id, activity_id, day, starts_at, ends_at = key
    where = {"roster_id": roster_id, "place_id": place_id, "activity_id": activity_id, "day": day,
             "starts_at": starts_at, "ends_at": ends_at}  # fmt: skip
    held = one(
        db,
        f"SELECT id FROM shift WHERE {' AND '.join(f'{name} = :{name}' for name in where)} AND state = 'planned'",
        **where,
    )
    if held:
        return int(held["id"]), False
    made = insert(db, "shift", key=secrets.token_hex(8), unit_id=unit_id, headcount=count, requires="{}", **where)
    return made, True


def _stands(db: Database, shift_id: int, person_id: int) -> bool:
    sql = "SELECT 1 FROM assignment WHERE shift_id = :shift_id AND person_id = :person_id AND state <> 'released'"
    return one(db, sql, shift_id=shift_id, person_id=person_id) is not None


def _whole(db: Database, ids: list[int]) -> list[Row]:
    return rows(
        db, "SELECT * FROM shift WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id", ids=json.dumps(ids)
    )
