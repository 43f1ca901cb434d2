"""“Seen” without sign-in: the page of a signed link, what it refuses, and the same button on one's own page."""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta

import pytest

from scheduler import acknowledgements, clock
from scheduler.database import rows, run, value, write
from tests import builders
from tests.conftest import SHANGHAI
from tests.test_answers import link, noted, withdraw

MONDAY = date(2026, 3, 2)
HOUR = timedelta(hours=1)


def words(page: str) -> str:
    """The page's text as it is read, blanks run together."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def key(settings) -> str:
    return settings.site.secret_key


@pytest.fixture
def duty(db, town) -> int:
    """兰草's published duty on Monday, 08:30 to 17:00."""
    return builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)


@pytest.fixture
def path(db, town, duty, key) -> str:
    return f"/answer/{link(db, town.lan, duty, key=key)}"


def test_the_page_shows_the_duty_and_one_button_and_changes_nothing(client, db, path):
    before = rows(db, "SELECT * FROM audit"), rows(db, "SELECT * FROM acknowledgement")

    for _ in range(3):  # a mail scanner, a preview, a person
        page = client.get(path)

    assert page.status_code == 200
    assert "3月2日 周一 08:30–17:00" in words(page.text)
    assert "江北支行 · 厅堂服务" in words(page.text)
    assert page.text.count("<button") == 1
    assert (rows(db, "SELECT * FROM audit"), rows(db, "SELECT * FROM acknowledgement")) == before
    assert client.head(path).status_code == 200


