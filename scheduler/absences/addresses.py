"""The address of a person's own calendar of leave: given, read once more, forgotten, and never shown again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from scheduler import audit, clock, fields, people
from scheduler.audit import Actor
from scheduler.channels.line import wrong_with
from scheduler.config import Hosts
from scheduler.database import Database, Row, insert, one, rows, run, update, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem

TAKES = ("words", "all")
AGAIN_AFTER = timedelta(minutes=5)

COLUMNS = """
    leave_calendar.id, leave_calendar.person_id, person.name AS person, person.staff_no, person.unit_id,
    unit.name AS unit, leave_calendar.url, takes, given_by, given_at, next_at, tried_at, read_at, failures, problem,
    found, passed_over
"""


def give(db: Database, person_id: int, *, url: str, takes: str, allowed: Hosts, by: Actor, now: datetime) -> int:
    """Give the address that a person's leave is read from, instead of any before it; it is read within a minute.

    `takes` says which events are leave: those whose words say so, or all that keep their person busy. Invalid: no https
    address of a listed host. What came of another address stays, and is read no more.
    """
    url = url.strip()
    if url.lower().startswith("webcal://"):
        url = f"https://{url[len('webcal://') :]}"
    problems = fields.choice("takes", takes, TAKES)
    if wrong := wrong_with(url, allowed):
        code = "calendar_host_not_listed" if wrong == "host_not_listed" else wrong
        problems.append(Problem(code, "url", None, {"host": urlsplit(url).hostname if wrong != "bad_url" else ""}))
    if problems:
        raise Invalid.of(problems)
    with write(db):
        person = people.person(db, person_id)
        if before := one(db, "SELECT id, url FROM leave_calendar WHERE person_id = :id", id=person_id):
            _renew(db, before, url, takes, by=by, now=now)
            calendar_id = int(before["id"])
        else:
            at = clock.to_text(now)
            calendar_id = insert(
                db,
                "leave_calendar",
                person_id=person_id,
                url=url,
                takes=takes,
                given_by=by.name,
                given_at=at,
                next_at=at,
            )
        audit.record(
            db, "give_leave_calendar", "person", person_id, by=by, now=now, unit_id=person["unit_id"],
            host=urlsplit(url).hostname, takes=takes,
        )  # fmt: skip
    return calendar_id


def again(db: Database, calendar_id: int, *, by: Actor, now: datetime) -> None:
    """Read it once more as soon as can be. Conflict: it was tried a moment ago."""
    with write(db):
        found = _held(db, calendar_id)
        if found["tried_at"] and clock.from_text(found["tried_at"]) > now - AGAIN_AFTER:
            raise Conflict("calendar_read_just_now", minutes=int(AGAIN_AFTER.total_seconds()) // 60)
        update(db, "leave_calendar", calendar_id, next_at=clock.to_text(now), etag="", changed_at="")
        _record(db, "read_leave_calendar", found, by=by, now=now)


def forget(db: Database, calendar_id: int, *, by: Actor, now: datetime) -> int:
    """Forget the address. The leave that came of it stays, for its person to take back; gives whose it was."""
    with write(db):
        found = _held(db, calendar_id)
        run(db, "DELETE FROM leave_calendar WHERE id = :id", id=calendar_id)
        _record(db, "forget_leave_calendar", found, by=by, now=now)
    return int(found["person_id"])


def of_person(db: Database, person_id: int) -> Row | None:
    """A person's calendar as it may be shown, without its address: as in `known`; None where there is none."""
    found = one(db, f"{_FROM} WHERE leave_calendar.person_id = :person_id", person_id=person_id)
    return _shown(found) if found else None


def known(db: Database, below: Iterable[int]) -> list[Row]:
    """The calendars of people in these units and below, those with a problem first.

    id, person_id, person, staff_no, unit, host, takes, given_by, given_at, next_at, tried_at, read_at, failures,
    problem (a Problem or None), found and passed_over: events that were leave, and how many of them met other leave.
    """
    found = rows(
        db,
        f"""
        {_FROM}
        WHERE person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:below))
        )
        ORDER BY leave_calendar.problem = '', person.name, person.id
        """,
        below=json.dumps(sorted(below)),
    )
    return [_shown(row) for row in found]


_FROM = f"""
    SELECT {COLUMNS}
    FROM leave_calendar
    JOIN person ON person.id = leave_calendar.person_id
    JOIN unit ON unit.id = person.unit_id
"""


def _renew(db: Database, before: Row, url: str, takes: str, *, by: Actor, now: datetime) -> None:
    """Another address knows nothing of what was read at the one before."""
    at = clock.to_text(now)
    if before["url"] != url:
        run(db, "DELETE FROM leave_calendar_event WHERE calendar_id = :id", id=before["id"])
    run(
        db,
        """
        UPDATE leave_calendar
        SET url = :url, takes = :takes, given_by = :who, given_at = :at, next_at = :at, etag = '', changed_at = '',
            ahead = '', tried_at = NULL, read_at = NULL, failures = 0, failing_since = NULL, problem = '', found = 0,
            passed_over = 0, version = version + 1
        WHERE id = :id
        """,
        id=before["id"],
        url=url,
        takes=takes,
        who=by.name,
        at=at,
    )


def _held(db: Database, calendar_id: int) -> Row:
    found = one(db, f"{_FROM} WHERE leave_calendar.id = :id", id=calendar_id)
    if found is None:
        raise NotFound("not_found")
    return found


def _shown(found: Row) -> Row:
    shown = {name: value for name, value in found.items() if name != "url"}
    told = json.loads(found["problem"] or "null")
    return shown | {
        "host": urlsplit(found["url"]).hostname or "",
        "problem": Problem(told["code"], facts=told["facts"]) if told else None,
    }


def _record(db: Database, act: str, found: Row, *, by: Actor, now: datetime) -> None:
    host = urlsplit(found["url"]).hostname
    audit.record(db, act, "person", found["person_id"], by=by, now=now, unit_id=found["unit_id"], host=host)
