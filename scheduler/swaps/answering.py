"""Say yes or no; approve or refuse what two have agreed upon. The first yes wins, in one transaction."""

from __future__ import annotations

from datetime import datetime

from scheduler import accounts, assignments, audit, clock, rosters
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, update, write
from scheduler.errors import Conflict, NotAllowed, Problem
from scheduler.swaps.asking import end
from scheduler.swaps.following import refuse_elsewhere
from scheduler.swaps.lapsing import close_left
from scheduler.swaps.policy import needs_approval, policy
from scheduler.swaps.reading import accepted, offer_row, refuse_ended, request, seat, where
from scheduler.swaps.telling import still_asked, tell, tell_answer, tell_coordinators


class _OnlyTried(Exception):
    """It could be done, and is undone: it waits for a coordinator."""


def accept(
    db: Database, offer_id: int, *, override: str = "", base_url: str, by: Actor, now: datetime,
    duty: Duty | None = None,
) -> str:  # fmt: skip
    """Say yes; gives `approved` where it took effect, `accepted` where a coordinator has to approve.

    A coordinator may say it for the asked, and approves by that. Conflict: somebody was quicker (who is named), or
    it cannot be stood any more.
    """
    with write(db):
        asked = offer_row(db, offer_id)
        found = request(db, asked["request_id"])
        is_coordinator = _refuse_stranger(db, found, asked, by, now)
        refuse_ended(db, found)
        _refuse_answered(asked, found)
        waits = needs_approval(db, found["unit_id"]) and not is_coordinator
        refuse_elsewhere(db, found)
        if asked["shift_id"]:
            refuse_elsewhere(db, {**found, "shift_id": asked["shift_id"], "person_id": asked["person_id"]})
        try:
            with write(db):
                _exchange(db, found, asked, override=override, base_url=base_url, by=by, now=now, duty=duty)
                if waits:
                    raise _OnlyTried
        except _OnlyTried:
            pass
        except Conflict as refusal:
            raise refusal if is_coordinator else _in_few_words(refusal, asked["person"]) from None
        update(db, "swap_offer", offer_id, state="accepted", answered_at=clock.to_text(now), answered_by=by.name)
        if waits:
            update(db, "swap_request", found["id"], state="accepted")
            _note(db, "accept_swap", found, asked, by=by, now=now)
            tell_answer(db, found, asked, True, base_url=base_url, now=now)
            tell_coordinators(db, found, asked, base_url=base_url, now=now)
            return "accepted"
        _settle(db, found, asked, base_url=base_url, by=by, now=now)
        return "approved"


def decline(db: Database, offer_id: int, *, base_url: str, by: Actor, now: datetime) -> None:
    """Say no: the next one is asked, or who asked is told once nobody is left. Conflict: it is settled, or answered."""
    with write(db):
        asked = offer_row(db, offer_id)
        found = request(db, asked["request_id"])
        _refuse_stranger(db, found, asked, by, now)
        refuse_ended(db, found)
        _refuse_answered(asked, found)
        update(db, "swap_offer", offer_id, state="declined", answered_at=clock.to_text(now), answered_by=by.name)
        _note(db, "decline_swap", found, asked, by=by, now=now)
        if found["goes_on"]:
            update(db, "swap_request", found["id"], fallen=found["fallen"] + 1)
        elif not still_asked(db, found["id"]):
            end(db, found, "declined", by=by, now=now)
            tell_answer(db, found, asked, False, base_url=base_url, now=now)


def approve(
    db: Database, request_id: int, *, override: str = "", base_url: str, by: Actor, now: datetime,
    duty: Duty | None = None,
) -> None:  # fmt: skip
    """Let take effect what two have agreed upon. Conflict: it does not wait, or cannot be stood any more."""
    with write(db):
        found, asked = _agreed(db, request_id, by, now)
        refuse_elsewhere(db, found)
        _exchange(db, found, asked, override=override, base_url=base_url, by=by, now=now, duty=duty)
        _settle(db, found, asked, base_url=base_url, by=by, now=now)


