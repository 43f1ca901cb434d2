"""What `python -m tools.bench_peers` prints: the engine and a plain CP-SAT model on the same town, one after the other.

The plain model is what one writes first: a variable for each slot and person who may stand it, one row for each rule.
Timefold needs Java and a model of its own: it is not run here.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from typing import Any

from ortools.sat.python import cp_model

from scheduler import rotation
from scheduler.rotation.blocks import maximal_blocks
from scheduler.rotation.costs import assignment_cost, deviation, objective
from scheduler.rotation.eligibility import refusal
from scheduler.rotation.index import Index, Person, Slot
from tools.rotation_towns import town

PARTS = 100  # of a point: prices are whole hundredths

Stands = dict[tuple[int, int], Any]  # by slot and person: whether they stand it


def main() -> None:
    """Solve one town both ways and print price, gap to the engine's bound, empty seats and seconds."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("staff", 500), ("places", 30), ("days", 30), ("seed", 1), ("seconds", 120)):
        asked.add_argument(f"--{name}", type=int, default=usual)
    given = vars(asked.parse_args())
    seconds = given.pop("seconds")
    index = rotation.indexed(rotation.read_problem(town(**given)))
    print(f"{'':<22}{'objective':>14}{'gap %':>12}{'empty':>7}{'seconds':>9}")
    began = time.monotonic()
    ours = rotation.solve(index.problem)
    _tell("this engine, quick", index, list(ours.seats), ours.bound, time.monotonic() - began)
    began = time.monotonic()
    theirs = plain(index, seconds)
    _tell(f"plain CP-SAT, {seconds} s", index, theirs, ours.bound, time.monotonic() - began)


def _tell(name: str, index: Index, seats: list[rotation.Seat], bound: float, seconds: float) -> None:
    if any(breach.hard for breach in rotation.breaches(index, seats)):
        raise AssertionError(f"{name} breaks a rule")
    price = objective(index, seats)
    empty = sum(slot.count for slot in index.slots) - len(seats)
    gap = 100 * max(0.0, price - bound) / max(1.0, abs(bound))
    print(f"{name:<22}{price:>14.2f}{gap:>12.3f}{empty:>7}{seconds:>9.1f}", flush=True)


def plain(index: Index, seconds: float) -> list[rotation.Seat]:
    """The roster that CP-SAT finds in the time, from a model without any thought of flows."""
    model = cp_model.CpModel()
    able = [(slot, person) for slot in index.slots for person in index.people if _may(index, person, slot)]
    stands: Stands = {(slot.at, person.at): model.new_bool_var("") for slot, person in able}
    prices = [_cents(assignment_cost(index, person, slot)) * stands[slot.at, person.at] for slot, person in able]
    prices += _slots(index, model, stands)
    prices += _people(index, model, stands)
    model.minimize(sum(prices))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return []
    taken = [at for at, variable in stands.items() if solver.value(variable)]
    return [
        rotation.Seat(index.slots[slot].duty, index.slots[slot].position, index.people[person].staff.id)
        for slot, person in taken
    ]


def _may(index: Index, person: Person, slot: Slot) -> bool:
    return refusal(index, person, slot, ())[0] is None


def _cents(price: float) -> int:
    return round(PARTS * price)


def _slots(index: Index, model: cp_model.CpModel, stands: Stands) -> list[Any]:
    """Headcounts; the prices of empty seats."""
    standing: dict[int, list[Any]] = defaultdict(list)
    for (at, _), variable in stands.items():
        standing[at].append(variable)
    prices: list[Any] = []
    for slot in index.slots:
        empty = model.new_int_var(0, slot.count, "")
        model.add(sum(standing[slot.at]) + empty == slot.count)
        prices.append(_cents(index.problem.weights.uncovered * slot.weight) * empty)
    return prices


def _people(index: Index, model: cp_model.CpModel, stands: Stands) -> list[Any]:
    """Clashes and caps of each person; the prices of their count and of the visits they miss."""
    blocks = maximal_blocks(index.slots, index.problem.min_rest_minutes)
    weights, prices = index.problem.weights, list[Any]()
    own: dict[int, dict[int, Any]] = defaultdict(dict)
    for (at, who), variable in stands.items():
        own[who][at] = variable
    for person in index.people:
        held = own[person.at]
        for block in blocks:
            clashing = [held[slot] for slot in block if slot in held]
            if len(clashing) > 1:
                model.add(sum(clashing) <= 1)
        weeks: dict[int, list[Any]] = defaultdict(list)
        for slot, variable in held.items():
            weeks[index.slots[slot].week].append(variable)
        for week, variables in weeks.items():
            model.add(sum(variables) <= person.staff.max_per_week - person.carried_weeks.get(week, 0))
        if person.staff.max_per_period is not None:
            model.add(sum(held.values()) <= person.staff.max_per_period)
        table = [_cents(weights.fairness * deviation(person, trips) ** 2) for trips in range(len(blocks) + 1)]
        count, price = model.new_int_var(0, len(blocks), ""), model.new_int_var(0, max(table), "")
        model.add(count == sum(held.values()))
        model.add_element(count, table, price)
        prices.append(price)
    for (who, kind, week), needs in index.dues.items():
        visits = [v for slot, v in own[who].items() if (index.slots[slot].kind, index.slots[slot].week) == (kind, week)]
        for need in needs:
            short = model.new_int_var(0, need, "")
            model.add(short >= need - sum(visits))
            prices.append(_cents(weights.quota) * short)
    return prices


if __name__ == "__main__":
    main()
