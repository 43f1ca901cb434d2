"""“Seen”: by a link that is good for these duties of this person as they were told, or on one's own page; once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest

from scheduler import accounts, acknowledgements, assignments, clock, database, messages, reminders, rosters
from scheduler.acknowledgements import Told
from scheduler.audit import SYSTEM, Actor
from scheduler.database import Database, one, rows, run, value, write
from scheduler.errors import Conflict, NotAllowed, NotFound
from scheduler.notices import example
from scheduler.reminders import Ladder, Rung
from scheduler.wording import Lang
from tests import builders
from tests.conftest import SHANGHAI

BASE, KEY = "https://duty.example", "for tests only " * 3
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVE = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)  # Sunday 17:00: the reminder of Monday


def told(db: Database, assignment_id: int) -> Told:
    row = one(
        db,
        """
        SELECT assignment.starts_at, assignment.ends_at, shift.place_id
        FROM assignment JOIN shift ON shift.id = assignment.shift_id WHERE assignment.id = :id
        """,
        id=assignment_id,
    )
    return Told(row["starts_at"], row["ends_at"], row["place_id"], assignment_id)


def link(db: Database, person_id: int, *assignment_ids: int, key: str = KEY) -> str:
    return acknowledgements.token(key, person_id, [told(db, held) for held in assignment_ids])


def noted(db: Database) -> list[tuple[int, int, str, str]]:
    found = rows(db, "SELECT assignment_id, person_id, at, via FROM acknowledgement ORDER BY id")
    return [(row["assignment_id"], row["person_id"], row["at"], row["via"]) for row in found]


def answer(db: Database, token: str, now: datetime) -> acknowledgements.Answer:
    return acknowledgements.answer(db, token, secret_key=KEY, now=now)


def by_link(db: Database, token: str, now: datetime) -> int:
    return acknowledgements.by_link(db, token, secret_key=KEY, now=now)


@pytest.fixture
def duty(db, town) -> int:
    """兰草's published duty on Monday, 08:30 to 17:00."""
    return builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)


@pytest.fixture
def later(db, town) -> int:
    """And on Tuesday."""
    return builders.assigned(db, builders.shift(db, town, TUESDAY, [town.lan]), town.lan)


def move(db: Database, assignment_id: int, hours: int) -> None:
    with write(db):
        run(
            db,
            """
            UPDATE assignment SET starts_at = strftime('%Y-%m-%dT%H:%M:%SZ', starts_at, :by) WHERE id = :id
            """,
            by=f"{hours:+} hours",
            id=assignment_id,
        )


def withdraw(db: Database, assignment_id: int, now: datetime) -> None:
    run(
        db,
        "UPDATE assignment SET state = 'released', withdrawn_at = :now WHERE id = :id",
        now=clock.to_text(now),
        id=assignment_id,
    )


# the link


def test_a_link_is_the_same_for_the_same_duties_and_holds_no_name(db, town, duty, later):
    token = link(db, town.lan, duty, later)

    assert token == link(db, town.lan, later, duty)
    assert acknowledgements.read(token, secret_key=KEY) == (town.lan, [told(db, duty), told(db, later)])
    assert "兰草" not in token


@pytest.mark.parametrize("spoil", ["", "x", "nothing.signed", "W10.abc"])
def test_what_was_not_signed_here_is_no_link(db, town, now, spoil):
    with pytest.raises(NotFound) as refused:
        answer(db, spoil, now)

    assert refused.value.code == "answer_link_unknown"


def test_a_link_with_one_letter_changed_or_of_another_key_is_no_link(db, town, duty, now):
    token = link(db, town.lan, duty)
    swapped = ("A" if token[3] != "A" else "B").join((token[:3], token[4:]))

    for bad in (swapped, token[:-1], token + "x", link(db, town.lan, duty, key="another key " * 3)):
        with pytest.raises(NotFound):
            by_link(db, bad, now)
    assert noted(db) == []


def test_looking_changes_nothing(db, town, duty, now):
    before = db.conn.total_changes

    seen = answer(db, link(db, town.lan, duty), now)

    assert db.conn.total_changes == before
    assert (seen.person["name"], seen.is_as_told, seen.is_done) == ("兰草", True, False)
    assert [(row["day"], row["place"], row["acknowledged_at"]) for row in seen.duties] == [
        ("2026-03-02", "江北支行", None)
    ]
    assert seen.former == []


