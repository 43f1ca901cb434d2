"""Sums of the ledger by one thing, and the whole of it."""

from __future__ import annotations

from typing import Unpack

from scheduler.database import Database, Row, rows, value
from scheduler.tallies.cuts import Cut, where
from scheduler.tallies.figures import SUMS, counted
from scheduler.tallies.periods import keys_between
from scheduler.tallies.totals import COUNTS

MONTHS_MOST = 36

# by what → (what rows are told apart by, what they are called, their order)
GROUPS = {
    "person": ("fact.person_id", "latest.person", "summed.trips DESC, latest.staff_no"),
    "unit": ("fact.unit_id", "latest.unit", "summed.trips DESC, latest.unit_id"),
    "place": ("fact.place_id", "latest.place", "summed.trips DESC, latest.place_id"),
    "activity": ("fact.activity", "activity.name_zh", "activity.sort"),
    "month": ("substr(fact.day, 1, 7)", "substr(latest.day, 1, 7)", "key"),
}


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


def choices(db: Database, **cut: Unpack[Cut]) -> dict[str, list[Row]]:
    """What a tally may be narrowed to: places and activities that stand in this part of the ledger: key, label."""
    return {name: tally(db, name, **cut) for name in ("place", "activity")}
