"""Secret addresses of calendars: made, shown once, named, renewed, revoked by who made them."""

from __future__ import annotations

import secrets
from datetime import datetime

from scheduler import accounts, audit, clock, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, update, value, write
from scheduler.errors import Invalid, NotFound
from scheduler.feeds.calendars import rerender
from scheduler.feeds.scopes import Shown
from scheduler.feeds.serving import client, hashed
from scheduler.feeds.window import window

NAME_MOST = 40


def subscribe(
    db: Database, *, owner_id: int, of: Shown, lang: str, base_url: str, name: str = "", by: Actor, now: datetime
) -> str:
    """A new secret address's token for a calendar; only its hash is kept.

    A person's calendar speaks the person's language, whatever `lang` says. The owner's earlier address of
    the same calendar is revoked; its name stays where no other is given. The calendar is rendered at once,
    so that the address answers before the background process comes round.
    """
    _check(name)
    token = secrets.token_urlsafe(24)
    with write(db):
        calendar_id = _calendar(db, of, lang)
        earlier = _owned(db, owner_id, of) or {"name": ""}
        _revoke(db, owner_id, of, now)
        feed_id = insert(
            db,
            "feed",
            token_hash=hashed(token),
            calendar_id=calendar_id,
            owner_id=owner_id,
            name=name.strip() or earlier["name"],
            made_at=clock.to_text(now),
        )
        _record(db, "subscribe", feed_id, owner_id, by, now)
    rerender(db, calendar_id, base_url=base_url, now=now)
    return token


def revoke(db: Database, *, owner_id: int, of: Shown, by: Actor, now: datetime) -> None:
    """Revoke the owner's address of a calendar: it answers 404 from now on. NotFound if none."""
    with write(db):
        found = _held(db, owner_id, of)
        _revoke(db, owner_id, of, now)
        _record(db, "revoke", found["feed_id"], owner_id, by, now)


def rename(db: Database, *, owner_id: int, of: Shown, name: str, by: Actor, now: datetime) -> None:
    """Call the owner's address something else, so that they know which is which. Invalid, NotFound if none."""
    _check(name)
    with write(db):
        found = _held(db, owner_id, of)
        update(db, "feed", found["feed_id"], name=name.strip())
        changed = audit.differences({"name": found["name"]}, {"name": name.strip()})
        _record(db, "rename", found["feed_id"], owner_id, by, now, changed=changed)


def set_alarms(db: Database, *, person_id: int, alarms: str, by: Actor, now: datetime) -> None:
    """Choose what a person's calendar reminds of by itself: none, hour, day or both."""
    with write(db):
        held = one(db, "SELECT id, alarms FROM calendar WHERE person_id = :id", id=person_id)
        if held is None:
            raise NotFound("not_found")
        run(
            db,
            "UPDATE calendar SET alarms = :alarms, stale = stale + 1 WHERE id = :id",
            alarms=alarms,
            id=held["id"],
        )
        unit_id = value(db, "SELECT unit_id FROM person WHERE id = :id", id=person_id)
        changed = audit.differences({"alarms": held["alarms"]}, {"alarms": alarms})
        audit.record(db, "set_alarms", "calendar", held["id"], by=by, now=now, unit_id=unit_id, changed=changed)


def once(db: Database, *, of: Shown, lang: str, base_url: str, now: datetime) -> bytes:
    """A calendar as it is now, to be taken along once: under the same UIDs as at an address, and made as rarely."""
    with write(db):
        calendar_id = _calendar(db, of, lang)
    held = one(
        db,
        """
        SELECT calendar.body
        FROM calendar
        LEFT JOIN person ON person.id = calendar.person_id
        WHERE calendar.id = :id AND stale = 0 AND week IN (SELECT value FROM json_each(:marks))
          AND calendar.lang = COALESCE(person.lang, calendar.lang)
        """,
        id=calendar_id,
        marks=window(now, db.zone).marks(),
    )
    if held is None:
        rerender(db, calendar_id, base_url=base_url, now=now)
        held = one(db, "SELECT body FROM calendar WHERE id = :id", id=calendar_id)
    return bytes((held or {})["body"])


def subscription(db: Database, *, owner_id: int, of: Shown) -> Row | None:
    """The owner's address of a calendar, or None.

    It has feed_id, name, made_at, fetched_at, client (a word), lang, alarms, and shows_to: the last day shown
    where the calendar would hold more than clients take, else None.
    """
    found = _owned(db, owner_id, of)
    return found and {**found, "client": client(found["client"])}


