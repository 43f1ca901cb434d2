"""Leader by week or month: what is owed, done (ledger) and planned (every roster), and how it stands."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler import clock, workdays
from scheduler.database import Database, Row, rows
from scheduler.quotas.setting import LEAST_WORKDAYS

OFFICE_HOURS = (time(8), time(18))  # away within them is away that day
WEEK = timedelta(days=7)
RISK_WEEKDAY, RISK_DAY, RISK_AT = 2, 15, time(9)  # from Wednesday, or the 15th, at nine: what is not planned is at risk

Visits = dict[tuple[int, str, str, int | str], int]  # by person, activity, first day, and where: a place, `own`, ``
STARTS = {"week": "date({day}, 'weekday 0', '-6 days')", "month": "substr({day}, 1, 7) || '-01'"}


@dataclass(frozen=True, slots=True)
class Span:
    """One ISO week or month: its days as stored texts, its workdays, and how it stands to the clock."""

    first: date
    last: date
    starts_on: str
    ends_on: str
    working: tuple[date, ...]
    is_over: bool
    is_at_risk: bool


def weeks(db: Database, unit_id: int, first: date, last: date, *, now: datetime) -> list[Row]:
    """Leader by ISO week, for the weeks whose Monday lies from first to last, of the unit and all below it.

    person_id, name, role, unit_id, unit, quota_id, activity, activity_zh, activity_en, period, place_id, place,
    sponsored, least_workdays, first, last, workdays (a count), need, done (ledger), planned (every roster, drafts
    too), state and, of a waived week, the reason (`holiday`, `employment`, a kind of absence, `hand`) and its note.

    state: met; waived; planned; risk (this week, from Wednesday at nine on, not enough is done and planned); missed
    (it is over); open. A week that is over stays planned while its visits wait to be confirmed.
    """
    return _periods(db, unit_id, "week", first, last, now=now)


def months(db: Database, unit_id: int, first: date, last: date, *, now: datetime) -> list[Row]:
    """The same by month, for quotas that bind by the month; at risk from the 15th on."""
    return _periods(db, unit_id, "month", first, last, now=now)


def _periods(db: Database, unit_id: int, period: str, first: date, last: date, *, now: datetime) -> list[Row]:
    owing = _owing(db, unit_id, period, first, last)
    spans = _spans(db, period, first, last, now=now) if owing else []
    if not spans:
        return []
    people = {row["person_id"] for row in owing}
    since, end = spans[0].first, spans[-1].last + timedelta(days=1)
    done, planned = (_visits(db, sql, period, owing, people, since, end) for sql in (DONE, PLANNED))
    absences = _absences(db, people, since, end)
    waived = _waivers(db, people, since, end)
    found = []
    for row in owing:
        where = "own" if row["sponsored"] else row["place_id"] or ""
        away, hand = absences.get(row["person_id"], {}), waived.get((row["quota_id"], row["person_id"]), {})
        until = row["ends_on"] or "9999"
        for span in spans:
            if span.starts_on < row["starts_on"] or span.ends_on > until:
                continue  # it binds in the periods that lie wholly within its days
            key = (row["person_id"], row["activity"], span.starts_on, where)
            counts = (done.get(key, 0), planned.get(key, 0))
            reason, note = ("hand", hand[span.starts_on]) if span.starts_on in hand else (_waived(row, span, away), "")
            state = _state(row["need"], counts, span, is_waived=reason is not None)
            found.append(
                row
                | {
                    "first": span.first, "last": span.last, "done": counts[0], "planned": counts[1], "state": state,
                    "reason": reason, "note": note, "workdays": len(span.working),
                }
            )  # fmt: skip
    return found


def _spans(db: Database, period: str, first: date, last: date, *, now: datetime) -> list[Span]:
    days = list(_days(period, first, last))
    if not days:
        return []
    today = clock.today(now, db.zone)
    working = [day.day for day in workdays.days(db, days[0][0], days[-1][1]) if day.is_workday]
    spans = []
    for opens, closes in days:
        risky = opens + timedelta(days=RISK_WEEKDAY if period == "week" else RISK_DAY - 1)
        is_at_risk = now >= clock.instant(risky, RISK_AT, db.zone)
        while working and working[0] < opens:
            working.pop(0)
        inside = tuple(day for day in working[:31] if day <= closes)
        spans.append(
            Span(opens, closes, opens.isoformat(), closes.isoformat(), inside, closes < today, is_at_risk)
        )  # fmt: skip
    return spans


def _days(period: str, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The first and last day of each week or month that begins from first to last."""
    if period == "week":
        opens = clock.monday(first)
        opens += WEEK if opens < first else timedelta()
        while opens <= last:
            yield opens, opens + timedelta(days=6)
            opens += WEEK
        return
    opens = first if first.day == 1 else clock.first_of_next_month(first)
    while opens <= last:
        following = clock.first_of_next_month(opens)
        yield opens, following - timedelta(days=1)
        opens = following


