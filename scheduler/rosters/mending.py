"""After somebody falls ill: who stands in with nobody else moved, or a wider exchange where that gains more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest

from scheduler import audit, clock, rotation
from scheduler.assignments.exchange import Taken, rearrange
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows, run, write
from scheduler.errors import Conflict, NotFound
from scheduler.rosters.dealing import around
from scheduler.rosters.keeping import kept_seats
from scheduler.rosters.reading import POSITION, number, problem, seats
from scheduler.rosters.reasons import names_of
from scheduler.rosters.staff import as_json, local
from scheduler.rotation.costs import objective
from scheduler.steps import step

WORTH = 0.005  # prices are whole hundredths of a point


@dataclass(frozen=True, slots=True)
class Mending:
    """What would change in a published roster, for those who are away on duties to come.

    A change is a row: shift_id, slot (None: any free one), place, name_zh, name_en, day, starts_at, ends_at,
    assignment_id, person_id and person of whom it takes out (or None), new_id and new of whom it puts in (or None).
    """

    version: int
    changes: Sequence[Row]
    wider: Sequence[Row]

    @property
    def missing(self) -> int:
        """How many slots stay empty where nobody else is moved."""
        return _missing(self.changes)

    @property
    def wider_missing(self) -> int:
        """And how many where others are moved as well."""
        return _missing(self.wider)


def _missing(changes: Iterable[Row]) -> int:
    return sum((row["new_id"] is None) - (row["person_id"] is None) for row in changes)


def mending(db: Database, roster_id: int, *, now: datetime, duty: Duty | None = None) -> Mending:
    """How to stand in for everybody who is away on a duty that has not begun. NotFound, Conflict: it is not published.

    First, nobody but them is moved: each slot goes to whom it costs the roster least. Only where that leaves a slot
    empty is the whole looked at anew, what has begun left as it was; that is offered if it gains more than it moves.
    """
    roster = _published(db, roster_id)
    met = _met(db, roster_id, now)
    if not met:
        return Mending(roster["version"], (), ())
    asked, standing = problem(db, roster_id, duty=duty), seats(db, roster_id)
    leaving = [_seat(row["shift_id"], row["person_id"]) for row in met]
    here = _stood_in(db, roster_id, asked, [seat for seat in standing if seat not in leaving], leaving)
    changes = _changes(db, roster_id, standing, here)
    wider = _wider(db, roster_id, asked, standing, leaving, here, now) if _missing(changes) else None
    return Mending(roster["version"], changes, _changes(db, roster_id, standing, wider) if wider else ())


def mend(
    db: Database,
    roster_id: int,
    *,
    version: int,
    wider: bool = False,
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
) -> int:
    """Make the changes that `mending` tells; gives how many. They wait for the next publication like any others.

    Conflict if the roster is another one than the reader saw, or there is nothing to change.
    """
    plan = mending(db, roster_id, now=now, duty=duty)
    changes = plan.wider if wider else plan.changes
    if not changes:
        raise Conflict("nobody_to_stand_in_for")
    with write(db):
        roster = _published(db, roster_id)
        if not version == plan.version == roster["version"]:
            raise Conflict("roster_changed")
        with step(db, roster_id, "mend", by=by, now=now):
            rearrange(db, [row for row in changes if row["assignment_id"]], _coming(changes), now=now)
        run(db, "UPDATE roster SET version = version + 1 WHERE id = :roster_id", roster_id=roster_id)
        audit.record(
            db, "mend", "roster", roster_id, by=by, now=now, unit_id=roster["unit_id"], wider=wider,
            changes=[{name: row[name] for name in ("place", "day", "person", "new")} for row in changes],
        )  # fmt: skip
    return len(changes)


def _coming(changes: Iterable[Row]) -> list[Taken]:
    return [Taken(row["shift_id"], row["slot"], row["new_id"], source="engine") for row in changes if row["new_id"]]


def _published(db: Database, roster_id: int) -> Row:
    found = one(db, "SELECT unit_id, state, version FROM roster WHERE id = :roster_id", roster_id=roster_id)
    if found is None:
        raise NotFound("not_found")
    if found["state"] != "published":
        raise Conflict("roster_is_not_published")
    return found


def _met(db: Database, roster_id: int, now: datetime) -> list[Row]:
    """Assignments to come whose people are away, by start: shift_id, person_id."""
    return rows(
        db,
        """
        SELECT assignment.shift_id, assignment.person_id
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state = 'planned'
        WHERE shift.roster_id = :roster_id AND shift.state = 'planned' AND shift.starts_at > :now
          AND EXISTS (
              SELECT 1 FROM away
              WHERE away.person_id = assignment.person_id
                AND away.starts_at < assignment.ends_at AND away.ends_at > assignment.starts_at
          )
        ORDER BY shift.starts_at, shift.id, assignment.slot
        """,
        roster_id=roster_id,
        now=clock.to_text(now),
    )


def _seat(shift_id: int, person_id: int) -> rotation.Seat:
    return rotation.Seat(f"S{shift_id}", POSITION, f"P{person_id}")


def _stood_in(
    db: Database,
    roster_id: int,
    asked: rotation.Problem,
    rest: list[rotation.Seat],
    leaving: Iterable[rotation.Seat],
) -> list[rotation.Seat]:
    """The rest, all of it held fixed, with each of the leaving's slots given to whom it costs least, customs kept."""
    pins = tuple(rotation.Pin(seat.duty, seat.position, seat.staff) for seat in rest)
    free, _ = around(replace(asked, pinned=pins))
    pinned = [rotation.Seat(pin.duty, pin.position, pin.staff) for pin in free.pinned]
    found = [*pinned, *rotation.stand_ins(free, leaving)]
    stay = {(number(seat.duty), number(seat.staff)) for seat in rest}
    return [
        *rest,
        *(seat for seat in kept_seats(db, roster_id, rotation.indexed(free), found, stay) if seat not in rest),
    ]


