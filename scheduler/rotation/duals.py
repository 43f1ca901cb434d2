"""Which pairs of person and slot can still matter, by the reduced costs of the cheapest flow.

A roster that uses an arc of reduced cost r costs at least the bound plus r. Where that is more
than a roster in hand, the arc can be left out of the search for a better one, and nothing is
lost. The same holds for a pair of the flow that must be kept.
"""

import numpy as np

from scheduler.rotation.arcs import SCALE, Ints
from scheduler.rotation.flow import Relaxed


def useful_pairs(start: Relaxed, price: float) -> tuple[Ints, Ints]:
    """(slots, people) of the pairs that a roster cheaper than `price` could use."""
    network = start.network
    if network is None:
        return start.slots, start.people
    reduced = reduced_costs(network.arcs)[network.first :]
    keep = reduced < (price - start.bound) * SCALE + 1
    return network.slots[keep], network.people[keep]


def reduced_costs(arcs: Ints) -> Ints:
    """By arc: what a unit more on it adds at least; below zero where its flow has no more room."""
    tails, heads, rooms, costs, flows = arcs
    forth, back = flows < rooms, flows > 0
    here = np.concatenate([tails[forth], heads[back]])
    there = np.concatenate([heads[forth], tails[back]])
    length = np.concatenate([costs[forth], -costs[back]])
    distance = _distances(here, there, length, int(max(tails.max(), heads.max())) + 1)
    reduced: Ints = costs + distance[tails] - distance[heads]
    return reduced


def _distances(here: Ints, there: Ints, length: Ints, nodes: int) -> Ints:
    """The least length of any path to each node, from wherever: there is no negative cycle."""
    order = np.argsort(there, kind="stable")
    here, length = here[order], length[order]
    reached, first = np.unique(there[order], return_index=True)
    distance = np.zeros(nodes, np.int64)
    while True:
        nearest = np.minimum.reduceat(distance[here] + length, first)
        closer = nearest < distance[reached]
        if not closer.any():
            return distance
        distance[reached[closer]] = nearest[closer]
