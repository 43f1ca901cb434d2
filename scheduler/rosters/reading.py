"""The rotation's input, read from the database: ids are a letter and the row's id (S12 a shift, P7 a person)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from scheduler import policies, rotation, wishes, workdays
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows
from scheduler.errors import NotFound
from scheduler.rosters.owed import quotas_of
from scheduler.rosters.restdays import turns
from scheduler.rosters.staff import (
    HISTORY,
    as_json,
    carried_in,
    days_there,
    leave,
    load_of,
    local,
    people_of,
    staff_of,
    times_away,
)
from scheduler.rosters.targets import fair_targets, shares_of

# Roads are not measured yet: what counts is that a duty in one's own district is preferred to one in another.
SAME_DISTRICT_MINUTES = 15.0  # across a town
OTHER_DISTRICT_MINUTES = 45.0  # from one county town of Bazhong to the next, and more; also where no district is known
POSITION = "any"  # a shift's slots are all alike


def problem(db: Database, roster_id: int, *, duty: Duty | None = None) -> rotation.Problem:
    """Everything that the engine may know about a roster; the number of statements does not grow with its size.

    Duties of other rosters, before and after the period and inside it, are brought in: they take time, rest and a
    turn of their week. Days before a person joined and after they left are theirs as leave.
    """
    duty = duty or Duty()
    roster = _roster(db, roster_id)
    first, last = date.fromisoformat(roster["starts_on"]), date.fromisoformat(roster["ends_on"])
    shifts = _shifts(db, roster_id)
    people = people_of(db, roster)
    away = times_away(db, roster, people)
    units = _units(db, [row["unit_id"] for row in people])
    duties = tuple(_duty(db, shift, roster["below"]) for shift in shifts)
    places = {shift["place_id"]: shift["district"] for shift in shifts}
    staff = staff_of(db, roster, people, duty)
    days = {f"P{row['id']}": days_there(db, row, away.get(row["id"], []), first - HISTORY, last) for row in people}
    load = load_of(db, roster_id, people, first - HISTORY, last)
    for shift in shifts:
        day = date.fromisoformat(shift["day"]).toordinal()
        load[day] = load.get(day, 0) + shift["headcount"]
    demand = Counter(
        position.requires for asked in duties for position in asked.positions for _ in range(position.count)
    )
    targets = fair_targets(staff, demand, shares_of(days, load))
    turn = turns(db, roster_id, staff, demand, days, load, first)
    return rotation.Problem(
        id=f"roster-{roster_id}",
        start=first,
        days=(last - first).days + 1,
        calendar=tuple(rotation.Day(day.day, day.kind) for day in workdays.days(db, first, last)),
        units=tuple(rotation.Unit(f"U{unit_id}", district) for unit_id, district in units.items()),
        places=tuple(rotation.Place(f"L{place_id}", region=district) for place_id, district in places.items()),
        travel=_travel(units, places),
        duties=duties,
        staff=tuple(  # hundredths, as the engine counts: what it would have to round away looked like a gap
            replace(person, target_trips=round(targets[person.id], 2), offday_turn=turn[person.id]) for person in staff
        ),
        leave=tuple(leave(db, people, away, first, last)),
        carry_in=tuple(carried_in(db, roster_id, people, first, last)),
        quotas=tuple(quotas_of(db, roster, people, shifts)),
        preferences=tuple(wishes.preferences(db, [row["id"] for row in people], first, last)),
        pinned=tuple(rotation.Pin(seat.duty, seat.position, seat.staff) for seat in seats(db, roster_id, fixed=True)),
        min_rest_minutes=duty.min_rest_hours * 60,
        weights=policies.weights(db, roster["unit_id"]),
    )


def seats(db: Database, roster_id: int, *, fixed: bool = False) -> list[rotation.Seat]:
    """Who stands what in the roster now, by shift and slot; or only the fixed ones."""
    return [
        rotation.Seat(f"S{row['shift_id']}", POSITION, f"P{row['person_id']}")
        for row in rows(
            db,
            """
            SELECT assignment.shift_id, assignment.person_id
            FROM shift
            JOIN assignment ON assignment.shift_id = shift.id
            WHERE shift.roster_id = :roster_id AND shift.state <> 'cancelled'
              AND assignment.state <> 'released' AND assignment.fixed >= :fixed
            ORDER BY shift.starts_at, shift.id, assignment.slot
            """,
            roster_id=roster_id,
            fixed=int(fixed),
        )
    ]


def number(id: str) -> int:
    """The row's id in an id of the engine."""
    return int(id[1:])


def _roster(db: Database, roster_id: int) -> Row:
    roster = one(db, "SELECT id, unit_id, starts_on, ends_on FROM roster WHERE id = :id", id=roster_id)
    if roster is None:
        raise NotFound("not_found")
    tree = rows(db, "SELECT above_id, unit_id FROM unit_above ORDER BY above_id, unit_id")
    below: dict[int, set[str]] = {}
    for row in tree:
        below.setdefault(row["above_id"], set()).add(f"U{row['unit_id']}")
    return roster | {"below": below}


def _shifts(db: Database, roster_id: int) -> list[Row]:
    return rows(
        db,
        """
        SELECT shift.id, shift.place_id, place.district, activity.code AS activity, shift.day, shift.starts_at,
               shift.ends_at, shift.headcount, shift.requires, shift.weight
        FROM shift
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        WHERE shift.roster_id = :roster_id AND shift.state <> 'cancelled'
        ORDER BY shift.starts_at, shift.id
        """,
        roster_id=roster_id,
    )


def _duty(db: Database, shift: Row, below: dict[int, set[str]]) -> rotation.Duty:
    asked = json.loads(shift["requires"])
    requires = rotation.Requirement(
        party=bool(asked.get("party")),
        roles=frozenset(asked.get("roles", ())),
        skills=frozenset(asked.get("skills", ())),
        units=frozenset(unit for top in asked.get("units", ()) for unit in below.get(top, {f"U{top}"})),
    )
    return rotation.Duty(
        id=f"S{shift['id']}",
        place=f"L{shift['place_id']}",
        kind=shift["activity"],
        weight=float(shift["weight"]),
        start=local(db, shift["starts_at"]),
        end=local(db, shift["ends_at"]),
        positions=(rotation.Position(POSITION, shift["headcount"], requires),),
    )


def _units(db: Database, unit_ids: Iterable[int]) -> dict[int, str]:
    """District by unit; a unit that names none has that of the nearest unit above which does."""
    found = rows(
        db,
        """
        SELECT unit_above.unit_id AS id, unit.district
        FROM unit_above
        JOIN unit ON unit.id = unit_above.above_id
        WHERE unit_above.unit_id IN (SELECT value FROM json_each(:ids))
        ORDER BY unit_above.unit_id, unit_above.depth
        """,
        ids=as_json(set(unit_ids)),
    )
    districts: dict[int, str] = {}
    for row in found:
        districts[row["id"]] = districts.get(row["id"]) or row["district"]
    return districts


def _travel(units: dict[int, str], places: dict[int, str]) -> dict[tuple[str, str], float]:
    return {
        (f"U{unit_id}", f"L{place_id}"): SAME_DISTRICT_MINUTES if home and home == there else OTHER_DISTRICT_MINUTES
        for unit_id, home in units.items()
        for place_id, there in places.items()
    }
