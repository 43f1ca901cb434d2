"""The board: who stands where on which day, what is missing, what is wrong: in a few statements, whatever its size."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from scheduler import rotation, rules, workdays
from scheduler.assignments import Slot
from scheduler.config import Duty
from scheduler.database import Database, Row
from scheduler.rosters.carrying import elsewhere
from scheduler.rosters.checking import Found, found_in
from scheduler.rosters.drafting import roster
from scheduler.rosters.narrowing import EVERYTHING, Filters, page_of, units_below
from scheduler.rosters.panel import Panel, panel
from scheduler.rosters.people_grid import PeopleGrid, people_grid
from scheduler.rosters.reading import problem, seats
from scheduler.rosters.revision import Revision, revision
from scheduler.rosters.slots import calls, shifts_of, slots_of, taken_in

LINES_A_PAGE = 60  # places that a browser draws and a coordinator reads at once; the rest is a page further


@dataclass(frozen=True, slots=True)
class Line:
    """One place in a group: a list of slots for each shown day in `cells`; the whole period's sums."""

    place_id: int
    place: str
    filled: int
    need: int
    cells: Sequence[Sequence[Row]]

    @property
    def is_short(self) -> bool:
        """Whether slots are unfilled, in the shown days or outside of them."""
        return self.filled < self.need

    @property
    def calls(self) -> bool:
        """Whether anything on the line asks to be looked at: a gap, leave that an assignment meets, a warning."""
        return self.is_short or any(calls(cell) for cell in self.cells)

    def calls_on(self, at: int) -> bool:
        """The same for one of the shown days."""
        return calls(self.cells[at])


@dataclass(frozen=True, slots=True)
class Group:
    """The shifts of one activity at the same hours. `places` counts all of its places, `lines` are those shown;
    `templates` are the names of the templates they come from."""

    activity: str
    activity_zh: str
    activity_en: str
    templates: Sequence[str]
    starts_at: time
    ends_at: time
    least: int
    most: int
    places: int
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Board:
    """A roster as it stands: groups of lines over the shown days, or people over them; sums over the whole period.

    A slot is shift_id, slot, state of its shift, assignment_id, person_id, person, made by hand or engine, and `marks`.
    `unfilled` counts by day, in what the filters let through; `lines` is how many lines they let through, of which
    `groups` hold one page. `spread` is the most and the least trips above (or below) what would be fair. `elsewhere` is
    where the selected slot's person might go: see rosters.carrying; `waiting` what is changed there and not published.
    """

    roster: Row
    days: Sequence[workdays.Day]
    activities: Sequence[tuple[str, str, str]]
    groups: Sequence[Group]
    lines: int
    people_grid: PeopleGrid | None
    unfilled: Counter[date]
    slots: int
    filled: int
    people: int
    fixed: int
    changed: int
    visits: tuple[int, int]
    spread: tuple[float, float] | None
    found: Sequence[Found]
    gaps: Sequence[Row]
    panel: Panel | None
    elsewhere: Sequence[Row]
    waiting: Revision | None


def board(
    db: Database,
    roster_id: int,
    *,
    first: date | None = None,
    last: date | None = None,
    selected: tuple[int, int] | None = None,
    filters: Filters = EVERYTHING,
    by_person: bool = False,
    duty: Duty | None = None,
) -> Board:
    """The roster's board from first to last; without them its whole period. `selected` is a shift and slot number.

    The number of statements is the same for ten shifts and for ten thousand. NotFound, also for an unknown slot.
    """
    held = roster(db, roster_id)
    period = date.fromisoformat(held["starts_on"]), date.fromisoformat(held["ends_on"])
    days = workdays.days(db, *period)
    shown = [day for day in days if (first or period[0]) <= day.day <= (last or period[1])]
    index = rotation.indexed(problem(db, roster_id, duty=duty))
    standing = seats(db, roster_id)
    levels = rules.levels(db, held["unit_id"])
    found = found_in(db, index, standing, levels)
    shifts = shifts_of(db, roster_id)
    taken = taken_in(db, held, found)
    counts = _counts(shifts, taken)
    below = units_below(db, filters)
    let_through = [shift for shift in shifts if filters.takes_shift(shift, taken.get(shift["id"], {}), below)]
    groups, lines = ([], 0) if by_person else _page(groups_of(let_through, taken, shown), filters)
    chosen = None if selected is None else panel(db, index, standing, roster_id, *selected)
    near = [
        shift for shift in let_through if shown and shown[0].day <= date.fromisoformat(shift["day"]) <= shown[-1].day
    ]
    return Board(
        roster=held,
        days=shown,
        activities=list(dict.fromkeys((s["activity"], s["name_zh"], s["name_en"]) for s in shifts)),
        groups=groups,
        lines=lines,
        people_grid=people_grid(db, held, index, days, shown, shifts, taken, filters, below) if by_person else None,
        unfilled=_unfilled(let_through, taken),
        slots=sum(need for need, _ in counts.values()),
        filled=sum(filled for _, filled in counts.values()),
        people=len({seat.staff for seat in standing}),
        fixed=sum(slot["fixed"] for slots in taken.values() for slot in slots.values()),
        changed=sum("changed" in slot["marks"] for slots in taken.values() for slot in slots.values()),
        visits=_visits(index, found),
        spread=_spread(index, standing),
        found=found,
        gaps=_gaps(held, shifts, taken),
        panel=chosen,
        elsewhere=elsewhere(db, index, standing, levels, Slot(*selected), shifts, taken, near) if selected else [],
        waiting=revision(db, roster_id, only=selected) if selected and held["state"] == "published" else None,
    )


