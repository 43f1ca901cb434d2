"""What leaders and units owe a week or period, and whether they met it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler import audit, clock, fields, workdays
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, rows, value, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem

ROLES = ("head", "deputy", "staff")
WAIVED_BELOW_DAYS = 3  # with fewer workdays, or fewer that the person is there for, a week owes nothing
OFFICE_HOURS = (time(8), time(18))  # away within them is away that day
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Leader:
    """One line of the board: a person and a quota, with a week each."""

    person_id: int
    name: str
    role: str
    activity_zh: str
    activity_en: str
    need: int
    weeks: Sequence[Row]

    def count(self, state: str) -> int:
        """How many of the weeks are in a state."""
        return sum(week["state"] == state for week in self.weeks)

    def week(self, monday: date) -> Row | None:
        """The week that begins on a Monday, or None where the quota does not bind."""
        return next((week for week in self.weeks if week["monday"] == monday), None)

    @property
    def due(self) -> int:
        """The weeks that have been decided: met or missed."""
        return self.count("met") + self.count("missed")


def add(
    db: Database,
    *,
    unit_id: int,
    role: str,
    activity: str,
    min_per_week: int,
    starts_on: date,
    ends_on: date | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Let the people of a role, in the unit and below, owe so many visits in each ISO week.

    It binds in the weeks that lie wholly within its days. A second one for the same unit, role and
    activity is refused where their days meet.
    """
    problems = fields.choice("role", role, ROLES)
    problems += fields.number("min_per_week", min_per_week, 1, 7)
    problems += fields.dates("ends_on", starts_on, ends_on)
    with write(db):
        activity_id = value(db, "SELECT id FROM activity WHERE code = :activity", activity=activity)
        if activity_id is None:
            problems.append(Problem("bad_choice", "activity", facts={"text": activity}))
        if problems:
            raise Invalid.of(problems)
        if not value(db, "SELECT 1 FROM unit WHERE id = :unit_id", unit_id=unit_id):
            raise NotFound("not_found")
        columns = {
            "unit_id": unit_id,
            "role": role,
            "activity_id": activity_id,
            "starts_on": starts_on.isoformat(),
            "ends_on": ends_on.isoformat() if ends_on else None,
        }
        _refuse_twice(db, columns)
        quota_id = insert(db, "quota", min_per_week=min_per_week, **columns)
        facts = {"role": role, "activity": activity, "min_per_week": min_per_week}
        audit.record(db, "add", "quota", quota_id, by=by, now=now, unit_id=unit_id, **facts)
        return quota_id


def weeks(db: Database, unit_id: int, first: date, last: date, *, now: datetime) -> list[Row]:
    """Leader by ISO week, for the weeks whose Monday lies from first to last, of the unit and all below it.

    person_id, name, role, unit, quota_id, activity, activity_zh, activity_en, monday, need, done (ledger), planned
    (rosters, draft ones too), state (met, planned, missed, waived, open) and, of a waived week, the reason: `holiday`,
    or the kind of absence. A week that is over stays planned while its visits wait to be confirmed.
    """
    owing = _owing(db, unit_id, first, last)
    mondays = _mondays(first, last)
    if not owing or not mondays:
        return []
    people = {row["person_id"] for row in owing}
    end = mondays[-1] + WEEK
    done = _done(db, people, mondays[0], end)
    planned = _planned(db, people, mondays[0], end)
    working = [day.day for day in workdays.days(db, mondays[0], end - timedelta(days=1)) if day.is_workday]
    absences = _absences(db, people, mondays[0], end)
    today = clock.today(now, db.zone)
    found = []
    for row in owing:
        for monday in mondays:
            if not _binds(row, monday):
                continue
            key = (row["person_id"], row["activity"], monday.isoformat())
            counts = {"done": done.get(key, 0), "planned": planned.get(key, 0)}
            days = [day for day in working if monday <= day < monday + WEEK]
            reason = _waived(row, days, absences.get(row["person_id"], {}))
            state = _state(row["need"], **counts, waived=reason is not None, over=monday + WEEK <= today)
            found.append({**row, "monday": monday, **counts, "state": state, "reason": reason})
    return found


def board(rows_by_week: Iterable[Row]) -> list[Leader]:
    """The rows of `weeks` with one line for each leader and quota."""
    lines: dict[tuple[int, int], list[Row]] = {}
    for row in rows_by_week:
        lines.setdefault((row["person_id"], row["quota_id"]), []).append(row)
    same = ("person_id", "name", "role", "activity_zh", "activity_en", "need")
    return [Leader(**{name: line[0][name] for name in same}, weeks=line) for line in lines.values()]


def figures(lines: Sequence[Leader], monday: date) -> Row:
    """Leader-weeks of a board: met, due, missed, waived; this_met of this_all in the week of `monday`; next_open."""
    this = [week for line in lines if (week := line.week(monday))]
    following = [week for line in lines if (week := line.week(monday + WEEK))]
    return {
        "met": sum(line.count("met") for line in lines),
        "due": sum(line.due for line in lines),
        "missed": sum(line.count("missed") for line in lines),
        "waived": sum(line.count("waived") for line in lines),
        "this_met": sum(week["state"] == "met" for week in this),
        "this_all": sum(week["state"] != "waived" for week in this),
        "next_open": sum(week["state"] == "open" for week in following),
    }


