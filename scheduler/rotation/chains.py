"""Exchanges over many days: someone takes a seat, gives up another, which someone else takes.

The graph has a node for each slot and one for the outside, where those come from who take one
trip more and those go who take one less. An arc leads from slot to slot if somebody who stands
the first could stand the second instead; its length is what the cheapest such move costs. A
round trip of negative length is an exchange that pays, provided that the moves still agree
where somebody makes two of them.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from scheduler.rotation.arcs import Ints
from scheduler.rotation.cycles import Search
from scheduler.rotation.exchange import NEVER, NOBODY
from scheduler.rotation.standing import Standing

Move = tuple[int, int, int]  # (row from, row to, person): either row may be the outside


class Chains:
    """The graph over some slots, kept up to date as exchanges are made."""

    def __init__(self, state: Standing, slots: Sequence[int]) -> None:
        model, index = state.model, state.model.index
        self.state = state
        self.slots = [slot for slot in slots if model.open_seats[slot]]
        self.row_of = {slot: row for row, slot in enumerate(self.slots)}
        self.outside = len(self.slots)
        chosen = [index.slots[slot] for slot in self.slots]
        self.start = np.array([slot.start for slot in chosen], np.int64)
        self.rested = np.array([slot.end for slot in chosen], np.int64)
        self.rested += index.problem.min_rest_minutes
        self.weeks = np.array([slot.week for slot in chosen], np.int64)
        self.kinds = {kind: np.array([slot.kind == kind for slot in chosen], np.bool_) for kind in model.visit_reward}
        self.empty = model.uncovered_cost[self.slots]
        self._open_graph()

    def _open_graph(self) -> None:
        """Prices of the people concerned, and all arcs."""
        model, nodes = self.state.model, self.outside + 1
        eligible = [model.eligible[slot] for slot in self.slots]
        people = np.unique(np.concatenate(eligible)) if eligible else np.zeros(0, np.int64)
        self.line_of = {person: line for line, person in enumerate(people.tolist())}
        self.people = people
        self.prices = np.full((len(people), self.outside), NEVER, np.int64)
        for row, slot in enumerate(self.slots):
            lines = np.searchsorted(people, eligible[row])
            self.prices[lines, row] = model.cost[slot]
        # lengths[l, k]: the least cost of moving someone from slot l to slot k
        self.lengths = np.full((nodes, nodes), NEVER, np.int64)
        self.mover = np.full((nodes, nodes), NOBODY, np.int32)
        self.search = Search(nodes)
        self.added = np.full((len(people), self.outside), NEVER, np.int64)
        self._refresh(people.tolist(), range(self.outside))

    def improve(self) -> int | None:
        """Make exchanges that pay, as many as one search finds; the hundredths of a point saved.

        None if the search finds no round trip that could pay: then there is nothing left to do.
        """
        cycles = self.search.negative_cycles(self.lengths)
        return sum(self._exchange(cycle) for cycle in cycles) if cycles else None

    def _exchange(self, cycle: list[int]) -> int:
        """Make the moves of one round trip if together they keep the rules and pay.

        Where somebody makes two of the moves, or an exchange since the search has changed
        something, they need not: then one arc is closed until it is next priced.
        """
        moves = [(*step, int(self.mover[step])) for step in pairwise([*cycle, cycle[0]])]
        people = {person for _, _, person in moves if person != NOBODY}
        before = self._rows_of(people)
        saved = self._moved(moves)
        if saved:
            rows = {row for row in cycle if row != self.outside}
            self._refresh(people, before | self._rows_of(people) | rows)
        else:
            self._close(moves)
        return saved

    def _rows_of(self, people: Iterable[int]) -> set[int]:
        held = self.state.held
        return {self.row_of[s] for person in people for s in held[person] if s in self.row_of}

    def _moved(self, moves: list[Move]) -> int:
        """Make the moves, and take them back if a rule breaks or nothing is saved."""
        if any(self.lengths[here, there] >= NEVER // 2 for here, there, _ in moves):
            return 0
        cost, done = 0, []
        for here, _, person in moves:
            if here != self.outside and person != NOBODY:
                self.state.take(self.slots[here], person)
                done.append((self.slots[here], person, False))
            cost -= self._price(here, person)
        for _, there, person in moves:
            if there != self.outside and person != NOBODY:
                if not self.state.may_stand(self.slots[there], person):
                    break
                cost += self._price(there, person)
                self.state.put(self.slots[there], person)
                done.append((self.slots[there], person, True))
            else:
                cost += self._price(there, person)
        else:
            if cost < 0:
                return -cost
        for slot, person, was_put in reversed(done):
            (self.state.take if was_put else self.state.put)(slot, person)
        return 0

    def _price(self, row: int, person: int) -> int:
        """What it costs that a person, not standing there now, stands a slot; or nobody does."""
        if row == self.outside:
            return 0
        if person == NOBODY:
            return int(self.empty[row])
        slot, line = self.slots[row], self.line_of[person]
        marginal = self.state.marginal(slot, self.people[line : line + 1])
        return int(self.prices[line, row] + marginal[0])

    def _close(self, moves: list[Move]) -> None:
        """Close the arc by which a person moves for the second time, or else the first arc."""
        seen = set()
        closing = moves[0]
        for move in moves:
            if move[2] in seen:
                closing = move
                break
            seen.add(move[2])
        self.lengths[closing[:2]] = NEVER

    def _refresh(self, people: Iterable[int], rows: Iterable[int]) -> None:
        """Price again what the given people, and those who stand the given slots, could do."""
        for person in people:
            self.added[self.line_of[person]] = self._adding(person)
        self.search.pending[self.outside] = True
        best, who = self.lengths[self.outside, :-1], self.mover[self.outside, :-1]
        best[:], who[:] = self.empty, NOBODY
        if len(self.people):
            cheapest = self.added.min(axis=0)
            better = np.flatnonzero(cheapest < best)
            best[better] = cheapest[better]
            who[better] = self.people[self.added[:, better].argmin(axis=0)]
        for row in rows:
            self._price_row(row)

    def _price_row(self, row: int) -> None:
        """The cheapest move out of one slot to each other slot, and to the outside."""
        self.search.pending[row] = True
        best, who = self.lengths[row], self.mover[row]
        best[:], who[:] = NEVER, NOBODY
        for person in sorted(self.state.standing[self.slots[row]]):
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
        blocked = is_full[self.weeks] | self._clashing(person)
        return np.where(blocked, NEVER, self._asked(person) + self._fairness(person))

    def _moving(self, person: int, row: int) -> Ints:
        """What it costs that a person leaves one slot, by the slot (or outside) they go to."""
        model, state, slot = self.state.model, self.state, self.slots[row]
        state.take(slot, person)
        is_full = state.week_trips[person] >= model.week_room[person]
        blocked = is_full[self.weeks] | self._clashing(person)
        prices, fairness = self._asked(person), self._fairness(person)
        state.put(slot, person)
        moved = np.empty(self.outside + 1, np.int64)
        moved[: self.outside] = np.where(blocked, NEVER, prices - prices[row])
        moved[self.outside] = -prices[row] - fairness
        return moved

    def _fairness(self, person: int) -> int:
        model = self.state.model
        return int(model.first_trip[person] + self.state.trips[person] * model.trip_step)

    def _clashing(self, person: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """By slot: whether any duty that the person holds clashes with it."""
        index = self.state.model.index
        blocked = np.zeros(self.outside, np.bool_)
        for at in self.state.held[person]:
            slot = index.slots[at]
            blocked |= (self.start < slot.end + index.problem.min_rest_minutes) & (slot.start < self.rested)
        return blocked

    def _asked(self, person: int) -> Ints:
        """By slot: travel, wishes and change, less what the visit is worth to the quotas."""
        prices: Ints = self.prices[self.line_of[person]]
        for kind, table in self.state.model.visit_reward.items():
            done, deepest = self.state.visits[kind][person], table.shape[2]
            weeks = np.arange(table.shape[1])
            worth = table[person, weeks, np.minimum(done, deepest - 1)] * (done < deepest)
            if worth.any():
                prices = prices - np.where(self.kinds[kind], worth[self.weeks], 0)
        return prices
