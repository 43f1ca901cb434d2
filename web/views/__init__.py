"""One module a noun: each view parses, calls one function of the core, and answers."""

from __future__ import annotations

from flask import Blueprint

from web.views import access, attendance, calendar, health, home, language, me, operations, quotas, signin, tallies

BLUEPRINTS: tuple[Blueprint, ...] = (
    home.bp,
    signin.bp,
    language.bp,
    me.bp,
    access.bp,
    calendar.bp,
    operations.bp,
    attendance.bp,
    tallies.bp,
    quotas.bp,
    health.bp,
)
