"""Every calendar that is due: fetched and read a few at a time, each then taken whole in one transaction, or not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from scheduler import clock, messages, wording
from scheduler.absences.fetching import Read, fetched, told
from scheduler.absences.taking import take
from scheduler.config import Hosts
from scheduler.database import Database, Row, one, rows, update, write
from scheduler.errors import Invalid

EVERY = timedelta(hours=6)
FIRST_AGAIN, LAST_AGAIN = timedelta(hours=1), timedelta(hours=24)
TELL_AFTER = 2  # failures in a row: the first may be over before anybody reads of it
AT_ONCE = 4
IN_A_TURN = 20
AHEAD = timedelta(weeks=26)  # counted from a Monday: what is looked at grows once a week
LASTS = timedelta(days=3)


def read_due(
    db: Database,
    allowed: Hosts,
    *,
    base_url: str,
    now: datetime,
    is_to_go_on: Callable[[Database], bool] = lambda db: True,
) -> int:
    """Read the calendars that are due, those that waited longest first; gives how many were read."""
    due = _due(db, now)
    if not due:
        return 0
    until = clock.midnight(clock.monday(clock.today(now, db.zone)), db.zone) + AHEAD
    with ThreadPoolExecutor(min(len(due), AT_ONCE)) as pool:
        outcomes = pool.map(lambda calendar: _outcome(calendar, allowed, db, now, until), due)
        return sum(
            _noted(db, calendar, outcome, until, base_url=base_url, now=now)
            for calendar, outcome in zip(due, outcomes, strict=True)
            if is_to_go_on(db)
        )


def _due(db: Database, now: datetime) -> list[Row]:
    return rows(
        db,
        """
        SELECT leave_calendar.id, person_id, person.name AS person, lang, url, takes, etag, changed_at, ahead,
               passed_over, failures, failing_since, leave_calendar.version
        FROM leave_calendar
        JOIN person ON person.id = leave_calendar.person_id
        WHERE next_at <= :now AND (person.left_on IS NULL OR person.left_on >= :day)
        ORDER BY next_at, leave_calendar.id
        LIMIT :most
        """,
        now=clock.to_text(now),
        day=clock.today(now, db.zone).isoformat(),
        most=IN_A_TURN,
    )


def _outcome(calendar: Row, allowed: Hosts, db: Database, now: datetime, until: datetime) -> Read | Invalid:
    """Without the database: it belongs to the thread that asked. Unchanged is of use only where all was taken."""
    is_whole = calendar["ahead"] == clock.to_text(until) and not calendar["passed_over"]
    asked = calendar if is_whole else calendar | {"etag": "", "changed_at": ""}
    try:
        return fetched(asked, allowed, db.zone, since=now, until=until)
    except Invalid as refusal:
        return refusal


def _noted(
    db: Database, calendar: Row, outcome: Read | Invalid, until: datetime, *, base_url: str, now: datetime
) -> bool:
    """Take what was read and note how it went; not where another address was given meanwhile."""
    with write(db):
        held = one(db, "SELECT version FROM leave_calendar WHERE id = :id", id=calendar["id"])
        if held != {"version": calendar["version"]}:
            return False
        if isinstance(outcome, Invalid):
            _note_failure(db, calendar, outcome, base_url=base_url, now=now)
            return False
        noted: Row = {"tried_at": clock.to_text(now), "read_at": clock.to_text(now), "problem": ""}
        noted |= {"next_at": clock.to_text(now + EVERY), "failures": 0, "failing_since": None}
        if outcome.events is not None:
            passed_over = take(db, calendar, outcome.events, base_url=base_url, now=now)
            noted |= {"found": len(outcome.events), "passed_over": passed_over, "ahead": clock.to_text(until)}
            noted |= {"etag": outcome.etag, "changed_at": outcome.changed_at}
        update(db, "leave_calendar", calendar["id"], **noted)
    return True


def _note_failure(db: Database, calendar: Row, refusal: Invalid, *, base_url: str, now: datetime) -> None:
    failures = calendar["failures"] + 1
    since = calendar["failing_since"] or clock.to_text(now)
    after = min(LAST_AGAIN, FIRST_AGAIN * 2 ** min(failures - 1, 10))
    update(
        db, "leave_calendar", calendar["id"], tried_at=clock.to_text(now), next_at=clock.to_text(now + after),
        failures=failures, failing_since=since, problem=told(refusal),
    )  # fmt: skip
    if failures == TELL_AFTER:
        messages.queue(
            db,
            "leave_calendar",
            calendar,
            lambda lang: {
                "problem": wording.sentence(refusal.problems[0], lang),
                "link": f"{base_url.rstrip('/')}/me/leave",
            },
            key=f"leave_calendar:{calendar['id']}:{since}",
            base_url=base_url,
            expires_at=now + LASTS,
            now=now,
        )
