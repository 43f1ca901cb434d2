"""Which reminders fall due, written once each to the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from scheduler import clock, messages, outbox
from scheduler.database import Database, Row, rows, run, write
from scheduler.errors import Invalid
from scheduler.wording.messages import DutyFacts

RULES = {"one_day": timedelta(days=1), "two_hours": timedelta(hours=2)}
BATCH = 200  # written in one transaction: the lock is held for milliseconds, whatever falls due at once


def arm(db: Database, assignment_ids: Iterable[int], *, now: datetime) -> int:
    """Note what these published assignments are to be reminded of; the past is never reminded of. Gives how many.

    What stands already for the same moment is left alone, what became obsolete is noted anew under
    the next revision: arming twice, or again after a release, reminds once.
    """
    ids = str(list(assignment_ids))
    with write(db):
        return sum(_arm(db, ids, rule, before, now) for rule, before in RULES.items())


def _arm(db: Database, ids: str, rule: str, before: timedelta, now: datetime) -> int:
    return run(
        db,
        """
        INSERT INTO reminder (assignment_id, rule, channel, revision, due_at)
        SELECT armed.id, :rule, 'email', COALESCE(armed.revision, 0) + 1, armed.due_at
        FROM (
            SELECT assignment.id,
                   strftime('%Y-%m-%dT%H:%M:%SZ', assignment.starts_at, :before) AS due_at,
                   (SELECT MAX(revision) FROM reminder
                    WHERE assignment_id = assignment.id AND rule = :rule) AS revision
            FROM assignment
            WHERE assignment.state = 'planned' AND assignment.id IN (SELECT value FROM json_each(:ids))
        ) AS armed
        WHERE armed.due_at > :now
          AND NOT EXISTS (
            SELECT 1 FROM reminder
            LEFT JOIN outbox ON outbox.id = reminder.outbox_id
            WHERE reminder.assignment_id = armed.id AND reminder.rule = :rule AND reminder.due_at = armed.due_at
              AND COALESCE(outbox.state, reminder.state) <> 'obsolete'
        )
        """,
        ids=ids,
        rule=rule,
        before=f"-{int(before.total_seconds())} seconds",
        now=clock.to_text(now),
    )


def disarm(db: Database, assignment_ids: Iterable[int], *, now: datetime) -> int:
    """Make obsolete whatever has not left yet for these assignments; gives how many reminders were stopped."""
    ids = str(list(assignment_ids))
    with write(db):
        queued = rows(
            db,
            """
            SELECT outbox_id FROM reminder
            WHERE state = 'queued' AND assignment_id IN (SELECT value FROM json_each(:ids))
            """,
            ids=ids,
        )
        stopped = run(
            db,
            """
            UPDATE reminder SET state = 'obsolete'
            WHERE state = 'due' AND assignment_id IN (SELECT value FROM json_each(:ids))
            """,
            ids=ids,
        )
        return stopped + outbox.withdraw(db, [row["outbox_id"] for row in queued], now=now)


def queue_due(db: Database, *, base_url: str, now: datetime) -> int:
    """Put every due reminder into the outbox, once; gives how many.

    In the person's language. Who has no e-mail address is noted as failed, so that somebody sees it.
    A reminder that slept until the next one was due as well gives way to it.
    """
    queued = 0
    while batch := _drop_useless_and_take(db, base_url, now):
        queued += batch[1]
        if batch[0] < BATCH:
            break
    return queued


def _drop_useless_and_take(db: Database, base_url: str, now: datetime) -> tuple[int, int]:
    with write(db):
        _drop_useless(db, now)
        due = _due(db, now)
        return len(due), sum(_queue(db, row, base_url, now) for row in due)


def _drop_useless(db: Database, now: datetime) -> None:
    run(
        db,
        """
        UPDATE reminder SET state = 'obsolete'
        WHERE state = 'due' AND due_at <= :now AND (
            NOT EXISTS (
                SELECT 1 FROM standing AS assignment
                JOIN shift ON shift.id = assignment.shift_id
                WHERE assignment.id = reminder.assignment_id AND assignment.state = 'planned'
                  AND assignment.starts_at > :now AND shift.state = 'planned'
            )
            OR EXISTS (
                SELECT 1 FROM reminder AS later
                WHERE later.assignment_id = reminder.assignment_id AND later.channel = reminder.channel
                  AND later.state = 'due' AND later.due_at <= :now AND later.due_at > reminder.due_at
            )
        )
        """,
        now=clock.to_text(now),
    )


def _due(db: Database, now: datetime) -> list[Row]:
    return rows(
        db,
        """
        SELECT reminder.id, reminder.rule, reminder.revision, reminder.assignment_id,
               assignment.person_id, assignment.starts_at, assignment.ends_at,
               person.name AS person, person.email, person.lang,
               place.name AS place, place.address, place.contact, place.phone,
               activity.name_zh, activity.name_en, shift.key AS shift_key, shift.tasks,
               COALESCE((
                   SELECT procedure FROM sponsorship
                   WHERE sponsorship.place_id = place.id AND sponsorship.starts_on <= shift.day
                     AND (sponsorship.ends_on IS NULL OR sponsorship.ends_on >= shift.day)
                   ORDER BY sponsorship.starts_on DESC, sponsorship.id DESC
                   LIMIT 1
               ), '') AS procedure
        FROM reminder
        JOIN assignment ON assignment.id = reminder.assignment_id
        JOIN person ON person.id = assignment.person_id
        JOIN shift ON shift.id = assignment.shift_id
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        WHERE reminder.state = 'due' AND reminder.due_at <= :now
        ORDER BY reminder.due_at, reminder.id
        LIMIT :batch
        """,
        now=clock.to_text(now),
        batch=BATCH,
    )


def _queue(db: Database, row: Row, base_url: str, now: datetime) -> int:
    subject, body = messages.compose(db, "reminder", row["lang"], _facts(db, row, base_url).gaps(row["lang"]))
    try:
        outbox_id = _into_outbox(db, row, subject, body, base_url, now) if row["email"] else None
    except Invalid:  # an address that no mail header can hold is as good as none
        outbox_id = None
    run(
        db,
        "UPDATE reminder SET state = :state, outbox_id = :outbox_id WHERE id = :id",
        state="failed" if outbox_id is None else "queued",
        outbox_id=outbox_id,
        id=row["id"],
    )
    return 0 if outbox_id is None else 1


def _into_outbox(db: Database, row: Row, subject: str, body: str, base_url: str, now: datetime) -> int:
    _supersede(db, row["assignment_id"], now)
    return outbox.queue(
        db,
        key=f"reminder:{row['shift_key']}:{row['assignment_id']}:{row['rule']}:{row['revision']}",
        kind="reminder",
        person_id=row["person_id"],
        address=row["email"],
        subject=subject,
        body=body,
        domain=urlsplit(base_url).hostname or "localhost",
        due_at=now,
        expires_at=clock.from_text(row["starts_at"]),
        now=now,
    )


def _supersede(db: Database, assignment_id: int, now: datetime) -> None:
    """Stop an earlier reminder of the same duty that has not got out yet: one mail is told, not two at once."""
    earlier = rows(
        db,
        "SELECT outbox_id FROM reminder WHERE assignment_id = :id AND state = 'queued'",
        id=assignment_id,
    )
    outbox.withdraw(db, [row["outbox_id"] for row in earlier], now=now)


def _facts(db: Database, row: Row, base_url: str) -> DutyFacts:
    return DutyFacts(
        person=row["person"],
        activity=row["name_zh"] if row["lang"] == "zh" else row["name_en"],
        place=row["place"],
        starts=clock.local(row["starts_at"], db.zone),
        ends=clock.local(row["ends_at"], db.zone),
        address=row["address"],
        contact=row["contact"],
        phone=row["phone"],
        tasks=row["tasks"],
        procedure=row["procedure"],
        link=f"{base_url.rstrip('/')}/me",
    )


def dump(db: Database) -> list[Row]:
    """Every reminder as it stands now, by its time."""
    return rows(
        db,
        """
        SELECT reminder.id AS reminder, reminder.assignment_id AS assignment, reminder.rule, reminder.channel,
               reminder.due_at, COALESCE(outbox.state, reminder.state) AS state,
               COALESCE(outbox.attempts, 0) AS attempts, outbox.sent_at, outbox.message_id
        FROM reminder
        LEFT JOIN outbox ON outbox.id = reminder.outbox_id
        ORDER BY reminder.due_at, reminder.id
        """,
    )


def unreachable(db: Database, *, within: list[int], now: datetime) -> list[Row]:
    """Duties to come whose person could not be reminded for want of an e-mail address: person_id, person, starts_at."""
    return rows(
        db,
        """
        SELECT person.id AS person_id, person.name AS person, MIN(assignment.starts_at) AS starts_at
        FROM reminder
        JOIN assignment ON assignment.id = reminder.assignment_id
        JOIN person ON person.id = assignment.person_id
        WHERE reminder.state = 'failed' AND assignment.starts_at > :now
          AND person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
          )
        GROUP BY person.id
        ORDER BY starts_at, person.id
        """,
        within=str(within),
        now=clock.to_text(now),
    )
