"""From a good roster to the best: small exact programs over what can still matter.

First the pairs that cost the flow nothing: if its bound can be reached at all, it is reached
with them. Then all pairs that a roster better than the one in hand could use; where they are
too many, the linear program with all the rules first gives a sharper bound, and so fewer.
"""

from collections.abc import Callable

import numpy as np

from scheduler.rotation.arcs import SCALE, Flags, Ints
from scheduler.rotation.duals import reduced_costs
from scheduler.rotation.flow import Solved
from scheduler.rotation.master import Master, Optimum, reduced
from scheduler.rotation.proposal import Budget
from scheduler.rotation.standing import Standing

EXACT = 0.005  # costs are whole hundredths: two prices closer than this are equal
FEW_PAIRS = 16_000  # an exact program over so many takes about a second
MOST_PAIRS = 60_000  # and over so many some ten seconds

Tell = Callable[[str, float, float], None]  # stage, price, bound


class Proof:
    """The roster in hand, the bound, and what is known of each pair of slot and person."""

    def __init__(self, state: Standing, network: Solved, price: float, bound: float, tell: Tell) -> None:
        self.state, self.model = state, state.model
        self.price, self.bound, self.tell = price, bound, tell
        self.slots, self.people = network.slots, network.people
        self.costs = network.arcs[3, network.first :]
        self.added = reduced_costs(network.arcs)[network.first :] / SCALE
        self.floor = bound  # `added` counts from here

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

    def free_of_charge(self, nodes: int) -> None:
        """Look for a better roster among the pairs that add nothing to the bound."""
        self._adopt(self._best((self.added < EXACT) | self._in_hand(), nodes))

    def exhaust(self, nodes: int) -> None:
        """Find the best roster of all, or a better bound, by all the useful pairs."""
        optimum = self._best(self.useful(), nodes)
        bound = min(optimum.bound, self.price)  # whatever was left out is no better than that
        self._adopt(optimum)
        self.bound = max(self.bound, min(bound, self.price))
        self.tell("prove", self.price, self.bound)

    def sharpen(self, rounds: int) -> None:
        """Raise the bound by the linear program, taking in pairs until none could lower it."""
        master = Master(self.model)
        useful = np.flatnonzero(self.useful())
        wanted = np.flatnonzero((self.added < EXACT) | self._in_hand())
        for _ in range(rounds):
            master.take_in(self.slots[wanted], self.people[wanted], self.costs[wanted])
            price, rows = master.relaxed()
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
        self.floor = bound
        self.added = np.full(len(self.added), np.inf)
        self.added[useful] = added
        self.tell("prove", self.price, self.bound)

    def _best(self, chosen: Flags, nodes: int) -> Optimum:
        master = Master(self.model)
        master.take_in(self.slots[chosen], self.people[chosen], self.costs[chosen])
        return master.whole(nodes)

    def _adopt(self, optimum: Optimum) -> None:
        """Let the optimum's roster stand if it is cheaper than the one in hand."""
        if optimum.price is not None and optimum.price < self.price - EXACT:
            self.state.replace(optimum.pairs)
            self.price = optimum.price
            self.tell("prove", self.price, self.bound)


def prove(proof: Proof, budget: Budget, is_cancelled: Callable[[], bool]) -> None:
    """Go on until the roster in hand is proven to be the best, or the budget is spent."""
    nodes = budget.branch_nodes
    steps: list[Callable[[], None]] = [
        lambda: proof.free_of_charge(nodes),
        lambda: proof.sharpen(budget.pricing_rounds) if proof.useful().sum() > MOST_PAIRS / 2 else None,
        lambda: proof.exhaust(nodes) if proof.useful().sum() <= MOST_PAIRS else None,
    ]
    if proof.useful().sum() <= FEW_PAIRS:
        steps = steps[2:]
    for step in steps:
        if proof.is_done() or is_cancelled():
            return
        step()


def prove_if_small(proof: Proof, budget: Budget) -> None:
    """The same where it costs next to nothing: a quick answer should not stop just short."""
    if not proof.is_done() and proof.useful().sum() <= FEW_PAIRS:
        proof.exhaust(budget.branch_nodes)
