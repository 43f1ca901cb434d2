"""An earlier version as the board shows a roster, place × day, with what is planned otherwise by now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scheduler import workdays
from scheduler.database import Database, Row, rows
from scheduler.rosters.drafting import roster
from scheduler.rosters.grid import Group, Line, groups_of
from scheduler.rosters.slots import shifts_of, slots_of
from scheduler.rosters.versions import version


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version's groups of lines over the whole period. A slot has person (then) and now: who stands it today where
    that is somebody else; `differing` counts shifts, `changes` are their slots by day: day, place, slot, then, now.
    """

    days: Sequence[workdays.Day]
    groups: Sequence[Group]
    changes: Sequence[Row]
    differing: int


def earlier(db: Database, roster_id: int, number: int) -> Earlier:
    """The board of a version; the number of statements does not grow with the roster. NotFound."""
    held, found = roster(db, roster_id), version(db, roster_id, number)
    shown = workdays.days(db, date.fromisoformat(held["starts_on"]), date.fromisoformat(held["ends_on"]))
    shifts = [shift for shift in shifts_of(db, roster_id) if shift["state"] != "cancelled"]
    then, now = _then(db, found["id"]), _now(db, roster_id)
    taken = {shift["id"]: _compared(shift, then[shift["id"]], now[shift["id"]]) for shift in shifts}
    changes = sorted(_changes(shifts, taken), key=lambda row: (row["day"], row["place"], row["slot"]))
    groups = [
        replace(group, lines=[_counted(line) for line in group.lines]) for group in groups_of(shifts, taken, shown)
    ]
    return Earlier(shown, groups, changes, len({row["shift_id"] for row in changes}))


def _counted(line: Line) -> Line:
    """The line with how many stood then; who came since is in its cells too."""
    return replace(line, filled=sum(slot["person"] is not None for cell in line.cells for slot in cell))


def _compared(shift: Row, then: list[Row], now: list[Row]) -> dict[int, Row]:
    """By slot: who stood it then; of those who left each with somebody who came instead, as long as there are any."""
    came = [row for row in now if row["person_id"] not in {old["person_id"] for old in then}]
    stay = {row["person_id"] for row in now}
    slots: dict[int, Row] = {}
    for row in then:
        if row["person_id"] in stay:
            slots[row["slot"]] = row | {"marks": [], "now": row["person"]}
        else:
            other = came.pop(0)["person"] if came else None
            slots[row["slot"]] = row | {"marks": ["changed"], "now": other}
    for slot in slots_of(shift, slots):
        if not slot["person"]:
            other = came.pop(0)["person"] if came else None
            slots[slot["slot"]] = slot | {"marks": ["open", "changed"] if other else ["open"], "now": other}
    return slots


def _changes(shifts: list[Row], taken: dict[int, dict[int, Row]]) -> Iterator[Row]:
    for shift in shifts:
        for at, slot in taken[shift["id"]].items():
            if slot["person"] != slot["now"]:
                where = {"shift_id": shift["id"], "day": shift["day"], "place": shift["place"], "slot": at}
                yield where | {"then": slot["person"], "now": slot["now"]}


def _then(db: Database, version_id: int) -> dict[int, list[Row]]:
    sql = """
        SELECT version_seat.shift_id, version_seat.slot, shift.state, person.id AS person_id, person.name AS person
        FROM version_seat
        JOIN shift ON shift.id = version_seat.shift_id
        JOIN person ON person.id = version_seat.person_id
        WHERE version_seat.version_id = :version_id
        ORDER BY version_seat.shift_id, version_seat.slot
    """
    return _by_shift(rows(db, sql, version_id=version_id))


def _now(db: Database, roster_id: int) -> dict[int, list[Row]]:
    sql = """
        SELECT assignment.shift_id, person.id AS person_id, person.name AS person
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        JOIN person ON person.id = assignment.person_id
        WHERE shift.roster_id = :roster_id
        ORDER BY assignment.shift_id, assignment.slot
    """
    return _by_shift(rows(db, sql, roster_id=roster_id))


def _by_shift(found: list[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row["shift_id"]].append(row)
    return grouped
