"""Round trips of negative length in a graph given by all its arcs."""

import numpy as np

from scheduler.rotation.arcs import Ints


class Search:
    """Bellman and Ford's search from everywhere at once, which can be taken up again.

    Distances may be any to begin with. `pending` are the nodes that may bring others closer:
    those whose own distance, or whose arcs, changed since it was last tried.
    """

    def __init__(self, nodes: int) -> None:
        self.distance = np.zeros(nodes, np.int64)
        self.pending = np.ones(nodes, np.bool_)

    def negative_cycles(self, lengths: Ints) -> list[list[int]]:
        """Some round trips of negative length that share no node, or none if there is none."""
        before = np.full(len(lengths), -1, np.int64)
        while self.pending.any():
            trying = np.flatnonzero(self.pending)
            through = lengths[trying]
            through += self.distance[trying, None]
            reached = through.min(axis=0)
            closer = np.flatnonzero(reached < self.distance)
            before[closer] = trying[through[:, closer].argmin(axis=0)]
            self.distance[closer] = reached[closer]
            self.pending[trying] = False
            self.pending[closer] = True
            cycles = _cycles(before.tolist())
            if cycles:
                return cycles
        return []


def _cycles(before: list[int]) -> list[list[int]]:
    """All round trips among the predecessors, each node in at most one.

    There can only be one once its length is negative.
    """
    seen = [-1] * len(before)
    found = []
    for start in range(len(before)):
        node = start
        while node >= 0 and seen[node] < 0:
            seen[node] = start
            node = before[node]
        if node >= 0 and seen[node] == start:
            cycle = [node]
            while before[cycle[-1]] != node:
                cycle.append(before[cycle[-1]])
            found.append(cycle[::-1])
    return found
