"""Calendars over HTTP: the bytes and their headers; the pages that give out and revoke the address."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from scheduler import feeds
from scheduler.audit import SYSTEM
from scheduler.database import run, value
from tests import builders
from tests.calendars import BASE, DAY, MINUTE, MONDAY, refreshed


@pytest.fixture
def path(db, town, now, my_feed) -> str:
    """Where 兰草's calendar, with one duty in it, is fetched."""
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    return f"/calendar/{my_feed}/duty.ics"


def address_in(page: TestResponse) -> str:
    """The one address that a subscribe page shows."""
    (found,) = set(re.findall(r"http://127\.0\.0\.1:8000(/calendar/[\w-]{32,}/duty\.ics)", page.text))
    return found


# the feed


def test_a_calendar_is_served_as_stored_bytes_with_the_headers_clients_need(client, db, path):
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.data == value(db, "SELECT body FROM calendar")
    assert dict(answer.headers) | {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Length": str(len(answer.data)),
        "Content-Disposition": 'inline; filename="duty.ics"',
        "ETag": f'"{value(db, "SELECT etag FROM calendar")}"',
        "Last-Modified": "Sat, 28 Feb 2026 01:00:01 GMT",
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
    } == dict(answer.headers)


def test_no_cookie_is_set_and_nobody_is_asked_to_sign_in(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, [])


def test_head_is_get_without_the_body(client, path):
    got, head = client.get(path), client.head(path)

    assert (head.status_code, head.data) == (200, b"")
    assert {name: head.headers[name] for name in ("ETag", "Content-Length", "Content-Type", "Last-Modified")} == {
        name: got.headers[name] for name in ("ETag", "Content-Length", "Content-Type", "Last-Modified")
    }


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "gzip;q=0.5"])
def test_who_takes_gzip_is_given_gzip_under_the_same_etag(client, path, accepted):
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": accepted})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert (packed.headers["ETag"], packed.headers["Vary"]) == (plain.headers["ETag"], "Accept-Encoding")


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br"])
def test_who_does_not_is_given_plain_bytes(client, path, accepted):
    answer = client.get(path, headers={"Accept-Encoding": accepted})

    assert "Content-Encoding" not in answer.headers
    assert answer.data.startswith(b"BEGIN:VCALENDAR")


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_what_is_known_already_is_answered_with_304(client, path, form):
    tag = client.get(path).headers["ETag"]
    answer = client.get(path, headers={"If-None-Match": form.format(tag)})

    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)


def test_what_a_client_holds_already_is_not_even_read(db, now, path):
    token = path.split("/")[2]
    etag, body = value(db, "SELECT etag FROM calendar"), value(db, "SELECT body FROM calendar")

    known = feeds.fetch(db, token, gzipped=False, known=["another", etag], now=now)
    other = feeds.fetch(db, token, gzipped=False, known=["another", etag[:-1]], now=now)

    assert (known.is_known, known.body, known.etag) == (True, None, etag)
    assert (other.is_known, other.body) == (False, body)


def test_if_none_match_wins_over_if_modified_since(client, path):
    since = client.get(path).headers["Last-Modified"]

    assert client.get(path, headers={"If-Modified-Since": since}).status_code == 304
    both = {"If-Modified-Since": since, "If-None-Match": '"other"'}
    assert client.get(path, headers=both).status_code == 200


def test_a_change_is_seen_by_both_kinds_of_question(client, db, town, now, path):
    before = client.get(path)
    run(db, "UPDATE shift SET tasks = '入户宣传'")
    refreshed(db, now + MINUTE)

    assert client.get(path, headers={"If-None-Match": before.headers["ETag"]}).status_code == 200
    assert client.get(path, headers={"If-Modified-Since": before.headers["Last-Modified"]}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "REPORT"])
def test_other_methods_are_refused(client, path, method):
    assert client.open(path, method=method).status_code == 405


def test_unknown_and_revoked_addresses_are_told_apart_by_nothing(client, db, town, now, path):
    feeds.revoke(db, owner_id=town.lan, of=feeds.Shown("person", town.lan), by=SYSTEM, now=now)
    revoked, unknown = client.get(path), client.get(f"/calendar/{'x' * 32}/duty.ics")

    assert (revoked.status_code, unknown.status_code) == (404, 404)
    assert (revoked.data, dict(revoked.headers)) == (unknown.data, dict(unknown.headers))
    assert revoked.content_type == "text/plain; charset=utf-8"


