"""Plan a visit that is owed: in a shift with a free seat, or in a new one, in the roster that covers the day."""

from __future__ import annotations

from datetime import date, datetime, time

from scheduler import assignments, clock, duties
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows, value, write
from scheduler.errors import Conflict, Invalid
from scheduler.quotas.owing import OWN_COMMUNITY
from scheduler.quotas.waiving import cell

OFFERED = 30  # shifts with a free seat, by day


def offers(db: Database, quota_id: int, person_id: int, first: date, *, now: datetime) -> Row:
    """What may be planned of a cell: since when, `rosters` of its days to come, `shifts` with a free seat, `places`.

    Rosters: id, unit_id, state, starts_on, ends_on, the nearest unit's first. Shifts, by start: id, roster_id, day,
    starts_at, ends_at, place, free. Places that count and that those rosters reach: id, name.
    """
    row = cell(db, quota_id, person_id, first, now=now)
    since = max(row["first"], clock.today(now, db.zone))
    found = rosters_of(db, row["unit_id"], since, row["last"])
    ids = ", ".join(str(roster["id"]) for roster in found) or "NULL"
    shifts = rows(
        db,
        f"""
        SELECT * FROM (
            SELECT shift.id, shift.roster_id, shift.day, shift.starts_at, shift.ends_at, place.name AS place,
                   shift.place_id, person.unit_id,
                   shift.headcount - (
                       SELECT COUNT(*) FROM assignment
                       WHERE assignment.shift_id = shift.id AND assignment.state <> 'released'
                   ) AS free
            FROM shift
            JOIN activity ON activity.id = shift.activity_id AND activity.code = :activity
            JOIN place ON place.id = shift.place_id
            JOIN may_stand ON may_stand.shift_id = shift.id AND may_stand.person_id = :person_id
            JOIN person ON person.id = :person_id
            WHERE shift.roster_id IN ({ids}) AND shift.state = 'planned' AND shift.starts_at > :now
              AND shift.day BETWEEN :since AND :last
              AND NOT EXISTS (
                  SELECT 1 FROM assignment
                  WHERE shift_id = shift.id AND person_id = :person_id AND state <> 'released'
              )
        ) AS visit
        WHERE free > 0 AND (:place_id IS NULL OR place_id = :place_id) AND (NOT :sponsored OR {OWN_COMMUNITY})
        ORDER BY starts_at, id
        LIMIT {OFFERED}
        """,
        activity=row["activity"],
        person_id=person_id,
        now=clock.to_text(now),
        since=since.isoformat(),
        last=row["last"].isoformat(),
        place_id=row["place_id"],
        sponsored=row["sponsored"],
    )
    return {"rosters": found, "shifts": shifts, "places": places_of(db, row, found, since), "since": since}


def plan(
    db: Database,
    quota_id: int,
    person_id: int,
    first: date,
    *,
    shift_id: int | None = None,
    day: date | None = None,
    place_id: int | None = None,
    hours: tuple[time, time] = (time(9), time(11)),
    override: str = "",
    duty: Duty | None = None,
    by: Actor,
    now: datetime,
) -> Row:
    """Seat the leader in one of the offered shifts, or in a new one of one seat on a day at a place; both or nothing.

    Every rule of seating holds. Gives assignment_id, shift_id, roster_id and the roster's state: in a published roster
    the seat waits for the next publication. Refused: a day that no roster covers (Conflict), a place that does not
    count (Invalid), and whatever `assignments.seat` and `duties.add_shifts` refuse.
    """
    with write(db):
        row = cell(db, quota_id, person_id, first, now=now)
        if shift_id is None:
            shift_id = _new_shift(db, row, day or row["first"], place_id, hours, by=by, now=now)
        assignment_id = assignments.seat(db, shift_id, person_id, by=by, now=now, override=override, duty=duty)
        found = one(
            db,
            """
            SELECT shift.id AS shift_id, roster.id AS roster_id, roster.state, shift.day
            FROM shift
            JOIN roster ON roster.id = shift.roster_id
            WHERE shift.id = :shift_id
            """,
            shift_id=shift_id,
        )
        return {"assignment_id": assignment_id, **(found or {})}


def roster_on(db: Database, person_id: int, day: date) -> int:
    """The roster that a visit of the person's on a day would stand in: the nearest unit's. Conflict where none does."""
    unit_id = value(db, "SELECT unit_id FROM person WHERE id = :person_id", person_id=person_id)
    found = rosters_of(db, unit_id, day, day)
    if not found:
        raise Conflict("no_roster_that_day", field="day", day=day)
    return int(found[0]["id"])


def _new_shift(
    db: Database, row: Row, day: date, place_id: int | None, hours: tuple[time, time], *, by: Actor, now: datetime
) -> int:
    if not row["first"] <= day <= row["last"]:
        raise Invalid("day_outside_roster", field="day", first=row["first"], last=row["last"])
    roster_id = roster_on(db, row["person_id"], day)
    roster = rosters_of(db, row["unit_id"], day, day)[0]
    if place_id not in {place["id"] for place in places_of(db, row, [roster], day, day)}:
        name = value(db, "SELECT name FROM place WHERE id = :place_id", place_id=place_id)
        raise Invalid("place_does_not_count", field="place_id", place=name or "?")
    (shift_id,) = duties.add_shifts(
        db, roster_id, day=day, is_call_up=roster["state"] == "published", activity=row["activity"],
        places=[place_id or 0], starts=hours[0], ends=hours[1], roles=[row["role"]], by=by, now=now,
    )  # fmt: skip
    return shift_id


def rosters_of(db: Database, unit_id: int, first: date, last: date) -> list[Row]:
    """The rosters of the unit and those above it that hold any of these days and may be changed, the nearest first."""
    return rows(
        db,
        """
        SELECT roster.id, roster.unit_id, roster.state, roster.starts_on, roster.ends_on
        FROM roster
        JOIN unit_above ON unit_above.above_id = roster.unit_id AND unit_above.unit_id = :unit_id
        WHERE roster.state <> 'closed' AND roster.starts_on <= :last AND roster.ends_on >= :first
        ORDER BY unit_above.depth, roster.starts_on
        """,
        unit_id=unit_id,
        first=first.isoformat(),
        last=last.isoformat(),
    )


def places_of(db: Database, row: Row, found: list[Row], since: date, until: date | None = None) -> list[Row]:
    """The places that count, and that the rosters reach: those that one's unit sponsors on some day first."""
    reach = {
        place["id"]: place["name"]
        for roster in found
        for place in duties.places_in_reach(db, roster["unit_id"])
        if place["closed_on"] is None or place["closed_on"] > since.isoformat()
    }
    own = {
        place["place_id"]
        for place in rows(
            db,
            """
            SELECT DISTINCT sponsorship.place_id
            FROM sponsorship
            JOIN unit_above ON unit_above.above_id = sponsorship.unit_id AND unit_above.unit_id = :unit_id
            WHERE sponsorship.starts_on <= :until AND COALESCE(sponsorship.ends_on, '9999') >= :since
            ORDER BY sponsorship.place_id
            """,
            unit_id=row["unit_id"],
            since=since.isoformat(),
            until=(until or row["last"]).isoformat(),
        )
    }
    offered = [
        {"id": place_id, "name": name}
        for place_id, name in reach.items()
        if (place_id in own if row["sponsored"] else row["place_id"] in (None, place_id))
    ]
    return sorted(offered, key=lambda place: place["id"] not in own)
