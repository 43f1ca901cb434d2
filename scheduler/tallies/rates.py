"""Rates: what share of the people, of the seats, of what is owed. Each is counted anew for a total, never summed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from scheduler import quotas
from scheduler.database import Database, Row, rows
from scheduler.errors import Invalid
from scheduler.tallies import periods
from scheduler.tallies.cuts import Cut, given, where
from scheduler.tallies.figures import GATHERED, TASK_JOIN, keyed
from scheduler.tallies.words import FITS, NARROWED_BY, TIMES

Key = tuple[Any, ...]
Rates = dict[Key, float]

OF_PEOPLE = ("person", "unit", "role", "party")
OF_EMPLOYED = {"first", "last", "within", "unit_id", "person_id", "role", "party"}

# Published seats: what a shift asked for and who stood it. The unit is the shift's own.
SHIFTS = """(
    SELECT shift.id, 1 AS form, NULL AS sponsor_id, '[]' AS tasks,
           shift.id AS shift_id, shift.unit_id, shift.place_id, activity.code AS activity, shift.day,
           shift.headcount AS whole,
           (SELECT COUNT(*) FROM standing WHERE standing.shift_id = shift.id) AS part
    FROM shift
    JOIN roster ON roster.id = shift.roster_id AND roster.state <> 'draft'
    JOIN activity ON activity.id = shift.activity_id
    WHERE shift.state <> 'cancelled'
)"""

# Confirmed seats. Unit, role and party are those that the ledger has for the seat, else the person's of today.
SEATS = """(
    SELECT standing.id, 1 AS form, NULL AS sponsor_id, '[]' AS tasks, standing.shift_id, standing.person_id,
           COALESCE(entry.unit_id, person.unit_id) AS unit_id,
           COALESCE(entry.role, person.role) AS role, COALESCE(entry.party, person.party) AS party,
           shift.place_id, activity.code AS activity, shift.day,
           1 AS whole, standing.state = 'absent' AS part
    FROM shift
    JOIN standing ON standing.shift_id = shift.id AND standing.state IN ('present', 'absent')
    JOIN person ON person.id = standing.person_id
    JOIN activity ON activity.id = shift.activity_id
    LEFT JOIN ledger AS entry ON entry.id = (
        SELECT MAX(id) FROM ledger WHERE shift_id = standing.shift_id AND person_id = standing.person_id
    )
    WHERE shift.state = 'held'
)"""


def refuse_what_does_not_fit(measures: Sequence[str], by: Sequence[str], cut: Cut) -> None:
    """A rate that cannot be asked so is refused: who did not come has no source, a seat nobody took no role."""
    named = [NARROWED_BY.get(name, name) for name in given(cut) if name not in ("first", "last")]
    for measure in measures:
        for dimension in (*by, *named):
            if measure in FITS and dimension not in FITS[measure]:
                raise Invalid("measure_does_not_fit", field="measures", measure=measure, dimension=dimension)


def employed(db: Database, cut: Cut, by: Sequence[str], level: int | None) -> dict[Key, int]:
    """How many people are employed, by those of the dimensions that tell people and times apart; others are None.

    Somebody is of a unit (role, party) that they were of on any day of the period, or made a trip as one of.
    """
    times = [name for name in by if name in TIMES]
    if not times:
        return _employed(db, cut, by, level)
    found: dict[Key, int] = {}
    narrowest = min(times, key=TIMES.index)
    for key in periods.keys_between(narrowest, cut["first"], cut["last"]):
        first, last = periods.days_of(narrowest, key)
        narrowed: Cut = {**cut, "first": max(first, cut["first"]), "last": min(last, cut["last"])}
        at = {name: periods.key_of(name, narrowed["first"]) for name in times}
        for known, count in _employed(db, narrowed, by, level).items():
            found[tuple(at.get(name, part) for name, part in zip(by, known, strict=True))] = count
    return found


def _employed(db: Database, cut: Cut, by: Sequence[str], level: int | None) -> dict[Key, int]:
    apart = [name for name in by if name in OF_PEOPLE]
    keys, values = keyed(db, cut, apart, level)
    condition, bound = where(db, cut, OF_EMPLOYED)
    of_people, _ = where(db, cut, OF_EMPLOYED - {"first", "last"})
    names = [f"k{number}" for number in range(len(apart))]
    picked = "".join(f"{key} AS {name}, " for key, name in zip(keys, names, strict=True))
    listed = "".join(f"{name}, " for name in names)
    found = db.conn.execute(
        f"""
        WITH {GATHERED if "at_depth" in values else ""}
        there AS (
            SELECT {picked} fact.person_id
            FROM (
                SELECT was.person_id, was.unit_id, was.role, was.party
                FROM person
                JOIN person_was AS was ON was.person_id = person.id AND was.since <= :last AND NOT EXISTS (
                    SELECT 1 FROM person_was AS later
                    WHERE later.person_id = was.person_id AND later.since > was.since AND later.since <= :first
                )
                WHERE person.joined_on <= :last AND COALESCE(person.left_on, '9999') >= :first
            ) AS fact
            WHERE {of_people or "1"}
            UNION
            SELECT {listed} person_id
            FROM (
                SELECT {picked} fact.person_id, fact.shift_id, fact.trips FROM ledger AS fact WHERE {condition}
            )
            GROUP BY {listed} shift_id, person_id
            HAVING SUM(trips) > 0
        )
        SELECT {listed} COUNT(*) FROM there {f"GROUP BY {', '.join(names)}" if names else ""}
        """,
        values | bound,
    )
    return {_spread(by, apart, row[:-1]): row[-1] for row in found}


def _spread(by: Sequence[str], apart: Sequence[str], parts: Sequence[Any]) -> Key:
    known = dict(zip(apart, parts, strict=True))
    return tuple(known.get(name) for name in by)


def seats(db: Database, measure: str, cut: Cut, by: Sequence[str], level: int | None) -> Rates:
    """Fill: seats taken of those asked for. No-show: seats of which the person was absent, of those confirmed."""
    keys, values = keyed(db, cut, by, level)
    condition, bound = where(db, cut)
    names = [f"k{number}" for number in range(len(by))]
    picked = "".join(f"{key} AS {name}, " for key, name in zip(keys, names, strict=True))
    found = db.conn.execute(
        f"""
        WITH {GATHERED if "at_depth" in values else ""}
        picked AS (
            SELECT DISTINCT {picked} fact.id, fact.whole, fact.part
            FROM {SHIFTS if measure == "fill" else SEATS} AS fact {TASK_JOIN if "task" in by else ""}
            WHERE {condition}
        )
        SELECT {"".join(f"{name}, " for name in names)} SUM(whole), SUM(part)
        FROM picked {f"GROUP BY {', '.join(names)}" if names else ""}
        """,
        values | bound,
    )
    return {tuple(row[:-2]): row[-1] / row[-2] for row in found if row[-2]}


def attainment(db: Database, cut: Cut, by: Sequence[str], level: int | None, now: datetime) -> Rates:
    """What was met of what was owed and is decided, met or missed: leaders' weeks and months, units' targets.

    Each leader's week or month counts once, and each unit's target in each of its periods that is over. A week belongs
    to the month of its Monday; what is owed for longer than a span belongs to none of them. A unit's target is
    nobody's own: it is left out by person and role, and by activity where any will do.
    """
    met: Counter[Key] = Counter()
    due: Counter[Key] = Counter()
    homes = _homes(db, cut, level)
    for owed in _owed(db, cut, now):
        if owed["state"] not in ("met", "missed") or owed["unit_id"] not in homes:
            continue
        if any(cut.get(name) not in (None, owed[name]) for name in ("person_id", "role", "activity")):
            continue
        known = {"person": owed["person_id"], "unit": homes[owed["unit_id"]], "role": owed["role"]}
        known |= {"activity": owed["activity"], **{name: periods.key_of(name, owed["first"]) for name in TIMES}}
        key = tuple(known[name] for name in by)
        if None in key or (owed["period"] != "week" and not _lies_in_one(by, owed)):
            continue
        due[key] += 1
        met[key] += owed["state"] == "met"
    return {key: met[key] / due[key] for key in due}


def _lies_in_one(by: Sequence[str], owed: Row) -> bool:
    """Whether a period touches one span only of each dimension of time."""
    spans = [name for name in by if name in TIMES]
    return all(periods.key_of(name, owed["first"]) == periods.key_of(name, owed["last"]) for name in spans)


def _owed(db: Database, cut: Cut, now: datetime) -> Iterator[Row]:
    """What leaders and units owe: unit_id, person_id, role and activity (None: none), period, first, last, state."""
    top = cut.get("unit_id") or cut.get("within")
    tops = [top] if top else [row["id"] for row in rows(db, "SELECT id FROM unit WHERE parent_id IS NULL ORDER BY id")]
    for unit_id in tops:
        span = (db, unit_id, cut["first"], cut["last"])
        yield from quotas.weeks(*span, now=now)
        yield from quotas.months(*span, now=now)
        for row in quotas.decided(*span, now=now):
            yield row | {"person_id": None, "role": None, "state": "met" if row["is_met"] else "missed"}


def _homes(db: Database, cut: Cut, level: int | None) -> dict[int, int]:
    """Each unit that is asked about, and the one that it is gathered to."""
    keys, values = keyed(db, cut, ["unit"], level)
    condition, bound = where(db, cut, {"within", "unit_id"})
    found = db.conn.execute(
        f"""
        WITH {GATHERED if "at_depth" in values else ""}
        fact AS (SELECT id AS unit_id FROM unit)
        SELECT fact.unit_id, {keys[0]} FROM fact WHERE {condition or "1"}
        """,
        values | bound,
    )
    return dict(found.fetchall())
