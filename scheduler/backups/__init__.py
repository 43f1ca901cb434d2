"""Backups: written, checked, told apart, rotated, and restored by a swap.

A backup is one file, `lunzhi-20260302T180000Z-nightly.sqlite3`, with a manifest of the same name beside
it. It gets its name last, after it was checked: what has the name is whole.
"""

from scheduler.backups.keeping import is_night_due, kept, latest, make_due, rotate
from scheduler.backups.restoring import Restored, restore
from scheduler.backups.writing import check, folder, in_use, make, manifest_of, opened, write

__all__ = [
    "Restored",
    "check",
    "folder",
    "in_use",
    "is_night_due",
    "kept",
    "latest",
    "make",
    "make_due",
    "manifest_of",
    "opened",
    "restore",
    "rotate",
    "write",
]
