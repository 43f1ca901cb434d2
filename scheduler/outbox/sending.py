"""Queueing, claiming, settling.

due → sending (a lease, a fence, one more attempt) → sent | due again later | failed, with the reason.
What is still waiting when `expires_at` comes is obsolete: nobody is told of what is over.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler import clock
from scheduler.database import Database, Row, rows, run, value, write
from scheduler.errors import Invalid
from scheduler.wording.plain import is_plain_line, one_line

EMAIL = 0  # stands for the installation's own mail server, which is no row of `channel`
LEASE = timedelta(minutes=2)  # longer than the slowest single send that our time-outs allow
NOTHING = timedelta()
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)  # a mail server that comes back is found within a quarter of an hour
LONGEST_ASKED = timedelta(hours=24)  # however long the other side asks us to wait
REASON_LENGTH = 300

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one attempt. `temporary` is worth another try; `down` means that nothing else will get out now.

    `after` is how long the other side asked us to wait; `is_ours` says that we held it back ourselves.
    `is_apart`: it was refused together with others, and is to be tried again by itself.
    """

    ok: bool
    temporary: bool = False
    reason: str = ""
    down: bool = False
    after: timedelta | None = None
    is_ours: bool = False
    is_apart: bool = False


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
    channel_id: int | None = None,
    calendar: str = "",
    attachment_id: int | None = None,
) -> int:
    """Put a message into the outbox; the same key again changes nothing. Gives its id.

    It leaves by e-mail, or by the channel given: then `address` is the mobile number to mention, or
    nothing. `calendar` is an iCalendar text that goes with a mail, `attachment_id` a file (`attach`). Its
    Message-ID is made of the key here and never changes: a copy made by a crash can be told as one. Whatever
    would break a header is refused.
    """
    for field, text in (("email", address), ("subject", subject)):
        if not is_plain_line(text):
            raise Invalid("bad_characters", field=field)
    with write(db):
        run(
            db,
            """
            INSERT INTO outbox
                (key, message_id, kind, channel, channel_id, person_id, address, subject, body, calendar,
                 attachment_id, due_at, expires_at, made_at)
            VALUES
                (:key, :message_id, :kind, COALESCE((SELECT kind FROM channel WHERE id = :channel_id), 'email'),
                 :channel_id, :person_id, :address, :subject, :body, :calendar,
                 :attachment_id, :due_at, :expires_at, :now)
            ON CONFLICT (key) DO NOTHING
            """,
            channel_id=channel_id,
            calendar=calendar,
            attachment_id=attachment_id,
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


def claim(db: Database, *, now: datetime) -> Row | None:
    """E-mail's oldest due message, or one whose sender has been silent since its lease ran out; None if none."""
    return next(iter(claim_some(db, EMAIL, 1, now=now)), None)


def claim_some(db: Database, channel_id: int, most: int, *, now: datetime) -> list[Row]:
    """The same for any channel, and for as many messages as leave by it at once; oldest first."""
    with write(db):
        return take(db, channel_id, most, now=now)


# what may be claimed by a channel now
DUE = """
    COALESCE(channel_id, 0) = :channel_id
    AND state IN ('due', 'sending') AND due_at <= :now AND expires_at > :now
    AND (state = 'due' OR lease_until <= :now)
    AND NOT EXISTS (SELECT 1 FROM pause WHERE name = 'send')
"""
FIRST_IS_ALONE = f"SELECT alone FROM outbox WHERE {DUE} ORDER BY due_at, id LIMIT 1"
TAKE = f"""
UPDATE outbox
SET state = 'sending', attempts = attempts + 1, fence = fence + 1, lease_until = :lease_until
WHERE id IN (
    SELECT id FROM outbox
    WHERE {DUE} AND (:most = 1 OR alone = 0)
    ORDER BY due_at, id
    LIMIT :most
)
RETURNING id, message_id, kind, channel, address, subject, body, calendar, attachment_id, attempts, fence, made_at,
          due_at,
          COALESCE(channel_id, 0) AS channel_id,
          (SELECT name FROM person WHERE person.id = outbox.person_id) AS person
"""


def take(db: Database, channel_id: int, most: int, *, now: datetime) -> list[Row]:
    """What `claim_some` does, inside of a transaction: a savepoint each would cost more than the claim."""
    at = clock.to_text(now)
    if most > 1 and value(db, FIRST_IS_ALONE, channel_id=channel_id, now=at):
        most = 1
    until = clock.to_text(now + LEASE)
    claimed = rows(db, TAKE, now=at, lease_until=until, channel_id=channel_id, most=most)
    return sorted(claimed, key=lambda message: (message["due_at"], message["id"]))


def settle(db: Database, message: Row, outcome: Sent, *, now: datetime) -> bool:
    """Note what became of a claimed message; False if somebody else has claimed it since, and nothing is noted.

    The text of a sign-in link is forgotten once it is sent or failed for good: it holds a secret.
    """
    with write(db):
        return note_outcome(db, message, outcome, now=now)


def note_outcome(db: Database, message: Row, outcome: Sent, *, now: datetime) -> bool:
    """What `settle` does, inside of a transaction."""
    if outcome.ok:
        state, due_at = "sent", None
    elif outcome.temporary:
        asked = outcome.after and min(outcome.after, LONGEST_ASKED)
        again = NOTHING if outcome.is_apart else asked or wait(message["id"], message["attempts"])
        state, due_at = "due", clock.to_text(now + again)
    else:
        state, due_at = "failed", None
    noted = run(
        db,
        """
            UPDATE outbox
            SET state = :state, due_at = COALESCE(:due_at, due_at), lease_until = NULL, last_error = :reason,
                sent_at = CASE WHEN :state = 'sent' THEN :now END, alone = alone OR :alone,
                body = CASE WHEN :state <> 'due' AND kind = 'signin' THEN '' ELSE body END
            WHERE id = :id AND fence = :fence AND state = 'sending'
            """,
        state=state,
        due_at=due_at,
        reason=one_line(outcome.reason)[:REASON_LENGTH],
        now=clock.to_text(now),
        id=message["id"],
        fence=message["fence"],
        alone=outcome.is_apart,
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


def withdraw(db: Database, message_ids: list[int], *, now: datetime) -> int:
    """Make obsolete what has not left yet; one that is leaving now is not tried again. Gives how many were stopped.

    What failed has not left either: nobody may retry what is not so any more.
    """
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
            WHERE state IN ('due', 'failed') AND id IN (SELECT value FROM json_each(:ids))
            """,
            ids=ids,
        )


def prune(db: Database, *, before: datetime, limit: int = 1000) -> int:
    """Forget the text and address of messages that were settled before then; that they were sent stays known."""
    with write(db):
        pruned = run(
            db,
            """
            UPDATE outbox SET body = '', address = '', subject = '', calendar = '', attachment_id = NULL
            WHERE id IN (
                SELECT id FROM outbox
                WHERE state IN ('sent', 'failed', 'obsolete') AND expires_at < :before AND body <> ''
                LIMIT :limit
            )
            """,
            before=clock.to_text(before),
            limit=limit,
        )
        run(
            db,
            "DELETE FROM attachment WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.attachment_id = attachment.id)",
        )
        return pruned
