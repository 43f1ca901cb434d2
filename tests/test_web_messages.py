"""The pages on which administrators put messages in other words: seen before it is saved, refused in words."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler import accounts, messages
from scheduler.audit import SYSTEM
from scheduler.database import run, value
from tests import builders
from tests.conftest import signed_in

OWN = {
    "version": "0",
    "subject_zh": "记得值班：{day} {place}",
    "body_zh": "{person}，{day} {hours} 到{place}。",
    "subject_en": "On duty {day}, {place}",
    "body_en": "{person}: {day} {hours}, {place}.",
}


@pytest.fixture
def duty(db, town) -> None:
    """兰草 stands on Monday 2 March: what a preview is made of."""
    builders.shift(db, town, date(2026, 3, 2), [town.lan])


def own(**changes: str) -> dict[str, str]:
    return OWN | changes


def test_every_kind_is_listed_with_who_changed_it(as_administrator, db, town, now):
    messages.set_text(db, "reminder", OWN, version=0, by=accounts.actor(db, town.head), now=now)
    page = as_administrator.get("/messages").text

    assert page.count('href="/messages/') == len(messages.KINDS)
    assert "自己的文字" in page
    assert "何远山 · 2月28日 周六 09:00" in page


def test_a_text_that_cannot_be_used_is_marked(as_administrator, db, now):
    messages.set_text(db, "reminder", OWN, version=0, by=SYSTEM, now=now)
    run(db, "UPDATE message_text SET body_zh = '{gone}'")

    assert "用不了，按内置文字发" in as_administrator.get("/messages").text
    page = as_administrator.get("/messages/reminder")
    assert page.status_code == 200
    assert "这份文字用不了" in page.text


@pytest.mark.parametrize("kind", messages.KINDS)
def test_each_kind_is_shown_as_it_will_read_with_a_real_example(as_administrator, db, duty, kind):
    page = as_administrator.get(f"/messages/{kind}")

    assert page.status_code == 200
    assert page.text.count('class="letter"') == 2


def test_the_preview_is_of_what_is_typed_and_saves_nothing(as_administrator, db, duty):
    page = as_administrator.post("/messages/reminder/preview", data=own())

    assert page.status_code == 200
    assert "<b>记得值班：3月2日 周一 江北支行</b>" in page.text
    assert "兰草，3月2日 周一 08:30–17:00 到江北支行。" in page.text
    assert "On duty Mon 2 Mar, 江北支行" in page.text
    assert "尚未保存" in page.text
    assert value(db, "SELECT COUNT(*) FROM message_text") == 0


@pytest.mark.parametrize("path", ["/messages/reminder", "/messages/reminder/preview"])
def test_an_unknown_gap_is_refused_at_its_field_and_what_was_typed_stays(as_administrator, db, path):
    page = as_administrator.post(path, data=own(body_en="{day} {hours} {place}\n{person.__class__}"))

    assert page.status_code == 422
    assert "第 2 行的 {person.__class__} 不能用。" in page.text
    assert "记得值班：{day} {place}" in page.text
    assert value(db, "SELECT COUNT(*) FROM message_text") == 0


def test_what_is_typed_is_never_markup(as_administrator, db, duty):
    hostile = "<script>alert(1)</script>{day}{hours}{place}{{ 7*7 }}"
    refused = as_administrator.post("/messages/reminder/preview", data=own(body_zh=hostile)).text
    shown = as_administrator.post("/messages/reminder/preview", data=own(body_zh=hostile[:-9])).text

    assert "<script>alert" not in refused + shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;3月2日 周一" in shown


def test_saving_uses_the_text_from_then_on(as_administrator, db):
    page = as_administrator.post("/messages/reminder", data=own())

    assert (page.status_code, page.location) == (303, "/messages/reminder")
    assert messages.text(db, "reminder")["subject_zh"] == OWN["subject_zh"]
    assert "已保存" in as_administrator.get("/messages/reminder").text


def test_a_stale_form_is_told_who_was_first_and_keeps_what_was_typed(as_administrator, db, town, now):
    messages.set_text(db, "reminder", OWN, version=0, by=accounts.actor(db, town.head), now=now)
    page = as_administrator.post("/messages/reminder", data=own(subject_zh="另一种写法 {day}"))

    assert page.status_code == 409
    assert "何远山 已在 2026-02-28 09:00 改过" in page.text
    assert "另一种写法 {day}" in page.text
    assert 'name="version" value="1"' in page.text


def test_the_built_in_text_is_brought_back(as_administrator, db, now):
    messages.set_text(db, "reminder", OWN, version=0, by=SYSTEM, now=now)
    page = as_administrator.post("/messages/reminder/reset", data={"version": "1"})

    assert page.status_code == 303
    assert messages.text(db, "reminder")["is_own"] is False


@pytest.mark.parametrize("kind", ["nothing", "signin", "text_broken"])
def test_a_kind_that_there_is_not_is_not_found(as_administrator, kind):
    for act in ("", "/preview", "/reset"):
        assert as_administrator.post(f"/messages/{kind}{act}", data=own()).status_code == 404
    assert as_administrator.get(f"/messages/{kind}").status_code == 404


def test_coordinators_and_staff_have_no_such_page(as_coordinator, client, db, town, now):
    assert as_coordinator.get("/messages").status_code == 403
    assert as_coordinator.post("/messages/reminder", data=own()).status_code == 403
    staff = signed_in(client, db, town.min, now)
    assert staff.get("/messages/reminder").status_code == 403
    assert value(db, "SELECT COUNT(*) FROM message_text") == 0


def test_who_administers_only_a_part_may_read_and_not_change(client, db, town, now):
    accounts.grant(db, town.lan, "administrator", town.office, by=SYSTEM, now=now)
    part = signed_in(client, db, town.lan, now)

    assert "您可以看，不能改。" in part.get("/messages").text
    assert part.get("/messages/reminder").status_code == 200
    assert part.post("/messages/reminder", data=own()).status_code == 403
    assert value(db, "SELECT COUNT(*) FROM message_text") == 0
