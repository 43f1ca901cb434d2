"""Last month's person-trips, people and sessions, to the heads of units on the month's first workday."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from scheduler import clock, messages, tallies, workdays
from scheduler.database import Database, Row, write
from scheduler.notices.receivers import heads
from scheduler.notices.telling import is_noted, note
from scheduler.wording import Lang
from scheduler.wording.dates import month_text
from scheduler.wording.messages import lines

AT = time(9, 0)
USEFUL = timedelta(days=7)
NONE = {"trips": 0, "people": 0, "sessions": 0}


def queue_due(db: Database, *, base_url: str, now: datetime) -> int:
    """Tell each head of what their unit and those below it did last month, once; gives how many messages.

    Nothing where neither month has a trip. Caught up within a week.
    """
    first = clock.today(now, db.zone).replace(day=1)
    opens = clock.instant(first_workday(db, first), AT, db.zone)
    if not opens <= now < opens + USEFUL:
        return 0
    return sum(_tell(db, to, first, opens + USEFUL, base_url, now) for to in heads(db, now=now))


def first_workday(db: Database, first: date) -> date:
    """The first workday of the month that begins on a day."""
    days = workdays.days(db, first, first + timedelta(days=20))
    return next((day.day for day in days if day.is_workday), first)


def _tell(db: Database, to: Row, first: date, closes: datetime, base_url: str, now: datetime) -> int:
    subject = f"month:{first.isoformat()[:7]}"
    if is_noted(db, "monthly", to["person_id"], subject):
        return 0
    with write(db):
        if is_noted(db, "monthly", to["person_id"], subject):  # by another process, since
            return 0
        last = first - timedelta(days=1)
        said = gaps(db, to["unit_id"], to["unit"], last.replace(day=1), to["lang"], base_url)
        said["link"] = said["link"] if to["may_look"] else ""  # the page is closed to a head who coordinates nothing
        queued = 0
        if said["activities"]:
            queued = messages.queue(
                db, "monthly", to, lambda lang: said,
                key=f"monthly:{last:%Y-%m}:{to['person_id']}", base_url=base_url, expires_at=closes, now=now,
            )  # fmt: skip
        note(db, "monthly", to["person_id"], subject, "told" if queued else "nothing", now=now)
        return queued


def gaps(db: Database, unit_id: int, unit: str, first: date, lang: Lang, base_url: str) -> dict[str, str]:
    """What fills the summary of the month that begins on a day, against the month before it."""
    before = (first - timedelta(days=1)).replace(day=1)
    this, that = (_figures(db, unit_id, month) for month in (first, before))
    colon = "：" if lang == "zh" else ": "
    told = [
        _called(this, that, code, lang) + colon + lines.three_counts(this.get(code, NONE), that.get(code, NONE), lang)
        for code in dict.fromkeys([*this, *that])
    ]
    totals = [tallies.total(db, first=month, last=_end(month), within=unit_id) for month in (first, before)]
    return {
        "unit": unit,
        "month": month_text(first, lang),
        "before": month_text(before, lang),
        "total": lines.three_counts(totals[0], totals[1], lang),
        "activities": "\n".join(told),
        "link": f"{base_url.rstrip('/')}/tallies?period={first:%Y-%m}",
    }


def _figures(db: Database, unit_id: int, month: date) -> dict[str, Row]:
    found = tallies.tally(db, "activity", first=month, last=_end(month), within=unit_id)
    return {row["key"]: row for row in found}


def _called(this: dict[str, Row], that: dict[str, Row], code: str, lang: Lang) -> str:
    row = this.get(code) or that[code]
    return str(row["label"] if lang == "zh" else row["label_en"])


def _end(month: date) -> date:
    return clock.first_of_next_month(month) - timedelta(days=1)
