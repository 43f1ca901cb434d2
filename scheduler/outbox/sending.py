"""Queueing, claiming, sending.

due → sending (a lease, a fence, one more attempt) → sent | due again later | failed, with the reason.
What is still waiting when `expires_at` comes is obsolete: nobody is told of what is over.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler import clock
from scheduler.database import Database, Row, one, run, value, write
from scheduler.errors import Invalid
from scheduler.wording.plain import is_plain_line, one_line

EMAIL = 0  # stands for the installation's own mail server, which is no row of `channel`
LEASE = timedelta(minutes=2)  # longer than the slowest single send that our time-outs allow
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)  # a mail server that comes back is found within a quarter of an hour
REASON_LENGTH = 300

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one attempt. `temporary` is worth another try; `down` means that nothing else will get out now."""

    ok: bool
    temporary: bool = False
    reason: str = ""
    down: bool = False


Post = Callable[[Row], Sent]
Outcome = tuple[Row, Sent]


def queue(
    db: Database,
    *,
    key: str,
    kind: str,
    person_id: int,
    address: str,
    subject: str,
    body: str,
    domain: str,
    due_at: datetime,
    expires_at: datetime,
    now: datetime,
) -> int:
    """Put a message into the outbox; the same key again changes nothing. Gives its id.

    Its Message-ID is made of the key here and never changes: a copy made by a crash can be told as one.
    An address or subject that would break a header is refused.
    """
    for field, text in (("email", address), ("subject", subject)):
        if not is_plain_line(text):
            raise Invalid("bad_characters", field=field)
    with write(db):
        run(
            db,
            """
            INSERT INTO outbox
                (key, message_id, kind, channel, person_id, address, subject, body, due_at, expires_at, made_at)
            VALUES
                (:key, :message_id, :kind, 'email', :person_id, :address, :subject, :body, :due_at, :expires_at, :now)
            ON CONFLICT (key) DO NOTHING
            """,
            key=key,
            message_id=f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>",
            kind=kind,
            person_id=person_id,
            address=address,
            subject=subject,
            body=body,
            due_at=clock.to_text(due_at),
            expires_at=clock.to_text(expires_at),
            now=clock.to_text(now),
        )
        return int(value(db, "SELECT id FROM outbox WHERE key = :key", key=key))


def send_due(
    db: Database, post: Post, *, moment: Callable[[], datetime], unwritten: list[Outcome] | None = None
) -> int:
    """Send what is due, oldest first, until nothing is; gives how many messages were answered for.

    No lock is held while one is sent; what became of it is written in the transaction that claims the
    next. It ends early where nothing gets out at all: the others wait without an attempt being counted.
    `moment` is asked before each message, since a slow server may take minutes over a few. An outcome
    that cannot be written stays in `unwritten`, which the caller passes again: it is written before
    anything else is claimed, so that a database that was busy does not lead to a second copy.
    """
    unwritten = [] if unwritten is None else unwritten
    with _quick_commits(db):
        return _send_due(db, post, moment, unwritten)


def _send_due(db: Database, post: Post, moment: Callable[[], datetime], unwritten: list[Outcome]) -> int:
    answered = 0
    while (message := _next(db, unwritten, now=moment())) is not None:
        outcome = _post(post, message)
        unwritten.append((message, outcome))
        if outcome.down:
            break
        answered += 1
    with write(db):
        _write_outcomes(db, unwritten, now=moment())
        expire(db, now=moment())
    unwritten.clear()
    return answered


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


def _next(db: Database, unwritten: list[Outcome], *, now: datetime) -> Row | None:
    with write(db):
        _write_outcomes(db, unwritten, now=now)
        message = claim(db, now=now)
    unwritten.clear()  # not before they are committed
    return message


def expire(db: Database, *, now: datetime) -> int:
    """Make obsolete whatever has waited too long; gives how many."""
    with write(db):
        return run(
            db,
            """
            UPDATE outbox
            SET state = 'obsolete', lease_until = NULL, body = CASE WHEN kind = 'signin' THEN '' ELSE body END
            WHERE state IN ('due', 'sending') AND expires_at <= :now AND (state = 'due' OR lease_until <= :now)
            """,
            now=clock.to_text(now),
        )