def _refuse_twice(db: Database, columns: Row) -> None:
    met = value(
        db,
        """
        SELECT 1
        FROM quota
        WHERE unit_id = :unit_id AND role = :role AND activity_id = :activity_id
          AND starts_on <= COALESCE(:ends_on, '9999') AND COALESCE(ends_on, '9999') >= :starts_on
        """,
        **columns,
    )
    if met:
        raise Conflict("quota_exists", field="starts_on", role=columns["role"])


def _mondays(first: date, last: date) -> list[date]:
    start = clock.monday(first)
    if start < first:
        start += WEEK
    return [start + WEEK * number for number in range(((last - start).days // 7) + 1)]


def _owing(db: Database, unit_id: int, first: date, last: date) -> list[Row]:
    return rows(
        db,
        """
        SELECT person.id AS person_id, person.name, person.role, unit.name AS unit, quota.id AS quota_id,
               activity.code AS activity, activity.name_zh AS activity_zh, activity.name_en AS activity_en,
               quota.min_per_week AS need, quota.starts_on, quota.ends_on, person.joined_on, person.left_on
        FROM quota
        JOIN activity ON activity.id = quota.activity_id
        JOIN unit_above AS covered ON covered.above_id = quota.unit_id
        JOIN unit_above AS seen ON seen.unit_id = covered.unit_id AND seen.above_id = :unit_id
        JOIN person ON person.unit_id = covered.unit_id AND person.role = quota.role
        JOIN unit ON unit.id = person.unit_id
        WHERE quota.starts_on <= :last AND COALESCE(quota.ends_on, '9999') >= :first
          AND person.joined_on <= :last AND COALESCE(person.left_on, '9999') >= :first
        ORDER BY person.role = 'staff', person.role = 'deputy', unit.sort, person.staff_no, activity.sort, quota.id
        """,
        unit_id=unit_id,
        first=first.isoformat(),
        last=last.isoformat(),
    )


def _done(db: Database, people: Iterable[int], first: date, end: date) -> dict[tuple[int, str, str], int]:
    return _by_week(
        db,
        """
        SELECT person_id, activity, date(day, 'weekday 0', '-6 days') AS monday, SUM(trips) AS visits
        FROM ledger
        WHERE person_id IN (SELECT value FROM json_each(:people)) AND day >= :first AND day < :end
        GROUP BY person_id, activity, monday
        """,
        people,
        first,
        end,
    )


def _planned(db: Database, people: Iterable[int], first: date, end: date) -> dict[tuple[int, str, str], int]:
    return _by_week(
        db,
        """
        SELECT assignment.person_id, activity.code, date(shift.day, 'weekday 0', '-6 days') AS monday,
               COUNT(*) AS visits
        FROM assignment
        JOIN shift ON shift.id = assignment.shift_id AND shift.state = 'planned'
        JOIN activity ON activity.id = shift.activity_id
        WHERE assignment.person_id IN (SELECT value FROM json_each(:people)) AND assignment.state = 'planned'
          AND shift.day >= :first AND shift.day < :end
        GROUP BY assignment.person_id, activity.code, monday
        """,
        people,
        first,
        end,
    )


def _by_week(db: Database, sql: str, people: Iterable[int], first: date, end: date) -> dict[tuple[int, str, str], int]:
    found = db.conn.execute(
        sql, {"people": json.dumps(sorted(people)), "first": first.isoformat(), "end": end.isoformat()}
    )
    return {(person_id, activity, monday): visits for person_id, activity, monday, visits in found}


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


def _binds(row: Row, monday: date) -> bool:
    """Whether the week lies wholly within the quota's days."""
    ends_on = row["ends_on"] or "9999"
    return bool(row["starts_on"] <= monday.isoformat() and (monday + timedelta(days=6)).isoformat() <= ends_on)


def _waived(row: Row, working: list[date], away: dict[date, str]) -> str | None:
    """Why the week owes nothing: `holiday`, `employment`, a kind of absence; None where it owes."""
    if len(working) < WAIVED_BELOW_DAYS:
        return "holiday"
    left_on = row["left_on"] or "9999"
    employed = [day for day in working if row["joined_on"] <= day.isoformat() <= left_on]
    if len(employed) < WAIVED_BELOW_DAYS:
        return "employment"
    there = [day for day in employed if day not in away]
    if len(there) < WAIVED_BELOW_DAYS:
        return Counter(away[day] for day in employed if day in away).most_common(1)[0][0]
    return None


def _state(need: int, *, done: int, planned: int, waived: bool, over: bool) -> str:
    if done >= need:
        return "met"
    if waived:
        return "waived"
    if done + planned >= need:
        return "planned"
    return "missed" if over else "open"
