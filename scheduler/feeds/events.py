"""Which duties a calendar holds, in whose words: published ones only, cancelled ones for a while."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import timedelta

from scheduler import clock
from scheduler.database import Database, Row, rows
from scheduler.feeds.render import Entry, text, utc_order
from scheduler.feeds.window import Window
from scheduler.wording.plain import one_line

ALARMS = {
    "none": (),
    "hour": (timedelta(hours=1),),
    "day": (timedelta(days=1),),
    "both": (timedelta(days=1), timedelta(hours=1)),
}
# What others' calendar servers are not told, wherever somebody wrote it: telephones, numbers of identity, e-mail.
PRIVATE = re.compile(
    r"(?<![\w.-])(?:\+?86[ -]?)?(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}[ -]?\d{7,8}|\d{17}[\dXx])(?![\w-])"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    re.ASCII,
)
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
    return sorted(made, key=utc_order)


def chosen(db: Database, calendar: Row, assignment_ids: Iterable[int], base_url: str) -> list[Entry]:
    """These of a person's duties as their calendar shows them, in its order; those that stand no more, cancelled."""
    found = rows(
        db,
        CHOSEN,
        person_id=calendar["person_id"],
        assignment_ids=json.dumps(list(assignment_ids)),
        lang=calendar["lang"],
        domain=calendar["domain"],
    )
    made = {row["uid"]: _entry(db, calendar, row, base_url) for row in found}
    return sorted(made.values(), key=utc_order)


def _standing(db: Database, calendar: Row, shown: Window) -> list[Row]:
    return rows(
        db,
        QUERIES[calendar["scope"]],
        calendar=calendar["id"],
        person_id=calendar["person_id"],
        place_id=calendar["place_id"],
        unit_id=calendar["unit_id"],
        lang=calendar["lang"],
        domain=calendar["domain"],
        first=clock.to_text(shown.first),
        last=clock.to_text(shown.last),
    )


PERSONAL = f"""
SELECT 'a-' || shift.key || '-' || person.key || '@' || :domain AS uid, '[]' AS people, {COLUMNS},
       assignment.id AS assignment_id
FROM standing AS assignment
JOIN person ON person.id = assignment.person_id
JOIN shift ON shift.id = assignment.shift_id
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
WHERE assignment.person_id = :person_id AND shift.state <> 'cancelled'
  AND shift.starts_at >= :first AND shift.starts_at < :last
ORDER BY shift.starts_at, shift.id
"""

# Of these assignments, whatever became of them: told of twice for one shift, a duty that stands comes last and wins.
CHOSEN = f"""
SELECT 'a-' || shift.key || '-' || person.key || '@' || :domain AS uid, '[]' AS people, {COLUMNS},
       standing.id IS NULL OR shift.state = 'cancelled' AS is_gone, assignment.id AS assignment_id
FROM assignment
LEFT JOIN standing ON standing.id = assignment.id
JOIN person ON person.id = assignment.person_id
JOIN shift ON shift.id = assignment.shift_id
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
WHERE assignment.person_id = :person_id AND assignment.id IN (SELECT value FROM json_each(:assignment_ids))
ORDER BY is_gone DESC, assignment.id
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
WHERE {{within}} AND shift.state <> 'cancelled'
  AND shift.starts_at >= :first AND shift.starts_at < :last
ORDER BY shift.starts_at, shift.id
"""

OF_UNIT = """EXISTS (
    SELECT 1 FROM unit_above
    WHERE above_id = :unit_id AND unit_above.unit_id IN (shift.unit_id, place.unit_id)
)"""

QUERIES = {
    "person": PERSONAL,
    "place": LOCAL.format(within="shift.place_id = :place_id"),
    "unit": LOCAL.format(within=OF_UNIT),
    "visits": LOCAL.format(within=f"activity.code = 'visit' AND {OF_UNIT}"),
}


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
    cancelled = bool(row.get("is_gone"))
    title = one_line(_title(row, calendar["scope"], zh))
    mark = ("【已取消】" if zh else "[Cancelled] ") if cancelled else ""
    link = base_url.rstrip("/") + _path(row, personal, cancelled)
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


def _path(row: Row, personal: bool, cancelled: bool) -> str:
    """The page of the duty; what is gone is told of on one's own first page."""
    if not personal:
        return f"/shifts/{row['shift_id']}"
    return "/me" if cancelled else f"/me/duties/{row['assignment_id']}"


def _title(row: Row, scope: str, zh: bool) -> str:
    """What a calendar's grid shows: the place where it is not the calendar's own, who stands where it is not "me"."""
    where = () if scope == "place" and not row.get("is_gone") else (row["place"],)
    return " · ".join(filter(None, (row["activity"], *where, "" if scope == "person" else _who(row, zh))))


def _who(row: Row, zh: bool) -> str:
    if row.get("is_gone"):
        return ""
    names = json.loads(row["people"])
    open_slots = row["headcount"] - len(names)
    gap = (f"空缺 {open_slots}" if zh else f"{open_slots} unfilled") if open_slots > 0 else ""
    return " ".join(filter(None, (("、" if zh else ", ").join(names), gap)))


def _words(row: Row, zh: bool) -> str:
    parts = (("任务：" if zh else "Tasks: ", row["tasks"]), ("工作流程：" if zh else "Procedure: ", row["procedure"]))
    said = "\n".join(label + words.strip() for label, words in parts if words.strip())
    return PRIVATE.sub("（见网页）" if zh else "(on the page)", said)
