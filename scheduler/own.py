"""What a person sees of their own: duties to come, what changed or is gone, what leave meets, what a leader owes."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

from scheduler import assignments, clock, leave, quotas
from scheduler.database import Database, Row, rows, value
from scheduler.errors import NotFound

AHEAD = timedelta(days=120)
BEHIND = timedelta(days=365)
EARLY = timedelta(minutes=30)  # so long before it begins one may check in, where the settings do not say
OF_NO_MATTER = ("declined", "withdrawn")  # leave that was not to be

# Changed is what was acknowledged as something else, and what came after its roster was published first.
MARKS = """
    SELECT assignment.id, acknowledged.at AS acknowledged_at, roster.state AS roster_state,
           acknowledged.at IS NULL AND (
               EXISTS (SELECT 1 FROM acknowledgement AS earlier WHERE earlier.assignment_id = assignment.id)
               OR assignment.published_at > COALESCE((
                   SELECT MIN(at) FROM roster_version WHERE roster_version.roster_id = shift.roster_id
               ), assignment.published_at)
           ) AS is_changed,
           check_in.at AS checked_in_at, swap_request.kind AS asks, swap_request.state AS asks_state
    FROM assignment
    JOIN shift ON shift.id = assignment.shift_id
    LEFT JOIN roster ON roster.id = shift.roster_id
    LEFT JOIN acknowledged ON acknowledged.assignment_id = assignment.id
    LEFT JOIN check_in ON check_in.assignment_id = assignment.id AND check_in.voided_at IS NULL
    LEFT JOIN swap_request ON swap_request.shift_id = assignment.shift_id
        AND swap_request.person_id = assignment.person_id AND swap_request.state IN ('asked', 'accepted')
    WHERE assignment.id IN (SELECT value FROM json_each(:ids))
    ORDER BY assignment.id
"""
MARKED = ("acknowledged_at", "is_changed", "roster_state", "checked_in_at", "asks", "asks_state")


def coming(db: Database, person_id: int, *, now: datetime, early: timedelta = EARLY) -> list[Row]:
    """A person's duties that are not over, by start: one that began yesterday evening may still run.

    As `assignments.duties_of`, with date, month, is_today, has_begun, is_over, may_check_in and from when
    (check_in_at), acknowledged_at, checked_in_at, is_changed, and leave: None, or the state (asked,
    approved) of leave that meets it; asks: None, or what is asked of others about it (swap, cover), and asks_state.
    """
    today = clock.today(now, db.zone)
    found = assignments.duties_of(db, person_id, today - timedelta(days=1), today + AHEAD)
    held = [duty for duty in found if duty["ends_at"] > clock.to_text(now)]
    return _marked(db, person_id, held, now=now, early=early)


def duty(db: Database, person_id: int, assignment_id: int, *, now: datetime, early: timedelta = EARLY) -> Row:
    """One of a person's own duties, of the last year or to come, also one that is gone; NotFound for anybody else's.

    As in `coming`, and is_gone. What is gone has no tasks and no company.
    """
    today = clock.today(now, db.zone)
    found = assignments.duties_of(db, person_id, today - BEHIND, today + AHEAD)
    held = [duty for duty in found if duty["assignment_id"] == assignment_id]
    for row in _marked(db, person_id, held, now=now, early=early):
        return row | {"is_gone": False}
    for row in gone(db, person_id, now=now, acknowledged=True):
        if row["assignment_id"] == assignment_id:
            return row | {"is_gone": True}
    raise NotFound("not_found")


def gone(db: Database, person_id: int, *, now: datetime, acknowledged: bool = False) -> list[Row]:
    """Duties still to come that were taken from the person after they were told of them, by start.

    Those that they acknowledged as gone only where asked for. Not gone is a shift that the person stands all the same.
    Columns: assignment_id, day, date, starts_at, ends_at, place, activity_zh, activity_en, acknowledged_at and
    is_cancelled (for everybody).
    """
    found = rows(
        db,
        """
        SELECT assignment.id AS assignment_id, shift.day, shift.starts_at, shift.ends_at, place.name AS place,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en,
               shift.state = 'cancelled' AS is_cancelled, acknowledged.at AS acknowledged_at
        FROM assignment
        JOIN shift ON shift.id = assignment.shift_id
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        LEFT JOIN acknowledged ON acknowledged.assignment_id = assignment.id
        WHERE assignment.person_id = :person_id AND assignment.published_at IS NOT NULL
          AND assignment.ends_at > :now
          AND (assignment.withdrawn_at IS NOT NULL OR shift.state = 'cancelled')
          AND (:acknowledged OR acknowledged.at IS NULL)
          AND NOT EXISTS (
              SELECT 1 FROM standing
              WHERE standing.shift_id = shift.id AND standing.person_id = :person_id AND shift.state <> 'cancelled'
          )
        GROUP BY shift.id
        ORDER BY shift.starts_at, assignment.id
        """,
        person_id=person_id,
        now=clock.to_text(now),
        acknowledged=int(acknowledged),
    )
    return [row | {"date": date.fromisoformat(row["day"])} for row in found]


def owed(db: Database, person_id: int, unit_id: int, *, now: datetime, ahead: int = 0) -> list[Row]:
    """What a leader owes this ISO week and `ahead` more, and in the months that hold these days: a row for each quota
    and week, as `quotas.weeks`, and for each quota and month; with the visits that are planned, and whether the leader
    plans them alone (may_plan).

    Only what was published counts as planned: a draft is not shown to those in it.
    """
    today = clock.today(now, db.zone)
    monday = clock.monday(today)
    last = monday + ahead * quotas.WEEK + timedelta(days=6)
    found = [
        *quotas.weeks(db, unit_id, monday, last, now=now),
        *quotas.months(db, unit_id, today.replace(day=1), last, now=now),
    ]
    own = [row for row in found if row["person_id"] == person_id]
    until = max((row["last"] for row in own), default=last)
    visits = assignments.duties_of(db, person_id, min(monday, today.replace(day=1)), until) if own else []
    may = {quota_id: quotas.may_plan_own(db, quota_id) for quota_id in {row["quota_id"] for row in own}}
    return [_planned(row, visits) | {"may_plan": may[row["quota_id"]]} for row in own]


def planners(db: Database, person_id: int, unit_id: int, *, now: datetime) -> list[str]:
    """Who plans a leader's visits with them, by name: whoever coordinates the nearest unit above."""
    return [row["person"] for row in leave.deciders(db, unit_id, person_id, now=now)]


