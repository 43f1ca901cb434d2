"""Come and go: each at most once, whoever presses twice and however many send it at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler import audit, clock, fields
from scheduler.audit import Actor
from scheduler.checkins.codes import AROUND, BEFORE, DIGITS, Keeper, is_right
from scheduler.checkins.reading import closes_at, opens_at, own_duty
from scheduler.config import Duty
from scheduler.database import Database, Row, insert, one, run, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound

TRIES = 5  # wrong codes of one person for one shift, and then a pause: 3 in 1,000 who guess from morning to midnight
PAUSE = timedelta(minutes=5)
AT_ONCE = timedelta(seconds=60)  # a time so near was sent from a network that was slow, not away
REASON_MOST = 200
NOT_DIGITS = str.maketrans("", "", " -\u3000\u00a0")
WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A check-in as it stands; `is_new` is False where it stood already."""

    at: str
    is_late: bool
    is_new: bool


def check_in(
    db: Database,
    assignment_id: int,
    code: str,
    *,
    keeper: Keeper,
    duty: Duty,
    by: Actor,
    now: datetime,
    claimed: datetime | None = None,
    entry: str = "",
) -> Arrival:
    """Check in to one's own duty with the code of its place. A second time changes nothing and is no refusal.

    `claimed` is when the code was entered on a phone that had no network: the code has to be that moment's, the
    moment lie in the window, and it has to arrive on the day on which the shift ends. Conflict outside of the
    window and while too many wrong codes are remembered; Invalid for a wrong code, which is counted: once, where
    the phone gave it a name of its own, `entry`, and sends it again since it heard no answer.
    """
    given = code.translate(WIDE_DIGITS).translate(NOT_DIGITS)
    with write(db):
        found = own_duty(db, assignment_id, by)
        if found["at"] is not None:
            return Arrival(found["at"], bool(found["late"]), False)
        if entry and _is_answered(db, assignment_id, entry):
            raise Invalid("wrong_code", field="code", left=_left(db, assignment_id, now))
        moment = min(claimed or now, now)
        _refuse_out_of_time(db, found, moment, duty, now)
        left = _tries_left(db, assignment_id, now)
        steps = BEFORE if claimed is None else AROUND
        right = is_right(keeper.of(found["key"]), given, moment, steps)
        if right:
            late = moment > clock.from_text(found["starts_at"]) + timedelta(minutes=duty.check_in_after_minutes)
            _note(db, found, moment, late=late, by=by, now=now)
            return Arrival(clock.to_text(moment), late, True)
        if len(given) == DIGITS and given.isdigit():  # a slip of the finger is no guess
            _count(db, assignment_id, entry, now)
            left -= 1
    raise Invalid("wrong_code", field="code", left=left)


def leave(db: Database, assignment_id: int, *, by: Actor, now: datetime) -> str:
    """Note when somebody who checked in leaves; gives the time that stands. A second time changes nothing."""
    with write(db):
        found = own_duty(db, assignment_id, by)
        if found["at"] is None:
            raise Conflict("not_checked_in")
        if found["left_at"] is not None:
            return str(found["left_at"])
        if now >= closes_at(db, found):
            raise Conflict("check_in_is_over")
        run(
            db,
            "UPDATE check_in SET left_at = :now WHERE assignment_id = :id",
            id=assignment_id,
            now=clock.to_text(now),
        )
        audit.record(db, "check_out", "assignment", assignment_id, by=by, now=now, unit_id=found["unit_id"])
        return clock.to_text(now)


