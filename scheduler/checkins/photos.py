"""A note and a photo with a check-in: the photo is drawn anew, small, without what the camera wrote into it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from scheduler import audit, clock, fields
from scheduler.audit import Actor
from scheduler.checkins.reading import closes_at, own_duty
from scheduler.config import Settings
from scheduler.database import Database, one, rows, run, update, write
from scheduler.errors import Conflict, Invalid, NotFound

NOTE_MOST = 500
BYTES_MOST = 10 * 1024 * 1024  # what today's telephones take; nothing larger is looked at
EDGE = 1600  # pixels of the longer side as kept: a notice on a wall can still be read
QUALITY = 80
DRAWER = Path(__file__).with_name("drawing.py")
DRAWER_SECONDS = 20  # the drawer bounds its own work at 2 s; this is for a machine that is busy
NO_PICTURE = 3
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")  # how such files begin
ORPHAN_AFTER = timedelta(days=1)  # a file that no row names: left by a process that ended in between


def add_note(
    db: Database, assignment_id: int, *, note: str, photo: bytes, settings: Settings, by: Actor, now: datetime
) -> None:
    """Add a note and, where one is given, a photo to one's own check-in; what stood there before is replaced.

    Invalid: not a picture, or too large. Conflict: not checked in, or the shift's last day is over.
    """
    problems = fields.text("note", note, most=NOTE_MOST, lines=True)
    if problems:
        raise Invalid.of(problems)
    drawn = _drawn(photo) if photo else None
    name = _keep(settings, drawn) if drawn else None
    try:
        before = _set(db, assignment_id, note.strip(), name, by=by, now=now)
    except BaseException:
        _forget(settings, name)
        raise
    if name and before:
        _forget(settings, before)


def photo_of(db: Database, check_in_id: int, settings: Settings) -> bytes:
    """A check-in's photo as JPEG; NotFound where there is none (any more): a backup holds none."""
    found = one(db, "SELECT photo FROM check_in WHERE id = :id", id=check_in_id)
    if found is None or found["photo"] is None:
        raise NotFound("not_found")
    try:
        return (folder(settings) / str(found["photo"])).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("not_found") from error


def prune(db: Database, settings: Settings, *, now: datetime) -> int:
    """Forget photos that are older than the settings say, and files that no check-in names; gives how many files."""
    before = clock.to_text(now - timedelta(days=30 * settings.duty.photo_months))
    old = rows(db, "SELECT photo FROM check_in WHERE photo IS NOT NULL AND at < :before ORDER BY id", before=before)
    with write(db):
        run(db, "UPDATE check_in SET photo = NULL WHERE photo IS NOT NULL AND at < :before", before=before)
    forgotten = sum(_forget(settings, row["photo"]) for row in old)
    named = {row["photo"] for row in rows(db, "SELECT photo FROM check_in WHERE photo IS NOT NULL ORDER BY id")}
    return forgotten + sum(
        _forget(settings, name) for name in _files(settings, now - ORPHAN_AFTER) if name not in named
    )


def folder(settings: Settings) -> Path:
    """Where photos stand."""
    return settings.folder / "photos"


def _set(db: Database, assignment_id: int, note: str, photo: str | None, *, by: Actor, now: datetime) -> str | None:
    """Write it down; gives the photo that was there before."""
    with write(db):
        found = own_duty(db, assignment_id, by)
        if found["at"] is None:
            raise Conflict("not_checked_in")
        if now >= closes_at(db, found):
            raise Conflict("check_in_is_over")
        update(db, "check_in", found["check_in_id"], note=note, **({"photo": photo} if photo else {}))
        audit.record(
            db, "note_check_in", "assignment", assignment_id, by=by, now=now, unit_id=found["unit_id"],
            with_photo=photo is not None,
        )  # fmt: skip
        before: str | None = found["photo"]
        return before


def _drawn(given: bytes) -> bytes:
    """The picture as a JPEG of ours, drawn by a process of its own, whose memory and time are bounded."""
    if len(given) > BYTES_MOST:
        raise _too_large()
    if given[4:8] == b"ftyp" and given[8:12] in HEIC:
        raise Invalid("photo_is_heic", field="photo")
    try:
        drawer = subprocess.run(  # noqa: S603 - our own program; the bytes go in by standard input
            [sys.executable, "-I", str(DRAWER), str(EDGE), str(QUALITY)], input=given, capture_output=True,
            timeout=DRAWER_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise _too_large() from error
    if drawer.returncode == NO_PICTURE:
        raise Invalid("not_a_photo", field="photo")
    if drawer.returncode != 0:
        raise _too_large()
    return drawer.stdout


def _too_large() -> Invalid:
    return Invalid("photo_too_large", field="photo", most=BYTES_MOST // 1024 // 1024)


def _keep(settings: Settings, drawn: bytes) -> str:
    """Write the file, readable by its owner only, under a name that nobody can guess."""
    name = f"{secrets.token_hex(16)}.jpg"
    folder(settings).mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder(settings) / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(drawn)
    return name


def _forget(settings: Settings, name: str | None) -> int:
    if name is not None:
        with suppress(FileNotFoundError):
            (folder(settings) / name).unlink()
            return 1
    return 0


def _files(settings: Settings, older_than: datetime) -> list[str]:
    if not folder(settings).is_dir():
        return []
    return sorted(path.name for path in folder(settings).glob("*.jpg") if path.stat().st_mtime < older_than.timestamp())
