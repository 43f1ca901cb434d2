"""Wall screens: a secret address that needs no sign-in and shows what was published, today and tomorrow."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import pytest

from scheduler import assignments, walls
from scheduler.audit import SYSTEM
from scheduler.database import update, value
from scheduler.errors import NotFound
from tests import builders

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def monday(db, town):
    """The outlet's shift of Monday: 兰草 stands it, one slot of two is unfilled."""
    shift_id = builders.shift(db, town, MONDAY, [town.lan])
    update(db, "shift", shift_id, headcount=2)
    return shift_id


@pytest.fixture
def token(db, town, now):
    return walls.make(db, town.branch, lang="zh", by=SYSTEM, now=now)


def duties(db, town, day=MONDAY, now=MORNING):
    return [
        (row["place"], row["who"], row["unfilled"], row["moment"])
        for row in walls.on_duty(db, town.branch, day, now=now)
    ]


def test_a_wall_names_place_people_gaps_and_the_moment(db, town, monday):
    builders.shift(db, town, TUESDAY, [town.min])

    assert duties(db, town) == [("江北支行", ["兰草"], 1, "running")]
    assert duties(db, town, TUESDAY)[0][1:] == (["闵行"], 8, "to_come")
    assert duties(db, town, now=datetime(2026, 3, 2, 12, tzinfo=UTC))[0][3] == "over"


def test_a_night_that_began_yesterday_is_on_the_wall_until_it_ends(db, town):
    builders.shift(db, town, MONDAY, [town.lan], starts=time(20), ends=time(8))

    assert [row[1] for row in duties(db, town, TUESDAY, datetime(2026, 3, 2, 22, tzinfo=UTC))] == [["兰草"]]
    assert duties(db, town, TUESDAY, datetime(2026, 3, 3, 1, tzinfo=UTC)) == []


def test_drafts_and_changes_that_are_not_published_are_not_on_the_wall(db, town, now, monday):
    assignments.release(db, builders.assigned(db, monday, town.lan), by=SYSTEM, now=now)
    assert duties(db, town)[0][1] == ["兰草"]
    builders.announced(db, now)
    assert duties(db, town)[0][1] == []

    builders.shift(db, town, date(2026, 3, 4), [town.min], roster="draft")
    assert duties(db, town, date(2026, 3, 4)) == []


def test_the_address_is_secret_one_a_unit_and_can_be_revoked(db, town, now, token):
    assert value(db, "SELECT COUNT(*) FROM wall WHERE token_hash LIKE '%' || :token || '%'", token=token) == 0
    again = walls.make(db, town.branch, lang="en", by=SYSTEM, now=now)
    with pytest.raises(NotFound):
        walls.wall(db, token)
    assert walls.wall(db, again) == {"unit_id": town.branch, "unit": "巴中市分行", "lang": "en", "codes": 0}

    walls.revoke(db, town.branch, by=SYSTEM, now=now)
    for act in (lambda: walls.wall(db, again), lambda: walls.revoke(db, town.branch, by=SYSTEM, now=now)):
        with pytest.raises(NotFound):
            act()


def test_the_screen_needs_no_sign_in_and_shows_no_number_and_no_reason(db, town, token, monday, client, watch):
    update(db, "person", town.lan, mobile="13890000000")
    watch.now = MORNING

    answer = client.get(f"/wall/{token}")

    assert answer.status_code == 200
    assert (answer.headers["X-Robots-Tag"], answer.headers["Referrer-Policy"]) == ("noindex", "no-referrer")
    for words in ("今日值班", "江北支行", "兰草", "1 个空缺", "值班中", "3月2日 周一", "10:00"):
        assert words in answer.text
    assert "13890000000" not in answer.text
    assert f'content="30;url=/wall/{token}?page=1"' in answer.text
    assert client.get(f"/wall/{token}x").status_code == 404


def test_above_twenty_one_places_it_turns_its_pages(db, town, now, token, client, watch):
    for n in range(24):
        builders.shift(db, town, MONDAY, place_id=builders.place(db, now, town.branch, f"网点{n:02}"))
    watch.now = MORNING

    first, second, beyond = (client.get(f"/wall/{token}?page={n}").text for n in (1, 2, 99))

    assert [len(re.findall('class="place ', page)) for page in (first, second, beyond)] == [21, 3, 3]
    assert f'data-wall="/wall/{token}?page=2" data-seconds="15"' in first
    assert f"/wall/{token}?page=1" in second


def test_coordinators_make_an_address_that_is_shown_once(db, town, as_coordinator):
    made = as_coordinator.post(f"/units/{town.branch}/wall").text
    address = re.search(r"/wall/([\w-]{32})", made).group(1)

    assert address not in as_coordinator.get("/walls").text
    assert as_coordinator.get(f"/wall/{address}").status_code == 200
    assert as_coordinator.post(f"/units/{town.branch}/wall/revoke").status_code == 303
    assert as_coordinator.get(f"/wall/{address}").status_code == 404


def test_staff_make_none(town, as_staff):
    assert as_staff.post(f"/units/{town.branch}/wall").status_code in (403, 404)
    assert as_staff.get("/walls").status_code == 403


def test_an_english_wall_is_english(db, town, now, monday, client, watch):
    watch.now = MORNING

    page = client.get(f"/wall/{walls.make(db, town.branch, lang='en', by=SYSTEM, now=now)}").text

    assert "On duty today" in page
    assert "Lobby service 08:30–17:00" in page
    assert "Mon 2 Mar" in page