def is_subscribed(db: Database, person_id: int) -> bool:
    """Whether the person has an address of their own calendar."""
    return bool(
        value(
            db,
            """
            SELECT EXISTS (
                SELECT 1
                FROM feed
                JOIN calendar ON calendar.id = feed.calendar_id
                WHERE feed.owner_id = :person_id AND feed.revoked_at IS NULL AND calendar.person_id = :person_id
            )
            """,
            person_id=person_id,
        )
    )


def _planned(row: Row, visits: list[Row]) -> Row:
    first, last = row["first"].isoformat(), row["last"].isoformat()
    planned = [
        duty for duty in visits
        if duty["activity"] == row["activity"] and first <= duty["day"] <= last
        and duty["state"] == duty["shift_state"] == "planned"
    ]  # fmt: skip
    missing = max(0, row["need"] - row["done"] - len(planned))
    state = row["state"] if row["state"] in ("met", "waived") else "open" if missing else "planned"
    return row | {"visits": planned, "planned": len(planned), "missing": missing, "state": state}


def _marked(db: Database, person_id: int, found: list[Row], *, now: datetime, early: timedelta) -> list[Row]:
    marks = {row["id"]: row for row in rows(db, MARKS, ids=json.dumps([duty["assignment_id"] for duty in found]))}
    away = [row for row in leave.of_person(db, person_id, since=now) if row["state"] not in OF_NO_MATTER]
    return [
        duty
        | {name: marks[duty["assignment_id"]][name] for name in MARKED}
        | _times(duty, now=now, today=clock.today(now, db.zone), early=early)
        | {"leave": _met(duty, away)}
        for duty in found
    ]


def _times(duty: Row, *, now: datetime, today: date, early: timedelta) -> Row:
    opens, ends = clock.from_text(duty["starts_at"]) - early, clock.from_text(duty["ends_at"])
    return {
        "date": date.fromisoformat(duty["day"]),
        "month": duty["day"][:7],
        "is_today": duty["day"] == today.isoformat() or opens <= now < ends,
        "has_begun": duty["starts_at"] <= clock.to_text(now),
        "is_over": ends <= now,
        "may_check_in": opens <= now < ends,
        "check_in_at": clock.to_text(opens),
    }


def _met(duty: Row, away: list[Row]) -> str | None:
    """The state of the leave that meets a duty that is still to be stood; approved leave before what is asked for."""
    if duty["state"] != "planned":
        return None
    met = [row["state"] for row in away if row["starts_at"] < duty["ends_at"] and row["ends_at"] > duty["starts_at"]]
    return min(met, default=None)  # "approved" comes before "asked"
