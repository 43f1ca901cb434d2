"""Open seats for sign-up, change how they are open, close them, open them again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from scheduler import audit, clock, duties, fields
from scheduler.assignments.checks import shift_to_change
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, insert, one, rows, update, write
from scheduler.errors import Conflict, Invalid, Problem
from scheduler.openings.reading import free_slots, held, is_over, opening, refuse_begun, waiting, where
from scheduler.openings.seating import fill_in_order
from scheduler.openings.telling import tell_invited, tell_missed

RULES = ("first_come", "by_rotation")
SEATS_MOST = 99
NOTE_MOST = 300
SKILL_MOST = 40


def open_seats(
    db: Database,
    shift_id: int,
    *,
    seats: int,
    rule: str = "first_come",
    party: bool = False,
    skills: Iterable[str] = (),
    units: Iterable[int] = (),
    note: str = "",
    closes_at: datetime,
    tell: bool = False,
    urgent: bool = False,
    version: int | None = None,
    base_url: str,
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
) -> int:
    """Open so many seats of a published shift, change how they are open, or open them again; gives how many are told.

    `skills` holds teams too: whoever has all of them may sign up, beside what the shift itself asks for. With `tell`
    everybody who may and can is written to, once for a round. Invalid, Conflict: naming what is wrong.
    """
    asked = _asked(party, skills, units)
    with write(db):
        shift = shift_to_change(db, shift_id)
        if shift["roster"] != "published":
            raise Conflict("opening_of_a_draft")
        _check(db, shift, seats, rule, asked, note, closes_at, now)
        before = one(db, "SELECT * FROM opening WHERE shift_id = :id", id=shift_id)
        if before and version is not None and version != before["version"]:
            raise Conflict("opening_was_changed", who=before["opened_by"])
        taken = held(db, before["id"]) if before else 0
        room = taken + len(free_slots(db, shift_id))
        if not max(1, taken) <= seats <= room:
            raise (
                Invalid("opening_has_no_room", field="seats", low=max(1, taken), high=room)
                if room
                else Conflict("opening_is_full", **where(shift))
            )
        columns: Row = {
            "seats": seats, "rule": rule, "asked": json.dumps(asked, ensure_ascii=False), "note": note.strip(),
            "closes_at": clock.to_text(closes_at), "is_urgent": int(urgent or bool(before and before["is_urgent"])),
            "state": "open", "opened_at": clock.to_text(now), "opened_by": by.name,
        }  # fmt: skip
        if before:
            opening_id = before["id"]
            again = int(is_over(before, now))
            update(db, "opening", opening_id, **columns, round=before["round"] + again, version=before["version"] + 1)
        else:
            opening_id = insert(db, "opening", shift_id=shift_id, **columns)
        found = opening(db, opening_id)
        _record(db, "open_seats", found, by=by, now=now, seats=seats, rule=rule, urgent=urgent)
        if rule == "first_come":
            fill_in_order(db, found, base_url=base_url, now=now, by=by, duty=duty)
        return tell_invited(db, found, base_url=base_url, now=now) if tell else 0


def close(db: Database, opening_id: int, *, base_url: str, by: Actor, now: datetime) -> int:
    """Let nobody sign up any more; who is seated stays. Those who wait are told; gives how many.

    Conflict: it is closed already.
    """
    with write(db):
        found = opening(db, opening_id)
        if found["state"] == "closed":
            raise Conflict("opening_is_closed", **where(found))
        update(db, "opening", opening_id, state="closed", version=found["version"] + 1)
        _record(db, "close_seats", found, by=by, now=now)
        listed = waiting(db, opening_id)
        return sum(tell_missed(db, found, row, "closed", base_url=base_url, now=now) for row in listed)


def _asked(party: bool, skills: Iterable[str], units: Iterable[int]) -> dict[str, object]:
    """Who may sign up, beside what the shift asks for: only what restricts."""
    named: dict[str, object] = {
        "party": party,
        "skills": sorted({skill.strip() for skill in skills} - {""}),
        "units": sorted(set(units)),
    }
    return {name: held for name, held in named.items() if held}


def _check(
    db: Database, shift: Row, seats: int, rule: str, asked: Row, note: str, closes_at: datetime, now: datetime
) -> None:
    refuse_begun(shift, now)
    problems = fields.number("seats", seats, 1, SEATS_MOST) + fields.choice("rule", rule, RULES)
    problems += fields.text("note", note, most=NOTE_MOST, lines=True)
    for skill in asked.get("skills", ()):
        problems += fields.text("skills", skill, most=SKILL_MOST)
    if set(asked.get("units", ())) - {row["id"] for row in duties.units_in_line(db, shift["unit_id"])}:
        problems.append(Problem("unknown_unit", "units"))
    if problems:
        raise Invalid.of(problems)
    _check_deadline(shift, closes_at, now)
    if asked.get("skills"):
        _refuse_unknown(db, asked["skills"])


def _check_deadline(shift: Row, closes_at: datetime, now: datetime) -> None:
    if not now < closes_at <= clock.from_text(shift["starts_at"]):
        raise Invalid("bad_deadline", field="closes")


def _refuse_unknown(db: Database, skills: Iterable[str]) -> None:
    """A team that nobody is in is a slip of the keys."""
    known = {row["skill"] for row in rows(db, "SELECT DISTINCT skill FROM person_skill ORDER BY skill")}
    unknown = [skill for skill in skills if skill not in known]
    if unknown:
        raise Invalid("unknown_team", field="skills", text="、".join(unknown))


def _record(db: Database, act: str, found: Row, *, by: Actor, now: datetime, **facts: object) -> None:
    audit.record(
        db, act, "opening", found["id"], by=by, now=now, unit_id=found["unit_id"], roster_id=found["roster_id"],
        **where(found), **facts,
    )  # fmt: skip
