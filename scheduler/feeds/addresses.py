"""Secret addresses of calendars: made, shown once, fetched, revoked."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduler import accounts, audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, value, write
from scheduler.errors import NotFound, Unavailable
from scheduler.feeds import render
from scheduler.feeds.calendars import rerender
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
    """A calendar as it is served. `body` is None while it has not been rendered; `ended` once it is gone for good."""

    feed_id: int
    body: bytes | None
    is_gzipped: bool
    etag: str
    modified_at: datetime
    is_to_note: bool
    ended: bool = False


def subscribe(
    db: Database,
    *,
    owner_id: int,
    person_id: int | None = None,
    place_id: int | None = None,
    lang: str,
    base_url: str,
    by: Actor,
    now: datetime,
) -> str:
    """A new secret address's token for a person's or a place's calendar; only its hash is kept.

    A person's calendar speaks the person's language, whatever `lang` says. The owner's earlier address of
    the same calendar is revoked. The calendar is rendered at once,
    so that the address answers before the background process comes round.
    """
    token = secrets.token_urlsafe(24)
    with write(db):
        calendar_id = _calendar(db, person_id, place_id, lang)
        _revoke(db, owner_id, person_id, place_id, now)
        feed_id = insert(
            db,
            "feed",
            token_hash=_hash(token),
            calendar_id=calendar_id,
            owner_id=owner_id,
            made_at=clock.to_text(now),
        )
        unit_id = value(db, "SELECT unit_id FROM person WHERE id = :id", id=owner_id)
        audit.record(db, "subscribe", "feed", feed_id, by=by, now=now, unit_id=unit_id)
    rerender(db, calendar_id, base_url=base_url, now=now)
    return token


def revoke(
    db: Database,
    *,
    owner_id: int,
    person_id: int | None = None,
    place_id: int | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Revoke the owner's address of a person's or a place's calendar: it answers 404 from now on. NotFound if none."""
    with write(db):
        found = _owned(db, owner_id, person_id, place_id)
        if found is None:
            raise NotFound("not_found")
        _revoke(db, owner_id, person_id, place_id, now)
        unit_id = value(db, "SELECT unit_id FROM person WHERE id = :id", id=owner_id)
        audit.record(db, "revoke", "feed", found["feed_id"], by=by, now=now, unit_id=unit_id)


def set_alarms(db: Database, *, person_id: int, alarms: str, by: Actor, now: datetime) -> None:
    """Choose what a person's calendar reminds of by itself: none, hour, day or both."""
    with write(db):
        calendar_id = value(db, "SELECT id FROM calendar WHERE person_id = :id", id=person_id)
        if calendar_id is None:
            raise NotFound("not_found")
        run(
            db,
            "UPDATE calendar SET alarms = :alarms, stale = stale + 1 WHERE id = :id",
            alarms=alarms,
            id=calendar_id,
        )
        unit_id = value(db, "SELECT unit_id FROM person WHERE id = :id", id=person_id)
        audit.record(db, "set_alarms", "calendar", calendar_id, by=by, now=now, unit_id=unit_id, alarms=alarms)


def subscription(
    db: Database, *, owner_id: int, person_id: int | None = None, place_id: int | None = None
) -> Row | None:
    """The owner's address of a calendar, or None: feed_id, made_at, fetched_at, client (a word), lang, alarms."""
    found = _owned(db, owner_id, person_id, place_id)
    return found and {**found, "client": client(found["client"])}


def fetch(db: Database, token: str, *, gzipped: bool, now: datetime) -> Served | None:
    """The calendar at a secret address; None for one that is unknown, revoked, or not the owner's to see any more.

    Who has left is given an empty calendar for a month: that clears the phone, a refusal would not.
    """
    found = one(db, FETCH, token_hash=_hash(token), gzipped=int(gzipped))
    if found is None or not _may_still(db, found):
        return None
    today = clock.today(now, db.zone)
    if found["left_on"] is not None and found["left_on"] < today.isoformat():
        return _cleared(db, found, date.fromisoformat(found["left_on"]), today)
    return Served(
        found["feed_id"],
        found["body"],
        gzipped,
        found["etag"] or "",
        clock.from_text(found["modified_at"]) if found["modified_at"] else now,
        _is_to_note(found, now),
    )


