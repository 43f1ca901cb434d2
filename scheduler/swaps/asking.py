"""Ask others to swap or to stand in; take the question back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from scheduler import accounts, audit, clock, fields
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, insert, one, run, update, write
from scheduler.errors import Conflict, Invalid, NotAllowed, Problem
from scheduler.swaps.able import Question, able, whom_of
from scheduler.swaps.policy import policy
from scheduler.swaps.reading import OPEN, request, seat, seat_of, where
from scheduler.swaps.telling import still_asked, tell, tell_asked

NOTE_MOST = 200
PEOPLE_MOST = 20  # a question to everybody is an opening for sign-up


def ask(
    db: Database,
    assignment_id: int,
    kind: str,
    whom: Sequence[Question],
    *,
    note: str = "",
    goes_on: bool = False,
    base_url: str,
    secret_key: str,
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
) -> int:
    """Ask these people; gives the request. For one's own duty, or as a coordinator for somebody else's.

    `goes_on`: others are asked after them, step by step as the organisation's policy says.

    Invalid: nobody or too many. Conflict: it has begun, is asked for already, or somebody may not stand it.
    """
    _refuse_unsound(whom, note)
    with write(db):
        found = seat_of(db, assignment_id)
        own = seat(db, found["shift_id"], found["person_id"], now=now)
        refuse_stranger(db, own, by, now)
        if one(db, "SELECT 1 FROM swap_request WHERE shift_id = :shift_id AND person_id = :person_id"
                   " AND state IN ('asked', 'accepted')", shift_id=own["shift_id"],
               person_id=own["person_id"]):  # fmt: skip
            raise Conflict("swap_is_asked_already", **where(own))
        if set(whom) - set(whom_of(able(db, assignment_id, now=now, duty=duty), kind)):
            raise Conflict("swap_cannot_be_asked")
        rule = policy(db, own["unit_id"])
        goes_on = goes_on and rule.people > 0
        request_id = insert(
            db, "swap_request", shift_id=own["shift_id"], person_id=own["person_id"], kind=kind, note=note,
            asked_at=clock.to_text(now), asked_by=by.name, goes_on=int(goes_on),
            next_at=rule.next_step(own["starts_at"], db=db, now=now) if goes_on else None,
        )  # fmt: skip
        offers = offer_to(db, request_id, whom, step=1, now=now)
        tell_asked(db, own, offers, note, base_url=base_url, secret_key=secret_key, now=now)
        audit.record(
            db, f"ask_{kind}", "swap_request", request_id, by=by, now=now, unit_id=own["unit_id"],
            roster_id=own["roster_id"], person=own["person"], asked=len(set(whom)), **where(own),
        )  # fmt: skip
        return request_id


def withdraw(db: Database, request_id: int, *, base_url: str, by: Actor, now: datetime) -> None:
    """Take a request back that nothing came of yet; the asked are told. Conflict: it is over."""
    with write(db):
        found = request(db, request_id)
        refuse_stranger(db, found, by, now)
        if found["state"] not in OPEN:
            raise Conflict("swap_is_over", person=found["ended_by"] or found["person"], **where(found))
        waiting = still_asked(db, request_id)
        people = [*waiting, *_said_yes(db, request_id)]
        end(db, found, "withdrawn", by=by, now=now)
        tell(db, found, people, "withdrawn", found["person"], base_url=base_url, now=now)


def offer_to(db: Database, request_id: int, whom: Iterable[Question], *, step: int, now: datetime) -> list[int]:
    """Put the question to these people, each once; gives the questions. Inside of `write`."""
    return [
        insert(
            db, "swap_offer", request_id=request_id, person_id=person_id, shift_id=shift_id, step=step,
            asked_at=clock.to_text(now),
        )
        for person_id, shift_id in dict.fromkeys(whom)
    ]  # fmt: skip


def end(db: Database, found: Row, state: str, *, by: Actor, now: datetime) -> None:
    """Close a request; whoever was not heard need not answer any more. Inside of `write`."""
    update(db, "swap_request", found["id"], state=state, ended_at=clock.to_text(now), ended_by=by.name)
    run(db, "UPDATE swap_offer SET state = 'settled' WHERE request_id = :id AND state = 'asked'", id=found["id"])
    audit.record(
        db, f"swap_{state}", "swap_request", found["id"], by=by, now=now, unit_id=found["unit_id"],
        roster_id=found["roster_id"], person=found["person"], **where(found),
    )  # fmt: skip


def refuse_stranger(db: Database, found: Row, by: Actor, now: datetime) -> None:
    """Only whose duty it is, or a coordinator for them."""
    if found["person_id"] != by.person_id and not accounts.may(db, by, "coordinator", found["unit_id"], now=now):
        raise NotAllowed("not_allowed")


def _said_yes(db: Database, request_id: int) -> list[int]:
    found = one(db, "SELECT person_id FROM swap_offer WHERE request_id = :id AND state = 'accepted'", id=request_id)
    return [found["person_id"]] if found else []


def _refuse_unsound(whom: Sequence[Question], note: str) -> None:
    problems = list(fields.text("note", note, most=NOTE_MOST))
    if not whom:
        problems.append(Problem("swap_asks_nobody", "whom"))
    if len(set(whom)) > PEOPLE_MOST:
        problems.append(Problem("swap_asks_too_many", "whom", None, {"count": PEOPLE_MOST}))
    if problems:
        raise Invalid.of(problems)
