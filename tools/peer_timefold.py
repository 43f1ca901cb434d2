"""A town's roster by Timefold: `python -m tools.peer_timefold TOWN.json SECONDS` prints [duty, position, staff] rows.

Optional: `pip install timefold==1.24.0b0`, and Java 17 or newer; JAVA_HOME says which.
The model is what its guides teach for rosters: an entity for each seat, those who may stand it as its values, and
constraint streams. Prices are whole hundredths of a point. Fixed seats are not posed: these towns have none.
"""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from timefold.solver import SolverFactory
from timefold.solver.config import Duration, ScoreDirectorFactoryConfig, SolverConfig, TerminationConfig
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    HardSoftScore,
    Joiners,
    constraint_provider,
)

from scheduler import rotation
from scheduler.rotation.costs import deviation, wish_cost
from scheduler.rotation.eligibility import refusal
from scheduler.rotation.index import Index, Person, Slot

PARTS = 100  # of a point
NO_CAP = 1_000_000


@dataclass(eq=False)
class Worker:
    """One of the staff."""

    at: Annotated[int, PlanningId]
    caps: list[int]  # by week
    period_cap: int
    fairness: int  # the price of one trip off the fair count
    off: int  # hundredths of a trip above the fair count, before the period
    travel: list[int]  # the price by place


@dataclass(eq=False)
class Wish:
    """What a person's preferences add for standing a slot."""

    who: Worker
    slot: int
    price: int


@dataclass(eq=False)
class Due:
    """Visits that a leader owes in a week."""

    who: Worker
    group: int  # of seats: their kind and week
    need: int
    price: int


@planning_entity
@dataclass(eq=False)
class Chair:
    """One seat of a slot, and who takes it."""

    id: Annotated[int, PlanningId]
    slot: int
    place: int
    start: int
    rested: int  # its end and the rest after it
    week: int
    group: int
    empty: int  # the price of nobody
    able: Annotated[list[Worker], ValueRangeProvider]
    who: Annotated[Worker | None, PlanningVariable(allows_unassigned=True)] = field(default=None)


@planning_solution
@dataclass(eq=False)
class Plan:
    """A roster, empty at first."""

    workers: Annotated[list[Worker], ProblemFactCollectionProperty]
    wishes: Annotated[list[Wish], ProblemFactCollectionProperty]
    dues: Annotated[list[Due], ProblemFactCollectionProperty]
    chairs: Annotated[list[Chair], PlanningEntityCollectionProperty]
    score: Annotated[HardSoftScore | None, PlanningScore] = field(default=None)


@constraint_provider  # type: ignore[untyped-decorator]
def rules(factory: ConstraintFactory) -> list[Constraint]:
    """The hard rules that the value ranges do not hold, and the prices."""
    return [
        factory.for_each_unique_pair(
            Chair,
            Joiners.equal(lambda chair: chair.who),
            Joiners.overlapping(lambda chair: chair.start, lambda chair: chair.rested),
        )
        .penalize(HardSoftScore.ONE_HARD)
        .as_constraint("booked or rest"),
        factory.for_each(Chair)
        .group_by(lambda chair: chair.who, lambda chair: chair.week, ConstraintCollectors.count())
        .filter(lambda who, week, trips: trips > who.caps[week])
        .penalize(HardSoftScore.ONE_HARD, lambda who, week, trips: trips - who.caps[week])
        .as_constraint("week cap"),
        factory.for_each(Chair)
        .group_by(lambda chair: chair.who, ConstraintCollectors.count())
        .filter(lambda who, trips: trips > who.period_cap)
        .penalize(HardSoftScore.ONE_HARD, lambda who, trips: trips - who.period_cap)
        .as_constraint("period cap"),
        *prices(factory),
    ]


