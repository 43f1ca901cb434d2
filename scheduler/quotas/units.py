"""What units owe: person-trips in a month, quarter, year or between dates; how far each unit below has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from scheduler import audit, clock, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem

TARGET_PERIODS = ("month", "quarter", "year", "dates")
BASES = ("fixed", "head")
MONTHS = {"month": 1, "quarter": 3, "year": 12}

TARGETS = """
    SELECT unit_quota.*, unit.name AS unit, activity.code AS activity, activity.name_zh AS activity_zh,
           activity.name_en AS activity_en
    FROM unit_quota
    JOIN unit ON unit.id = unit_quota.unit_id
    LEFT JOIN activity ON activity.id = unit_quota.activity_id
"""


def add_target(
    db: Database,
    *,
    unit_id: int,
    period: str,
    basis: str,
    amount: int,
    activity: str = "",
    starts_on: date,
    ends_on: date | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Let a unit with all below it owe person-trips in each month, quarter or year, or once between two dates.

    `fixed`: so many in all, shared among the units below by headcount; `head`: so many for each person employed there
    on the period's first day. It binds in the periods that lie wholly within its days.
    """
    problems = fields.choice("period", period, TARGET_PERIODS) + fields.choice("basis", basis, BASES)
    problems += fields.number("amount", amount, 1, 1_000_000) + fields.dates("ends_on", starts_on, ends_on)
    if period == "dates" and ends_on is None:
        problems.append(Problem("required", "ends_on"))
    with write(db):
        activity_id = value(db, "SELECT id FROM activity WHERE code = :activity", activity=activity)
        if activity and activity_id is None:
            problems.append(Problem("bad_choice", "activity", facts={"text": activity}))
        if problems:
            raise Invalid.of(problems)
        if not value(db, "SELECT 1 FROM unit WHERE id = :unit_id", unit_id=unit_id):
            raise NotFound("not_found")
        columns = {"unit_id": unit_id, "activity_id": activity_id, "period": period, "starts_on": starts_on.isoformat()}
        columns["ends_on"] = ends_on.isoformat() if ends_on else None
        if value(db, TWICE, **columns):
            raise Conflict("unit_quota_exists", field="starts_on")
        target_id = insert(db, "unit_quota", basis=basis, amount=amount, **columns)
        facts = {"period": period, "basis": basis, "amount": amount, "activity": activity}
        audit.record(db, "add", "unit_quota", target_id, by=by, now=now, unit_id=unit_id, **facts)
        return target_id


def end_target(db: Database, target_id: int, last: date, *, by: Actor, now: datetime) -> None:
    """Let a target bind up to a day and no longer: a period that is not whole by then owes nothing."""
    with write(db):
        old = target(db, target_id)
        if not old["starts_on"] <= last.isoformat() <= (old["ends_on"] or "9999"):
            until = date.fromisoformat(old["ends_on"]) if old["ends_on"] else "—"
            raise Invalid("out_of_quota", field="ends_on", first=date.fromisoformat(old["starts_on"]), last=until)
        update(db, "unit_quota", target_id, ends_on=last.isoformat())
        audit.record(db, "end", "unit_quota", target_id, by=by, now=now, unit_id=old["unit_id"], ends_on=last)


def target(db: Database, target_id: int) -> Row:
    """One target: the table's columns, and unit, activity (None: any), activity_zh, activity_en. NotFound."""
    found = one(db, f"{TARGETS} WHERE unit_quota.id = :target_id", target_id=target_id)
    if found is None:
        raise NotFound("not_found")
    return found


def targets(db: Database, unit_id: int, *, below: bool = True) -> list[Row]:
    """The targets set at a unit or above it, and below it too where asked: the highest unit's first."""
    return rows(
        db,
        f"""
        {TARGETS}
        WHERE unit_quota.unit_id IN (SELECT above_id FROM unit_above WHERE unit_id = :unit_id)
           OR (:below AND unit_quota.unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :unit_id))
        ORDER BY (SELECT COUNT(*) FROM unit_above WHERE unit_above.unit_id = unit_quota.unit_id),
                 unit_quota.unit_id, unit_quota.starts_on DESC, unit_quota.id
        """,
        unit_id=unit_id,
        below=int(below),
    )