def test_the_page_is_kept_by_nobody_and_tells_nobody_where_one_came_from(client, path):
    for answer in (client.get(path), client.post(path), client.get("/answer/x"), client.post("/answer/x")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "Set-Cookie" not in answer.headers


def test_the_button_acknowledges_and_the_page_says_so(client, app, db, path, duty, town, now):
    app.config["WTF_CSRF_ENABLED"] = True  # there is no session that a foreign page could abuse

    answer = client.post(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    page = client.get(path)
    assert "已收到 2月28日 周六 09:00" in words(page.text)
    assert "<button" not in page.text
    assert client.post(path).status_code == 303
    assert noted(db) == [(duty, town.lan, clock.to_text(now), "link")]


def test_the_link_opens_nothing_else(client, path):
    client.post(path)

    assert client.get("/me").headers["Location"].startswith("/signin")
    assert client.post(f"{path}/../me").status_code in (404, 405)
    assert client.put(path).status_code == 405
    assert client.delete(path).status_code == 405


def test_what_is_no_link_is_not_found_in_words(client, db, path):
    for bad in ("/answer/x", path[:-1], path + "A", "/answer/" + "x" * 5000):
        for page in (client.get(bad), client.post(bad)):
            assert page.status_code == 404
            assert "这个链接不完整，或不是本系统发出的。" in page.text
            assert "<button" not in page.text
    assert noted(db) == []


def test_what_is_over_is_gone_in_words(client, watch, db, path):
    watch.now = clock.midnight(MONDAY, SHANGHAI) + 17 * HOUR

    for page in (client.get(path), client.post(path)):
        assert page.status_code == 410
        assert "这一班已经结束。" in page.text
    assert noted(db) == []


def test_a_released_duty_is_gone_in_words_also_for_who_had_acknowledged_it(client, db, path, duty, now):
    client.post(path)
    withdraw(db, duty, now)

    for page in (client.get(path), client.post(path)):
        assert page.status_code == 410
        assert "这次值班已取消或换了人，您不用去。" in page.text
    assert len(noted(db)) == 1


def test_a_link_made_for_another_person_shows_and_does_nothing(client, db, town, duty, key):
    page = client.get(f"/answer/{link(db, town.min, duty, key=key)}")

    assert page.status_code == 410
    assert "江北支行" not in page.text
    assert client.post(f"/answer/{link(db, town.min, duty, key=key)}").status_code == 410
    assert noted(db) == []


def test_a_changed_duty_says_what_changed_and_asks_for_the_new_one(client, db, town, path, duty, key):
    client.post(path)
    with write(db):
        run(db, "UPDATE assignment SET starts_at = '2026-03-01T23:30:00Z'")

    for page in (client.get(path), client.post(path)):
        assert page.status_code == 410
        told = words(page.text)
        assert "值班有变动" in told
        assert "不再是 3月2日 周一 08:30–17:00" in told
        assert "现在是 3月2日 周一 07:30–17:00" in told
    assert len(noted(db)) == 1

    action = re.search(r'action="([^"]+)"', page.text)[1]
    assert client.post(action).headers["Location"] == action
    assert client.get(action).status_code == 200
    assert [row[0] for row in noted(db)] == [duty, duty]
    assert action.partition("?")[0] == f"/answer/{link(db, town.lan, duty, key=key)}"


def test_a_change_between_looking_and_pressing_is_shown_and_not_acknowledged(client, db, path):
    action = re.search(r'action="([^"]+)"', client.get(path).text)[1]
    with write(db):
        run(db, "UPDATE assignment SET starts_at = '2026-03-01T23:30:00Z'")

    page = client.post(action)

    assert page.status_code == 410
    assert "值班有变动" in page.text
    assert noted(db) == []


def test_it_is_in_its_persons_language_and_can_be_read_in_the_other(client, db, town, path):
    run(db, "UPDATE person SET lang = 'en' WHERE id = :lan", lan=town.lan)

    assert "Got it" in client.get(path).text
    page = client.get(f"{path}?lang=zh").text
    assert re.search(r"<button[^>]*>收到</button>", page)
    assert client.post(f"{path}?lang=zh").headers["Location"] == f"{path}?lang=zh"
    assert "Thank you: seen" in client.get(path).text
    assert client.get(f"{path}?lang=<b>").status_code == 200
    assert "This link is not whole" in client.get("/answer/x?lang=en").text


def test_several_duties_have_one_button(client, db, town, duty, key):
    other = builders.assigned(db, builders.shift(db, town, date(2026, 3, 3), [town.lan]), town.lan)
    path = f"/answer/{link(db, town.lan, duty, other, key=key)}"

    page = client.get(path)

    assert "您的 2 次值班" in page.text
    assert page.text.count("<button") == 1
    client.post(path)
    assert [row[0] for row in noted(db)] == [duty, other]


def test_a_link_is_in_no_log(client, app, path, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(acknowledgements, "answer", broken)
    assert client.get(path).status_code == 500

    assert "unexpected error: RuntimeError" in caplog.text
    assert path.rpartition("/")[2] not in caplog.text


# on one's own page


def test_ones_own_page_acknowledges_too(as_staff, db, town, duty, now):
    answer = as_staff.post(f"/me/duties/{duty}/acknowledge")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/me")
    assert noted(db) == [(duty, town.lan, clock.to_text(now), "page")]


def test_nobody_acknowledges_for_another(as_staff, client, db, town):
    theirs = builders.assigned(db, builders.shift(db, town, MONDAY, [town.min]), town.min)

    assert as_staff.post(f"/me/duties/{theirs}/acknowledge").status_code == 403
    assert as_staff.post("/me/duties/999/acknowledge").status_code == 404
    as_staff.post("/signout")
    assert as_staff.post(f"/me/duties/{theirs}/acknowledge").headers["Location"].startswith("/signin")
    assert noted(db) == []


# what coordinators see


def asked(db, town, duty, now) -> int:
    """The roster, its one duty asked about."""
    row = {"assignment_id": duty, "starts_at": "2026-03-02T00:30:00Z", "ends_at": "2026-03-02T09:00:00Z"}
    with write(db):
        row["place_id"] = town.outlet
        acknowledgements.expect(db, [row], now=now)
    return value(db, "SELECT roster_id FROM shift")


def test_the_board_names_who_is_silent_and_the_panel_says_since_when(as_coordinator, db, town, duty, now):
    roster_id = asked(db, town, duty, now)
    slot = f"{value(db, 'SELECT id FROM shift')}-1"

    page = as_coordinator.get(f"/rosters/{roster_id}?slot={slot}").text

    assert "已收到 0 / 未收到 1" in page
    assert "兰草 3月2日 周一 江北支行" in words(page)
    assert "本人还没有回复“收到” · 2月28日 周六 09:00 通知" in words(page)
    assert "slot--seen" not in page


def test_the_board_marks_who_has_answered(as_coordinator, client, db, town, duty, path, now):
    roster_id = asked(db, town, duty, now)
    slot = f"{value(db, 'SELECT id FROM shift')}-1"
    client.post(path)

    page = as_coordinator.get(f"/rosters/{roster_id}?slot={slot}").text

    assert "slot--seen" in page
    assert "兰草，已收到" in page
    assert "已收到 1 / 未收到 0" in page
    assert "本人已收到 · 2月28日 周六 09:00 · 从消息里的链接" in words(page)
    assert "已收到 1 / 未收到 0" in as_coordinator.get("/rosters").text


def test_a_roster_about_which_nobody_was_asked_says_nothing_of_it(as_coordinator, db, town, duty):
    roster_id = value(db, "SELECT roster_id FROM shift")

    assert "未收到" not in as_coordinator.get(f"/rosters/{roster_id}").text
    assert "未收到" not in as_coordinator.get("/rosters").text
