"""Units, the people in them, and the days they are away."""

from scheduler.people.away import add_away, aways, aways_of, duties_met, remove_away
from scheduler.people.fields import AWAY_KINDS, ROLES, UNIT_KINDS
from scheduler.people.finding import by_staff_no, found, history, person, skills
from scheduler.people.organisation import found_organisation, is_founded
from scheduler.people.persons import add, add_many, change, fields_of, store_many
from scheduler.people.units import add_unit, change_unit, paths, unit, units

__all__ = [
    "AWAY_KINDS",
    "ROLES",
    "UNIT_KINDS",
    "add",
    "add_away",
    "add_many",
    "add_unit",
    "aways",
    "aways_of",
    "by_staff_no",
    "change",
    "change_unit",
    "duties_met",
    "fields_of",
    "found",
    "found_organisation",
    "history",
    "is_founded",
    "paths",
    "person",
    "remove_away",
    "skills",
    "store_many",
    "unit",
    "units",
]
