"""What would be a person's fair share of the trips that were made, beside what they made."""

from __future__ import annotations

from datetime import date

from scheduler import tallies
from scheduler.database import Database, Row, one, rows
from scheduler.rosters.staff import days_there, load_of, people_of, times_away
from scheduler.rosters.targets import shares_of


def share(db: Database, person_id: int, first: date, last: date) -> Row | None:
    """A person's trips in the ledger against a fair share of them, or None where no roster has asked the person.

    trips, fair (what would be even, to a tenth), people and total: how many are asked for the same, and their trips;
    forgiven: turns that others stood and they were let off, which their fair share is smaller by.
    The same are those of the same role and party membership below the unit of the latest published roster that the
    person stood in. Even is the same rate for all of them, as in the rotation: trips in proportion to the days on which
    one was there, each day weighing as much as was stood on it.
    """
    asked = _asked(db, person_id, last)
    if asked is None:
        return None
    period = {"id": 0, "unit_id": asked["unit_id"], "starts_on": first.isoformat(), "ends_on": last.isoformat()}
    everybody = people_of(db, period)
    people = [row for row in everybody if (row["role"], row["party"]) == (asked["role"], asked["party"])]
    ids = {row["id"] for row in people}
    if person_id not in ids:
        return None
    away = times_away(db, period, people)
    load = load_of(db, 0, people, first, last)
    shares = shares_of(
        {str(row["id"]): days_there(db, row, away.get(row["id"], []), first, last) for row in people}, load
    )
    trips = {row["key"]: row["trips"] for row in tallies.tally(db, "person", first=first, last=last)}
    total, whole = sum(made for key, made in trips.items() if key in ids), sum(shares.values())
    forgiven = {key: turns for key, turns in _forgiven(db, first, last).items() if key in ids}
    owed = (total + sum(forgiven.values())) * shares.get(str(person_id), 0.0) / whole if whole else 0.0
    own = forgiven.get(person_id, 0)
    return {
        "trips": trips.get(person_id, 0), "fair": round(owed - own, 1), "people": len(people), "total": total,
        "forgiven": own,
    }  # fmt: skip


def _asked(db: Database, person_id: int, last: date) -> Row | None:
    """Role, party and the unit of the latest published roster that the person stands in."""
    return one(
        db,
        """
        SELECT person.role, person.party, roster.unit_id
        FROM standing
        JOIN shift ON shift.id = standing.shift_id
        JOIN roster ON roster.id = shift.roster_id
        JOIN person ON person.id = standing.person_id
        WHERE standing.person_id = :person_id AND roster.starts_on <= :last
        ORDER BY roster.starts_on DESC, roster.id DESC
        LIMIT 1
        """,
        person_id=person_id,
        last=last.isoformat(),
    )


def _forgiven(db: Database, first: date, last: date) -> dict[int, int]:
    """By person: turns that somebody else stood for them and that they were let off: they count as if stood."""
    sql = "SELECT person_id, COUNT(*) AS turns FROM forgiven_turn WHERE day BETWEEN :first AND :last GROUP BY person_id"
    return {row["person_id"]: row["turns"] for row in rows(db, sql, first=first.isoformat(), last=last.isoformat())}
