"""The people that a roster may ask: who they are, when they are not there, what they have stood before."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from scheduler import clock, rotation
from scheduler.config import Duty
from scheduler.database import Database, Row, rows

HISTORY = timedelta(days=365)  # fairness looks back a year: every season and holiday once
AROUND = timedelta(days=8)  # duties that can touch the period's rest and ISO weeks

Times = dict[int, list[tuple[str, str]]]  # by person: when they are away


def people_of(db: Database, roster: Row) -> list[Row]:
    """Who is there on any day of the period, below the roster's unit; and whoever stands in it already."""
    return rows(
        db,
        """
        SELECT id, unit_id, role, party, joined_on, left_on, max_per_week
        FROM person
        WHERE joined_on <= :ends_on AND (left_on IS NULL OR left_on >= :starts_on)
          AND unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :unit_id)
        UNION
        SELECT person.id, person.unit_id, role, party, joined_on, left_on, max_per_week
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        JOIN person ON person.id = assignment.person_id
        WHERE shift.roster_id = :id
        ORDER BY id
        """,
        id=roster["id"],
        unit_id=roster["unit_id"],
        starts_on=roster["starts_on"],
        ends_on=roster["ends_on"],
    )


def staff_of(db: Database, roster: Row, people: list[Row], duty: Duty) -> list[rotation.Staff]:
    """The people as the engine knows them, without their fair counts: those come when all are known."""
    ids = as_json(row["id"] for row in people)
    held: dict[int, set[str]] = {}
    for row in rows(
        db,
        "SELECT person_id, skill FROM person_skill WHERE person_id IN (SELECT value FROM json_each(:ids)) ORDER BY 1",
        ids=ids,
    ):
        held.setdefault(row["person_id"], set()).add(row["skill"])
    last = date.fromisoformat(roster["ends_on"])
    first = date.fromisoformat(roster["starts_on"]) - HISTORY
    trips = trips_of(db, roster["id"], first, last, forgiven=True)
    return [
        rotation.Staff(
            id=f"P{row['id']}",
            unit=f"U{row['unit_id']}",
            role=row["role"],
            party=bool(row["party"]),
            skills=frozenset(held.get(row["id"], ())),
            fte=1.0,
            max_per_week=duty.max_per_week if row["max_per_week"] is None else row["max_per_week"],
            max_per_period=None,
            history=rotation.History(trips=trips.get(row["id"], 0)),
            target_trips=0.0,
        )
        for row in people
    ]


def trips_of(db: Database, roster_id: int, first: date, last: date, *, forgiven: bool = False) -> dict[int, int]:
    """By person: person-trips outside of a roster from first to last: entered, or published and to come.

    `forgiven` adds the turns that others stood for them and that they were let off: to a rotation they are as stood.
    """
    found = rows(
        db,
        """
        SELECT person_id, SUM(trips) AS trips
        FROM (
            SELECT person_id, trips
            FROM ledger
            WHERE day BETWEEN :first AND :last
              AND (shift_id IS NULL OR shift_id NOT IN (SELECT id FROM shift WHERE roster_id = :id))
            UNION ALL
            SELECT assignment.person_id, 1 AS trips
            FROM shift
            JOIN roster ON roster.id = shift.roster_id
            JOIN assignment ON assignment.shift_id = shift.id
            WHERE shift.day BETWEEN :first AND :last AND shift.state = 'planned' AND shift.roster_id <> :id
              AND roster.state = 'published' AND assignment.state IN ('planned', 'present')
            UNION ALL
            SELECT person_id, 1 FROM forgiven_turn WHERE :forgiven AND day BETWEEN :first AND :last
        )
        GROUP BY person_id
        ORDER BY person_id
        """,
        id=roster_id,
        forgiven=int(forgiven),
        first=first.isoformat(),
        last=last.isoformat(),
    )
    return {row["person_id"]: row["trips"] for row in found}


def load_of(db: Database, roster_id: int, people: list[Row], first: date, last: date) -> dict[int, float]:
    """By day (its ordinal): the trips that these people stood outside of a roster, or will by what is published.

    What was carried forward is spread over the days up to its own: nobody knows when it was stood.
    """
    load: dict[int, float] = defaultdict(float)
    for row in rows(
        db,
        """
        SELECT day, is_carried, SUM(trips) AS trips
        FROM (
            SELECT day, source = 'carried_forward' AS is_carried, trips
            FROM ledger
            WHERE day BETWEEN :first AND :last AND person_id IN (SELECT value FROM json_each(:people))
              AND (shift_id IS NULL OR shift_id NOT IN (SELECT id FROM shift WHERE roster_id = :id))
            UNION ALL
            SELECT shift.day, 0 AS is_carried, 1 AS trips
            FROM shift
            JOIN roster ON roster.id = shift.roster_id
            JOIN assignment ON assignment.shift_id = shift.id
            WHERE shift.day BETWEEN :first AND :last AND shift.state = 'planned' AND shift.roster_id <> :id
              AND roster.state = 'published' AND assignment.state IN ('planned', 'present')
              AND assignment.person_id IN (SELECT value FROM json_each(:people))
        )
        GROUP BY day, is_carried
        ORDER BY day
        """,
        id=roster_id,
        people=as_json(row["id"] for row in people),
        first=first.isoformat(),
        last=last.isoformat(),
    ):
        day = date.fromisoformat(row["day"]).toordinal()
        over = range(first.toordinal(), day + 1) if row["is_carried"] else range(day, day + 1)
        for at in over:
            load[at] += row["trips"] / len(over)
    return load


