"""The problem as arrays: who can take which slot at what cost, and what each person has left.

Costs are whole hundredths of a point, rounded down, so that a bound made of them stays one.
Fixed seats are taken out beforehand: they use up headcount, caps and rest, and move no more.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scheduler.rotation.arcs import Ints, arcs, cents
from scheduler.rotation.costs import next_trip_cost, objective
from scheduler.rotation.fixed import fixed_seats, frozen_slots, kept_seats
from scheduler.rotation.index import Index, Slot, holding
from scheduler.rotation.problem import Seat
from scheduler.rotation.proposal import PinConflict


@dataclass(frozen=True, slots=True)
class Compiled:
    """Arrays over slots k, people i and weeks w; `eligible[k]` are rising people numbers."""

    index: Index
    fixed: tuple[Seat, ...]
    conflicts: tuple[PinConflict, ...]
    open_seats: Ints  # by k: seats still to fill
    uncovered_cost: Ints  # by k: of one empty seat
    eligible: tuple[Ints, ...]  # by k: people who may stand it, the other slots aside
    cost: tuple[Ints, ...]  # by k, beside `eligible`: travel, wishes, off-day turn and change
    week_room: Ints  # by i, w
    period_room: Ints  # by i: at most the sum of the weeks' rooms
    first_trip: Ints  # by i: what fairness adds for the first trip beyond the fixed ones
    trip_step: int  # what it adds more for each further trip
    visit_reward: dict[str, Ints]  # kind: by i, w, n: worth of the n-th visit past the fixed ones
    constant: float  # what a roster of the fixed seats alone costs, its empty open seats aside


def compiled(index: Index, *, keep: bool = False) -> Compiled:
    """All arrays of a problem; `keep` fixes the seats of the previous roster as well, as far as they can stand."""
    fixed, conflicts = fixed_seats(index)
    if keep:
        fixed = kept_seats(index, fixed)
    held = holding(index, fixed)
    open_seats = _open_seats(index, held)
    eligible, cost = arcs(index, held, open_seats)
    weights = index.problem.weights
    empty = sum(weights.uncovered * s.weight * int(open_seats[s.at]) for s in index.slots)
    stood = [len(held.get(person.at, ())) for person in index.people]
    first = [next_trip_cost(index, person, stood[person.at]) for person in index.people]
    week_room, period_room = _rooms(index, held)
    return Compiled(
        index=index,
        fixed=fixed,
        conflicts=conflicts,
        open_seats=open_seats,
        uncovered_cost=cents([weights.uncovered * slot.weight for slot in index.slots]),
        eligible=eligible,
        cost=cost,
        week_room=week_room,
        period_room=period_room,
        first_trip=cents(first),
        trip_step=int(cents([2 * weights.fairness])[0]),
        visit_reward=_rewards(index, held),
        constant=objective(index, fixed) - empty,
    )


def _open_seats(index: Index, held: dict[int, list[Slot]]) -> Ints:
    seats = np.array([slot.count for slot in index.slots], np.int64)
    for slots in held.values():
        for slot in slots:
            seats[slot.at] -= 1
    seats[list(frozen_slots(index))] = 0
    return np.maximum(seats, 0)


def _rooms(index: Index, held: dict[int, list[Slot]]) -> tuple[Ints, Ints]:
    """Duties that each person may still take by week, and in the period."""
    week_room = np.zeros((len(index.people), index.weeks), np.int64)
    period_room = np.zeros(len(index.people), np.int64)
    for person in index.people:
        own, row = held.get(person.at, ()), week_room[person.at]
        row[:] = person.staff.max_per_week
        for week in [*(s.week for s in own), *_carried_weeks(index, person.at)]:
            row[week] -= 1
        np.maximum(row, 0, out=row)
        cap = person.staff.max_per_period
        total = int(row.sum())
        period_room[person.at] = total if cap is None else max(0, min(total, cap - len(own)))
    return week_room, period_room


def _carried_weeks(index: Index, at: int) -> Iterator[int]:
    for week, count in index.people[at].carried_weeks.items():
        if 0 <= week < index.weeks:
            yield from [week] * count


def _rewards(index: Index, held: dict[int, list[Slot]]) -> dict[str, Ints]:
    """What each further visit of a kind is worth to the quotas, falling in n."""
    tables: dict[str, Ints] = {}
    deepest = max((max(needs) for needs in index.dues.values()), default=0)
    worth = int(cents([index.problem.weights.quota])[0])
    for (at, kind, week), needs in index.dues.items():
        shape = (len(index.people), index.weeks, deepest)
        table = tables.setdefault(kind, np.zeros(shape, np.int64))
        done = sum(s.kind == kind and s.week == week for s in held.get(at, ()))
        for n in range(max(needs) - done):
            table[at, week, n] = worth * sum(need > n + done for need in needs)
    return tables
