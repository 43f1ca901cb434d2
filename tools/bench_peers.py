"""What `python -m tools.bench_peers` prints: the engine, a plain CP-SAT model and Timefold on one town, in turn.

The plain model is what one writes first: a variable for each slot and person who may stand it, one row for each rule.
Timefold's is `peer_timefold`, run where that package is installed. One scorer prices all three, ours.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from ortools.sat.python import cp_model

from scheduler import rotation
from scheduler.rotation.blocks import maximal_blocks
from scheduler.rotation.costs import assignment_cost, deviation, objective
from scheduler.rotation.eligibility import refusal
from scheduler.rotation.index import Index, Person, Slot
from tools.rotation_towns import Document, town

PARTS = 100  # of a point: prices are whole hundredths

Stands = dict[tuple[int, int], Any]  # by slot and person: whether they stand it


class Stopwatch:
    """CPU-seconds, of this process and those it has started and ended, and seconds."""

    def __init__(self) -> None:
        self.began = self._now()

    def __str__(self) -> str:
        cpu, wall = (now - then for now, then in zip(self._now(), self.began, strict=True))
        return f"{cpu:>9.1f}{wall:>9.1f}"

    def _now(self) -> tuple[float, float]:
        used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(one.ru_utime + one.ru_stime for one in used), time.monotonic()


def main() -> None:
    """Solve one town in each way; print price, gap to the engine's bound, empty seats, CPU-seconds and seconds."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("staff", 500), ("places", 30), ("days", 30), ("seed", 1)):
        asked.add_argument(f"--{name}", type=int, default=usual)
    asked.add_argument("--peer-seconds", type=int, help="for each peer; usually 120 for CP-SAT, 300 for Timefold")
    given = vars(asked.parse_args())
    seconds = given.pop("peer_seconds")
    document = town(**given)
    index = rotation.indexed(rotation.read_problem(document))
    print(f"{'':<22}{'objective':>14}{'gap %':>12}{'empty':>7}{'CPU-s':>9}{'seconds':>9}")
    watch = Stopwatch()
    ours = rotation.solve(index.problem)
    _tell("this engine, quick", index, list(ours.seats), ours.bound, watch)
    watch, limit = Stopwatch(), seconds or 120
    _tell(f"plain CP-SAT, {limit} s", index, plain(index, limit), ours.bound, watch)
    watch, limit = Stopwatch(), seconds or 300
    theirs = timefold(document, limit)
    if isinstance(theirs, str):
        print(f"{f'Timefold, {limit} s':<22}{theirs}")
    else:
        _tell(f"Timefold, {limit} s", index, theirs, ours.bound, watch)


def _tell(name: str, index: Index, seats: list[rotation.Seat], bound: float, watch: Stopwatch) -> None:
    used = str(watch)
    if any(breach.hard for breach in rotation.breaches(index, seats)):
        raise AssertionError(f"{name} breaks a rule")
    price = objective(index, seats)
    empty = sum(slot.count for slot in index.slots) - len(seats)
    gap = 100 * max(0.0, price - bound) / max(1.0, abs(bound))
    print(f"{name:<22}{price:>14.2f}{gap:>12.3f}{empty:>7}{used}", flush=True)


def timefold(document: Document, seconds: int) -> list[rotation.Seat] | str:
    """The roster that Timefold finds in the time, in a process of its own; or why there is none."""
    if importlib.util.find_spec("timefold") is None:
        return "not installed"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "town.json"
        source.write_text(json.dumps(document), encoding="utf-8")
        words = [sys.executable, "-m", "tools.peer_timefold", str(source), str(seconds)]
        done = subprocess.run(words, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        return "failed: " + (done.stderr.strip().splitlines() or ["no word"])[-1]
    return [rotation.Seat(*row) for row in json.loads(done.stdout)]


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