def times_away(db: Database, roster: Row, people: list[Row]) -> Times:
    """When each of them is away, from a year before the period to its last night."""
    found: Times = {}
    first, last = date.fromisoformat(roster["starts_on"]) - HISTORY, date.fromisoformat(roster["ends_on"])
    for row in rows(
        db,
        """
        SELECT person_id, starts_at, ends_at
        FROM away
        WHERE person_id IN (SELECT value FROM json_each(:ids)) AND starts_at < :until AND ends_at > :since
        ORDER BY person_id, starts_at
        """,
        ids=as_json(row["id"] for row in people),
        since=clock.to_text(clock.midnight(first, db.zone)),
        until=clock.to_text(clock.midnight(last + timedelta(days=2), db.zone)),  # the last night's duty ends next day
    ):
        found.setdefault(row["person_id"], []).append((row["starts_at"], row["ends_at"]))
    return found


def days_there(db: Database, person: Row, away: list[tuple[str, str]], first: date, last: date) -> set[int]:
    """The days from first to last on which a person had joined, had not left and was not wholly away, as ordinals."""
    first = max(first, date.fromisoformat(person["joined_on"]))
    last = last if person["left_on"] is None else min(last, date.fromisoformat(person["left_on"]))
    there = set(range(first.toordinal(), last.toordinal() + 1))
    for starts_at, ends_at in away:
        begins, ends = local(db, starts_at), local(db, ends_at)
        whole = begins.toordinal() + (begins.time() != time())  # on a day that is away in part one could have stood
        there -= set(range(whole, ends.toordinal()))
    return there


def leave(db: Database, people: list[Row], away: Times, first: date, last: date) -> Iterator[rotation.Interval]:
    """The same as the engine takes it; days before a person joined and after they left are leave as well."""
    opens, closes = datetime.combine(first, time()), datetime.combine(last, time())
    for row in people:
        staff, joined, left = f"P{row['id']}", date.fromisoformat(row["joined_on"]), row["left_on"]
        for starts_at, ends_at in away.get(row["id"], ()):
            if local(db, ends_at) > opens:
                yield rotation.Interval(staff, local(db, starts_at), local(db, ends_at))
        if joined > first:
            yield rotation.Interval(staff, opens, datetime.combine(joined, time()))
        if left is not None and left <= last.isoformat():
            after = datetime.combine(date.fromisoformat(left), time()) + timedelta(days=1)
            yield rotation.Interval(staff, after, max(closes, after) + timedelta(days=2))


def carried_in(db: Database, roster_id: int, people: list[Row], first: date, last: date) -> Iterator[rotation.Interval]:
    """What the people stand in other rosters around the period and inside it."""
    for row in rows(
        db,
        """
        SELECT assignment.person_id, assignment.starts_at, assignment.ends_at
        FROM assignment
        JOIN shift ON shift.id = assignment.shift_id
        WHERE assignment.person_id IN (SELECT value FROM json_each(:ids)) AND assignment.state <> 'released'
          AND assignment.starts_at BETWEEN :since AND :until AND shift.roster_id IS NOT :roster_id
        ORDER BY assignment.person_id, assignment.starts_at
        """,
        ids=as_json(row["id"] for row in people),
        roster_id=roster_id,
        since=clock.to_text(clock.midnight(first - AROUND, db.zone)),
        until=clock.to_text(clock.midnight(last + AROUND, db.zone)),
    ):
        yield rotation.Interval(f"P{row['person_id']}", local(db, row["starts_at"]), local(db, row["ends_at"]))


def local(db: Database, instant: str) -> datetime:
    """A stored instant on the local wall clock, without a zone: the engine knows none."""
    return clock.local(instant, db.zone).replace(tzinfo=None)


def as_json(ids: Iterable[int]) -> str:
    """Ids as one parameter of a statement: `IN (SELECT value FROM json_each(:ids))`."""
    return json.dumps(sorted(ids))
