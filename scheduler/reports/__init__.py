"""The report of a shift: what was done, what was found, who follows it up until it is closed."""

from scheduler.reports.listing import PeriodAsked, listing
from scheduler.reports.writing import (
    PROBLEMS_MOST,
    REMARKS_MOST,
    STATES,
    TEXT_MOST,
    Asked,
    add_problem,
    close,
    followers,
    following,
    problem,
    problems,
    report,
    save,
)

__all__ = [
    "PROBLEMS_MOST",
    "REMARKS_MOST",
    "STATES",
    "TEXT_MOST",
    "Asked",
    "PeriodAsked",
    "add_problem",
    "close",
    "followers",
    "following",
    "listing",
    "problem",
    "problems",
    "report",
    "save",
]
