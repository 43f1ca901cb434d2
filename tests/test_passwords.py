"""Passwords: what one may be, who gets in by one, and who is made to wait."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

import pytest
from argon2 import PasswordHasher

from scheduler import accounts, audit
from scheduler.accounts import Client, passwords
from scheduler.audit import SYSTEM
from scheduler.config import Sessions
from scheduler.database import connect, one, rows, run, value, write
from scheduler.errors import Busy, Conflict, Invalid, NotAllowed, NotFound, TooMany
from tests import builders
from tests.conftest import SHANGHAI

GOOD = "竹林 kettle 顺江而下 42"
OTHER = "lamp orchard ninety quilts"
KEEP = Sessions()
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """The same algorithm with less work: what is counted and refused does not hang on it."""
    monkeypatch.setattr(passwords, "HASHER", QUICK)


def has(db, person_id, now, text=GOOD) -> None:
    accounts.set_password(db, person_id, text, by=accounts.actor(db, person_id), now=now)


def tries(db, staff_no, text, now, address="10.0.0.1") -> str:
    """The session's secret, or why not."""
    try:
        return accounts.sign_in_by_password(db, staff_no, text, client=Client("", address), keep=KEEP, now=now)
    except (Invalid, TooMany) as refusal:
        return refusal.code


# what one may be


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "password_too_short"),
        ("竹林kettle42", "password_too_short"),
        ("①" * 11, "password_too_short"),
        ("x9" * 65, "password_too_long"),
        ("password1234", "password_is_common"),
        ("P@ssw0rd1234", "password_is_common"),
        ("qwertyuiop123", "password_is_common"),
        ("1qaz2wsx3edc", "password_is_common"),
        ("ｐａｓｓｗｏｒｄ１２３４", "password_is_common"),
        ("aaaaaaaaaaaaaaaa", "password_is_common"),
        ("123456789012", "password_is_common"),
        ("woaini1314520", "password_is_common"),
        ("letmeinletmein", "password_is_common"),
        ("zhiban123456", "password_is_common"),
        ("兰草 kettle orchard", "password_holds_name"),
        ("orchard-0004-kettle", "password_holds_name"),
        ("orchard 办公室 kettle", "password_holds_name"),
    ],
)
def test_a_password_that_is_short_common_or_ones_own_name_is_refused(db, town, now, text, code):
    with pytest.raises(Invalid) as refusal:
        has(db, town.lan, now, text)

    assert (refusal.value.code, refusal.value.problems[0].field) == (code, "password")
    assert value(db, "SELECT COUNT(*) FROM password") == 0


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        OTHER,
        "correcthorsebatterystaple",
        "春江潮水连海平海上明月共潮生",
        "月落乌啼霜满天 x9kd" * 6,
        "jw7 kqp2 vm9z",
    ],
)
def test_any_letters_will_do_where_they_are_many_and_rare(db, town, now, text):
    has(db, town.lan, now, text)

    assert len(tries(db, "0004", text, now)) == 43


def test_every_keyboard_gives_the_same_password(db, town, now):
    has(db, town.lan, now, "ｋｅｔｔｌｅ　orchard é 42")

    assert len(tries(db, "0004", "kettle orchard é 42", now)) == 43


def test_a_password_is_kept_as_argon2id_and_told_to_nobody(db, town, now):
    has(db, town.lan, now)

    assert value(db, "SELECT hash FROM password").startswith("$argon2id$v=19$")
    assert GOOD not in str(rows(db, "SELECT * FROM audit")) + str(rows(db, "SELECT * FROM password"))


def test_the_parameters_are_those_of_rfc_9106():
    usual = passwords.RFC_9106

    assert (usual.time_cost, usual.memory_cost, usual.parallelism, usual.type.name) == (3, 65536, 4, "ID")


