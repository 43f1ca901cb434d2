"""Every route, every role, own and foreign: each is answered as the table says, and a refusal writes nothing."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import jinja2
import pytest
from flask import Flask

from scheduler import accounts, clock, database, people
from scheduler.audit import SYSTEM
from scheduler.config import Mail, Settings, Site
from scheduler.database import Database, insert, one, run, value, write
from tests import builders, matrix
from web import create_app
from web.session import COOKIE

NOW = datetime(2026, 2, 28, 1, 0, tzinfo=UTC)
LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"?#]*)')
LET_IN = {200, 302, 303, 400, 409, 422}
GRANTS = {"coordinator": "coordinator", "head": "unit_head", "auditor": "auditor", "administrator": "administrator"}


@dataclass
class World:
    app: Flask
    db: Database
    secrets: dict[str, str]
    ids: dict[str, object]
    kept: Database


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("matrix")
    settings = Settings(site=Site(secret_key="for tests only " * 3), mail=Mail(host="127.0.0.1"), folder=folder)
    db = database.connect(settings.database, ZoneInfo("Asia/Shanghai"))
    database.migrate(db)
    town = builders.town(db, NOW)
    ids, secrets = things(db, town), readers(db, town)
    kept = database.connect(":memory:", ZoneInfo("Asia/Shanghai"))
    db.conn.backup(kept.conn)
    app = create_app(settings, now=lambda: NOW)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    yield World(app, db, secrets, ids, kept)
    db.close()
    kept.close()


def readers(db, town):
    """One of each, signed in."""
    province, beside = builders.unit(db, NOW, "省公司"), builders.unit(db, NOW, "平昌县公司")
    run(db, "UPDATE unit SET parent_id = :top WHERE id IN (:one, :two)", top=province, one=town.branch, two=beside)
    over = {"beside": beside, "above": province, "": town.branch}
    found = {"staff": session(db, town.bo), "leaver": session(db, town.min)}
    for number, reader in enumerate(matrix.READERS[3:]):
        role, _, where = reader.partition(" ")
        person_id = builders.person(db, NOW, beside, f"9{number:03}", f"读者{number}")
        accounts.grant(db, person_id, GRANTS[role], over[where], by=SYSTEM, now=NOW)
        found[reader] = session(db, person_id)
    people.change(db, town.min, version=1, left_on=date(2026, 2, 27), by=SYSTEM, now=NOW)
    return found


def session(db, person_id):
    return accounts.sign_in(db, accounts.make_link(db, person_id, by=SYSTEM, now=NOW), now=NOW)


def things(db, town):
    """One of everything that an address may name: the name of the view's argument → id."""
    at, later = clock.to_text(NOW), clock.to_text(NOW + timedelta(days=3))
    builders.held(db, town, date(2026, 2, 20), [town.party])
    coming = builders.shift(db, town, date(2026, 3, 9), [town.party, town.lan])
    shift = builders.shift(db, town, date(2026, 2, 27), [town.party])
    assignment = builders.assigned(db, coming, town.party)
    with write(db):
        ids = {
            "shift_id": shift, "assignment_id": assignment, "duty_id": assignment, "_assignment_id": assignment,
            "roster_id": value(db, "SELECT roster_id FROM shift WHERE id = :id", id=shift),
            "away_id": insert(db, "away", person_id=town.lan, kind="leave", starts_at=at, ends_at=later),
            "calendar_id": insert(db, "leave_calendar", person_id=town.lan, url="https://a.example/x.ics", takes="all",
                                  given_by="x", given_at=at, next_at=at),
            "channel_id": insert(db, "channel", unit_id=town.branch, kind="ntfy", name="n", made_at=at,
                                 settings='{"url": "https://a.example/t", "secret": ""}'),
            "check_in_id": insert(db, "check_in", assignment_id=builders.assigned(db, shift, town.party), at=at,
                                  received_at=at, way="code", late=0),
            "quota_id": insert(db, "quota", unit_id=town.branch, role="head", activity_id=1, least=1,
                               starts_on="2026-01-01"),
            "target_id": insert(db, "unit_quota", unit_id=town.branch, period="year", basis="fixed", amount=5,
                                starts_on="2026-01-01"),
            "close_id": insert(db, "month_close", unit_id=town.branch, month="2026-01", closed_at=at, closed_by="x",
                               unconfirmed=0, trips=0, people=0, last_entry=0, head="0" * 64),
            "batch_id": insert(db, "balance_batch", file="a.csv", digest="x", lines=1, trips=1, made_at=at,
                               made_by="x", unit_id=town.branch),
            "message_id": insert(db, "outbox", key="k", message_id="m", kind="digest", channel="email",
                                 person_id=town.lan, address="a@b.example", subject="s", body="b", state="failed",
                                 due_at=at, expires_at=later, made_at=at),
            "problem_id": insert(db, "shift_problem", shift_id=shift, text="t", follow_up_id=town.party, found_at=at,
                                 found_by="x"),
            "wish_id": insert(db, "wish", person_id=town.party, kind="avoid", strength=1, weekday=1, made_at=at),
            "sponsorship_id": insert(db, "sponsorship", place_id=town.community, unit_id=town.office,
                                     starts_on="2026-01-01"),
            "session_id": insert(db, "session", token_hash="x", person_id=town.lan, made_at=at, seen_at=at,
                                 expires_at=later),
            "opening_id": insert(db, "opening", shift_id=coming, seats=2, rule="first_come", closes_at=later,
                                 opened_at=at, opened_by="x"),
        }  # fmt: skip
        ids["approval_id"] = insert(
            db, "approval", act="reopen_month", subject="month_close", subject_id=ids["close_id"], unit_id=town.branch,
            facts='{"unit": "x", "month": "2026-01", "trips": 0}', reason="x", asked_by=town.head, asked_at=at,
            expires_at=later,
        )  # fmt: skip
        ids["intake_id"] = insert(
            db, "intake", key="x", kind="people", unit_id=town.branch, file="a.csv", bytes=1, made_at=at,
            made_by=town.head, changed_at=at,
        )  # fmt: skip
        ids["handout_id"] = insert(
            db, "handout", key="0" * 32, kind="trips.csv", unit_id=town.branch, args='{"period": "2026", "unit": "1"}',
            listing="trips", lang="zh", made_by=town.head, made_at=at,
        )  # fmt: skip
        ids["export_id"] = insert(
            db, "scheduled_export", unit_id=town.branch, name="n", args="{}", every="month", receivers="[1]",
            lang="zh", made_by=town.head, made_at=at,
        )  # fmt: skip
        ids["scenario_id"] = insert(
            db, "scenario", roster_id=ids["roster_id"], emphasis="none", asked_by="x", made_at=at
        )
        ids["sign_up_id"] = insert(db, "sign_up", opening_id=ids["opening_id"], person_id=town.bo, at=at)
        asked = {"shift_id": coming, "person_id": town.party, "kind": "cover", "asked_at": at, "asked_by": "x"}
        swap = insert(db, "swap_request", **asked)
        ids["offer_id"] = insert(db, "swap_offer", request_id=swap, person_id=town.lan)
        leave = {"person_id": town.lan, "kind": "leave", "starts_at": at, "ends_at": later, "asked_at": at}
        ids["request_id"] = {"leave": insert(db, "leave_request", **leave), "swaps": swap}
    return ids | {
        "person_id": town.lan, "place_id": town.outlet, "template_id": town.lobby, "unit_id": town.branch,
        "activity_id": 1, "access_id": None, "number": 1, "entry_id": 1, "_opening_id": ids["opening_id"],
        "_offer_id": ids["offer_id"], "_scenario_id": ids["scenario_id"], "_act": "seat",
        "act": {"swaps": "approve", "": "seat"},
        "token": "x" * 43, "ending": "csv", "kind": {"units": "calendar", "": "leave"}, "name": "prune",
        "first": "2026-02-23", "_form": "forgot", "day": "2026-03-03", "filename": "css/tokens.css",
    }  # fmt: skip


