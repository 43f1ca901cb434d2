"""A person's own settings: reminders, quiet hours, the order of ways, language."""

from __future__ import annotations

from datetime import time

import pytest

from scheduler import reminders
from scheduler.audit import SYSTEM
from scheduler.database import run, value
from scheduler.reminders import Choice, Freedom, Quiet

PATH = "/me/settings"


def test_they_begin_with_what_is_usual(as_staff):
    page = as_staff.get(PATH).text

    assert "3 天前同一时刻" in page
    assert "必发" in page
    assert "只能在 19:00–09:00 之间；两格都空，按默认 22:00–06:00。" in page
    assert f'href="{PATH}"' in as_staff.get("/me").text


def test_reminders_are_added_and_left_out_and_a_must_stays(as_staff, db, town):
    data = {"kept": ["minutes:120"], "added": ["minutes:30"], "quiet_from": "21:00", "quiet_to": "07:00"}
    page = as_staff.post(PATH, data=data, follow_redirects=True).text

    assert reminders.choice(db, town.lan) == Choice((), ("minutes:30",), ("days:3",), Quiet(time(21), time(7)))
    assert "已保存" in page
    assert 'name="kept" value="days:3" >' in page
    assert 'name="added" value="minutes:30" checked>' in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kept": "minutes:1"}, "minutes:1"),
        ({"added": "minutes:7"}, "minutes:7"),
        ({"quiet_from": "15:00", "quiet_to": "07:00"}, "免打扰时间只能在 19:00 到 09:00 之间。"),
        ({"quiet_from": "21:00"}, "必填。"),
        ({"way0": "3"}, "3"),
    ],
)
def test_what_is_not_allowed_is_refused_at_its_field(as_staff, db, town, wrong, sentence):
    page = as_staff.post(PATH, data=wrong)

    assert page.status_code == 422
    assert sentence in page.text
    assert reminders.choice(db, town.lan) == Choice()


def test_the_ways_that_are_allowed_are_put_in_order(as_staff, db, town, now):
    run(
        db,
        "INSERT INTO channel (id, unit_id, kind, name, settings, made_at) VALUES (7, :top, 'wecom', '群', '{}', :at)",
        top=town.branch,
        at="2026-02-28T01:00:00Z",
    )
    assert "先用" not in as_staff.get(PATH).text
    free = reminders.freedom(db)
    reminders.set_freedom(db, Freedom(("email", "7"), free.rules, free.quiet), version=1, by=SYSTEM, now=now)

    assert "先用" in as_staff.get(PATH).text
    as_staff.post(PATH, data={"kept": ["days:3", "minutes:120"], "way0": "7", "way1": "email"})
    assert reminders.choice(db, town.lan).channels == ("7", "email")


def test_the_language_is_chosen_there_too(as_staff, db, town):
    page = as_staff.post("/language", data={"lang": "en", "next": PATH}, follow_redirects=True).text

    assert "When to remind me" in page
    assert value(db, "SELECT lang FROM person WHERE id = :id", id=town.lan) == "en"
