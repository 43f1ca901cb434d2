"""Duty templates, and the dated shifts they ask for in a period."""

from __future__ import annotations

from scheduler.duties.generation import Generated, generate
from scheduler.duties.shifts import shift
from scheduler.duties.templates import activities, add_template, change_template, end_template, template, templates

__all__ = [
    "Generated",
    "activities",
    "add_template",
    "change_template",
    "end_template",
    "generate",
    "shift",
    "template",
    "templates",
]