def void(db: Database, check_in_id: int, *, reason: str, by: Actor, now: datetime) -> None:
    """Say that a check-in does not count, with a reason: its person was marked absent and was not there.

    It stays to be seen. Conflict where it was said before, and where its person is not marked absent.
    """
    if problems := fields.text("reason", reason, most=REASON_MOST, required=True):
        raise Invalid.of(problems)
    with write(db):
        found = one(
            db,
            """
            SELECT check_in.assignment_id, check_in.voided_by, check_in.voided_at, assignment.state, shift.unit_id
            FROM check_in
            JOIN assignment ON assignment.id = check_in.assignment_id
            JOIN shift ON shift.id = assignment.shift_id
            WHERE check_in.id = :id
            """,
            id=check_in_id,
        )
        if found is None:
            raise NotFound("not_found")
        if found["voided_at"] is not None:
            raise Conflict("check_in_is_void", who=found["voided_by"])
        if found["state"] != "absent":
            raise Conflict("check_in_is_not_doubted")
        update(db, "check_in", check_in_id, voided_at=clock.to_text(now), voided_by=by.name, void_reason=reason.strip())
        audit.record(
            db, "void_check_in", "assignment", found["assignment_id"], by=by, now=now, unit_id=found["unit_id"],
            reason=reason.strip(),
        )  # fmt: skip


def _refuse_out_of_time(db: Database, found: Row, moment: datetime, duty: Duty, now: datetime) -> None:
    if found["shift_state"] == "cancelled":
        raise Conflict("shift_not_held")
    opens = opens_at(found, duty)
    if moment < opens:
        raise Conflict("check_in_not_open", opens=f"{opens.astimezone(db.zone):%H:%M}")
    if moment > clock.from_text(found["ends_at"]) or now >= closes_at(db, found):
        raise Conflict("check_in_is_over")


def _is_answered(db: Database, assignment_id: int, entry: str) -> bool:
    """Whether this very entry was told to be wrong: its code is not tried again, so it cannot be another one."""
    sql = "SELECT COUNT(*) FROM check_entry WHERE assignment_id = :id AND entry = :entry"
    return bool(value(db, sql, id=assignment_id, entry=entry))


def _tries_left(db: Database, assignment_id: int, now: datetime) -> int:
    left = _left(db, assignment_id, now)
    if left <= 0:
        since = value(db, "SELECT since FROM check_try WHERE assignment_id = :id", id=assignment_id)
        again = (clock.from_text(since) + PAUSE).astimezone(db.zone)
        raise Conflict("too_many_codes", again=f"{again:%H:%M:%S}")
    return left


def _left(db: Database, assignment_id: int, now: datetime) -> int:
    held = one(db, "SELECT since, tries FROM check_try WHERE assignment_id = :id", id=assignment_id)
    if held is None or clock.from_text(held["since"]) + PAUSE <= now:
        return TRIES
    return TRIES - int(held["tries"])


def _count(db: Database, assignment_id: int, entry: str, now: datetime) -> None:
    """One more wrong code; what is older than the pause is forgotten."""
    if entry:
        insert(db, "check_entry", assignment_id=assignment_id, entry=entry, at=clock.to_text(now))
    run(
        db,
        """
        INSERT INTO check_try (assignment_id, since, tries) VALUES (:id, :now, 1)
        ON CONFLICT (assignment_id) DO UPDATE
        SET tries = CASE WHEN since <= :forgotten THEN 1 ELSE tries + 1 END,
            since = CASE WHEN since <= :forgotten THEN excluded.since ELSE since END
        """,
        id=assignment_id,
        now=clock.to_text(now),
        forgotten=clock.to_text(now - PAUSE),
    )


def _note(db: Database, found: Row, moment: datetime, *, late: bool, by: Actor, now: datetime) -> None:
    way = "code" if now - moment <= AT_ONCE else "synced"
    insert(
        db, "check_in", assignment_id=found["assignment_id"], at=clock.to_text(moment), received_at=clock.to_text(now),
        way=way, late=int(late),
    )  # fmt: skip
    for table in ("check_try", "check_entry"):
        run(db, f"DELETE FROM {table} WHERE assignment_id = :id", id=found["assignment_id"])
    audit.record(
        db, "check_in", "assignment", found["assignment_id"], by=by, now=now, unit_id=found["unit_id"], way=way,
        late=late,
    )  # fmt: skip
