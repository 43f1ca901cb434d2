"""Who was asked about one slot: those who could stand it, in order of fairness, and those who cannot and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from scheduler import clock, rotation, rules
from scheduler.assignments.customs import Broken, customs
from scheduler.database import Database, Row, rows
from scheduler.rosters.checking import levels_of
from scheduler.rosters.reading import POSITION, number
from scheduler.rosters.reasons import wishes_met

LAST_SECOND = timedelta(seconds=1)  # a leave ends where its last day ends: at the next midnight


def asked(
    db: Database, index: rotation.Index, standing: Sequence[rotation.Seat], shift: Row
) -> tuple[list[Row], list[Row]]:
    """All the staff about one seat of a planned shift: those who may take it, warned or not, and those who may not.

    `standing` is who stands where while they are asked: without the one whom they would take over from.
    """
    levels = levels_of(db, shift["roster_id"])
    found = rotation.candidates(index, standing, f"S{shift['id']}", POSITION)
    people = _people(db, [number(candidate.staff) for candidate in found], shift["day"])
    away, duties = _away(db, shift), _duties(db, shift)
    kept = customs(db, levels, people, [shift["id"]])
    weighed = [_weighed(c, kept.about(number(c.staff), shift["id"]), levels) for c in found]
    owed, waiting = _owed(index, standing, f"S{shift['id']}"), _waiting(db, shift)
    slot = index.slot_of[f"S{shift['id']}", POSITION]
    told = [
        _row(c, level, people, owed)
        | {"wishes": wishes_met(index.person_of[c.staff], slot), "waiting": waiting.get(number(c.staff))}
        for c, level in weighed
    ]
    unable = [
        row | {"detail": _detail(row["refusal"], people[row["person_id"]], shift, away, duties)}
        for row in told
        if row["level"] == "block"
    ]
    return [row for row in told if row["level"] != "block"], unable


def _weighed(
    candidate: rotation.Candidate, broken: Sequence[Broken], levels: rules.Levels
) -> tuple[rotation.Candidate, rules.Level | None]:
    """The candidate with the strictest of what speaks against them, customs among it, and how strict that is."""
    told = [(_level(rule, levels), rule) for rule in (candidate.refusal, *(one.rule for one in broken)) if rule]
    found = sorted((rules.LEVELS.index(level), level, rule) for level, rule in told if level)
    level, refusal = found[0][1:] if found else (None, None)
    return replace(candidate, refusal=refusal), level


def _level(refusal: str | None, levels: rules.Levels) -> rules.Level | None:
    """How strictly the rule that speaks against somebody is taken; None where none does."""
    if refusal is None:
        return None
    return levels[rules.OF_REFUSAL[refusal]] if refusal in rules.OF_REFUSAL else "block"


def _owed(index: rotation.Index, standing: Sequence[rotation.Seat], duty: str) -> dict[str, int]:
    """By person of those who owe visits of the duty's kind in its week: how many are still to be planned."""
    asked = index.slot_of[duty, POSITION]
    slots = ((seat.staff, index.slot_of[seat.duty, seat.position]) for seat in standing)
    done = Counter(staff for staff, slot in slots if (slot.kind, slot.week) == (asked.kind, asked.week))
    due = {person.staff.id: index.dues.get((person.at, asked.kind, asked.week), ()) for person in index.people}
    return {staff: sum(needs) - done[staff] for staff, needs in due.items() if sum(needs) > done[staff]}


def _row(candidate: rotation.Candidate, level: rules.Level | None, people: dict[int, Row], owed: dict[str, int]) -> Row:
    person = people[number(candidate.staff)]
    return person | {
        "refusal": candidate.refusal,
        "level": level,
        "owed": owed.get(candidate.staff, 0),
        "trips": candidate.trips,
        "target": candidate.target,
        "travel": candidate.travel,
        "last": date.fromisoformat(person["last_day"]) if person["last_day"] else None,
    }


