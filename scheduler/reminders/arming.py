"""Which reminders a duty is to have: noted in the transaction that publishes it, and again when something moves."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from scheduler import clock, outbox, workdays
from scheduler.database import Database, Row, rows, run, write
from scheduler.reminders.choices import Plans
from scheduler.reminders.rungs import FURTHEST_BACK, IsWorkday, Quiet, Rung, asked, moments

REARMED_AT_ONCE = 500  # in one transaction: a tenth of a second


@dataclass(frozen=True, slots=True)
class _Wanted:
    rung: Rung
    moments: tuple[str, ...]


def arm(db: Database, assignment_ids: Iterable[int], *, now: datetime) -> int:
    """Let these assignments have the reminders that they should; gives how many were noted anew.

    What stands already for the same moment is left alone, what is not wanted any more becomes obsolete, and of
    what is missing only that is noted which is still to come: the past is never reminded of. Arming twice, or
    again after a release, reminds once.
    """
    ids = json.dumps(sorted(set(assignment_ids)))
    with write(db):
        duties = _duties(db, ids)
        standing = _standing(db, ids)
        wanted = _wanted(db, duties)
        come: list[Row] = []
        stop: list[Row] = []
        ladders: list[Row] = []
        for assignment_id in duties.keys() | standing.keys():
            old = standing.get(assignment_id, [])
            kept, gone = _parted(old, wanted.get(assignment_id, ()))
            stop += gone
            ladders += _other_channels(kept, wanted.get(assignment_id, ()))
            come += _missing(assignment_id, old, kept, wanted.get(assignment_id, ()), now)
        _stop(db, stop, now=now)
        db.conn.executemany("UPDATE reminder SET channel = :channel, channels = :channels WHERE id = :id", ladders)
        db.conn.executemany(INSERT, come)
        return len(come)


INSERT = """
INSERT INTO reminder (assignment_id, rule, channel, channels, revision, due_at)
VALUES (:assignment_id, :rule, :channel, :channels, :revision, :due_at)
"""


def disarm(db: Database, assignment_ids: Iterable[int], *, now: datetime) -> int:
    """Make obsolete whatever has not left yet for these assignments; gives how many reminders were stopped."""
    ids = json.dumps(sorted(set(assignment_ids)))
    with write(db):
        return _stop(db, [row for found in _standing(db, ids).values() for row in found], now=now)


def rearm(db: Database, *, now: datetime) -> int:
    """Look again at the duties whose ladder, person's choice, hours or workdays changed; gives how many."""
    done = 0
    while found := _rearm_some(db, now):
        done += found
    return done


def _rearm_some(db: Database, now: datetime) -> int:
    with write(db):
        found = rows(db, "SELECT assignment_id AS id FROM rearm ORDER BY 1 LIMIT :most", most=REARMED_AT_ONCE)
        ids = [row["id"] for row in found]
        if ids:
            arm(db, ids, now=now)
            sql = "DELETE FROM rearm WHERE assignment_id IN (SELECT value FROM json_each(:ids))"
            run(db, sql, ids=json.dumps(ids))
    return len(ids)


def _duties(db: Database, ids: str) -> dict[int, Row]:
    """Those of the assignments that staff see as planned, of shifts that take place."""
    found = rows(
        db,
        """
        SELECT assignment.id, assignment.person_id, shift.activity_id, assignment.starts_at
        FROM standing AS assignment
        JOIN shift ON shift.id = assignment.shift_id
        WHERE assignment.state = 'planned' AND shift.state = 'planned'
          AND assignment.id IN (SELECT value FROM json_each(:ids))
        ORDER BY assignment.id
        """,
        ids=ids,
    )
    return {row["id"]: row for row in found}


def _standing(db: Database, ids: str) -> dict[int, list[Row]]:
    """Every reminder of the assignments, by assignment, with `now` as what has become of it by now."""
    found = rows(
        db,
        """
        SELECT reminder.id, reminder.assignment_id, reminder.rule, reminder.channel, reminder.channels,
               reminder.revision, reminder.due_at, reminder.outbox_id, reminder.instead_of,
               COALESCE(outbox.state, reminder.state) AS state
        FROM reminder
        LEFT JOIN outbox ON outbox.id = reminder.outbox_id
        WHERE reminder.assignment_id IN (SELECT value FROM json_each(:ids))
        ORDER BY reminder.id
        """,
        ids=ids,
    )
    standing: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        standing[row["assignment_id"]].append(row)
    return standing


