"""Which duties a calendar holds, in whose words: published ones only, cancelled ones for a while."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler import clock
from scheduler.database import Database, Row, rows
from scheduler.feeds.render import Entry, text, utc_order
from scheduler.wording.plain import one_line

BACK = timedelta(days=31)
AHEAD = timedelta(days=180)
KEPT = timedelta(days=7)  # a cancelled duty stays to be seen as cancelled, on every phone that polls once a week
MOST_EVENTS, MOST_BYTES = 500, 400_000  # from about 1,000 events or 1 MB on, some importers drop the feed
ALARMS = {
    "none": (),
    "hour": (timedelta(hours=1),),
    "day": (timedelta(days=1),),
    "both": (timedelta(days=1), timedelta(hours=1)),
}
COLUMNS = """
    shift.id AS shift_id, shift.key, shift.starts_at, shift.ends_at, shift.tasks, shift.headcount,
    place.id AS place_id, place.name AS place, place.address,
    CASE :lang WHEN 'zh' THEN activity.name_zh ELSE activity.name_en END AS activity,
    COALESCE((
        SELECT sponsorship.procedure FROM sponsorship
        WHERE sponsorship.place_id = place.id AND sponsorship.starts_on <= shift.day
          AND (sponsorship.ends_on IS NULL OR sponsorship.ends_on >= shift.day)
        ORDER BY sponsorship.starts_on DESC, sponsorship.id DESC
        LIMIT 1
    ), '') AS procedure
"""


@dataclass(frozen=True, slots=True)
class Window:
    """The weeks that a calendar shows: its edges are Monday midnights, so time alone moves them once a week."""

    week: date
    first: datetime
    last: datetime
    cancelled_since: datetime


def window(now: datetime, zone: ZoneInfo) -> Window:
    """At least 31 days back and 180 ahead of any day of this week."""
    week = clock.monday(clock.today(now, zone))
    return Window(
        week,
        clock.midnight(clock.monday(week - BACK), zone),
        clock.midnight(clock.monday(week + timedelta(days=6) + AHEAD) + timedelta(days=7), zone),
        clock.midnight(week, zone) - KEPT,
    )


def entries(db: Database, calendar: Row, known: Iterable[Row], shown: Window, base_url: str) -> list[Entry]:
    """The calendar's duties in their one order: those that stand, and the known ones that stand no more, cancelled.

    Who was absent keeps the duty: the calendar tells what was planned, the ledger what happened.
    """
    standing = _standing(db, calendar, shown)
    uids = {row["uid"] for row in standing}
    gone = [
        row["uid"]
        for row in known
        if row["uid"] not in uids
        and clock.to_text(shown.first) <= row["starts_at"] < clock.to_text(shown.last)
        and max(row["ends_at"], row["cancelled_at"] or "9999") > clock.to_text(shown.cancelled_since)
    ]
    made = [_entry(db, calendar, row, base_url) for row in standing + _gone(db, calendar, gone)]
    return _at_most(sorted(made, key=utc_order), db.zone)


def _standing(db: Database, calendar: Row, shown: Window) -> list[Row]:
    query = PERSONAL if calendar["scope"] == "person" else LOCAL
    return rows(
        db,
        query,
        calendar=calendar["id"],
        person_id=calendar["person_id"],
        place_id=calendar["place_id"],
        lang=calendar["lang"],
        domain=calendar["domain"],
        first=clock.to_text(shown.first),
        last=clock.to_text(shown.last),
    )


PERSONAL = f"""
SELECT 'a-' || shift.key || '-' || person.key || '@' || :domain AS uid, '[]' AS people, {COLUMNS}
FROM standing AS assignment
JOIN person ON person.id = assignment.person_id
JOIN shift ON shift.id = assignment.shift_id
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
WHERE assignment.person_id = :person_id AND shift.state <> 'cancelled'
  AND shift.starts_at >= :first AND shift.starts_at < :last
ORDER BY shift.starts_at, shift.id
"""

LOCAL = f"""
SELECT 's-' || shift.key || '@' || :domain AS uid, (
    SELECT json_group_array(name) FROM (
        SELECT person.name
        FROM standing AS assignment
        JOIN person ON person.id = assignment.person_id
        WHERE assignment.shift_id = shift.id
        ORDER BY assignment.slot
    )
) AS people, {COLUMNS}
FROM shift
JOIN roster ON roster.id = shift.roster_id AND roster.state <> 'draft'
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
WHERE shift.place_id = :place_id AND shift.state <> 'cancelled'
  AND shift.starts_at >= :first AND shift.starts_at < :last
ORDER BY shift.starts_at, shift.id
"""


def _gone(db: Database, calendar: Row, uids: list[str]) -> list[Row]:
    return rows(
        db,
        f"""
        SELECT feed_event.uid, '[]' AS people, {COLUMNS}, 1 AS is_gone
        FROM feed_event
        JOIN shift ON shift.id = feed_event.shift_id
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        WHERE feed_event.calendar_id = :calendar AND feed_event.uid IN (SELECT value FROM json_each(:uids))
        """,
        calendar=calendar["id"],
        lang=calendar["lang"],
        uids=json.dumps(uids),
    )


def _entry(db: Database, calendar: Row, row: Row, base_url: str) -> Entry:
    personal, zh = calendar["scope"] == "person", calendar["lang"] == "zh"
    cancelled = "is_gone" in row
    title = one_line(_title(row, personal, zh))
    mark = ("【已取消】" if zh else "[Cancelled] ") if cancelled else ""
    link = f"{base_url.rstrip('/')}/me" if personal else f"{base_url.rstrip('/')}/shifts/{row['shift_id']}"
    return Entry(
        uid=row["uid"],
        shift_id=row["shift_id"],
        starts=clock.from_text(row["starts_at"]),
        ends=clock.from_text(row["ends_at"]),
        summary=mark + title,
        location=one_line(("，" if zh else ", ").join(filter(None, (row["place"], row["address"])))),
        description=text(_words(row, zh), "详情：" if zh else "Details: ", link),
        category=one_line(row["activity"]).replace(",", " "),
        url=link,
        cancelled=cancelled,
        busy=personal and not cancelled,
        alarms=ALARMS[calendar["alarms"]] if personal and not cancelled else (),
    )


def _title(row: Row, personal: bool, zh: bool) -> str:
    if personal or "is_gone" in row:
        return f"{row['activity']} · {row['place']}"
    names = json.loads(row["people"])
    open_slots = row["headcount"] - len(names)
    stand = ("、" if zh else ", ").join(names)
    gap = (f"空缺 {open_slots}" if zh else f"{open_slots} unfilled") if open_slots > 0 else ""
    return f"{row['activity']} · {' '.join(filter(None, (stand, gap)))}"


def _words(row: Row, zh: bool) -> str:
    parts = (("任务：" if zh else "Tasks: ", row["tasks"]), ("工作流程：" if zh else "Procedure: ", row["procedure"]))
    return "\n".join(label + words.strip() for label, words in parts if words.strip())


def _at_most(made: list[Entry], zone: ZoneInfo) -> list[Entry]:
    """All of them, or the whole weeks from the first that hold no more than clients take."""
    over, size = MOST_EVENTS, 0
    for position, entry in enumerate(made[:MOST_EVENTS]):
        size += entry.most_bytes()
        if size > MOST_BYTES:
            over = position
            break
    if len(made) <= over:
        return made
    edge = clock.midnight(clock.monday(clock.today(made[over].starts, zone)), zone)
    return [entry for entry in made if entry.starts < edge]
