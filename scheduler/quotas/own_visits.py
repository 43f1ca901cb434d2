"""Leaders plan visits that they owe by themselves, where their unit lets them: at once, in calendar and reminders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from scheduler import audit, clock, duties, openings, steps
from scheduler.assignments import pending
from scheduler.assignments.checks import shift_to_change
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, rows, run, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.openings.seating import note
from scheduler.openings.taking import refuse
from scheduler.quotas.owing import WEEK
from scheduler.quotas.planning import places_of, rosters_of
from scheduler.quotas.setting import quota
from scheduler.quotas.waiving import cell

WEEKS_AHEAD = 3  # after this one


def may_plan_own(db: Database, quota_id: int) -> bool:
    """Whether leaders plan the visits of a quota by themselves: as its unit, or the nearest above, has said; or yes."""
    found = value(
        db,
        """
        SELECT own_visit_rule.is_allowed
        FROM quota
        JOIN unit_above ON unit_above.unit_id = quota.unit_id
        JOIN own_visit_rule ON own_visit_rule.unit_id = unit_above.above_id
        WHERE quota.id = :quota_id
        ORDER BY unit_above.depth
        LIMIT 1
        """,
        quota_id=quota_id,
    )
    return bool(found is None or found)


def own_visit_rules(db: Database, unit_ids: Iterable[int]) -> list[Row]:
    """The units among these that say for themselves whether leaders may: unit, is_allowed."""
    ids = ", ".join(str(int(unit_id)) for unit_id in unit_ids) or "NULL"
    return rows(
        db,
        f"""
        SELECT unit.name AS unit, own_visit_rule.is_allowed
        FROM own_visit_rule
        JOIN unit ON unit.id = own_visit_rule.unit_id
        WHERE unit.id IN ({ids})
        ORDER BY (SELECT COUNT(*) FROM unit_above WHERE unit_above.unit_id = unit.id), unit.sort, unit.id
        """,
    )


def set_own_visits(db: Database, unit_id: int, allowed: bool, *, by: Actor, now: datetime) -> None:
    """Let leaders plan their visits alone, or not: by the quotas of the unit and of those below it that are silent."""
    with write(db):
        if not value(db, "SELECT 1 FROM unit WHERE id = :unit_id", unit_id=unit_id):
            raise NotFound("not_found")
        run(
            db,
            """
            INSERT INTO own_visit_rule (unit_id, is_allowed) VALUES (:unit_id, :allowed)
            ON CONFLICT (unit_id) DO UPDATE SET is_allowed = :allowed
            """,
            unit_id=unit_id,
            allowed=allowed,
        )
        audit.record(db, "change", "own_visit_rule", unit_id, by=by, now=now, unit_id=unit_id, is_allowed=allowed)


def own_offers(db: Database, quota_id: int, person_id: int, *, now: datetime) -> Row:
    """What a leader may plan of a quota in this week and the next ones: first, last, places, and shifts whose seat
    nobody has; covered: whether a published roster holds any of these days. NotFound where they do not owe it.

    Places: id, name; those that count, and that somebody in line with the quota's unit sponsors, those of the leader's
    own unit first. Shifts, by start: id, day, starts_at, ends_at, place.
    """
    today = clock.today(now, db.zone)
    last = clock.monday(today) + (WEEKS_AHEAD + 1) * WEEK - timedelta(days=1)
    row = _owed(db, quota_id, person_id, today, last, now=now)
    found = _published(db, row, today, last)
    places = _places(db, row, found, today, last)
    return {
        "first": today,
        "last": last,
        "covered": bool(found),
        "places": places,
        "shifts": _free(db, row, found, {place["id"] for place in places}, last, now=now),
    }


def plan_own(
    db: Database,
    quota_id: int,
    *,
    shift_id: int | None = None,
    day: date | None = None,
    place_id: int = 0,
    hours: tuple[time, time] = (time(9), time(11)),
    override: str = "",
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
) -> int:
    """Seat whoever asks in one of the offered shifts, or in a new one of one seat; gives the assignment.

    It is fixed, and told as it is made: calendar and reminders follow in the same transaction. Conflict: their unit
    plans it for them, the seat is gone, no published roster holds the day, or the cause in words that tell of no
    draft. Invalid: a day or place that is not offered, or a time that is past.
    """
    person_id, act = by.person_id or 0, "plan_visit" if shift_id is None else "take_visit"
    with write(db):
        if not may_plan_own(db, quota_id):
            raise Conflict("visits_are_planned_for_you")
        if shift_id is None:
            shift_id = _new_shift(db, quota_id, person_id, day, place_id, hours, now=now)
        elif shift_id not in {shift["id"] for shift in own_offers(db, quota_id, person_id, now=now)["shifts"]}:
            raise Conflict("visit_is_gone")
        shift = shift_to_change(db, shift_id)
        found = shift | {"shift_id": shift_id}
        override = override if refuse(db, found, person_id, reason=override, duty=duty) else ""
        before = steps.seats(db, shift["roster_id"], [shift_id])
        slot = openings.free_slots(db, shift_id)[0]
        assignment_id = pending.put_in(db, shift, person_id, slot, now=now, fixed=1, source="hand", override=override)
        pending.settle(db, [assignment_id], now=now)
        name = str(value(db, "SELECT name FROM person WHERE id = :id", id=person_id))
        note(db, act, found, name, assignment_id, before, by=by, now=now)
        return assignment_id


def own_planned(db: Database, person_id: int, *, now: datetime) -> list[Row]:
    """The visits to come that a person planned by themselves and stands as they are, by start.

    assignment_id, shift_id, day, starts_at, ends_at, place, person, and is_made_for_it: no one else asked for it.
    """
    return rows(
        db,
        """
        SELECT assignment.id AS assignment_id, shift.id AS shift_id, shift.day, shift.starts_at, shift.ends_at,
               place.name AS place, person.name AS person, MAX(step.act = 'plan_visit') AS is_made_for_it
        FROM step
        JOIN json_each(step.after, '$.seats') AS seat ON seat.value ->> 'person_id' = step.person_id
        JOIN shift ON shift.id = seat.value ->> 'shift_id' AND shift.state = 'planned' AND shift.starts_at > :now
        JOIN roster ON roster.id = shift.roster_id AND roster.state = 'published'
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.person_id = step.person_id
            AND assignment.state = 'planned' AND assignment.published_at IS NOT NULL
        JOIN place ON place.id = shift.place_id
        JOIN person ON person.id = step.person_id
        WHERE step.person_id = :person_id AND step.act IN ('plan_visit', 'take_visit')
        GROUP BY assignment.id
        ORDER BY shift.starts_at, shift.id
        """,
        person_id=person_id,
        now=clock.to_text(now),
    )


def take_back_own(db: Database, assignment_id: int, *, by: Actor, now: datetime) -> None:
    """Give up a visit that one planned alone, before it begins: a shift that was made for it is cancelled, the seat of
    another is free again. Calendar and reminders follow at once. NotFound for what is not among `own_planned`.
    """
    with write(db):
        mine = {row["assignment_id"]: row for row in own_planned(db, by.person_id or 0, now=now)}
        if assignment_id not in mine:
            raise NotFound("not_found")
        held = mine[assignment_id]
        shift = shift_to_change(db, held["shift_id"]) | {"shift_id": held["shift_id"]}
        before = steps.seats(db, shift["roster_id"], [held["shift_id"]])
        pending.take_out(db, assignment_id, now=now)
        pending.settle(db, [assignment_id], now=now)
        if held["is_made_for_it"]:
            update(db, "shift", held["shift_id"], state="cancelled")
        note(db, "take_back_visit", shift, held["person"], assignment_id, before, by=by, now=now)


def _owed(db: Database, quota_id: int, person_id: int, first: date, last: date, *, now: datetime) -> Row:
    """The first week or month of these days in which the person owes the quota. NotFound: in none."""
    is_weekly = quota(db, quota_id)["period"] == "week"
    opens = clock.monday(first) if is_weekly else first.replace(day=1)
    while opens <= last:
        try:
            return cell(db, quota_id, person_id, opens, now=now)
        except NotFound:
            opens = opens + WEEK if is_weekly else clock.first_of_next_month(opens)
    raise NotFound("not_found")


def _new_shift(
    db: Database, quota_id: int, person_id: int, day: date | None, place_id: int, hours: tuple[time, time], *,
    now: datetime,
) -> int:  # fmt: skip
    offered = own_offers(db, quota_id, person_id, now=now)
    if day is None or not offered["first"] <= day <= offered["last"]:
        raise Invalid("day_outside_roster", field="day", first=offered["first"], last=offered["last"])
    if hours[1] <= hours[0]:
        raise Invalid("end_before_start", field="ends")
    if clock.instant(day, hours[0], db.zone) <= now:
        raise Invalid("visit_is_past", field="starts")
    row = _owed(db, quota_id, person_id, day, day, now=now)
    found = _published(db, row, day, day)
    if not found:
        raise Conflict("no_published_roster_that_day", field="day", day=day)
    if place_id not in {place["id"] for place in _places(db, row, found[:1], day, day)}:
        name = value(db, "SELECT name FROM place WHERE id = :place_id", place_id=place_id)
        raise Invalid("place_does_not_count", field="place_id", place=name or "?")
    return duties.put_in_shift(
        db, found[0]["id"], day=day, activity=row["activity"], places=[place_id], starts=hours[0], ends=hours[1],
        roles=[row["role"]],
    )  # fmt: skip


def _published(db: Database, row: Row, first: date, last: date) -> list[Row]:
    return [roster for roster in rosters_of(db, row["unit_id"], first, last) if roster["state"] == "published"]


def _places(db: Database, row: Row, found: list[Row], first: date, last: date) -> list[Row]:
    """Of the places that count: for a quota that is bound to none, only what the unit that set it, or one above it or
    below, sponsors on some of these days.
    """
    offered = places_of(db, row, found, first, last)
    if row["place_id"] is not None or row["sponsored"]:
        return offered
    sponsored = {
        place["place_id"]
        for place in rows(
            db,
            """
            SELECT DISTINCT sponsorship.place_id
            FROM sponsorship
            JOIN unit_above AS line
                ON line.unit_id = sponsorship.unit_id AND line.above_id = :unit_id
                OR line.above_id = sponsorship.unit_id AND line.unit_id = :unit_id
            WHERE sponsorship.starts_on <= :last AND COALESCE(sponsorship.ends_on, '9999') >= :first
            ORDER BY sponsorship.place_id
            """,
            unit_id=quota(db, row["quota_id"])["unit_id"],
            first=first.isoformat(),
            last=last.isoformat(),
        )
    }
    return [place for place in offered if place["id"] in sponsored]


def _free(db: Database, row: Row, found: list[Row], places: set[int], last: date, *, now: datetime) -> list[Row]:
    """Visits of these rosters to these places that have a seat which nobody stands, and which is not open to others."""
    ids = ", ".join(str(roster["id"]) for roster in found) or "NULL"
    coming = rows(
        db,
        f"""
        SELECT shift.id, shift.day, shift.starts_at, shift.ends_at, shift.place_id, place.name AS place
        FROM shift
        JOIN activity ON activity.id = shift.activity_id AND activity.code = :activity
        JOIN place ON place.id = shift.place_id
        JOIN may_stand ON may_stand.shift_id = shift.id AND may_stand.person_id = :person_id
        WHERE shift.roster_id IN ({ids}) AND shift.state = 'planned' AND shift.starts_at > :now AND shift.day <= :last
          AND NOT EXISTS (SELECT 1 FROM opening WHERE opening.shift_id = shift.id)
          AND NOT EXISTS (SELECT 1 FROM standing WHERE shift_id = shift.id AND person_id = :person_id)
        ORDER BY shift.starts_at, shift.id
        """,
        activity=row["activity"],
        person_id=row["person_id"],
        now=clock.to_text(now),
        last=last.isoformat(),
    )
    return [shift for shift in coming if shift["place_id"] in places and openings.free_slots(db, shift["id"])]
