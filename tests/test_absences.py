"""Leave read from a person's own calendar: what counts as leave, what is refused whole, what a second look changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler import absences, accounts, audit, clock, jobs, leave, wording
from scheduler.absences import apart
from scheduler.absences.fetching import read_apart
from scheduler.absences.narrowing import narrowed
from scheduler.audit import SYSTEM
from scheduler.config import Hosts
from scheduler.database import one, rows, run, update, value
from scheduler.errors import Conflict, Invalid, NotFound
from tests.bots import Bot, answer, drip, flood, silence

LOOPBACK = Hosts(inner=("127.0.0.1",))
BASE = "https://duty.branch.example"
SHANGHAI = ZoneInfo("Asia/Shanghai")
SINCE = datetime(2026, 3, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(weeks=26)


def vevent(uid="1", start="DTSTART;VALUE=DATE:20260310", summary="年假", *more):
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", start, f"SUMMARY:{summary}", *more, "END:VEVENT"])


def ics(*parts):
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//", *parts, "END:VCALENDAR", ""]).encode()


def read(*parts, takes="words", content=None):
    """As the process apart reads it, without the process."""
    text = narrowed(content if content is not None else ics(*parts))
    try:
        return apart.events(text, SHANGHAI, SINCE, UNTIL, takes)
    except apart.Refused as refused:
        raise Invalid(refused.code, **refused.facts) from refused


def spans(*parts, takes="words"):
    return [(row["kind"], row["starts_at"], row["ends_at"]) for row in read(*parts, takes=takes)]


class TestReading:
    def test_days_hours_zones_and_words(self):
        found = spans(
            vevent("a", "DTSTART;VALUE=DATE:20260310", "年假", "DTEND;VALUE=DATE:20260312"),
            vevent("b", "DTSTART:20260313T090000", "病假", "DURATION:PT3H"),
            vevent("c", "DTSTART;TZID=Europe/Berlin:20260314T090000", "Business trip",
                   "DTEND;TZID=Europe/Berlin:20260314T120000"),
            vevent("d", "DTSTART:20260315T010000Z", "x", "DTEND:20260315T020000Z", "CATEGORIES:会议,培训"),
            vevent("e", "DTSTART:20260316T010000Z", "Team meeting", "DTEND:20260316T020000Z"),
        )  # fmt: skip

        assert found == [
            ("leave", "2026-03-09T16:00:00Z", "2026-03-11T16:00:00Z"),
            ("sick", "2026-03-13T01:00:00Z", "2026-03-13T04:00:00Z"),
            ("travel", "2026-03-14T08:00:00Z", "2026-03-14T11:00:00Z"),
            ("training", "2026-03-15T01:00:00Z", "2026-03-15T02:00:00Z"),
        ]

    def test_every_busy_event_where_all_are_taken_but_none_that_leaves_free_or_is_cancelled(self):
        parts = (
            vevent("a", "DTSTART:20260316T010000Z", "Meeting", "DTEND:20260316T020000Z"),
            vevent("b", "DTSTART:20260317T010000Z", "年假", "DTEND:20260317T020000Z", "TRANSP:TRANSPARENT"),
            vevent("c", "DTSTART:20260318T010000Z", "年假", "DTEND:20260318T020000Z", "STATUS:CANCELLED"),
            vevent("d", "DTSTART:20260319T010000Z", "Pending", "DTEND:20260319T020000Z", "TRANSP:TRANSPARENT",
                   "X-MICROSOFT-CDO-BUSYSTATUS:OOF"),
        )  # fmt: skip

        assert [row[1][:10] for row in spans(*parts, takes="all")] == ["2026-03-16", "2026-03-19"]
        assert [row[1][:10] for row in spans(*parts)] == ["2026-03-19"]

    def test_what_repeats_is_spread_out_without_what_was_left_out_moved_or_cancelled(self):
        series = vevent(
            "a", "DTSTART;TZID=Asia/Shanghai:20260302T140000", "请假", "DTEND;TZID=Asia/Shanghai:20260302T180000",
            "RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE;TZID=Asia/Shanghai:20260309T140000",
        )  # fmt: skip
        moved = vevent("a", "DTSTART:20260317T010000Z", "请假", "DTEND:20260317T020000Z",
                       "RECURRENCE-ID;TZID=Asia/Shanghai:20260316T140000")  # fmt: skip
        gone = vevent("a", "DTSTART:20260323T060000Z", "请假", "DTEND:20260323T100000Z", "STATUS:CANCELLED",
                      "RECURRENCE-ID:20260323T060000Z")  # fmt: skip

        assert [row[1] for row in spans(series, moved, gone)] == [
            "2026-03-02T06:00:00Z", "2026-03-17T01:00:00Z", "2026-03-30T06:00:00Z",
        ]  # fmt: skip

    def test_whole_days_that_repeat_keep_their_clock_over_a_change_to_summer_time(self):
        daily = vevent("a", "DTSTART;TZID=Europe/Berlin:20260327T090000", "leave",
                       "DTEND;TZID=Europe/Berlin:20260327T100000", "RRULE:FREQ=DAILY;UNTIL=20260330")  # fmt: skip
        yearly = vevent("b", "DTSTART;VALUE=DATE:20200801", "年假", "RRULE:FREQ=YEARLY")

        assert [row[1] for row in spans(daily, yearly)] == [
            "2026-03-27T08:00:00Z", "2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z",
            "2026-07-31T16:00:00Z",
        ]  # fmt: skip

    def test_keys_stay_when_the_time_moves_and_differ_for_each_repetition(self):
        before = read(vevent("a", "DTSTART;VALUE=DATE:20260310", "年假"))
        after = read(vevent("a", "DTSTART;VALUE=DATE:20260311", "年假"))
        series = read(vevent("a", "DTSTART;VALUE=DATE:20260310", "年假", "RRULE:FREQ=DAILY;COUNT=3"))

        assert before[0]["key"] == after[0]["key"]
        assert len({row["key"] for row in series}) == 3

    def test_what_is_not_read_may_be_as_long_as_it_likes(self):
        long = "DESCRIPTION:" + "x" * 300_000

        assert (
            len(read(vevent("a", "DTSTART;VALUE=DATE:20260310", "年假", long, "BEGIN:VALARM", long, "END:VALARM"))) == 1
        )

    @pytest.mark.parametrize(
        ("parts", "code"),
        [
            ([vevent("a", "DTSTART:20260310T010000Z", "假期", "RRULE:FREQ=SECONDLY")], "calendar_repeats_too_often"),
            ([vevent("a", "DTSTART:20260310T010000Z", "假期", "RRULE:FREQ=DAILY;BYSECOND=0,1,2,3,4,5,6,7,8,9")],
             "calendar_repeats_too_often"),
            ([vevent("a", "DTSTART;VALUE=DATE:09000101", "年假", "RRULE:FREQ=DAILY")], "calendar_repeats_too_often"),
            ([vevent("a", "DTSTART;VALUE=DATE:20260310", "年假", "RRULE:FREQ=DAILY;INTERVAL=0")], "calendar_broken"),
            ([vevent("a", "DTSTART;VALUE=DATE:20260310", "年假", "RRULE:FREQ=SOMETIMES")], "calendar_broken"),
            ([vevent(str(n), "DTSTART:20260310T010000Z", "x") for n in range(2001)], "calendar_is_too_long"),
            ([vevent(f"{n}", f"DTSTART;VALUE=DATE:2026{4 + n % 4:02}{1 + n % 28:02}", "年假") for n in range(201)],
             "calendar_holds_too_much"),
            ([vevent("a", "DTSTART;VALUE=DATE:20260310", "年" * 5000)], "calendar_line_is_too_long"),
            ([vevent("a", "DTSTART;TZID=Nowhere/None:20260310T010000", "年假", "DURATION:PT1H")],
             "calendar_zone_is_unknown"),
            ([vevent("a", "DTSTART:yesterday", "年假")], "calendar_broken"),
            ([vevent("a", "X-NONE:1", "年假")], "calendar_broken"),
            ([vevent("a", "DTSTART;VALUE=DATE:20260310", "年假", "RRULE:FREQ=DAILY;COUNT=3"),
              vevent("a", "DTSTART;VALUE=DATE:20260311", "年假",
                     "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260311")],
             "calendar_changes_what_follows"),
            (["BEGIN:VEVENT", "UID:1"], "calendar_broken"),
        ],
    )  # fmt: skip
    def test_what_nobody_could_read_rightly_is_refused_whole_and_in_words(self, parts, code):
        good = vevent("good", "DTSTART;VALUE=DATE:20260320", "年假")

        with pytest.raises(Invalid) as refused:
            read(good, *parts)

        assert refused.value.code == code
        for lang in ("zh", "en"):
            assert "{" not in wording.sentence(refused.value.problems[0], lang)

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"<!doctype html><title>Sign in</title>", "not_a_calendar"),
            (b"", "not_a_calendar"),
            (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "calendar_breaks_off"),
            (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "calendar_broken"),
            (b"BEGIN:VCALENDAR\xff\xfe\r\nEND:VCALENDAR", "calendar_is_not_text"),
            (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 9 + b"END:VCALENDAR", "calendar_broken"),
        ],
    )
    def test_what_is_no_calendar_is_refused(self, content, code):
        with pytest.raises(Invalid) as refused:
            read(content=content)

        assert refused.value.code == code

    def test_a_bomb_ends_with_the_process_that_read_it(self):
        text = narrowed(ics(vevent("a", "DTSTART;VALUE=DATE:20260310", "年假", "RRULE:FREQ=SECONDLY")))

        with pytest.raises(Invalid, match="calendar_repeats_too_often"):
            read_apart(text, SHANGHAI, since=SINCE, until=UNTIL, takes="words")

    def test_a_rule_that_never_comes_to_an_end_is_ended_by_the_clock(self):
        text = narrowed(
            ics(vevent("a", "DTSTART;VALUE=DATE:20260310", "年假", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"))
        )

        with pytest.raises(Invalid) as refused:
            read_apart(text, SHANGHAI, since=SINCE, until=UNTIL, takes="words", seconds=0.5)

        assert refused.value.code == "calendar_is_too_heavy"


@pytest.fixture
def server():
    made = Bot()
    yield made
    made.close()


def serves(server, *parts, **headers):
    server.always = answer(200, ics(*parts), Content_Type="text/calendar; charset=utf-8", **headers)


def give(db, town, server, now, **given):
    by = accounts.actor(db, town.lan)
    wanted = {"url": server.url("/lan/secret-word.ics"), "takes": "words", "allowed": LOOPBACK, "by": by} | given
    return absences.give(db, town.lan, now=now, **wanted)


def turn(db, now):
    return absences.read_due(db, LOOPBACK, base_url=BASE, now=now)


def due(db):
    run(db, "UPDATE leave_calendar SET next_at = '2026-01-01T00:00:00Z'")


def asked(db):
    return rows(db, "SELECT kind, starts_at, state FROM leave_request ORDER BY id")


def calendar(db, town):
    return absences.of_person(db, town.lan)


@pytest.fixture
def away(db, town, server, now):
    """兰草's calendar holds a day of leave in eight days, and was read once."""
    serves(server, vevent("a", "DTSTART;VALUE=DATE:20260310", "年假"), ETag='"1"')
    give(db, town, server, now)
    turn(db, now)
    return calendar(db, town)["id"]