def test_a_link_acknowledges_its_duties_once(db, town, duty, later, now):
    token = link(db, town.lan, duty, later)

    assert by_link(db, token, now) == 2
    assert by_link(db, token, now + HOUR) == 0

    at = clock.to_text(now)
    assert noted(db) == [(duty, town.lan, at, "link"), (later, town.lan, at, "link")]
    audited = rows(db, "SELECT actor, subject_id FROM audit WHERE act = 'acknowledge' ORDER BY id")
    assert audited == [{"actor": "兰草", "subject_id": duty}, {"actor": "兰草", "subject_id": later}]
    assert answer(db, token, now).is_done


def test_a_link_of_another_person_is_good_for_nothing(db, town, duty, now):
    token = link(db, town.min, duty)

    with pytest.raises(Conflict) as refused:
        by_link(db, token, now)

    assert refused.value.code == "duty_is_gone"
    assert noted(db) == []


def test_a_link_is_over_with_the_shift(db, town, duty, now):
    ends = clock.midnight(MONDAY, SHANGHAI) + timedelta(hours=17)
    token = link(db, town.lan, duty)

    assert by_link(db, token, ends - MINUTE) == 1
    for ask in (answer, by_link):
        with pytest.raises(Conflict) as refused:
            ask(db, token, ends)
        assert refused.value.code == "duty_is_over"


def test_a_link_is_worth_nothing_once_the_duty_is_released(db, town, duty, now):
    token = link(db, town.lan, duty)
    by_link(db, token, now)
    withdraw(db, duty, now)

    for ask in (answer, by_link):
        with pytest.raises(Conflict) as refused:
            ask(db, token, now)
        assert refused.value.code == "duty_is_gone"
    assert len(noted(db)) == 1


def test_a_cancelled_shift_is_gone(db, town, duty, now):
    run(db, "UPDATE shift SET state = 'cancelled'")

    with pytest.raises(Conflict, match="duty_is_gone"):
        answer(db, link(db, town.lan, duty), now)


def test_a_duty_at_another_time_is_acknowledged_anew(db, town, duty, now):
    old = link(db, town.lan, duty)
    by_link(db, old, now)
    move(db, duty, -1)

    with pytest.raises(Conflict, match="duty_has_changed"):
        by_link(db, old, now)
    seen = answer(db, old, now)
    assert (seen.is_as_told, seen.is_done) == (False, False)
    assert [row["starts_at"] for row in seen.former] == ["2026-03-02T00:30:00Z"]
    assert [row["starts_at"] for row in seen.duties] == ["2026-03-01T23:30:00Z"]
    assert seen.token == link(db, town.lan, duty)
    assert by_link(db, seen.token, now) == 1
    assert [row[0] for row in noted(db)] == [duty, duty]


def test_a_duty_at_another_place_is_acknowledged_anew(db, town, duty, now):
    by_link(db, link(db, town.lan, duty), now)
    run(db, "UPDATE shift SET place_id = :place", place=town.community)

    assert acknowledgements.at(db, [duty]) == {}
    assert by_link(db, link(db, town.lan, duty), now) == 1


def test_an_old_link_shows_what_the_same_publication_gave_instead(db, town, duty, later, now):
    run(db, "UPDATE shift SET roster_id = (SELECT MIN(roster_id) FROM shift)")
    withdraw(db, duty, now)
    run(db, "UPDATE assignment SET published_at = :now WHERE id = :id", now=clock.to_text(now), id=later)

    seen = answer(db, link(db, town.lan, duty), now)

    assert not seen.is_as_told
    assert [row["assignment_id"] for row in seen.duties] == [later]
    assert [(row["day"], row["place"]) for row in seen.former] == [("2026-03-02", "江北支行")]


def test_one_of_two_duties_is_gone_and_the_other_is_acknowledged(db, town, duty, later, now):
    token = link(db, town.lan, duty, later)
    withdraw(db, duty, now)

    seen = answer(db, token, now)

    assert seen.is_as_told
    assert [row["day"] for row in seen.former] == ["2026-03-02"]
    assert by_link(db, token, now) == 1
    assert [row[0] for row in noted(db)] == [later]


