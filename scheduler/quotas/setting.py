"""What is owed by whom: quotas are set, changed from a day on, ended; nothing that was owed is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from scheduler import audit, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem

ROLES = ("head", "deputy", "staff")
PERIODS = ("week", "month")
MOST = {"week": 7, "month": 31}
WAIVED_BELOW_DAYS = 3  # with fewer workdays, or fewer that the person is there for, a period owes nothing


def add(
    db: Database,
    *,
    unit_id: int,
    role: str,
    activity: str,
    least: int,
    period: str = "week",
    place_id: int | None = None,
    sponsored: bool = False,
    starts_on: date,
    ends_on: date | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Let the people of a role, in the unit and below, owe so many visits in each ISO week or month.

    Anywhere, or at one place, or at communities that a unit at or above theirs sponsors on the day. It binds in the
    periods that lie wholly within its days. A second one of the same kind is refused where their days meet.
    """
    problems = fields.choice("role", role, ROLES) + fields.choice("period", period, PERIODS)
    problems += fields.number("least", least, 1, MOST.get(period, 7))
    problems += fields.dates("ends_on", starts_on, ends_on)
    with write(db):
        activity_id = value(db, "SELECT id FROM activity WHERE code = :activity", activity=activity)
        if activity_id is None:
            problems.append(Problem("bad_choice", "activity", facts={"text": activity}))
        if sponsored and place_id is not None:
            problems.append(Problem("bad_choice", "place_id", facts={"text": place_id}))
        if problems:
            raise Invalid.of(problems)
        _there(db, unit_id, place_id)
        columns = {
            "unit_id": unit_id,
            "role": role,
            "activity_id": activity_id,
            "place_id": place_id,
            "sponsored": int(sponsored),
            "period": period,
            "starts_on": starts_on.isoformat(),
            "ends_on": ends_on.isoformat() if ends_on else None,
        }
        _refuse_twice(db, columns)
        quota_id = insert(db, "quota", least=least, **columns)
        facts = {"role": role, "activity": activity, "least": least, "period": period}
        audit.record(db, "add", "quota", quota_id, by=by, now=now, unit_id=unit_id, **facts)
        return quota_id


def change(db: Database, quota_id: int, *, least: int, since: date, by: Actor, now: datetime) -> int:
    """Owe another number from a day on: a Monday, or the first of a month. The old quota ends the day before.

    Weeks that a coordinator has waived stay waived. Gives the new quota. Refused: a quota that ends before then, or
    does not begin before it.
    """
    with write(db):
        old = quota(db, quota_id)
        problems = fields.number("least", least, 1, MOST[old["period"]])
        if old["period"] == "week" and since.weekday():
            problems.append(Problem("not_a_monday", "since"))
        if old["period"] == "month" and since.day != 1:
            problems.append(Problem("not_a_first", "since"))
        if since.isoformat() <= old["starts_on"] or (old["ends_on"] or "9999") < since.isoformat():
            problems.append(Problem("out_of_quota", "since", facts=_days(old)))
        if problems:
            raise Invalid.of(problems)
        update(db, "quota", quota_id, ends_on=(since - timedelta(days=1)).isoformat())
        same = ("unit_id", "role", "activity_id", "place_id", "sponsored", "period", "ends_on")
        kept = {name: old[name] for name in same}
        new_id = insert(db, "quota", **kept, least=least, starts_on=since.isoformat(), replaces=quota_id)
        run(
            db,
            """
            INSERT INTO waiver (quota_id, person_id, starts_on, note, made_at, made_by)
            SELECT :new_id, person_id, starts_on, note, made_at, made_by
            FROM waiver
            WHERE quota_id = :old_id AND starts_on >= :since AND ended_at IS NULL
            ORDER BY id
            """,
            new_id=new_id,
            old_id=quota_id,
            since=since.isoformat(),
        )
        facts = {"since": since, "replaced_by": new_id, "least": {"from": old["least"], "to": least}}
        audit.record(db, "change", "quota", quota_id, by=by, now=now, unit_id=old["unit_id"], **facts)
        return new_id


def end(db: Database, quota_id: int, last: date, *, by: Actor, now: datetime) -> None:
    """Let a quota bind up to a day and no longer. Refused: a day before it begins, or after it has ended."""
    with write(db):
        old = quota(db, quota_id)
        if not old["starts_on"] <= last.isoformat() <= (old["ends_on"] or "9999"):
            raise Invalid("out_of_quota", field="ends_on", **_days(old))
        update(db, "quota", quota_id, ends_on=last.isoformat())
        audit.record(db, "end", "quota", quota_id, by=by, now=now, unit_id=old["unit_id"], ends_on=last)


def quota(db: Database, quota_id: int) -> Row:
    """One quota, as in `listed`. NotFound."""
    found = one(db, f"{LISTED} WHERE quota.id = :quota_id", quota_id=quota_id)
    if found is None:
        raise NotFound("not_found")
    return found


