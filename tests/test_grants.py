"""Grants have days: who reads and who changes what, from when to when; the sessions of before end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler import accounts, audit, people
from scheduler.audit import SYSTEM
from scheduler.database import IntegrityError, insert, run, value
from scheduler.errors import Conflict, Invalid, NotAllowed, NotFound
from tests import builders
from tests.conftest import signed_in

SATURDAY, SUNDAY, MONDAY = date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)


def as_actor(db, person_id):
    return accounts.actor(db, person_id)


def given(db, town, now, role, unit_id=None, **days):
    return accounts.grant(db, town.party, role, unit_id or town.branch, **days, by=SYSTEM, now=now)


ASKED = ("reader", "examiner", "overseer", "coordinator", "administrator")


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("unit_head", {"reader"}),
        ("auditor", {"reader", "examiner", "overseer"}),
        ("coordinator", {"reader", "examiner", "coordinator"}),
        ("administrator", set(ASKED)),
    ],
)
def test_what_a_role_may_over_its_whole_subtree(db, town, now, role, may):
    given(db, town, now, role)
    elsewhere = builders.unit(db, now, "电信公司")
    actor = as_actor(db, town.party)

    for unit_id in (town.branch, town.office):
        assert {asked for asked in ASKED if accounts.may(db, actor, asked, unit_id, now=now)} == may
    assert {asked for asked in ASKED if accounts.may(db, actor, asked, elsewhere, now=now)} == set()


def test_who_only_reads_is_told_so_and_a_stranger_learns_nothing(db, town, now):
    given(db, town, now, "auditor", town.office)
    actor = as_actor(db, town.party)

    with pytest.raises(NotAllowed) as refusal:
        accounts.require(db, actor, "coordinator", town.office, now=now)
    assert refusal.value.code == "reads_only"
    with pytest.raises(NotFound):
        accounts.require(db, actor, "coordinator", town.branch, now=now)
    with pytest.raises(NotFound):
        accounts.require(db, as_actor(db, town.bo), "coordinator", town.office, now=now)


def test_a_grant_counts_from_its_first_day_to_its_last(db, town, now):
    given(db, town, now, "coordinator", starts_on=SUNDAY, ends_on=MONDAY)
    actor = as_actor(db, town.party)

    held = [
        accounts.may(db, actor, "coordinator", town.office, now=now + timedelta(days=days)) for days in (0, 1, 2, 3)
    ]
    assert held == [False, True, True, False]
    assert [len(accounts.tops(db, actor, "reader", now=now + timedelta(days=days))) for days in (0, 1, 3)] == [0, 1, 0]


def test_days_that_are_over_or_the_wrong_way_round_are_refused(db, town, now):
    for days, code in (
        ({"starts_on": MONDAY, "ends_on": SUNDAY}, "end_before_start"),
        ({"starts_on": SATURDAY - timedelta(days=9), "ends_on": SATURDAY - timedelta(days=1)}, "day_is_over"),
    ):
        with pytest.raises(Invalid) as refusal:
            given(db, town, now, "coordinator", **days)
        assert refusal.value.code == code
    assert value(db, "SELECT COUNT(*) FROM access") == 0


def test_the_same_role_is_held_once_on_a_day(db, town, now):
    first = given(db, town, now, "coordinator", ends_on=MONDAY)

    assert given(db, town, now, "coordinator", ends_on=SUNDAY) == first
    with pytest.raises(Conflict) as refusal:
        given(db, town, now, "coordinator")
    assert refusal.value.code == "grant_overlaps"
    assert given(db, town, now, "coordinator", starts_on=MONDAY + timedelta(days=1)) != first
    assert given(db, town, now, "auditor") != first
    with pytest.raises(IntegrityError, match="grant_overlaps"):
        insert(db, "access", person_id=town.party, role="auditor", unit_id=town.branch)


def test_an_ended_grant_is_kept_as_it_was(db, town, now):
    access_id = given(db, town, now, "coordinator")
    accounts.revoke(db, access_id, by=SYSTEM, now=now)

    with pytest.raises(Conflict) as refusal:
        accounts.revoke(db, access_id, by=SYSTEM, now=now)
    assert refusal.value.code == "grant_has_ended"
    assert [row["act"] for row in audit.history(db, "access", access_id)] == ["revoke", "grant"]
    for sql in (
        "DELETE FROM access",
        "UPDATE access SET ended_at = NULL, ended_by = NULL",
        "UPDATE access SET role = 'auditor'",
    ):
        with pytest.raises(IntegrityError):
            run(db, sql)
    assert given(db, town, now, "coordinator") != access_id


def test_a_last_day_may_be_set_and_holds_until_then(db, town, now):
    access_id = given(db, town, now, "coordinator")
    accounts.revoke(db, access_id, last_day=SUNDAY, by=SYSTEM, now=now)
    actor = as_actor(db, town.party)

    assert accounts.may(db, actor, "coordinator", town.branch, now=now + timedelta(days=1))
    assert not accounts.may(db, actor, "coordinator", town.branch, now=now + timedelta(days=2))
    with pytest.raises(Invalid):
        accounts.revoke(db, access_id, last_day=SATURDAY - timedelta(days=1), by=SYSTEM, now=now)
    with pytest.raises(Conflict):
        accounts.revoke(db, access_id, by=SYSTEM, now=now + timedelta(days=2))


# the last administrator


@pytest.mark.parametrize("last_day", [None, MONDAY])
def test_the_last_administrator_stays_even_beside_one_whose_days_are_counted(db, town, now, last_day):
    access_id = accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    given(db, town, now, "administrator", ends_on=MONDAY + timedelta(days=30))

    with pytest.raises(Conflict) as refusal:
        accounts.revoke(db, access_id, last_day=last_day, by=SYSTEM, now=now)

    assert refusal.value.code == "last_administrator"
    assert value(db, "SELECT COUNT(*) FROM access WHERE ends_on IS NULL AND ended_at IS NULL") == 1


def test_the_last_administrator_does_not_leave(db, town, now):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)

    with pytest.raises(Conflict) as refusal:
        people.change(db, town.head, version=1, left_on=MONDAY, by=SYSTEM, now=now)
    assert refusal.value.code == "last_administrator"

    given(db, town, now, "administrator")
    people.change(db, town.head, version=1, left_on=MONDAY, by=SYSTEM, now=now)
    assert value(db, "SELECT left_on FROM person WHERE id = :id", id=town.head) == "2026-03-02"


# sessions and links


def session_of(db, person_id, now):
    return accounts.sign_in(db, accounts.make_link(db, person_id, by=SYSTEM, now=now), now=now)


def test_a_change_of_role_ends_the_sessions_of_before_and_of_nobody_else(db, town, now):
    before, other = session_of(db, town.party, now), session_of(db, town.lan, now)
    access_id = given(db, town, now, "coordinator")
    between = session_of(db, town.party, now)

    assert accounts.signed_in(db, before, now=now) is None
    assert accounts.signed_in(db, between, now=now)["is_coordinator"]
    accounts.revoke(db, access_id, by=SYSTEM, now=now)
    assert accounts.signed_in(db, between, now=now) is None
    assert accounts.signed_in(db, other, now=now) is not None


def test_granting_what_is_held_already_ends_no_session(db, town, now):
    given(db, town, now, "coordinator")
    secret = session_of(db, town.party, now)
    given(db, town, now, "coordinator")

    assert accounts.signed_in(db, secret, now=now) is not None


@pytest.mark.parametrize(
    ("held", "may"),
    [("coordinator", True), ("unit_head", True), ("auditor", False), ("administrator", False)],
)
def test_a_coordinator_makes_a_link_for_nobody_who_may_more(db, town, now, held, may):
    given(db, town, now, "coordinator")
    accounts.grant(db, town.lan, held, town.branch, starts_on=MONDAY, by=SYSTEM, now=now)

    if may:
        assert accounts.make_link(db, town.lan, by=as_actor(db, town.party), now=now)
        return
    with pytest.raises(NotAllowed):
        accounts.make_link(db, town.lan, by=as_actor(db, town.party), now=now)


# pages


def test_an_administrator_grants_from_a_day_to_a_day_and_sets_the_last_one(as_administrator, db, town):
    form = {"staff_no": "0004", "role": "unit_head", "unit_id": town.office, "starts_on": "2026-03-02", "ends_on": ""}
    assert as_administrator.post("/access", data=form).status_code == 303
    access_id = value(db, "SELECT id FROM access WHERE person_id = :id", id=town.lan)
    page = as_administrator.get("/access").text

    assert "负责人" in page
    assert "2026-03-02–" in page
    assert "尚未开始" in page
    assert as_administrator.post(f"/access/{access_id}/revoke", data={"ends_on": "2026-03-01"}).status_code == 422
    assert as_administrator.post(f"/access/{access_id}/revoke", data={"ends_on": "2026-03-31"}).status_code == 303
    assert value(db, "SELECT ends_on FROM access WHERE id = :id", id=access_id) == "2026-03-31"


def test_an_auditor_reads_what_an_administrator_sees_and_is_offered_nothing_to_change(client, db, town, now):
    given(db, town, now, "auditor")
    browser = signed_in(client, db, town.party, now)

    for path in ("/access", "/rosters", "/people", "/operations", "/rules", f"/people/{town.lan}"):
        page = browser.get(path)
        assert page.status_code == 200
        forms = page.text.count('method="post"')
        assert (path, forms) == (path, 2)  # the language, signing out
    refused = browser.post("/access", data={"staff_no": "0004", "role": "coordinator", "unit_id": town.office})
    assert refused.status_code == 403
    assert "您只能查看，不能更改。" in refused.text
    assert value(db, "SELECT COUNT(*) FROM access") == 1


def test_a_unit_head_is_led_to_the_rosters_and_not_to_operations(client, db, town, now):
    given(db, town, now, "unit_head", town.office)
    browser = signed_in(client, db, town.party, now)

    assert browser.get("/").location == "/rosters"
    assert browser.get("/operations").status_code == 403
    assert browser.get(f"/people/{town.lan}").status_code == 200
    assert browser.get(f"/people/{town.head}").status_code == 404
    assert "/operations" not in browser.get("/rosters").text
