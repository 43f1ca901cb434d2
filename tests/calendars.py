"""What tests of calendars share: an address, a turn of rendering, the events that somebody reads there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from scheduler import accounts, feeds
from scheduler.audit import SYSTEM
from scheduler.database import Database, rows
from tests.builders import Town

BASE = "https://duty.example"
MONDAY = date(2026, 3, 2)
MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(weeks=1)


def subscribed(db: Database, person_id: int, now: datetime) -> str:
    return feeds.subscribe(
        db, owner_id=person_id, of=feeds.Shown("person", person_id), lang="zh", base_url=BASE, by=SYSTEM, now=now
    )  # fmt: skip


def subscribed_to_outlet(db: Database, town: Town, now: datetime) -> str:
    """The outlet's calendar, for 吕莉, who coordinates the branch."""
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    return feeds.subscribe(
        db, owner_id=town.party, of=feeds.Shown("place", town.outlet), lang="zh", base_url=BASE, by=SYSTEM, now=now
    )  # fmt: skip


def unit_feed(db: Database, town: Town, now: datetime, scope: str = "unit", unit_id: int | None = None) -> str:
    """吕莉's address of a unit's calendar: of the whole branch, where no other is given."""
    of = feeds.Shown(scope, unit_id or town.branch)
    return feeds.subscribe(db, owner_id=town.party, of=of, lang="zh", base_url=BASE, by=SYSTEM, now=now)


def refreshed(db: Database, now: datetime) -> int:
    """Every calendar touched and rendered; how many changed."""
    everybody = [row["id"] for row in rows(db, "SELECT id FROM person")]
    feeds.touch(db, people=everybody, shifts=[row["id"] for row in rows(db, "SELECT id FROM shift")])
    return feeds.refresh(db, base_url=BASE, now=now)


def body(db: Database, token: str, now: datetime) -> bytes:
    return feeds.fetch(db, token, gzipped=False, now=now).body


def events(db: Database, token: str, now: datetime) -> list[Event]:
    return Calendar.from_ical(body(db, token, now)).walk("VEVENT")


def only(db: Database, token: str, now: datetime) -> Event:
    (event,) = events(db, token, now)
    return event


def stamps(event: Event) -> tuple[int, datetime, datetime]:
    return event["SEQUENCE"], event["LAST-MODIFIED"].dt, event["CREATED"].dt
