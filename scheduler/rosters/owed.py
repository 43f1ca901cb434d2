"""What leaders owe in a roster's weeks, as the engine takes it; and what it does not plan, said aloud."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

from scheduler import clock, rotation
from scheduler.database import Database, Row, rows
from scheduler.errors import NotFound

WEEK = timedelta(days=7)


def quotas_of(db: Database, roster: Row, people: list[Row], shifts: list[Row]) -> Iterator[rotation.Quota]:
    """The weekly quotas of the roster's people, in the activities that this roster has.

    A visit that is made or planned in the same week outside of the roster is a visit less to plan. A week that a
    coordinator has waived, or that does not lie wholly within the quota's days, owes none.
    """
    owing = [row for row in _set(db, roster) if row["period"] == "week" and _is_planned(db, row, people, shifts)]
    if not owing:
        return
    leaders = [person for person in people if person["role"] in {row["role"] for row in owing}]
    first, last = clock.monday(date.fromisoformat(roster["starts_on"])), date.fromisoformat(roster["ends_on"])
    mondays = [first + WEEK * number for number in range((last - first).days // 7 + 1)]
    above = _above(db, leaders)
    waived, visits = _waived(db, owing), _elsewhere(db, roster, leaders, mondays)
    for row in owing:
        theirs = [person for person in leaders if person["role"] == row["role"]]
        free = {
            (f"P{person['id']}", monday)
            for person in theirs
            for monday in mondays
            if row["unit_id"] not in above[person["unit_id"]]
            or not row["starts_on"] <= monday.isoformat()
            or (monday + timedelta(days=6)).isoformat() > (row["ends_on"] or "9999")
            or (row["id"], person["id"], monday.isoformat()) in waived
        }
        credits = tuple(
            (f"P{visit['person_id']}", clock.monday(date.fromisoformat(visit["day"])))
            for visit in visits
            if visit["activity"] == row["activity"] and _counts(db, row, visit)
            for _ in range(visit["trips"])
        )
        yield rotation.Quota(
            f"Q{row['id']}", frozenset({row["role"]}), row["activity"], row["least"],
            row["least_workdays"], frozenset(free), credits,
        )  # fmt: skip


def unplanned(db: Database, roster_id: int) -> list[Row]:
    """Quotas that bind in the roster's time and that filling it does not plan: by the month, or not at all its places.

    Columns: id, role, activity (code), activity_zh, activity_en, period, place, sponsored, least.
    """
    found = rows(db, "SELECT id, unit_id, starts_on, ends_on FROM roster WHERE id = :id", id=roster_id)
    if not found:
        raise NotFound("not_found")
    shifts = rows(
        db,
        """
        SELECT shift.place_id, shift.day, activity.code AS activity
        FROM shift
        JOIN activity ON activity.id = shift.activity_id
        WHERE shift.roster_id = :id AND shift.state <> 'cancelled'
        ORDER BY shift.id
        """,
        id=roster_id,
    )
    people = rows(
        db,
        """
        SELECT id, unit_id, role FROM person
        WHERE unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :unit_id) AND role <> 'staff'
        ORDER BY id
        """,
        unit_id=found[0]["unit_id"],
    )
    return [
        row
        for row in _set(db, found[0])
        if row["period"] == "month"
        or (any(shift["activity"] == row["activity"] for shift in shifts) and not _is_planned(db, row, people, shifts))
    ]


def _set(db: Database, roster: Row) -> list[Row]:
    """The quotas set at the roster's unit, above or below it, that meet its days."""
    return rows(
        db,
        """
        SELECT quota.id, quota.unit_id, quota.role, activity.code AS activity, activity.name_zh AS activity_zh,
               activity.name_en AS activity_en, quota.period, quota.place_id, place.name AS place, quota.sponsored,
               quota.least, quota.starts_on, quota.ends_on,
               COALESCE((
                   SELECT quota_rule.least_workdays
                   FROM quota_rule
                   JOIN unit_above ON unit_above.above_id = quota_rule.unit_id AND unit_above.unit_id = quota.unit_id
                   ORDER BY unit_above.depth
                   LIMIT 1
               ), 3) AS least_workdays
        FROM quota
        JOIN activity ON activity.id = quota.activity_id
        LEFT JOIN place ON place.id = quota.place_id
        WHERE quota.unit_id IN (
              SELECT above_id FROM unit_above WHERE unit_id = :unit_id
              UNION
              SELECT unit_id FROM unit_above WHERE above_id = :unit_id
          )
          AND quota.starts_on <= :ends_on AND COALESCE(quota.ends_on, :starts_on) >= :starts_on
        ORDER BY quota.id
        """,
        unit_id=roster["unit_id"],
        starts_on=roster["starts_on"],
        ends_on=roster["ends_on"],
    )


