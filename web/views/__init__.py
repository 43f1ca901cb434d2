"""One module a noun: each view parses, calls one function of the core, and answers."""

from __future__ import annotations

from flask import Blueprint

from web.views import access, health, home, language, me, signin

BLUEPRINTS: tuple[Blueprint, ...] = (
    home.bp,
    signin.bp,
    language.bp,
    me.bp,
    access.bp,
    health.bp,
)
