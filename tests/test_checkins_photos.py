"""A note and a photo with a check-in: small, plain, seen by few, forgotten in time."""

from __future__ import annotations

import io
import os
import struct
import zlib
from datetime import date, time, timedelta
from time import perf_counter

import pytest
from PIL import Image

from scheduler import checkins, clock
from scheduler.audit import Actor
from scheduler.checkins import photos
from scheduler.checkins.photos import folder
from scheduler.database import value
from scheduler.errors import Conflict, Invalid, NotFound
from tests.builders import assigned, shift
from tests.test_checkins import enter

MONDAY = date(2026, 3, 2)
MAKE, GPS, ORIENTATION = 0x010F, 0x8825, 0x0112


@pytest.fixture
def arrived(db, town):
    """兰草's assignment, to which they checked in at 08:20; and they."""
    lan = Actor(town.lan, "兰草")
    shift_id = shift(db, town, MONDAY, [town.lan])
    enter(db, shift_id, lan, clock.instant(MONDAY, time(8, 20), db.zone))
    return assigned(db, shift_id, town.lan), lan


@pytest.fixture
def noon(db):
    return clock.instant(MONDAY, time(12), db.zone)


def picture(width=40, height=20, kind="JPEG", colour="red", **more):
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind, **more)
    return out.getvalue()


def add(db, settings, arrived, now, photo=b"", note=""):
    checkins.add_note(db, arrived[0], note=note, photo=photo, settings=settings, by=arrived[1], now=now)


def kept(db, settings):
    return Image.open(io.BytesIO(checkins.photo_of(db, 1, settings)))


def files(settings):
    return sorted(path.name for path in folder(settings).glob("*")) if folder(settings).exists() else []


def test_a_photo_is_drawn_anew_without_what_the_camera_wrote(db, settings, arrived, noon):
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "Camera", 6  # held upright
    exif.get_ifd(GPS)[1] = "N"
    given = picture(exif=exif, comment=b"secret words")

    add(db, settings, arrived, noon, given, note="大厅已开门")

    drawn = kept(db, settings)
    assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("JPEG", (20, 40), {})
    stored = checkins.photo_of(db, 1, settings)
    assert b"Camera" in given
    assert not [word for word in (b"Exif", b"Camera", b"secret words") if word in stored]
    assert value(db, "SELECT note FROM check_in") == "大厅已开门"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_become_jpeg_and_large_ones_small(db, settings, arrived, noon, kind):
    add(db, settings, arrived, noon, picture(3200, 1000, kind))

    assert (kept(db, settings).format, kept(db, settings).size) == ("JPEG", (1600, 500))


def test_what_is_seen_through_is_white(db, settings, arrived, noon):
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(out, "PNG")

    add(db, settings, arrived, noon, out.getvalue())

    assert kept(db, settings).getpixel((4, 4)) == (255, 255, 255)


def test_the_file_is_its_owners_only_under_a_name_that_tells_nothing(db, settings, arrived, noon):
    add(db, settings, arrived, noon, picture())

    (name,) = files(settings)
    assert len(name) == 36
    assert (folder(settings) / name).stat().st_mode & 0o777 == 0o600
    assert folder(settings).stat().st_mode & 0o777 == 0o700


