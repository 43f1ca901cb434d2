"""Ask for leave, take it back, decide on it: each at most once."""

from __future__ import annotations

from datetime import datetime, timedelta

from scheduler import audit, clock, people
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem
from scheduler.leave.rules import rules
from scheduler.leave.telling import deciders, tell_coordinators, tell_person
from scheduler.people.away import refuse_overlap
from scheduler.people.fields import AWAY_KINDS, NOTE_MOST, Checked

DAYS_MOST = 366  # at a time
AROUND = timedelta(days=30)  # leave so near is counted together: five single days are five days


def ask(
    db: Database,
    person_id: int,
    *,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    base_url: str,
    by: Actor,
    now: datetime,
) -> str:
    """Ask for days or hours off; gives the state it is in: approved, where the rules say so, or asked.

    Invalid: it is over, too long, or ends before it begins. Conflict: it overlaps with leave that is noted or asked
    for. The coordinators are told of what waits for them, and of what is approved but meets a published duty.
    """
    checked = _checked(kind, note, starts_at, ends_at, now)
    span = {"starts_at": clock.to_text(starts_at), "ends_at": clock.to_text(ends_at)}
    with write(db):
        request_id = _put(db, person_id, span | checked.columns, by=by, now=now)
        if _is_by_rule(db, people.person(db, person_id), request_id):
            _settle(db, request_id, "approved", by_rule=True, who=by.name, reason="", now=now)
        request = _request(db, request_id)
        tell_coordinators(db, request, base_url=base_url, by=by, now=now)
        return str(request["state"])


def ask_beside(db: Database, row: Row, *, base_url: str, by: Actor, now: datetime) -> None:
    """Ask for what stands on a list that its own coordinator brings: somebody else decides, whatever the rules say.

    Conflict: it overlaps with leave that is noted or asked for.
    """
    span = {name: clock.to_text(row[name]) for name in ("starts_at", "ends_at")}
    with write(db):
        request_id = _put(db, row["person_id"], span | {"kind": row["kind"], "note": row["note"]}, by=by, now=now)
        tell_coordinators(db, _request(db, request_id), base_url=base_url, by=by, now=now)


def _put(db: Database, person_id: int, columns: Row, *, by: Actor, now: datetime) -> int:
    """The request, waiting; where nothing else of the person's stands at that time."""
    span = {name: columns[name] for name in ("starts_at", "ends_at")}
    unit_id = people.person(db, person_id)["unit_id"]
    refuse_overlap(db, person_id, **span)
    _refuse_asked(db, person_id, **span)
    request_id = insert(db, "leave_request", person_id=person_id, asked_at=clock.to_text(now), **columns)
    audit.record(db, "ask_leave", "person", person_id, by=by, now=now, unit_id=unit_id, kind=columns["kind"], **span)
    return request_id


def withdraw(db: Database, request_id: int, *, by: Actor, now: datetime) -> None:
    """Take one's own leave back: while it waits, or before it has begun. NotFound for anybody else's."""
    with write(db):
        request = _request(db, request_id)
        if request["person_id"] != by.person_id:
            raise NotFound("not_found")
        if request["state"] not in ("asked", "approved"):
            raise _decided(request)
        if request["state"] == "approved" and request["starts_at"] <= clock.to_text(now):
            raise Conflict("leave_has_begun")
        _take_back(db, request, by=by, now=now)


def drop(db: Database, request_id: int, *, by: Actor, now: datetime) -> bool:
    """Take leave back that its own calendar names no more; False where it is approved and has begun, and so stays.

    What was declined or taken back is as good as gone.
    """
    with write(db):
        request = _request(db, request_id)
        if request["state"] == "approved" and request["starts_at"] <= clock.to_text(now):
            return False
        if request["state"] in ("asked", "approved"):
            _take_back(db, request, by=by, now=now)
    return True


def approve(db: Database, request_id: int, *, base_url: str, by: Actor, now: datetime) -> int:
    """Approve it: from now on nobody can seat the person then. Gives whose it is; they are told.

    Conflict: it is their own, naming who decides; it has been decided on, naming who did; it overlaps with what was
    noted since.
    """
    return _decide(db, request_id, "approved", "", base_url=base_url, by=by, now=now)


def decline(db: Database, request_id: int, *, reason: str, base_url: str, by: Actor, now: datetime) -> int:
    """Decline it, with the reason that the person is told. Gives whose it is."""
    checked = Checked()
    checked.text("reason", reason, NOTE_MOST, required=True)
    if checked.problems:
        raise Invalid.of(checked.problems)
    return _decide(db, request_id, "declined", checked.columns["reason"], base_url=base_url, by=by, now=now)


def _take_back(db: Database, request: Row, *, by: Actor, now: datetime) -> None:
    run(
        db,
        "UPDATE leave_request SET state = 'withdrawn', away_id = NULL, decided_at = :now, decided_by = :who "
        "WHERE id = :id",
        id=request["id"],
        now=clock.to_text(now),
        who=by.name,
    )
    if request["away_id"] is not None:
        run(db, "DELETE FROM away WHERE id = :away_id", away_id=request["away_id"])
    _record(db, "withdraw_leave", request, by=by, now=now)


