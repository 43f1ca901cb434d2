"""Leave that is asked for: approved by rule or by a coordinator, and who is told what it meets."""

from scheduler.leave.asking import DAYS_MOST, approve, ask, decline, drop, withdraw
from scheduler.leave.lists import asked_of, met, of_person, waiting
from scheduler.leave.noting import note, store
from scheduler.leave.rules import DAYS_MOST as RULE_MOST
from scheduler.leave.rules import DEFAULTS, rules, set_rules
from scheduler.leave.telling import deciders

__all__ = [
    "DAYS_MOST",
    "DEFAULTS",
    "RULE_MOST",
    "approve",
    "ask",
    "asked_of",
    "deciders",
    "decline",
    "drop",
    "met",
    "note",
    "of_person",
    "rules",
    "set_rules",
    "store",
    "waiting",
    "withdraw",
]
