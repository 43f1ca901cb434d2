"""The board: who stands where on which day, what is missing, what is wrong: in a few statements, whatever its size."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from scheduler import clock, rotation, rules, workdays
from scheduler.config import Duty
from scheduler.database import Database, Row, rows
from scheduler.rosters.checking import Found, found_in
from scheduler.rosters.drafting import roster
from scheduler.rosters.panel import Panel, panel
from scheduler.rosters.reading import problem, seats

# What is to be seen at a slot, most serious first; a slot may show several at once.
MARKS = ("cancelled", "open", "refused", "away", "warned", "noted", "changed", "fixed", "absent")
CALM = {"cancelled", "noted", "changed", "fixed", "absent"}  # marks that tell something and ask for nothing


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
        return self.is_short or any(self.calls_on(at) for at in range(len(self.cells)))

    def calls_on(self, at: int) -> bool:
        """The same for one of the shown days."""
        return any(slot["marks"] and not CALM.issuperset(slot["marks"]) for slot in self.cells[at])


@dataclass(frozen=True, slots=True)
class Group:
    """The shifts of one activity at the same hours. `templates` are the names of the templates they come from."""

    activity: str
    activity_zh: str
    activity_en: str
    templates: Sequence[str]
    starts_at: time
    ends_at: time
    least: int
    most: int
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Board:
    """A roster as it stands: groups of lines over the shown days, and sums over the whole period.

    A slot is shift_id, slot, state of its shift, assignment_id, person_id, person, made by hand or engine, and `marks`.
    `unfilled` counts by day; `spread` is the most and the least trips above (or below) what would be fair.
    """

    roster: Row
    days: Sequence[workdays.Day]
    groups: Sequence[Group]
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


def board(
    db: Database,
    roster_id: int,
    *,
    first: date | None = None,
    last: date | None = None,
    selected: tuple[int, int] | None = None,
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
    found = found_in(db, index, standing, rules.levels(db, held["unit_id"]))
    shifts = _shifts(db, roster_id)
    taken = _taken(db, held, found)
    counts = _counts(shifts, taken)
    return Board(
        roster=held,
        days=shown,
        groups=_groups(db, shifts, taken, shown),
        unfilled=_unfilled(shifts, taken),
        slots=sum(need for need, _ in counts.values()),
        filled=sum(filled for _, filled in counts.values()),
        people=len({seat.staff for seat in standing}),
        fixed=sum(slot["fixed"] for slots in taken.values() for slot in slots.values()),
        changed=sum("changed" in slot["marks"] for slots in taken.values() for slot in slots.values()),
        visits=_visits(index, found),
        spread=_spread(index, standing),
        found=found,
        gaps=_gaps(held, shifts, taken),
        panel=None if selected is None else panel(db, index, standing, roster_id, *selected),
    )


def _shifts(db: Database, roster_id: int) -> list[Row]:
    found = rows(
        db,
        """
        SELECT shift.id, shift.place_id, place.name AS place, activity.code AS activity, activity.name_zh,
               activity.name_en, template.name AS template, shift.day, shift.starts_at, shift.ends_at,
               shift.headcount, shift.state
        FROM shift
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        LEFT JOIN template ON template.id = shift.template_id
        WHERE shift.roster_id = :roster_id
        ORDER BY activity.sort, activity.id, place.id, shift.starts_at, shift.id
        """,
        roster_id=roster_id,
    )
    return [row | {"hours": (_time(db, row["starts_at"]), _time(db, row["ends_at"]))} for row in found]


def _time(db: Database, instant: str) -> time:
    return clock.local(instant, db.zone).time()


def _taken(db: Database, held: Row, found: Sequence[Found]) -> dict[int, dict[int, Row]]:
    """By shift and slot: the assignment and what is to be seen at it."""
    shown = {"block": "refused", "warn": "warned", "note": "noted"}
    order = sorted(found, key=lambda breach: rules.LEVELS.index(breach.level), reverse=True)  # the strictest is seen
    seen = {(breach.shift_id, breach.person_id): shown[breach.level] for breach in order}
    taken: dict[int, dict[int, Row]] = defaultdict(dict)
    for row in rows(
        db,
        """
        SELECT assignment.shift_id, assignment.slot, shift.state, assignment.id AS assignment_id,
               assignment.person_id, person.name AS person, assignment.fixed, assignment.source, assignment.override,
               assignment.state = 'absent' AS is_absent,
               assignment.published_at IS NULL AND :published_at IS NOT NULL AS is_changed,
               EXISTS (
                   SELECT 1
                   FROM away
                   WHERE away.person_id = assignment.person_id
                     AND away.starts_at < assignment.ends_at AND away.ends_at > assignment.starts_at
               ) AS is_away
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        JOIN person ON person.id = assignment.person_id
        WHERE shift.roster_id = :roster_id
        ORDER BY assignment.shift_id, assignment.slot
        """,
        roster_id=held["id"],
        published_at=held["published_at"],
    ):
        marks = [name for name in ("away", "changed", "absent") if row[f"is_{name}"]]
        marks += [seen[at]] if (at := (row["shift_id"], row["person_id"])) in seen and not row["is_away"] else []
        marks += ["fixed"] if row["fixed"] else []
        taken[row["shift_id"]][row["slot"]] = row | {"marks": [mark for mark in MARKS if mark in marks]}
    return taken


def _slots(shift: Row, taken: dict[int, Row]) -> list[Row]:
    """The shift's slots by number: filled ones as they were read, and unfilled ones."""
    mark = "cancelled" if shift["state"] == "cancelled" else "open"
    empty = {"shift_id": shift["id"], "state": shift["state"], "assignment_id": None, "person_id": None, "person": None}
    return [
        taken.get(slot) or empty | {"slot": slot, "fixed": 0, "marks": [mark]}
        for slot in range(1, shift["headcount"] + 1)
    ]


def _groups(
    db: Database, shifts: list[Row], taken: dict[int, dict[int, Row]], shown: list[workdays.Day]
) -> list[Group]:
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
            cells[shift["day"]] += _slots(shift, taken.get(shift["id"], {}))
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
        }
        for shift in shifts
        if shift["id"] in counts and counts[shift["id"]][1] < shift["headcount"]
    ]
    return sorted(found, key=lambda shift: (shift["starts_at"], shift["id"]))
