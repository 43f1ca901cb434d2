"""People, places and opening balances from workbooks and CSV."""

from scheduler.imports.people import counts, read_people, store_people

__all__ = ["counts", "read_people", "store_people"]
