"""A roster as a sheet of paper: places or people down, days across, as it was published last, or a draft as it is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from scheduler import clock, workdays
from scheduler.database import Database, Row, rows
from scheduler.rosters.drafting import roster
from scheduler.rosters.versions import versions

LONG = 31  # lines above which a month is printed on A3


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line of the sheet. In a cell stand names (None is an unfilled slot), or the places where a person stands."""

    label: str
    small: str
    place: str
    activity_zh: str
    activity_en: str
    hours: tuple[time, time]
    cells: Sequence[Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet with its head and its sums. `version` is None for a draft, and for a plan that is not published."""

    roster: Row
    version: Row | None
    days: Sequence[workdays.Day]
    lines: Sequence[PaperLine]
    slots: int
    filled: int
    people: int

    @property
    def narrow(self) -> set[date]:
        """Off days on which nothing is asked of anybody."""
        return {
            day.day
            for at, day in enumerate(self.days)
            if not day.is_workday and not any(line.cells[at] for line in self.lines)
        }

    @property
    def is_large(self) -> bool:
        """Whether it wants A3: many lines, or two in a cell throughout."""
        held = [len(cell) for line in self.lines for cell in line.cells if cell]
        return len(self.lines) > LONG or (bool(held) and min(held) > 1)

    @property
    def hours(self) -> list[tuple[str, str, tuple[time, time]]]:
        """The activities with their hours: Chinese, English, from and to."""
        return list(dict.fromkeys((line.activity_zh, line.activity_en, line.hours) for line in self.lines))


def by_place(db: Database, roster_id: int, *, planned: bool = False) -> Sheet:
    """Month × place: a line for each place, activity and hours. `planned` also shows what is not published yet.

    Of people with the same name each has their staff number beside it. NotFound.
    """
    held, found = _read(db, roster_id, planned)
    alike = _alike(found)
    days = _days(db, held)
    grouped: dict[tuple[str, int, tuple[time, time]], dict[str, list[str | None]]] = defaultdict(
        lambda: defaultdict(list)
    )
    heads: dict[tuple[str, int, tuple[time, time]], Row] = {}
    for shift in found.shifts:
        key = (shift["activity"], shift["place_id"], shift["hours"])
        heads[key] = shift
        names: list[str | None] = [_named(person, alike) for person in found.standing.get(shift["id"], [])]
        grouped[key][shift["day"]] += names + [None] * (shift["headcount"] - len(names))
    lines = [
        _line(heads[key], heads[key]["place"], "", [cells.get(day.day.isoformat(), []) for day in days])
        for key, cells in grouped.items()
    ]
    return _sheet(db, held, found, days, lines, planned)


def by_person(db: Database, roster_id: int) -> Sheet:
    """Person × day: a line for everybody who stands in it, with the places of each day."""
    held, found = _read(db, roster_id, False)
    days = _days(db, held)
    places: dict[int, dict[str, list[str | None]]] = defaultdict(lambda: defaultdict(list))
    people: dict[int, Row] = {}
    heads: dict[int, Row] = {}
    for shift in found.shifts:
        for person in found.standing.get(shift["id"], []):
            people[person["person_id"]], heads[person["person_id"]] = person, shift
            places[person["person_id"]][shift["day"]].append(shift["place"])
    order = sorted(people.values(), key=lambda row: (row["unit_id"], row["staff_no"]))
    lines = [
        _line(
            heads[row["person_id"]], row["person"], row["unit"],
            [places[row["person_id"]].get(day.day.isoformat(), []) for day in days],
        )
        for row in order
    ]  # fmt: skip
    return _sheet(db, held, found, days, lines, False)


@dataclass(frozen=True, slots=True)
class _Found:
    shifts: Sequence[Row]
    standing: dict[int, list[Row]]


def _read(db: Database, roster_id: int, planned: bool) -> tuple[Row, _Found]:
    held = roster(db, roster_id)
    is_plan = planned or held["state"] == "draft"
    shifts = rows(
        db,
        """
        SELECT shift.id, shift.place_id, place.name AS place, activity.code AS activity,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en,
               shift.day, shift.starts_at, shift.ends_at, shift.headcount
        FROM shift
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        WHERE shift.roster_id = :roster_id AND shift.state <> 'cancelled'
        ORDER BY activity.sort, activity.id, place.id, shift.starts_at, shift.id
        """,
        roster_id=roster_id,
    )
    seated = rows(
        db,
        f"""
        SELECT held.shift_id, person.id AS person_id, person.name AS person, person.staff_no,
               person.unit_id, unit.name AS unit
        FROM shift
        JOIN {"assignment" if is_plan else "standing"} AS held ON held.shift_id = shift.id AND held.state <> 'released'
        JOIN person ON person.id = held.person_id
        JOIN unit ON unit.id = person.unit_id
        WHERE shift.roster_id = :roster_id
        ORDER BY held.shift_id, held.slot
        """,
        roster_id=roster_id,
    )
    standing: dict[int, list[Row]] = defaultdict(list)
    for row in seated:
        standing[row["shift_id"]].append(row)
    timed = [
        row | {"hours": tuple(clock.local(row[at], db.zone).time() for at in ("starts_at", "ends_at"))}
        for row in shifts
    ]
    return held, _Found(timed, standing)


def _days(db: Database, held: Row) -> list[workdays.Day]:
    return workdays.days(db, date.fromisoformat(held["starts_on"]), date.fromisoformat(held["ends_on"]))


def _alike(found: _Found) -> set[str]:
    """Names that more than one person has."""
    people = {(row["person"], row["person_id"]) for seated in found.standing.values() for row in seated}
    return {name for name, count in Counter(name for name, _ in people).items() if count > 1}


def _named(person: Row, alike: set[str]) -> str:
    return f"{person['person']} {person['staff_no']}" if person["person"] in alike else str(person["person"])


def _line(shift: Row, label: str, small: str, cells: Sequence[Sequence[str | None]]) -> PaperLine:
    return PaperLine(label, small, shift["place"], shift["activity_zh"], shift["activity_en"], shift["hours"], cells)


def _sheet(
    db: Database, held: Row, found: _Found, days: Sequence[workdays.Day], lines: Sequence[PaperLine], planned: bool
) -> Sheet:
    published = versions(db, held["id"])
    return Sheet(
        roster=held,
        version=published[0] if published and not (planned and held["waiting"]) else None,
        days=days,
        lines=lines,
        slots=sum(shift["headcount"] for shift in found.shifts),
        filled=sum(len(found.standing.get(shift["id"], ())) for shift in found.shifts),
        people=len({row["person_id"] for seated in found.standing.values() for row in seated}),
    )