def _wanted(db: Database, duties: dict[int, Row]) -> dict[int, list[_Wanted]]:
    if not duties:
        return {}
    plans = Plans.of(db, {row["person_id"] for row in duties.values()})
    is_workday = _calendar(db, [row["starts_at"] for row in duties.values()])

    @cache
    def when(starts_at: str, rule: str, quiet: Quiet | None) -> tuple[str, ...]:
        starts = clock.from_text(starts_at)
        at = asked(rule, starts, db.zone, is_workday)
        return () if at is None else tuple(clock.to_text(one) for one in moments(at, starts, quiet, db.zone))

    def of(duty: Row) -> Iterator[_Wanted]:
        rungs, quiet = plans.plan(duty["activity_id"], duty["person_id"])
        for rung in rungs:
            if found := when(duty["starts_at"], rung.rule, quiet):
                yield _Wanted(rung, found)

    return {assignment_id: list(of(duty)) for assignment_id, duty in duties.items()}


def _calendar(db: Database, starts: list[str]) -> IsWorkday:
    first, last = (clock.local(text, db.zone).date() for text in (min(starts), max(starts)))
    days = workdays.days(db, first - timedelta(days=FURTHEST_BACK), last)
    off = {day.day for day in days if not day.is_workday}
    return lambda day: day not in off


def _parted(old: list[Row], wanted: Iterable[_Wanted]) -> tuple[list[Row], list[Row]]:
    """Those that stay and those to stop. What went out stays; so does one sent in place of another by another way.

    A message that failed has not gone out: it stays, to be retried, only while its moment is still the duty's.
    """
    when = {one.rung.rule: one.moments for one in wanted}
    kept: list[Row] = []
    gone: list[Row] = []
    for row in old:
        if row["state"] == "obsolete":
            continue
        is_open = row["state"] in ("due", "queued", "sending") or (row["state"] == "failed" and row["outbox_id"])
        is_wanted = row["due_at"] in when.get(row["rule"], ()) or (row["instead_of"] and row["rule"] in when)
        (gone if is_open and not is_wanted else kept).append(row)
    return kept, gone


def _other_channels(kept: list[Row], wanted: Iterable[_Wanted]) -> list[Row]:
    """Those that wait and are to go another way by now."""
    ways = {one.rung.rule: one.rung.channels for one in wanted}
    waiting = [row for row in kept if row["state"] == "due" and row["outbox_id"] is None and not row["instead_of"]]
    return [
        {"id": row["id"], "channel": ways[row["rule"]][0], "channels": json.dumps(ways[row["rule"]])}
        for row in waiting
        if json.loads(row["channels"]) != list(ways[row["rule"]])
    ]


def _missing(
    assignment_id: int, old: list[Row], kept: list[Row], wanted: Iterable[_Wanted], now: datetime
) -> list[Row]:
    """Those to note: one for a moment, whatever rules meet there, and none for a rule that was kept."""
    taken, come = {row["due_at"] for row in kept}, []
    for one in wanted:
        due_at = next((at for at in one.moments if at > clock.to_text(now)), None)
        if due_at is None or due_at in taken or _is_kept(one, kept):
            continue
        taken.add(due_at)
        revisions = [row["revision"] for row in old if row["rule"] == one.rung.rule]
        come.append(
            {
                "assignment_id": assignment_id,
                "rule": one.rung.rule,
                "channel": one.rung.channels[0],
                "channels": json.dumps(one.rung.channels),
                "revision": max(revisions, default=0) + 1,
                "due_at": due_at,
            }
        )
    return come


def _is_kept(one: _Wanted, kept: list[Row]) -> bool:
    return any(row["rule"] == one.rung.rule and row["due_at"] in one.moments for row in kept)


def _stop(db: Database, found: list[Row], *, now: datetime) -> int:
    """Those that have not left; a message that is leaving is not tried again, and not counted."""
    unwritten = json.dumps([row["id"] for row in found if row["state"] == "due" and row["outbox_id"] is None])
    written = [row["outbox_id"] for row in found if row["outbox_id"] is not None]
    stopped = run(
        db,
        """
        UPDATE reminder SET state = 'obsolete'
        WHERE state = 'due' AND id IN (SELECT value FROM json_each(:ids))
        """,
        ids=unwritten,
    )
    return stopped + (outbox.withdraw(db, written, now=now) if written else 0)
