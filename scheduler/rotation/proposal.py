"""What comes back: who stands where, what stays empty and why, and how good that provably is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from scheduler.rotation.problem import Seat

# The rules that can keep a person out of a seat, in the order in which they are asked.
REFUSALS = (
    "party",
    "skill",
    "role",
    "unit",
    "reach",
    "leave",
    "booked",
    "rest",
    "week_cap",
    "period_cap",
)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Seats of one position that stay empty; `reasons` counts people by the first rule against them.

    `frozen` says that they lie in the frozen past: somebody may be free for them by now, but nobody can be sent back.
    """

    duty: str
    position: str
    missing: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class PinConflict:
    """A fixed assignment that cannot be honoured, with the rule it breaks."""

    kind: str  # always "pin" so far: the file format leaves room for others
    duty: str
    position: str
    staff: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A roster with its price. No roster at all can cost less than `bound`.

    `gap` is (objective - bound) / max(1, |bound|); `proven` says that the two meet.
    """

    seats: tuple[Seat, ...] = ()
    uncovered: tuple[Uncovered, ...] = ()
    conflicts: tuple[PinConflict, ...] = ()
    objective: float = 0.0
    bound: float = 0.0
    gap: float = 0.0
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a roster does not keep: hard (refused) or soft (priced and shown)."""

    rule: str
    duty: str | None
    position: str | None
    staff: str | None
    other: str | None = None  # the other duty of a clash; None if it was before the period
    hard: bool = True
    day: date | None = None  # Monday of the week of a missed quota


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person considered for one seat: what the roster would cost more, or why not.

    `trips` are before this seat, over the whole history; `last` is their latest earlier duty.
    """

    staff: str
    refusal: str | None
    other: str | None
    trips: int
    target: float
    travel: float
    last: date | None
    cost: float


@dataclass(frozen=True, slots=True)
class Budget:
    """How much work to spend, counted in work and never in seconds: the same answer everywhere."""

    sweeps: int = 2  # passes over all blocks of the period, before the longer exchanges
    chain_rounds: int = 400  # searches for exchanges over many days; most need under fifty
    prove: bool = False  # go on until the roster is proven optimal or the counts below are spent
    programs: int = 12  # exact programs, each over more pairs than the last
    pricing_rounds: int = 40
    branch_nodes: int = 200  # in each of them; nearly all end at the first
