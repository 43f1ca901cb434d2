"""Foreign hosts, sizes, limits, headers; and slow clients, who are in nobody's way."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler import limits
from scheduler.config import Settings, Site
from scheduler.database import rows, value
from scheduler.limits import Limit
from web import LARGEST_FORM, create_app, limited

FEW = Limit(3, timedelta(minutes=10))


def https(tmp_path: Path, **more: object) -> Settings:
    site = Site(secret_key="for tests only " * 3, base_url="https://duty.example", **more)
    return Settings(site=site, folder=tmp_path)


# hosts


@pytest.mark.parametrize("host", ["evil.example", "duty.example.evil.example", "evil.example:443", "", "a b"])
def test_a_foreign_host_is_refused_and_nothing_of_it_comes_back(db, client, tmp_path, now, host):
    page = create_app(https(tmp_path), now=lambda: now).test_client().get("/signin", headers={"Host": host})

    assert page.status_code == 400
    assert "evil" not in page.text + str(page.headers)


@pytest.mark.parametrize("host", ["duty.example", "duty.example:8443", "DUTY.example", "127.0.0.1:8000", "intranet"])
def test_the_own_address_other_names_that_are_set_and_this_machine_are_served(db, client, tmp_path, now, host):
    settings = https(tmp_path, hosts=("intranet",))

    assert create_app(settings, now=lambda: now).test_client().get("/signin", headers={"Host": host}).status_code == 200


# from where


@pytest.mark.parametrize(
    ("more", "told"),
    [({}, "203.0.113.9"), ({"behind_proxy": False}, "127.0.0.1"), ({"behind_proxy": True}, "203.0.113.9")],
)
def test_the_client_is_whom_the_front_server_names_and_only_the_last_word_counts(
    db, client, town, tmp_path, now, more, told
):
    from tests.conftest import signed_in

    app = create_app(https(tmp_path, **more), now=lambda: now)
    app.config["WTF_CSRF_ENABLED"] = False
    own = signed_in(app.test_client(), db, town.lan, now)
    own.post("/language", data={"lang": "en"}, headers={"X-Forwarded-For": "10.6.6.6, 203.0.113.9"})

    assert rows(db, "SELECT origin FROM audit WHERE act = 'speak'") == [{"origin": told}]


# headers


def test_over_tls_the_browser_is_told_to_stay_there_and_otherwise_not(db, client, tmp_path, now):
    over_tls = create_app(https(tmp_path), now=lambda: now).test_client().get("/signin")

    assert over_tls.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in client.get("/signin").headers
    assert over_tls.headers["Cross-Origin-Opener-Policy"] == "same-origin"


# sizes


def test_a_form_that_is_no_file_and_too_large_is_refused(client, db, town):
    before = db.conn.total_changes
    body = {"name": "x" * (LARGEST_FORM + 1)}

    assert client.post("/signin", data=body, content_type="multipart/form-data").status_code == 413
    many = {f"field{n}": "x" for n in range(2001)}
    assert client.post("/signin", data=many, content_type="multipart/form-data").status_code == 413
    assert db.conn.total_changes == before


# how often


@pytest.fixture
def few(monkeypatch):
    for kind in limits.LIMITS:
        monkeypatch.setitem(limits.LIMITS, kind, FEW)


def test_who_exports_without_end_waits_and_is_told_for_how_long(as_coordinator, watch, few):
    first = [as_coordinator.get("/tallies.csv").status_code for _ in range(FEW.most)]
    refused = as_coordinator.get("/trips.csv")

    assert first == [200] * FEW.most
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) == 60
    assert "尝试太频繁，请约 1 分钟后再试。" in refused.text
    watch.now += timedelta(seconds=61)
    assert as_coordinator.get("/tallies.csv").status_code == 200


def test_another_person_at_the_same_address_is_not_kept_waiting(as_coordinator, app, db, town, now, few):
    from scheduler import accounts
    from scheduler.audit import SYSTEM
    from tests.conftest import signed_in

    for _ in range(FEW.most + 1):
        as_coordinator.get("/tallies.csv")
    accounts.grant(db, town.head, "coordinator", town.branch, by=SYSTEM, now=now)

    assert as_coordinator.get("/tallies.csv").status_code == 429
    assert signed_in(app.test_client(), db, town.head, now).get("/tallies.csv").status_code == 200


@pytest.mark.parametrize("path", ["/calendar/{}/duty.ics", "/wall/{}", "/answer/{}", "/swap/{}"])
def test_guessing_an_address_is_slowed_down_and_the_right_one_goes_through(client, my_feed, few, path):
    told = [client.get(path.format(f"guess-{n}")).status_code for n in range(FEW.most + 2)]

    assert told == [404] * FEW.most + [429] * 2
    assert client.get(f"/calendar/{my_feed}/duty.ics").status_code == 200
    elsewhere = client.get(path.format("guess"), environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status_code == 404


def test_asking_for_links_is_slowed_down_and_says_so_for_everybody_alike(client, town, few):
    told = [client.post("/signin", data={"staff_no": f"no-such-{n}"}).status_code for n in range(FEW.most + 1)]

    assert told == [200] * FEW.most + [429]


def test_a_right_link_signs_in_although_others_guessed_from_the_same_address(client, db, town, now, few):
    from scheduler import accounts
    from scheduler.audit import SYSTEM

    told = [client.post(f"/signin/guess-{n}").status_code for n in range(FEW.most + 1)]
    token = accounts.make_link(db, town.lan, by=SYSTEM, now=now)

    assert told[-1] == 429
    assert client.post(f"/signin/{token}").status_code == 303


def test_whatever_is_costly_counts(app):
    counted = {
        rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and limited.EXPORT.search(rule.rule)
    }
    files = {rule.rule for rule in app.url_map.iter_rules() if re.search(r"csv|xlsx|\bending\b", rule.rule)}

    assert files <= counted


def test_nothing_changes_by_get(as_administrator, db):
    """Every GET route, with whatever its address needs; only the count of tries may grow."""
    adapter = as_administrator.application.url_map
    as_administrator.get("/me")
    before = _whole(db)
    for rule in adapter.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static":
            path = re.sub(r"<(?:(?:int|any\(([^,)]*)[^)]*\)):)?[^>]*>", lambda found: found[1] or "1", rule.rule)
            assert as_administrator.get(path).status_code < 500 or path == "/healthz", path

    assert _whole(db) == before


NOT_MEANT = {"attempt", "calendar"}  # how often one tried; a calendar's bytes as they were last rendered


def _whole(db) -> dict[str, list]:
    tables = [row["name"] for row in rows(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: rows(db, f'SELECT * FROM "{name}"') for name in tables if name not in NOT_MEANT}


def test_nothing_is_counted_for_pages_that_cost_little(as_staff, db):
    for _ in range(5):
        as_staff.get("/me")

    assert value(db, "SELECT COUNT(*) FROM attempt") == 0
