"""Sums over the ledger: by person, unit, place, activity, month.

Three counts are never confused. Person-trips (人次): one person attending one shift is one. People
(人数): distinct persons who made a trip. Sessions (场次): shifts that were held and that somebody
attended. Only person-trips and hours add up: a person or a session can stand in several rows.
An opening balance has person-trips and people, but nobody knows its sessions: it counts none.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Any, Required, TypedDict, Unpack

from scheduler.database import Database, Row, one, rows
from scheduler.errors import Invalid


class Cut(TypedDict, total=False):
    """The part of the ledger that a figure is made of: days from first to last, and whatever else is named.

    `within` is a unit with all below it, `unit_id` that unit alone; both mean the person's unit on the day.
    """

    first: Required[date]
    last: Required[date]
    within: int
    unit_id: int
    person_id: int
    place_id: int
    activity: str


CONDITIONS = {
    "first": "ledger.day >= :first",
    "last": "ledger.day <= :last",
    "within": "ledger.unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :within)",
    "unit_id": "ledger.unit_id = :unit_id",
    "person_id": "ledger.person_id = :person_id",
    "place_id": "ledger.place_id = :place_id",
    "activity": "ledger.activity = :activity",
}

YEARS = range(1900, 2101)  # what a period may lie in: a typing error does not ask for ten thousand months

# by what → (what rows are told apart by, what they are called, their order)
GROUPS = {
    "person": ("ledger.person_id", "latest.person", "summed.trips DESC, latest.staff_no"),
    "unit": ("ledger.unit_id", "latest.unit", "summed.trips DESC, latest.unit_id"),
    "place": ("ledger.place_id", "latest.place", "summed.trips DESC, latest.place_id"),
    "activity": ("ledger.activity", "activity.name_zh", "activity.sort"),
    "month": ("substr(ledger.day, 1, 7)", "substr(latest.day, 1, 7)", "key"),
}

# What trips are listed by when a figure is opened: so that each count can be counted by hand.
ORDERS = {
    "trips": "ledger.day, COALESCE(ledger.reverses, ledger.id), ledger.id",
    "people": "ledger.staff_no, ledger.day, COALESCE(ledger.reverses, ledger.id), ledger.id",
    "sessions": "ledger.day, ledger.shift_id, COALESCE(ledger.reverses, ledger.id), ledger.id",
}

FIGURES = """
    SUM(trips) AS trips,
    COUNT(DISTINCT CASE WHEN trips > 0 THEN person_id END) AS people,
    COUNT(DISTINCT CASE WHEN trips > 0 THEN shift_id END) AS sessions,
    SUM(minutes) AS minutes,
    SUM(CASE WHEN shift_id IS NULL THEN trips ELSE 0 END) AS carried
