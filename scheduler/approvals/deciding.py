"""Asked for by one, decided by another: each step is one transaction, and an approval does the act in it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from scheduler import accounts, audit, clock, ledger
from scheduler.approvals import reading, switching, telling
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, run, update, write
from scheduler.errors import Conflict, NotAllowed, NotFound

LASTS = timedelta(hours=72)


def ask(db: Database, act: str, subject_id: int, *, reason: str, base_url: str, by: Actor, now: datetime) -> int:
    """Ask for an act that a second administrator has to agree to; gives the request's id. The others are told.

    Invalid: no reason. Conflict: it waits already, there is nobody else to agree, or the act cannot be done.
    """
    ledger.refuse_bad_reason(reason)
    with write(db):
        subject, unit_id, facts = _subject(db, act, subject_id)
        at = clock.to_text(now)
        _note_lapsed(db, act, subject_id, at)
        if (held := reading.open_for(db, act, [subject_id], now=now)).get(subject_id):
            raise Conflict("approval_waits", who=held[subject_id]["asker"])
        if by.person_id is None:
            raise NotAllowed("not_allowed")
        if not reading.others(db, unit_id, by, now=now):
            raise Conflict("no_second_person")
        approval_id = insert(
            db, "approval", act=act, subject=subject, subject_id=subject_id, unit_id=unit_id,
            facts=json.dumps(facts, ensure_ascii=False), reason=reason.strip(), asked_by=by.person_id, asked_at=at,
            expires_at=clock.to_text(now + LASTS),
        )  # fmt: skip
        told = {"what": act, **facts, "reason": reason.strip()}
        audit.record(db, "ask_second", "approval", approval_id, by=by, now=now, unit_id=unit_id, **told)
        telling.tell_others(db, reading.approval(db, approval_id, now=now), base_url=base_url, by=by, now=now)
    return approval_id


def approve(db: Database, approval_id: int, *, note: str = "", base_url: str, by: Actor, now: datetime) -> Row:
    """Agree, and do what was asked for at once: all of it or nothing. Gives the request.

    Conflict: it is one's own, was decided, has lapsed, or cannot be done any more. NotFound: of other units.
    """
    with write(db):
        held = _decided(db, approval_id, "approved", note, by, now)
        given = {"reason": held["reason"], "asked_by": held["asker"], "by": by, "now": now}
        if held["act"] == "reopen_month":
            ledger.reopen_month(db, held["subject_id"], **given)
        elif held["act"] == "reverse_batch":
            ledger.reverse_batch(db, held["subject_id"], **given)
        else:
            switching.turn_off(db, held["subject_id"], **given)
        telling.tell_asker(db, reading.approval(db, approval_id, now=now), base_url=base_url, now=now)
    return held


def refuse(db: Database, approval_id: int, *, note: str, base_url: str, by: Actor, now: datetime) -> Row:
    """Do not agree, saying why; nothing is done. Refused as `approve` is."""
    ledger.refuse_bad_reason(note)
    with write(db):
        held = _decided(db, approval_id, "refused", note, by, now)
        telling.tell_asker(db, reading.approval(db, approval_id, now=now), base_url=base_url, now=now)
    return held


def withdraw(db: Database, approval_id: int, *, by: Actor, now: datetime) -> None:
    """Take back what one asked for. NotFound for who did not ask."""
    with write(db):
        held = reading.approval(db, approval_id, now=now)
        if held["asked_by"] != by.person_id:
            raise NotFound("not_found")
        _refuse_over(held)
        _close(db, held, "withdrawn", "", by, now)


def _decided(db: Database, approval_id: int, state: str, note: str, by: Actor, now: datetime) -> Row:
    held = reading.approval(db, approval_id, now=now)
    accounts.require(db, by, "administrator", held["unit_id"], now=now)
    if by.person_id is None:
        raise NotAllowed("not_allowed")
    if held["asked_by"] == by.person_id:
        raise Conflict("approval_is_your_own")
    _refuse_over(held)
    _close(db, held, state, note.strip(), by, now)
    return held


def _close(db: Database, held: Row, state: str, note: str, by: Actor, now: datetime) -> None:
    at = clock.to_text(now)
    update(db, "approval", held["id"], state=state, decided_by=by.person_id, decided_at=at, note=note)
    act = {"approved": "approve_second", "refused": "refuse_second", "withdrawn": "withdraw_second"}[state]
    told = {"what": held["act"], **held["facts"], "asked_by": held["asker"], "reason": held["reason"], "note": note}
    audit.record(db, act, "approval", held["id"], by=by, now=now, unit_id=held["unit_id"], **told)


def _refuse_over(held: Row) -> None:
    if held["state"] == "lapsed":
        raise Conflict("approval_has_lapsed")
    if held["state"] != "asked":
        raise Conflict("approval_is_over_by", who=held["decider"])


def _note_lapsed(db: Database, act: str, subject_id: int, at: str) -> None:
    """What waited too long makes room for a new request."""
    run(
        db,
        """
        UPDATE approval SET state = 'lapsed', decided_at = :at
        WHERE act = :act AND subject_id = :subject_id AND state = 'asked' AND expires_at <= :at
        """,
        act=act,
        subject_id=subject_id,
        at=at,
    )


def _subject(db: Database, act: str, subject_id: int) -> tuple[str, int, Row]:
    """The table, the unit, and what is to be told of it. Conflict where it is done already."""
    if act == "reopen_month":
        close = ledger.closing(db, subject_id)
        if close["reopened_at"]:
            when = f"{clock.local(close['reopened_at'], db.zone):%Y-%m-%d %H:%M}"
            raise Conflict("month_is_reopened", who=close["reopened_by"], when=when)
        return "month_close", close["unit_id"], {name: close[name] for name in ("unit", "month", "trips")}
    if act == "reverse_batch":
        batch = ledger.batch(db, subject_id)
        if batch["reversed_at"]:
            when = f"{clock.local(batch['reversed_at'], db.zone):%Y-%m-%d %H:%M}"
            raise Conflict("batch_is_reversed_by", who=batch["reversed_by"], when=when)
        return "balance_batch", batch["unit_id"], {name: batch[name] for name in ("unit", "file", "trips")}
    return "unit", subject_id, {"unit": switching.required(db, subject_id)}