def claim(db: Database, *, channel_id: int = EMAIL, now: datetime) -> Row | None:
    """A channel's oldest due message, or one whose sender has been silent since its lease ran out; None if none."""
    with write(db):
        return one(
            db,
            """
            UPDATE outbox
            SET state = 'sending', attempts = attempts + 1, fence = fence + 1, lease_until = :lease_until
            WHERE id = (
                SELECT id FROM outbox
                WHERE COALESCE(channel_id, 0) = :channel_id
                  AND state IN ('due', 'sending') AND due_at <= :now AND expires_at > :now
                  AND (state = 'due' OR lease_until <= :now)
                  AND NOT EXISTS (SELECT 1 FROM pause WHERE name = 'send')
                ORDER BY due_at, id
                LIMIT 1
            )
            RETURNING id, message_id, kind, channel, address, subject, body, attempts, fence, made_at
            """,
            now=clock.to_text(now),
            lease_until=clock.to_text(now + LEASE),
            channel_id=channel_id,
        )


def settle(db: Database, message: Row, outcome: Sent, *, now: datetime) -> bool:
    """Note what became of a claimed message; False if somebody else has claimed it since, and nothing is noted.

    The text of a sign-in link is forgotten once it is sent or failed for good: it holds a secret.
    """
    if outcome.ok:
        state, due_at = "sent", None
    elif outcome.temporary:
        state, due_at = "due", clock.to_text(now + wait(message["id"], message["attempts"]))
    else:
        state, due_at = "failed", None
    with write(db):
        noted = run(
            db,
            """
            UPDATE outbox
            SET state = :state, due_at = COALESCE(:due_at, due_at), lease_until = NULL, last_error = :reason,
                sent_at = CASE WHEN :state = 'sent' THEN :now END,
                body = CASE WHEN :state <> 'due' AND kind = 'signin' THEN '' ELSE body END
            WHERE id = :id AND fence = :fence AND state = 'sending'
            """,
            state=state,
            due_at=due_at,
            reason=one_line(outcome.reason)[:REASON_LENGTH],
            now=clock.to_text(now),
            id=message["id"],
            fence=message["fence"],
        )
    level = logging.DEBUG if outcome.ok else logging.INFO
    log.log(level, "message %d: %s after attempt %d", message["id"], state, message["attempts"])
    return noted == 1


def wait(message_id: int, attempts: int) -> timedelta:
    """How long to wait after the given attempt: doubling to a quarter of an hour, by a quarter more or less.

    The jitter is made of the message and the attempt, so that many that failed together do not return together.
    """
    steady = min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
    jitter = zlib.crc32(f"{message_id}:{attempts}".encode()) / 2**32
    return timedelta(seconds=round(steady.total_seconds() * (0.75 + jitter / 2)))


def _post(post: Post, message: Row) -> Sent:
    try:
        return post(message)
    except (ValueError, LookupError, TypeError) as error:  # a row that no message can be made of: it fails alone
        return Sent(False, reason=type(error).__name__)


def _write_outcomes(db: Database, unwritten: list[Outcome], *, now: datetime) -> None:
    for message, outcome in unwritten:
        settle(db, message, outcome, now=now)


def withdraw(db: Database, message_ids: list[int], *, now: datetime) -> int:
    """Make obsolete what has not left yet; one that is leaving now is not tried again. Gives how many were stopped."""
    ids = str(message_ids)
    with write(db):
        run(
            db,
            """
            UPDATE outbox SET expires_at = MIN(expires_at, :now)
            WHERE state = 'sending' AND id IN (SELECT value FROM json_each(:ids))
            """,
            ids=ids,
            now=clock.to_text(now),
        )
        return run(
            db,
            """
            UPDATE outbox SET state = 'obsolete', body = CASE WHEN kind = 'signin' THEN '' ELSE body END
            WHERE state = 'due' AND id IN (SELECT value FROM json_each(:ids))
            """,
            ids=ids,
        )


def prune(db: Database, *, before: datetime, limit: int = 1000) -> int:
    """Forget the text and address of messages that were settled before then; that they were sent stays known."""
    with write(db):
        return run(
            db,
            """
            UPDATE outbox SET body = '', address = '', subject = ''
            WHERE id IN (
                SELECT id FROM outbox
                WHERE state IN ('sent', 'failed', 'obsolete') AND expires_at < :before AND body <> ''
                LIMIT :limit
            )
            """,
            before=clock.to_text(before),
            limit=limit,
        )
