"""How many person-trips would be fair for each person: arithmetic, no database.

Fair is the same rate for all: trips in proportion to the days on which one was there, each day weighing as much as was
stood on it. Who joined later or was away owes fewer trips, and is neither punished nor spared; days on which nobody
stood, before the first roster above all, say nothing. But a leader who may only stand visits cannot take over lobby
duties, so people are grouped by what they may stand, and each kind of seat is poured over the groups that may stand it,
lowest rate first, like water over connected floors. What comes out is each group's level.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set

from scheduler.rotation import Requirement, Staff
from scheduler.rotation.eligibility import unmet

SWEEPS = 20  # each pours every kind of seat once more; the levels stand still to 0.01 trips after about ten

Group = tuple[bool, ...]  # which kinds of seat its people may stand


def fair_targets(
    staff: Sequence[Staff], demand: Mapping[Requirement, int], shares: Mapping[str, float]
) -> dict[str, float]:
    """By person: the fair cumulative count of trips at the period's end.

    `demand` counts the period's seats by what they ask for; `shares` say for how much of the history and the
    period a person was there; the trips before the period are in `history`.
    """
    kinds = list(demand)
    group_of = {person.id: tuple(unmet(kind, person) is None for kind in kinds) for person in staff}
    area: Counter[Group] = Counter()
    stood: Counter[Group] = Counter()
    for person in staff:
        area[group_of[person.id]] += shares[person.id]  # type: ignore[assignment]  # shares are fractions
        stood[group_of[person.id]] += person.history.trips
    levels = _levels(area, stood, [demand[kind] for kind in kinds])
    return {person.id: levels[group_of[person.id]] * shares[person.id] for person in staff}


def shares_of(days: Mapping[str, Set[int]], load: Mapping[int, float]) -> dict[str, float]:
    """By person: how many trips there were in all on the days on which they were there.

    `days` are those days, `load` the trips of each day.
    """
    return {name: sum(load.get(day, 0.0) for day in own) for name, own in days.items()}


def _levels(area: Mapping[Group, float], stood: Mapping[Group, float], demand: Sequence[int]) -> dict[Group, float]:
    """Trips a share of each group, once all seats are poured."""
    share: list[dict[Group, float]] = [defaultdict(float) for _ in demand]
    content: dict[Group, float] = defaultdict(float, stood)
    for _ in range(SWEEPS):
        for kind, seats in enumerate(demand):
            groups = [group for group in area if group[kind] and area[group] > 0]
            for group in groups:
                content[group] -= share[kind][group]
            poured = pour(seats, [area[group] for group in groups], [content[group] for group in groups])
            for group, amount in zip(groups, poured, strict=True):
                share[kind][group] = amount
                content[group] += amount
    return {group: content[group] / area[group] if area[group] else 0.0 for group in area}


def pour(amount: float, areas: Sequence[float], contents: Sequence[float]) -> list[float]:
    """What each vessel takes of an amount that fills the lowest first, until all that took some stand level."""
    level = area = content = 0.0
    for at in sorted(range(len(areas)), key=lambda at: contents[at] / areas[at]):
        if area and contents[at] / areas[at] >= level:
            break
        area += areas[at]
        content += contents[at]
        level = (amount + content) / area
    return [max(0.0, level * area - content) for area, content in zip(areas, contents, strict=True)]