def test_twenty_answers_at_once_are_one(tmp_path, now):
    path = tmp_path / "duty.db"
    with closing(database.connect(path, SHANGHAI)) as db:
        database.migrate(db)
        town = builders.town(db, now)
        duty = builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)
        token, barrier = link(db, town.lan, duty), Barrier(20)

    def press(_n: int) -> int:
        with closing(database.connect(path, SHANGHAI)) as mine:
            barrier.wait()
            return by_link(mine, token, now)

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(press, range(20)))
    with closing(database.connect(path, SHANGHAI)) as db:
        assert (sum(results), len(noted(db))) == (1, 1)
        assert value(db, "SELECT COUNT(*) FROM audit WHERE act = 'acknowledge'") == 1


# on one's own page


def test_ones_own_duty_is_acknowledged_when_signed_in(db, town, duty, now):
    lan = Actor(town.lan, "兰草")

    assert acknowledgements.by_page(db, duty, by=lan, now=now) == 1
    assert acknowledgements.by_page(db, duty, by=lan, now=now) == 0
    assert by_link(db, link(db, town.lan, duty), now) == 0
    assert noted(db) == [(duty, town.lan, clock.to_text(now), "page")]


def test_somebody_elses_duty_is_not_acknowledged(db, town, duty, now):
    with pytest.raises(NotAllowed):
        acknowledgements.by_page(db, duty, by=Actor(town.min, "闵行"), now=now)
    with pytest.raises(NotFound):
        acknowledgements.by_page(db, duty + 99, by=Actor(town.min, "闵行"), now=now)
    with pytest.raises(Conflict, match="duty_is_over"):
        acknowledgements.by_page(db, duty, by=Actor(town.lan, "兰草"), now=now + 3 * DAY)
    assert noted(db) == []


# what messages carry


def bodies(db: Database) -> list[str]:
    return [row["body"] for row in rows(db, "SELECT body FROM outbox ORDER BY id")]


def test_a_reminder_carries_the_link_and_an_answer_is_waited_for(db, town, duty, now):
    reminders.arm(db, [duty], now=now)

    reminders.queue_due(db, base_url=BASE, secret_key=KEY, now=EVE)

    address = acknowledgements.address(BASE, link(db, town.lan, duty))
    assert f"收到请点：{address}" in bodies(db)[0]
    assert rows(db, "SELECT assignment_id, at FROM answer_asked") == [{"assignment_id": duty, "at": clock.to_text(EVE)}]


def test_without_the_key_nothing_is_asked(db, town, duty, now):
    reminders.arm(db, [duty], now=now)

    reminders.queue_due(db, base_url=BASE, now=EVE)

    assert "收到" not in bodies(db)[0]
    assert rows(db, "SELECT * FROM answer_asked") == []


def test_a_group_gets_no_link_for_everybody_in_it_could_answer(db, town, duty, now):
    run(
        db,
        "INSERT INTO channel (id, unit_id, kind, name, settings, made_at) VALUES (7, :top, 'wecom', '群', '{}', :now)",
        top=town.branch,
        now=clock.to_text(now),
    )
    ladder = Ladder((Rung("days:1", channels=("7",)),), None, None)
    reminders.set_ladder(db, None, ladder, version=1, by=SYSTEM, now=now)
    reminders.queue_due(db, base_url=BASE, secret_key=KEY, now=now)
    reminders.queue_due(db, base_url=BASE, secret_key=KEY, now=EVE)

    assert value(db, "SELECT channel FROM outbox") == "wecom"
    assert "/answer/" not in bodies(db)[0]
    assert rows(db, "SELECT * FROM answer_asked") == []


def test_who_is_told_by_a_text_without_the_link_is_not_asked(db, town, duty, now):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    parts = dict.fromkeys(("subject_zh", "body_zh", "subject_en", "body_en"), "{person} {day} {hours} {place}")
    messages.set_text(db, "reminder", parts, version=0, by=Actor(town.head, "何远山"), now=now)
    reminders.arm(db, [duty], now=now)

    reminders.queue_due(db, base_url=BASE, secret_key=KEY, now=EVE)

    assert len(bodies(db)) == 1
    assert rows(db, "SELECT * FROM answer_asked") == []