class TestTaking:
    def test_leave_is_asked_for_under_the_rules_and_waits(self, db, town, away, now):
        assert asked(db) == [{"kind": "leave", "starts_at": "2026-03-09T16:00:00Z", "state": "asked"}]
        assert (calendar(db, town)["found"], calendar(db, town)["problem"]) == (1, None)

    def test_what_the_rules_let_pass_is_approved_at_once(self, db, town, server, now):
        serves(server, vevent("a", "DTSTART;VALUE=DATE:20260310", "病假"))
        give(db, town, server, now)

        assert (turn(db, now), [row["state"] for row in asked(db)]) == (1, ["approved"])
        assert value(db, "SELECT COUNT(*) FROM away WHERE person_id = :id", id=town.lan) == 1

    def test_the_same_again_asks_for_nothing_twice_and_is_asked_with_its_mark(self, db, town, server, away, now):
        due(db)
        server.always = answer(304, b"")

        assert (turn(db, now), len(asked(db))) == (1, 1)
        assert server.heard[-1].headers["if-none-match"] == '"1"'

    def test_an_answer_as_before_without_a_mark_doubles_nothing(self, db, town, server, away, now):
        due(db)
        serves(server, vevent("a", "DTSTART;VALUE=DATE:20260310", "年假"))

        assert (turn(db, now), len(asked(db))) == (1, 1)

    def test_the_decision_on_what_has_not_changed_stands(self, db, town, server, away, now):
        request_id = value(db, "SELECT id FROM leave_request")
        leave.decline(db, request_id, reason="人手不够", base_url=BASE, by=SYSTEM, now=now)
        due(db)
        serves(server, vevent("a", "DTSTART;VALUE=DATE:20260310", "年假"))
        turn(db, now)

        assert [row["state"] for row in asked(db)] == ["declined"]

    def test_what_moved_is_taken_back_and_asked_for_anew(self, db, town, server, away, now):
        leave.approve(db, value(db, "SELECT id FROM leave_request"), base_url=BASE, by=SYSTEM, now=now)
        due(db)
        serves(server, vevent("a", "DTSTART;VALUE=DATE:20260311", "年假"))
        turn(db, now)

        assert [(row["starts_at"][:10], row["state"]) for row in asked(db)] == [
            ("2026-03-09", "withdrawn"), ("2026-03-10", "asked"),
        ]  # fmt: skip
        assert value(db, "SELECT COUNT(*) FROM away") == 0

    def test_two_that_change_places_are_both_taken(self, db, town, server, now):
        serves(server, vevent("a", "DTSTART;VALUE=DATE:20260310"), vevent("b", "DTSTART;VALUE=DATE:20260311"))
        give(db, town, server, now)
        turn(db, now)
        due(db)
        serves(server, vevent("b", "DTSTART;VALUE=DATE:20260310"), vevent("a", "DTSTART;VALUE=DATE:20260311"))
        turn(db, now)

        assert [row["state"] for row in asked(db)] == ["withdrawn", "withdrawn", "asked", "asked"]
        assert calendar(db, town)["passed_over"] == 0

    def test_what_is_gone_is_taken_back(self, db, town, server, away, now):
        due(db)
        serves(server)
        turn(db, now)

        assert [row["state"] for row in asked(db)] == ["withdrawn"]

    def test_approved_leave_that_has_begun_stays_as_it_is(self, db, town, server, away, now):
        leave.approve(db, value(db, "SELECT id FROM leave_request"), base_url=BASE, by=SYSTEM, now=now)
        due(db)
        serves(server)
        turn(db, datetime(2026, 3, 10, 1, tzinfo=UTC))

        assert [row["state"] for row in asked(db)] == ["approved"]

    def test_what_is_over_leaves_no_trace_but_its_leave(self, db, town, server, away, now):
        due(db)
        serves(server)
        turn(db, now + timedelta(days=60))

        assert [row["state"] for row in asked(db)] == ["asked"]
        assert value(db, "SELECT COUNT(*) FROM leave_calendar_event") == 0

    def test_what_meets_other_leave_is_passed_over_and_looked_at_again(self, db, town, server, now):
        span = {"starts_at": datetime(2026, 3, 10, tzinfo=SHANGHAI), "ends_at": datetime(2026, 3, 11, tzinfo=SHANGHAI)}
        leave.ask(db, town.lan, kind="leave", base_url=BASE, by=accounts.actor(db, town.lan), now=now, **span)
        serves(server, vevent("a", "DTSTART;VALUE=DATE:20260310", "出差"), ETag='"1"')
        give(db, town, server, now)
        turn(db, now)
        assert calendar(db, town)["passed_over"] == 1

        leave.withdraw(db, value(db, "SELECT id FROM leave_request"), by=accounts.actor(db, town.lan), now=now)
        due(db)
        turn(db, now)

        assert "if-none-match" not in server.heard[-1].headers
        assert [row["kind"] for row in asked(db)] == ["leave", "travel"]
        assert calendar(db, town)["passed_over"] == 0

    def test_another_address_meanwhile_makes_what_was_read_of_no_matter(self, db, town, server, now, monkeypatch):
        serves(server, vevent("a", "DTSTART;VALUE=DATE:20260310", "年假"))
        give(db, town, server, now)
        before = absences.turns.fetched

        def slowly(*given, **more):
            found = before(*given, **more)
            update(db, "leave_calendar", calendar(db, town)["id"], version=2)
            return found

        monkeypatch.setattr(absences.turns, "fetched", slowly)

        assert (turn(db, now), asked(db)) == (0, [])

    def test_the_calendar_of_who_has_left_is_not_read(self, db, town, server, away, now):
        due(db)
        update(db, "person", town.lan, left_on="2026-02-27")

        assert turn(db, now) == 0
        assert len(server.heard) == 1