def refuse(db: Database, request_id: int, *, base_url: str, by: Actor, now: datetime) -> None:
    """Let it not take effect; both are told. Conflict: it does not wait."""
    with write(db):
        found, asked = _agreed(db, request_id, by, now)
        end(db, found, "refused", by=by, now=now)
        people = [found["person_id"], asked["person_id"]]
        tell(db, found, people, "refused", by.name, base_url=base_url, now=now)


def _agreed(db: Database, request_id: int, by: Actor, now: datetime) -> tuple[Row, Row]:
    found = request(db, request_id)
    accounts.require(db, by, "coordinator", found["unit_id"], now=now)
    asked = accepted(db, request_id)
    if found["state"] != "accepted" or asked is None:
        raise Conflict("swap_does_not_wait", **where(found))
    return found, asked


def _exchange(
    db: Database, found: Row, asked: Row, *, override: str, base_url: str, by: Actor, now: datetime,
    duty: Duty | None,
) -> None:  # fmt: skip
    """Change who stands and publish that alone: calendars, reminders and messages follow. Inside of `write`."""
    own = seat(db, found["shift_id"], found["person_id"], now=now)
    theirs = seat(db, asked["shift_id"], asked["person_id"], now=now) if asked["shift_id"] else None
    _refuse_half_planned(db, own, asked["person_id"], theirs)
    if theirs is None:
        assignments.hand_over(
            db, own["assignment_id"], asked["person_id"], by=by, now=now, override=override, duty=duty
        )
    else:
        assignments.swap(
            db, own["assignment_id"], theirs["assignment_id"], by=by, now=now, override=override, duty=duty
        )
    at = own["shift_id"], own["slot"]
    rosters.publish(db, own["roster_id"], only=at, base_url=base_url, by=by, now=now, duty=duty)


def _refuse_half_planned(db: Database, own: Row, person_id: int, theirs: Row | None) -> None:
    """What a coordinator has begun to plan with either of them must not be published by their swap."""
    people = {own["person_id"], person_id}
    slots = {(row["shift_id"], row["slot"]) for row in (own, theirs) if row}
    for change in rosters.revision(db, own["roster_id"]).changes:
        held = {(row["shift_id"], row["slot"]) for row in (change.old, change.new) if row}
        if change.person["person_id"] in people or held & slots:
            raise Conflict("seat_is_being_changed", **where(own))


def _settle(db: Database, found: Row, asked: Row, *, base_url: str, by: Actor, now: datetime) -> None:
    others = [person_id for person_id in still_asked(db, found["id"]) if person_id != asked["person_id"]]
    if found["kind"] == "cover" and not policy(db, found["unit_id"]).keeps_turn:
        update(db, "swap_request", found["id"], is_forgiven=1)
    end(db, found, "approved", by=by, now=now)
    tell(db, found, others, "taken", asked["person"], base_url=base_url, now=now)
    for held in (found, asked):
        if held["shift_id"]:
            close_left(db, held["shift_id"], held["person_id"], base_url=base_url, by=by, now=now)


def _refuse_stranger(db: Database, found: Row, asked: Row, by: Actor, now: datetime) -> bool:
    """Only who is asked, or a coordinator for them; gives whether it is one for somebody else."""
    if asked["person_id"] == by.person_id:
        return False
    if not accounts.may(db, by, "coordinator", found["unit_id"], now=now):
        raise NotAllowed("not_allowed")
    return True


def _refuse_answered(asked: Row, found: Row) -> None:
    if asked["state"] != "asked":
        raise Conflict("swap_is_answered", person=asked["person"], **where(found))


def _in_few_words(refusal: Conflict, person: str) -> Conflict:
    """To staff: their own leave is named; what others do, and what is planned and not told, is not."""
    if refusal.code in ("swap_is_obsolete", "swap_duty_has_begun", "seat_is_being_changed"):
        return refusal
    own = [
        problem for problem in refusal.problems
        if problem.code == "person_is_away" and problem.facts.get("person") == person
    ]  # fmt: skip
    return Conflict.of(own or [Problem("swap_fits_no_more")])


def _note(db: Database, act: str, found: Row, asked: Row, *, by: Actor, now: datetime) -> None:
    audit.record(
        db, act, "swap_request", found["id"], by=by, now=now, unit_id=found["unit_id"], roster_id=found["roster_id"],
        person=found["person"], other=asked["person"], **where(found),
    )  # fmt: skip
