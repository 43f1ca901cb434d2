"""The whole period as one minimum-cost flow: a bound that no roster can beat, and a start.

Trips flow from a source through people (fairness: each further trip dearer than the last),
their weeks (caps), blocks of pairwise clashing slots (one trip each) to the slots; empty
seats flow past the people at their own price. Only two things are left out: clashes between
different blocks (the rest overnight), and those of a leader's owed visit with another duty
of the same block. So the flow's cost is a lower bound, and nearly the price of the best roster.
"""

from dataclasses import dataclass, field

import numpy as np
from ortools.graph.python import min_cost_flow

from scheduler.rotation.arcs import SCALE, Ints
from scheduler.rotation.blocks import day_blocks
from scheduler.rotation.compiled import Compiled

SOURCE, SINK = 0, 1
NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Solved:
    """All arcs in five rows: from, to, room, cost, flow. Those from people to slots begin at
    `first`, and `slots` and `people` are their ends.
    """

    arcs: Ints
    first: int
    slots: Ints
    people: Ints


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A lower bound in points, and who stands which slot if the rest overnight did not count."""

    bound: float
    slots: Ints
    people: Ints
    network: Solved | None = None  # kept only on demand: it is large


@dataclass(slots=True)
class _Network:
    """Arcs gathered in pieces; nodes are numbered as they are asked for."""

    nodes: int = 2
    arcs: int = 0
    pieces: list[list[Ints]] = field(default_factory=list)

    def fresh(self, count: int) -> Ints:
        """The numbers of `count` new nodes."""
        self.nodes += count
        return np.arange(self.nodes - count, self.nodes)

    def join(self, tails: Ints | int, heads: Ints | int, rooms: Ints | int, costs: Ints | int) -> None:
        """One arc for each element, the arguments stretched to the longest of them."""
        piece = np.broadcast_arrays(tails, heads, rooms, costs)
        self.arcs += piece[0].size
        self.pieces.append([np.asarray(row, np.int64).ravel() for row in piece])


def relaxed(model: Compiled, *, keep_network: bool = False) -> Relaxed:
    """The cheapest flow. Its arcs from people to slots are read back as seats."""
    total = int(model.open_seats.sum())
    if not total:
        return Relaxed(model.constant, NONE, NONE)
    network = _Network()
    slot_nodes = network.fresh(len(model.index.slots))
    _empty_seats(network, model, slot_nodes)
    week_nodes = _people(network, model)
    first, slots, people = _standing(network, model, slot_nodes, week_nodes)
    flow = min_cost_flow.SimpleMinCostFlow()
    columns = [np.concatenate(column) for column in zip(*network.pieces, strict=True)]
    flow.add_arcs_with_capacity_and_unit_cost(*columns)
    flow.set_node_supply(SOURCE, total)
    flow.set_node_supply(SINK, -total)
    status = flow.solve()
    if status != flow.OPTIMAL:  # every seat may stay empty, so there is always a flow
        raise AssertionError(f"minimum-cost flow ended as {status}")
    bound = model.constant + flow.optimal_cost() / SCALE
    flows = flow.flows(np.arange(network.arcs))
    chosen = np.flatnonzero(flows[first:])
    solved = Solved(np.stack([*columns, flows]), first, slots, people) if keep_network else None
    return Relaxed(bound, slots[chosen], people[chosen], solved)


def _empty_seats(network: _Network, model: Compiled, slot_nodes: Ints) -> None:
    network.join(slot_nodes, SINK, model.open_seats, 0)
    network.join(SOURCE, slot_nodes, model.open_seats, model.uncovered_cost)


def _people(network: _Network, model: Compiled) -> Ints:
    """Arcs from the source through people to their weeks; the weeks' nodes by i, w."""
    count, weeks = model.week_room.shape
    nodes = network.fresh(count)
    for trip in range(int(model.period_room.max(initial=0))):
        able = np.flatnonzero(model.period_room > trip)
        network.join(SOURCE, nodes[able], 1, model.first_trip[able] + trip * model.trip_step)
    week_nodes = network.fresh(count * weeks).reshape(count, weeks)
    who, week = np.nonzero(model.week_room)
    network.join(nodes[who], week_nodes[who, week], model.week_room[who, week], 0)
    return week_nodes


def _quotas(network: _Network, model: Compiled, week_nodes: Ints) -> dict[tuple[str, int], tuple[Ints, Ints]]:
    """By (kind, week): the people who owe visits, and their nodes behind the rewarded arcs."""
    gates = {}
    for kind, table in model.visit_reward.items():
        for week in range(table.shape[1]):
            who = np.flatnonzero(table[:, week, 0])
            nodes = network.fresh(len(who))
            for reward in table[who, week].T:
                network.join(week_nodes[who, week], nodes, 1, -reward)
            network.join(week_nodes[who, week], nodes, model.week_room[who, week], 0)
            gates[kind, week] = who, nodes
    return gates


def _standing(network: _Network, model: Compiled, slot_nodes: Ints, week_nodes: Ints) -> tuple[int, Ints, Ints]:
    """Arcs from people's weeks through blocks to slots: the first one's number, slots, people."""
    slots = model.index.slots
    gates = _quotas(network, model, week_nodes)
    ends: list[tuple[Ints, Ints, Ints]] = []
    for block in day_blocks(slots, model.index.problem.min_rest_minutes):
        week = slots[block[0]].week
        plain = network.fresh(len(model.index.people))
        network.join(week_nodes[:, week], plain, 1, 0)
        doors: dict[str, Ints] = {}
        for at in block:
            kind, people = slots[at].kind, model.eligible[at]
            if kind not in doors:
                doors[kind] = _door(network, plain, gates.get((kind, week)))
            ends.append((doors[kind][people], np.full(len(people), at), people))
    tails, which, people = (np.concatenate(column) for column in zip(*ends, strict=True))
    first = network.arcs
    network.join(tails, slot_nodes[which], 1, np.concatenate(model.cost))
    return first, which, people


def _door(network: _Network, plain: Ints, gate: tuple[Ints, Ints] | None) -> Ints:
    """By person: the node for one trip of a kind in a block; an owed visit has its own."""
    if gate is None:
        return plain
    who, behind = gate
    door = plain.copy()
    door[who] = network.fresh(len(who))
    network.join(behind, door[who], 1, 0)
    return door
