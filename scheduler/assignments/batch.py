"""Many seats at once, each checked as by hand: what may not be is left out and said, what warns needs a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from scheduler import rules
from scheduler.assignments.checks import warnings
from scheduler.assignments.exchange import Taken, lift, put
from scheduler.config import Duty
from scheduler.database import Database, Row, update, value, write
from scheduler.errors import Conflict, Problem


@dataclass(frozen=True, slots=True)
class Spoken:
    """A seat that something speaks against: who, where and when, what, and the line of the file that asks for it."""

    person: str
    place: str
    day: date
    problems: Sequence[Problem]
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """What came of a batch: the rows that were seated, what was left out, what stands although a rule warns."""

    seated: list[Row] = field(default_factory=list)
    left_out: list[Spoken] = field(default_factory=list)
    warned: list[Spoken] = field(default_factory=list)

    def told(self, reason: str) -> dict[str, object]:
        """What the audit keeps of it, where there is anything to keep."""
        named = [f"{one.person} {one.day} {one.place}" for one in self.left_out]
        return ({"left_out": named} if named else {}) | (
            {"override": reason, "warned": len(self.warned)} if self.warned else {}
        )

    def refuse_without(self, reason: str) -> None:
        """Refuse the batch where a rule warns and nobody said why all the same. Conflict, each seat named."""
        if self.warned and not reason:
            told = [problem for spoken in self.warned for problem in spoken.problems]
            asked = Problem("batch_needs_a_reason", "override", None, {"count": len(self.warned)})
            raise Conflict.of([asked, *told])


def put_all(
    db: Database, leaving: Sequence[Row], coming: Sequence[Row], *, now: datetime, reason: str = "", duty: Duty | None
) -> Weighed:
    """Free the slots of those who leave, then seat those who come, one by one. Inside of `write`.

    Each is weighed against those who were seated before it, so that of two who keep each other out the first stays.
    `coming` are shift_id, person_id, person, place, day and, from a file, row. `reason` is kept where a rule warns.
    """
    for row in leaving:
        lift(db, row, now=now)
    weighed = Weighed()
    for row in coming:
        try:
            with write(db):
                warns = _seated(db, row, reason, duty, now)
        except Conflict as refusal:
            weighed.left_out.append(_spoken(row, refusal.problems))
        else:
            weighed.seated.append(row)
            if warns:
                weighed.warned.append(_spoken(row, warns))
    return weighed


def _seated(db: Database, row: Row, reason: str, duty: Duty | None, now: datetime) -> list[Problem]:
    """Seat one; gives what asks for a reason. Conflict with what keeps them out: a fact, or a rule that blocks."""
    assignment_id = put(db, Taken(row["shift_id"], None, row["person_id"]), now=now)
    unit_id = value(db, "SELECT unit_id FROM shift WHERE id = :id", id=row["shift_id"])
    found = warnings(db, row["shift_id"], row["person_id"], duty=duty)
    at = rules.by_level(rules.levels(db, unit_id), found)
    if at["block"]:
        raise Conflict.of(at["block"])
    update(db, "assignment", assignment_id, override=reason if at["warn"] else "")
    return at["warn"]


def _spoken(row: Row, problems: Sequence[Problem]) -> Spoken:
    return Spoken(row["person"], row["place"], date.fromisoformat(row["day"]), problems, row.get("row"))
