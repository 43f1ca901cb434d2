"""One module a noun: each view parses, calls one function of the core, and answers."""

from __future__ import annotations

from flask import Blueprint

from web.views import (
    access,
    attendance,
    boards,
    calendar,
    fills,
    health,
    history,
    home,
    language,
    me,
    operations,
    people,
    people_import,
    places,
    policy,
    quotas,
    rosters,
    rules,
    shifts,
    signin,
    tallies,
    templates,
    units,
    workdays,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    home.bp,
    signin.bp,
    language.bp,
    me.bp,
    access.bp,
    rules.bp,
    policy.bp,
    calendar.bp,
    operations.bp,
    attendance.bp,
    tallies.bp,
    quotas.bp,
    rosters.bp,
    fills.bp,
    history.bp,
    boards.bp,
    places.bp,
    templates.bp,
    shifts.bp,
    people.bp,
    people_import.bp,
    units.bp,
    workdays.bp,
    health.bp,
)