def spans(held: Row, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The periods of a target that touch a time, each with its first and last day."""
    opens = date.fromisoformat(held["starts_on"])
    closes = date.fromisoformat(held["ends_on"]) if held["ends_on"] else date.max
    if held["period"] == "dates":
        if opens <= last and closes >= first:
            yield opens, closes
        return
    step = MONTHS[held["period"]]
    year, month = first.year, (first.month - 1) // step * step
    while (begins := date(year + month // 12, month % 12 + 1, 1)) <= min(last, closes):
        month += step
        ends = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        if begins >= opens and ends <= closes:
            yield begins, ends


def progress(db: Database, target_id: int, first: date, last: date, *, within: int, now: datetime) -> list[Row]:
    """How far each unit has come with a target in one of its periods: `within` and every unit below, in tree order.

    unit_id, unit, depth, heads, owed, done (ledger), planned (every roster, still to be stood), expected (by the days
    that are over), state: met, missed (the period is over), ahead (it has not begun), behind (done is below what is
    expected by now), pace.
    """
    held = target(db, target_id)
    whole = value(
        db,
        "SELECT 1 FROM unit_above WHERE unit_id = :within AND above_id = :unit_id",
        within=within,
        unit_id=held["unit_id"],
    )
    top = within if whole else held["unit_id"]
    given = {"first": first.isoformat(), "last": last.isoformat(), "activity": held["activity"]}
    heads, planned = (_by_unit(db, sql, **given) for sql in (HEADS, TO_COME))
    done = _totals(db, held, first) or _by_unit(db, TRIPS, **given)
    all_heads = heads.get(held["unit_id"], 0)
    today = clock.today(now, db.zone)
    over = min(max((today - first).days, 0), (last - first).days + 1) / ((last - first).days + 1)
    found = []
    for unit in rows(db, BELOW, top=top):
        count = heads.get(unit["unit_id"], 0)
        if held["basis"] == "head":
            owed = held["amount"] * count
        else:
            owed = (
                held["amount"]
                if unit["unit_id"] == held["unit_id"]
                else round(held["amount"] * count / all_heads if all_heads else 0)
            )
        row = unit | {"heads": count, "owed": owed, "done": done.get(unit["unit_id"], 0)}
        row |= {"planned": planned.get(unit["unit_id"], 0), "expected": owed * over}
        found.append(row | {"state": _state(row, begun=today >= first, over=today > last)})
    return found


def behind(found: list[Row]) -> list[Row]:
    """Who is behind or has missed, the furthest first: by the share of what is expected by now."""
    late = [row for row in found if row["state"] in ("behind", "missed")]
    return sorted(late, key=lambda row: (row["done"] / row["expected"], -row["owed"], row["unit_id"]))


def results(db: Database, unit_id: int, first: date, last: date, *, now: datetime) -> list[Row]:
    """The unit's targets (set at it or above) in its periods that lie from first to last and are over."""
    found = decided(db, unit_id, first, last, below=False, now=now)
    return [row for row in found if row["unit_id"] == unit_id]


def decided(db: Database, unit_id: int, first: date, last: date, *, below: bool = True, now: datetime) -> list[Row]:
    """What the unit and every unit below it owed in periods that lie from first to last and are over.

    The rows of `progress`, where something was owed, with activity (None: any), period, first, last and is_met.
    `below`: also by targets that are set below the unit.
    """
    today = clock.today(now, db.zone)
    return [
        row
        | {"first": opens, "last": closes, "is_met": row["done"] >= row["owed"]}
        | {name: held[name] for name in ("activity", "period")}
        for held in targets(db, unit_id, below=below)
        for opens, closes in spans(held, first, last)
        if first <= opens and closes <= last and closes < today
        for row in progress(db, held["id"], opens, closes, within=unit_id, now=now)
        if row["owed"]
    ]


TWICE = """
    SELECT 1
    FROM unit_quota
    WHERE unit_id = :unit_id AND activity_id IS :activity_id AND period = :period
      AND starts_on <= COALESCE(:ends_on, '9999') AND COALESCE(ends_on, '9999') >= :starts_on
"""

BELOW = """
    WITH RECURSIVE tree (unit_id, unit, depth, way) AS (
        SELECT id, name, 0, printf('%09d/%09d', sort, id) FROM unit WHERE id = :top
        UNION ALL
        SELECT unit.id, unit.name, tree.depth + 1, tree.way || '/' || printf('%09d/%09d', unit.sort, unit.id)
        FROM tree
        JOIN unit ON unit.parent_id = tree.unit_id
    )
    SELECT unit_id, unit, depth FROM tree ORDER BY way
"""

# Each gives unit_id and a count of that unit alone; `_by_unit` adds up what is below.
HEADS = """
    SELECT unit_id, COUNT(*) AS count
    FROM person
    WHERE joined_on <= :first AND COALESCE(left_on, '9999') >= :first AND (:last IS NOT NULL OR :activity IS NULL)
    GROUP BY unit_id
"""

TRIPS = """
    SELECT unit_id, SUM(trips) AS count
    FROM ledger
    WHERE day BETWEEN :first AND :last AND (:activity IS NULL OR activity = :activity)
    GROUP BY unit_id
"""

TO_COME = """
    SELECT person.unit_id, COUNT(*) AS count
    FROM shift
    JOIN activity ON activity.id = shift.activity_id AND (:activity IS NULL OR activity.code = :activity)
    JOIN assignment ON assignment.shift_id = shift.id AND assignment.state = 'planned'
    JOIN person ON person.id = assignment.person_id
    WHERE shift.state = 'planned' AND shift.day BETWEEN :first AND :last
    GROUP BY person.unit_id
"""


def _totals(db: Database, held: Row, first: date) -> dict[int, int]:
    """The same as TRIPS by unit, of a whole month, quarter or year: from the totals that are kept with the ledger.

    Empty where they do not hold it: by activity, between dates, and while a unit that was moved is counted anew.
    """
    if held["activity"] or held["period"] == "dates" or value(db, "SELECT EXISTS (SELECT 1 FROM moved_total)"):
        return {}
    names = {
        "month": first.isoformat()[:7],
        "quarter": f"{first.year}Q{(first.month + 2) // 3}",
        "year": str(first.year),
    }
    sql = "SELECT unit_id, trips FROM total_of_unit WHERE alone = 0 AND period = ?"
    return dict(db.conn.execute(sql, [names[held["period"]]]).fetchall())


def _by_unit(db: Database, sql: str, **given: object) -> dict[int, int]:
    found = db.conn.execute(
        f"""
        SELECT unit_above.above_id, SUM(alone.count)
        FROM ({sql}) AS alone
        JOIN unit_above ON unit_above.unit_id = alone.unit_id
        GROUP BY unit_above.above_id
        """,
        given,
    )
    return dict(found.fetchall())


def _state(row: Row, *, begun: bool, over: bool) -> str:
    if row["done"] >= row["owed"]:
        return "met"
    if over:
        return "missed"
    if not begun:
        return "ahead"
    return "behind" if row["done"] < int(row["expected"]) else "pace"
