"""What an organisation holds dear: the weights and the rest, as one value that can be stored.

`rates` turns the weights into the numbers that a coordinator can judge: not points, but how
many trips or minutes one thing is worth. The sentences around them are the reader's.
"""

import math
from dataclasses import dataclass, field, replace

from scheduler.rotation.problem import Problem, Weights


@dataclass(frozen=True, slots=True)
class Policy:
    """The prices of the wishes, and the one hard rule that organisations differ in."""

    weights: Weights = field(default_factory=Weights)
    min_rest_minutes: int = 840  # an evening until 20:30 and a morning from 10:30 may follow

    def applied(self, problem: Problem) -> Problem:
        """The problem under this policy."""
        return replace(problem, weights=self.weights, min_rest_minutes=self.min_rest_minutes)


@dataclass(frozen=True, slots=True)
class Rates:
    """What the weights mean, in trips and minutes; infinite where nothing outweighs it."""

    trip_minutes: float  # travel that is accepted to move a trip to someone one trip further behind
    empty_seat_trips: float  # above the fair count, from which a seat would rather stay empty
    missed_visit_trips: float  # above the fair count, from which a leader would rather miss a visit
    avoid_minutes: float  # travel that is accepted to spare somebody what they wish to avoid
    want_minutes: float  # travel that is accepted to give somebody what they want
    offday_minutes: float  # travel that is accepted to give an off day to someone one off-day trip further behind
    change_trips: float  # further behind the other must be, for a published seat to change hands


def rates(weights: Weights) -> Rates:
    """The weights as rates of exchange."""
    trip = 2 * weights.fairness
    return Rates(
        trip_minutes=_ratio(trip, weights.travel_minute),
        empty_seat_trips=_ratio(weights.uncovered - weights.fairness, trip),
        missed_visit_trips=_ratio(weights.quota - weights.fairness, trip),
        avoid_minutes=_ratio(weights.avoid, weights.travel_minute),
        want_minutes=_ratio(weights.want, weights.travel_minute),
        offday_minutes=_ratio(weights.offday, weights.travel_minute),
        change_trips=_ratio(2 * weights.change, trip) + 1,
    )


def _ratio(one: float, other: float) -> float:
    if other == 0:
        return math.inf if one > 0 else 0.0
    return one / other