def _wider(
    db: Database,
    roster_id: int,
    asked: rotation.Problem,
    standing: Sequence[rotation.Seat],
    leaving: Sequence[rotation.Seat],
    here: Sequence[rotation.Seat],
    now: datetime,
) -> list[rotation.Seat] | None:
    """The best roster of all, changes priced; None unless it is cheaper than `here`, and fills more."""
    gone = {rotation.Pin(seat.duty, seat.position, seat.staff) for seat in leaving}
    begun = local(db, clock.to_text(now)) + timedelta(minutes=1)
    free, broken = around(
        replace(
            asked,
            pinned=tuple(pin for pin in asked.pinned if pin not in gone),
            previous=rotation.Previous(tuple(standing), frozen_before=begun),
        )
    )
    kept = [rotation.Seat(pin.duty, pin.position, pin.staff) for pin in broken]
    index = rotation.indexed(free)
    seats = kept_seats(db, roster_id, index, rotation.solve(free).seats)
    found = [*seats, *(seat for seat in kept if seat not in seats)]
    local_price = objective(index, [seat for seat in here if seat not in kept])
    is_worth_it = len(found) > len(here) and objective(index, seats) < local_price - WORTH
    return found if is_worth_it else None


def _changes(
    db: Database, roster_id: int, before: Sequence[rotation.Seat], after: Sequence[rotation.Seat]
) -> list[Row]:
    """By start: each slot that changes hands, with whom it takes out and whom it puts in."""
    went, came = set(before) - set(after), set(after) - set(before)
    stood = _stood(db, roster_id, {number(seat.duty) for seat in went | came})
    names = names_of(db, {number(seat.staff) for seat in came})
    out: dict[int, list[Row]] = defaultdict(list)
    for row in stood:
        if row["person_id"] and _seat(row["shift_id"], row["person_id"]) in went:
            out[row["shift_id"]].append(row)
    into: dict[int, list[int]] = defaultdict(list)
    for seat in sorted(came, key=lambda seat: number(seat.staff)):
        into[number(seat.duty)].append(number(seat.staff))
    made: list[Row] = []
    for shift in {row["shift_id"]: row for row in stood}.values():
        nobody = shift | {"slot": None, "assignment_id": None, "person_id": None, "person": None}
        for row, new_id in zip_longest(out[shift["shift_id"]], into[shift["shift_id"]]):
            made.append((row or nobody) | {"new_id": new_id, "new": names.get(new_id)})
    return made


def _stood(db: Database, roster_id: int, shift_ids: Iterable[int]) -> list[Row]:
    return rows(
        db,
        """
        SELECT shift.id AS shift_id, assignment.slot, place.name AS place, activity.name_zh, activity.name_en,
               shift.day, shift.starts_at, shift.ends_at, assignment.id AS assignment_id, assignment.person_id,
               person.name AS person
        FROM shift
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        LEFT JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        LEFT JOIN person ON person.id = assignment.person_id
        WHERE shift.roster_id = :roster_id AND shift.id IN (SELECT value FROM json_each(:ids))
        ORDER BY shift.starts_at, shift.id, assignment.slot
        """,
        roster_id=roster_id,
        ids=as_json(shift_ids),
    )
