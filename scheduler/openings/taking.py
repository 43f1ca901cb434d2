"""A person signs up, or leaves: on their own phone, at most once, under any race."""

from __future__ import annotations

from datetime import datetime, timedelta

from scheduler import audit, clock, fields, rules
from scheduler.assignments.checks import refuse_broken_rules, refuse_ineligible, refuse_taken_time, shift_to_change
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, insert, one, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem
from scheduler.openings.reading import IS_HELD, is_over, opening, refuse_begun, until, where
from scheduler.openings.seating import fill_in_order, give_up

REASON_MOST = 200
AROUND = timedelta(days=8)  # a rule looks at most so far to either side: rest, week, the off days of two weeks


def take(
    db: Database,
    opening_id: int,
    *,
    reason: str = "",
    base_url: str,
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
) -> str:
    """Sign up; gives what came of it: `seated`, or `waiting` for a seat or for the deadline.

    NotFound for whom it is not meant for. Conflict: it is over, or the cause in words; `reason` is why a rule that
    warns is set aside, kept as a coordinator's is.
    """
    if problems := fields.text("override", reason, most=REASON_MOST):
        raise Invalid.of(problems)
    with write(db):
        found, person_id = opening(db, opening_id), by.person_id or 0
        if not _is_asked(db, opening_id, person_id) or found["roster"] != "published":
            raise NotFound("not_found")
        if is_over(found, now):
            raise Conflict("opening_is_over", closes=until(db, found["closes_at"]), **where(found))
        if signed := _own(db, opening_id, person_id):
            raise Conflict("already_signed_up", person=signed["person"], **where(found))
        reason = reason if refuse(db, found, person_id, reason=reason, duty=duty) else ""
        sign_up_id = insert(
            db, "sign_up", opening_id=opening_id, person_id=person_id, reason=reason, at=clock.to_text(now)
        )
        audit.record(
            db, "sign_up", "opening", opening_id, by=by, now=now, unit_id=found["unit_id"],
            **({"override": reason} if reason else {}),
        )  # fmt: skip
        if found["rule"] == "first_come":
            fill_in_order(db, found, quiet=person_id, base_url=base_url, now=now, by=by, duty=duty)
        return str(value(db, "SELECT state FROM sign_up WHERE id = :id", id=sign_up_id))


def leave(db: Database, opening_id: int, *, base_url: str, by: Actor, now: datetime, duty: Duty | None = None) -> str:
    """Leave the seat until the deadline, or the waiting list until it begins; gives which: `seated`, `waiting`.

    The next in line gets the seat and is told. Conflict: it is too late.
    """
    with write(db):
        found, person_id = opening(db, opening_id), by.person_id or 0
        row = _own(db, opening_id, person_id)
        if row is None:
            raise NotFound("not_found")
        refuse_begun(found, now)
        if row["state"] == "waiting":
            update(db, "sign_up", row["sign_up_id"], state="left")
            audit.record(db, "leave_list", "opening", opening_id, by=by, now=now, unit_id=found["unit_id"])
            return "waiting"
        if found["closes_at"] <= clock.to_text(now):
            raise Conflict("too_late_to_leave", closes=until(db, found["closes_at"]), **where(found))
        if row["state"] == "released":  # whoever plans has taken them out; it was not told yet
            raise Conflict("seat_is_being_changed", **where(found))
        shift_to_change(db, found["shift_id"])
        give_up(db, found, row, by=by, now=now)
        if found["state"] != "closed" and found["rule"] == "first_come":
            fill_in_order(db, found, base_url=base_url, now=now, duty=duty)
        return "seated"


