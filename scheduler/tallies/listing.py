"""The trips behind a figure, a page at a time, and how many there are: by the index that leads to them soonest."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from typing import Any, Unpack

from scheduler.database import Database, Row, rows, value
from scheduler.tallies import totals
from scheduler.tallies.cuts import SOURCES, Cut, given, where
from scheduler.tallies.figures import SUMS
from scheduler.tallies.totals import COUNTS
from scheduler.wording import STATES

WALKED_FROM = 50  # units: fewer have so few trips that sorting those is quicker
COUNTED_MOST = 10_000

# What trips are listed by when a figure is opened: so that each count can be counted by hand.
ORDERS = {
    "trips": "fact.day, COALESCE(fact.reverses, fact.id), fact.id",
    "people": "fact.staff_no, fact.day, COALESCE(fact.reverses, fact.id), fact.id",
    "sessions": "fact.day, fact.shift_id, COALESCE(fact.reverses, fact.id), fact.id",
}
INDEXES = {
    "person_id": "ledger_by_person",
    "place_id": "ledger_by_place",
    "community_id": "ledger_by_place",
    "unit_id": "ledger_by_unit",
}
OWN = {
    f"INDEXED BY {index}" for index in INDEXES.values()
}  # of one thing, or of few units: so few that they are sorted
KINDS = ("source", "activity", "role", "party")
OF_A_KIND = """
    fact.source = source.value AND fact.activity = activity.value AND fact.role = role.value
    AND fact.party = party.value
"""
EVERY_KIND = """
    json_each(:sources) AS source CROSS JOIN json_each(:activities) AS activity CROSS JOIN json_each(:roles) AS role
    CROSS JOIN json_each(:parties) AS party
