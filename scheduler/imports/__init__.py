"""People, places and opening balances from workbooks and CSV."""

from scheduler.imports.people import counts, read_people, store_people
from scheduler.imports.rosters import Difference, read_roster, store_roster

__all__ = ["Difference", "counts", "read_people", "read_roster", "store_people", "store_roster"]