def refuse(db: Database, found: Row, person_id: int, *, reason: str = "", duty: Duty | None = None) -> list[Problem]:
    """What speaks softly against their standing it. Conflict with what forbids it, in words that tell of no draft."""
    shift = shift_to_change(db, found["shift_id"])
    person = refuse_ineligible(db, shift, person_id)
    _refuse_told_time(db, found, person)
    try:
        refuse_taken_time(db, shift, person)
    except Conflict as refusal:
        if refusal.code == "person_is_away":
            raise
        raise Conflict("busy_in_a_draft", person=person["name"]) from None
    try:
        told = refuse_broken_rules(db, shift, person, override=reason, duty=duty)
    except Conflict as refusal:
        raise Conflict.of(_without_drafts(db, found, person, list(refusal.problems))) from None
    return _without_drafts(db, found, person, told)


def against(db: Database, found: Row, person_id: int, *, duty: Duty | None = None) -> tuple[str, list[Problem]]:
    """What a person is shown before they sign up: block, warn or none, and the sentences."""
    try:
        told = refuse(db, found, person_id, reason="?", duty=duty)
    except Conflict as refusal:
        return "block", list(refusal.problems)
    at = rules.by_level(rules.levels(db, found["unit_id"]), _known(told)) if told else {"warn": []}
    is_hidden = len(_known(told)) < len(told)  # a rule that speaks of a draft: say that there is one, not which
    return ("warn" if at["warn"] or is_hidden else "none"), told


def _known(told: list[Problem]) -> list[Problem]:
    return [problem for problem in told if problem.code != "rule_speaks_against"]


def _refuse_told_time(db: Database, found: Row, person: Row) -> None:
    """Refuse for a duty at the same time that they have been told of, by its name."""
    other = one(
        db,
        """
        SELECT standing.shift_id, place.name AS place, shift.day, standing.starts_at, standing.ends_at
        FROM standing
        JOIN shift ON shift.id = standing.shift_id AND shift.state <> 'cancelled'
        JOIN place ON place.id = shift.place_id
        WHERE standing.person_id = :person_id AND standing.starts_at < :ends_at AND standing.ends_at > :starts_at
        ORDER BY standing.starts_at
        LIMIT 1
        """,
        person_id=person["id"],
        starts_at=found["starts_at"],
        ends_at=found["ends_at"],
    )
    if other is None:
        return
    if other["shift_id"] == found["shift_id"]:
        raise Conflict("already_stands_it", person=person["name"], **where(other))
    hours = "–".join(f"{clock.local(other[name], db.zone):%H:%M}" for name in ("starts_at", "ends_at"))
    raise Conflict("double_booking", person=person["name"], **where(other), hours=hours)


def _without_drafts(db: Database, found: Row, person: Row, problems: list[Problem]) -> list[Problem]:
    """The same, but where some of what the person is planned for nearby is not published, without naming a duty."""
    starts = clock.from_text(found["starts_at"])
    hidden = value(
        db,
        """
        SELECT 1
        FROM assignment
        WHERE person_id = :person_id AND state <> 'released' AND published_at IS NULL
          AND starts_at < :until AND ends_at > :since
        """,
        person_id=person["id"],
        since=clock.to_text(starts - AROUND),
        until=clock.to_text(starts + AROUND),
    )
    if not hidden:
        return problems
    kept = [problem for problem in problems if problem.code in ("needs_a_reason", "rule_blocks")]
    return [*kept, Problem("rule_speaks_against")] if problems else []


def _is_asked(db: Database, opening_id: int, person_id: int) -> bool:
    sql = "SELECT 1 FROM may_sign_up WHERE opening_id = :id AND person_id = :person_id"
    return bool(value(db, sql, id=opening_id, person_id=person_id))


def _own(db: Database, opening_id: int, person_id: int) -> Row | None:
    """The person's sign-up as they know it, or None."""
    return one(
        db,
        f"""
        SELECT sign_up.id AS sign_up_id, sign_up.state, sign_up.assignment_id, sign_up.person_id, person.name AS person
        FROM sign_up
        JOIN person ON person.id = sign_up.person_id
        WHERE sign_up.opening_id = :id AND sign_up.person_id = :person_id
          AND (sign_up.state = 'waiting' OR {IS_HELD})
        ORDER BY sign_up.id DESC
        LIMIT 1
        """,
        id=opening_id,
        person_id=person_id,
    )