def test_a_password_is_hashed_anew_when_the_parameters_change(db, town, now, monkeypatch):
    has(db, town.lan, now)
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=2, memory_cost=128, parallelism=1))

    assert len(tries(db, "0004", GOOD, now)) == 43
    assert "$m=128,t=2,p=1$" in value(db, "SELECT hash FROM password")
    assert len(tries(db, "0004", GOOD, now)) == 43


# who gets in


@pytest.mark.parametrize(
    ("staff_no", "text"), [("0004", OTHER), ("9999", GOOD), ("0005", GOOD), ("", ""), ("0004'--", GOOD)]
)
def test_a_wrong_number_a_wrong_password_and_no_password_are_told_alike(db, town, now, staff_no, text):
    has(db, town.lan, now)

    assert tries(db, staff_no, text, now) == "password_is_wrong"
    assert value(db, "SELECT COUNT(*) FROM session") == 0


def test_one_who_is_unknown_is_refused_after_the_same_work(db, town, now, monkeypatch):
    has(db, town.lan, now)
    verified = []
    monkeypatch.setattr(passwords, "_matches", lambda held, text: verified.append(held.rpartition("p=")[0]))

    for staff_no in ("0004", "0005", "9999"):
        tries(db, staff_no, OTHER, now)

    assert len(verified) == 3
    assert len(set(verified)) == 1


def test_one_who_has_left_does_not_get_in(db, town, now):
    has(db, town.lan, now)
    with write(db):
        run(db, "UPDATE person SET left_on = '2026-02-01' WHERE id = :id", id=town.lan)

    assert tries(db, "0004", GOOD, now) == "password_is_wrong"
    with pytest.raises(Conflict):
        has(db, town.lan, now, OTHER)


def test_a_refused_sign_in_is_in_the_audit_without_what_was_typed(db, town, now):
    has(db, town.lan, now)
    tries(db, "0004", OTHER, now)
    tries(db, "9999 or a password", OTHER, now)

    assert audit.history(db, "person", town.lan)[0] | {"id": 0, "at": 0} == {
        "id": 0, "at": 0, "actor": "system", "act": "sign_in_refused", "facts": {"address": "10.0.0.1"},
    }  # fmt: skip
    assert "9999" not in str(rows(db, "SELECT * FROM audit"))
    assert OTHER not in str(rows(db, "SELECT * FROM audit"))


# who waits


def test_a_hundred_wrong_passwords_then_the_right_one_from_another_address_is_in(db, town, now):
    has(db, town.lan, now)
    told = [tries(db, "0004", f"wrong {number}", now, "10.0.0.66") for number in range(100)]

    assert set(told) == {"password_is_wrong", "too_many_tries"}
    assert told.count("password_is_wrong") == 6
    assert tries(db, "0004", GOOD, now, "10.0.0.66") == "too_many_tries"
    assert len(tries(db, "0004", GOOD, now, "10.0.0.1")) == 43


def test_a_hundred_wrong_passwords_from_a_hundred_addresses_keep_nobody_out(db, town, now):
    has(db, town.lan, now)
    for number in range(100):
        assert tries(db, "0004", "wrong", now, f"10.0.1.{number}") == "password_is_wrong"

    assert len(tries(db, "0004", GOOD, now, "10.0.0.1")) == 43


def test_the_wait_grows_and_ends(db, town, now):
    has(db, town.lan, now)
    waits = []
    for _ in range(8):
        while tries(db, "0004", "wrong", now) != "too_many_tries":
            pass
        begun = now
        while tries(db, "0004", "wrong", now) == "too_many_tries":
            now += timedelta(seconds=15)
        waits.append((now - begun).total_seconds())

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    assert len(tries(db, "0004", GOOD, now)) == 43


def test_guessing_from_everywhere_at_once_is_slowed_but_never_stopped_for_ever(db, town, now):
    has(db, town.lan, now)
    told = [tries(db, "0004", "wrong", now, f"10.1.{number // 200}.{number % 200}") for number in range(300)]

    assert told.count("password_is_wrong") == 200
    assert tries(db, "0004", GOOD, now, "10.0.0.1") == "too_many_tries"
    assert len(tries(db, "0004", GOOD, now + timedelta(minutes=5), "10.0.0.1")) == 43


