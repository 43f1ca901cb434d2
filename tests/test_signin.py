"""A sign-in link asked for by staff number, and what leaves by e-mail."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from scheduler import accounts, signin
from scheduler.database import rows, run, value, write

BASE = "https://duty.example"


def waiting(db):
    return rows(db, "SELECT person_id, address, kind, body, expires_at FROM outbox ORDER BY id")


def test_the_link_in_the_mail_signs_its_person_in_within_the_hour(db, town, now):
    signin.mail_link(db, "0004", base_url=BASE, now=now)
    [mail] = waiting(db)
    token = re.search(r"https://duty\.example/signin/(\S+)", mail["body"])[1]

    assert (mail["person_id"], mail["address"], mail["kind"]) == (town.lan, "0004@branch.example", "signin")
    assert accounts.link_owner(db, token, now=now + timedelta(minutes=59))["person_id"] == town.lan


def test_the_mail_is_worth_sending_for_an_hour_only(db, town, now):
    signin.mail_link(db, "0004", base_url=BASE, now=now)

    assert waiting(db)[0]["expires_at"] == "2026-02-28T02:00:00Z"


@pytest.mark.parametrize("staff_no", ["9999", "", "0004'--", "\x00", "４" * 300])
def test_an_unknown_number_sends_nothing_and_says_nothing(db, town, now, staff_no):
    signin.mail_link(db, staff_no, base_url=BASE, now=now)

    assert waiting(db) == []


def test_one_without_an_address_or_who_has_left_is_sent_nothing(db, town, now):
    with write(db):
        run(db, "UPDATE person SET email = '' WHERE id = :id", id=town.min)
        run(db, "UPDATE person SET left_on = :day WHERE id = :id", id=town.bo, day=date(2026, 2, 1).isoformat())

    signin.mail_link(db, "0005", base_url=BASE, now=now)
    signin.mail_link(db, "0006", base_url=BASE, now=now)

    assert waiting(db) == []
    assert value(db, "SELECT COUNT(*) FROM signin_link") == 0


def test_a_mailbox_is_not_filled_by_asking_again_and_again(db, town, now):
    for minute in range(9):
        signin.mail_link(db, "0004", base_url=BASE, now=now + timedelta(minutes=minute))
    within_the_hour = len(waiting(db))
    signin.mail_link(db, "0004", base_url=BASE, now=now + timedelta(hours=2))

    assert within_the_hour == 3
    assert len(waiting(db)) == 4


def test_the_mail_is_in_its_readers_language(db, town, now):
    accounts.speak(db, town.lan, "en", by=accounts.actor(db, town.lan), now=now)
    signin.mail_link(db, "0004", base_url=BASE, now=now)

    assert waiting(db)[0]["body"].startswith("Dear 兰草,")
