"""Answering: what a link shows of its duties as they are now, and noting once that they were seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scheduler import audit, clock
from scheduler.acknowledgements.links import Told, read, token
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, rows, run, write
from scheduler.errors import Conflict, NotAllowed, NotFound

Via = Literal["link", "page"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a link is about by now.

    `duties` are the person's to stand: those told of, and what came instead of them; `former` is what was told and is
    not so any more. A duty is a row: assignment_id, day, starts_at, ends_at, place, address, activity_zh, activity_en,
    acknowledged_at; a former one has day, starts_at, ends_at, place. `token` is of `duties` as they are now.
    """

    person: Row
    duties: Sequence[Row]
    former: Sequence[Row]
    token: str
    is_as_told: bool

    @property
    def is_done(self) -> bool:
        """Whether all of it was acknowledged."""
        return all(duty["acknowledged_at"] for duty in self.duties)


def answer(db: Database, text: str, *, secret_key: str, now: datetime) -> Answer:
    """What a link shows; nothing changes by it.

    NotFound where the link was not made here; Conflict where all of its duties are over, or none of them is the
    person's any more, nor came another instead.
    """
    person_id, told = read(text, secret_key=secret_key)
    person = one(db, "SELECT id, name, lang FROM person WHERE id = :id", id=person_id)
    if person is None or not told:
        raise NotFound("answer_link_unknown")
    meant = _duties(db, person_id, [duty.assignment_id for duty in told], now)
    ahead = [duty for duty in meant if duty["ends_at"] > clock.to_text(now)]
    same = {duty.assignment_id for duty in told} & {row["assignment_id"] for row in ahead if _is(row, told)}
    over = {row["assignment_id"] for row in meant if row not in ahead}
    former = [duty for duty in told if duty.assignment_id not in same | over and duty.ends_at > clock.to_text(now)]
    if not ahead:
        raise Conflict("duty_is_gone" if former else "duty_is_over")
    now_is = token(secret_key, person_id, [_told(row) for row in ahead])
    return Answer(person, ahead, _named(db, former), now_is, bool(same))


def by_link(db: Database, text: str, *, secret_key: str, now: datetime) -> int:
    """Acknowledge the duties of a link that are as they were told; gives how many were not acknowledged before.

    A second time changes nothing, and is no refusal. Refused as `answer` is, and where none of them is as it was told.
    """
    with write(db):
        found = answer(db, text, secret_key=secret_key, now=now)
        if not found.is_as_told:
            raise Conflict("duty_has_changed")
        _, told = read(text, secret_key=secret_key)
        by = Actor(found.person["id"], found.person["name"])
        return sum(_note(db, row, "link", by=by, now=now) for row in found.duties if _is(row, told))


def by_page(db: Database, assignment_id: int, *, by: Actor, now: datetime) -> int:
    """Acknowledge one's own duty when signed in; gives 1, or 0 where it was acknowledged before.

    NotFound where nobody was told of it, NotAllowed for somebody else's, Conflict once it is over.
    """
    with write(db):
        found = one(db, OWN, id=assignment_id)
        if found is None:
            raise NotFound("not_found")
        if found["person_id"] != by.person_id:
            raise NotAllowed("not_allowed")
        if found["ends_at"] <= clock.to_text(now):
            raise Conflict("duty_is_over")
        return _note(db, found, "page", by=by, now=now)


OWN = """
SELECT assignment.id AS assignment_id, assignment.person_id, assignment.ends_at, shift.day, shift.unit_id,
       place.name AS place, duty_revision.revision
FROM assignment
JOIN duty_revision ON duty_revision.assignment_id = assignment.id
JOIN shift ON shift.id = assignment.shift_id
JOIN place ON place.id = shift.place_id
WHERE assignment.id = :id AND assignment.published_at IS NOT NULL
"""

# Those that were told of and still stand; and what the same publication that took one of them gave the person instead.
DUTIES = """
WITH meant AS (
    SELECT assignment.id, assignment.withdrawn_at, shift.roster_id
    FROM assignment
    JOIN shift ON shift.id = assignment.shift_id
    WHERE assignment.person_id = :person_id AND assignment.id IN (SELECT value FROM json_each(:ids))
)
SELECT standing.id AS assignment_id, standing.person_id, standing.starts_at, standing.ends_at, shift.day,
       shift.unit_id, shift.place_id, place.name AS place, place.address, activity.name_zh AS activity_zh,
       activity.name_en AS activity_en, duty_revision.revision, acknowledged.at AS acknowledged_at
FROM standing
JOIN duty_revision ON duty_revision.assignment_id = standing.id
JOIN shift ON shift.id = standing.shift_id
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
LEFT JOIN acknowledged ON acknowledged.assignment_id = standing.id
WHERE standing.person_id = :person_id AND shift.state <> 'cancelled'
  AND (
      standing.id IN (SELECT id FROM meant)
      OR (standing.ends_at > :now AND EXISTS (
          SELECT 1 FROM meant
          WHERE meant.roster_id = shift.roster_id AND meant.withdrawn_at = standing.published_at
      ))
  )
ORDER BY standing.starts_at, standing.id
"""


def _duties(db: Database, person_id: int, ids: Iterable[int], now: datetime) -> list[Row]:
    return rows(db, DUTIES, person_id=person_id, ids=json.dumps(sorted(ids)), now=clock.to_text(now))


def _told(row: Row) -> Told:
    return Told(row["starts_at"], row["ends_at"], row["place_id"], row["assignment_id"])


def _is(row: Row, told: Sequence[Told]) -> bool:
    """Whether a duty is as one of these was told."""
    return _told(row) in told


def _named(db: Database, former: Sequence[Told]) -> list[Row]:
    ids = json.dumps(sorted({duty.place_id for duty in former}))
    found = rows(db, "SELECT id, name FROM place WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id", ids=ids)
    names = {row["id"]: row["name"] for row in found}
    return [
        {
            "day": clock.local(duty.starts_at, db.zone).date().isoformat(),
            "starts_at": duty.starts_at,
            "ends_at": duty.ends_at,
            "place": names.get(duty.place_id, ""),
        }
        for duty in former
    ]


def _note(db: Database, duty: Row, via: Via, *, by: Actor, now: datetime) -> int:
    """Note it once, with one line in the audit: whoever comes later changes nothing."""
    noted = run(
        db,
        """
        INSERT INTO acknowledgement (assignment_id, revision, person_id, at, via)
        VALUES (:assignment_id, :revision, :person_id, :at, :via)
        ON CONFLICT (assignment_id, revision) DO NOTHING
        """,
        assignment_id=duty["assignment_id"],
        revision=duty["revision"],
        person_id=duty["person_id"],
        at=clock.to_text(now),
        via=via,
    )
    if noted:
        audit.record(
            db, "acknowledge", "assignment", duty["assignment_id"], by=by, now=now, unit_id=duty["unit_id"],
            place=duty["place"], day=duty["day"], via=via, gone=duty["revision"] == "gone",
        )  # fmt: skip
    return noted
