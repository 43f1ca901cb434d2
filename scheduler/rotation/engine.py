"""From the problem to a proposal: the flow, its repair, the sweeps, and the reasons."""

import math
from collections.abc import Callable, Iterable

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
from scheduler.rotation.waiting import Abandoned
from scheduler.rotation.windows import by_region, windows

Progress = Callable[[str, float | None, float | None], None]
Cancelled = Callable[[], bool]

EXACT = 0.005  # costs are whole hundredths: two prices closer than this are equal
SMALL = 50_000  # pairs of slot and person: up to a small branch an exact answer is quick
NEAR = 0.01  # of the bound: so little may be paid for moving nobody but who must be
KEPT = 3_000_000  # and so many take 100 MB to look at again


class _Run:
    """One solve: what to tell whoever waits, and when there is nothing left to do."""

    def __init__(self, price: float, bound: float, progress: Progress | None, cancelled: Cancelled | None) -> None:
        self.price, self.bound = price, bound
        self._progress, self.cancelled = progress, cancelled

    def tell(self, stage: str, price: float, bound: float) -> None:
        """Report the stage, with the price of the roster so far and the bound."""
        self.price, self.bound = price, bound
        if self._progress is not None:
            self._progress(stage, round(price, 6), round(bound, 6))

    def save(self, stage: str, saved: int) -> None:
        """Report that so many hundredths of a point were saved."""
        self.tell(stage, self.price - saved / SCALE, self.bound)

    def is_cancelled(self) -> bool:
        """Whether nobody waits any more."""
        return self.cancelled is not None and self.cancelled()

    def is_over(self) -> bool:
        """Whether the roster cannot be better, or nobody waits any more."""
        return self.price - self.bound < EXACT or self.is_cancelled()


def propose(problem: Problem, budget: Budget, progress: Progress | None, cancelled: Cancelled | None) -> Proposal:
    """The best roster that the budget finds. Cancelled, it is the best so far, still without
    a broken rule or a seat that a free person could take.

    Where a roster was published, stand-ins come first: nobody is moved beyond those who must be while that fills as
    many seats and comes as near to the bound as `NEAR`; else wherever it is cheaper than moving others as well.
    """
    index = indexed(problem)
    model = compiled(index)
    if progress is not None:
        progress("flow", None, None)
    local = stood_in(model) if problem.previous is not None else None
    size = sum(len(people) for people in model.eligible)
    start = relaxed(model, keep_network=budget.prove or size <= KEPT)
    run = _Run(math.inf if local is None else objective(index, local.seats()), start.bound, progress, cancelled)
    if local is not None and (run.is_cancelled() or _is_near(run, local, start, budget)):
        state = local
    else:
        state = repaired(model, start)
        run.price = objective(index, state.seats())
        _sweep(run, state, budget.sweeps)
        _exchange(run, state, budget.chain_rounds)
        state = _cheaper(run, state, local)
        _prove(run, state, start, budget)
    _complete(state)
    proposal = _proposal(model, state.seats(), run.bound)
    run.tell("done", proposal.objective, proposal.bound)
    return proposal


def stood_in(model: Compiled) -> Standing:
    """The published roster with its empty seats given to whom it costs least, nobody else moved."""
    near = compiled(model.index, keep=True)
    state, fixed = Standing(model), set(model.fixed)
    for seat in _filled(near).seats():
        if seat not in fixed:
            state.put(model.index.slot_of[seat.duty, seat.position].at, model.index.person_of[seat.staff].at)
    return state


def stand_ins(problem: Problem, leaving: Iterable[Seat]) -> tuple[Seat, ...]:
    """Who takes over from those who leave, as far as anybody may: `solve.stand_ins` tells more."""
    index = indexed(problem)
    model = compiled(index, keep=True)
    left = {index.slot_of[seat.duty, seat.position].at for seat in leaving}
    model.open_seats[[slot.at for slot in index.slots if slot.at not in left]] = 0
    fixed = set(model.fixed)
    return tuple(seat for seat in _filled(model).seats() if seat not in fixed)


def _filled(model: Compiled) -> Standing:
    """The best roster of the open seats, those that are fixed staying as they are."""
    run, budget = _Run(math.inf, -math.inf, None, None), Budget()
    state = repaired(model, relaxed(model))
    _sweep(run, state, budget.sweeps)
    _exchange(run, state, budget.chain_rounds)
    _complete(state)
    return state


def _is_near(run: _Run, local: Standing, start: Relaxed, budget: Budget) -> bool:
    """Whether the stand-ins are a good enough quick answer: as many seats filled, and at nearly the least price."""
    is_full = local.empty() <= int(local.model.open_seats.sum()) - len(start.slots)
    return not budget.prove and is_full and run.price - run.bound <= NEAR * max(1.0, abs(run.bound))


def _cheaper(run: _Run, state: Standing, local: Standing | None) -> Standing:
    """The wider exchange only if it gains more than it moves: each move has its price."""
    price = math.inf if local is None else objective(state.model.index, local.seats())
    if local is None or run.price < price - EXACT:
        return state
    run.price = price
    return local


def _prove(run: _Run, state: Standing, start: Relaxed, budget: Budget) -> None:
    """Exact programs, if asked for, or small enough for a quick answer, or if they can fill what exchanges cannot."""
    least = int(state.model.open_seats.sum()) - len(start.slots)  # no roster leaves fewer seats empty at less cost
    is_short = state.empty() > least
    is_small = start.network is not None and len(start.network.slots) <= SMALL
    if start.network is None or run.is_over() or not (budget.prove or is_small or is_short):
        return
    from scheduler.rotation.proof import Proof, prove, prove_if_small, prove_while_short

    proof = Proof(state, start.network, run.price, run.bound, run.tell, run.cancelled)
    try:
        if budget.prove:
            prove(proof, budget, run.is_cancelled)
            return
        if is_short:
            prove_while_short(proof, budget, least, run.is_cancelled)
        if is_small:
            prove_if_small(proof, budget)
    except Abandoned:
        return


def repaired(model: Compiled, start: Relaxed) -> Standing:
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
            run.save("sweep", saved)
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
        run.save("chains", saved)
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
    is_proven = price - bound < EXACT
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
