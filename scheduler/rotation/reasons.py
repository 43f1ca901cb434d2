"""Why each empty seat is empty: how many people each rule keeps out, the first rule first."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np

from scheduler.rotation.arcs import Flags, Ints
from scheduler.rotation.eligibility import is_away, unmet
from scheduler.rotation.fixed import frozen_slots
from scheduler.rotation.index import Index, Slot, holding
from scheduler.rotation.problem import Requirement, Seat
from scheduler.rotation.proposal import REFUSALS, Uncovered


def uncovered(index: Index, seats: Iterable[Seat]) -> tuple[Uncovered, ...]:
    """Every position with empty seats, in order of time.

    The counts of each add up to the whole staff; 'free' is among them only where the seat is frozen:
    whoever has since given up a later duty of that week, above all the ill, would have had room for it.
    """
    held = holding(index, seats)
    filled = Counter(slot.at for slots in held.values() for slot in slots)
    short = [slot for slot in index.slots if slot.count > filled[slot.at]]
    if not short:
        return ()
    census, frozen = _Census(index, held), frozen_slots(index)
    return tuple(
        Uncovered(
            slot.duty, slot.position, slot.count - filled[slot.at], census.reasons(slot), frozen=slot.at in frozen
        )
        for slot in short
    )


class _Census:
    """Counts by rule over all the staff for one slot after another, in arrays."""

    def __init__(self, index: Index, held: dict[int, list[Slot]]) -> None:
        self.index = index
        self.static: dict[tuple[Requirement, str], tuple[Counter[str], Ints]] = {}
        spans = [(at, s.start, s.end) for at, slots in held.items() for s in slots]
        spans += [(p.at, *span) for p in index.people for span in p.carried]
        self.who, self.start, self.end = np.array(spans, np.int64).reshape(-1, 3).T
        self.is_over_week = _over_week(index, held)
        self.is_over_period = np.array(
            [(cap := p.staff.max_per_period) is not None and len(held.get(p.at, ())) >= cap for p in index.people],
            np.bool_,
        )

    def reasons(self, slot: Slot) -> dict[str, int]:
        """By rule: how many people it is the first to keep out of the slot; none where zero."""
        counts, able = self._able(slot)
        counts = counts.copy()
        left = np.zeros(len(self.index.people), np.bool_)
        left[able] = True
        for rule, stopped in self._stopped(slot, able):
            counts[rule] = int((left & stopped).sum())
            left &= ~stopped
        counts["free"] = int(left.sum())
        return {rule: counts[rule] for rule in (*REFUSALS, "free") if counts[rule]}

    def _able(self, slot: Slot) -> tuple[Counter[str], Ints]:
        """What no day can change: counts by rule, and the people whom no such rule keeps out."""
        key = slot.requires, slot.place
        if key not in self.static:
            counts: Counter[str] = Counter()
            able = []
            for person in self.index.people:
                rule = unmet(slot.requires, person.staff)
                if rule is None and (person.staff.unit, slot.place) not in self.index.problem.travel:
                    rule = "reach"
                if rule is None:
                    able.append(person.at)
                else:
                    counts[rule] += 1
            self.static[key] = counts, np.array(able, np.int64)
        return self.static[key]

    def _stopped(self, slot: Slot, able: Ints) -> list[tuple[str, Flags]]:
        """By rule, in order: the people whom it keeps out on the slot's day."""
        people = self.index.people
        rest = self.index.problem.min_rest_minutes
        away, booked, tired = (np.zeros(len(people), np.bool_) for _ in range(3))
        away[[at for at in able if is_away(people[at], slot)]] = True
        booked[self.who[(self.start < slot.end) & (slot.start < self.end)]] = True
        tired[self.who[(self.start < slot.end + rest) & (slot.start < self.end + rest)]] = True
        return [
            ("leave", away),
            ("booked", booked),
            ("rest", tired),
            ("week_cap", self.is_over_week[:, slot.week]),
            ("period_cap", self.is_over_period),
        ]


def _over_week(index: Index, held: dict[int, list[Slot]]) -> Flags:
    """By person and week: whether the week's cap is reached."""
    trips: dict[int, Counter[int]] = defaultdict(Counter)
    for at, slots in held.items():
        trips[at].update(slot.week for slot in slots)
    flags = np.zeros((len(index.people), index.weeks), np.bool_)
    for person in index.people:
        for week in range(index.weeks):
            stood = trips[person.at][week] + person.carried_weeks.get(week, 0)
            flags[person.at, week] = stood >= person.staff.max_per_week
    return flags
