"""To administrators: the holidays of a year that are not loaded, weekly; message texts that cannot be used, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from scheduler import clock, messages, workdays
from scheduler.database import Database, write
from scheduler.notices.receivers import with_role
from scheduler.notices.telling import Item, tell
from scheduler.wording import Lang, name_of
from scheduler.wording.messages import lines

SINCE = (11, 15)  # the State Council's notice of next year's holidays comes out in November
AT = time(9, 0)
WEEK = timedelta(days=7)


def queue_due(db: Database, *, base_url: str, now: datetime) -> int:
    """Tell the administrators of both; gives how many messages."""
    with write(db):
        return _missing_year(db, base_url, now) + _broken_texts(db, base_url, now)


def missing(db: Database, today: date) -> int | None:
    """The year whose holidays should be known by now and are not: this one, or from 15 November on the next."""
    due = [today.year] + ([today.year + 1] if (today.month, today.day) >= SINCE else [])
    return next((year for year in due if not is_loaded(db, year)), None)


def is_loaded(db: Database, year: int) -> bool:
    """Whether a year's holidays are known: from the State's calendar, or entered by hand from 1 January on."""
    return workdays.days(db, date(year, 1, 1), date(year, 1, 1))[0].announced


def _missing_year(db: Database, base_url: str, now: datetime) -> int:
    today = clock.today(now, db.zone)
    year = missing(db, today)
    since = date(today.year if (today.month, today.day) >= SINCE else today.year - 1, *SINCE)
    first = since + WEEK * ((today - since).days // 7)
    if year is None or now < clock.instant(first, AT, db.zone):
        return 0
    link = f"{base_url.rstrip('/')}/workdays?month={year}-01"
    return sum(
        messages.queue(
            db, "calendar_missing", to, lambda lang: {"year": str(year), "link": link},
            key=f"calendar_missing:{year}:{first.isoformat()}:{to['person_id']}", base_url=base_url,
            expires_at=clock.midnight(first + WEEK, db.zone), now=now,
        )
        for to in with_role(db, "administrator", now=now)
    )  # fmt: skip


def _broken_texts(db: Database, base_url: str, now: datetime) -> int:
    items = [
        Item(
            f"text:{row['kind']}", f"version {row['version']}",
            name_of("kind", row["kind"], "zh"), name_of("kind", row["kind"], "en"),
        )
        for row in messages.broken(db)
    ]  # fmt: skip

    def gaps(new: Sequence[Item], lang: Lang) -> dict[str, str]:
        return {
            "texts": lines.listed([item.line(lang) for item in new], lang),
            "link": f"{base_url.rstrip('/')}/messages",
        }

    if not items:
        return 0
    return sum(
        tell(db, "text_broken", to, items, gaps, base_url=base_url, expires_at=now + 4 * WEEK, now=now)
        for to in with_role(db, "administrator", now=now)
    )
