"""From the problem to a proposal: the flow, its repair, the sweeps, and the reasons."""

from collections.abc import Callable

import numpy as np

from scheduler.rotation.arcs import SCALE
from scheduler.rotation.blocks import maximal_blocks
from scheduler.rotation.chains import Chains
from scheduler.rotation.compiled import Compiled, compiled
from scheduler.rotation.costs import objective
from scheduler.rotation.exchange import Block, improve
from scheduler.rotation.flow import Relaxed, relaxed
from scheduler.rotation.index import indexed
from scheduler.rotation.problem import Problem, Seat
from scheduler.rotation.proposal import Budget, Proposal
from scheduler.rotation.reasons import uncovered
from scheduler.rotation.standing import Standing
from scheduler.rotation.windows import by_region, windows

Progress = Callable[[str, float | None, float | None], None]

PROVEN = 0.005  # costs are whole hundredths: a smaller difference is none


class _Run:
    """One solve: what to tell whoever waits, and when there is nothing left to do."""

    def __init__(
        self,
        model: Compiled,
        state: Standing,
        bound: float,
        progress: Progress | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.bound = bound
        self.price = objective(model.index, state.seats())
        self._progress = progress
        self._cancelled = cancelled

    def tell(self, stage: str, saved: int = 0) -> None:
        """Report the stage, with the price of the roster so far and the bound."""
        self.price -= saved / SCALE
        if self._progress is not None:
            self._progress(stage, round(self.price, 6), self.bound)

    def is_over(self) -> bool:
        """Whether the roster cannot be better, or nobody waits for it any more."""
        is_proven = self.price - self.bound < PROVEN
        return is_proven or (self._cancelled is not None and self._cancelled())


def propose(
    problem: Problem,
    budget: Budget,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> Proposal:
    """The best roster that the budget finds. Cancelled, it is the best so far, still without
    a broken rule or a seat that a free person could take.
    """
    model = compiled(indexed(problem))
    if progress is not None:
        progress("flow", None, None)
    start = relaxed(model)
    state = _repaired(model, start)
    run = _Run(model, state, start.bound, progress, cancelled)
    run.tell("sweep")
    _sweep(run, state, budget.sweeps)
    _exchange(run, state, budget.chain_rounds)
    _complete(state)
    proposal = _proposal(model, state.seats(), start.bound)
    if progress is not None:
        progress("done", proposal.objective, proposal.bound)
    return proposal


def _repaired(model: Compiled, start: Relaxed) -> Standing:
    """The flow's seats in order of time, without those that clash with an earlier one."""
    state = Standing(model)
    for slot, person in zip(start.slots.tolist(), start.people.tolist(), strict=True):
        if state.may_stand(slot, person):
            state.put(slot, person)
    return state


def _sweep(run: _Run, state: Standing, sweeps: int) -> None:
    """Solve block after block exactly, over and over, until a whole pass saves nothing."""
    index = state.model.index
    blocks = [
        Block(state, part)
        for slots in maximal_blocks(index.slots, index.problem.min_rest_minutes)
        for part in by_region(index, slots)
    ]
    for _ in range(sweeps):
        total = 0
        for block in blocks:
            if run.is_over():
                return
            saved = improve(state, block)
            run.tell("sweep", saved)
            total += saved
        if not total:
            return


def _exchange(run: _Run, state: Standing, rounds: int) -> None:
    """Make exchanges over many days in one window after another, until none pays anywhere."""
    slots = np.flatnonzero(state.model.open_seats).tolist()
    parts = windows(state.model.index, slots)
    while True:
        total = 0
        for part in parts:
            if run.is_over():
                return
            total += _exchange_within(run, Chains(state, part), rounds)
        if not total or len(parts) == 1:
            return


def _exchange_within(run: _Run, chains: Chains, rounds: int) -> int:
    """Exchange in one window until nothing pays or the rounds are spent; what was saved."""
    total = 0
    for _ in range(rounds):
        saved = None if run.is_over() else chains.improve()
        if saved is None:
            break
        run.tell("chains", saved)
        total += saved
    return total


def _complete(state: Standing) -> None:
    """Fill what can be filled: an empty seat that a free person could take is never an answer,
    however unfair that trip may be."""
    for slot in state.model.index.slots:
        while state.missing(slot.at) > 0:
            people = state.model.eligible[slot.at]
            prices = state.model.cost[slot.at] + state.marginal(slot.at, people)
            for rank in prices.argsort(kind="stable").tolist():
                if state.may_stand(slot.at, int(people[rank])):
                    state.put(slot.at, int(people[rank]))
                    break
            else:
                break


def _proposal(model: Compiled, seats: tuple[Seat, ...], bound: float) -> Proposal:
    price = objective(model.index, seats)
    is_proven = price - bound < PROVEN
    bound = min(bound, price)
    return Proposal(
        seats=seats,
        uncovered=uncovered(model.index, seats),
        conflicts=model.conflicts,
        objective=round(price, 6),
        bound=round(bound, 6),
        gap=(price - bound) / max(1.0, abs(bound)),
        proven=is_proven,
    )