def bomb(width, height):
    """A PNG whose head says that it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    begins = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return begins + struct.pack(">I", 4) + b"IDAT" + b"\x00" * 8


def progressive(width, height, scans=0):
    """A JPEG of a few bytes whose head says that it is large, with its last scan so many times more."""
    given = bytearray(picture(64, 64, progressive=True))
    at = given.index(b"\xff\xc2") + 5
    given[at : at + 4] = struct.pack(">HH", height, width)
    last = given.rindex(b"\xff\xda")
    return bytes(given[:last] + given[last:-2] * (1 + scans) + given[-2:])


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (b"\x00" * 100, "not_a_photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_photo"),
        (picture()[:60], "not_a_photo"),
        (picture(kind="GIF"), "not_a_photo"),
        (bomb(5000, 5000), "photo_too_large"),
        (bomb(60000, 60000), "photo_too_large"),
        (progressive(60000, 60000), "photo_too_large"),
        (progressive(7700, 7700, scans=3000), "photo_too_large"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "photo_is_heic"),
        (b"\xff" * (10 * 1024 * 1024 + 1), "photo_too_large"),
    ],
    ids=["zeros", "svg", "cut off", "gif", "many pixels", "bomb", "jpeg bomb", "many scans", "heic", "many bytes"],
)
def test_what_is_no_photo_or_too_much_is_refused_and_nothing_is_kept(db, settings, arrived, noon, given, refusal):
    began = perf_counter()
    with pytest.raises(Invalid) as refused:
        add(db, settings, arrived, noon, given, note="words")

    assert perf_counter() - began < 2
    assert (refused.value.code, refused.value.problems[0].field) == (refusal, "photo")
    assert files(settings) == []
    assert value(db, "SELECT note FROM check_in") == ""


def test_what_unpacks_to_more_than_its_memory_ends_the_drawer_alone(db, settings, arrived, noon, monkeypatch, tmp_path):
    small = tmp_path / "drawing.py"
    small.write_text(photos.DRAWER.read_text().replace("MEMORY = 768 << 20", "MEMORY = 96 << 20"))
    monkeypatch.setattr(photos, "DRAWER", small)

    add(db, settings, arrived, noon, picture(400, 300))
    with pytest.raises(Invalid) as refused:
        add(db, settings, arrived, noon, progressive(7000, 7000))

    assert refused.value.code in ("photo_too_large", "not_a_photo")  # Pillow calls some of it a broken stream
    assert len(files(settings)) == 1


def test_another_photo_replaces_the_first_and_a_note_alone_leaves_it(db, settings, arrived, noon):
    add(db, settings, arrived, noon, picture(colour="red"))
    add(db, settings, arrived, noon, picture(colour="blue"))
    add(db, settings, arrived, noon, note="忘了写")

    assert len(files(settings)) == 1
    assert kept(db, settings).getpixel((5, 5))[2] > 200


def test_who_did_not_check_in_or_comes_a_day_late_adds_nothing(db, town, settings, arrived, noon):
    min_ = Actor(town.min, "闵行")
    theirs = assigned(db, shift(db, town, MONDAY, [town.min], place_id=town.community), town.min)

    with pytest.raises(Conflict) as absent:
        add(db, settings, (theirs, min_), noon, picture())
    with pytest.raises(NotFound):
        add(db, settings, (arrived[0], min_), noon, picture())
    with pytest.raises(Conflict) as late:
        add(db, settings, arrived, noon + timedelta(days=1), picture())

    assert (absent.value.code, late.value.code) == ("not_checked_in", "check_in_is_over")
    assert files(settings) == []


def test_a_photo_that_is_gone_is_not_found(db, settings, arrived, noon):
    with pytest.raises(NotFound):
        checkins.photo_of(db, 1, settings)
    add(db, settings, arrived, noon, picture())
    (folder(settings) / files(settings)[0]).unlink()  # as after a restore on another machine

    with pytest.raises(NotFound):
        checkins.photo_of(db, 1, settings)


def test_photos_are_forgotten_after_their_months_and_stray_files_after_a_day(db, settings, arrived, noon):
    add(db, settings, arrived, noon, picture(), note="留下")
    stray, fresh = folder(settings) / f"{'0' * 32}.jpg", folder(settings) / f"{'1' * 32}.jpg"
    for path, moment in ((stray, noon - timedelta(days=2)), (fresh, noon)):
        path.write_bytes(b"")
        os.utime(path, (moment.timestamp(), moment.timestamp()))

    assert checkins.prune(db, settings, now=noon) == 1
    assert [path.exists() for path in (stray, fresh)] == [False, True]
    fresh.unlink()

    assert checkins.prune(db, settings, now=noon + timedelta(days=359)) == 0
    assert checkins.prune(db, settings, now=noon + timedelta(days=361)) == 1
    assert files(settings) == []
    assert value(db, "SELECT photo IS NULL AND note = '留下' FROM check_in") == 1