def _is_planned(db: Database, row: Row, people: list[Row], shifts: list[Row]) -> bool:
    """Whether any of the roster's shifts of its activity counts for it: then, and only then, the engine plans it."""
    asked = [shift for shift in shifts if shift["activity"] == row["activity"]]
    if not row["sponsored"]:
        return bool(asked) and all(row["place_id"] in (None, shift["place_id"]) for shift in asked)
    units = {person["unit_id"] for person in people if person["role"] == row["role"]}
    return bool(asked) and not rows(
        db,
        f"""
        SELECT 1
        FROM json_each(:visits) AS visit
        WHERE NOT {SPONSORED}
        LIMIT 1
        """,
        visits=json.dumps(
            [
                {"unit_id": unit_id, "place_id": place_id, "day": day}
                for place_id, day in sorted({(shift["place_id"], shift["day"]) for shift in asked})
                for unit_id in sorted(units)
            ]
        ),
    )


def _counts(db: Database, row: Row, visit: Row) -> bool:
    """Whether a visit is at a place that counts for the quota."""
    if not row["sponsored"]:
        return row["place_id"] in (None, visit["place_id"])
    asked = json.dumps([{name: visit[name] for name in ("unit_id", "place_id", "day")}])
    return bool(rows(db, f"SELECT 1 FROM json_each(:visits) AS visit WHERE {SPONSORED}", visits=asked))


SPONSORED = """EXISTS (
    SELECT 1
    FROM sponsorship
    JOIN unit_above ON unit_above.above_id = sponsorship.unit_id AND unit_above.unit_id = visit.value ->> 'unit_id'
    WHERE sponsorship.place_id = visit.value ->> 'place_id' AND sponsorship.starts_on <= visit.value ->> 'day'
      AND COALESCE(sponsorship.ends_on, '9999') >= visit.value ->> 'day'
)"""


def _above(db: Database, people: list[Row]) -> dict[int, set[int]]:
    above: dict[int, set[int]] = {person["unit_id"]: set() for person in people}
    for row in rows(
        db,
        "SELECT unit_id, above_id FROM unit_above WHERE unit_id IN (SELECT value FROM json_each(:ids)) ORDER BY 1, 2",
        ids=json.dumps(sorted(above)),
    ):
        above[row["unit_id"]].add(row["above_id"])
    return above


def _waived(db: Database, owing: list[Row]) -> set[tuple[int, int, str]]:
    found = rows(
        db,
        """
        SELECT quota_id, person_id, starts_on
        FROM waiver
        WHERE ended_at IS NULL AND quota_id IN (SELECT value FROM json_each(:ids))
        ORDER BY id
        """,
        ids=json.dumps([row["id"] for row in owing]),
    )
    return {(row["quota_id"], row["person_id"], row["starts_on"]) for row in found}


def _elsewhere(db: Database, roster: Row, leaders: list[Row], mondays: list[date]) -> list[Row]:
    """Visits in the roster's weeks that are not in the roster: entered in the ledger, or planned in another."""
    return rows(
        db,
        """
        SELECT person_id, activity, unit_id, place_id, day, SUM(trips) AS trips
        FROM (
            SELECT person_id, activity, unit_id, place_id, day, trips
            FROM ledger
            WHERE day BETWEEN :first AND :last AND person_id IN (SELECT value FROM json_each(:people))
              AND (shift_id IS NULL OR shift_id NOT IN (SELECT id FROM shift WHERE roster_id = :roster_id))
            UNION ALL
            SELECT assignment.person_id, activity.code, person.unit_id, shift.place_id, shift.day, 1
            FROM assignment
            JOIN person ON person.id = assignment.person_id
            JOIN shift ON shift.id = assignment.shift_id AND shift.state = 'planned'
            JOIN activity ON activity.id = shift.activity_id
            WHERE shift.day BETWEEN :first AND :last AND assignment.state = 'planned'
              AND assignment.person_id IN (SELECT value FROM json_each(:people)) AND shift.roster_id IS NOT :roster_id
        )
        GROUP BY person_id, activity, unit_id, place_id, day
        HAVING SUM(trips) > 0
        ORDER BY person_id, day, place_id
        """,
        people=json.dumps([person["id"] for person in leaders]),
        roster_id=roster["id"],
        first=mondays[0].isoformat(),
        last=(mondays[-1] + timedelta(days=6)).isoformat(),
    )
