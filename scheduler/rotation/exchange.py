"""The best possible roster of one block, all other blocks staying as they are.

A block's slots clash pairwise, so everyone stands at most one of them and the block is an
assignment problem. It is solved by exchanges: on a graph with one node for each slot and one
for those who stand none, an arc's length is the least that a person costs more there than
here. A roster of the block is the cheapest exactly when no round trip has negative length.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np

from scheduler.rotation.arcs import Ints
from scheduler.rotation.cycles import Search
from scheduler.rotation.standing import Standing

NEVER = 1 << 50  # dearer than any roster, small enough to be added up along a path
NOBODY = -1  # stands in an empty seat, at the price of leaving it empty


class Block:
    """One set of pairwise clashing slots, with what outside it stands in their way."""

    def __init__(self, state: Standing, slots: Sequence[int]) -> None:
        model = state.model
        self.slots = [slot for slot in slots if model.open_seats[slot]]
        spans = {(s.start, s.end) for s in (model.index.slots[at] for at in self.slots)}
        self.rivals = {span: rivals(state, span) - set(slots) for span in sorted(spans)}
        eligible = [model.eligible[slot] for slot in self.slots]
        self.people = np.unique(np.concatenate(eligible)) if eligible else np.zeros(0, np.int64)
        self.lines = [np.searchsorted(self.people, who) for who in eligible]


def rivals(state: Standing, span: tuple[int, int]) -> set[int]:
    """The slots that nobody can stand together with a duty of that time."""
    slots, rest = state.model.index.slots, state.model.index.problem.min_rest_minutes
    first = bisect_left(slots, span[0] - rest - state.longest, key=lambda slot: slot.start)
    last = bisect_left(slots, span[1] + rest, key=lambda slot: slot.start)
    return {slot.at for slot in slots[first:last] if span[0] < slot.end + rest}


def improve(state: Standing, block: Block) -> int:
    """Make all exchanges that pay in the block; how many hundredths of a point they saved."""
    if not block.slots:
        return 0
    table = _Table(state, block)
    search = Search(len(block.slots) + 1)
    saved = 0
    while cycles := search.negative_cycles(table.lengths()):
        saved -= sum(table.exchange(cycle) for cycle in cycles)
        search.pending[:] = True  # all lengths are taken anew
    return saved


class _Table:
    """Prices by slot and person as if nobody stood in the block yet, and who does stand.

    People go by their line here: their number among those who could stand in the block.
    """

    def __init__(self, state: Standing, block: Block) -> None:
        self.state = state
        self.slots = block.slots
        self.pool = len(block.slots)  # the node of those who stand none of the slots
        self.empty = state.model.uncovered_cost[block.slots]
        self.people = block.people.tolist()
        self.line_of = {person: line for line, person in enumerate(self.people)}
        standing = [sorted(state.standing[slot]) for slot in block.slots]
        self.rows = [[self.line_of[person] for person in people] for people in standing]
        for slot, people in zip(self.slots, standing, strict=True):
            for person in people:
                state.take(slot, person)
        self.prices = self._prices(block)
        for slot, people in zip(self.slots, standing, strict=True):
            for person in people:
                state.put(slot, person)

    def _prices(self, block: Block) -> Ints:
        model, state, people = self.state.model, self.state, block.people
        prices = np.full((len(self.slots), len(people)), NEVER, np.int64)
        tired = state.trips[people] >= model.period_room[people]
        blocked = {span: self._standing(rivals) for span, rivals in block.rivals.items()}
        for row, (at, lines) in enumerate(zip(self.slots, block.lines, strict=True)):
            slot = model.index.slots[at]
            prices[row, lines] = model.cost[at] + state.marginal(at, model.eligible[at])
            spent = state.week_trips[people, slot.week] >= model.week_room[people, slot.week]
            prices[row, tired | spent] = NEVER
            prices[row, blocked[slot.start, slot.end]] = NEVER
        return prices

    def _standing(self, slots: Iterable[int]) -> list[int]:
        """The lines of those who stand any of the slots."""
        people = {person for slot in slots for person in self.state.standing[slot]}
        return sorted(self.line_of[person] for person in people if person in self.line_of)

    def lengths(self) -> Ints:
        """By (from, to) node: the least cost of moving one person that way."""
        inside = [person for people in self.rows for person in people]
        free = np.ones(self.prices.shape[1], np.bool_)
        free[inside] = False
        self.free = np.flatnonzero(free)
        lengths = np.full((self.pool + 1, self.pool + 1), NEVER, np.int64)
        if len(self.free):
            lengths[self.pool, : self.pool] = self.prices[:, self.free].min(axis=1)
        lengths[self.pool, : self.pool] = np.minimum(lengths[self.pool, : self.pool], self.empty)
        for row, people in enumerate(self.rows):
            if people:
                moved = self.prices[:, people] - self.prices[row, people]
                lengths[row, : self.pool] = moved.min(axis=1)
                lengths[row, self.pool] = -self.prices[row, people].max()
            if self.state.missing(self.slots[row]):
                lengths[row, self.pool] = min(lengths[row, self.pool], -self.empty[row])
        return lengths

    def exchange(self, cycle: list[int]) -> int:
        """Move one person along each arc of the round trip; what it costs (less than nothing)."""
        moves = [
            (here, there, self._mover(here, there)) for here, there in zip(cycle, [*cycle[1:], cycle[0]], strict=True)
        ]
        cost = 0
        for here, _, person in moves:
            if here != self.pool:
                cost -= self._price(here, person)
                if person != NOBODY:
                    self.rows[here].remove(person)
                    self.state.take(self.slots[here], self.people[person])
        for _, there, person in moves:
            if there != self.pool:
                cost += self._price(there, person)
                if person != NOBODY:
                    self.rows[there].append(person)
                    self.state.put(self.slots[there], self.people[person])
        return cost

    def _price(self, row: int, person: int) -> int:
        return int(self.empty[row] if person == NOBODY else self.prices[row, person])

    def _mover(self, here: int, there: int) -> int:
        """The person (or nobody) whom it costs least to move from one node to another."""
        if here == self.pool:
            if not len(self.free):
                return NOBODY
            person = int(self.free[self.prices[there, self.free].argmin()])
            return person if self.prices[there, person] < self.empty[there] else NOBODY
        people = self.rows[here]
        if there == self.pool:
            dearest = max(people, key=lambda person: self.prices[here, person], default=NOBODY)
            is_empty = self.state.missing(self.slots[here]) > 0
            if dearest == NOBODY or (is_empty and self.empty[here] > self.prices[here, dearest]):
                return NOBODY
            return dearest
        return min(people, key=lambda person: self.prices[there, person] - self.prices[here, person])