def _owing(db: Database, unit_id: int, period: str, first: date, last: date) -> list[Row]:
    return rows(
        db,
        f"""
        SELECT person.id AS person_id, person.name, person.staff_no, person.role, unit.id AS unit_id, unit.name AS unit,
               quota.id AS quota_id, activity.code AS activity, activity.name_zh AS activity_zh,
               activity.name_en AS activity_en, quota.period, quota.place_id, place.name AS place, quota.sponsored,
               quota.least AS need, {LEAST_WORKDAYS} AS least_workdays, quota.starts_on, quota.ends_on,
               person.joined_on, person.left_on
        FROM quota
        JOIN activity ON activity.id = quota.activity_id
        LEFT JOIN place ON place.id = quota.place_id
        JOIN unit_above AS covered ON covered.above_id = quota.unit_id
        JOIN unit_above AS seen ON seen.unit_id = covered.unit_id AND seen.above_id = :unit_id
        JOIN person ON person.unit_id = covered.unit_id AND person.role = quota.role
        JOIN unit ON unit.id = person.unit_id
        WHERE quota.period = :period
          AND quota.starts_on <= :last AND COALESCE(quota.ends_on, '9999') >= :first
          AND person.joined_on <= :last AND COALESCE(person.left_on, '9999') >= :first
        ORDER BY person.role = 'staff', person.role = 'deputy', unit.sort, person.staff_no, activity.sort,
                 quota.starts_on, quota.id
        """,
        unit_id=unit_id,
        period=period,
        first=first.isoformat(),
        last=last.isoformat(),
    )


# Whether a unit at or above the visitor's sponsors the place on the day.
OWN_COMMUNITY = """
    EXISTS (
        SELECT 1
        FROM sponsorship
        JOIN unit_above ON unit_above.above_id = sponsorship.unit_id AND unit_above.unit_id = visit.unit_id
        WHERE sponsorship.place_id = visit.place_id AND sponsorship.starts_on <= visit.day
          AND COALESCE(sponsorship.ends_on, '9999') >= visit.day
    )
"""

DONE = """
    SELECT person_id, activity, place_id, unit_id, day, trips
    FROM ledger
    WHERE person_id IN (SELECT value FROM json_each(:people)) AND day >= :first AND day < :end
"""

PLANNED = """
    SELECT assignment.person_id, activity.code AS activity, shift.place_id, person.unit_id, shift.day, 1 AS trips
    FROM assignment
    JOIN person ON person.id = assignment.person_id
    JOIN shift ON shift.id = assignment.shift_id AND shift.state = 'planned'
    JOIN activity ON activity.id = shift.activity_id
    WHERE assignment.person_id IN (SELECT value FROM json_each(:people)) AND assignment.state = 'planned'
      AND shift.day >= :first AND shift.day < :end
"""


