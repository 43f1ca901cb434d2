"""Slots of which nobody can stand two: the one-day (and one-night) pieces of a period.

Two slots clash exactly when their times, each made longer by the rest at its end, overlap.
Sets in which every two clash are therefore those that share a moment, and all the largest
such sets are found in one pass over time.
"""

from collections.abc import Sequence

from scheduler.rotation.index import Slot


def maximal_blocks(slots: Sequence[Slot], rest: int) -> list[list[int]]:
    """The largest sets of pairwise clashing slots, in order of time; they may share slots."""
    blocks: list[list[int]] = []
    alive: list[Slot] = []
    has_grown = False
    for slot in sorted(slots, key=lambda slot: (slot.start, slot.at)):
        still = [other for other in alive if other.end + rest > slot.start]
        if len(still) < len(alive) and has_grown:
            blocks.append([other.at for other in alive])
            has_grown = False
        alive = [*still, slot]
        has_grown = True
    if has_grown:
        blocks.append([other.at for other in alive])
    return blocks


def day_blocks(slots: Sequence[Slot], rest: int) -> list[list[int]]:
    """A partition into sets of pairwise clashing slots of one week, as long as can be from the left."""
    blocks: list[list[int]] = []
    until, week = 0, None
    for slot in sorted(slots, key=lambda slot: (slot.start, slot.at)):
        if not blocks or slot.start >= until or slot.week != week:
            blocks.append([])
            until, week = slot.end + rest, slot.week
        blocks[-1].append(slot.at)
        until = min(until, slot.end + rest)
    return blocks
