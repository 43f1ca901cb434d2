"""Reminders that fall due, written once each to the outbox, by the first way that reaches the person."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from scheduler import acknowledgements, channels, clock, feeds, messages, outbox
from scheduler.database import Database, Row, rows, run, write
from scheduler.errors import Invalid
from scheduler.reminders.arming import rearm
from scheduler.wording.messages import DutyFacts

BATCH = 100  # written in one transaction: the lock is held for a fraction of a second, whatever falls due at once


def queue_due(db: Database, *, base_url: str, secret_key: str = "", now: datetime) -> int:
    """Put every due reminder into the outbox, once; gives how many.

    In the person's language, by the first of its ways that reaches them, and once more by the next where one failed.
    Whom none reaches, or who has left, is noted as failed, so that somebody sees it. A reminder that slept until the
    next one was due as well gives way to it. With the installation's key each mail carries the link by which its duty
    is acknowledged.
    """
    rearm(db, now=now)
    queued = 0
    while batch := _drop_useless_and_take(db, base_url, secret_key, now):
        queued += batch[1]
        if batch[0] < BATCH:
            break
    return queued


def _drop_useless_and_take(db: Database, base_url: str, secret_key: str, now: datetime) -> tuple[int, int]:
    with write(db):
        _stand_in(db, now)
        _drop_useless(db, now)
        due = _due(db, now)
        return len(due), sum(_queue(db, row, base_url, secret_key, now) for row in due)


def _stand_in(db: Database, now: datetime) -> None:
    """Where a reminder failed for good and its duty is still to come, note one by the next of its ways, once."""
    failed = rows(
        db,
        """
        SELECT reminder.id, reminder.assignment_id, reminder.rule, reminder.channel, reminder.channels,
               reminder.revision
        FROM reminder
        JOIN outbox ON outbox.id = reminder.outbox_id AND outbox.state = 'failed'
            AND outbox.last_error <> 'restored'  -- held back for somebody's word
        JOIN standing ON standing.id = reminder.assignment_id AND standing.starts_at > :now
        LEFT JOIN reminder AS other ON other.instead_of = reminder.id
        WHERE json_array_length(reminder.channels) > 1 AND other.id IS NULL
        ORDER BY reminder.id
        """,
        now=clock.to_text(now),
    )
    come = [row | {"next": following[0], "now": clock.to_text(now)} for row in failed if (following := _ways(row)[1:])]
    db.conn.executemany(
        """
        INSERT INTO reminder (assignment_id, rule, channel, channels, revision, due_at, instead_of)
        VALUES (:assignment_id, :rule, :next, :channels, :revision, :now, :id)
        """,
        come,
    )


def _ways(row: Row) -> list[str]:
    """The ways of a reminder from its present one on."""
    ways: list[str] = json.loads(row["channels"])
    return ways[ways.index(row["channel"]) :] if row["channel"] in ways else [row["channel"]]


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
                WHERE later.assignment_id = reminder.assignment_id
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
               reminder.channel, reminder.channels, shift.place_id,
               assignment.person_id, assignment.starts_at, assignment.ends_at,
               person.name AS person, person.email, person.mobile, person.lang,
               COALESCE(person.left_on < :today, 0) AS has_left,
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
        today=clock.today(now, db.zone).isoformat(),
        batch=BATCH,
    )


def _queue(db: Database, row: Row, base_url: str, secret_key: str, now: datetime) -> int:
    reaching = {} if row["has_left"] else _reaching(db, row)
    outbox_id, way = None, row["channel"]
    for way in [one for one in _ways(row) if one in reaching] or reaching:  # none of its own: any that there is
        try:
            outbox_id = _into_outbox(db, row, way, reaching[way], base_url, secret_key, now)
        except Invalid:  # an address that no mail header can hold is as good as none
            continue
        break
    run(
        db,
        "UPDATE reminder SET state = :state, outbox_id = :outbox_id, channel = :way WHERE id = :id",
        state="failed" if outbox_id is None else "queued",
        outbox_id=outbox_id,
        way=row["channel"] if outbox_id is None else way,
        id=row["id"],
    )
    return 0 if outbox_id is None else 1


def _reaching(db: Database, row: Row) -> dict[str, str]:
    """By way that reaches the person, where to: an address, or the number that a group is to mention."""
    return {str(way["channel"]): way["address"] for way in channels.reaching(db, row["person_id"])}


def _into_outbox(db: Database, row: Row, way: str, address: str, base_url: str, secret_key: str, now: datetime) -> int:
    """Only a mail carries the link: in a group everybody could answer for everybody."""
    facts = _facts(db, row, base_url)
    if way == "email":
        facts = replace(facts, acknowledge=acknowledgements.link(row["person_id"], [row], base_url, secret_key))
    subject, body = messages.compose(db, "reminder", row["lang"], facts.gaps(row["lang"]))
    _supersede(db, row["assignment_id"], now)
    key = f"reminder:{row['shift_key']}:{row['assignment_id']}:{row['rule']}:{row['revision']}"
    outbox_id = outbox.queue(
        db,
        key=key if way == "email" else f"{key}:{way}",
        kind="reminder",
        person_id=row["person_id"],
        address=address,
        subject=subject,
        body=body,
        domain=urlsplit(base_url).hostname or "localhost",
        due_at=now,
        expires_at=clock.from_text(row["starts_at"]),
        now=now,
        channel_id=None if way == "email" else int(way),
        calendar=_calendar(db, row, base_url, now) if way == "email" else "",
    )
    if facts.acknowledge and facts.acknowledge in body:  # an organisation's own text may leave the link out
        acknowledgements.expect(db, [row], now=now)
    return outbox_id


def _calendar(db: Database, row: Row, base_url: str, now: datetime) -> str:
    return feeds.attached(db, row["person_id"], [row["assignment_id"]], base_url=base_url, now=now)


def _supersede(db: Database, assignment_id: int, now: datetime) -> None:
    """Stop an earlier reminder of the same duty that has not got out yet: one mail is told, not two at once."""
    earlier = rows(
        db,
        """
        SELECT reminder.outbox_id
        FROM reminder
        JOIN outbox ON outbox.id = reminder.outbox_id AND outbox.state <> 'failed'  -- which still asks for an act
        WHERE reminder.assignment_id = :id
        """,
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
