"""The jobs that tell those in charge of what asks for an act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler import notices, scheduled

if TYPE_CHECKING:
    from scheduler.jobs.catalogue import Turn


def understaffed(turn: Turn) -> int:
    """Tell coordinators of shifts within two days that are short of people."""
    return notices.understaffed.queue_due(turn.db, base_url=turn.settings.site.base_url, now=turn.now)


def silent(turn: Turn) -> int:
    """Tell coordinators of duties that nobody acknowledged in time, and who could stand in."""
    settings = turn.settings
    return notices.silence.queue_due(turn.db, base_url=settings.site.base_url, duty=settings.duty, now=turn.now)


def unconfirmed(turn: Turn) -> int:
    """Ask for attendance that nobody has confirmed, from the day after."""
    return notices.attendance.queue_due(turn.db, base_url=turn.settings.site.base_url, now=turn.now)


def quotas(turn: Turn) -> int:
    """Tell leaders and coordinators, from Wednesday, of visits that are not planned."""
    return notices.quotas.queue_due(turn.db, base_url=turn.settings.site.base_url, now=turn.now)


def digest(turn: Turn) -> int:
    """Tell coordinators of their week, on Monday."""
    return notices.digest.queue_due(turn.db, base_url=turn.settings.site.base_url, now=turn.now)


def monthly(turn: Turn) -> int:
    """Tell heads of units of last month, on the first workday."""
    return notices.monthly.queue_due(turn.db, base_url=turn.settings.site.base_url, now=turn.now)


def reports_by_mail(turn: Turn) -> int:
    """Mail the tallies whose week, month or quarter has just ended."""
    return scheduled.queue_due(turn.db, base_url=turn.settings.site.base_url, now=turn.now)


def calendars(turn: Turn) -> int:
    """Tell administrators of holidays that are not loaded, and of message texts that cannot be used."""
    return notices.calendars.queue_due(turn.db, base_url=turn.settings.site.base_url, now=turn.now)
