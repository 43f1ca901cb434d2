"""The rotation engine: a problem in, a proposal out."""

from scheduler.rotation.candidates import candidate, candidates
from scheduler.rotation.explain import Choice, Cost, Remedy, remedies, why
from scheduler.rotation.index import Index, indexed
from scheduler.rotation.policy import Policy, Rates, rates
from scheduler.rotation.problem import (
    BadProblem,
    Day,
    Duty,
    History,
    Interval,
    Match,
    Pin,
    Place,
    Position,
    Preference,
    Previous,
    Problem,
    Quota,
    Requirement,
    Seat,
    Staff,
    Unit,
    Weights,
)
from scheduler.rotation.proposal import (
    REFUSALS,
    Breach,
    Budget,
    Candidate,
    PinConflict,
    Proposal,
    Uncovered,
)
from scheduler.rotation.reading import read_problem
from scheduler.rotation.rules import breaches
from scheduler.rotation.shortage import Shortage, shortages
from scheduler.rotation.solve import solve, stand_ins
from scheduler.rotation.writing import read_proposal, write_proposal

__all__ = [
    "REFUSALS",
    "BadProblem",
    "Breach",
    "Budget",
    "Candidate",
    "Choice",
    "Cost",
    "Day",
    "Duty",
    "History",
    "Index",
    "Interval",
    "Match",
    "Pin",
    "PinConflict",
    "Place",
    "Policy",
    "Position",
    "Preference",
    "Previous",
    "Problem",
    "Proposal",
    "Quota",
    "Rates",
    "Remedy",
    "Requirement",
    "Seat",
    "Shortage",
    "Staff",
    "Uncovered",
    "Unit",
    "Weights",
    "breaches",
    "candidate",
    "candidates",
    "indexed",
    "rates",
    "read_problem",
    "read_proposal",
    "remedies",
    "shortages",
    "solve",
    "stand_ins",
    "why",
    "write_proposal",
]
