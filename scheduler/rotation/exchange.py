"""The best possible roster of one block, all other blocks staying as they are.

A block's slots clash pairwise, so everyone stands at most one of them and the block is an
assignment problem. It is solved by exchanges: on a graph with one node for each slot and one
for those who stand none, an arc's length is the least that a person costs more there than
here. A roster of the block is the cheapest exactly when no round trip has negative length.
"""

from collections.abc import Sequence

import numpy as np

from scheduler.rotation.arcs import Ints
from scheduler.rotation.standing import Standing

NEVER = 1 << 50  # dearer than any roster, small enough to be added up along a path
NOBODY = -1  # stands in an empty seat, at the price of leaving it empty


class Block:
    """One set of pairwise clashing slots, with what outside it stands in their way."""

    def __init__(self, state: Standing, slots: Sequence[int], neighbours: Sequence[int]) -> None:
        model = state.model
        self.slots = [slot for slot in slots if model.open_seats[slot]]
        rest = model.index.problem.min_rest_minutes
        inside = set(slots)
        spans = {(s.start, s.end) for s in (model.index.slots[at] for at in self.slots)}
        self.rivals = {
            span: [
                at
                for at in neighbours
                if at not in inside
                and model.index.slots[at].start < span[1] + rest
                and span[0] < model.index.slots[at].end + rest
            ]
            for span in spans
        }


def improve(state: Standing, block: Block) -> int:
    """Make all exchanges that pay in the block; how many hundredths of a point they saved."""
    if not block.slots:
        return 0
    table = _Table(state, block)
    saved = 0
    while True:
        cycle = _negative_cycle(table.lengths())
        if cycle is None:
            return saved
        saved -= table.exchange(cycle)


class _Table:
    """Prices by slot and person as if nobody stood in the block yet, and who does stand."""

    def __init__(self, state: Standing, block: Block) -> None:
        self.state = state
        self.slots = block.slots
        self.pool = len(block.slots)  # the node of those who stand none of the slots
        self.empty = state.model.uncovered_cost[block.slots]
        self.rows: list[list[int]] = [sorted(state.standing[slot]) for slot in block.slots]
        for slot, people in zip(self.slots, self.rows, strict=True):
            for person in people:
                state.take(slot, person)
        self.prices = self._prices(block)
        for slot, people in zip(self.slots, self.rows, strict=True):
            for person in people:
                state.put(slot, person)

    def _prices(self, block: Block) -> Ints:
        model, state = self.state.model, self.state
        prices = np.full((len(self.slots), len(model.index.people)), NEVER, np.int64)
        tired = state.trips >= model.period_room
        blocked = {
            span: sorted({person for rival in rivals for person in state.standing[rival]})
            for span, rivals in block.rivals.items()
        }
        for row, at in enumerate(self.slots):
            slot, people = model.index.slots[at], model.eligible[at]
            prices[row, people] = model.cost[at] + state.marginal(at, people)
            spent = state.week_trips[:, slot.week] >= model.week_room[:, slot.week]
            prices[row, tired | spent] = NEVER
            prices[row, blocked[slot.start, slot.end]] = NEVER
        return prices

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
                    self.state.take(self.slots[here], person)
        for _, there, person in moves:
            if there != self.pool:
                cost += self._price(there, person)
                if person != NOBODY:
                    self.rows[there].append(person)
                    self.state.put(self.slots[there], person)
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


def _negative_cycle(lengths: Ints) -> list[int] | None:
    """The nodes of some round trip of negative length, in order, or None (Bellman and Ford)."""
    count = len(lengths)
    distance = np.zeros(count, np.int64)
    before = np.full(count, -1, np.int64)
    for _ in range(count + 1):
        through = distance[:, None] + lengths
        nearest = through.argmin(axis=0)
        reached = through[nearest, np.arange(count)]
        closer = reached < distance
        if not closer.any():
            return None
        before[closer] = nearest[closer]
        distance = np.minimum(distance, reached)
        cycle = _cycle_of(before.tolist())
        if cycle is not None:
            return cycle
    return None


def _cycle_of(before: list[int]) -> list[int] | None:
    """A round trip among the predecessors: once there is one, its length is negative."""
    seen = [-1] * len(before)
    for start in range(len(before)):
        node = start
        while node >= 0 and seen[node] < 0:
            seen[node] = start
            node = before[node]
        if node >= 0 and seen[node] == start:
            cycle = [node]
            while before[cycle[-1]] != node:
                cycle.append(before[cycle[-1]])
            return cycle[::-1]
    return None
