"""A period's roster: drafted, filled, compared, published, closed."""

from scheduler.rosters.checking import Found, breaches
from scheduler.rosters.drafting import draft, groundwork, roster, take_shifts, within
from scheduler.rosters.filling import ask_fill, fill, fill_asked, give_back, is_fill_due, is_filling
from scheduler.rosters.grid import Board, Group, Line, board
from scheduler.rosters.panel import Panel, candidates
from scheduler.rosters.publishing import close, consequences, publish
from scheduler.rosters.reading import problem, seats

__all__ = [
    "Board",
    "Found",
    "Group",
    "Line",
    "Panel",
    "ask_fill",
    "board",
    "breaches",
    "candidates",
    "close",
    "consequences",
    "draft",
    "fill",
    "fill_asked",
    "give_back",
    "groundwork",
    "is_fill_due",
    "is_filling",
    "problem",
    "publish",
    "roster",
    "seats",
    "take_shifts",
    "within",
]
