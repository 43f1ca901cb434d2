"""The pages of passwords and sessions: the door, a link to set one, one's own, and the administrator's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from scheduler import accounts
from scheduler.accounts import Client, passwords
from scheduler.audit import SYSTEM
from scheduler.config import Sessions
from scheduler.database import one, rows, run, value, write
from tests.conftest import signed_in
from web.session import COOKIE

GOOD = "竹林 kettle 顺江而下 42"
OTHER = "lamp orchard ninety quilts"
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
TOKEN = re.compile(r'(?<=name="csrf_token" value=")[^"]+')


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(passwords, "HASHER", QUICK)


def has(db, person_id, now, text=GOOD) -> None:
    accounts.set_password(db, person_id, text, by=accounts.actor(db, person_id), now=now)


def signs_in(browser, text=GOOD, staff_no="0004", **more):
    return browser.post("/signin/password", data={"staff_no": staff_no, "password": text}, **more)


# the door


def test_staff_number_and_password_sign_in_and_lead_where_one_wanted_to(client, db, town, now):
    has(db, town.lan, now)
    client.get("/signin?next=/me/calendar")
    answer = signs_in(client)

    assert (answer.status_code, answer.location) == (303, "/me/calendar")
    assert "兰草" in client.get("/me").text


def test_a_wrong_password_and_an_unknown_number_look_alike_and_nothing_typed_comes_back_but_the_number(
    client, db, town, now
):
    has(db, town.lan, now)
    wrong, unknown = signs_in(client, OTHER), signs_in(client, OTHER, "9994")
    plain = [TOKEN.sub("", page.text) for page in (wrong, unknown)]  # which tells the second it was made in

    assert wrong.status_code == unknown.status_code == 422
    assert plain[0].replace("0004", "N") == plain[1].replace("9994", "N")
    assert "工号或密码不对。" in wrong.text
    assert OTHER not in wrong.text


def test_whoever_tries_too_often_is_told_how_long_to_wait_and_others_are_not(client, db, town, now):
    has(db, town.lan, now)
    told = [signs_in(client, "wrong").status_code for _ in range(100)]
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}

    assert told == [422] * 6 + [429] * 94
    assert "请约 1 分钟后再试" in signs_in(client).text
    assert signs_in(client, environ_base=elsewhere).status_code == 303


def test_an_empty_password_is_told_at_its_field(client, town):
    answer = signs_in(client, "")

    assert answer.status_code == 422
    assert re.search(r'id="f-password-error">.*必填。', answer.text)


def test_a_sign_in_replaces_a_session_that_was_planted(client, db, town, now):
    has(db, town.lan, now)
    planted = signed_in(client, db, town.min, now).get_cookie(COOKIE).value
    signs_in(client)

    assert client.get_cookie(COOKIE).value != planted
    assert accounts.signed_in(db, planted, now=now) is None


def test_the_door_in_english_and_what_it_offers(client, town):
    client.post("/language", data={"lang": "en", "next": "/signin"})
    page = client.get("/signin").text

    assert all(words in page for words in ("Password", "E-mail me a sign-in link", "Forgot my password"))
    assert "/signin/oidc" not in page
    assert client.get("/signin/password").location == client.get("/signin/forgot").location == "/signin"


# a link to set one


def test_forgotten_a_link_comes_by_mail_sets_a_password_and_is_spent(client, db, town):
    asked = client.post("/signin/forgot", data={"staff_no": "0004"})
    unknown = client.post("/signin/forgot", data={"staff_no": "9994"})
    [mail] = rows(db, "SELECT person_id, subject, body FROM outbox")
    path = re.search(r"http://127\.0\.0\.1:8000(/signin/reset/\S+)", mail["body"])[1]
    page, answer = client.get(path), client.post(path, data={"password": GOOD, "again": GOOD})

    assert asked.text.replace("0004", "N") == unknown.text.replace("9994", "N")
    assert (mail["person_id"], mail["subject"]) == (town.lan, "轮值：设置新密码")
    assert "兰草" in page.text
    assert answer.status_code == 303
    assert client.get("/me").status_code == 200
    assert client.post(path, data={"password": OTHER, "again": OTHER}).status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "told"),
    [
        (GOOD, OTHER, "两次输入的密码不一样。"),
        ("password1234", "password1234", "这个密码太容易猜到"),
        ("short", "short", "密码至少 12 个字符。"),
        ("兰草 kettle orchard", "兰草 kettle orchard", "不要有自己的姓名"),
    ],
)
def test_a_refused_password_is_told_at_its_field_and_never_sent_back(client, db, town, now, password, again, told):
    link = accounts.make_link(db, town.lan, purpose="password", by=SYSTEM, now=now)
    answer = client.post(f"/signin/reset/{link}", data={"password": password, "again": again})

    assert answer.status_code == 422
    assert told in answer.text
    assert password not in answer.text
    assert client.get(f"/signin/reset/{link}").status_code == 200


def test_a_link_of_one_purpose_opens_nothing_of_the_other(client, db, town, now):
    to_reset = accounts.make_link(db, town.lan, purpose="password", by=SYSTEM, now=now)
    to_sign_in = accounts.make_link(db, town.lan, by=SYSTEM, now=now)

    assert client.post(f"/signin/{to_reset}").status_code == 404
    assert client.get(f"/signin/reset/{to_sign_in}").status_code == 404
    assert client.post(f"/signin/reset/{to_sign_in}", data={"password": GOOD, "again": GOOD}).status_code == 404
    assert value(db, "SELECT COUNT(*) FROM session") + value(db, "SELECT COUNT(*) FROM password") == 0


def test_a_coordinator_prints_a_link_to_set_a_password(as_coordinator, app, db, town):
    page = as_coordinator.post(f"/people/{town.lan}/link", data={"purpose": "password"}).text
    path = re.search(r"http://127\.0\.0\.1:8000(/signin/reset/[\w-]+)", page)[1]

    assert "兰草 的设置密码链接" in page
    assert app.test_client().post(path, data={"password": GOOD, "again": GOOD}).status_code == 303


def test_a_coordinator_gets_no_link_to_an_administrators_password(as_coordinator, db, town, now):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)

    assert as_coordinator.post(f"/people/{town.head}/link", data={"purpose": "password"}).status_code == 403


# my own


def test_a_first_password_is_set_by_whoever_came_by_a_link_and_the_token_changes(as_staff, db, town, now):
    before = as_staff.get_cookie(COOKIE).value
    other = accounts.sign_in(db, accounts.make_link(db, town.lan, by=SYSTEM, now=now), now=now)
    answer = as_staff.post("/me/password", data={"password": GOOD, "again": GOOD})

    assert answer.location == "/me/sessions"
    assert as_staff.get_cookie(COOKIE).value != before
    assert accounts.signed_in(db, before, now=now) is None
    assert accounts.signed_in(db, other, now=now) is None
    assert "您已设置密码。" in as_staff.get("/me/sessions").text


def test_changing_it_later_asks_for_the_present_one(as_staff, db, town, now, watch):
    as_staff.post("/me/password", data={"password": GOOD, "again": GOOD})
    wrong = as_staff.post("/me/password", data={"present": "wrong", "password": OTHER, "again": OTHER})
    right = as_staff.post("/me/password", data={"present": GOOD, "password": OTHER, "again": OTHER})

    assert 'name="present"' in as_staff.get("/me/password").text
    assert (wrong.status_code, right.status_code) == (422, 303)
    assert GOOD not in wrong.text


def test_a_link_that_may_set_a_password_is_no_longer_enough_after_a_quarter_of_an_hour(as_staff, db, town, now, watch):
    with write(db):
        run(
            db,
            "INSERT INTO password (person_id, hash, set_at) VALUES (:id, :hash, '2026-02-01T00:00:00Z')",
            id=town.lan,
            hash=QUICK.hash(GOOD),
        )
    fresh = as_staff.get("/me/password").text
    watch.now = now + timedelta(minutes=16)

    assert 'name="present"' not in fresh
    assert 'name="present"' in as_staff.get("/me/password").text
    assert as_staff.post("/me/password", data={"password": OTHER, "again": OTHER}).status_code == 422


def test_my_sessions_are_listed_with_their_devices_and_ended(as_staff, db, town, now):
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    link = accounts.make_link(db, town.lan, by=SYSTEM, now=now)
    desk = accounts.sign_in(db, link, client=Client(edge, "10.0.0.5"), keep=Sessions(), now=now)
    page = as_staff.get("/me/sessions").text
    ended = as_staff.post(f"/me/sessions/{accounts.signed_in(db, desk, now=now)['session_id']}/end")

    assert "Edge · Windows" in page
    assert "10.0.0.5" in page
    assert page.count("本机") == 1
    assert ended.status_code == 303
    assert accounts.signed_in(db, desk, now=now) is None
    assert as_staff.get("/me").status_code == 200


def test_all_others_are_ended_at_once(as_staff, db, town, now):
    others = [accounts.sign_in(db, accounts.make_link(db, town.lan, by=SYSTEM, now=now), now=now) for _ in range(3)]
    answer = as_staff.post("/me/sessions/end", follow_redirects=True)

    assert "已退出其他 3 处登录。" in answer.text
    assert [accounts.signed_in(db, secret, now=now) for secret in others] == [None] * 3


def test_nobody_ends_a_session_of_somebody_else(as_staff, db, town, now):
    accounts.sign_in(db, accounts.make_link(db, town.min, by=SYSTEM, now=now), now=now)
    session_id = one(db, "SELECT id FROM session WHERE person_id = :id", id=town.min)["id"]

    assert as_staff.post(f"/me/sessions/{session_id}/end").status_code == 404
    assert value(db, "SELECT COUNT(*) FROM session WHERE ended_at IS NOT NULL") == 0


# the administrator's


def test_an_administrator_ends_all_of_a_persons_sessions_and_a_coordinator_does_not(
    as_administrator, app, db, town, now
):
    secret = accounts.sign_in(db, accounts.make_link(db, town.lan, by=SYSTEM, now=now), now=now)
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    coordinator = signed_in(app.test_client(), db, town.party, now)
    refused = coordinator.post(f"/people/{town.lan}/sessions/end")
    still = accounts.signed_in(db, secret, now=now)
    ended = as_administrator.post(f"/people/{town.lan}/sessions/end")

    assert refused.status_code == 403
    assert still["person_id"] == town.lan
    assert ended.status_code == 303
    assert accounts.signed_in(db, secret, now=now) is None


def test_an_administrator_switches_passwords_off_and_the_door_no_longer_asks_for_one(
    as_administrator, app, db, town, now
):
    has(db, town.lan, now)
    answer = as_administrator.post("/access/passwords", data={})
    stranger = app.test_client()

    assert answer.status_code == 303
    assert 'name="password"' not in stranger.get("/signin").text
    assert signs_in(stranger).status_code == 403
    assert "只能用一次性链接" in as_administrator.get("/access").text


def test_an_administrator_of_a_part_does_not_switch(client, db, town, now):
    accounts.grant(db, town.party, "administrator", town.office, by=SYSTEM, now=now)
    browser = signed_in(client, db, town.party, now)

    assert browser.post("/access/passwords", data={}).status_code == 403
    assert accounts.passwords_allowed(db)
    assert "由全机构的管理员设置" in browser.get("/access").text
