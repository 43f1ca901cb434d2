"""Calendars at their secret addresses: the stored bytes, for as long as the owner may see them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduler import accounts, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, run, value, write
from scheduler.errors import Unavailable
from scheduler.feeds import render
from scheduler.feeds.scopes import title
from scheduler.wording.plain import one_line

NOTED_EVERY = timedelta(minutes=1)
CLEARED_FOR = timedelta(days=30)  # so long a leaver's phone is given an empty calendar, which clears it
CLIENTS = (
    ("dataaccessd", "iphone"),
    ("ios/", "iphone"),
    ("macos/", "mac"),
    ("calendaragent", "mac"),
    ("google", "google"),
    ("thunderbird", "thunderbird"),
    ("icsx5", "icsx5"),
    ("outlook", "outlook"),
    ("exchange", "outlook"),
    ("microsoft", "outlook"),
    ("evolution", "gnome"),
    ("nextcloud", "nextcloud"),
    ("mozilla", "browser"),
)


@dataclass(frozen=True, slots=True)
class Served:
    """A calendar as it is served. `body` is None while it has not been rendered, and where the client has it already
    (`is_known`); `ended` once it is gone for good.
    """

    feed_id: int
    body: bytes | None
    is_gzipped: bool
    etag: str
    modified_at: datetime
    is_to_note: bool
    is_known: bool = False
    ended: bool = False


def fetch(db: Database, token: str, *, gzipped: bool, known: Iterable[str] = (), now: datetime) -> Served | None:
    """The calendar at a secret address; None for one that is unknown, revoked, or not the owner's to see any more.

    `known` are the ETags that the client holds: where one of them is the calendar's, its bytes are not even read.
    Who has left is given an empty calendar for a month: that clears the phone, a refusal would not.
    """
    tags = "".join(f'"{tag}"' for tag in known)
    found = one(db, FETCH, token_hash=hashed(token), gzipped=int(gzipped), known=tags)
    if found is None:
        return None
    today = clock.today(now, db.zone)
    if found["left_on"] is not None and found["left_on"] < today.isoformat():
        return _cleared(db, found, date.fromisoformat(found["left_on"]), today)
    if not _may_still(db, found, now):
        return None
    return Served(
        found["feed_id"],
        found["body"],
        gzipped,
        found["etag"] or "",
        clock.from_text(found["modified_at"]) if found["modified_at"] else now,
        _is_to_note(found, now),
        is_known=bool(found["is_known"]),
    )


FETCH = """
SELECT feed.id AS feed_id, feed.owner_id, feed.fetched_at,
       calendar.scope, calendar.lang, calendar.etag, calendar.modified_at,
       instr(:known, '"' || calendar.etag || '"') AS is_known,
       CASE WHEN instr(:known, '"' || calendar.etag || '"') THEN NULL
            WHEN :gzipped THEN calendar.gzipped ELSE calendar.body END AS body,
       COALESCE(place.name, unit.name, owner.name) AS name, owner.left_on,
       COALESCE(place.unit_id, calendar.unit_id) AS over_unit_id
FROM feed
JOIN calendar ON calendar.id = feed.calendar_id
JOIN person AS owner ON owner.id = feed.owner_id
LEFT JOIN place ON place.id = calendar.place_id
LEFT JOIN unit ON unit.id = calendar.unit_id
WHERE feed.token_hash = :token_hash AND feed.revoked_at IS NULL
"""


def note_fetch(db: Database, feed_id: int, user_agent: str, *, now: datetime) -> bool:
    """Note that an address was fetched and by what; gives up at once where the database is busy or full."""
    waits = value(db, "PRAGMA busy_timeout")
    db.conn.execute("PRAGMA busy_timeout = 0")
    try:
        with write(db):
            run(
                db,
                "UPDATE feed SET fetched_at = :now, client = :client WHERE id = :id",
                now=clock.to_text(now),
                client=one_line(user_agent)[:120],
                id=feed_id,
            )
    except Unavailable:
        return False
    finally:
        db.conn.execute(f"PRAGMA busy_timeout = {int(waits)}")
    return True


def client(user_agent: str) -> str:
    """Which calendar program it is, as a word of `wording.states`: by the name that it gives itself."""
    named = user_agent.lower()
    return next((word for mark, word in CLIENTS if mark in named), "other") if named else ""


def hashed(token: str) -> str:
    """What is kept of a secret address, and looked up by: the time that takes tells nothing of the ones there are."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_to_note(found: Row, now: datetime) -> bool:
    """Once a minute at most: a client that hammers must not make us write."""
    noted = found["fetched_at"]
    return noted is None or not clock.to_text(now - NOTED_EVERY) < noted <= clock.to_text(now)


def _may_still(db: Database, found: Row, now: datetime) -> bool:
    if found["scope"] == "person":
        return True
    return accounts.may(db, Actor(found["owner_id"], ""), "coordinator", found["over_unit_id"], now=now)


def _cleared(db: Database, found: Row, left_on: date, today: date) -> Served:
    name = title(found["scope"], found["name"], found["lang"])
    body = render.head(name, found["lang"], db.zone.key) + render.TAIL
    return Served(
        found["feed_id"],
        body,
        False,
        hashlib.sha256(body).hexdigest(),
        clock.midnight(left_on + timedelta(days=1), db.zone),
        is_to_note=False,
        ended=today > left_on + CLEARED_FOR,
    )