"""

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
    picked, values = _picked(db, order, cut, is_page=limit >= 0)
    found = db.conn.execute(
        f"{picked} LIMIT :limit OFFSET :offset", values | {"limit": limit, "offset": offset, "upto": offset + limit}
    )
    entries = array("q", (entry for (entry,) in found))
    for begin in range(0, len(entries), AT_ONCE):
        yield from rows(db, LISTED + ORDERS[order], entries=json.dumps(entries[begin : begin + AT_ONCE].tolist()))


def listed(db: Database, **cut: Unpack[Cut]) -> Row | None:
    """What the trips listed amount to, as `total`; None where the ledger would have to be read for more than 10,000.

    Whole months, quarters and years of units are known without reading it.
    """
    kept = totals.kept(db, cut, ())
    if kept is not None:
        found = kept[0] if kept else dict.fromkeys(COUNTS, 0)
        condition, values = where(db, cut)
        corrections = value(
            db,
            f"""
            SELECT COUNT(*) FROM ledger AS fact INDEXED BY ledger_corrections
            WHERE fact.reverses IS NOT NULL AND {condition}
            """,
            **values,
        )
        return {**found, "entries": found["trips"] + 2 * corrections, "corrections": corrections}
    picked, values = _some(db, cut)
    (counted,) = rows(
        db,
        f"""
        WITH net AS (
            SELECT fact.shift_id, fact.person_id, COUNT(*) AS entries, SUM(fact.trips) AS trips,
                   SUM(fact.minutes * fact.trips) AS minutes, SUM(fact.trips < 0) AS corrections
            FROM ({picked} LIMIT :most) AS picked
            CROSS JOIN ledger AS fact ON fact.id = picked.id
            GROUP BY fact.shift_id, fact.person_id
        )
        SELECT {SUMS}, SUM(entries) AS entries, SUM(corrections) AS corrections
        FROM net
        """,
        **values,
        most=COUNTED_MOST + 1,
    )
    counted = {name: held or 0 for name, held in counted.items()}
    return counted if counted["entries"] <= COUNTED_MOST else None


def exceeds(db: Database, most: int, **cut: Unpack[Cut]) -> bool:
    """Whether more entries than so many are behind a figure; no more than one beyond it is read."""
    picked, values = _some(db, cut)
    return bool(value(db, f"SELECT COUNT(*) FROM ({picked} LIMIT :most)", **values, most=most + 1) > most)


def entries(db: Database, **cut: Unpack[Cut]) -> int:
    """How many entries are behind a figure, corrections too."""
    condition, values = where(db, cut)
    return int(value(db, f"SELECT COUNT(*) FROM ledger AS fact WHERE {condition}", **values))


def _picked(db: Database, order: str, cut: Cut, *, is_page: bool) -> tuple[str, dict[str, Any]]:
    """A query of the ids in their order. `:upto` is how many of them are wanted at most."""
    condition, values = where(db, cut)
    by, index = ORDERS[order], _index(db, cut)
    if not is_page or index in OWN:
        return f"SELECT fact.id FROM ledger AS fact {index or ''} WHERE {condition} ORDER BY {by}", values
    if order == "people":
        return _by_person(db, cut, index)
    if index is None:  # the first of each kind, and of those the first
        one = f"""
            SELECT fact.id FROM ledger AS fact INDEXED BY ledger_by_kind WHERE {OF_A_KIND} AND {condition}
            ORDER BY {by} LIMIT :upto
        """
        sql = f"""
            SELECT held.id FROM {EVERY_KIND} CROSS JOIN ledger AS held ON held.id IN ({one})
            ORDER BY {by.replace("fact.", "held.")}
        """
        return sql, values | _kinds(db, cut)
    return f"SELECT fact.id FROM ledger AS fact {index} WHERE {condition} ORDER BY {by}", values


def _by_person(db: Database, cut: Cut, index: str | None) -> tuple[str, dict[str, Any]]:
    """Person by person until the page is full; few of a kind are sorted instead."""
    condition, values = where(db, cut)
    if index is None:
        some, found = _some(db, cut)
        if value(db, f"SELECT COUNT(*) FROM ({some} LIMIT :most)", **found, most=COUNTED_MOST + 1) <= COUNTED_MOST:
            return f"SELECT fact.id FROM ledger AS fact WHERE fact.id IN ({some}) ORDER BY {ORDERS['people']}", found
    there = (
        "AND held.unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :within)" if "within" in values else ""
    )
    was_there = f"""
        EXISTS (
            SELECT 1 FROM total_of_person AS held
            WHERE held.person_id = person.id AND held.month BETWEEN substr(:first, 1, 7) AND substr(:last, 1, 7) {there}
        )
    """
    sql = f"""
        SELECT fact.id
        FROM person CROSS JOIN ledger AS fact INDEXED BY ledger_by_person ON fact.person_id = person.id
        WHERE {was_there} AND {condition}
        ORDER BY {ORDERS["people"].replace("fact.staff_no", "person.staff_no")}
    """
    return sql, values


def _some(db: Database, cut: Cut) -> tuple[str, dict[str, Any]]:
    """A query of the ids, in whatever order they are met."""
    condition, values = where(db, cut)
    index = _index(db, cut)
    if index is None:
        joined = f"{EVERY_KIND} CROSS JOIN ledger AS fact INDEXED BY ledger_by_kind ON {OF_A_KIND}"
        return f"SELECT fact.id FROM {joined} WHERE {condition}", values | _kinds(db, cut)
    return f"SELECT fact.id FROM ledger AS fact {index} WHERE {condition}", values


def _index(db: Database, cut: Cut) -> str | None:
    """The index of what a cut is narrowed to; day by day where that is nothing; None: kind by kind."""
    for name, index in INDEXES.items():
        if cut.get(name):
            return f"INDEXED BY {index}"
    within = cut.get("within")
    if within is not None:
        units = value(db, "SELECT COUNT(*) FROM unit_above WHERE above_id = :above", above=within)
        if units <= WALKED_FROM:
            return "INDEXED BY ledger_by_unit"
    return None if not given(cut).keys().isdisjoint(KINDS) else "INDEXED BY ledger_by_day"


def _kinds(db: Database, cut: Cut) -> dict[str, str]:
    """The kinds that a cut may hold trips of."""
    named = dict(given(cut))
    codes = (
        [named["activity"]] if "activity" in named else [row["code"] for row in rows(db, "SELECT code FROM activity")]
    )
    kinds: dict[str, list[Any]] = {
        "sources": list(SOURCES[named["source"]] if "source" in named else STATES["source"]),
        "activities": codes,
        "roles": [named["role"]] if "role" in named else list(STATES["role"]),
        "parties": [int(named["party"])] if "party" in named else [0, 1],
    }
    return {name: json.dumps(held) for name, held in kinds.items()}