def test_one_who_tries_every_account_waits_too(db, town, now):
    told = [tries(db, f"{number:04}", "wrong", now) for number in range(120)]

    assert told.count("password_is_wrong") == 100


def test_whoever_was_signed_in_from_an_address_before_is_not_kept_out_by_others(db, town, now):
    has(db, town.lan, now)
    has(db, town.min, now, OTHER)
    assert len(tries(db, "0004", GOOD, now)) == 43
    for number in range(120):
        tries(db, f"{number + 500:04}", "wrong", now)
    for number in range(240):
        tries(db, "0004", "wrong", now, f"10.2.{number // 200}.{number % 200}")

    assert tries(db, "0005", OTHER, now) == "too_many_tries"
    assert len(tries(db, "0004", GOOD, now)) == 43


def test_what_was_counted_is_void_once_one_is_in(db, town, now):
    has(db, town.lan, now)
    for _ in range(4):
        for _ in range(5):
            assert tries(db, "0004", "wrong", now) == "password_is_wrong"
        assert len(tries(db, "0004", GOOD, now)) == 43


def test_tries_are_counted_across_processes(db, settings, app, town, now):
    has(db, town.lan, now)
    other = connect(settings.database, SHANGHAI)
    told = [tries(each, "0004", "wrong", now) for _ in range(5) for each in (db, other)]
    other.close()

    assert told == ["password_is_wrong"] * 6 + ["too_many_tries"] * 4


