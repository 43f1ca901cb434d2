"""Requests as people see them: what I am asked, what I ask, one question, what is open in a coordinator's units."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from scheduler import clock
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows, value
from scheduler.errors import NotFound
from scheduler.swaps.able import weighed
from scheduler.swaps.policy import policy
from scheduler.swaps.reading import SEAT

DUTY = """
shift.id AS shift_id, shift.unit_id, shift.roster_id, shift.day, shift.starts_at, shift.ends_at,
place.name AS place, place.address, activity.name_zh AS activity_zh, activity.name_en AS activity_en
"""

QUESTIONS = f"""
SELECT swap_offer.id AS offer_id, swap_offer.state AS answer, swap_offer.person_id AS asked_id, asked.name AS asked,
       swap_request.id AS request_id, swap_request.kind, swap_request.note, swap_request.state, swap_request.asked_at,
       asker.name AS asker, swap_request.person_id AS asker_id, {DUTY},
       other.day AS their_day, other.starts_at AS their_starts, other.ends_at AS their_ends, there.name AS their_place,
       winner.name AS winner, asked.lang
FROM swap_offer
JOIN swap_request ON swap_request.id = swap_offer.request_id
JOIN person AS asked ON asked.id = swap_offer.person_id
JOIN person AS asker ON asker.id = swap_request.person_id
JOIN shift ON shift.id = swap_request.shift_id
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
LEFT JOIN shift AS other ON other.id = swap_offer.shift_id
LEFT JOIN place AS there ON there.id = other.place_id
LEFT JOIN swap_offer AS won ON won.request_id = swap_request.id AND won.state = 'accepted'
LEFT JOIN person AS winner ON winner.id = won.person_id
"""

REQUESTS = f"""
SELECT swap_request.id AS request_id, swap_request.kind, swap_request.note, swap_request.state,
       swap_request.goes_on, swap_request.next_at,
       swap_request.asked_at, swap_request.asked_by, swap_request.person_id AS asker_id, asker.name AS asker, {DUTY}
FROM swap_request
JOIN person AS asker ON asker.id = swap_request.person_id
JOIN shift ON shift.id = swap_request.shift_id
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
"""


def asked_of(db: Database, person_id: int, *, now: datetime) -> list[Row]:
    """What a person is asked and has not answered, by start."""
    return rows(
        db,
        f"""
        {QUESTIONS}
        WHERE swap_offer.person_id = :person_id AND swap_offer.state = 'asked' AND swap_request.state = 'asked'
          AND shift.starts_at > :now AND (other.id IS NULL OR other.starts_at > :now)
        ORDER BY shift.starts_at, swap_offer.id
        """,
        person_id=person_id,
        now=clock.to_text(now),
    )


def counts_for(db: Database, person_id: int, *, now: datetime) -> int:
    """How many answers a person owes."""
    return len(asked_of(db, person_id, now=now))


def offer(db: Database, offer_id: int) -> Row:
    """One question, whatever became of it. NotFound."""
    found = one(db, f"{QUESTIONS} WHERE swap_offer.id = :id", id=offer_id)
    if found is None:
        raise NotFound("not_found")
    return found


def own(db: Database, person_id: int, *, now: datetime) -> list[Row]:
    """A person's requests for duties to come, newest first, each with `questions`."""
    found = rows(
        db,
        f"{REQUESTS} WHERE swap_request.person_id = :id AND shift.starts_at > :now ORDER BY swap_request.id DESC",
        id=person_id,
        now=clock.to_text(now),
    )
    return [row | {"questions": _questions(db, row)} for row in found]


def of_duty(db: Database, shift_id: int, person_id: int) -> Row | None:
    """The open request for a duty, if there is one, with its questions."""
    found = one(
        db,
        f"""
        {REQUESTS}
        WHERE swap_request.shift_id = :shift_id AND swap_request.person_id = :person_id
          AND swap_request.state IN ('asked', 'accepted')
        """,
        shift_id=shift_id,
        person_id=person_id,
    )
    return found | {"questions": _questions(db, found)} if found else None


def listing(db: Database, tops: Iterable[int], *, now: datetime) -> list[Row]:
    """What is open in these units and below, what waits for approval first, each with its questions."""
    found = rows(
        db,
        f"""
        {REQUESTS}
        WHERE swap_request.state IN ('asked', 'accepted') AND shift.starts_at > :now
          AND shift.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:tops))
          )
        ORDER BY swap_request.state, shift.starts_at, swap_request.id
        """,
        tops=json.dumps(list(tops)),
        now=clock.to_text(now),
    )
    return [row | {"questions": _questions(db, row)} for row in found]


def with_effects(db: Database, found: Iterable[Row], *, duty: Duty | None = None) -> list[Row]:
    """The same requests; those that wait for approval with `accepted` (the question) and what approving does:
    `effect` as `able.weighed` and keeps_turn, or None where the duty is being changed, or beyond the first ten.
    """
    told, left = [], WEIGHED
    for row in found:
        accepted = next((one for one in row["questions"] if one["answer"] == "accepted"), None)
        held = value(db, STANDS, shift_id=row["shift_id"], person_id=row["asker_id"]) if accepted and left else None
        effect = None
        if accepted and held:
            left -= 1
            rule = policy(db, row["unit_id"])
            effect = weighed(db, held, accepted["asked_id"], duty=duty) | {"keeps_turn": rule.keeps_turn}
        told.append(row | {"accepted": accepted, "effect": effect})
    return told


WEIGHED = 10  # each is a roster read whole
STANDS = """
SELECT id FROM assignment
WHERE shift_id = :shift_id AND person_id = :person_id AND state = 'planned' AND published_at IS NOT NULL
"""


def waiting_in(db: Database, tops: Iterable[int], *, now: datetime) -> int:
    """How many wait for a coordinator's approval."""
    return sum(row["state"] == "accepted" for row in listing(db, tops, now=now))


def duty_of(db: Database, assignment_id: int, person_id: int, *, now: datetime) -> Row:
    """A person's own published duty that has not begun: its seat. NotFound for anybody else's, and where it is gone."""
    found = one(
        db,
        f"{SEAT} AND assignment.id = :id AND person.id = :person_id AND shift.starts_at > :now",
        id=assignment_id,
        person_id=person_id,
        now=clock.to_text(now),
    )
    if found is None:
        raise NotFound("not_found")
    return found


def _questions(db: Database, found: Row) -> list[Row]:
    sql = f"{QUESTIONS} WHERE swap_request.id = :id ORDER BY swap_offer.id"
    return rows(db, sql, id=found["request_id"])