def listed(db: Database, unit_ids: Iterable[int]) -> list[Row]:
    """The quotas set at these units, those that bind first, the newest first among them.

    Every column of the table, and unit, activity (code), activity_zh, activity_en, place, least_workdays.
    """
    ids = ", ".join(str(int(unit_id)) for unit_id in unit_ids) or "NULL"
    return rows(db, f"{LISTED} WHERE quota.unit_id IN ({ids}) ORDER BY quota.unit_id, quota.starts_on DESC, quota.id")


def least_workdays(db: Database, unit_id: int) -> Row:
    """How many workdays a week needs to owe anything by a unit's quotas: days, set_by (a unit or None), is_own."""
    found = one(
        db,
        """
        SELECT quota_rule.least_workdays AS days, unit.name AS set_by, quota_rule.unit_id = :unit_id AS is_own
        FROM quota_rule
        JOIN unit_above ON unit_above.above_id = quota_rule.unit_id AND unit_above.unit_id = :unit_id
        JOIN unit ON unit.id = quota_rule.unit_id
        ORDER BY unit_above.depth
        LIMIT 1
        """,
        unit_id=unit_id,
    )
    return found or {"days": WAIVED_BELOW_DAYS, "set_by": None, "is_own": 0}


def rules_of(db: Database, unit_ids: Iterable[int]) -> list[Row]:
    """The units among these that say for themselves how many workdays a week needs: unit, days."""
    ids = ", ".join(str(int(unit_id)) for unit_id in unit_ids) or "NULL"
    return rows(
        db,
        f"""
        SELECT unit.name AS unit, quota_rule.least_workdays AS days
        FROM quota_rule
        JOIN unit ON unit.id = quota_rule.unit_id
        WHERE unit.id IN ({ids})
        ORDER BY (SELECT COUNT(*) FROM unit_above WHERE unit_above.unit_id = unit.id), unit.sort, unit.id
        """,
    )


def set_least_workdays(db: Database, unit_id: int, days: int, *, by: Actor, now: datetime) -> None:
    """Let periods with fewer workdays owe nothing, for the quotas set at the unit or, where it says nothing, below."""
    problems = fields.number("least_workdays", days, 0, 5)
    if problems:
        raise Invalid.of(problems)
    with write(db):
        _there(db, unit_id, None)
        before = least_workdays(db, unit_id)["days"]
        run(
            db,
            """
            INSERT INTO quota_rule (unit_id, least_workdays) VALUES (:unit_id, :days)
            ON CONFLICT (unit_id) DO UPDATE SET least_workdays = :days
            """,
            unit_id=unit_id,
            days=days,
        )
        facts = {"least_workdays": {"from": before, "to": days}}
        audit.record(db, "change", "quota_rule", unit_id, by=by, now=now, unit_id=unit_id, **facts)


# The rule of the unit that set the quota, or of the nearest above it that has one.
LEAST_WORKDAYS = f"""
    COALESCE((
        SELECT quota_rule.least_workdays
        FROM quota_rule
        JOIN unit_above ON unit_above.above_id = quota_rule.unit_id AND unit_above.unit_id = quota.unit_id
        ORDER BY unit_above.depth
        LIMIT 1
    ), {WAIVED_BELOW_DAYS})
"""

LISTED = f"""
    SELECT quota.*, unit.name AS unit, activity.code AS activity, activity.name_zh AS activity_zh,
           activity.name_en AS activity_en, place.name AS place, {LEAST_WORKDAYS} AS least_workdays
    FROM quota
    JOIN unit ON unit.id = quota.unit_id
    JOIN activity ON activity.id = quota.activity_id
    LEFT JOIN place ON place.id = quota.place_id
"""


def _days(old: Row) -> Row:
    last = date.fromisoformat(old["ends_on"]) if old["ends_on"] else None
    return {"first": date.fromisoformat(old["starts_on"]), "last": last or "—"}


def _there(db: Database, unit_id: int, place_id: int | None) -> None:
    if not value(db, "SELECT 1 FROM unit WHERE id = :unit_id", unit_id=unit_id):
        raise NotFound("not_found")
    if place_id is not None and not value(db, "SELECT 1 FROM place WHERE id = :place_id", place_id=place_id):
        raise NotFound("not_found")


def _refuse_twice(db: Database, columns: Row) -> None:
    met = value(
        db,
        """
        SELECT 1
        FROM quota
        WHERE unit_id = :unit_id AND role = :role AND activity_id = :activity_id AND place_id IS :place_id
          AND sponsored = :sponsored AND period = :period
          AND starts_on <= COALESCE(:ends_on, '9999') AND COALESCE(ends_on, '9999') >= :starts_on
        """,
        **columns,
    )
    if met:
        raise Conflict("quota_exists", field="starts_on", role=columns["role"])
