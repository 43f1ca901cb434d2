"""Person × day: where each person stands, when they are away, and how much they carry against their fair share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler import clock, rotation, workdays
from scheduler.database import Database, Row, rows
from scheduler.rosters.narrowing import Filters, Units, page_of
from scheduler.rosters.slots import calls
from scheduler.rosters.staff import as_json, trips_of

PEOPLE_A_PAGE = 50
OVER, UNDER = 1.5, -1.0  # trips from the fair count: above, a person is looked at; below, they could take more
KIND_MARKS = {"community": "社", "village": "村", "school": "校", "outlet": "行", "other": "点"}

Taken = Mapping[int, Mapping[int, Row]]


@dataclass(frozen=True, slots=True)
class Cell:
    """A person's day: the slots that they stand (`short` is the place in two characters), the kind of leave if any,
    and whether it still waits for a decision."""

    slots: Sequence[Row]
    away: str | None
    is_there: bool
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Carrier:
    """A person's line. `load` are trips of this roster, `share` their fair part of it, `apart` how far they are from
    the fair count over the year; `quarter` counts trips entered or planned; off and make-up days are of this roster.
    """

    person_id: int
    person: str
    staff_no: str
    unit: str
    cells: Sequence[Cell]
    load: int
    share: float
    apart: float
    quarter: int
    off_days: int
    makeup_days: int

    @property
    def is_over(self) -> bool:
        """Whether they carry clearly more than is fair."""
        return self.apart > OVER

    @property
    def is_under(self) -> bool:
        """Whether they carry less than is fair."""
        return self.apart < UNDER

    @property
    def calls(self) -> bool:
        """Whether anything on the line asks to be looked at."""
        return self.is_over or any(calls(cell.slots) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class PeopleGrid:
    """One page of people, who carries most first. `total` people are let through, the sums are of all of them."""

    lines: Sequence[Carrier]
    total: int
    by_day: Sequence[int]
    load: int
    quarter: int
    off_days: int
    makeup_days: int
    most: float
    over: int
    away_people: int


def people_grid(
    db: Database,
    held: Row,
    index: rotation.Index,
    days: Sequence[workdays.Day],
    shown: Sequence[workdays.Day],
    shifts: Sequence[Row],
    taken: Taken,
    filters: Filters,
    below: Units,
) -> PeopleGrid:
    """The grid of a roster whose problem, shifts and slots have been read; four statements, whatever its size."""
    people = _people(db, [int(person.staff.id[1:]) for person in index.people])
    duties = _duties(shifts, taken)
    kinds = {day.day.isoformat(): day.kind for day in days}
    away = _away(db, held, people)
    quarter = _quarter(db, held, duties)
    lines = []
    for person in index.people:
        row = people[int(person.staff.id[1:])]
        own = duties.get(row["id"], [])
        if _is_let_through(row, own, filters, below):
            line = _line(row, own, person.staff, shown, kinds, away.get(row["id"], {}), quarter.get(row["id"], 0))
            lines.append(line)
    kept = [line for line in lines if line.calls] if filters.problems else lines
    kept.sort(key=lambda line: (-line.load, -line.apart, line.staff_no))
    return _summed(kept, filters, len(shown))


def _summed(kept: list[Carrier], filters: Filters, width: int) -> PeopleGrid:
    return PeopleGrid(
        lines=page_of(kept, filters.page, PEOPLE_A_PAGE),
        total=len(kept),
        by_day=[sum(len(line.cells[at].slots) for line in kept) for at in range(width)],
        load=sum(line.load for line in kept),
        quarter=sum(line.quarter for line in kept),
        off_days=sum(line.off_days for line in kept),
        makeup_days=sum(line.makeup_days for line in kept),
        most=max((max(line.load, line.share) for line in kept), default=0.0),
        over=sum(line.is_over for line in kept),
        away_people=sum(any(cell.away and not cell.is_asked for cell in line.cells) for line in kept),
    )


def _is_let_through(row: Row, own: Sequence[Row], filters: Filters, below: Units) -> bool:
    """By unit and name; by activity and place those who stand such a duty."""
    wanted = not (filters.activity or filters.place) or any(
        filters.activity in ("", slot["activity"]) and filters.place in slot["place"] for slot in own
    )
    return wanted and (below is None or row["unit_id"] in below) and filters.names_any([row])


def _line(
    row: Row,
    own: Sequence[Row],
    staff: rotation.Staff,
    shown: Sequence[workdays.Day],
    kinds: Mapping[str, str],
    away: Mapping[date, tuple[str, bool]],
    quarter: int,
) -> Carrier:
    by_day: dict[str, list[Row]] = defaultdict(list)
    for slot in own:
        by_day[slot["day"]].append(slot)
    counted = [kinds[slot["day"]] for slot in own if slot["state"] != "cancelled" and not slot["is_absent"]]
    ahead = staff.target_trips - staff.history.trips
    return Carrier(
        person_id=row["id"],
        person=row["person"],
        staff_no=row["staff_no"],
        unit=row["unit"],
        cells=[_cell(row, day.day, by_day, away) for day in shown],
        load=len(counted),
        share=max(0.0, ahead),
        apart=len(counted) - ahead if staff.target_trips or counted else 0.0,
        quarter=quarter,
        off_days=sum(kind in ("weekend", "holiday") for kind in counted),
        makeup_days=counted.count("makeup"),
    )


def _cell(row: Row, day: date, by_day: Mapping[str, Sequence[Row]], away: Mapping[date, tuple[str, bool]]) -> Cell:
    text = day.isoformat()
    is_there = row["joined_on"] <= text and (row["left_on"] is None or row["left_on"] >= text)
    kind, is_asked = away.get(day, (None, False))
    return Cell(by_day.get(text, ()), kind, is_there, is_asked)


def _duties(shifts: Sequence[Row], taken: Taken) -> dict[int, list[Row]]:
    """By person: the slots that they stand, by start, with the place in two characters."""
    names = _short_names({(shift["place_id"], shift["place"], shift["place_kind"]) for shift in shifts})
    found: dict[int, list[Row]] = defaultdict(list)
    for shift in sorted(shifts, key=lambda shift: (shift["starts_at"], shift["id"])):
        for slot in taken.get(shift["id"], {}).values():
            told = {name: shift[name] for name in ("day", "place", "activity", "name_zh", "name_en", "hours")}
            found[slot["person_id"]].append(slot | told | {"short": names[shift["place_id"]]})
    return found


def _short_names(places: set[tuple[int, str, str]]) -> dict[int, str]:
    """Two characters for each place: its first two, or where several share those, the first and its kind."""
    shared = Counter(name[:2] for _, name, _ in places)
    return {
        place_id: name[:2] if shared[name[:2]] == 1 or kind == "outlet" else name[0] + KIND_MARKS[kind]
        for place_id, name, kind in places
    }


def _people(db: Database, ids: Sequence[int]) -> dict[int, Row]:
    found = rows(
        db,
        """
        SELECT person.id, person.name AS person, person.staff_no, person.unit_id, unit.name AS unit, person.joined_on,
               person.left_on
        FROM json_each(:ids)
        JOIN person ON person.id = json_each.value
        JOIN unit ON unit.id = person.unit_id
        ORDER BY person.id
        """,
        ids=as_json(ids),
    )
    return {row["id"]: row for row in found}


def _away(db: Database, held: Row, people: Mapping[int, Row]) -> dict[int, dict[date, tuple[str, bool]]]:
    """By person and day of the period: the kind of leave that touches it, and whether it is only asked for yet."""
    first, last = date.fromisoformat(held["starts_on"]), date.fromisoformat(held["ends_on"])
    found: dict[int, dict[date, tuple[str, bool]]] = defaultdict(dict)
    for row in rows(
        db,
        """
        SELECT person_id, kind, starts_at, ends_at, 0 AS is_asked
        FROM away
        WHERE person_id IN (SELECT value FROM json_each(:ids)) AND starts_at < :until AND ends_at > :since
        UNION ALL
        SELECT person_id, kind, starts_at, ends_at, 1
        FROM leave_request
        WHERE state = 'asked'
          AND person_id IN (SELECT value FROM json_each(:ids)) AND starts_at < :until AND ends_at > :since
        ORDER BY is_asked, person_id, starts_at
        """,
        ids=as_json(people),
        since=clock.to_text(clock.midnight(first, db.zone)),
        until=clock.to_text(clock.midnight(last + timedelta(days=1), db.zone)),
    ):
        day = max(first, clock.local(row["starts_at"], db.zone).date())
        ends = min(last, (clock.local(row["ends_at"], db.zone) - timedelta(seconds=1)).date())
        while day <= ends:
            found[row["person_id"]].setdefault(day, (row["kind"], bool(row["is_asked"])))
            day += timedelta(days=1)
    return found


def _quarter(db: Database, held: Row, duties: Mapping[int, Sequence[Row]]) -> Counter[int]:
    """By person: trips in the quarter in which the roster begins: entered, published elsewhere, of this roster."""
    opens = date.fromisoformat(held["starts_on"])
    first = date(opens.year, opens.month - (opens.month - 1) % 3, 1)
    last = clock.first_of_next_month(first.replace(month=first.month + 2)) - timedelta(days=1)
    counts = Counter(trips_of(db, held["id"], first, last))
    for person_id, own in duties.items():
        counts[person_id] += sum(
            slot["day"] <= last.isoformat() and slot["state"] != "cancelled" and not slot["is_absent"] for slot in own
        )
    return counts
