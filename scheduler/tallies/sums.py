"""Sums of the ledger by one thing, the whole of it, and the list of trips behind a figure."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from typing import Unpack

from scheduler.database import Database, Row, rows, value
from scheduler.tallies.cuts import Cut, where
from scheduler.tallies.figures import SUMS, counted
from scheduler.tallies.periods import keys_between
from scheduler.tallies.totals import COUNTS

MONTHS_MOST = 36
WALKED_FROM = 50  # units: fewer have so few trips that sorting those is quicker

# by what → (what rows are told apart by, what they are called, their order)
GROUPS = {
    "person": ("fact.person_id", "latest.person", "summed.trips DESC, latest.staff_no"),
    "unit": ("fact.unit_id", "latest.unit", "summed.trips DESC, latest.unit_id"),
    "place": ("fact.place_id", "latest.place", "summed.trips DESC, latest.place_id"),
    "activity": ("fact.activity", "activity.name_zh", "activity.sort"),
    "month": ("substr(fact.day, 1, 7)", "substr(latest.day, 1, 7)", "key"),
}

# What trips are listed by when a figure is opened: so that each count can be counted by hand.
ORDERS = {
    "trips": "fact.day, COALESCE(fact.reverses, fact.id), fact.id",
    "people": "fact.staff_no, fact.day, COALESCE(fact.reverses, fact.id), fact.id",
    "sessions": "fact.day, fact.shift_id, COALESCE(fact.reverses, fact.id), fact.id",
}


AT_ONCE = 2000  # entries that are read in one go
LISTED = """
    SELECT fact.id, fact.day, shift.starts_at, shift.ends_at, fact.person_id, fact.person, fact.staff_no,
           fact.unit, fact.place, fact.place_kind, fact.activity,
           activity.name_zh AS activity_zh, activity.name_en AS activity_en, fact.minutes, fact.trips,
           fact.role, fact.party, fact.source, fact.shift_id,
           fact.reverses, correction.id AS reversed_by, fact.close_id, fact.reason, fact.actor, fact.at
    FROM (SELECT value AS id FROM json_each(:entries)) AS picked
    CROSS JOIN ledger AS fact ON fact.id = picked.id
    JOIN activity ON activity.code = fact.activity
    LEFT JOIN shift ON shift.id = fact.shift_id
    LEFT JOIN ledger AS correction ON correction.reverses = fact.id
    ORDER BY """


def tally(db: Database, by_what: str, **cut: Unpack[Cut]) -> list[Row]:
    """Rows of key, label, label_en, trips (person-trips), people, sessions, minutes, carried (trips of no session).

    `by_what` is person, unit, place, activity or month. The label, and a person's staff_no and unit
    or a place's place_kind beside it, are those of the newest entry; label_en is an activity's.
    What was corrected away altogether has no row.
    """
    key, label, order = GROUPS[by_what]
    condition, values = where(db, cut)
    return rows(
        db,
        f"""
        WITH net AS (
            SELECT {key} AS key, shift_id, person_id, MAX(id) AS newest,
                   SUM(trips) AS trips, SUM(minutes * trips) AS minutes
            FROM ledger AS fact
            WHERE {condition}
            GROUP BY {key}, shift_id, person_id
        ),
        summed AS (
            SELECT key, MAX(newest) AS newest, {SUMS}
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
    found = counted(db, cut, ()) or [dict.fromkeys(COUNTS, 0)]
    condition, values = where(db, cut)
    corrections = value(db, f"SELECT COUNT(*) FROM ledger AS fact WHERE reverses IS NOT NULL AND {condition}", **values)
    return {**found[0], "entries": found[0]["trips"] + 2 * corrections, "corrections": corrections}


def months(db: Database, **cut: Unpack[Cut]) -> list[Row]:
    """Every month of the period, also those without a trip: key, trips, people, sessions, minutes, carried.

    A period of more than three years gives only the months that have trips.
    """
    found = {row.pop("k0"): row for row in counted(db, cut, ("month",))}
    every = keys_between("month", cut["first"], cut["last"])
    keys = sorted(found) if len(every) > MONTHS_MOST or not every else every
    return [{"key": key, "label": key, **found.get(key, dict.fromkeys(COUNTS, 0))} for key in keys]


def trips(db: Database, *, order: str = "trips", limit: int = -1, offset: int = 0, **cut: Unpack[Cut]) -> list[Row]:
    """The ledger's entries behind a figure, as `each_trip` gives them."""
    return list(each_trip(db, order=order, limit=limit, offset=offset, **cut))


def each_trip(
    db: Database, *, order: str = "trips", limit: int = -1, offset: int = 0, **cut: Unpack[Cut]
) -> Iterator[Row]:
    """The ledger's entries behind a figure, one at a time; a correction follows the entry that it reverses.

    id, day, starts_at, ends_at (None for a balance), person_id, person, staff_no, unit, place,
    place_kind, activity, activity_zh, activity_en, minutes, trips, role, party, source, shift_id,
    reverses, reversed_by, close_id (a correction after the month's close), reason, actor, at.
    """
    condition, values = where(db, cut)
    picked = db.conn.execute(
        f"""
        SELECT fact.id
        FROM ledger AS fact {_walk(db, order, cut)}
        WHERE {condition}
        ORDER BY {ORDERS[order]}
        LIMIT :limit OFFSET :offset
        """,
        values | {"limit": limit, "offset": offset},
    )
    entries = array("q", (entry for (entry,) in picked))
    for begin in range(0, len(entries), AT_ONCE):
        yield from rows(db, LISTED + ORDERS[order], entries=json.dumps(entries[begin : begin + AT_ONCE].tolist()))


def _walk(db: Database, order: str, cut: Cut) -> str:
    """Day by day until the page is full, where many units are asked for: to sort all their trips would be slow."""
    if order == "people" or not {"unit_id", "person_id", "place_id", "community_id"}.isdisjoint(cut):
        return ""
    units = value(db, "SELECT COUNT(*) FROM unit_above WHERE above_id = :above", above=cut.get("within"))
    return "INDEXED BY ledger_by_day" if "within" not in cut or units > WALKED_FROM else ""


def choices(db: Database, **cut: Unpack[Cut]) -> dict[str, list[Row]]:
    """What a tally may be narrowed to: places and activities that stand in this part of the ledger: key, label."""
    return {name: tally(db, name, **cut) for name in ("place", "activity")}
