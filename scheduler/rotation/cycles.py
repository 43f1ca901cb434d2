"""Round trips of negative length in a graph given by all its arcs."""

import numpy as np

from scheduler.rotation.arcs import Ints


def negative_cycles(lengths: Ints, distance: Ints) -> list[list[int]]:
    """Some round trips of negative length that share no node, or none if there is none.

    Bellman and Ford's search from everywhere at once; only nodes that came closer in the last
    round can bring others closer in the next. It may start from any distances, and changes
    them: those of the search before, over nearly the same graph, leave little to be done.
    """
    before = np.full(len(lengths), -1, np.int64)
    last = np.arange(len(lengths))
    for _ in range(len(lengths) + 1):
        through = lengths[last] + distance[last, None]
        reached = through.min(axis=0)
        closer = np.flatnonzero(reached < distance)
        if not len(closer):
            return []
        before[closer] = last[through[:, closer].argmin(axis=0)]
        distance[closer] = reached[closer]
        cycles = _cycles(before.tolist())
        if cycles:
            return cycles
        last = closer
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
