"""A period's roster: drafted, filled, compared, published, closed."""

from scheduler.rosters.breaches import Found, breaches
from scheduler.rosters.drafting import draft, roster, take_shifts, within
from scheduler.rosters.filling import ask_fill, fill, fill_asked, give_back, is_fill_due, is_filling
from scheduler.rosters.problem import problem, seats
from scheduler.rosters.publishing import close, consequences, publish

__all__ = [
    "Found",
    "ask_fill",
    "breaches",
    "close",
    "consequences",
    "draft",
    "fill",
    "fill_asked",
    "give_back",
    "is_fill_due",
    "is_filling",
    "problem",
    "publish",
    "roster",
    "seats",
    "take_shifts",
    "within",
]
