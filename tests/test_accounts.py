"""Grants over the tree, one-time links, sessions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler import accounts, audit
from scheduler.audit import SYSTEM, Actor
from scheduler.config import Sessions
from scheduler.database import run, value, write
from scheduler.errors import Conflict, NotAllowed, NotFound
from tests import builders


def as_actor(db, person_id: int) -> Actor:
    return accounts.actor(db, person_id)


def leaves(db, person_id: int, day: date) -> None:
    with write(db):
        run(db, "UPDATE person SET left_on = :day WHERE id = :id", id=person_id, day=day.isoformat())


# grants


def test_a_coordinator_of_a_unit_coordinates_all_below_it(db, town, now):
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)

    assert accounts.may(db, as_actor(db, town.party), "coordinator", town.branch, now=now)
    assert accounts.may(db, as_actor(db, town.party), "coordinator", town.office, now=now)


def test_a_coordinator_of_a_unit_has_no_say_above_or_beside_it(db, town, now):
    other = builders.unit(db, now, "科技部", town.branch)
    accounts.grant(db, town.party, "coordinator", town.office, by=SYSTEM, now=now)

    assert not accounts.may(db, as_actor(db, town.party), "coordinator", town.branch, now=now)
    assert not accounts.may(db, as_actor(db, town.party), "coordinator", other, now=now)


def test_an_administrator_may_what_a_coordinator_may_but_not_the_reverse(db, town, now):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)

    assert accounts.may(db, as_actor(db, town.head), "coordinator", town.office, now=now)
    assert not accounts.may(db, as_actor(db, town.party), "administrator", town.office, now=now)


def test_everybody_is_staff_and_the_system_may_all(db, town, now):
    assert accounts.may(db, as_actor(db, town.bo), "staff", town.branch, now=now)
    assert accounts.may(db, SYSTEM, "administrator", town.branch, now=now)


def test_what_another_unit_owns_is_not_found_rather_than_forbidden(db, town, now):
    accounts.grant(db, town.party, "coordinator", town.office, by=SYSTEM, now=now)

    with pytest.raises(NotFound) as refusal:
        accounts.require(db, as_actor(db, town.party), "coordinator", town.branch, now=now)

    assert refusal.value.code == "not_found"


def test_granting_twice_changes_nothing(db, town, now):
    first = accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    again = accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)

    assert again == first
    assert [row["act"] for row in audit.history(db, "access", first)] == ["grant"]


def test_nobody_is_granted_a_unit_that_does_not_exist(db, town, now):
    with pytest.raises(NotFound):
        accounts.grant(db, town.party, "coordinator", 999, by=SYSTEM, now=now)

    assert value(db, "SELECT COUNT(*) FROM access") == 0


def test_a_revoked_grant_is_void_at_once(db, town, now):
    access_id = accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)

    accounts.revoke(db, access_id, by=SYSTEM, now=now)

    assert not accounts.may(db, as_actor(db, town.party), "coordinator", town.branch, now=now)


def test_the_last_administrator_of_a_unit_cannot_be_revoked(db, town, now):
    access_id = accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)

    with pytest.raises(Conflict) as refusal:
        accounts.revoke(db, access_id, by=SYSTEM, now=now)

    assert refusal.value.code == "last_administrator"
    assert accounts.may(db, as_actor(db, town.head), "administrator", town.branch, now=now)


def test_an_administrator_below_another_can_be_revoked(db, town, now):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    below = accounts.grant(db, town.party, "administrator", town.office, by=SYSTEM, now=now)

    accounts.revoke(db, below, by=SYSTEM, now=now)

    found = [(row["person_id"], row["state"]) for row in accounts.grants(db, as_actor(db, town.head), now=now)]
    assert found == [(town.head, "held"), (town.party, "over")]


def test_the_list_of_grants_holds_what_the_reader_administers_only(db, town, now):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    accounts.grant(db, town.party, "administrator", town.office, by=SYSTEM, now=now)

    assert [row["unit"] for row in accounts.grants(db, as_actor(db, town.party), now=now)] == ["办公室"]
    assert accounts.grants(db, as_actor(db, town.bo), now=now) == []


def test_tops_are_the_granted_units_widest_first(db, town, now):
    accounts.grant(db, town.party, "coordinator", town.office, by=SYSTEM, now=now)
    accounts.grant(db, town.party, "administrator", town.branch, by=SYSTEM, now=now)

    tops = accounts.tops(db, as_actor(db, town.party), "coordinator", now=now)

    assert tops == [{"id": town.branch, "name": "巴中市分行"}, {"id": town.office, "name": "办公室"}]


@pytest.mark.parametrize("subject", sorted(accounts.UNIT_OF))
def test_a_thing_that_does_not_exist_belongs_to_no_unit(db, town, subject):
    with pytest.raises(NotFound):
        accounts.unit_of(db, subject, 999)


def test_a_shift_an_assignment_and_a_place_belong_to_the_unit_that_runs_them(db, town, now):
    shift_id = builders.shift(db, town, date(2026, 3, 2), [town.party])

    assert accounts.unit_of(db, "shift", shift_id) == town.branch
    assert accounts.unit_of(db, "assignment", builders.assigned(db, shift_id, town.party)) == town.branch
    assert accounts.unit_of(db, "place", town.outlet) == town.branch
    assert accounts.unit_of(db, "person", town.party) == town.office


# links and sessions


def test_a_link_signs_its_person_in(db, town, now):
    secret = accounts.sign_in(db, accounts.make_link(db, town.lan, by=SYSTEM, now=now), now=now)
    person = accounts.signed_in(db, secret, now=now)

    assert (person["person_id"], person["name"], person["unit"]) == (town.lan, "兰草", "办公室")
    assert (person["is_coordinator"], person["is_administrator"]) == (0, 0)


def test_a_link_works_once(db, town, now):
    token = accounts.make_link(db, town.lan, by=SYSTEM, now=now)
    accounts.sign_in(db, token, now=now)

    with pytest.raises(NotFound) as refusal:
        accounts.sign_in(db, token, now=now)

    assert refusal.value.code == "link_is_spent"
    assert value(db, "SELECT COUNT(*) FROM session") == 1


def test_looking_at_a_link_does_not_use_it_up(db, town, now):
    token = accounts.make_link(db, town.lan, by=SYSTEM, now=now)

    assert accounts.link_owner(db, token, now=now)["name"] == "兰草"
    assert accounts.sign_in(db, token, now=now)


def test_a_link_is_good_for_a_day(db, town, now):
    token = accounts.make_link(db, town.lan, by=SYSTEM, now=now)

    assert accounts.link_owner(db, token, now=now + timedelta(hours=23, minutes=59))
    with pytest.raises(NotFound):
        accounts.link_owner(db, token, now=now + timedelta(hours=24))


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "\x00", "长" * 500])
def test_an_unknown_token_signs_nobody_in(db, town, now, token):
    with pytest.raises(NotFound):
        accounts.sign_in(db, token, now=now)


def test_only_hashes_of_secrets_are_kept(db, town, now):
    token = accounts.make_link(db, town.lan, by=SYSTEM, now=now)
    secret = accounts.sign_in(db, token, now=now)

    stored = str([list(table.rows) for table in db.tables])

    assert token not in stored
    assert secret not in stored


def test_nobody_makes_a_link_for_one_who_may_more(db, town, now):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)

    with pytest.raises(NotAllowed) as refusal:
        accounts.make_link(db, town.head, by=as_actor(db, town.party), now=now)

    assert refusal.value.code == "link_above_own_rights"
    assert accounts.make_link(db, town.lan, by=as_actor(db, town.party), now=now)
    assert accounts.make_link(db, town.party, by=as_actor(db, town.head), now=now)


def test_one_who_has_left_gets_no_link_and_is_signed_out_everywhere(db, town, now):
    token = accounts.make_link(db, town.lan, by=SYSTEM, now=now)
    secret = accounts.sign_in(db, accounts.make_link(db, town.lan, by=SYSTEM, now=now), now=now)
    leaves(db, town.lan, date(2026, 2, 27))

    with pytest.raises(Conflict):
        accounts.make_link(db, town.lan, by=SYSTEM, now=now)
    with pytest.raises(NotFound):
        accounts.sign_in(db, token, now=now)
    assert accounts.signed_in(db, secret, now=now) is None


def test_the_last_day_still_counts(db, town, now):
    leaves(db, town.lan, date(2026, 2, 28))

    assert accounts.make_link(db, town.lan, by=SYSTEM, now=now)


def test_signing_out_ends_the_session_at_once_and_only_that_one(db, town, now):
    phone, desk = (
        accounts.sign_in(db, accounts.make_link(db, town.lan, by=SYSTEM, now=now), now=now) for _ in range(2)
    )

    accounts.sign_out(db, phone, now=now)
    accounts.sign_out(db, phone, now=now)

    assert accounts.signed_in(db, phone, now=now) is None
    assert accounts.signed_in(db, desk, now=now)["person_id"] == town.lan


def session_of(db, person_id, now) -> str:
    return accounts.sign_in(db, accounts.make_link(db, person_id, by=SYSTEM, now=now), now=now)


def test_a_session_that_is_not_used_ends_after_two_weeks(db, town, now):
    secret, used = session_of(db, town.lan, now), now + timedelta(days=13)
    accounts.note_use(db, accounts.signed_in(db, secret, now=used)["session_id"], now=used)

    assert accounts.signed_in(db, secret, now=used + timedelta(days=13))
    assert accounts.signed_in(db, secret, now=used + timedelta(days=14)) is None


def test_whoever_coordinates_signs_in_anew_after_half_a_day_without_use(db, town, now):
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    secret = session_of(db, town.party, now)

    assert accounts.signed_in(db, secret, now=now + timedelta(hours=11))
    assert accounts.signed_in(db, secret, now=now + timedelta(hours=12)) is None


def test_a_session_that_is_used_every_day_ends_after_thirty_days(db, town, now):
    secret = session_of(db, town.lan, now)
    for day in range(1, 30):
        used = now + timedelta(days=day)
        accounts.note_use(db, accounts.signed_in(db, secret, now=used)["session_id"], now=used)

    assert accounts.signed_in(db, secret, now=now + timedelta(days=29, hours=23))
    assert accounts.signed_in(db, secret, now=now + timedelta(days=30)) is None


def test_how_long_is_a_setting(db, town, now):
    keep = Sessions(idle_hours=1, days=1)
    secret = accounts.sign_in(db, accounts.make_link(db, town.lan, by=SYSTEM, now=now), keep=keep, now=now)

    assert accounts.signed_in(db, secret, keep=keep, now=now + timedelta(minutes=59))
    assert accounts.signed_in(db, secret, keep=keep, now=now + timedelta(minutes=60)) is None
    assert accounts.signed_in(db, secret, now=now + timedelta(hours=24)) is None


def test_a_session_is_noted_as_used_twice_an_hour(db, town, now):
    session = accounts.signed_in(db, session_of(db, town.lan, now), now=now)

    assert not accounts.is_to_note(session, now=now + timedelta(minutes=29))
    assert accounts.is_to_note(session, now=now + timedelta(minutes=30))


def test_an_ended_session_is_not_revived(db, town, now):
    secret = accounts.sign_in(db, accounts.make_link(db, town.lan, by=SYSTEM, now=now), now=now)
    session_id = accounts.signed_in(db, secret, now=now)["session_id"]
    accounts.sign_out(db, secret, now=now)

    accounts.note_use(db, session_id, now=now)

    assert accounts.signed_in(db, secret, now=now) is None


def test_a_person_chooses_the_language(db, town, now):
    accounts.speak(db, town.lan, "en", by=as_actor(db, town.lan), now=now)

    assert value(db, "SELECT lang FROM person WHERE id = :id", id=town.lan) == "en"
    assert audit.history(db, "person", town.lan)[0]["act"] == "speak"


def test_an_unknown_person_does_not_act(db):
    with pytest.raises(NotFound):
        accounts.actor(db, 999)
