"""What those in charge are told without asking: shifts short of people, attendance, quotas, the week, the month."""

from scheduler.notices import attendance, calendars, digest, monthly, quotas, silence, understaffed
from scheduler.notices.examples import example
from scheduler.notices.telling import prune

__all__ = ["attendance", "calendars", "digest", "example", "monthly", "prune", "quotas", "silence", "understaffed"]