def subscriptions(db: Database, owner_id: int, *, now: datetime) -> list[Row]:
    """The owner's addresses of places' and units' calendars that they may still see, oldest first.

    Each with scope, subject_id, of (the place's or the unit's name), name, made_at, fetched_at and client (a word).
    """
    found = rows(
        db,
        """
        SELECT calendar.scope, COALESCE(place.id, unit.id) AS subject_id, COALESCE(place.name, unit.name) AS of,
               COALESCE(place.unit_id, unit.id) AS over_unit_id,
               feed.name, feed.made_at, feed.fetched_at, feed.client
        FROM feed
        JOIN calendar ON calendar.id = feed.calendar_id
        LEFT JOIN place ON place.id = calendar.place_id
        LEFT JOIN unit ON unit.id = calendar.unit_id
        WHERE feed.owner_id = :owner_id AND feed.revoked_at IS NULL AND calendar.scope <> 'person'
        ORDER BY feed.made_at, feed.id
        """,
        owner_id=owner_id,
    )
    may = {unit: accounts.may(db, Actor(owner_id, ""), "coordinator", unit, now=now) for unit in _units(found)}
    return [row | {"client": client(row["client"])} for row in found if may[row["over_unit_id"]]]


def dump(db: Database) -> list[Row]:
    """Every address in use, oldest first, without itself.

    Each with feed, scope, of, name, owner, staff_no, made_at and fetched_at.
    """
    return rows(
        db,
        """
        SELECT feed.id AS feed, calendar.scope, COALESCE(person.name, place.name, unit.name) AS of, feed.name,
               owner.name AS owner, owner.staff_no, feed.made_at, feed.fetched_at
        FROM feed
        JOIN calendar ON calendar.id = feed.calendar_id
        JOIN person AS owner ON owner.id = feed.owner_id
        LEFT JOIN person ON person.id = calendar.person_id
        LEFT JOIN place ON place.id = calendar.place_id
        LEFT JOIN unit ON unit.id = calendar.unit_id
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
            run(db, "UPDATE feed SET token_hash = :hash WHERE id = :id", hash=hashed(token), id=row["feed"])
            audit.record(db, "renew", "feed", row["feed"], by=by, now=now)
            row["address"] = address(base_url, token)
    return found


def address(base_url: str, token: str) -> str:
    """Where a calendar is fetched."""
    return f"{base_url.rstrip('/')}/calendar/{token}/duty.ics"


def _check(name: str) -> None:
    if problems := fields.text("name", name, most=NAME_MOST):
        raise Invalid.of(problems)


def _units(found: list[Row]) -> set[int]:
    return {row["over_unit_id"] for row in found}


def _record(db: Database, act: str, feed_id: int, owner_id: int, by: Actor, now: datetime, **facts: object) -> None:
    unit_id = value(db, "SELECT unit_id FROM person WHERE id = :id", id=owner_id)
    audit.record(db, act, "feed", feed_id, by=by, now=now, unit_id=unit_id, **facts)


def _calendar(db: Database, of: Shown, lang: str) -> int:
    found = value(
        db,
        """
        SELECT id FROM calendar
        WHERE scope = :scope AND (
            person_id = :person_id OR (place_id = :place_id OR unit_id = :unit_id) AND lang = :lang
        )
        """,
        scope=of.scope,
        lang=lang,
        **of.columns(),
    )
    return int(found or insert(db, "calendar", scope=of.scope, lang=lang, **of.columns()))


def _held(db: Database, owner_id: int, of: Shown) -> Row:
    found = _owned(db, owner_id, of)
    if found is None:
        raise NotFound("not_found")
    return found


def _owned(db: Database, owner_id: int, of: Shown) -> Row | None:
    return one(
        db,
        """
        SELECT feed.id AS feed_id, feed.name, feed.made_at, feed.fetched_at, feed.client,
               calendar.id AS calendar_id, calendar.lang, calendar.alarms, calendar.shows_to
        FROM feed
        JOIN calendar ON calendar.id = feed.calendar_id
        WHERE feed.owner_id = :owner_id AND feed.revoked_at IS NULL AND calendar.scope = :scope
          AND (calendar.person_id = :person_id OR calendar.place_id = :place_id OR calendar.unit_id = :unit_id)
        ORDER BY feed.id DESC
        """,
        owner_id=owner_id,
        scope=of.scope,
        **of.columns(),
    )


def _revoke(db: Database, owner_id: int, of: Shown, now: datetime) -> None:
    run(
        db,
        """
        UPDATE feed SET revoked_at = :now
        WHERE owner_id = :owner_id AND revoked_at IS NULL AND calendar_id IN (
            SELECT id FROM calendar
            WHERE scope = :scope AND (person_id = :person_id OR place_id = :place_id OR unit_id = :unit_id)
        )
        """,
        owner_id=owner_id,
        scope=of.scope,
        now=clock.to_text(now),
        **of.columns(),
    )
