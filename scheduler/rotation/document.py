"""The shape of a `roster-instance/1` document: types, bounds and spelling, before any meaning.

Fields that say who may stand or what a rule weighs must be spelt right: an unknown one there
is a fault. Elsewhere unknown fields are passed over, so that a file may carry more than we read.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("must be a local ISO time like 2026-09-01T08:30")
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is not None:
        raise ValueError("must be local, without a zone")
    return instant


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError("must be an ISO date like 2026-09-01")
    return date.fromisoformat(value)


Instant = Annotated[datetime, BeforeValidator(_instant)]
Date = Annotated[date, BeforeValidator(_day)]
Count = Annotated[int, Field(ge=0, le=100_000)]
# bounds that no real file meets, and within which the engine's whole numbers cannot overflow
Amount = Annotated[float, Field(ge=0, le=1_000_000)]
Signed = Annotated[float, Field(ge=-1_000_000, le=1_000_000)]
Name = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    """Any object of the document: types are strict, numbers finite."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False, frozen=True)


class ExactPart(Part):
    """An object in which a misspelt field would silently change a rule."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False, frozen=True, extra="forbid")


class PeriodFile(Part):
    """The days that the roster is for."""

    start: Date
    days: Annotated[int, Field(ge=0, le=3660)]


class DayFile(Part):
    """A date and whether it is worked."""

    date: Date
    type: Literal["workday", "weekend", "holiday", "makeup"]


class UnitFile(Part):
    """A sending organisation."""

    id: Name
    region: str = ""
    x: Signed = 0.0
    y: Signed = 0.0


class PlaceFile(UnitFile):
    """Where one stands."""

    kind: str = ""


class RequiresFile(ExactPart):
    """Who may stand."""

    party: bool = False
    roles: list[Name] = []
    skills: list[Name] = []
    units: list[Name] = []


class PositionFile(Part):
    """Equal seats in one duty."""

    id: Name
    count: Count
    requires: RequiresFile = RequiresFile()


class DutyFile(Part):
    """A dated shift."""

    id: Name
    place: Name
    kind: str
    weight: Annotated[float, Field(ge=0, le=1_000)] = 1.0
    start: Instant
    end: Instant
    positions: list[PositionFile]


class HistoryFile(Part):
    """What a person stood before the period."""

    trips: Count = 0
    restday_trips: Count = 0
    avail_days: Amount = 0


class StaffFile(Part):
    """A person."""

    id: Name
    unit: Name
    role: str
    party: bool
    skills: list[Name] = []
    fte: Amount = 1.0
    max_per_week: Count
    max_per_period: Count | None = None
    history: HistoryFile = HistoryFile()
    target_trips: Signed = 0.0
    offday_turn: Signed = 0.0


class IntervalFile(Part):
    """A time away, or a duty brought in."""

    staff: Name
    start: Instant
    end: Instant


class QuotaFile(Part):
    """Visits owed by week."""

    id: Name
    roles: list[Name]
    kind: str
    min_per_week: Annotated[int, Field(ge=0, le=100)]
    exempt_below_days: Count = 3


class MatchFile(ExactPart):
    """Which assignments a preference speaks of."""

    place: Name | None = None
    weekday: Annotated[int, Field(ge=0, le=6)] | None = None
    date: Date | None = None
    kind: str | None = None


class PreferenceFile(Part):
    """A person's wish."""

    staff: Name
    kind: Literal["avoid", "want"]
    weight: Amount
    match: MatchFile


class SeatFile(Part):
    """An assignment, in a pin or the previous roster."""

    duty: Name
    position: Name
    staff: Name


class PreviousFile(Part):
    """The published roster."""

    assignments: list[SeatFile]
    frozen_before: Instant | None = None


class RulesFile(ExactPart):
    """Rules that hold for everyone."""

    min_rest_minutes: Count = 0


class WeightsFile(ExactPart):
    """The price of each thing."""

    uncovered: Amount = 1000.0
    quota: Amount = 200.0
    fairness: Amount = 10.0
    avoid: Amount = 6.0
    want: Amount = 4.0
    travel_minute: Amount = 0.1
    change: Amount = 15.0
    offday: Amount = 3.0


class Document(Part):
    """The whole file."""

    format: Literal["roster-instance/1"]
    id: str = ""
    period: PeriodFile
    calendar: list[DayFile]
    units: list[UnitFile]
    places: list[PlaceFile]
    travel: list[Annotated[tuple[Name, Name, Amount], Field(strict=False)]]
    duties: list[DutyFile]
    staff: list[StaffFile]
    leave: list[IntervalFile] = []
    carry_in: list[IntervalFile] = []
    quotas: list[QuotaFile] = []
    preferences: list[PreferenceFile] = []
    pinned: list[SeatFile] = []
    previous: PreviousFile | None = None
    rules: RulesFile
    weights: WeightsFile = WeightsFile()
