"""A period's roster: drafted, filled, compared, published, closed."""

from scheduler.rosters.carrying import Carried, carried
from scheduler.rosters.checking import Found, breaches
from scheduler.rosters.drafting import draft, groundwork, roster, take_shifts, within
from scheduler.rosters.earlier import Earlier, earlier
from scheduler.rosters.filling import ask_fill, cancel_fill, fill, fill_asked, give_back, is_fill_due, is_filling
from scheduler.rosters.gaps import gaps, places_of
from scheduler.rosters.grid import LINES_A_PAGE, Board, Group, Line, board
from scheduler.rosters.history import history, next_steps, redo, undo
from scheduler.rosters.narrowing import Filters
from scheduler.rosters.news import news, version_of
from scheduler.rosters.owed import unplanned
from scheduler.rosters.panel import Panel, candidates
from scheduler.rosters.people_grid import PEOPLE_A_PAGE, Carrier, PeopleGrid
from scheduler.rosters.progress import progress
from scheduler.rosters.publishing import NOTE_LENGTH, blocking, close, next_number, publish, unaffected
from scheduler.rosters.reading import problem, seats
from scheduler.rosters.refusals import Refused, refusals
from scheduler.rosters.revision import URGENT, Change, Replacement, Revision, revision
from scheduler.rosters.scenarios import (
    ask_scenario,
    draft_measures,
    drop_scenario,
    keep_scenario,
    retry_scenario,
    scenario_changes,
    scenarios,
    stop_scenario,
    try_asked,
)
from scheduler.rosters.scope import Scope, reckoned
from scheduler.rosters.sheet import PaperLine, Sheet, by_person, by_place
from scheduler.rosters.telling import message, people_not_reached, people_to_tell
from scheduler.rosters.trying import EMPHASES, Away
from scheduler.rosters.versions import restore, version, versions

__all__ = [
    "EMPHASES",
    "LINES_A_PAGE",
    "NOTE_LENGTH",
    "PEOPLE_A_PAGE",
    "URGENT",
    "Away",
    "Board",
    "Carried",
    "Carrier",
    "Change",
    "Earlier",
    "Filters",
    "Found",
    "Group",
    "Line",
    "Panel",
    "PaperLine",
    "PeopleGrid",
    "Refused",
    "Replacement",
    "Revision",
    "Scope",
    "Sheet",
    "ask_fill",
    "ask_scenario",
    "blocking",
    "board",
    "breaches",
    "by_person",
    "by_place",
    "cancel_fill",
    "candidates",
    "carried",
    "close",
    "draft",
    "draft_measures",
    "drop_scenario",
    "earlier",
    "fill",
    "fill_asked",
    "gaps",
    "give_back",
    "groundwork",
    "history",
    "is_fill_due",
    "is_filling",
    "keep_scenario",
    "message",
    "news",
    "next_number",
    "next_steps",
    "people_not_reached",
    "people_to_tell",
    "places_of",
    "problem",
    "progress",
    "publish",
    "reckoned",
    "redo",
    "refusals",
    "restore",
    "retry_scenario",
    "revision",
    "roster",
    "scenario_changes",
    "scenarios",
    "seats",
    "stop_scenario",
    "take_shifts",
    "try_asked",
    "unaffected",
    "undo",
    "unplanned",
    "version",
    "version_of",
    "versions",
    "within",
]
