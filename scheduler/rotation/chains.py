"""Exchanges over many days: someone takes a seat, gives up another, which someone else takes.

The graph has a node for each slot and one for the outside, where those come from who take one
trip more and those go who take one less. An arc leads from slot to slot if somebody who stands
the first could stand the second instead; its length is what the cheapest such move costs. A
round trip of negative length is an exchange that pays, provided that nobody moves twice in it.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from scheduler.rotation.arcs import Ints
from scheduler.rotation.exchange import NEVER, NOBODY
from scheduler.rotation.standing import Standing

Move = tuple[int, int, int]  # (row from, row to, person): either row may be the outside


class Chains:
    """The graph over some slots, kept up to date as exchanges are made."""

    def __init__(self, state: Standing, slots: Sequence[int]) -> None:
        model = state.model
        index = model.index
        self.state = state
        self.slots = [slot for slot in slots if model.open_seats[slot]]
        self.outside = len(self.slots)
        self.row_of = {slot: row for row, slot in enumerate(self.slots)}
        self.weeks = np.array([index.slots[slot].week for slot in self.slots], np.int64)
        self.empty = model.uncovered_cost[self.slots]
        self.prices = np.full((len(index.people), len(self.slots)), NEVER, np.int64)
        for row, slot in enumerate(self.slots):
            self.prices[model.eligible[slot], row] = model.cost[slot]
        self.clashes = _clashes(state, self.slots)
        self.kinds = {
            kind: np.array([index.slots[slot].kind == kind for slot in self.slots], np.bool_)
            for kind in model.visit_reward
        }
        # lengths[l, k]: the least cost of moving someone from slot l to slot k
        self.lengths = np.full((self.outside + 1, self.outside + 1), NEVER, np.int64)
        self.distance = np.zeros(self.outside + 1, np.int64)  # where the last search left off
        self.mover = np.full((self.outside + 1, self.outside + 1), NOBODY, np.int64)
        self.added = np.full((len(index.people), self.outside), NEVER, np.int64)
        self._refresh(range(len(index.people)), range(self.outside))

    def improve(self) -> bool:
        """Make exchanges that pay, as many as one search finds; whether there were any.

        A round trip in which somebody moves twice is closed and not made: the next search goes
        past it, so that a search without any is the end.
        """
        cycles = _negative_cycles(self.lengths, self.distance)
        for cycle in cycles:
            self._exchange(cycle)
        return bool(cycles)

    def _exchange(self, cycle: list[int]) -> None:
        """Make the moves of one round trip, unless somebody moves twice in it.

        Exchanges made since the search may have changed its length, so that is asked again.
        """
        if sum(int(self.lengths[step]) for step in _steps(cycle)) >= 0:
            return
        moves = [(*step, int(self.mover[step])) for step in _steps(cycle)]
        people = [person for _, _, person in moves if person != NOBODY]
        if len(set(people)) < len(people):
            self._forbid(moves)
            return
        for here, _, person in moves:
            if person != NOBODY and here != self.outside:
                self.state.take(self.slots[here], person)
        for _, there, person in moves:
            if person != NOBODY and there != self.outside:
                self.state.put(self.slots[there], person)
        touched = {self.row_of[s] for p in people for s in self.state.held[p] if s in self.row_of}
        self._refresh(people, touched | {row for row in cycle if row != self.outside})

    def _forbid(self, moves: Iterable[Move]) -> None:
        """Close one arc of a round trip in which a person moves twice, until it is next priced."""
        seen = set()
        for here, there, person in moves:
            if person in seen:
                self.lengths[here, there] = NEVER
                return
            seen.add(person)

    def _refresh(self, people: Iterable[int], rows: Iterable[int]) -> None:
        """Price again what the given people, and those who stand the given slots, could do."""
        for person in people:
            self.added[person] = self._adding(person)
        if len(self.added):
            self.mover[self.outside, : self.outside] = self.added.argmin(axis=0)
            self.lengths[self.outside, : self.outside] = self.added.min(axis=0)
        leave_empty = self.empty < self.lengths[self.outside, : self.outside]
        self.lengths[self.outside, : self.outside][leave_empty] = self.empty[leave_empty]
        self.mover[self.outside, : self.outside][leave_empty] = NOBODY
        for row in rows:
            self._price_row(row)

    def _price_row(self, row: int) -> None:
        """The cheapest move out of one slot to each other slot, and to the outside."""
        people = sorted(self.state.standing[self.slots[row]])
        best, who = self.lengths[row], self.mover[row]
        best[:], who[:] = NEVER, NOBODY
        for person in people:
            moved = self._moving(person, row)
            closer = moved < best
            best[closer] = moved[closer]
            who[closer] = person
        if self.state.missing(self.slots[row]) > 0 and -self.empty[row] < best[self.outside]:
            best[self.outside], who[self.outside] = -self.empty[row], NOBODY
        best[row] = NEVER

    def _adding(self, person: int) -> Ints:
        """What one trip more for a person costs, by slot."""
        model, state = self.state.model, self.state
        if state.trips[person] >= model.period_room[person]:
            return np.full(self.outside, NEVER, np.int64)
        is_full = state.week_trips[person] >= model.week_room[person]
        blocked = is_full[self.weeks] | (self._clashing(person) > 0)
        fair = model.first_trip[person] + state.trips[person] * model.trip_step
        return np.where(blocked, NEVER, self.prices[person] + fair - self._rewards(person))

    def _moving(self, person: int, row: int) -> Ints:
        """What it costs that a person leaves one slot, by the slot (or outside) they go to."""
        model, state = self.state.model, self.state
        clashing = self._clashing(person) - self.clashes[row]
        state.take(self.slots[row], person)
        is_full = state.week_trips[person] >= model.week_room[person]
        prices = self.prices[person] - self._rewards(person)
        fair = model.first_trip[person] + state.trips[person] * model.trip_step
        state.put(self.slots[row], person)
        moved = np.empty(self.outside + 1, np.int64)
        blocked = is_full[self.weeks] | (clashing > 0)
        moved[: self.outside] = np.where(blocked, NEVER, prices - prices[row])
        moved[self.outside] = -prices[row] - fair
        return moved

    def _clashing(self, person: int) -> Ints:
        """By slot: how many of the person's duties clash with it, itself included if held.

        Duties outside the graph count as well, though only those inside can be given up.
        """
        total = np.zeros(self.outside, np.int64)
        for slot in self.state.held[person]:
            row = self.row_of.get(slot)
            total += self.clashes[row] if row is not None else self._clash_row(slot)
        return total

    def _clash_row(self, slot: int) -> Ints:
        slots, rest = self.state.model.index.slots, self.state.model.index.problem.min_rest_minutes
        one = slots[slot]
        return np.array(
            [slots[other].start < one.end + rest and one.start < slots[other].end + rest for other in self.slots],
            np.int64,
        )

    def _rewards(self, person: int) -> Ints:
        """By slot: what one more visit there is worth to the person's quotas."""
        total = np.zeros(self.outside, np.int64)
        for kind, table in self.state.model.visit_reward.items():
            done, deepest = self.state.visits[kind][person], table.shape[2]
            weeks = np.arange(table.shape[1])
            worth = table[person, weeks, np.minimum(done, deepest - 1)] * (done < deepest)
            total += np.where(self.kinds[kind], worth[self.weeks], 0)
        return total