def test_a_publication_carries_one_link_for_all_of_a_persons_duties(db, town, now):
    roster_id = builders.drafted(db, town, now)
    rosters.fill(db, roster_id, by=SYSTEM, now=now)
    rosters.publish(db, roster_id, base_url=BASE, secret_key=KEY, by=SYSTEM, now=now)

    sql = "SELECT id FROM assignment WHERE person_id = :lan ORDER BY starts_at"
    mine = [row["id"] for row in rows(db, sql, lan=town.lan)]
    sent = value(db, "SELECT body FROM outbox WHERE person_id = :lan", lan=town.lan)
    token = link(db, town.lan, *mine)
    assert f"收到请点：{acknowledgements.address(BASE, token)}" in sent
    assert by_link(db, token, now) == len(mine) > 1
    assert value(db, "SELECT COUNT(*) FROM answer_asked") == value(db, "SELECT COUNT(*) FROM assignment")


def test_who_is_moved_by_a_publication_is_asked_anew(db, town, now):
    roster_id = builders.drafted(db, town, now)
    shift_id, free = (row["id"] for row in rows(db, "SELECT id FROM shift ORDER BY starts_at LIMIT 2"))
    held = assignments.seat(db, shift_id, town.lan, by=SYSTEM, now=now)
    rosters.publish(db, roster_id, base_url=BASE, secret_key=KEY, by=SYSTEM, now=now)
    old = link(db, town.lan, held)
    by_link(db, old, now)
    assignments.move(db, held, free, 1, by=SYSTEM, now=now + MINUTE)
    rosters.publish(db, roster_id, base_url=BASE, secret_key=KEY, by=SYSTEM, now=now + HOUR)

    seen = answer(db, old, now + HOUR)

    assert [row["acknowledged_at"] for row in seen.duties] == [None]
    assert acknowledgements.address(BASE, seen.token) in bodies(db)[-1]
    assert acknowledgements.counts(db, [roster_id], now=now + HOUR) == {roster_id: (0, 1)}


def test_a_long_list_of_duties_still_fits_an_address(db, town, now):
    many = [Told(clock.to_text(now + n * DAY), clock.to_text(now + n * DAY + HOUR), 10**6 + n, 10**7 + 7 * n)
            for n in range(90)]  # fmt: skip
    token = acknowledgements.token(KEY, 10**6, many)

    assert acknowledgements.read(token, secret_key=KEY) == (10**6, many[:60])
    assert len(token) < 3000


@pytest.mark.parametrize("kind", ["reminder", "published", "silent"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_preview_of_a_text_shows_where_the_link_is_and_no_real_one(db, town, duty, now, kind: str, lang: Lang):
    gaps = example(db, kind, lang, unit_ids=[town.branch], base_url=BASE, now=now)

    _, body = messages.compose(db, kind, lang, gaps)

    assert (f"{BASE}/answer/…" in body) == (kind != "silent")


# who has answered


def test_a_roster_lists_who_has_answered_and_who_has_not(db, town, duty, later, now):
    run(db, "UPDATE shift SET roster_id = (SELECT MIN(roster_id) FROM shift)")
    roster_id = value(db, "SELECT MIN(roster_id) FROM shift")
    assert acknowledgements.counts(db, [roster_id], now=now) == {}
    by_link(db, link(db, town.lan, later), now)

    found = acknowledgements.of_roster(db, roster_id, now=now)

    assert [(row["assignment_id"], row["person"], row["acknowledged_at"]) for row in found] == [
        (duty, "兰草", None),
        (later, "兰草", clock.to_text(now)),
    ]
    assert acknowledgements.counts(db, [roster_id], now=now) == {roster_id: (1, 1)}
    assert acknowledgements.counts(db, [roster_id], now=now + 5 * DAY) == {}


def test_a_duty_told_of_differently_is_another(db, town, duty):
    held = told(db, duty)

    assert replace(held, place_id=held.place_id + 1).revision != held.revision
    assert held.revision == value(db, "SELECT revision FROM duty_revision WHERE assignment_id = :id", id=duty)