"""


def tally(db: Database, by_what: str, **cut: Unpack[Cut]) -> list[Row]:
    """Rows of key, label, label_en, trips (person-trips), people, sessions, minutes, carried (trips of no session).

    `by_what` is person, unit, place, activity or month. The label, and a person's staff_no and unit
    or a place's place_kind beside it, are those of the newest entry; label_en is an activity's.
    What was corrected away altogether has no row.
    """
    key, label, order = GROUPS[by_what]
    where, values = _where(cut)
    return rows(
        db,
        f"""
        WITH net AS (
            SELECT {key} AS key, shift_id, person_id, MAX(id) AS newest,
                   SUM(trips) AS trips, SUM(minutes * trips) AS minutes
            FROM ledger
            WHERE {where}
            GROUP BY {key}, shift_id, person_id
        ),
        summed AS (
            SELECT key, MAX(newest) AS newest, {FIGURES}
            FROM net
            GROUP BY key
        )
        SELECT key, {label} AS label, activity.name_en AS label_en, latest.staff_no, latest.unit, latest.place_kind,
               summed.trips, people, sessions, summed.minutes, carried
        FROM summed
        JOIN ledger AS latest ON latest.id = summed.newest
        JOIN activity ON activity.code = latest.activity
        WHERE summed.trips <> 0
        ORDER BY {order}
        """,
        **values,
    )


def total(db: Database, **cut: Unpack[Cut]) -> Row:
    """The whole of it as one row: trips, people, sessions, minutes, carried, entries, corrections."""
    where, values = _where(cut)
    found = one(
        db,
        f"""
        WITH net AS (
            SELECT shift_id, person_id, SUM(trips) AS trips, SUM(minutes * trips) AS minutes,
                   COUNT(*) AS entries, COUNT(reverses) AS corrections
            FROM ledger
            WHERE {where}
            GROUP BY shift_id, person_id
        )
        SELECT {FIGURES}, SUM(entries) AS entries, SUM(corrections) AS corrections
        FROM net
        """,
        **values,
    )
    return {name: count or 0 for name, count in (found or {}).items()}


def months(db: Database, **cut: Unpack[Cut]) -> list[Row]:
    """Every month of the period with its figures, also those without a trip: as `tally` by month.

    A period of more than three years gives only the months that have trips.
    """
    found = {row["key"]: row for row in tally(db, "month", **cut)}
    span = (cut["last"].year - cut["first"].year) * 12 + cut["last"].month - cut["first"].month + 1
    if span > 36:
        return list(found.values())
    start = cut["first"].year * 12 + cut["first"].month - 1
    names = [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, start + span)]
    nothing = {"trips": 0, "people": 0, "sessions": 0, "minutes": 0, "carried": 0}
    return [found.get(name, {"key": name, "label": name, **nothing}) for name in names]


def trips(db: Database, *, order: str = "trips", limit: int = -1, offset: int = 0, **cut: Unpack[Cut]) -> list[Row]:
    """The ledger's entries behind a figure; a correction follows the entry that it reverses.

    id, day, starts_at, ends_at (None for a balance), person_id, person, staff_no, unit, place,
    place_kind, activity, activity_zh, activity_en, minutes, trips, role, party, source, shift_id,
    reverses, reversed_by, reason, actor, at.
    """
    where, values = _where(cut)
    return rows(
        db,
        f"""
        SELECT ledger.id, ledger.day, shift.starts_at, shift.ends_at, ledger.person_id, ledger.person, ledger.staff_no,
               ledger.unit, ledger.place, ledger.place_kind, ledger.activity,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en, ledger.minutes, ledger.trips,
               ledger.role, ledger.party, ledger.source, ledger.shift_id,
               ledger.reverses, correction.id AS reversed_by, ledger.reason, ledger.actor, ledger.at
        FROM ledger
        JOIN activity ON activity.code = ledger.activity
        LEFT JOIN shift ON shift.id = ledger.shift_id
        LEFT JOIN ledger AS correction ON correction.reverses = ledger.id
        WHERE {where}
        ORDER BY {ORDERS[order]}
        LIMIT :limit OFFSET :offset
        """,
        **values,
        limit=limit,
        offset=offset,
    )


def choices(db: Database, **cut: Unpack[Cut]) -> dict[str, list[Row]]:
    """What a tally may be narrowed to: places and activities that stand in this part of the ledger: key, label."""
    return {name: tally(db, name, **cut) for name in ("place", "activity")}


def period(text: str) -> tuple[date, date]:
    """The first and last day of `2026`, `2026Q4` or `2026-12`; anything else, or outside of `YEARS`, is refused."""
    found = re.fullmatch(r"([0-9]{4})(?:Q([1-4])|-(0[1-9]|1[0-2]))?", text)
    if found is None or int(found[1]) not in YEARS:
        raise Invalid("bad_choice", field="period", text=text[:20])
    year = int(found[1])
    if found[2]:
        opening, closing = int(found[2]) * 3 - 2, int(found[2]) * 3
    elif found[3]:
        opening = closing = int(found[3])
    else:
        opening, closing = 1, 12
    return date(year, opening, 1), date(year, closing, calendar.monthrange(year, closing)[1])


def _where(cut: Cut) -> tuple[str, dict[str, Any]]:
    """The conditions for those parts of a cut that are given, and their values."""
    given = {name: held for name, held in cut.items() if held is not None}
    values = {name: held.isoformat() if isinstance(held, date) else held for name, held in given.items()}
    return " AND ".join(CONDITIONS[name] for name in given), values
