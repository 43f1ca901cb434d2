"""What is to be dealt out: days, places, duties, people, and the rules between them.

Field names are those of the `roster-instance/1` file. Times are local, without a zone;
every interval is half open, [start, end). Nothing here computes: it is the engine's input.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

Date = date  # a field called `date` hides the type's own name in its class


class BadProblem(ValueError):
    """A problem document that cannot be read: every fault with the object and field it is in."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {message}" for path, message in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Day:
    """One date of the period; `type` is workday, weekend, holiday or makeup."""

    date: Date
    type: str

    @property
    def is_workday(self) -> bool:
        """A make-up day is worked, whatever its weekday."""
        return self.type in ("workday", "makeup")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sending organisation; `x`, `y` in km are only for drawing and splitting by region."""

    id: str
    region: str = ""
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where one stands."""

    id: str
    kind: str = ""
    region: str = ""
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Requirement:
    """Who may stand: a party member, any of the roles, all of the skills, any of the units."""

    party: bool = False
    roles: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Position:
    """`count` equal seats in one duty."""

    id: str
    count: int
    requires: Requirement = Requirement()


@dataclass(frozen=True, slots=True)
class Duty:
    """One dated shift at one place; `weight` multiplies the price of leaving a seat empty."""

    id: str
    place: str
    kind: str
    weight: float
    start: datetime
    end: datetime
    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What a person has stood before the period, and the days they could have."""

    trips: int = 0
    restday_trips: int = 0
    avail_days: float = 0


@dataclass(frozen=True, slots=True)
class Staff:
    """A person; `target_trips` is the fair cumulative count of trips at the period's end.

    `offday_turn` is how many off-day trips they have stood above (below: negative) their share before the period:
    above it the next off day is somebody else's turn. Half a trip is nothing yet.
    """

    id: str
    unit: str
    role: str
    party: bool
    skills: frozenset[str]
    fte: float
    max_per_week: int
    max_per_period: int | None
    history: History
    target_trips: float
    offday_turn: float = 0.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A time in which a person is away (leave) or already stood (carry_in)."""

    staff: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Quota:
    """Visits of a kind that people of some roles owe in each ISO week that has enough workdays.

    `waived`: (staff, Monday) of weeks in which they owe none. `credits`: (staff, Monday) of each visit that they make
    in such a week outside of the period's duties: so many fewer are owed in it.
    """

    id: str
    roles: frozenset[str]
    kind: str
    min_per_week: int
    exempt_below_days: int = 3
    waived: frozenset[tuple[str, date]] = frozenset()
    credits: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Which assignments a preference speaks of: all the fields given must hold; 0 is Monday."""

    place: str | None = None
    weekday: int | None = None
    date: Date | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Preference:
    """A person's wish; `kind` is avoid or want."""

    staff: str
    kind: str
    weight: float
    match: Match


@dataclass(frozen=True, slots=True)
class Pin:
    """An assignment that a coordinator fixed: the engine keeps it or names it as a conflict."""

    duty: str
    position: str
    staff: str


@dataclass(frozen=True, slots=True)
class Seat:
    """One person in one place of one duty; a roster is a tuple of these."""

    duty: str
    position: str
    staff: str


@dataclass(frozen=True, slots=True)
class Previous:
    """The published roster: changing it costs, and what starts before `frozen_before` stays."""

    assignments: tuple[Seat, ...]
    frozen_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """The price of each thing that is wished for but not required."""

    uncovered: float = 1000.0  # dearer than any unfairness: a seat stays empty only if it must
    quota: float = 200.0  # a leader's missing visit; dearer than moving several trips
    fairness: float = 10.0  # times the square of trips above or below the fair count
    avoid: float = 6.0  # a wish weighs less than one trip of unfairness
    want: float = 4.0
    travel_minute: float = 0.1  # ten minutes of road are worth one point
    change: float = 15.0  # each person who has to be told again
    offday: float = 3.0  # an off day, for each off-day trip that one is ahead; lighter than any wish to avoid


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything the engine may know. Ids are unique within their kind."""

    id: str
    start: date
    days: int
    calendar: tuple[Day, ...]
    units: tuple[Unit, ...] = ()
    places: tuple[Place, ...] = ()
    travel: Mapping[tuple[str, str], float] = field(default_factory=dict)  # (unit, place): minutes
    duties: tuple[Duty, ...] = ()
    staff: tuple[Staff, ...] = ()
    leave: tuple[Interval, ...] = ()
    carry_in: tuple[Interval, ...] = ()
    quotas: tuple[Quota, ...] = ()
    preferences: tuple[Preference, ...] = ()
    pinned: tuple[Pin, ...] = ()
    previous: Previous | None = None
    min_rest_minutes: int = 0
    weights: Weights = Weights()
