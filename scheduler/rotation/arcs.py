"""Who may stand which slot, and what travel, wishes, off-day turns and change make it cost, as arrays."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import numpy.typing as npt

from scheduler.rotation.costs import is_match, turns
from scheduler.rotation.eligibility import unmet
from scheduler.rotation.index import Index, Slot
from scheduler.rotation.problem import Match, Requirement

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SCALE = 100  # the weights' defaults and targets of two decimals are then exact


def cents(points: Iterable[float]) -> Ints:
    """Points in whole hundredths, rounded down (a hair below a hundredth counts as on it)."""
    values = np.fromiter(points, np.float64)
    return np.floor(values * SCALE + 1e-6).astype(np.int64)


def arcs(index: Index, held: Mapping[int, list[Slot]], open_seats: Ints) -> tuple[tuple[Ints, ...], tuple[Ints, ...]]:
    """By slot: the numbers of the people who may stand it, rising, and what each costs there.

    `held` are the fixed seats: whoever holds one is not free at that time, nor just around it.
    """
    roads, able, free = _roads(index), _able(index), _free(index, held)
    extra = _extras(index)
    nobody = np.zeros(0, np.int64)
    eligible, cost = [nobody] * len(index.slots), [nobody] * len(index.slots)
    for slot in index.slots:
        if open_seats[slot.at]:
            points = roads[slot.place] + extra(slot)
            mask = able[slot.requires] & free(slot) & ~np.isnan(points)
            eligible[slot.at] = np.flatnonzero(mask)
            cost[slot.at] = cents(points[eligible[slot.at]])
    return tuple(eligible), tuple(cost)


def _roads(index: Index) -> dict[str, Floats]:
    """By place: the price of travel for each person, not a number where it is out of reach."""
    units: dict[str, list[int]] = defaultdict(list)
    for person in index.people:
        units[person.staff.unit].append(person.at)
    members = {unit: np.array(people, np.int64) for unit, people in units.items()}
    roads = {slot.place: np.full(len(index.people), np.nan) for slot in index.slots}
    for (unit, place), minutes in index.problem.travel.items():
        if unit in members and place in roads:
            roads[place][members[unit]] = index.problem.weights.travel_minute * minutes
    return roads


def _able(index: Index) -> dict[Requirement, Flags]:
    """By requirement: who meets it."""
    return {
        needs: np.array([unmet(needs, person.staff) is None for person in index.people], np.bool_)
        for needs in {slot.requires for slot in index.slots}
    }


def _free(index: Index, held: Mapping[int, list[Slot]]) -> Callable[[Slot], Flags]:
    """A function of the slot: who is neither away nor bound by what is fixed or brought in.

    A duty that cannot move blocks its time and the rest around it, just as a leave would.
    """
    rest = index.problem.min_rest_minutes
    blocks = [(p.at, *span) for p in index.people for span in p.leave]
    for person in index.people:
        standing = [*person.carried, *((s.start, s.end) for s in held.get(person.at, ()))]
        blocks += [(person.at, start - rest, end + rest) for start, end in standing]
    who, since, until = np.array(blocks, np.int64).reshape(-1, 3).T
    known: dict[tuple[int, int], Flags] = {}

    def free(slot: Slot) -> Flags:
        span = slot.start, slot.end
        if span not in known:
            mask = np.ones(len(index.people), np.bool_)
            mask[who[(since < slot.end) & (slot.start < until)]] = False
            known[span] = mask
        return known[span]

    return free


def _extras(index: Index) -> Callable[[Slot], Floats]:
    """A function of the slot: by person, the points for wishes, for the off-day turn and for change."""
    who: dict[int, list[int]] = defaultdict(list)
    points: dict[int, list[float]] = defaultdict(list)
    weights, matching = index.problem.weights, _matching(index)
    for person in index.people:
        for wish in person.wishes:
            price = wish.weight * (weights.avoid if wish.kind == "avoid" else -weights.want)
            for slot in matching(wish.match):
                who[slot.at].append(person.at)
                points[slot.at].append(price)
    previous = index.problem.previous
    for seat in dict.fromkeys(previous.assignments) if previous else ():
        kept = index.slot_of.get((seat.duty, seat.position))
        if kept is not None and seat.staff in index.person_of:
            who[kept.at].append(index.person_of[seat.staff].at)
            points[kept.at].append(-2 * weights.change)
    everyone = np.full(len(index.people), weights.change if previous else 0.0)
    on_off_days = everyone + weights.offday * np.array([turns(person) for person in index.people])

    def extra(slot: Slot) -> Floats:
        row = (on_off_days if slot.date in index.off_days else everyone).copy()
        np.add.at(row, np.array(who[slot.at], np.int64), np.array(points[slot.at]))
        return row

    return extra


def _matching(index: Index) -> Callable[[Match], list[Slot]]:
    """A function of a match: the slots it speaks of, found by its rarest field."""
    by_place: dict[object, list[Slot]] = defaultdict(list)
    by_date: dict[object, list[Slot]] = defaultdict(list)
    by_weekday: dict[object, list[Slot]] = defaultdict(list)
    for slot in index.slots:
        by_place[slot.place].append(slot)
        by_date[slot.date].append(slot)
        by_weekday[slot.date.weekday()].append(slot)

    def matching(match: Match) -> list[Slot]:
        near: Iterable[Slot] = index.slots
        if match.date is not None:
            near = by_date[match.date]
        elif match.place is not None:
            near = by_place[match.place]
        elif match.weekday is not None:
            near = by_weekday[match.weekday]
        return [slot for slot in near if is_match(match, slot)]

    return matching