class TestRefusing:
    @pytest.mark.parametrize(
        ("behaviour", "code"),
        [
            (answer(302, b"", Location="/signin"), "calendar_leads_elsewhere"),
            (answer(404, b""), "calendar_answers_otherwise"),
            (answer(200, b"<html>", Content_Type="text/html"), "calendar_of_another_type"),
            (answer(200, ics(), Content_Type="text/calendar", Content_Encoding="gzip"), "calendar_of_another_type"),
            (answer(200, ics(), Content_Type="text/calendar")[:-8], "calendar_unreachable"),
            (answer(304, b""), "calendar_answers_otherwise"),
            (flood, "calendar_is_too_large"),
            (b"", "calendar_unreachable"),
        ],
    )
    def test_what_goes_wrong_is_said_and_takes_nothing(self, db, town, server, now, behaviour, code):
        server.always = behaviour
        give(db, town, server, now)

        assert turn(db, now) == 0
        assert (calendar(db, town)["problem"].code, asked(db)) == (code, [])
        assert calendar(db, town)["next_at"] == clock.to_text(now + timedelta(hours=1))

    @pytest.mark.parametrize("behaviour", [drip, silence])
    def test_neither_a_drip_nor_silence_keeps_us(self, db, town, server, now, behaviour, monkeypatch):
        server.always = behaviour
        monkeypatch.setattr(absences.fetching, "SECONDS", 0.3)
        give(db, town, server, now)
        turn(db, now)

        assert calendar(db, town)["problem"].code == "calendar_too_slow"

    def test_a_name_that_stands_for_an_inner_address_is_not_connected_to(self, db, town, server, now):
        hosts = Hosts(hosts=("localhost",))
        give(db, town, server, now, url=f"https://localhost:{server.port}/x.ics", allowed=hosts)
        absences.read_due(db, hosts, base_url=BASE, now=now)

        assert (calendar(db, town)["problem"].code, server.heard) == ("calendar_is_inner", [])

    def test_a_refusal_leaves_the_leave_of_before_and_its_owner_is_told_in_their_language(
        self, db, town, server, away, now
    ):
        update(db, "person", town.lan, lang="en", email="lan@branch.example")
        server.always = answer(404, b"")
        for _ in range(3):
            due(db)
            turn(db, now)

        told = rows(db, "SELECT person_id, subject, body FROM outbox WHERE kind = 'leave_calendar'")
        assert [(row["person_id"], row["subject"]) for row in told] == [
            (town.lan, "Your calendar of leave cannot be read")
        ]
        assert "The server answered 404" in told[0]["body"]
        assert "secret-word" not in told[0]["body"]
        assert [row["state"] for row in asked(db)] == ["asked"]

    def test_one_that_cannot_be_read_keeps_nobody_elses(self, db, town, server, now):
        serves(server, vevent("a", "DTSTART;VALUE=DATE:20260310", "年假"))
        give(db, town, server, now)
        person = {"url": "http://127.0.0.1:9/x.ics", "takes": "all", "allowed": LOOPBACK}
        absences.give(db, town.bo, by=SYSTEM, now=now, **person)

        assert (turn(db, now), len(asked(db))) == (1, 1)