def address(world, rule):
    """The rule with something of the county in each gap."""
    first = next((part for part in rule.rule.split("/") if part in ("leave", "swaps", "units", "messages")), "")
    filled = {name: world.ids[name] for name in rule.arguments}
    filled = {name: held.get(first, held.get("")) if isinstance(held, dict) else held for name, held in filled.items()}
    if "access_id" in filled:
        filled["access_id"] = value(
            world.db,
            "SELECT id FROM access WHERE role = 'coordinator' AND unit_id = :id",
            id=world.ids["unit_id"],
        )
    return world.app.url_map.bind("localhost").build(rule.endpoint, filled)


def routes(app):
    """Verb, rule → werkzeug's rule."""
    return {(verb, rule.rule): rule for rule in app.url_map.iter_rules() for verb in rule.methods - {"HEAD", "OPTIONS"}}


def answer(response):
    """The answer as a word of the table."""
    if response.status_code == 303 and response.location.startswith("/signin"):
        return "door"
    return "in" if response.status_code in LET_IN else str(response.status_code)


def missing(asked):
    """What else a route may say to whom it lets in: there is none, it is somebody else's; nothing works behind it."""
    if asked == "public":
        return ("404", "503", "door")
    return ("404", "403") if asked == "staff ~" else ("404",) if asked.endswith("~") else ()


