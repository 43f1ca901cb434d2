"""Which reminders fall due, written once each to the outbox."""

from scheduler.reminders.arming import arm, disarm, rearm
from scheduler.reminders.choices import Choice, Freedom, choice, choose, freedom, set_freedom
from scheduler.reminders.ladders import (
    Ladder,
    activities,
    activity,
    ladder,
    ladder_rules,
    must_rules,
    remove_ladder,
    set_ladder,
)
from scheduler.reminders.overview import dump, unreachable
from scheduler.reminders.queueing import BATCH, queue_due
from scheduler.reminders.rungs import RULE, Quiet, Rung, is_rule

__all__ = [
    "BATCH",
    "RULE",
    "Choice",
    "Freedom",
    "Ladder",
    "Quiet",
    "Rung",
    "activities",
    "activity",
    "arm",
    "choice",
    "choose",
    "disarm",
    "dump",
    "freedom",
    "is_rule",
    "ladder",
    "ladder_rules",
    "must_rules",
    "queue_due",
    "rearm",
    "remove_ladder",
    "set_freedom",
    "set_ladder",
    "unreachable",
]
