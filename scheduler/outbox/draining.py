"""Sending what is due, one channel at a time; and how each channel is doing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler import clock
from scheduler.database import Database, Row, run, write
from scheduler.outbox.sending import EMAIL, LONGEST_ASKED, REASON_LENGTH, Outcome, Sent, expire, note_outcome, take
from scheduler.wording.failures import because
from scheduler.wording.plain import one_line

Post = Callable[[Row], Sent]
NOTHING = timedelta()
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=5)  # a channel that comes back is found within five minutes
NOTED_EVERY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Door:
    """What a channel's messages leave by: up to `most` of them as one sending, `spacing` apart.

    A door that `rests` is left alone for a while, ever longer, once nothing gets out of it.
    """

    post: Callable[[list[Row]], Sent]
    channel_id: int = EMAIL
    most: int = 1
    spacing: timedelta = NOTHING
    rests: bool = False


def send_due(
    db: Database, post: Post, *, moment: Callable[[], datetime], unwritten: list[Outcome] | None = None
) -> int:
    """Send the mails that are due: see `drain`."""
    return drain(db, Door(lambda messages: post(messages[0])), moment=moment, unwritten=unwritten)


def drain(
    db: Database,
    door: Door,
    *,
    moment: Callable[[], datetime],
    unwritten: list[Outcome] | None = None,
    is_time_left: Callable[[], bool] = lambda: True,
) -> int:
    """Send what is due by one channel, oldest first, until nothing is; gives how many messages were answered for.

    No lock is held while one is sent; what became of it is written in the transaction that claims the
    next. It ends early where nothing gets out at all: the others wait without an attempt being counted.
    `moment` is asked before each message, since a slow server may take minutes over a few. An outcome
    that cannot be written stays in `unwritten`, which the caller passes again: it is written before
    anything else is claimed, so that a database that was busy does not lead to a second copy.
    """
    unwritten = [] if unwritten is None else unwritten
    with _quick_commits(db):
        return _drain(db, door, moment, unwritten, is_time_left)


def _drain(
    db: Database,
    door: Door,
    moment: Callable[[], datetime],
    unwritten: list[Outcome],
    is_time_left: Callable[[], bool],
) -> int:
    answered, notes = 0, _Notes(db, door)
    while messages := _next(db, door, unwritten, notes, now=moment()):
        outcome = _apart(messages, _post(door, messages))
        unwritten += [(message, outcome) for message in messages]
        if outcome.down:
            break
        answered += 0 if outcome.is_apart else len(messages)
        if door.spacing or not is_time_left():
            break
    with write(db):
        _write_outcomes(db, unwritten, notes, now=moment())
        notes.write(now=moment())
        expire(db, now=moment())
    unwritten.clear()
    return answered


def _apart(messages: list[Row], outcome: Sent) -> Sent:
    """What became of messages that left as one: a refusal of all may be the fault of one, so each goes by itself."""
    if len(messages) == 1 or outcome.ok or outcome.temporary:
        return outcome
    return replace(outcome, temporary=True, is_apart=True)


@contextmanager
def _quick_commits(db: Database) -> Iterator[None]:
    """Let commits not wait for the disk: a killed process loses none of them, a power cut may lose the last.

    What is lost then is that a message left, and it leaves again under the same Message-ID. Waiting would
    take longer than the sending itself.
    """
    db.conn.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        db.conn.execute("PRAGMA synchronous = FULL")


def _next(db: Database, door: Door, unwritten: list[Outcome], notes: _Notes, *, now: datetime) -> list[Row]:
    with write(db):
        _write_outcomes(db, unwritten, notes, now=now)
        messages = take(db, door.channel_id, door.most, now=now)
    unwritten.clear()  # not before they are committed
    return messages


def _post(door: Door, messages: list[Row]) -> Sent:
    try:
        return door.post(messages)
    except (ValueError, LookupError, TypeError) as error:  # a row that no message can be made of: it fails alone
        return Sent(False, reason=because("bad_message", type(error).__name__))


def _write_outcomes(db: Database, unwritten: list[Outcome], notes: _Notes, *, now: datetime) -> None:
    for message, outcome in unwritten:
        note_outcome(db, message, outcome, now=now)
    for outcome in {id(outcome): outcome for _, outcome in unwritten}.values():
        notes.add(outcome, now=now)


class _Notes:
    """How a channel is doing: noted at each change, and else every few seconds and not with every message."""

    def __init__(self, db: Database, door: Door) -> None:
        self.db, self.door = db, door
        self._last: Sent | None = None
        self._again_at: datetime | None = None

    def add(self, outcome: Sent, *, now: datetime) -> None:
        """Note an outcome, now or with a later one."""
        was_ok, self._last = self._last is not None and self._last.ok, outcome
        is_old_news = was_ok and outcome.ok and not self.door.spacing
        if is_old_news and self._again_at is not None and now < self._again_at:
            return
        self._again_at = now + NOTED_EVERY
        note(self.db, self.door, outcome, now=now)

    def write(self, *, now: datetime) -> None:
        """Note the last one."""
        if self._last is not None and self._last.ok and not self.door.spacing:
            note(self.db, self.door, self._last, now=now)


def note(db: Database, door: Door, outcome: Sent, *, now: datetime) -> None:
    """Note how the channel is doing, and until when nothing may leave by it: its pace, a rest, or what it asked for."""
    if outcome.is_ours:
        return
    with write(db):
        failures = _upserted(db, door.channel_id, outcome, now)
        if outcome.after is not None:
            pause = min(outcome.after, LONGEST_ASKED)
        else:
            pause = rest(door.channel_id, failures) if outcome.down and door.rests else door.spacing
        if pause:
            run(
                db,
                "UPDATE channel_state SET next_at = :next_at WHERE channel_id = :id",
                next_at=clock.to_text(now + pause),
                id=door.channel_id,
            )


def _upserted(db: Database, channel_id: int, outcome: Sent, now: datetime) -> int:
    found = db.conn.execute(
        """
        INSERT INTO channel_state (channel_id, failures, sent_at, failed_at, last_error)
        VALUES (:id, NOT :ok, CASE WHEN :ok THEN :now END, CASE WHEN NOT :ok THEN :now END, :reason)
        ON CONFLICT (channel_id) DO UPDATE
        SET failures = CASE WHEN :ok THEN 0 ELSE failures + :down END, next_at = NULL,
            sent_at = COALESCE(excluded.sent_at, sent_at), failed_at = COALESCE(excluded.failed_at, failed_at),
            last_error = CASE WHEN :ok THEN last_error ELSE excluded.last_error END
        RETURNING failures
        """,
        {
            "id": channel_id,
            "ok": outcome.ok,
            "down": outcome.down,
            "now": clock.to_text(now),
            "reason": one_line(outcome.reason)[:REASON_LENGTH],
        },
    ).fetchall()
    return int(found[0][0])


def rest(channel_id: int, failures: int) -> timedelta:
    """How long a channel is left alone after so many failures in a row: doubling to five minutes, never all alike."""
    steady = min(FIRST_REST * 2 ** min(max(failures, 1) - 1, 10), LONGEST_REST)
    jitter = int.from_bytes(hashlib.sha256(f"{channel_id}:{failures}".encode()).digest()[:4], "big") / 2**32
    return timedelta(seconds=round(steady.total_seconds() * (0.75 + jitter / 4)))
