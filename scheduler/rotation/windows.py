"""Parts of a problem that are worked on at one time: a region, some weeks of it.

Longer exchanges are searched for among some thousand slots at once, since the graph has an
arc for each two of them. Windows overlap by half, so that no exchange of a few weeks is cut.
"""

from collections import defaultdict
from collections.abc import Iterable

from scheduler.rotation.index import Index

WINDOW = 2000  # slots: a month of a city branch; the graph then takes 50 MB


def by_region(index: Index, slots: Iterable[int]) -> list[list[int]]:
    """The slots in groups by the region of their place, in order of the regions' names."""
    region_of = {place.id: place.region for place in index.problem.places}
    groups: dict[str, list[int]] = defaultdict(list)
    for slot in slots:
        groups[region_of.get(index.slots[slot].place, "")].append(slot)
    return [groups[region] for region in sorted(groups)]


def windows(index: Index, slots: Iterable[int], size: int = WINDOW) -> list[list[int]]:
    """Overlapping runs of at most `size` slots of one region, in order of time."""
    found = []
    for group in by_region(index, slots):
        last = max(0, len(group) - size)
        pieces = -(-2 * last // size)  # steps of half a window, evenly stretched
        starts = [round(last * piece / pieces) for piece in range(pieces + 1)] if pieces else [0]
        found += [group[start : start + size] for start in starts]
    return found
