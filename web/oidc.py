"""Signing in by the organisation's own OpenID Connect provider, where there is one: the check that Authlib is there."""

from __future__ import annotations

from importlib.util import find_spec

from flask import Flask, g

from scheduler.config import Settings
from scheduler.errors import Conflict


def label() -> str:
    """What the provider is called on the sign-in page; empty where there is none."""
    held = g.settings.oidc
    return (held.label or "OpenID Connect") if held.issuer else ""


def require_installed(settings: Settings) -> None:
    """Refuse where a provider is set and the extra is missing."""
    if settings.oidc.issuer and find_spec("authlib") is None:
        raise Conflict("oidc_not_installed")


def install(app: Flask, settings: Settings) -> None:
    """Make the client of the provider that the settings name; without one nothing is loaded."""
    require_installed(settings)
    if settings.oidc.issuer:
        from web import provider

        app.extensions["oidc"] = provider.Provider(app, settings)
