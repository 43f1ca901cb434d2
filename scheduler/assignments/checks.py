"""What stands against a person taking a shift: refusals first, then warnings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from scheduler import clock, rules
from scheduler.assignments.customs import customs
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows, value
from scheduler.errors import Conflict, NotFound, Problem
from scheduler.people.away import away_facts

LAST_SECOND = timedelta(seconds=1)  # a leave ends where its last day ends: at the next midnight


def shift_to_change(db: Database, shift_id: int) -> Row:
    """The shift with its place and its roster's state, as long as its seats may still be changed."""
    shift = one(
        db,
        """
        SELECT shift.id, shift.unit_id, unit.name AS unit, shift.roster_id, shift.place_id, place.name AS place,
               shift.day, shift.starts_at, shift.ends_at, shift.headcount, shift.requires, shift.state,
               roster.state AS roster
        FROM shift
        JOIN unit ON unit.id = shift.unit_id
        JOIN place ON place.id = shift.place_id
        LEFT JOIN roster ON roster.id = shift.roster_id
        WHERE shift.id = :shift_id
        """,
        shift_id=shift_id,
    )
    if shift is None:
        raise NotFound("not_found")
    if shift["roster"] is None:
        raise Conflict("shift_is_in_no_roster", **_where(shift))
    if shift["roster"] == "closed":
        raise Conflict("roster_is_closed")
    if shift["state"] != "planned":
        raise Conflict(f"shift_is_{shift['state']}", **_where(shift))
    return shift


def refuse_ineligible(db: Database, shift: Row, person_id: int) -> Row:
    """The person, who may stand the shift by what is asked of them; each cause has a code of its own."""
    person = one(
        db,
        """
        SELECT person.id, person.name, person.unit_id, unit.name AS unit, role, party, joined_on, left_on,
               EXISTS (SELECT 1 FROM unit_above WHERE unit_id = person.unit_id AND above_id = :top) AS is_of_roster
        FROM person
        JOIN unit ON unit.id = person.unit_id
        WHERE person.id = :person_id
        """,
        person_id=person_id,
        top=shift["unit_id"],
    )
    if person is None:
        raise NotFound("not_found")
    asked = json.loads(shift["requires"])
    if not person["is_of_roster"]:
        raise Conflict("not_of_the_roster", person=person["name"], unit=shift["unit"])
    if person["joined_on"] > shift["day"]:
        raise Conflict("not_yet_joined", person=person["name"], day=date.fromisoformat(person["joined_on"]))
    if person["left_on"] is not None and person["left_on"] < shift["day"]:
        raise Conflict("has_left", person=person["name"], day=date.fromisoformat(person["left_on"]))
    if person["left_on"] is not None and person["left_on"] < _last_day(db, shift):
        raise Conflict("leaves_before_the_end", person=person["name"], day=date.fromisoformat(person["left_on"]))
    if asked.get("party") and not person["party"]:
        raise Conflict("not_in_the_party", person=person["name"])
    if asked.get("roles") and person["role"] not in asked["roles"]:
        raise Conflict("wrong_role", person=person["name"], role=person["role"])
    _refuse_unskilled(db, asked.get("skills", []), person)
    _refuse_other_units(db, asked.get("units", []), person)
    return person


def _last_day(db: Database, shift: Row) -> str:
    """The day on which the shift ends: a night that goes on past somebody's last day is none of theirs."""
    return (clock.local(shift["ends_at"], db.zone) - LAST_SECOND).date().isoformat()


def _refuse_unskilled(db: Database, skills: list[str], person: Row) -> None:
    held = {row["skill"] for row in _skills(db, person["id"])} if skills else set()
    missing = [skill for skill in skills if skill not in held]
    if missing:
        raise Conflict("lacks_skill", person=person["name"], skill="、".join(missing))


def _skills(db: Database, person_id: int) -> list[Row]:
    return rows(db, "SELECT skill FROM person_skill WHERE person_id = :person_id ORDER BY skill", person_id=person_id)


def _refuse_other_units(db: Database, units: list[int], person: Row) -> None:
    if units and not value(
        db,
        """
        SELECT 1
        FROM unit_above
        JOIN json_each(:units) ON json_each.value = unit_above.above_id
        WHERE unit_above.unit_id = :unit_id
        """,
        units=json.dumps(units),
        unit_id=person["unit_id"],
    ):
        raise Conflict("wrong_unit", person=person["name"], unit=person["unit"])


def refuse_taken_time(db: Database, shift: Row, person: Row) -> None:
    """Refuse leave (with its kind and dates) and a duty at the same time (with its place, day and hours)."""
    away = one(
        db,
        """
        SELECT kind, starts_at, ends_at
        FROM away
        WHERE person_id = :person_id AND starts_at < :ends_at AND ends_at > :starts_at
        ORDER BY starts_at
        """,
        person_id=person["id"],
        starts_at=shift["starts_at"],
        ends_at=shift["ends_at"],
    )
    if away is not None:
        raise Conflict("person_is_away", person=person["name"], **away_facts(db, away))
    other = next(iter(_duties_between(db, person["id"], shift["starts_at"], shift["ends_at"])), None)
    if other is not None and other["shift_id"] == shift["id"]:
        raise Conflict("already_stands_it", person=person["name"], **_where(shift))
    if other is not None:
        raise Conflict("double_booking", person=person["name"], **_where(other), hours=_hours(db, other))


