"""From a good roster to the best: small exact programs over what can still matter.

First the pairs that cost the flow nothing: if its bound can be reached at all, it is reached
with them. Then more and more pairs, until all that a roster better than the one in hand could
use are among them. Where the bound is far off, the linear program with all the rules sharpens
it first, and says anew what each pair costs.
"""

from collections.abc import Callable

import numpy as np

from scheduler.rotation.arcs import SCALE, Flags, Ints
from scheduler.rotation.duals import reduced_costs
from scheduler.rotation.flow import Solved
from scheduler.rotation.master import Master, Optimum, reduced
from scheduler.rotation.proposal import Budget
from scheduler.rotation.standing import Standing
from scheduler.rotation.waiting import awaited

EXACT = 0.005  # costs are whole hundredths: two prices closer than this are equal
FEW_PAIRS = 16_000  # an exact program over so many takes about a second
MOST_PAIRS = 60_000  # and over so many some ten seconds
MOST_SHARPENED = 600_000  # and the linear program with prices for so many as well
QUICK_NODES = 50  # of branching in a quick answer, which must not become a slow one
GROWTH = 1.6  # of the pairs from one program to the next
FAR = 3.0  # points between roster and bound, from which the bound is worth sharpening first

Tell = Callable[[str, float, float], None]  # stage, price, bound
Cancelled = Callable[[], bool]


class Proof:
    """The roster in hand, the bound, and what is known of each pair of slot and person."""

    def __init__(
        self, state: Standing, network: Solved, price: float, bound: float, tell: Tell, cancelled: Cancelled | None
    ) -> None:
        self.state, self.model = state, state.model
        self.cancelled = cancelled
        self.price, self.bound, self.tell = price, bound, tell
        self.slots, self.people = network.slots, network.people
        self.costs = network.arcs[3, network.first :]
        self.added = reduced_costs(network.arcs)[network.first :] / SCALE
        self.floor = bound  # `added` counts from here
        self.width = EXACT  # pairs that add less are taken into the next program

    def is_done(self) -> bool:
        """Whether the roster in hand is proven to be the best."""
        return self.price - self.bound < EXACT

    def useful(self) -> Flags:
        """The pairs that a better roster could use, and those that stand in the one in hand."""
        useful: Flags = (self.added < self.price - self.floor + EXACT) | self._in_hand()
        return useful

    def _in_hand(self) -> Flags:
        people = len(self.model.index.people)
        codes = [at * people + who for at, held in enumerate(self.state.standing) for who in held]
        return np.isin(self.slots * people + self.people, codes)

    def widen(self, nodes: int) -> bool:
        """Look for the best roster among more pairs than before; whether there were few enough.

        Once the width covers the gap, what was left out could be no better than the roster in
        hand: then the program's own bound holds for all rosters.
        """
        chosen = (self.added < self.width) | self._in_hand()
        if chosen.sum() > MOST_PAIRS:
            return False
        optimum = self._best(chosen, nodes)
        is_all = self.width >= self.price - self.floor
        self._adopt(optimum)
        if is_all or self.width >= self.price - self.floor:
            self.bound = max(self.bound, min(optimum.bound, self.price))
        rank = min(len(self.added) - 1, int(GROWTH * chosen.sum()))
        wider = float(np.partition(self.added, rank)[rank])
        self.width = min(max(wider, 2 * self.width), self.price - self.floor + EXACT)
        self.tell("prove", self.price, self.bound)
        return True

    def sharpen(self, rounds: int) -> None:
        """Raise the bound by the linear program, taking in pairs until none could lower it."""
        master = Master(self.model)
        useful = np.flatnonzero(self.useful())
        wanted = np.flatnonzero((self.added < EXACT) | self._in_hand())
        for _ in range(rounds):
            master.take_in(self.slots[wanted], self.people[wanted], self.costs[wanted])
            price, rows = awaited(master.relaxed, self.cancelled)
            pairs = self.slots[useful], self.people[useful], self.costs[useful]
            added = reduced(self.model, rows, *pairs)
            lowering = useful[(added < 0) & ~master.has(*pairs[:2])]
            if not len(lowering):
                self._settle(price - EXACT / 10, useful, added / SCALE)
                return
            wanted = lowering

    def _settle(self, bound: float, useful: Ints, added: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
        """Take over a bound, and what each pair adds to it; the useless ones stay useless."""
        if bound <= self.bound:
            return
        self.bound = min(bound, self.price)
        self.floor, self.width = bound, EXACT
        self.added = np.full(len(self.added), np.inf)
        self.added[useful] = added
        self.tell("prove", self.price, self.bound)

    def _best(self, chosen: Flags, nodes: int) -> Optimum:
        master = Master(self.model)
        master.take_in(self.slots[chosen], self.people[chosen], self.costs[chosen])
        return awaited(lambda: master.whole(nodes), self.cancelled)

    def _adopt(self, optimum: Optimum) -> None:
        """Let the optimum's roster stand if it is cheaper than the one in hand."""
        if optimum.price is not None and optimum.price < self.price - EXACT:
            self.state.replace(optimum.pairs)
            self.price = optimum.price


def prove(proof: Proof, budget: Budget, is_cancelled: Cancelled) -> None:
    """Go on until the roster in hand is proven to be the best, or the budget is spent."""
    is_sharp = False
    for _ in range(budget.programs):
        if proof.is_done() or is_cancelled():
            return
        is_near = is_sharp or proof.price - proof.bound < FAR or proof.useful().sum() <= FEW_PAIRS
        if is_near and proof.widen(budget.branch_nodes):
            continue
        if is_sharp:
            return
        proof.sharpen(budget.pricing_rounds)
        is_sharp = True


def prove_if_small(proof: Proof, budget: Budget) -> None:
    """The same where it costs next to nothing: a quick answer should not stop just short."""
    if not proof.is_done() and proof.useful().sum() <= FEW_PAIRS:
        proof.width = proof.price - proof.floor + EXACT
        proof.widen(min(budget.branch_nodes, QUICK_NODES))


def prove_while_short(proof: Proof, budget: Budget, least: int, is_cancelled: Cancelled) -> None:
    """The same while more than `least` seats are empty, which the flow could fill: seldom, where demand is far above
    what people can take, no exchange of one person for another finds the way.
    """

    def is_over() -> bool:
        return proof.state.empty() <= least or is_cancelled()

    if proof.useful().sum() > MOST_PAIRS and not is_over():
        proof.widen(QUICK_NODES)
        if not is_over() and proof.useful().sum() <= MOST_SHARPENED:
            proof.sharpen(budget.pricing_rounds)
        while not is_over() and proof.widen(QUICK_NODES):
            pass
        return
    prove(proof, budget, is_over)
