"""Duties that nobody acknowledged in time: to the coordinators, once, with who could stand in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from scheduler import clock, messages, rosters
from scheduler.config import Duty
from scheduler.database import Database, Row, rows, run, value, write
from scheduler.notices.understaffed import by_coordinator, link_to
from scheduler.wording import Lang
from scheduler.wording.messages import lines

TIME_TO_ANSWER = timedelta(hours=6)  # after the first message with a link: who was told an hour ago is not silent
OFFERED = 3  # names; the whole order stands on the board
NEARBY_MINUTES = 15  # as candidates are told on the board


def queue_due(db: Database, *, base_url: str, duty: Duty | None = None, now: datetime) -> int:
    """Tell the coordinators of duties that were not acknowledged by their ladder's time: gives how many messages.

    One message a person, whatever the number of duties; once for each duty as it is. Who could stand in is found
    before anything is written: that takes longer than a lock may be held.
    """
    reached = by_coordinator(db, silent(db, now=now), now=now)
    offers = {row["assignment_id"]: stand_ins(db, row, duty) for _, found in reached for row in found[: lines.SHOWN]}
    if not reached:
        return 0
    with write(db):
        still = {(row["assignment_id"], row["revision"]) for row in silent(db, now=now)}
        told = [(to, [row for row in found if _key(row) in still]) for to, found in reached]
        queued = sum(_tell(db, to, found, offers, base_url, now) for to, found in told if found)
        _mark(db, {_key(row) for _, found in told for row in found}, now)
        return queued


def silent(db: Database, *, now: datetime) -> list[Row]:
    """Duties to come that were asked about and not answered, and whose time to answer is over, by start.

    assignment_id, revision, shift_id, slot, roster_id, unit_id, day, starts_at, ends_at, place, activity_zh,
    activity_en, person_id, person, mobile. Those whose silence was told of are left out.
    """
    return rows(
        db,
        """
        SELECT assignment.id AS assignment_id, duty_revision.revision, assignment.shift_id, assignment.slot,
               shift.roster_id, shift.unit_id, shift.day, shift.starts_at, shift.ends_at, place.name AS place,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en,
               person.id AS person_id, person.name AS person, person.mobile
        FROM answer_asked
        JOIN duty_revision
            ON duty_revision.assignment_id = answer_asked.assignment_id
            AND duty_revision.revision = answer_asked.revision
        JOIN assignment ON assignment.id = answer_asked.assignment_id
        JOIN shift ON shift.id = assignment.shift_id
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        JOIN person ON person.id = assignment.person_id
        JOIN ladder AS usual ON usual.activity_id IS NULL
        LEFT JOIN ladder AS own ON own.activity_id = shift.activity_id
        LEFT JOIN acknowledged ON acknowledged.assignment_id = assignment.id
        LEFT JOIN silence
            ON silence.assignment_id = answer_asked.assignment_id AND silence.revision = answer_asked.revision
        WHERE silence.told_at IS NULL AND answer_asked.at <= :asked_by
          AND assignment.state = 'planned' AND assignment.published_at IS NOT NULL AND shift.state = 'planned'
          AND shift.ends_at > :now  -- which has an index
          AND shift.starts_at > :now AND acknowledged.at IS NULL
          AND unixepoch(shift.starts_at) - unixepoch(:now)
              <= 60 * CASE WHEN own.id IS NULL THEN usual.answer_minutes ELSE own.answer_minutes END
        ORDER BY shift.starts_at, shift.id, assignment.slot
        """,
        asked_by=clock.to_text(now - TIME_TO_ANSWER),
        now=clock.to_text(now),
    )


def stand_ins(db: Database, row: Row, duty: Duty | None) -> list[Row]:
    """Who could take a duty over without a rule being set aside, the fairest first, at most three."""
    if row["roster_id"] is None:
        return []
    able = rosters.candidates(db, row["shift_id"], row["slot"], duty=duty).able
    return [candidate for candidate in able if candidate["level"] != "warn"][:OFFERED]


def line(db: Database, row: Row, offered: Iterable[Row], lang: Lang, base_url: str) -> str:
    """A silent duty with who could stand in and the link to its slot on the board."""
    named = [
        lines.stand_in(rank, one["person"], one["trips"], one["target"], one["last"],
                       one["travel"] <= NEARBY_MINUTES, lang)
        for rank, one in enumerate(offered, start=1)
    ]  # fmt: skip
    return lines.silent_duty(messages.line_of(db, row), row["person"], row["mobile"], named, _link(base_url, row), lang)


def _link(base_url: str, row: Row) -> str:
    slot = f"{row['shift_id']}-{row['slot']}"
    return f"{base_url.rstrip('/')}/rosters/{row['roster_id']}?from={row['day']}&slot={slot}&tab=all#slot"


def _key(row: Row) -> tuple[int, str]:
    return row["assignment_id"], row["revision"]


def _tell(
    db: Database, to: Row, found: Sequence[Row], offers: dict[int, list[Row]], base_url: str, now: datetime
) -> int:
    def gaps(lang: Lang) -> dict[str, str]:
        told = [line(db, row, offers.get(row["assignment_id"], ()), lang, base_url) for row in found]
        return {"count": str(len(found)), "silent": lines.listed(told, lang), "link": link_to(base_url, found)}

    stamp = hashlib.sha256(json.dumps(sorted(_key(row) for row in found)).encode()).hexdigest()[:32]
    return messages.queue(
        db, "silent", to, gaps, key=f"silent:{to['person_id']}:{stamp}", base_url=base_url,
        expires_at=clock.from_text(max(row["starts_at"] for row in found)), now=now,
    )  # fmt: skip


def _mark(db: Database, told: Iterable[tuple[int, str]], now: datetime) -> None:
    for assignment_id, revision in sorted(told):
        run(
            db,
            """
            INSERT INTO silence (assignment_id, revision, told_at) VALUES (:id, :revision, :now)
            ON CONFLICT DO NOTHING
            """,
            now=clock.to_text(now),
            id=assignment_id,
            revision=revision,
        )


def waiting(db: Database, within: Iterable[int], *, now: datetime, until: datetime) -> int:
    """How many duties of these units begin by then that were asked about and are not acknowledged."""
    return int(
        value(
            db,
            """
            SELECT COUNT(DISTINCT assignment.id)
            FROM answer_asked
            JOIN assignment ON assignment.id = answer_asked.assignment_id
            JOIN shift ON shift.id = assignment.shift_id
            LEFT JOIN acknowledged ON acknowledged.assignment_id = assignment.id
            WHERE assignment.state = 'planned' AND assignment.published_at IS NOT NULL AND shift.state = 'planned'
              AND shift.ends_at > :now AND shift.starts_at > :now AND shift.starts_at < :until
              AND acknowledged.at IS NULL
              AND shift.unit_id IN (
                SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
              )
            """,
            within=json.dumps(sorted(within)),
            now=clock.to_text(now),
            until=clock.to_text(until),
        )
    )
