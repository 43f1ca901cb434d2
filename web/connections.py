"""A connection that each thread keeps, for the calendars: they are asked for far more often than any page.

Opening one costs as much as all the rest of such a request. A file that was swapped, by a restore,
is opened anew.
"""

from __future__ import annotations

import threading

from scheduler import database
from scheduler.config import Settings
from scheduler.database import Database

_kept = threading.local()


def kept(settings: Settings) -> Database:
    """This thread's connection to the installation's database."""
    try:
        found = settings.database.stat()
    except FileNotFoundError:
        return database.opened(settings)  # which says in words that it is missing
    file = (settings.database, found.st_dev, found.st_ino)
    if getattr(_kept, "file", None) != file:
        if (old := getattr(_kept, "db", None)) is not None:
            old.close()
        _kept.db, _kept.file = database.opened(settings), file
    db: Database = _kept.db
    return db
