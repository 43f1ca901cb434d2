"""Who is let in, what every answer carries, how refusals look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import g

from scheduler import accounts
from scheduler.audit import SYSTEM
from scheduler.config import Settings, Site
from scheduler.database import run, value, write
from scheduler.errors import Busy
from scheduler.jobs import lease
from tests import builders
from tests.conftest import signed_in
from web import create_app, errors
from web.session import COOKIE, local_path


def with_csrf(app):
    app.config["WTF_CSRF_ENABLED"] = True
    return app.test_client()


def test_a_number_that_no_row_can_have_is_no_page(as_staff):
    for path in ("/shifts/9223372036854775808", "/shifts/99999999999999999999", f"/shifts/{'9' * 500}"):
        assert as_staff.get(path).status_code == 404


# the gate


def test_one_who_is_not_signed_in_is_asked_to_and_comes_back(client, town):
    answer = client.get("/me?from=mail")

    assert (answer.status_code, answer.location) == (303, "/signin?next=/me?from%3Dmail")


def test_a_script_that_is_signed_out_is_told_so(client, town):
    answer = client.post("/signout", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.get_json()["code"]) == (403, "signed_out")


def test_a_page_for_coordinators_is_refused_to_staff(as_staff):
    answer = as_staff.get("/access")

    assert answer.status_code == 403
    assert "您没有这项权限。" in answer.text


def test_a_page_for_administrators_is_refused_to_a_coordinator(as_coordinator):
    assert as_coordinator.get("/access").status_code == 403


def test_what_belongs_to_another_unit_looks_as_if_it_did_not_exist(client, db, town, now):
    elsewhere = builders.unit(db, now, "电信公司")
    stranger = builders.person(db, now, elsewhere, "T001", "陌生")
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    browser = signed_in(client, db, town.party, now)

    assert browser.post(f"/people/{stranger}/link").status_code == 404
    assert browser.post("/people/999/link").status_code == 404
    assert browser.post(f"/people/{town.lan}/link").status_code == 200


def test_the_first_page_is_the_readers_own(as_coordinator, client, db, town, now):
    assert as_coordinator.get("/").location == "/rosters"
    assert signed_in(client, db, town.bo, now).get("/").location == "/me"


# sessions


@pytest.mark.parametrize("secret", ["", "x", "' OR 1=1", "长"])
def test_a_forged_cookie_is_nobody(client, town, secret):
    client.set_cookie(COOKIE, secret)

    assert client.get("/me").status_code == 303


def test_a_session_runs_out_after_thirty_days_without_use(as_staff, watch, now):
    watch.now = now + timedelta(days=30)

    assert as_staff.get("/me").status_code == 303


def test_use_is_noted_and_a_session_ends_after_thirty_days_all_the_same(as_staff, db, watch, now):
    for days in (20, 29):
        watch.now = now + timedelta(days=days)
        assert as_staff.get("/me").status_code == 200
    watch.now = now + timedelta(days=30)

    assert as_staff.get("/me").status_code == 303
    assert value(db, "SELECT seen_at FROM session") == "2026-03-29T01:00:00Z"


def test_a_page_is_shown_although_another_program_holds_the_database(as_staff, db, watch, now):
    watch.now = now + timedelta(hours=2)
    with write(db):
        assert as_staff.get("/me").status_code == 200


def test_the_cookie_cannot_be_read_by_scripts_and_is_kept_to_this_site(client, db, town, now):
    token = accounts.make_link(db, town.lan, by=SYSTEM, now=now)
    cookie = next(
        line for line in client.post(f"/signin/{token}").headers.getlist("Set-Cookie") if line.startswith(f"{COOKIE}=")
    )

    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie


def test_over_tls_the_cookies_are_secure(db, app, town, now, tmp_path):
    site = Site(secret_key="for tests only " * 3, base_url="https://duty.example")
    browser = create_app(Settings(site=site, folder=tmp_path), now=lambda: now).test_client()

    for cookie in browser.get("/signin").headers.getlist("Set-Cookie"):
        assert "Secure" in cookie


# every answer


def test_every_page_forbids_inline_scripts_foreign_frames_and_caches(as_staff):
    headers = as_staff.get("/me").headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_versioned_files_are_kept_for_a_year_and_unversioned_ones_are_asked_for(client):
    versioned = client.get("/static/css/tokens.css?v=1")
    plain = client.get("/static/css/tokens.css")

    assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.headers["Cache-Control"] == "no-cache"


def test_a_static_file_needs_no_database(app, settings):
    for file in settings.folder.iterdir():
        file.unlink()

    assert app.test_client().get("/static/css/tokens.css").status_code == 200


# forms


def test_a_form_without_its_token_changes_nothing_and_says_so(app, db, town, now):
    browser = signed_in(with_csrf(app), db, town.lan, now)
    answer = browser.post("/language", data={"lang": "en"})

    assert answer.status_code == 400
    assert "页面已过期" in answer.text
    assert value(db, "SELECT lang FROM person WHERE id = :id", id=town.lan) == "zh"


def test_too_large_a_body_is_refused(as_staff):
    answer = as_staff.post("/language", data={"lang": "x" * (13 * 1024 * 1024)})

    assert answer.status_code == 413
    assert "文件太大。" in answer.text


# languages


def test_chinese_is_the_default_and_the_choice_is_kept_in_a_cookie_before_signing_in(client, town):
    before = client.get("/signin").text
    client.post("/language", data={"lang": "en", "next": "/signin"})

    assert '<html lang="zh-Hans">' in before
    assert '<html lang="en">' in client.get("/signin").text


def test_the_choice_of_one_who_is_signed_in_is_kept_with_the_person(as_staff, db, town):
    answer = as_staff.post("/language", data={"lang": "en", "next": "/me"})

    assert answer.location == "/me"
    assert value(db, "SELECT lang FROM person WHERE id = :id", id=town.lan) == "en"
    assert "My duties" in as_staff.get("/me").text


def test_the_language_of_a_refused_form_leads_back_to_the_page_that_holds_it(as_administrator):
    page = as_administrator.post("/access", data={}, headers={"Referer": "http://localhost/access?sort=unit"}).text
    foreign = as_administrator.post("/access", data={}, headers={"Referer": "https://evil.example/x"}).text

    assert 'name="next" value="/access?sort=unit"' in page
    assert 'name="next" value="/"' in foreign


def test_an_unknown_language_is_refused(as_staff, db, town):
    assert as_staff.post("/language", data={"lang": "fr"}).status_code == 422
    assert value(db, "SELECT lang FROM person WHERE id = :id", id=town.lan) == "zh"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "me",
        "",
        None,
        "/\nme",
        "/\t/x",
    ],
)
def test_no_redirect_leaves_the_site(wanted):
    assert local_path(wanted, "/home") == "/home"


def test_a_path_of_ours_is_kept_with_its_query():
    assert local_path("/rosters/3?view=person&day=2026-03-02", "/") == "/rosters/3?view=person&day=2026-03-02"


# refusals and failures


def test_an_unknown_address_is_told_in_words(as_staff):
    answer = as_staff.get("/nothing/here")

    assert answer.status_code == 404
    assert "没有找到，或您无权查看。" in answer.text


def test_a_script_gets_the_refusal_as_json(as_staff):
    answer = as_staff.get("/access", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.get_json()) == (
        403,
        {"code": "not_allowed", "sentences": ["您没有这项权限。"]},
    )


def test_a_busy_database_says_that_nothing_was_saved_and_when_to_try_again(app, settings, now):
    with app.test_request_context("/me", method="POST"):
        g.lang, g.person, g.db, g.now, g.settings = "zh", None, None, now, settings
        answer = errors.refused(Busy("database_is_busy"))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "没有写入任何内容" in answer.get_data(as_text=True)


def test_a_calendar_gets_the_refusal_as_plain_text(client):
    answer = client.get("/calendar/unknown/nothing")

    assert answer.content_type == "text/plain; charset=utf-8"


def test_a_bug_of_ours_is_a_plain_page_without_a_trace(as_staff, db):
    with write(db):
        run(db, "PRAGMA defer_foreign_keys = ON")
        run(db, "ALTER TABLE shift RENAME TO broken")

    answer = as_staff.get("/me")

    assert answer.status_code == 500
    assert "程序出错了，已记录。" in answer.text
    assert "Traceback" not in answer.text
    assert "broken" not in answer.text.lower().replace("broken.html", "")


def test_a_demonstration_says_so_on_every_page(as_staff, db):
    before = as_staff.get("/me").text
    with write(db):
        run(db, "INSERT INTO organisation (id, zone, is_demo, made_at) VALUES (1, 'Asia/Shanghai', 1, '2026-01-01')")

    assert "人员均为虚构。" not in before
    assert "人员均为虚构。" in as_staff.get("/me").text
    assert "人员均为虚构。" in as_staff.get("/nothing").text


# health

NO_MAIL = {"oldest_due_s": None, "failed": 0}


def test_health_tells_the_background_process_age_to_anybody(client, db, town, now):
    lease.take(db, "the background process", now=now - timedelta(seconds=12))

    answer = client.get("/healthz")

    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok", "background_age_s": 12} | NO_MAIL)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.getlist("Set-Cookie") == []


def test_health_is_stale_after_two_minutes_of_silence(client, db, town, now):
    lease.take(db, "the background process", now=now - timedelta(seconds=121))

    answer = client.get("/healthz")

    assert (answer.status_code, answer.get_json()) == (503, {"status": "stale", "background_age_s": 121} | NO_MAIL)


def test_health_is_stale_while_no_background_process_ever_ran(client, town):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.get_json()) == (503, {"status": "stale", "background_age_s": None} | NO_MAIL)