def written(db):
    """Moves on whenever another connection has written."""
    return value(db, "PRAGMA data_version")


def test_every_route_has_its_row(world):
    assert set(matrix.rows()) == set(routes(world.app))
    assert {asked.removesuffix(" ~") for asked in matrix.rows().values()} - set(matrix.ANSWERS) == set()


@pytest.mark.parametrize("reader", matrix.READERS)
def test_each_is_answered_as_the_table_says_and_a_refusal_writes_nothing(world, reader, monkeypatch):
    monkeypatch.setattr(jinja2.Template, "render", lambda *_, **__: "")  # who is let in: not what pages look like
    browser = world.app.test_client()
    if reader in world.secrets:
        browser.set_cookie(COOKIE, world.secrets[reader])
    wrong = {}

    for (verb, rule), route in routes(world.app).items():
        asked = matrix.rows()[verb, rule]
        if rule == "/signout" or (reader != "nobody" and asked == "public"):
            continue
        before, acts = written(world.db), value(world.db, "SELECT COUNT(*) FROM audit")
        told = answer(
            browser.open(
                address(world, route), method=verb, data={"unit_id": world.ids["unit_id"]} if verb == "POST" else None
            )
        )
        due = matrix.expected(asked)[reader]
        has_written = written(world.db) != before
        if told != due and not (due == "in" and told in missing(asked)):
            wrong[f"{verb} {rule}"] = f"{told}, not {due}"
        if told != "in" and value(world.db, "SELECT COUNT(*) FROM audit") != acts:  # tries are counted all the same
            wrong[f"{verb} {rule}"] = f"{told}, and something was written"
        if has_written:
            world.kept.conn.backup(world.db.conn)

    assert wrong == {}


@pytest.mark.parametrize("reader", ["head", "auditor"])
def test_no_link_on_a_readers_pages_ends_in_a_refusal(world, reader, monkeypatch):
    browser, links = _browser(world, reader), {}
    for (verb, rule), route in routes(world.app).items():
        if verb == "GET" and matrix.expected(matrix.rows()[verb, rule])[reader] == "in":
            page = browser.get(address(world, route))
            if page.mimetype == "text/html" and page.status_code == 200:
                links |= {unescape(path): rule for path in LINK.findall(page.text)}
    monkeypatch.setattr(jinja2.Template, "render", lambda *_, **__: "")

    refused = {path: rule for path, rule in links.items() if answer(browser.get(path)) in ("403", "404")}

    assert refused == {}
    assert len(links) > 40


def test_a_file_for_a_unit_of_others_is_refused_and_not_kept(world):
    file = (io.BytesIO("姓名,工号\n".encode()), "people.csv")
    sent = {"kind": "people", "unit_id": world.ids["unit_id"], "file": file}
    held = value(world.db, "SELECT COUNT(*) FROM intake")

    assert _browser(world, "coordinator beside").post("/imports", data=sent).status_code == 422
    assert value(world.db, "SELECT COUNT(*) FROM intake") == held


def test_fields_that_no_form_has_change_nothing(world):
    before = _person(world)
    more = {"id": 1, "staff_no": "1", "unit_id": 1, "role": "head", "party": "1", "left_on": "2026-01-01", "key": "x"}

    answered = _browser(world, "staff").post("/me/settings", data={"lang": before["lang"], **more})

    assert answered.status_code == 303
    assert _person(world) == before
    assert value(world.db, "SELECT COUNT(*) FROM access WHERE person_id = :id", id=before["id"]) == 0


def test_the_session_of_another_is_not_ones_own_to_end(world):
    address, sql = f"/me/sessions/{world.ids['session_id']}/end", "SELECT ended_at FROM session WHERE id = :id"

    assert _browser(world, "administrator").post(address).status_code == 404
    assert value(world.db, sql, id=world.ids["session_id"]) is None


def _browser(world, reader):
    browser = world.app.test_client()
    browser.set_cookie(COOKIE, world.secrets[reader])
    return browser


def _person(world):
    secret = world.secrets["staff"]
    person_id = accounts.signed_in(world.db, secret, now=NOW)["person_id"]
    columns = "id, key, staff_no, name, unit_id, role, party, left_on, lang"
    return one(world.db, f"SELECT {columns} FROM person WHERE id = :id", id=person_id)
