"""Month close: what a unit reports stays as it was reported; later corrections show as such."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from scheduler import audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.ledger.chain import head
from scheduler.ledger.closed import closed, refuse_closed
from scheduler.ledger.seconds import refuse_alone
from scheduler.ledger.writing import refuse_bad_reason

MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")


def close_month(db: Database, unit_id: int, month: str, *, unconfirmed_seen: int = 0, by: Actor, now: datetime) -> int:
    """Close a month (`2026-03`) for a unit and all below it; gives the close's id.

    `unconfirmed_seen` is how many shifts of the month the coordinator saw to be unconfirmed, and closes over all
    the same: Conflict where there are others by now. They count as corrections once they are confirmed. Refused
    before the month is over and its last shift too, and where it is closed already, here or above.
    """
    first, last = days_of(month)
    with write(db):
        if last >= clock.today(now, db.zone):
            raise Conflict("month_not_over", month=month)
        if (held := closed(db, unit_id, month)) is not None:
            raise refuse_closed(db, held, "month_is_closed_already")
        waiting = len(unconfirmed(db, unit_id, month))
        if waiting != unconfirmed_seen:
            raise Conflict("month_unconfirmed", n=waiting)
        counted = _counted(db, unit_id, first, last)
        close_id = insert(
            db, "month_close", unit_id=unit_id, month=month, closed_at=clock.to_text(now), closed_by=by.name,
            unconfirmed=waiting, **counted,
            last_entry=value(db, "SELECT COALESCE(MAX(id), 0) FROM ledger"), head=head(db),
        )  # fmt: skip
        facts = {"month": month, "unconfirmed": waiting, "trips": counted["trips"]}
        audit.record(db, "close_month", "unit", unit_id, by=by, now=now, unit_id=unit_id, **facts)
    return close_id


def reopen_month(db: Database, close_id: int, *, reason: str, asked_by: str = "", by: Actor, now: datetime) -> None:
    """Open a closed month again, saying why. That only an administrator may is the door's to see to.

    Conflict where a second person has to agree first, and none has (see `approvals`); `asked_by` is who asked then.
    """
    refuse_bad_reason(reason)
    with write(db):
        held = closing(db, close_id)
        if held["reopened_at"]:
            when = f"{clock.local(held['reopened_at'], db.zone):%Y-%m-%d %H:%M}"
            raise Conflict("month_is_reopened", who=held["reopened_by"], when=when)
        refuse_alone(db, "reopen_month", close_id, held["unit_id"])
        at = clock.to_text(now)
        update(db, "month_close", close_id, reopened_at=at, reopened_by=by.name, reason=reason.strip())
        facts = {"month": held["month"], "reason": reason.strip()} | ({"asked_by": asked_by} if asked_by else {})
        audit.record(db, "reopen_month", "unit", held["unit_id"], by=by, now=now, unit_id=held["unit_id"], **facts)


def closing(db: Database, close_id: int) -> Row:
    """One close: id, unit_id, unit, month, closed_at, closed_by, unconfirmed, trips, people (both as they were
    then), last_entry, head, reopened_at, reopened_by, reason."""
    found = one(db, f"{_CLOSE} WHERE month_close.id = :close_id", close_id=close_id)
    if found is None:
        raise NotFound("not_found")
    return found


def closes(db: Database, unit_ids: Iterable[int], *, limit: int = 200) -> list[Row]:
    """The closes of these units, those above and those below, the newest month first; as `closing`."""
    return rows(
        db,
        f"""
        {_CLOSE}
        WHERE month_close.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:unit_ids))
            UNION
            SELECT above_id FROM unit_above WHERE unit_id IN (SELECT value FROM json_each(:unit_ids))
        )
        ORDER BY month_close.month DESC, month_close.id DESC
        LIMIT :limit
        """,
        unit_ids=json.dumps(sorted(unit_ids)),
        limit=limit,
    )


def months(db: Database, unit_id: int, *, now: datetime, count: int = 13) -> list[Row]:
    """The months that are over, the newest first, as they stand for the unit: month, first, last, unconfirmed, close.

    `close` is that which holds, its own or one above, as `closing`, or None; `unconfirmed` how many shifts.
    """
    day = clock.today(now, db.zone).replace(day=1)
    found = []
    for _ in range(count):
        last = day - timedelta(days=1)
        day = last.replace(day=1)
        month = f"{day:%Y-%m}"
        close_id = closed(db, unit_id, month)
        found.append(
            {
                "month": month,
                "first": day,
                "last": last,
                "unconfirmed": len(unconfirmed(db, unit_id, month)),
                "close": closing(db, close_id) if close_id else None,
            }
        )
    return found


def reported(db: Database, close_id: int) -> list[Row]:
    """The corrections that belong into the report of this close: to months closed before, since the unit's last one.

    As `afterwards`.
    """
    held = closing(db, close_id)
    before = value(
        db,
        "SELECT COALESCE(MAX(last_entry), 0) FROM month_close WHERE unit_id = :unit_id AND id < :close_id",
        unit_id=held["unit_id"],
        close_id=close_id,
    )
    return afterwards(db, held["unit_id"], since=before, until=held["last_entry"])


def unconfirmed(db: Database, unit_id: int, month: str) -> list[Row]:
    """Published shifts of the month that nobody confirmed yet, of the unit and below, or with its people in them.

    id, day, starts_at, ends_at, place, activity_zh, activity_en, unit, seated.
    """
    first, last = days_of(month)
    return rows(
        db,
        """
        SELECT shift.id, shift.day, shift.starts_at, shift.ends_at, place.name AS place,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en, unit.name AS unit,
               COUNT(standing.id) AS seated
        FROM shift
        JOIN roster ON roster.id = shift.roster_id AND roster.state <> 'draft'
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        JOIN unit ON unit.id = shift.unit_id
        LEFT JOIN standing ON standing.shift_id = shift.id
        LEFT JOIN person ON person.id = standing.person_id
        WHERE shift.state = 'planned' AND shift.day BETWEEN :first AND :last
        GROUP BY shift.id
        HAVING shift.unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :unit_id)
            OR MAX(person.unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :unit_id))
        ORDER BY shift.starts_at, shift.id
        """,
        first=first.isoformat(),
        last=last.isoformat(),
        unit_id=unit_id,
    )


def afterwards(db: Database, unit_id: int, *, since: int = 0, until: int | None = None) -> list[Row]:
    """Entries of the unit and below that came into a month after it was closed, behind entry `since`, in order.

    id, day, person, staff_no, unit, place, activity_zh, activity_en, trips, source, reverses, reason, actor, at,
    month, closed_at.
    """
    return rows(
        db,
        """
        SELECT ledger.id, ledger.day, ledger.person, ledger.staff_no, ledger.unit, ledger.place,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en, ledger.trips, ledger.source,
               ledger.reverses, ledger.reason, ledger.actor, ledger.at, month_close.month, month_close.closed_at
        FROM ledger
        JOIN month_close ON month_close.id = ledger.close_id
        JOIN activity ON activity.code = ledger.activity
        WHERE ledger.close_id IS NOT NULL AND ledger.id > :since AND ledger.id <= COALESCE(:until, ledger.id)
          AND ledger.unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :unit_id)
        ORDER BY ledger.id
        """,
        unit_id=unit_id,
        since=since,
        until=until,
    )


def days_of(month: str) -> tuple[date, date]:
    """The first and the last day of `2026-03`; anything else is refused."""
    if not MONTH.fullmatch(month):
        raise Invalid("bad_choice", field="month", text=month[:20])
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def _counted(db: Database, unit_id: int, first: date, last: date) -> Row:
    """The month's person-trips and distinct people by now: what is reported."""
    found = one(
        db,
        """
        SELECT COALESCE(SUM(trips), 0) AS trips, COUNT(*) AS people
        FROM (
            SELECT person_id, SUM(trips) AS trips
            FROM ledger
            WHERE day BETWEEN :first AND :last
              AND unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :unit_id)
            GROUP BY person_id
            HAVING SUM(trips) > 0
        )
        """,
        unit_id=unit_id,
        first=first.isoformat(),
        last=last.isoformat(),
    )
    return found or {"trips": 0, "people": 0}


_CLOSE = """
    SELECT month_close.id, month_close.unit_id, unit.name AS unit, month_close.month, month_close.closed_at,
           month_close.closed_by, month_close.unconfirmed, month_close.trips, month_close.people,
           month_close.last_entry, month_close.head, month_close.reopened_at, month_close.reopened_by,
           month_close.reason
    FROM month_close
    JOIN unit ON unit.id = month_close.unit_id
"""