def _clashes(state: Standing, slots: Sequence[int]) -> Ints:
    """By two rows: 1 where nobody can stand both, a slot and itself included."""
    index = state.model.index
    rest = index.problem.min_rest_minutes
    start = np.array([index.slots[slot].start for slot in slots], np.int64)
    end = np.array([index.slots[slot].end for slot in slots], np.int64) + rest
    return ((start[:, None] < end) & (start < end[:, None])).astype(np.int64)


def _steps(cycle: list[int]) -> list[tuple[int, int]]:
    return list(pairwise([*cycle, cycle[0]]))


def _negative_cycles(lengths: Ints, distance: Ints) -> list[list[int]]:
    """Some round trips of negative length that share no node, or none if there is none.

    Bellman and Ford's search from everywhere at once; only nodes that came closer in the last
    round can bring others closer in the next. It may start from any distances, and changes
    them: those of the search before, over nearly the same graph, leave little to be done.
    """
    before = np.full(len(lengths), -1, np.int64)
    last = np.arange(len(lengths))
    for _ in range(len(lengths) + 1):
        through = lengths[last] + distance[last, None]
        reached = through.min(axis=0)
        closer = np.flatnonzero(reached < distance)
        if not len(closer):
            return []
        before[closer] = last[through[:, closer].argmin(axis=0)]
        distance[closer] = reached[closer]
        cycles = _cycles(before.tolist())
        if cycles:
            return cycles
        last = closer
    return []


def _cycles(before: list[int]) -> list[list[int]]:
    """All round trips among the predecessors, each node in at most one."""
    seen = [-1] * len(before)
    found = []
    for start in range(len(before)):
        node = start
        while node >= 0 and seen[node] < 0:
            seen[node] = start
            node = before[node]
        if node >= 0 and seen[node] == start:
            cycle = [node]
            while before[cycle[-1]] != node:
                cycle.append(before[cycle[-1]])
            found.append(cycle[::-1])
    return found
