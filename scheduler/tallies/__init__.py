"""One pivot over the ledger: rows, columns and measures of a question; the trips behind every figure; sums.

Three counts are never confused. Person-trips (人次): one person attending one shift is one. People
(人数): distinct persons who made a trip. Sessions (场次): shifts that were held and that somebody
attended. Only person-trips and hours add up: a person or a session can stand in several rows.
An opening balance has person-trips and people, but nobody knows its sessions: it counts none.
"""

from scheduler.tallies.answers import Answer, Cell, Line, answer
from scheduler.tallies.cuts import NONE, SOURCES, Cut
from scheduler.tallies.labels import Key, named
from scheduler.tallies.listing import COUNTED_MOST, ORDERS, each_trip, entries, exceeds, listed, trips
from scheduler.tallies.periods import YEARS, kind_of, period, period_text, shifted, told
from scheduler.tallies.proof import differing
from scheduler.tallies.questions import FILTERS, OWN, Question
from scheduler.tallies.ranking import RANKED_BY, Ranking, Standing, ranking, year_before
from scheduler.tallies.seated import seated
from scheduler.tallies.sums import GROUPS, choices, months, tally, total
from scheduler.tallies.totals import renew
from scheduler.tallies.words import DIMENSIONS, FITS, MEASURES, TIMES, Dimension, Measure

__all__ = [
    "COUNTED_MOST",
    "DIMENSIONS",
    "FILTERS",
    "FITS",
    "GROUPS",
    "MEASURES",
    "NONE",
    "ORDERS",
    "OWN",
    "RANKED_BY",
    "SOURCES",
    "TIMES",
    "YEARS",
    "Answer",
    "Cell",
    "Cut",
    "Dimension",
    "Key",
    "Line",
    "Measure",
    "Question",
    "Ranking",
    "Standing",
    "answer",
    "choices",
    "differing",
    "each_trip",
    "entries",
    "exceeds",
    "kind_of",
    "listed",
    "months",
    "named",
    "period",
    "period_text",
    "ranking",
    "renew",
    "seated",
    "shifted",
    "tally",
    "told",
    "total",
    "trips",
    "year_before",
]
