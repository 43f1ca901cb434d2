"""Acknowledging a duty: once for what it is, by the one who stands it, while there is something to stand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler import accounts, acknowledgements, clock, own
from scheduler.database import rows, run, value, write
from scheduler.errors import Conflict, NotAllowed, NotFound
from tests import builders

MONDAY = date(2026, 3, 2)


def seat(db, town, person_id, **more) -> int:
    return builders.assigned(db, builders.shift(db, town, MONDAY, [person_id], **more), person_id)


def acts(db) -> list[str]:
    return [row["act"] for row in rows(db, "SELECT act FROM audit WHERE subject = 'assignment' ORDER BY id")]


def test_a_duty_is_acknowledged_once_however_often_the_button_is_pressed(db, town, now):
    held = seat(db, town, town.lan)
    lan = accounts.actor(db, town.lan)

    acknowledgements.by_page(db, held, by=lan, now=now)
    acknowledgements.by_page(db, held, by=lan, now=now + timedelta(minutes=1))

    assert own.coming(db, town.lan, now=now)[0]["acknowledged_at"] == clock.to_text(now)
    assert acts(db) == ["acknowledge"]


def test_nobody_acknowledges_for_another(db, town, now):
    held = seat(db, town, town.lan)

    with pytest.raises(NotAllowed):
        acknowledgements.by_page(db, held, by=accounts.actor(db, town.min), now=now)

    assert acts(db) == []


def test_what_nobody_was_told_of_is_not_there_to_acknowledge(db, town, now):
    held = seat(db, town, town.lan, roster="draft")

    with pytest.raises(NotFound):
        acknowledgements.by_page(db, held, by=accounts.actor(db, town.lan), now=now)


def test_a_duty_that_is_over_is_not_acknowledged(db, town, now):
    held = seat(db, town, town.lan)

    with pytest.raises(Conflict) as refused:
        acknowledgements.by_page(db, held, by=accounts.actor(db, town.lan), now=now + timedelta(days=4))

    assert refused.value.code == "duty_is_over"


def test_another_place_is_another_duty_to_acknowledge_and_marked_as_changed(db, town, now):
    held, lan = seat(db, town, town.lan), accounts.actor(db, town.lan)
    acknowledgements.by_page(db, held, by=lan, now=now)
    with write(db):
        run(db, "UPDATE shift SET place_id = :place", place=town.community)

    moved = own.coming(db, town.lan, now=now)[0]
    acknowledgements.by_page(db, held, by=lan, now=now)

    assert (moved["acknowledged_at"], moved["is_changed"]) == (None, 1)
    assert own.coming(db, town.lan, now=now)[0]["is_changed"] == 0
    assert value(db, "SELECT COUNT(*) FROM acknowledgement") == 2
