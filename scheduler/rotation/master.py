"""All rules of the roster as a linear program over chosen pairs of slot and person.

Unlike the flow it holds every rule, the rest overnight included: of the slots that share a
moment (made longer by the rest) nobody stands two. On rosters its optimum is nearly always
whole, so that branching has little to do.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from ortools.math_opt.python import mathopt

from scheduler.rotation.arcs import SCALE, Flags, Ints
from scheduler.rotation.blocks import maximal_blocks
from scheduler.rotation.compiled import Compiled

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best roster found over the pairs taken in, and a bound on all such, in points."""

    bound: float
    price: float | None  # None if no roster was found
    pairs: list[tuple[int, int]]  # (slot, person) that stand


class Master:
    """The program; rows are made when a pair first needs them."""

    def __init__(self, model: Compiled) -> None:
        self.model = model
        self.program = mathopt.Model()
        self.solver: mathopt.IncrementalSolver | None = None
        self.pairs: dict[tuple[int, int], mathopt.Variable] = {}
        self.rows: dict[Key, mathopt.LinearConstraint] = {}
        self.waiting: dict[Key, mathopt.Variable] = {}  # alone in a row that is not yet needed
        self.blocks_of: dict[int, list[int]] = defaultdict(list)
        slots = model.index.slots
        for at, block in enumerate(maximal_blocks(slots, model.index.problem.min_rest_minutes)):
            for slot in block:
                self.blocks_of[slot].append(at)
        for at in np.flatnonzero(model.open_seats).tolist():
            self._open_slot(at)

    def take_in(self, slots: Ints, people: Ints, costs: Ints) -> None:
        """Let these pairs stand; those that already may are passed over."""
        for slot, person, cost in zip(slots.tolist(), people.tolist(), costs.tolist(), strict=True):
            if (slot, person) not in self.pairs:
                self._take_in(slot, person, cost)

    def has(self, slots: Ints, people: Ints) -> Flags:
        """Which of the pairs have been taken in."""
        return np.array([pair in self.pairs for pair in zip(slots.tolist(), people.tolist(), strict=True)], np.bool_)

    def _open_slot(self, at: int) -> None:
        seats = int(self.model.open_seats[at])
        row = self.program.add_linear_constraint(lb=seats, ub=seats)
        self._priced(seats, int(self.model.uncovered_cost[at]), row, 1)
        self.rows["slot", at] = row

    def _take_in(self, at: int, person: int, cost: int) -> None:
        slot = self.model.index.slots[at]
        pair = self.program.add_variable(lb=0.0, ub=1.0)
        self.pairs[at, person] = pair
        self.program.objective.set_linear_coefficient(pair, float(cost))
        self.rows["slot", at].set_coefficient(pair, 1.0)
        self._trips(person).set_coefficient(pair, -1.0)
        room = int(self.model.week_room[person, slot.week])
        self._capped(("week", person, slot.week), pair, room)
        for block in self.blocks_of[at]:
            self._capped(("block", person, block), pair, 1)
        visits = self._visits(slot.kind, person, slot.week)
        if visits is not None:
            visits.set_coefficient(pair, 1.0)

    def _capped(self, key: Key, pair: mathopt.Variable, room: int) -> None:
        """At most `room` pairs of the key; no row while there is one and room for it."""
        if key not in self.rows:
            if key not in self.waiting and room > 0:
                self.waiting[key] = pair
                return
            self.rows[key] = self.program.add_linear_constraint(ub=float(room))
            if key in self.waiting:
                self.rows[key].set_coefficient(self.waiting.pop(key), 1.0)
        self.rows[key].set_coefficient(pair, 1.0)

    def _trips(self, person: int) -> mathopt.LinearConstraint:
        """The row that says how many trips a person takes: each further one is dearer."""
        key = "trips", person
        if key not in self.rows:
            row = self.rows[key] = self.program.add_linear_constraint(lb=0.0, ub=0.0)
            first, step = int(self.model.first_trip[person]), self.model.trip_step
            for trip in range(int(self.model.period_room[person])):
                self._priced(1, first + trip * step, row, 1)
        return self.rows[key]

    def _visits(self, kind: str, person: int, week: int) -> mathopt.LinearConstraint | None:
        """The row that rewards owed visits, no more of them than are made."""
        table = self.model.visit_reward.get(kind)
        if table is None or not table[person, week, 0]:
            return None
        key = "visits", kind, person, week
        if key not in self.rows:
            row = self.rows[key] = self.program.add_linear_constraint(lb=0.0)
            for reward in table[person, week].tolist():
                if reward:
                    self._priced(1, -reward, row, -1)
        return self.rows[key]

    def _priced(self, most: int, cost: int, row: mathopt.LinearConstraint, coefficient: int) -> None:
        variable = self.program.add_variable(lb=0.0, ub=float(most))
        self.program.objective.set_linear_coefficient(variable, float(cost))
        row.set_coefficient(variable, float(coefficient))

    def relaxed(self) -> tuple[float, dict[Key, float]]:
        """The price in points where pairs may stand in part, and the price of each row."""
        if self.solver is None:
            self.solver = mathopt.IncrementalSolver(self.program, mathopt.SolverType.GLOP)
        result = self.solver.solve(params=mathopt.SolveParameters(presolve=mathopt.Emphasis.OFF))
        keys = list(self.rows)
        values = result.dual_values([self.rows[key] for key in keys])
        price = self.model.constant + result.objective_value() / SCALE
        return price, dict(zip(keys, values, strict=True))

    def whole(self, nodes: int) -> Optimum:
        """The best roster of whole pairs, as far as so many nodes of branching find it."""
        for pair in self.pairs.values():
            pair.integer = True
        parameters = mathopt.SolveParameters(node_limit=nodes, relative_gap_tolerance=0.0)
        result = mathopt.solve(self.program, mathopt.SolverType.HIGHS, params=parameters)
        bound = self.model.constant + result.dual_bound() / SCALE
        if not result.has_primal_feasible_solution():
            return Optimum(bound, None, [])
        values = result.variable_values(list(self.pairs.values()))
        stand = [pair for pair, value in zip(self.pairs, values, strict=True) if value > 0.5]
        return Optimum(bound, self.model.constant + result.objective_value() / SCALE, stand)