def prices(factory: ConstraintFactory) -> list[Constraint]:
    """The objective less what an empty roster pays for fairness and quotas."""
    return [
        factory.for_each_including_unassigned(Chair)
        .filter(lambda chair: chair.who is None)
        .penalize(HardSoftScore.ONE_SOFT, lambda chair: chair.empty)
        .as_constraint("empty"),
        factory.for_each(Chair)
        .penalize(HardSoftScore.ONE_SOFT, lambda chair: chair.who.travel[chair.place])
        .as_constraint("travel"),
        factory.for_each(Chair)
        .join(
            Wish,
            Joiners.equal(lambda chair: chair.slot, lambda wish: wish.slot),
            Joiners.equal(lambda chair: chair.who, lambda wish: wish.who),
        )
        .impact(HardSoftScore.ONE_SOFT, lambda chair, wish: -wish.price)
        .as_constraint("wishes"),
        factory.for_each(Chair)
        .group_by(lambda chair: chair.who, ConstraintCollectors.count())
        .impact(HardSoftScore.ONE_SOFT, lambda who, trips: -(who.fairness * trips * (2 * who.off + 100 * trips) // 100))
        .as_constraint("fairness"),
        factory.for_each(Due)
        .join(
            Chair,
            Joiners.equal(lambda due: due.who, lambda chair: chair.who),
            Joiners.equal(lambda due: due.group, lambda chair: chair.group),
        )
        .group_by(lambda due, chair: due, ConstraintCollectors.count_bi())
        .reward(HardSoftScore.ONE_SOFT, lambda due, visits: due.price * min(due.need, visits))
        .as_constraint("quotas"),
    ]


def plan(index: Index) -> Plan:
    """The problem as Timefold takes it."""
    places = {place: at for at, place in enumerate(sorted({slot.place for slot in index.slots}))}
    groups: dict[tuple[str, int], int] = {}
    workers = [_worker(index, person, list(places)) for person in index.people]
    wishes, chairs = list[Wish](), list[Chair]()
    for slot in index.slots:
        able = [person for person in index.people if refusal(index, person, slot, ())[0] is None]
        for person in able:
            if person.wishes and (price := _parts(wish_cost(index, person, slot))):
                wishes.append(Wish(workers[person.at], slot.at, price))
        group = groups.setdefault((slot.kind, slot.week), len(groups))
        chairs += _chairs(index, slot, len(chairs), places[slot.place], group, [workers[one.at] for one in able])
    quota = _parts(index.problem.weights.quota)
    dues = [
        Due(workers[who], groups[kind, week], need, quota)
        for (who, kind, week), needs in index.dues.items()
        for need in needs
        if (kind, week) in groups
    ]
    return Plan(workers, wishes, dues, chairs)


def _worker(index: Index, person: Person, places: list[str]) -> Worker:
    staff, problem = person.staff, index.problem
    return Worker(
        at=person.at,
        caps=[staff.max_per_week - person.carried_weeks.get(week, 0) for week in range(index.weeks + 1)],
        period_cap=NO_CAP if staff.max_per_period is None else staff.max_per_period,
        fairness=_parts(problem.weights.fairness),
        off=round(100 * deviation(person, 0)),
        travel=[_parts(problem.weights.travel_minute * problem.travel.get((staff.unit, at), 0)) for at in places],
    )


def _chairs(index: Index, slot: Slot, first: int, place: int, group: int, able: list[Worker]) -> list[Chair]:
    rested = slot.end + index.problem.min_rest_minutes
    empty = _parts(index.problem.weights.uncovered * slot.weight)
    return [
        Chair(first + at, slot.at, place, slot.start, rested, slot.week, group, empty, able) for at in range(slot.count)
    ]


def _parts(price: float) -> int:
    return round(PARTS * price)


def solved(index: Index, seconds: int) -> list[tuple[str, str, str]]:
    """Duty, position and staff of each seat that Timefold fills in the time."""
    asked = SolverConfig(
        solution_class=Plan,
        entity_class_list=[Chair],
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=rules),
        termination_config=TerminationConfig(spent_limit=Duration(seconds=seconds)),
    )
    found = SolverFactory.create(asked).build_solver().solve(plan(index))
    taken = [(index.slots[chair.slot], index.people[chair.who.at]) for chair in found.chairs if chair.who is not None]
    return [(slot.duty, slot.position, person.staff.id) for slot, person in taken]


if __name__ == "__main__":
    town = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    json.dump(solved(rotation.indexed(rotation.read_problem(town)), int(sys.argv[2])), sys.stdout)
