"""The slots of a roster: who stands each, and what is to be seen at it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import time

from scheduler import clock, rules
from scheduler.database import Database, Row, rows
from scheduler.rosters.checking import Found

# What is to be seen at a slot, most serious first; a slot may show several at once.
MARKS = (
    "cancelled", "open", "offered", "refused", "away", "asked", "warned", "noted", "changed", "fixed", "absent", "seen",
    "swapping",
)  # fmt: skip
CALM = {
    "cancelled",
    "noted",
    "changed",
    "fixed",
    "absent",
    "seen",
    "swapping",
}  # these tell something and ask for nothing


def calls(slots: Sequence[Row]) -> bool:
    """Whether any of the slots asks to be looked at."""
    return any(slot["marks"] and not CALM.issuperset(slot["marks"]) for slot in slots)


def shifts_of(db: Database, roster_id: int) -> list[Row]:
    """The roster's shifts by activity, place and start; `hours` are the local clock times.

    `offered` is how many of the slots are open for sign-up: see scheduler.openings.
    """
    found = rows(
        db,
        """
        SELECT shift.id, shift.place_id, place.name AS place, place.unit_id, place.kind AS place_kind,
               activity.code AS activity, activity.name_zh, activity.name_en, template.name AS template,
               shift.day, shift.starts_at, shift.ends_at,
               shift.headcount, shift.state, COALESCE(opening.seats, 0) - (
                   SELECT COUNT(*)
                   FROM sign_up
                   LEFT JOIN standing ON standing.id = sign_up.assignment_id
                   WHERE sign_up.opening_id = opening.id
                     AND (sign_up.state = 'seated' OR (sign_up.state = 'released' AND standing.id IS NOT NULL))
               ) AS offered
        FROM shift
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        LEFT JOIN template ON template.id = shift.template_id
        LEFT JOIN opening ON opening.shift_id = shift.id AND opening.state = 'open'
        WHERE shift.roster_id = :roster_id
        ORDER BY activity.sort, activity.id, place.id, shift.starts_at, shift.id
        """,
        roster_id=roster_id,
    )
    return [row | {"hours": (_time(db, row["starts_at"]), _time(db, row["ends_at"]))} for row in found]


def _time(db: Database, instant: str) -> time:
    return clock.local(instant, db.zone).time()


def taken_in(db: Database, held: Row, found: Sequence[Found]) -> dict[int, dict[int, Row]]:
    """By shift and slot: the assignment and what is to be seen at it."""
    shown = {"block": "refused", "warn": "warned", "note": "noted"}
    order = sorted(found, key=lambda breach: rules.LEVELS.index(breach.level), reverse=True)  # the strictest is seen
    seen = {(breach.shift_id, breach.person_id): shown[breach.level] for breach in order}
    taken: dict[int, dict[int, Row]] = defaultdict(dict)
    for row in rows(
        db,
        """
        SELECT assignment.shift_id, assignment.slot, shift.state, assignment.id AS assignment_id,
               assignment.person_id, person.name AS person, person.staff_no, assignment.fixed, assignment.source,
               assignment.override, assignment.state = 'absent' AS is_absent,
               assignment.published_at IS NULL AND :published_at IS NOT NULL AS is_changed,
               EXISTS (
                   SELECT 1
                   FROM away
                   WHERE away.person_id = assignment.person_id
                     AND away.starts_at < assignment.ends_at AND away.ends_at > assignment.starts_at
               ) AS is_away,
               EXISTS (
                   SELECT 1
                   FROM leave_request
                   WHERE leave_request.person_id = assignment.person_id AND leave_request.state = 'asked'
                     AND leave_request.starts_at < assignment.ends_at AND leave_request.ends_at > assignment.starts_at
               ) AS is_asked,
               acknowledged.at IS NOT NULL AND assignment.state = 'planned' AS is_seen,
               EXISTS (
                   SELECT 1
                   FROM swap_request
                   WHERE swap_request.shift_id = assignment.shift_id
                     AND swap_request.person_id = assignment.person_id AND swap_request.state IN ('asked', 'accepted')
               ) AS is_swapping
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        JOIN person ON person.id = assignment.person_id
        LEFT JOIN acknowledged ON acknowledged.assignment_id = assignment.id
        WHERE shift.roster_id = :roster_id
        ORDER BY assignment.shift_id, assignment.slot
        """,
        roster_id=held["id"],
        published_at=held["published_at"],
    ):
        marks = [name for name in ("away", "asked", "changed", "absent", "seen", "swapping") if row[f"is_{name}"]]
        marks += [seen[at]] if (at := (row["shift_id"], row["person_id"])) in seen and not row["is_away"] else []
        marks += ["fixed"] if row["fixed"] else []
        taken[row["shift_id"]][row["slot"]] = row | {"marks": [mark for mark in MARKS if mark in marks]}
    return taken


def slots_of(shift: Row, taken: dict[int, Row]) -> list[Row]:
    """The shift's slots by number: filled ones as they were read, and unfilled ones, the first of which are offered."""
    mark = "cancelled" if shift["state"] == "cancelled" else "open"
    empty = {"shift_id": shift["id"], "state": shift["state"], "assignment_id": None, "person_id": None, "person": None}
    numbers = range(1, shift["headcount"] + 1)
    offered = [slot for slot in numbers if slot not in taken][: max(0, shift["offered"])] if mark == "open" else []
    return [
        taken.get(slot) or empty | {"slot": slot, "fixed": 0, "marks": [mark, "offered"] if slot in offered else [mark]}
        for slot in numbers
    ]