FETCH = """
SELECT feed.id AS feed_id, feed.owner_id, feed.fetched_at,
       calendar.scope, calendar.lang, calendar.etag, calendar.modified_at,
       CASE WHEN :gzipped THEN calendar.gzipped ELSE calendar.body END AS body,
       COALESCE(place.name, owner.name) AS name, owner.left_on, place.unit_id AS place_unit_id
FROM feed
JOIN calendar ON calendar.id = feed.calendar_id
JOIN person AS owner ON owner.id = feed.owner_id
LEFT JOIN place ON place.id = calendar.place_id
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


def dump(db: Database) -> list[Row]:
    """Every address in use, oldest first, without itself: feed, scope, of, owner, staff_no, made_at, fetched_at."""
    return rows(
        db,
        """
        SELECT feed.id AS feed, calendar.scope, COALESCE(person.name, place.name) AS of, owner.name AS owner,
               owner.staff_no, feed.made_at, feed.fetched_at
        FROM feed
        JOIN calendar ON calendar.id = feed.calendar_id
        JOIN person AS owner ON owner.id = feed.owner_id
        LEFT JOIN person ON person.id = calendar.person_id
        LEFT JOIN place ON place.id = calendar.place_id
        WHERE feed.revoked_at IS NULL
        ORDER BY feed.id
        """,
    )


def dump_with_addresses(db: Database, *, base_url: str, by: Actor, now: datetime) -> list[Row]:
    """The same with a fresh `address` each: the addresses in use until now are void, since only hashes are kept."""
    with write(db):
        found = dump(db)
        for row in found:
            token = secrets.token_urlsafe(24)
            run(db, "UPDATE feed SET token_hash = :hash WHERE id = :id", hash=_hash(token), id=row["feed"])
            audit.record(db, "renew", "feed", row["feed"], by=by, now=now)
            row["address"] = address(base_url, token)
    return found


def address(base_url: str, token: str) -> str:
    """Where a calendar is fetched."""
    return f"{base_url.rstrip('/')}/calendar/{token}/duty.ics"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _calendar(db: Database, person_id: int | None, place_id: int | None, lang: str) -> int:
    found = value(
        db,
        "SELECT id FROM calendar WHERE person_id = :person_id OR (place_id = :place_id AND lang = :lang)",
        person_id=person_id,
        place_id=place_id,
        lang=lang,
    )
    scope = "place" if person_id is None else "person"
    return int(found or insert(db, "calendar", scope=scope, person_id=person_id, place_id=place_id, lang=lang))


def _owned(db: Database, owner_id: int, person_id: int | None, place_id: int | None) -> Row | None:
    return one(
        db,
        """
        SELECT feed.id AS feed_id, feed.made_at, feed.fetched_at, feed.client,
               calendar.id AS calendar_id, calendar.lang, calendar.alarms
        FROM feed
        JOIN calendar ON calendar.id = feed.calendar_id
        WHERE feed.owner_id = :owner_id AND feed.revoked_at IS NULL
          AND (calendar.person_id = :person_id OR calendar.place_id = :place_id)
        ORDER BY feed.id DESC
        """,
        owner_id=owner_id,
        person_id=person_id,
        place_id=place_id,
    )


def _revoke(db: Database, owner_id: int, person_id: int | None, place_id: int | None, now: datetime) -> None:
    run(
        db,
        """
        UPDATE feed SET revoked_at = :now
        WHERE owner_id = :owner_id AND revoked_at IS NULL
          AND calendar_id IN (SELECT id FROM calendar WHERE person_id = :person_id OR place_id = :place_id)
        """,
        owner_id=owner_id,
        person_id=person_id,
        place_id=place_id,
        now=clock.to_text(now),
    )


def _is_to_note(found: Row, now: datetime) -> bool:
    """Once a minute at most: a client that hammers must not make us write."""
    noted = found["fetched_at"]
    return noted is None or not clock.to_text(now - NOTED_EVERY) < noted <= clock.to_text(now)


def _may_still(db: Database, found: Row) -> bool:
    if found["scope"] == "person":
        return True
    return accounts.may(db, Actor(found["owner_id"], ""), "coordinator", found["place_unit_id"])


def _cleared(db: Database, found: Row, left_on: date, today: date) -> Served:
    body = render.head(f"值班 · {found['name']}", found["lang"], db.zone.key) + render.TAIL
    return Served(
        found["feed_id"],
        body,
        False,
        hashlib.sha256(body).hexdigest(),
        clock.midnight(left_on + timedelta(days=1), db.zone),
        is_to_note=False,
        ended=today > left_on + CLEARED_FOR,
    )