def _page(groups: Iterable[Group], filters: Filters) -> tuple[list[Group], int]:
    """The page of lines that is asked for, in its groups; and how many lines there are."""
    kept = [(group, line) for group in groups for line in group.lines if not filters.problems or line.calls]
    paged: dict[int, list[Line]] = {}
    by_id = {id(group): group for group, _ in kept}
    for group, line in page_of(kept, filters.page, LINES_A_PAGE):
        paged.setdefault(id(group), []).append(line)
    return [replace(by_id[key], lines=lines) for key, lines in paged.items()], len(kept)


def groups_of(shifts: list[Row], taken: dict[int, dict[int, Row]], shown: list[workdays.Day]) -> list[Group]:
    """The shifts in their groups and lines, a cell for each shown day; `taken` is who stands, by shift and slot."""
    grouped: dict[tuple[str, tuple[time, time]], list[Row]] = defaultdict(list)
    for shift in shifts:
        grouped[shift["activity"], shift["hours"]].append(shift)
    return [
        Group(
            activity=activity,
            activity_zh=held[0]["name_zh"],
            activity_en=held[0]["name_en"],
            templates=sorted({shift["template"] for shift in held if shift["template"]}),
            starts_at=hours[0],
            ends_at=hours[1],
            least=min(shift["headcount"] for shift in held),
            most=max(shift["headcount"] for shift in held),
            places=len({shift["place_id"] for shift in held}),
            lines=_lines(held, taken, shown),
        )
        for (activity, hours), held in grouped.items()
    ]


def _lines(shifts: list[Row], taken: dict[int, dict[int, Row]], shown: list[workdays.Day]) -> list[Line]:
    by_place: dict[int, list[Row]] = defaultdict(list)
    for shift in shifts:
        by_place[shift["place_id"]].append(shift)
    lines = []
    for place_id, held in by_place.items():
        cells: dict[str, list[Row]] = defaultdict(list)
        for shift in held:
            cells[shift["day"]] += slots_of(shift, taken.get(shift["id"], {}))
        counts = _counts(held, taken)
        need, filled = (sum(count[at] for count in counts.values()) for at in (0, 1))
        shown_cells = [cells.get(day.day.isoformat(), []) for day in shown]
        lines.append(Line(place_id, held[0]["place"], filled, need, shown_cells))
    return lines


def _counts(shifts: list[Row], taken: dict[int, dict[int, Row]]) -> dict[int, tuple[int, int]]:
    """By shift that is not cancelled: slots, and those that are filled."""
    return {
        shift["id"]: (shift["headcount"], len(taken.get(shift["id"], ())))
        for shift in shifts
        if shift["state"] != "cancelled"
    }


def _unfilled(shifts: list[Row], taken: dict[int, dict[int, Row]]) -> Counter[date]:
    counts = _counts(shifts, taken)
    missing: Counter[date] = Counter()
    for shift in shifts:
        need, filled = counts.get(shift["id"], (0, 0))
        missing[date.fromisoformat(shift["day"])] += need - filled
    return missing


def _visits(index: rotation.Index, found: Sequence[Found]) -> tuple[int, int]:
    """Visits that leaders owe in the period and that stand in the roster, and all that they owe."""
    owed = sum(sum(needs) for needs in index.dues.values())
    missed = [breach.problem.facts["count"] for breach in found if breach.problem.code == "breach_quota"]
    return owed - sum(int(str(count)) for count in missed), owed


def _spread(index: rotation.Index, standing: list[rotation.Seat]) -> tuple[float, float] | None:
    """The most and the least that anyone who may stand is above (below: negative) their fair count."""
    stood = Counter(seat.staff for seat in standing)
    apart = [
        person.staff.history.trips + stood[person.staff.id] - person.staff.target_trips
        for person in index.people
        if person.staff.target_trips or stood[person.staff.id]
    ]
    return (max(apart), min(apart)) if apart else None


def _gaps(held: Row, shifts: list[Row], taken: dict[int, dict[int, Row]]) -> list[Row]:
    """Shifts with unfilled slots, by day; with the causes that the last fill found, where it found the slot empty."""
    told = {gap["shift_id"]: gap["reasons"] for gap in held["fill_facts"].get("uncovered", ())}
    counts = _counts(shifts, taken)
    found = [
        shift
        | {
            "missing": shift["headcount"] - counts[shift["id"]][1],
            "slot": next(at for at in range(1, shift["headcount"] + 1) if at not in taken.get(shift["id"], ())),
            "reasons": told.get(shift["id"], {}),
            "remedies": held["fill_facts"].get("remedies", {}).get(str(shift["id"]), []),
        }
        for shift in shifts
        if shift["id"] in counts and counts[shift["id"]][1] < shift["headcount"]
    ]
    return sorted(found, key=lambda shift: (shift["starts_at"], shift["id"]))