def test_who_left_long_ago_gets_gone(client, db, watch, now, path):
    run(db, "UPDATE person SET left_on = '2026-03-01'")
    watch.now = now + 10 * DAY
    cleared = client.get(path)
    watch.now = now + 40 * DAY

    assert (cleared.status_code, b"VEVENT" in cleared.data) == (200, False)
    assert client.get(path).status_code == 410


def test_a_fetch_is_noted_and_shown_on_the_page(as_staff, db, now, path):
    as_staff.get(path, headers={"User-Agent": "iOS/17.4 (21E219) dataaccessd/1.0"})

    assert "上次读取：</b> 2月28日 周六 09:00，iPhone 日历" in as_staff.get("/me/calendar").text


# the pages


def test_subscribing_shows_an_address_once_and_it_answers(as_staff, db, town):
    builders.shift(db, town, MONDAY, [town.lan])
    page = as_staff.post("/me/calendar")
    path = address_in(page)

    assert f'href="webcal://127.0.0.1:8000{path}"' in page.text
    assert as_staff.get(path).status_code == 200
    assert path not in as_staff.get("/me/calendar").text


def test_renewing_voids_the_address_before(as_staff):
    first = address_in(as_staff.post("/me/calendar"))
    second = address_in(as_staff.post("/me/calendar"))

    assert (as_staff.get(first).status_code, as_staff.get(second).status_code) == (404, 200)


def test_revoking_voids_it_and_says_so(as_staff):
    path = address_in(as_staff.post("/me/calendar"))
    answer = as_staff.post("/me/calendar/revoke", follow_redirects=True)

    assert "地址已作废" in answer.text
    assert as_staff.get(path).status_code == 404
    assert as_staff.post("/me/calendar/revoke").status_code == 404


def test_alarms_are_chosen_on_the_page(as_staff, db):
    as_staff.post("/me/calendar")

    assert as_staff.post("/me/calendar/alarms", data={"alarms": "day"}).status_code == 303
    assert value(db, "SELECT alarms FROM calendar") == "day"
    assert as_staff.post("/me/calendar/alarms", data={"alarms": "weekly"}).status_code == 422
    assert value(db, "SELECT alarms FROM calendar") == "day"


def test_a_coordinator_subscribes_to_a_place(as_coordinator, db, town):
    builders.shift(db, town, MONDAY, [town.lan])
    path = address_in(as_coordinator.post(f"/places/{town.outlet}/calendar"))

    assert "兰草" in as_coordinator.get(path).text
    assert "江北支行的日历" in as_coordinator.get(f"/places/{town.outlet}/calendar").text
    assert as_coordinator.post(f"/places/{town.outlet}/calendar/revoke").status_code == 303
    assert as_coordinator.get(path).status_code == 404


@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_place_is_for_its_coordinators_only(as_staff, db, town, verb):
    assert getattr(as_staff, verb)(f"/places/{town.outlet}/calendar").status_code == 404
    assert value(db, "SELECT COUNT(*) FROM feed") == 0


def test_without_a_session_there_is_no_page(client: FlaskClient):
    assert client.get("/me/calendar").headers["Location"] == "/signin?next=/me/calendar"
    assert client.post("/me/calendar").status_code == 303


def test_in_english_the_page_is_english(as_staff, db):
    run(db, "UPDATE person SET lang = 'en'")
    page = as_staff.post("/me/calendar").text

    assert "Your new address" in page
    assert "Open in calendar" in page


def test_the_address_of_an_installation_behind_tls_is_https(app, as_staff, settings):
    site = settings.site.model_copy(update={"base_url": BASE})
    app.config["SETTINGS"] = settings.model_copy(update={"site": site})
    page = as_staff.post("/me/calendar").text

    assert re.search(r'href="webcal://duty\.example/calendar/[\w-]+/duty\.ics"', page)
    assert re.search(r'data-copy="https://duty\.example/calendar/[\w-]+/duty\.ics"', page)


def test_a_calendar_that_is_not_rendered_yet_asks_to_come_back(client, db, path):
    run(db, "UPDATE calendar SET body = NULL, gzipped = NULL, etag = NULL, modified_at = NULL")
    answer = client.get(path)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_an_hour_later_nothing_has_to_be_sent_again(client, watch, now, path):
    tag = client.get(path).headers["ETag"]
    watch.now = now + timedelta(hours=1)

    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