def _detail(
    refusal: str | None, person: Row, shift: Row, away: dict[int, Row], duties: dict[int, Row]
) -> dict[str, Any]:
    """What the cause is, in particular."""
    if refusal == "leave" and person["joined_on"] > shift["day"]:
        return {"cause": "not_yet_joined", "day": date.fromisoformat(person["joined_on"])}
    if refusal == "leave" and person["left_on"] is not None and person["left_on"] < shift["day"]:
        return {"cause": "has_left", "day": date.fromisoformat(person["left_on"])}
    if refusal == "leave" and (found := away.get(person["person_id"])):
        return {"cause": "leave", **found}
    if refusal == "leave" and person["left_on"] == shift["day"]:  # a night that goes on after their last day
        return {"cause": "has_left", "day": date.fromisoformat(person["left_on"])}
    if refusal == "booked" and (found := duties.get(person["person_id"])):
        return {"cause": "booked", **found}
    return {"cause": refusal}


def _people(db: Database, ids: list[int], day: str) -> dict[int, Row]:
    found = rows(
        db,
        """
        SELECT person.id AS person_id, person.name AS person, person.staff_no, unit.name AS unit, person.role,
               person.joined_on, person.left_on,
               (
                   SELECT MAX(day)
                   FROM (
                       SELECT day FROM ledger WHERE person_id = person.id AND day < :day AND trips = 1
                       UNION ALL
                       SELECT shift.day
                       FROM assignment
                       JOIN shift ON shift.id = assignment.shift_id
                       WHERE assignment.person_id = person.id AND assignment.state IN ('planned', 'present')
                         AND shift.day < :day
                   )
               ) AS last_day
        FROM json_each(:ids)
        JOIN person ON person.id = json_each.value
        JOIN unit ON unit.id = person.unit_id
        ORDER BY person.id
        """,
        ids=json.dumps(ids),
        day=day,
    )
    return {row["person_id"]: row for row in found}


def _away(db: Database, shift: Row) -> dict[int, Row]:
    """By person: the leave that touches the shift, with its first and last day."""
    found = rows(
        db,
        """
        SELECT person_id, kind AS away_kind, starts_at, ends_at
        FROM away
        WHERE starts_at < :ends_at AND ends_at > :starts_at
        ORDER BY person_id, starts_at
        """,
        starts_at=shift["starts_at"],
        ends_at=shift["ends_at"],
    )
    return {
        row["person_id"]: {
            "away_kind": row["away_kind"],
            "first": clock.local(row["starts_at"], db.zone).date(),
            "last": (clock.local(row["ends_at"], db.zone) - LAST_SECOND).date(),
        }
        for row in found
    }


def _waiting(db: Database, shift: Row) -> dict[int, str]:
    """By person: the kind of leave that they asked for, where it touches the shift and nobody has decided yet."""
    found = rows(
        db,
        """
        SELECT person_id, kind
        FROM leave_request
        WHERE state = 'asked' AND starts_at < :ends_at AND ends_at > :starts_at
        ORDER BY person_id, starts_at DESC
        """,
        starts_at=shift["starts_at"],
        ends_at=shift["ends_at"],
    )
    return {row["person_id"]: row["kind"] for row in found}


def _duties(db: Database, shift: Row) -> dict[int, Row]:
    """By person: the other duty at the time of the shift."""
    found = rows(
        db,
        """
        SELECT assignment.person_id, other.id AS shift_id, place.name AS place, other.day, other.starts_at,
               other.ends_at
        FROM assignment
        JOIN shift AS other ON other.id = assignment.shift_id
        JOIN place ON place.id = other.place_id
        WHERE assignment.state <> 'released' AND assignment.starts_at < :ends_at AND assignment.ends_at > :starts_at
          AND other.day BETWEEN date(:day, '-2 days') AND date(:day, '+2 days')
        ORDER BY assignment.person_id, other.starts_at
        """,
        day=shift["day"],
        starts_at=shift["starts_at"],
        ends_at=shift["ends_at"],
    )
    return {row["person_id"]: row for row in found}
