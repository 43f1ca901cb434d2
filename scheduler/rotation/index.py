"""The problem in minutes and numbers: made once, asked often, by the rules and by the engine.

Minutes count from the period's first midnight. Week 0 is the Monday-to-Sunday week that holds
the first day, so that the first and the last week of a period may be partial.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler.rotation.problem import Preference, Problem, Requirement, Seat, Staff

DAY = 1440
OFFICE_HOURS = (8 * 60, 18 * 60)  # a leave that touches these makes the day unavailable for quotas


@dataclass(frozen=True, slots=True)
class Slot:
    """One position of one duty with `count` equal seats; `at` is its own number."""

    at: int
    duty: str
    position: str
    count: int
    requires: Requirement
    place: str
    kind: str
    weight: float
    start: int
    end: int
    week: int
    date: date


@dataclass(frozen=True, slots=True)
class Person:
    """One of the staff with their times away and the duties brought in; `at` is their number."""

    at: int
    staff: Staff
    leave: tuple[tuple[int, int], ...]
    carried: tuple[tuple[int, int], ...]
    carried_weeks: Mapping[int, int]
    wishes: tuple[Preference, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Slots in order of time, people in the order given, and the way from ids to both."""

    problem: Problem
    slots: tuple[Slot, ...]
    people: tuple[Person, ...]
    slot_of: Mapping[tuple[str, str], Slot]
    person_of: Mapping[str, Person]
    dues: Mapping[tuple[int, str, int], tuple[int, ...]]  # (person, kind, week): visits owed
    off_days: frozenset[date]
    weeks: int


def indexed(problem: Problem | Index) -> Index:
    """The index of a problem; an index is its own."""
    if isinstance(problem, Index):
        return problem
    slots = _slots(problem)
    people = _people(problem)
    return Index(
        problem=problem,
        slots=slots,
        people=people,
        slot_of={(slot.duty, slot.position): slot for slot in slots},
        person_of={person.staff.id: person for person in people},
        dues=_dues(problem, people),
        off_days=frozenset(day.date for day in problem.calendar if not day.is_workday),
        weeks=week_of(problem, max(0, problem.days - 1) * DAY) + 1,
    )


def minute(problem: Problem, instant: datetime) -> int:
    """Minutes from the period's first midnight to an instant; negative before it."""
    return int((instant - datetime.combine(problem.start, time())).total_seconds() // 60)


def week_of(problem: Problem, at: int) -> int:
    """The week in which a minute lies."""
    return (at // DAY + problem.start.weekday()) // 7


def monday(problem: Problem, week: int) -> date:
    """The first day of a week, which may lie before the period."""
    return problem.start + timedelta(days=7 * week - problem.start.weekday())


def clash(rest: int, one: tuple[int, int], two: tuple[int, int]) -> str | None:
    """'booked' where two times overlap, 'rest' where the gap between them is below the rest."""
    if one[0] < two[1] and two[0] < one[1]:
        return "booked"
    gap = two[0] - one[1] if one[1] <= two[0] else one[0] - two[1]
    return "rest" if gap < rest else None


def holding(index: Index, seats: Iterable[Seat]) -> dict[int, list[Slot]]:
    """The slots that each person stands; seats of unknown people or duties are passed over."""
    held: dict[int, list[Slot]] = defaultdict(list)
    for seat in seats:
        slot = index.slot_of.get((seat.duty, seat.position))
        person = index.person_of.get(seat.staff)
        if slot is not None and person is not None:
            held[person.at].append(slot)
    return held


def _slots(problem: Problem) -> tuple[Slot, ...]:
    rows = sorted(
        (
            (duty.start, duty.end, duty.id, position.id, duty, position)
            for duty in problem.duties
            for position in duty.positions
        ),
        key=lambda row: row[:4],
    )
    return tuple(
        Slot(
            at=at,
            duty=duty.id,
            position=position.id,
            count=position.count,
            requires=position.requires,
            place=duty.place,
            kind=duty.kind,
            weight=duty.weight,
            start=minute(problem, duty.start),
            end=minute(problem, duty.end),
            week=week_of(problem, minute(problem, duty.start)),
            date=duty.start.date(),
        )
        for at, (_, _, _, _, duty, position) in enumerate(rows)
    )


def _people(problem: Problem) -> tuple[Person, ...]:
    leave: dict[str, list[tuple[int, int]]] = defaultdict(list)
    carried: dict[str, list[tuple[int, int]]] = defaultdict(list)
    wishes: dict[str, list[Preference]] = defaultdict(list)
    for interval in problem.leave:
        leave[interval.staff].append(_minutes(problem, interval.start, interval.end))
    for interval in problem.carry_in:
        carried[interval.staff].append(_minutes(problem, interval.start, interval.end))
    for wish in problem.preferences:
        wishes[wish.staff].append(wish)
    return tuple(
        Person(
            at=at,
            staff=staff,
            leave=tuple(leave[staff.id]),
            carried=tuple(carried[staff.id]),
            carried_weeks=Counter(week_of(problem, start) for start, _ in carried[staff.id]),
            wishes=tuple(wishes[staff.id]),
        )
        for at, staff in enumerate(problem.staff)
    )


def _minutes(problem: Problem, start: datetime, end: datetime) -> tuple[int, int]:
    return minute(problem, start), minute(problem, end)


def _dues(problem: Problem, people: tuple[Person, ...]) -> dict[tuple[int, str, int], tuple[int, ...]]:
    """Visits owed by (person, kind, week), one number for each quota that binds."""
    workdays: dict[int, list[int]] = defaultdict(list)
    for at, day in enumerate(problem.calendar):
        if day.is_workday:
            workdays[week_of(problem, at * DAY)].append(at)
    owed: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    for quota in problem.quotas:
        elsewhere = Counter(quota.credits)
        for person in people:
            if person.staff.role not in quota.roles:
                continue
            for week in range(week_of(problem, max(0, problem.days - 1) * DAY) + 1):
                key = person.staff.id, monday(problem, week)
                need = quota.min_per_week - elsewhere[key]
                if need <= 0 or key in quota.waived:
                    continue
                if sum(_is_present(person, day) for day in workdays[week]) >= quota.exempt_below_days:
                    owed[person.at, quota.kind, week].append(need)
    return {key: tuple(needs) for key, needs in owed.items()}


def _is_present(person: Person, day: int) -> bool:
    opening, closing = day * DAY + OFFICE_HOURS[0], day * DAY + OFFICE_HOURS[1]
    return not any(start < closing and opening < end for start, end in person.leave)
