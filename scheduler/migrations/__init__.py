"""The schema's history: one module a step, never edited once released.

Instants are UTC text that sorts (`2026-03-02T01:00:00Z`), days are local dates (`2026-03-02`),
clock times local `08:30`. Every table is STRICT; whatever must be so whoever writes stands here
as a constraint or a trigger, whose message is a refusal's code.
"""

# In the order in which they are applied, one line a step, whatever the alphabet says.
# isort: off
from scheduler.migrations import first_month
from scheduler.migrations import channels
from scheduler.migrations import message_texts
from scheduler.migrations import pulse
from scheduler.migrations import wishes
from scheduler.migrations import leave
from scheduler.migrations import customs
from scheduler.migrations import published_steps
from scheduler.migrations import open_duties
from scheduler.migrations import reminder_ladders
from scheduler.migrations import unit_calendars
from scheduler.migrations import check_in
from scheduler.migrations import acknowledgements
from scheduler.migrations import alone
from scheduler.migrations import answers
from scheduler.migrations import swaps
from scheduler.migrations import other_ways
from scheduler.migrations import quotas
from scheduler.migrations import as_they_were
from scheduler.migrations import other_answers
from scheduler.migrations import totals
from scheduler.migrations import swap_steps
from scheduler.migrations import leave_calendars
from scheduler.migrations import attempts
from scheduler.migrations import audit_chain
from scheduler.migrations import check_entries
from scheduler.migrations import quicker_totals
from scheduler.migrations import handed_in
from scheduler.migrations import trips_by_kind
from scheduler.migrations import roles
from scheduler.migrations import found_by_person
from scheduler.migrations import second_person
from scheduler.migrations import sign_in
from scheduler.migrations import mailed_tallies
from scheduler.migrations import large_exports
from scheduler.migrations import own_visits

# isort: on
from scheduler.migrations.steps import STEPS, names

__all__ = [
    "STEPS",
    "acknowledgements",
    "alone",
    "answers",
    "as_they_were",
    "attempts",
    "audit_chain",
    "channels",
    "check_entries",
    "check_in",
    "customs",
    "first_month",
    "found_by_person",
    "handed_in",
    "large_exports",
    "leave",
    "leave_calendars",
    "mailed_tallies",
    "message_texts",
    "names",
    "open_duties",
    "other_answers",
    "other_ways",
    "own_visits",
    "published_steps",
    "pulse",
    "quicker_totals",
    "quotas",
    "reminder_ladders",
    "roles",
    "second_person",
    "sign_in",
    "swap_steps",
    "swaps",
    "totals",
    "trips_by_kind",
    "unit_calendars",
    "wishes",
]