def test_only_so_many_hash_at_once_and_who_finds_no_room_is_told(monkeypatch):
    seen, now_hashing, is_full = [], [], Event()
    monkeypatch.setattr(passwords, "_waiting", passwords.BoundedSemaphore(6))

    def hashes() -> None:
        try:
            with passwords.turn():
                now_hashing.append(1)
                seen.append(len(now_hashing))
                is_full.wait(10)
                now_hashing.pop()
        except Busy as refusal:
            seen.append(refusal.code)
            if seen.count(refusal.code) == 10:
                is_full.set()

    threads = [Thread(target=hashes) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(each for each in seen if isinstance(each, int)) == passwords.AT_ONCE
    assert seen.count("signin_is_busy") == 10


# what ends sessions


def session_of(db, person_id, now) -> str:
    return accounts.sign_in(db, accounts.make_link(db, person_id, by=SYSTEM, now=now), now=now)


def test_a_new_password_ends_every_session_and_voids_every_link(db, town, now):
    phone, neighbour = session_of(db, town.lan, now), session_of(db, town.min, now)
    link = accounts.make_link(db, town.lan, by=SYSTEM, now=now)
    has(db, town.lan, now)

    assert accounts.signed_in(db, phone, now=now) is None
    assert accounts.signed_in(db, neighbour, now=now)["person_id"] == town.min
    with pytest.raises(NotFound):
        accounts.sign_in(db, link, now=now)


def test_a_right_that_is_given_or_taken_ends_every_session_and_voids_every_link(db, town, now):
    phone, link = session_of(db, town.lan, now), accounts.make_link(db, town.lan, by=SYSTEM, now=now)
    access_id = accounts.grant(db, town.lan, "coordinator", town.office, by=SYSTEM, now=now)
    with pytest.raises(NotFound):
        accounts.sign_in(db, link, now=now)
    given = accounts.signed_in(db, phone, now=now)
    desk, later = session_of(db, town.lan, now), accounts.make_link(db, town.lan, by=SYSTEM, now=now)
    accounts.revoke(db, access_id, by=SYSTEM, now=now)

    assert given is None
    assert accounts.signed_in(db, desk, now=now) is None
    with pytest.raises(NotFound):
        accounts.sign_in(db, later, now=now)


def test_an_ended_session_and_a_used_link_cannot_be_revived_by_anybody(db, town, now):
    secret = session_of(db, town.lan, now)
    accounts.sign_out(db, secret, now=now)

    for sql in ("UPDATE session SET ended_at = NULL", "UPDATE signin_link SET used_at = NULL"):
        with pytest.raises(Exception, match=r"session_has_ended|link_is_spent"), write(db):
            run(db, sql)
    assert accounts.signed_in(db, secret, now=now) is None


# by a link


def reset_link(db, person_id, now) -> str:
    return accounts.make_link(db, person_id, purpose="password", by=SYSTEM, now=now)


def test_a_link_sets_a_password_once_and_signs_in(db, town, now):
    link = reset_link(db, town.lan, now)
    secret = accounts.reset_password(db, link, GOOD, client=Client(), keep=KEEP, now=now)

    assert accounts.signed_in(db, secret, now=now)["way"] == "password"
    assert len(tries(db, "0004", GOOD, now)) == 43
    with pytest.raises(NotFound):
        accounts.reset_password(db, link, OTHER, client=Client(), keep=KEEP, now=now)
    assert tries(db, "0004", OTHER, now) == "password_is_wrong"


def test_a_link_serves_the_purpose_that_it_was_made_for(db, town, now):
    to_reset, to_sign_in = reset_link(db, town.lan, now), accounts.make_link(db, town.lan, by=SYSTEM, now=now)

    with pytest.raises(NotFound):
        accounts.sign_in(db, to_reset, now=now)
    with pytest.raises(NotFound):
        accounts.reset_password(db, to_sign_in, GOOD, client=Client(), keep=KEEP, now=now)
    assert accounts.sign_in(db, to_sign_in, now=now)


def test_a_password_that_is_refused_leaves_the_link_good(db, town, now):
    link = reset_link(db, town.lan, now)
    with pytest.raises(Invalid):
        accounts.reset_password(db, link, "password1234", client=Client(), keep=KEEP, now=now)

    assert accounts.reset_password(db, link, GOOD, client=Client(), keep=KEEP, now=now)


def test_of_two_who_use_one_link_at_once_one_sets_the_password(db, settings, app, town, now):
    link, told = reset_link(db, town.lan, now), []

    def sets(text: str) -> None:
        own = connect(settings.database, SHANGHAI)
        try:
            told.append(len(accounts.reset_password(own, link, text, client=Client(), keep=KEEP, now=now)))
        except NotFound as refusal:
            told.append(refusal.code)
        finally:
            own.close()

    threads = [Thread(target=sets, args=(text,)) for text in (GOOD, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told, key=str) == [43, "link_is_spent"]
    assert value(db, "SELECT COUNT(*) FROM session WHERE ended_at IS NULL") == 1


# the present password


def test_after_a_link_nobody_asks_for_the_password_of_before_but_later_one_does(db, town, now):
    has(db, town.lan, now)
    secret, later = session_of(db, town.lan, now), now + timedelta(minutes=15)

    assert not accounts.needs_proof(db, accounts.signed_in(db, secret, now=now), now=now)
    assert accounts.needs_proof(db, accounts.signed_in(db, secret, now=later), now=later)


def test_one_who_came_by_password_gives_it_again_to_change_it(db, town, now):
    has(db, town.lan, now)
    session = accounts.signed_in(db, tries(db, "0004", GOOD, now), now=now)
    with pytest.raises(Invalid) as refusal:
        accounts.choose_password(db, session, "wrong", OTHER, client=Client(), keep=KEEP, now=now)
    fresh = accounts.choose_password(db, session, GOOD, OTHER, client=Client(), keep=KEEP, now=now)

    assert refusal.value.code == "password_is_wrong"
    assert [row["id"] for row in accounts.where_signed_in(db, town.lan, keep=KEEP, now=now)] == [
        accounts.signed_in(db, fresh, now=now)["session_id"]
    ]
    assert tries(db, "0004", GOOD, now, "10.0.0.2") == "password_is_wrong"


# the organisation's choice


def test_switched_off_nobody_gets_in_by_password_and_whoever_did_is_out(db, town, now):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    has(db, town.lan, now)
    by_password, by_link = tries(db, "0004", GOOD, now), session_of(db, town.min, now)
    accounts.allow_passwords(db, False, by=accounts.actor(db, town.head), now=now)

    assert accounts.signed_in(db, by_password, now=now) is None
    assert accounts.signed_in(db, by_link, now=now)["person_id"] == town.min
    with pytest.raises(NotAllowed):
        tries(db, "0004", GOOD, now)
    with pytest.raises(NotAllowed):
        has(db, town.lan, now, OTHER)


def test_switched_on_again_the_passwords_of_before_hold(db, town, now):
    has(db, town.lan, now)
    for allowed in (False, True):
        accounts.allow_passwords(db, allowed, by=SYSTEM, now=now)

    assert len(tries(db, "0004", GOOD, now)) == 43


def test_only_who_administers_the_whole_organisation_switches(db, town, now):
    accounts.grant(db, town.party, "administrator", town.office, by=SYSTEM, now=now)

    with pytest.raises(NotAllowed):
        accounts.allow_passwords(db, False, by=accounts.actor(db, town.party), now=now)
    assert accounts.passwords_allowed(db)


# where one is signed in


def test_sessions_are_listed_and_ended_one_by_one_or_all_but_one(db, town, now):
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    wecom = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 wxwork/4.1.30 MicroMessenger/7.0.1"
    )
    for agent in (firefox, wecom, ""):
        link = accounts.make_link(db, town.lan, by=SYSTEM, now=now)
        accounts.sign_in(db, link, client=Client(agent, "10.0.0.1"), keep=KEEP, now=now)
    by, listed = accounts.actor(db, town.lan), accounts.where_signed_in(db, town.lan, keep=KEEP, now=now)
    accounts.end_session(db, listed[0]["id"], by=by, now=now)

    assert [row["device"] for row in listed] == ["", "WeCom · iPhone", "Firefox · Linux"]
    assert accounts.end_sessions(db, town.lan, but=listed[1]["id"], by=by, now=now) == 1
    assert [row["id"] for row in accounts.where_signed_in(db, town.lan, keep=KEEP, now=now)] == [listed[1]["id"]]


def test_a_session_of_somebody_else_is_not_found(db, town, now):
    session_of(db, town.min, now)
    session_id = one(db, "SELECT id FROM session")["id"]

    with pytest.raises(NotFound):
        accounts.end_session(db, session_id, by=accounts.actor(db, town.lan), now=now)
    assert value(db, "SELECT ended_at FROM session") is None


# by the organisation's own account


def claims(db, what, text, now) -> str:
    return accounts.sign_in_claimed(db, what, text, client=Client(), keep=KEEP, now=now)


def test_a_claim_signs_in_the_one_person_whose_it_is(db, town, now):
    by_number, by_mail = claims(db, "staff_no", "0004", now), claims(db, "email", "0004@BRANCH.example", now)

    assert {accounts.signed_in(db, secret, now=now)["person_id"] for secret in (by_number, by_mail)} == {town.lan}
    assert accounts.signed_in(db, by_mail, now=now)["way"] == "oidc"


@pytest.mark.parametrize(
    ("what", "text"), [("staff_no", "9999"), ("email", ""), ("email", "nobody@branch.example"), ("email", "%")]
)
def test_a_claim_of_nobody_makes_nobody(db, town, now, what, text):
    before = value(db, "SELECT COUNT(*) FROM person")

    with pytest.raises(NotFound):
        claims(db, what, text, now)
    assert value(db, "SELECT COUNT(*) FROM person") == before
    assert value(db, "SELECT COUNT(*) FROM session") == 0


def test_a_claim_that_two_share_signs_in_neither(db, town, now):
    other = builders.person(db, now, town.office, "0099", "白芷")
    with write(db):
        run(db, "UPDATE person SET email = '0004@branch.example' WHERE id = :id", id=other)

    with pytest.raises(NotFound):
        claims(db, "email", "0004@branch.example", now)
