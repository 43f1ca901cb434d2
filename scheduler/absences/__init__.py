"""Leave read from people's own calendars at an address: fetched in the background, asked for under the same rules."""

from scheduler.absences.addresses import again, forget, give, known, of_person
from scheduler.absences.turns import read_due

__all__ = ["again", "forget", "give", "known", "of_person", "read_due"]