def _decide(db: Database, request_id: int, state: str, reason: str, *, base_url: str, by: Actor, now: datetime) -> int:
    with write(db):
        request = _request(db, request_id)
        if request["state"] != "asked":
            raise _decided(request)
        if state == "approved":
            refuse_own(db, request["person_id"], by=by, now=now)
        _settle(db, request_id, state, by_rule=False, who=by.name, reason=reason, now=now)
        request = _request(db, request_id)
        _record(db, "approve_leave" if state == "approved" else "decline_leave", request, by=by, now=now)
        tell_person(db, request, base_url=base_url, now=now)
        if state == "approved":
            tell_coordinators(db, request, base_url=base_url, by=by, now=now)
    return int(request["person_id"])


def refuse_own(db: Database, person_id: int, *, by: Actor, now: datetime) -> None:
    """Nobody approves their own leave. Conflict names who may; or that nobody may yet."""
    if by.person_id != person_id:
        return
    unit_id = people.person(db, person_id)["unit_id"]
    who = "、".join(row["person"] for row in deciders(db, unit_id, person_id, now=now))
    raise Conflict("leave_is_ones_own", who=who) if who else Conflict("leave_is_ones_own_alone")


def _settle(db: Database, request_id: int, state: str, *, by_rule: bool, who: str, reason: str, now: datetime) -> None:
    """The decision, and with an approval the fact that everything else reads."""
    request, away_id = _request(db, request_id), None
    if state == "approved":
        fact = {name: request[name] for name in ("person_id", "kind", "starts_at", "ends_at", "note")}
        refuse_overlap(db, fact["person_id"], starts_at=fact["starts_at"], ends_at=fact["ends_at"])
        away_id = insert(db, "away", **fact)
    run(
        db,
        """
        UPDATE leave_request
        SET state = :state, is_by_rule = :by_rule, away_id = :away_id, decided_at = :now, decided_by = :who,
            reason = :reason
        WHERE id = :id
        """,
        id=request_id,
        state=state,
        by_rule=int(by_rule),
        away_id=away_id,
        now=clock.to_text(now),
        who=who,
        reason=reason,
    )


def _checked(kind: str, note: str, starts_at: datetime, ends_at: datetime, now: datetime) -> Checked:
    checked = Checked()
    checked.choice("kind", kind, AWAY_KINDS)
    checked.text("note", note, NOTE_MOST)
    if ends_at <= starts_at:
        checked.refuse("end_before_start", "ends")
    elif ends_at <= now:
        checked.refuse("leave_is_over", "ends")
    elif ends_at - starts_at > timedelta(days=DAYS_MOST):
        checked.refuse("leave_too_long", "ends", most=DAYS_MOST)
    if checked.problems:
        raise Invalid.of(checked.problems)
    return checked


def _is_by_rule(db: Database, person: Row, request_id: int) -> bool:
    """Whether it stays within the days of its kind, counted with what the rules have let pass around it."""
    request = _request(db, request_id)
    allowed = int(rules(db, person["unit_id"])["days"][request["kind"]])
    near = rows(
        db,
        """
        SELECT starts_at, ends_at
        FROM leave_request
        WHERE person_id = :person_id AND kind = :kind AND state = 'approved' AND is_by_rule = 1
          AND starts_at < :until AND ends_at > :since
        ORDER BY starts_at
        """,
        person_id=person["id"],
        kind=request["kind"],
        since=clock.to_text(clock.from_text(request["starts_at"]) - AROUND),
        until=clock.to_text(clock.from_text(request["ends_at"]) + AROUND),
    )
    return len(set().union(*(_days(db, row) for row in [*near, request]))) <= allowed


def _days(db: Database, row: Row) -> set[int]:
    """The local days that a time touches, as ordinals."""
    first = clock.local(row["starts_at"], db.zone).date().toordinal()
    last = (clock.local(row["ends_at"], db.zone) - timedelta(seconds=1)).date().toordinal()
    return set(range(first, last + 1))


def _refuse_asked(db: Database, person_id: int, *, starts_at: str, ends_at: str) -> None:
    other = one(
        db,
        """
        SELECT kind, starts_at
        FROM leave_request
        WHERE person_id = :person_id AND state = 'asked' AND starts_at < :ends_at AND ends_at > :starts_at
        ORDER BY starts_at
        LIMIT 1
        """,
        person_id=person_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    if other:
        day = clock.local(other["starts_at"], db.zone).date()
        raise Conflict("leave_already_asked", field="starts", away_kind=other["kind"], day=day)


def _request(db: Database, request_id: int) -> Row:
    found = one(
        db,
        """
        SELECT leave_request.id, person_id, person.name AS person, person.unit_id, person.lang, kind,
               starts_at, ends_at, note, state, is_by_rule, decided_by, reason, away_id
        FROM leave_request
        JOIN person ON person.id = leave_request.person_id
        WHERE leave_request.id = :id
        """,
        id=request_id,
    )
    if found is None:
        raise NotFound("not_found")
    return found


def _decided(request: Row) -> Conflict:
    facts = {"who": request["decided_by"], "leave_request": request["state"]}
    return Conflict.of([Problem("leave_is_decided", None, None, facts)])


def _record(db: Database, act: str, request: Row, *, by: Actor, now: datetime) -> None:
    facts = {name: request[name] for name in ("kind", "starts_at", "ends_at")}
    audit.record(db, act, "person", request["person_id"], by=by, now=now, unit_id=request["unit_id"], **facts)