def reduced(model: Compiled, prices: dict[Key, float], slots: Ints, people: Ints, costs: Ints) -> Ints:
    """What each pair adds to the relaxed price at least, by the prices of the rows, rounded down."""
    tables = _Tables(model, prices)
    worth = tables.worth(slots, people)
    return np.floor(costs - worth + 1e-6).astype(np.int64)


class _Tables:
    """The rows' prices as arrays."""

    def __init__(self, model: Compiled, prices: dict[Key, float]) -> None:
        slots, people = model.index.slots, len(model.index.people)
        blocks = maximal_blocks(slots, model.index.problem.min_rest_minutes)
        self.slot = np.zeros(len(slots))
        self.trips = np.zeros(people)
        self.week = np.zeros((people, model.index.weeks))
        self.block = np.zeros((people, len(blocks)))
        self.visits = {kind: np.zeros((people, model.index.weeks)) for kind in model.visit_reward}
        self.slots, self.blocks = slots, blocks
        for key, price in prices.items():
            self._enter(key, price)

    def _enter(self, key: Key, price: float) -> None:
        name, *rest = key
        if name == "visits":
            kind, *place = rest
            self.visits[str(kind)][tuple(place)] = price  # type: ignore[index]
        else:
            getattr(self, str(name))[tuple(rest)] = price

    def worth(self, which: Ints, people: Ints) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The prices of all rows that each pair stands in."""
        weeks = np.array([slot.week for slot in self.slots], np.int64)[which]
        worth = self.slot[which] - self.trips[people] + self.week[people, weeks]
        for at, block in enumerate(self.blocks):
            inside = np.zeros(len(self.slots), np.bool_)
            inside[block] = True
            worth += np.where(inside[which], self.block[people, at], 0.0)
        for kind, table in self.visits.items():
            is_kind = np.array([slot.kind == kind for slot in self.slots], np.bool_)
            worth += np.where(is_kind[which], table[people, weeks], 0.0)
        return worth
