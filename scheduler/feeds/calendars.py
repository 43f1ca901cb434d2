"""Rendering calendars: an event when it changed, a calendar when one of its events did."""

from __future__ import annotations

import gzip
import hashlib
from datetime import datetime, timedelta

from scheduler import clock
from scheduler.database import Database, Row, insert, one, rows, run, write
from scheduler.feeds import render
from scheduler.feeds.events import entries
from scheduler.feeds.render import Entry, Stamps
from scheduler.feeds.scopes import title
from scheduler.feeds.window import Held, Window, at_most, window

SECOND = timedelta(seconds=1)
UID_DOMAIN = "lunzhi"  # not where people reach us: that may change, and a UID must not (RFC 5545, 3.8.4.7)


def refresh(db: Database, *, base_url: str, now: datetime) -> int:
    """Render every subscribed calendar that is stale, or shows another week than this, or speaks another language
    than its person does by now; gives how many changed.
    """
    stale = rows(
        db,
        """
        SELECT calendar.id
        FROM calendar
        LEFT JOIN person ON person.id = calendar.person_id
        WHERE (calendar.stale > 0 OR calendar.week NOT IN (SELECT value FROM json_each(:marks))
               OR calendar.lang <> person.lang)
          AND EXISTS (SELECT 1 FROM feed WHERE calendar_id = calendar.id AND revoked_at IS NULL)
        ORDER BY calendar.id
        """,
        marks=window(now, db.zone).marks(),
    )
    return sum(rerender(db, row["id"], base_url=base_url, now=now) for row in stale)


def rerender(db: Database, calendar_id: int, *, base_url: str, now: datetime) -> bool:
    """Render one calendar, with no lock held; whether its bytes changed.

    What did not change keeps its stamps and its bytes. A change made while it was being rendered
    leaves it stale; where somebody else rendered it meanwhile, theirs stands and it stays stale.
    """
    calendar = one(db, CALENDAR, id=calendar_id, domain=UID_DOMAIN)
    assert calendar is not None  # noqa: S101 - calendars are never removed
    shown = window(now, db.zone)
    known = {row["uid"]: row for row in rows(db, EVENTS, calendar=calendar_id)}
    held = at_most(entries(db, calendar, known.values(), shown, base_url), shown, db.zone)
    changed = [row for entry in held.entries if (row := restamped(db, entry, known.get(entry.uid), now))]
    bodies = _bodies(db, calendar_id, shown) | {row["uid"]: row["body"] for row in changed}
    body = b"".join((head_of(db, calendar), *(bodies[entry.uid] for entry in held.entries), render.TAIL))
    with write(db):
        return _store(db, calendar, body, changed, held, now)


CALENDAR = """
SELECT calendar.id, calendar.scope, calendar.person_id, calendar.place_id, calendar.unit_id, calendar.alarms,
       COALESCE(person.lang, calendar.lang) AS lang,
       calendar.stale, calendar.version, calendar.etag, calendar.modified_at,
       COALESCE(person.name, place.name, unit.name) AS name, :domain AS domain
FROM calendar
LEFT JOIN person ON person.id = calendar.person_id
LEFT JOIN place ON place.id = calendar.place_id
LEFT JOIN unit ON unit.id = calendar.unit_id
WHERE calendar.id = :id
"""

EVENTS = """
SELECT uid, content_hash, visible_hash, sequence, created_at, modified_at, starts_at, ends_at, cancelled_at
FROM feed_event
WHERE calendar_id = :calendar
"""


def head_of(db: Database, calendar: Row) -> bytes:
    """What stands before the calendar's first event."""
    name = title(calendar["scope"], calendar["name"], calendar["lang"])
    return render.head(name, calendar["lang"], db.zone.key)


def _bodies(db: Database, calendar_id: int, shown: Window) -> dict[str, bytes]:
    kept = rows(
        db,
        "SELECT uid, body FROM feed_event WHERE calendar_id = :id AND ends_at > :first",
        id=calendar_id,
        first=clock.to_text(shown.first),
    )
    return {row["uid"]: row["body"] for row in kept}


def restamped(db: Database, entry: Entry, known: Row | None, now: datetime) -> Row | None:
    """The event's new row, or None where nothing changed that a client would read."""
    content = entry.content_hash(db.zone)
    if known is not None and known["content_hash"] == content:
        return None
    visible = entry.visible_hash(db.zone)
    stamps = _stamps(known, visible, now)
    cancelled_at = (known or {}).get("cancelled_at") or clock.to_text(now)
    return {
        "uid": entry.uid,
        "shift_id": entry.shift_id,
        "content_hash": content,
        "visible_hash": visible,
        "sequence": stamps.sequence,
        "created_at": clock.to_text(stamps.created),
        "modified_at": clock.to_text(stamps.modified),
        "starts_at": clock.to_text(entry.starts),
        "ends_at": clock.to_text(entry.ends),
        "cancelled_at": cancelled_at if entry.cancelled else None,
        "body": render.event(entry, stamps, db.zone),
    }


def _stamps(known: Row | None, visible: str, now: datetime) -> Stamps:
    if known is None:
        return Stamps(0, now, now)
    # some clients take an event anew only when LAST-MODIFIED grew, others only when SEQUENCE did
    return Stamps(
        known["sequence"] + (known["visible_hash"] != visible),
        clock.from_text(known["created_at"]),
        max(now, clock.from_text(known["modified_at"]) + SECOND),
    )


def _store(db: Database, calendar: Row, body: bytes, changed: list[Row], held: Held, now: datetime) -> bool:
    mine = run(
        db,
        """
        UPDATE calendar
        SET version = version + 1, week = :week, shows_to = :shows_to, lang = :lang, stale = stale - :stale
        WHERE id = :id AND version = :version
        """,
        week=held.mark,
        shows_to=held.shows_to and held.shows_to.isoformat(),
        lang=calendar["lang"],
        stale=calendar["stale"],
        id=calendar["id"],
        version=calendar["version"],
    )
    etag = hashlib.sha256(body).hexdigest()
    if not mine:
        return False
    keep(db, calendar["id"], changed)
    if etag == calendar["etag"]:
        return False
    _store_bytes(db, calendar, body, etag, now)
    return True


def keep(db: Database, calendar_id: int, changed: list[Row]) -> None:
    """Keep events as they were written last."""
    for row in changed:
        run(db, "DELETE FROM feed_event WHERE calendar_id = :id AND uid = :uid", id=calendar_id, uid=row["uid"])
        insert(db, "feed_event", calendar_id=calendar_id, **row)


def _store_bytes(db: Database, calendar: Row, body: bytes, etag: str, now: datetime) -> None:
    last = calendar["modified_at"]
    run(
        db,
        "UPDATE calendar SET body = :body, gzipped = :gzipped, etag = :etag, modified_at = :modified_at WHERE id = :id",
        body=body,
        gzipped=gzip.compress(body, mtime=0),
        etag=etag,
        modified_at=clock.to_text(max(now, clock.from_text(last) + SECOND) if last else now),
        id=calendar["id"],
    )
