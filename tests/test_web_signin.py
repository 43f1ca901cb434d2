"""Signing in by a link, asking for one, signing out; grants."""

from __future__ import annotations

import re

import pytest

from scheduler import accounts
from scheduler.audit import SYSTEM
from scheduler.config import Mail
from scheduler.database import value
from tests.conftest import signed_in
from web import create_app
from web.session import COOKIE


def link_for(db, person_id, now) -> str:
    return f"/signin/{accounts.make_link(db, person_id, by=SYSTEM, now=now)}"


# the link


def test_a_mail_scanner_that_follows_the_link_does_not_use_it_up(client, db, town, now):
    link = link_for(db, town.lan, now)

    assert "以 兰草 的身份登录" in client.get(link).text
    assert client.get(link).status_code == 200
    assert client.post(link).status_code == 303


def test_the_button_signs_in_and_goes_where_one_wanted_to(client, db, town, now):
    client.get("/signin?next=/me/calendar")
    answer = client.post(link_for(db, town.lan, now))

    assert answer.location == "/me/calendar"
    assert client.get("/me").status_code == 200


def test_a_wish_for_another_site_is_not_granted(client, db, town, now):
    client.get("/signin?next=https://evil.example/")

    assert client.post(link_for(db, town.lan, now)).location == "/"


def test_a_used_link_is_told_in_words(client, db, town, now):
    link = link_for(db, town.lan, now)
    client.post(link)
    again = client.post(link)

    assert again.status_code == 404
    assert "这个登录链接无效、已用过或已过期" in again.text


def test_signing_in_gives_a_fresh_session_and_a_fresh_form_token(app, db, town, now):
    app.config["WTF_CSRF_ENABLED"] = True
    browser = app.test_client()
    link = link_for(db, town.lan, now)
    old = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(link).text)[1]
    browser.set_cookie(COOKIE, "planted by somebody else")
    browser.post(link, data={"csrf_token": old})

    assert browser.get_cookie(COOKIE).value != "planted by somebody else"
    assert browser.post("/language", data={"lang": "en", "csrf_token": old}).status_code == 400


def test_signing_out_ends_the_session_also_for_a_copied_cookie(client, db, town, now):
    signed_in(client, db, town.lan, now)
    copied = client.get_cookie(COOKIE).value
    answer = client.post("/signout")
    client.set_cookie(COOKIE, copied)

    assert answer.location == "/signin"
    assert client.get("/me").status_code == 303


def test_a_look_does_not_sign_out(as_staff):
    assert as_staff.get("/signout").status_code == 405
    assert as_staff.get("/me").status_code == 200


def test_one_who_is_signed_in_is_not_asked_again(as_staff):
    assert as_staff.get("/signin?next=/me").location == "/me"


# asking for a link by e-mail


def test_asking_queues_a_mail_and_the_answer_is_the_same_for_an_unknown_number(client, db, town):
    known = client.post("/signin", data={"staff_no": "0004"})
    unknown = client.post("/signin", data={"staff_no": "9994"})

    assert value(db, "SELECT COUNT(*) FROM outbox WHERE kind = 'signin'") == 1
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace("0004", "N") == unknown.text.replace("9994", "N")


def test_an_empty_number_is_told_at_the_field(client, town):
    answer = client.post("/signin", data={"staff_no": "  "})

    assert answer.status_code == 422
    assert re.search(r'id="f-staff_no-error">.*必填。', answer.text)


def test_what_is_typed_is_never_markup(client, town):
    answer = client.post("/signin", data={"staff_no": "<img src=x>"})

    assert "&lt;img src=x&gt;" in answer.text
    assert "<img" not in answer.text


def test_without_a_mail_server_one_is_sent_to_the_coordinator(settings, db, app, town, now):
    offline = settings.model_copy(update={"mail": Mail()})
    browser = create_app(offline, now=lambda: now).test_client()

    accounts.allow_passwords(db, False, by=SYSTEM, now=now)

    assert 'name="staff_no"' not in browser.get("/signin").text
    assert "请本单位排班员" in browser.get("/signin").text


def test_without_a_mail_server_there_is_a_password_and_no_offer_to_mail(settings, db, app, town, now):
    offline = settings.model_copy(update={"mail": Mail()})
    page = create_app(offline, now=lambda: now).test_client().get("/signin").text

    assert 'name="password"' in page
    assert "formaction" not in page


# links made by a coordinator


def test_a_coordinator_is_shown_a_link_that_signs_the_person_in(as_coordinator, app, db, town):
    page = as_coordinator.post(f"/people/{town.lan}/link").text
    path = re.search(r"http://127\.0\.0\.1:8000(/signin/[\w-]+)", page)[1]

    assert "2026" not in re.search(r"([^>]*)前有效", page)[1]
    assert app.test_client().post(path).location == "/"


def test_a_coordinator_gets_no_link_for_an_administrator(as_coordinator, db, town, now):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    answer = as_coordinator.post(f"/people/{town.head}/link")

    assert answer.status_code == 403
    assert "此人的权限大于您的" in answer.text


# grants


def test_an_administrator_grants_and_takes_back(as_administrator, db, town, now):
    given = {"staff_no": "0004", "role": "coordinator", "unit_id": town.office}
    granted = as_administrator.post("/access", data=given)
    access_id = value(db, "SELECT id FROM access WHERE person_id = :id", id=town.lan)
    taken = as_administrator.post(f"/access/{access_id}/revoke")

    assert (granted.status_code, taken.status_code) == (303, 303)
    assert value(db, "SELECT ended_by FROM access WHERE person_id = :id", id=town.lan) == "何远山"
    assert not accounts.may(db, accounts.actor(db, town.lan), "coordinator", town.office, now=now)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"staff_no": "9999"}, "没有工号 9999，或不在您管理的单位。"),
        ({"staff_no": ""}, "必填。"),
        ({"role": "emperor"}, "“emperor”不在可选范围内。"),
        ({"unit_id": "x"}, "“x”不是整数。"),
    ],
)
def test_a_wrong_grant_is_told_at_its_field_and_kept(as_administrator, db, town, given, told):
    answer = as_administrator.post(
        "/access", data={"staff_no": "0004", "role": "coordinator", "unit_id": town.office} | given
    )

    assert answer.status_code == 422
    assert f"</svg>{told}</span>" in answer.text
    assert value(db, "SELECT COUNT(*) FROM access") == 1


def test_nobody_grants_over_a_unit_that_is_not_theirs(as_administrator, db, town, now):
    accounts.grant(db, town.party, "administrator", town.office, by=SYSTEM, now=now)
    office_only = signed_in(as_administrator, db, town.party, now)
    given = {"staff_no": "0004", "role": "coordinator", "unit_id": town.branch}

    assert office_only.post("/access", data=given).status_code == 404
    assert value(db, "SELECT COUNT(*) FROM access") == 2


def test_the_last_administrator_stays(as_administrator, db, town):
    answer = as_administrator.post(f"/access/{value(db, 'SELECT id FROM access')}/revoke")

    assert answer.status_code == 409
    assert "最后一位管理员" in answer.text
