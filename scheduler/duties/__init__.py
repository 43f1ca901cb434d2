"""Duty templates, and the dated shifts they ask for in a period."""

from scheduler.duties.asking import Rule, next_days, rule_of
from scheduler.duties.checks import DAYS, places_in_reach, units_in_line
from scheduler.duties.generation import Generated, generate
from scheduler.duties.shifts import coming_at, is_told, shift, standing
from scheduler.duties.single import add_shifts, put_in_shift, remove_shift
from scheduler.duties.templates import (
    activities,
    add_template,
    change_template,
    end_template,
    template,
    templates,
    unit_names,
)

__all__ = [
    "DAYS",
    "Generated",
    "Rule",
    "activities",
    "add_shifts",
    "add_template",
    "change_template",
    "coming_at",
    "end_template",
    "generate",
    "is_told",
    "next_days",
    "places_in_reach",
    "put_in_shift",
    "remove_shift",
    "rule_of",
    "shift",
    "standing",
    "template",
    "templates",
    "unit_names",
    "units_in_line",
]