class TestAddresses:
    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("https://evil.example/x.ics", "calendar_host_not_listed"),
            ("http://calendar.example/x.ics", "url_is_plain"),
            ("https://me:word@calendar.example/x.ics", "bad_url"),
            ("file:///etc/passwd", "bad_url"),
            ("", "bad_url"),
        ],
    )
    def test_only_https_addresses_of_listed_hosts_are_taken(self, db, town, server, now, url, code):
        with pytest.raises(Invalid) as refused:
            give(db, town, server, now, url=url, allowed=Hosts(hosts=("calendar.example",)))

        assert (refused.value.code, refused.value.problems[0].field) == (code, "url")
        assert calendar(db, town) is None

    def test_webcal_is_https(self, db, town, server, now):
        give(db, town, server, now, url="webcal://calendar.example/x.ics", allowed=Hosts(hosts=("calendar.example",)))

        assert value(db, "SELECT url FROM leave_calendar") == "https://calendar.example/x.ics"

    def test_the_address_is_neither_shown_nor_in_the_audit(self, db, town, away):
        assert calendar(db, town)["host"] == "127.0.0.1"
        assert "secret-word" not in str(calendar(db, town)) + str(audit.history(db, "person", town.lan))

    def test_another_address_replaces_the_first_and_keeps_its_leave(self, db, town, server, away, now):
        give(db, town, server, now, url=server.url("/other.ics"))
        serves(server, vevent("z", "DTSTART;VALUE=DATE:20260320", "年假"))
        turn(db, now)

        assert [row["state"] for row in asked(db)] == ["asked", "asked"]
        assert value(db, "SELECT COUNT(*) FROM leave_calendar") == 1

    def test_a_forgotten_address_is_gone_and_its_leave_stays(self, db, town, away, now):
        assert absences.forget(db, away, by=SYSTEM, now=now) == town.lan

        assert (calendar(db, town), [row["state"] for row in asked(db)]) == (None, ["asked"])
        with pytest.raises(NotFound):
            absences.forget(db, away, by=SYSTEM, now=now)

    def test_it_is_read_again_on_request_but_not_at_once(self, db, town, away, now):
        with pytest.raises(Conflict, match="calendar_read_just_now"):
            absences.again(db, away, by=SYSTEM, now=now)

        absences.again(db, away, by=SYSTEM, now=now + timedelta(minutes=6))
        assert calendar(db, town)["next_at"] == clock.to_text(now + timedelta(minutes=6))

    def test_coordinators_see_those_below_them(self, db, town, away):
        assert [row["person_id"] for row in absences.known(db, [town.branch])] == [town.lan]
        assert absences.known(db, []) == []


def test_the_job_reads_them_by_the_settings(db, town, server, now, settings):
    serves(server, vevent("a", "DTSTART;VALUE=DATE:20260310", "年假"))
    give(db, town, server, now)
    allowing = settings.model_copy(update={"calendars": LOOPBACK})

    assert jobs.run_once(db, allowing, "absences", now=now) == 1
    assert one(db, "SELECT state FROM leave_request") == {"state": "asked"}
