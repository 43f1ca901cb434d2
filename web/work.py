"""What a duty form reads and offers: the same for a template and for a single shift."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any

from flask import g

from scheduler import duties, people, wording, workdays
from web.filters import today
from web.forms import Form

ROLES = tuple(wording.STATES["role"])
FRESH = {"starts": "08:30", "ends": "17:00", "headcount": "1", "weight": "1", "activity": "lobby"}


def read(form: Form) -> dict[str, Any]:
    """What one shift needs, as `duties.WorkGiven`."""
    return {
        "activity": form.text("activity", required=True),
        "places": form.ids("places"),
        "starts": form.clock("starts"),
        "ends": form.clock("ends"),
        "headcount": form.integer("headcount", low=1, high=99),
        "party": form.flag("party"),
        "roles": form.choices("roles", ROLES),
        "skills": re.split(r"[,，、;；]", form.text("skills")),
        "units": form.ids("units"),
        "tasks": form.lines("tasks", most=1000),
        "weight": form.integer("weight", low=1, high=9),
    }


def choices(unit_id: int, chosen: Container[int] = ()) -> dict[str, Any]:
    """Activities, the places in the unit's reach that are open or `chosen` already, the units in its line."""
    day = today().isoformat()
    offered = [
        place
        for place in duties.places_in_reach(g.db, unit_id)
        if place["id"] in chosen or place["closed_on"] is None or place["closed_on"] > day
    ]
    return {
        "unit": people.unit(g.db, unit_id),
        "activities": duties.activities(g.db),
        "places": offered,
        "line": duties.units_in_line(g.db, unit_id),
    }


def unannounced(days: list[str]) -> list[int]:
    """The years among these days whose holidays are not announced yet."""
    return [year for year in sorted({int(day[:4]) for day in days}) if not workdays.is_announced(year)]