def free_slot(db: Database, shift: Row) -> int:
    """The number of the shift's first unfilled slot. Conflict, naming who stands them all."""
    taken = {
        row["slot"]: row["name"]
        for row in rows(
            db,
            """
            SELECT slot, person.name
            FROM assignment
            JOIN person ON person.id = assignment.person_id
            WHERE shift_id = :shift_id AND state <> 'released'
            ORDER BY slot
            """,
            shift_id=shift["id"],
        )
    }
    free = set(range(1, shift["headcount"] + 1)) - taken.keys()
    if not free:
        people = "、".join(taken.values())
        raise Conflict("shift_is_full", headcount=shift["headcount"], people=people, **_where(shift))
    return min(free)


def warnings(db: Database, shift_id: int, person_id: int, *, duty: Duty | None = None) -> list[Problem]:
    """What a person's standing this shift does to their rest, their week and the unit's customs: told, not refused.

    The shift itself is left out of what they stand, so it may be asked before seating and after.
    """
    duty = duty or Duty()
    sql = "SELECT id, unit_id, day, starts_at, ends_at FROM shift WHERE id = :shift_id"
    shift = one(db, sql, shift_id=shift_id)
    if shift is None:
        raise NotFound("not_found")
    habits = customs(db, rules.levels(db, shift["unit_id"]), [person_id], [shift_id])
    return [
        *_short_rests(db, shift, person_id, timedelta(hours=duty.min_rest_hours)),
        *_full_week(db, shift, person_id, duty.max_per_week),
        *(found.told() for found in habits.about(person_id, shift_id)),
    ]


def refuse_broken_rules(
    db: Database, shift: Row, person: Row, *, override: str = "", duty: Duty | None = None
) -> list[Problem]:
    """What speaks softly against it, having been weighed by the organisation's levels.

    Refused: a rule that blocks, named first; a rule that warns, unless `override` gives the reason why all the same.
    """
    found = warnings(db, shift["id"], person["id"], duty=duty)
    levels = rules.levels(db, shift["unit_id"]) if found else {}
    at = rules.by_level(levels, found)
    if at["block"]:
        raise Conflict.of([Problem("rule_blocks", facts={"person": person["name"]}), *at["block"]])
    if at["warn"] and not override:
        raise Conflict.of([Problem("needs_a_reason", "override", None, {"person": person["name"]}), *at["warn"]])
    return found


def _short_rests(db: Database, shift: Row, person_id: int, rest: timedelta) -> Iterator[Problem]:
    starts, ends = clock.from_text(shift["starts_at"]), clock.from_text(shift["ends_at"])
    for other in _duties_between(db, person_id, clock.to_text(starts - rest), clock.to_text(ends + rest)):
        if other["shift_id"] != shift["id"]:
            gap = max(starts - clock.from_text(other["ends_at"]), clock.from_text(other["starts_at"]) - ends)
            between = f"{gap / timedelta(hours=1):.1f}".removesuffix(".0")
            facts = {**_where(other), "hours": _hours(db, other), "between": between}
            yield Problem("short_rest", facts=facts)


def _full_week(db: Database, shift: Row, person_id: int, cap: int) -> Iterator[Problem]:
    monday = clock.monday(date.fromisoformat(shift["day"]))
    found = one(
        db,
        """
        SELECT COALESCE(person.max_per_week, :cap) AS cap, COUNT(shift.id) AS stood
        FROM person
        LEFT JOIN assignment ON assignment.person_id = person.id AND assignment.state <> 'released'
            AND assignment.shift_id <> :shift_id
        LEFT JOIN shift ON shift.id = assignment.shift_id AND shift.day BETWEEN :monday AND :sunday
        WHERE person.id = :person_id
        """,
        cap=cap,
        shift_id=shift["id"],
        person_id=person_id,
        monday=monday.isoformat(),
        sunday=(monday + timedelta(days=6)).isoformat(),
    )
    if found is not None and found["stood"] >= found["cap"]:
        yield Problem("week_is_full", facts={"monday": monday, "count": found["stood"] + 1, "cap": found["cap"]})


def _duties_between(db: Database, person_id: int, starts_at: str, ends_at: str) -> list[Row]:
    """The person's duties that touch a time, by start."""
    return rows(
        db,
        """
        SELECT assignment.shift_id, place.name AS place, shift.day, assignment.starts_at, assignment.ends_at
        FROM assignment
        JOIN shift ON shift.id = assignment.shift_id
        JOIN place ON place.id = shift.place_id
        WHERE assignment.person_id = :person_id AND assignment.state <> 'released'
          AND assignment.starts_at < :ends_at AND assignment.ends_at > :starts_at
        ORDER BY assignment.starts_at
        """,
        person_id=person_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _where(shift: Row) -> dict[str, Any]:
    return {"place": shift["place"], "day": date.fromisoformat(shift["day"])}


def _hours(db: Database, shift: Row) -> str:
    starts, ends = (clock.local(shift[name], db.zone) for name in ("starts_at", "ends_at"))
    return _span(starts, ends)


def _span(starts: datetime, ends: datetime) -> str:
    return f"{starts:%H:%M}–{ends:%H:%M}"
