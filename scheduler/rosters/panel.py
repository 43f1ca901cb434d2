"""One slot: who stands it and why, who else could, and what would fill it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler import rotation, rules
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows
from scheduler.errors import NotFound
from scheduler.rosters.asked import asked
from scheduler.rosters.news import changes_of
from scheduler.rosters.reading import problem, seats
from scheduler.rosters.reasons import remedies_of, why_of


@dataclass(frozen=True, slots=True)
class Panel:
    """A slot of a shift with its assignment (or None), and everybody who was asked to stand it, or to take it over.

    `able` are in order of what they would cost the roster, the fairest first; `unable` are grouped by their cause.
    Both are person_id, person, staff_no, unit, refusal, level, trips, target, travel, owed (visits of their week), last
    (a date or None), wishes (see rosters.reasons) and waiting (the kind of leave that they asked for, or None). Who
    breaks a rule that warns or is only noted is able, with that level. The unable ones have also
    detail: the leave (away_kind, first, last), the other duty (place, day, starts_at, ends_at) or a day. `changes` are
    the slot's, newest first. `why` is for a slot that is filled, `remedies` for one that is not: see rosters.reasons.
    """

    shift: Row
    slot: int
    assignment: Row | None
    with_whom: Sequence[str]
    able: Sequence[Row]
    unable: Sequence[Row]
    changes: Sequence[Row] = ()
    why: Row | None = None
    remedies: Sequence[Row] = ()


def candidates(db: Database, shift_id: int, slot: int, *, duty: Duty | None = None) -> Panel:
    """The panel of one slot, with the problem read for it. NotFound."""
    shift = _shift(db, shift_id)
    if shift["roster_id"] is None:
        raise NotFound("not_found")
    index = rotation.indexed(problem(db, shift["roster_id"], duty=duty))
    return panel(db, index, seats(db, shift["roster_id"]), shift["roster_id"], shift_id, slot)


def panel(
    db: Database,
    index: rotation.Index,
    standing: Sequence[rotation.Seat],
    roster_id: int,
    shift_id: int,
    slot: int,
) -> Panel:
    """The same, for a roster whose problem has been read already."""
    shift = _shift(db, shift_id)
    if shift["roster_id"] != roster_id or not 1 <= slot <= shift["headcount"]:
        raise NotFound("not_found")
    taken = _standing(db, shift_id)
    assignment = next((row for row in taken if row["slot"] == slot), None)
    is_planned = shift["state"] == "planned"
    is_open = is_planned and assignment is None
    able, unable = asked(db, index, _without(standing, assignment, shift_id), shift) if is_planned else ([], [])
    if assignment is not None:  # whoever stands it is not asked to take over from themselves
        able, unable = ([row for row in part if row["person_id"] != assignment["person_id"]] for part in (able, unable))
    others = [row["person"] for row in taken if row["slot"] != slot]
    why = why_of(db, index, standing, shift_id, assignment["person_id"], _stored(assignment)) if assignment else None
    remedies = remedies_of(db, index, standing, shift_id) if is_open and not able else []
    if why:
        why["others"] = _as_asked(why["others"], able, unable)
    return Panel(shift, slot, assignment, others, able, unable, changes_of(db, shift_id, slot), why, remedies)


def _without(standing: Sequence[rotation.Seat], assignment: Row | None, shift_id: int) -> Sequence[rotation.Seat]:
    """All who stand somewhere, but for the one of the slot: who would take over finds it free."""
    if assignment is None:
        return standing
    left = f"P{assignment['person_id']}", f"S{shift_id}"
    return [seat for seat in standing if (seat.staff, seat.duty) != left]


def _as_asked(others: Sequence[Row], able: Sequence[Row], unable: Sequence[Row]) -> list[Row]:
    """Those whom a choice was held against, with what speaks against them now: refusal, level and is_custom.

    The rotation's prices know nothing of customs: whoever one keeps out may be cheaper than the one who stands.
    """
    against = {row["person_id"]: (row["refusal"], row["level"]) for row in (*able, *unable)}
    told = [(other, *against.get(other["person_id"], (None, None))) for other in others]
    return [
        other | {"refusal": refusal, "level": level, "is_custom": refusal in rules.CUSTOMS}
        for other, refusal, level in told
    ]


def _stored(assignment: Row) -> str:
    """What the engine noted of its choice; a hand chose for reasons of its own, and is compared as things stand."""
    return str(assignment["why"]) if assignment["source"] == "engine" else "{}"


def _shift(db: Database, shift_id: int) -> Row:
    found = one(
        db,
        """
        SELECT shift.id, shift.roster_id, shift.place_id, place.name AS place, activity.name_zh, activity.name_en,
               shift.day, shift.starts_at, shift.ends_at, shift.headcount, shift.state, shift.tasks
        FROM shift
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        WHERE shift.id = :shift_id
        """,
        shift_id=shift_id,
    )
    if found is None:
        raise NotFound("not_found")
    return found


def _standing(db: Database, shift_id: int) -> list[Row]:
    return rows(
        db,
        """
        SELECT assignment.id, assignment.slot, assignment.person_id, person.name AS person, person.staff_no,
               unit.name AS unit, assignment.fixed, assignment.source, assignment.state, assignment.override,
               assignment.why, assignment.made_at,
               EXISTS (SELECT 1 FROM sign_up WHERE sign_up.assignment_id = assignment.id) AS is_signed_up
        FROM assignment
        JOIN person ON person.id = assignment.person_id
        JOIN unit ON unit.id = person.unit_id
        WHERE assignment.shift_id = :shift_id AND assignment.state <> 'released'
        ORDER BY assignment.slot
        """,
        shift_id=shift_id,
    )