def _visits(
    db: Database, sql: str, period: str, owing: list[Row], people: Iterable[int], first: date, end: date
) -> Visits:
    """How many visits each person made, or will, by activity, period and every kind of where that a quota asks for."""
    places = {row["place_id"] for row in owing if row["place_id"]}
    is_own = any(row["sponsored"] for row in owing)
    found = db.conn.execute(
        f"""
        SELECT visit.person_id, visit.activity, {STARTS[period].format(day="visit.day")} AS starts_on,
               {"visit.place_id" if places else "NULL"} AS place_id, {OWN_COMMUNITY if is_own else "0"} AS is_own,
               SUM(visit.trips)
        FROM ({sql}) AS visit
        GROUP BY 1, 2, 3, 4, 5
        """,
        {"people": json.dumps(sorted(people)), "first": first.isoformat(), "end": end.isoformat()},
    )
    visits: Visits = Counter()
    for person_id, activity, starts_on, place_id, own, count in found:
        visits[person_id, activity, starts_on, ""] += count
        if place_id in places:
            visits[person_id, activity, starts_on, place_id] += count
        if own:
            visits[person_id, activity, starts_on, "own"] += count
    return visits


def _absences(db: Database, people: Iterable[int], first: date, end: date) -> dict[int, dict[date, str]]:
    """By person: the days on which they are away in office hours, and the kind of absence."""
    found = rows(
        db,
        """
        SELECT person_id, kind, starts_at, ends_at
        FROM away
        WHERE person_id IN (SELECT value FROM json_each(:people)) AND starts_at < :end AND ends_at > :first
        ORDER BY starts_at, id
        """,
        people=json.dumps(sorted(people)),
        first=clock.to_text(clock.midnight(first, db.zone)),
        end=clock.to_text(clock.midnight(end, db.zone)),
    )
    days: dict[int, dict[date, str]] = {}
    for row in found:
        starts, ends = clock.local(row["starts_at"], db.zone), clock.local(row["ends_at"], db.zone)
        day = max(starts.date(), first)
        while day <= min(ends.date(), end):
            opens, closes = (datetime.combine(day, at, tzinfo=db.zone) for at in OFFICE_HOURS)
            if starts < closes and ends > opens:
                days.setdefault(row["person_id"], {}).setdefault(day, row["kind"])
            day += timedelta(days=1)
    return days


def _waivers(db: Database, people: Iterable[int], first: date, end: date) -> dict[tuple[int, int], dict[str, str]]:
    """By quota and person: the first days of the periods that a coordinator waived, and why."""
    found = rows(
        db,
        """
        SELECT quota_id, person_id, starts_on, note
        FROM waiver
        WHERE ended_at IS NULL AND person_id IN (SELECT value FROM json_each(:people))
          AND starts_on >= :first AND starts_on < :end
        ORDER BY id
        """,
        people=json.dumps(sorted(people)),
        first=first.isoformat(),
        end=end.isoformat(),
    )
    notes: dict[tuple[int, int], dict[str, str]] = {}
    for row in found:
        notes.setdefault((row["quota_id"], row["person_id"]), {})[row["starts_on"]] = row["note"]
    return notes


def _waived(row: Row, span: Span, away: dict[date, str]) -> str | None:
    """Why the period owes nothing: `holiday`, `employment`, a kind of absence; None where it owes."""
    least = row["least_workdays"]
    if len(span.working) < least:
        return "holiday"
    employed = span.working
    if row["joined_on"] > span.starts_on or (row["left_on"] or "9999") < span.ends_on:
        left_on = row["left_on"] or "9999"
        employed = tuple(day for day in employed if row["joined_on"] <= day.isoformat() <= left_on)
        if len(employed) < max(least, 1):
            return "employment"
    if away:
        there = [day for day in employed if day not in away]
        if len(there) < least:
            return Counter(away[day] for day in employed if day in away).most_common(1)[0][0]
    return None


def _state(need: int, counts: tuple[int, int], span: Span, *, is_waived: bool) -> str:
    if counts[0] >= need:
        return "met"
    if is_waived:
        return "waived"
    if sum(counts) >= need:
        return "planned"
    if span.is_over:
        return "missed"
    return "risk" if span.is_at_risk else "open"
