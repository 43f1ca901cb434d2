"""Words, dates and drawings as templates write them; forms as views read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest
from flask import g
from werkzeug.datastructures import MultiDict

from scheduler.errors import Invalid
from tests.borders import templates
from web import filters
from web.forms import Form


@pytest.fixture
def chinese(app, settings, now) -> Iterator[None]:
    with app.test_request_context("/"):
        g.lang, g.now, g.settings, g.db = "zh", now, settings, None
        yield


@pytest.fixture
def english(chinese) -> None:
    g.lang = "en"


# words


def test_a_sentence_is_told_in_the_readers_language_with_its_gaps_escaped(chinese):
    assert filters.t("有 {n} 个", "{n} of them", n="<3>") == "有 &lt;3&gt; 个"


def test_the_english_sentence(english):
    assert filters.t("有 {n} 个", "{n} of them", n=3) == "3 of them"


def test_a_name_from_the_database_is_no_markup_even_where_it_is_the_sentence(chinese):
    assert filters.t("<img src=x>", "x") == "&lt;img src=x&gt;"
    assert filters.t("<b>不能</b>相加 & 更多", "x") == "<b>不能</b>相加 &amp; 更多"


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ('{{ "email" | name_of("channel") }}', "邮件", "E-mail"),
        ('{{ "2026-03-02" | day }}', "3月2日 周一", "Mon 2 Mar"),
        ("{{ 90 | took }}", "90 毫秒", "90 ms"),
    ],
)
def test_a_word_that_stands_in_a_template_is_told_to_each_reader_in_their_own_language(app, chinese, written, zh, en):
    template = app.jinja_env.from_string(written)
    first = template.render()
    g.lang = "en"

    assert (first, template.render()) == (zh, en)


# dates


def test_days_of_another_year_name_it(chinese):
    assert filters.day("2026-03-02") == "3月2日 周一"
    assert filters.day(date(2025, 12, 31)) == "2025年12月31日 周三"


def test_days_in_english(english):
    assert filters.day("2026-03-02") == "Mon 2 Mar"
    assert filters.day("2025-12-31") == "Wed 31 Dec 2025"
    assert filters.month("2026-03") == "Mar 2026"
    assert filters.weekday("2026-03-01") == "Sun"


def test_instants_are_shown_on_the_local_clock(chinese):
    assert filters.moment("2026-03-01T22:12:00Z") == "3月2日 周一 06:12"
    assert filters.clock_time(datetime(2026, 3, 1, 22, 12, tzinfo=UTC)) == "06:12"
    assert filters.hours("2026-03-02T12:00:00Z", "2026-03-03T00:00:00Z") == "20:00–次日 08:00"


@pytest.mark.parametrize(
    ("starts_at", "told"),
    [
        ("2026-02-28T01:00:30Z", "还有 0 分钟"),
        ("2026-02-28T01:59:59Z", "还有 59 分钟"),
        ("2026-02-28T03:18:00Z", "还有 2 小时 18 分"),
        ("2026-03-03T04:00:00Z", "还有 3 天 3 小时"),
        ("2026-02-28T00:00:00Z", "正在值班，18:00 结束"),
    ],
)
def test_the_countdown(chinese, starts_at, told):
    assert filters.countdown(starts_at, "2026-02-28T10:00:00Z") == told


@pytest.mark.parametrize(("minutes", "told"), [(0, "0"), (480, "8"), (510, "8.5"), (6000, "100"), (61 * 6000, "6,100")])
def test_minutes_as_hours(minutes, told):
    assert filters.as_hours(minutes) == told


@pytest.mark.parametrize(
    ("phone", "told"), [("0827-555 0118", "08275550118"), ("+86 138 0000 0000", "+8613800000000"), ("x;y", "")]
)
def test_a_telephone_number_is_dialled_by_its_digits(phone, told):
    assert filters.dialled(phone) == told


# drawings


def test_an_icon_alone_says_what_it_means_and_a_decoration_is_silent(chinese):
    assert 'role="img" aria-label="锁定"' in filters.icon("lock", "锁定")
    assert 'aria-hidden="true"' in filters.icon("lock")


def test_every_icon_that_a_template_draws_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="(\w+)"', (filters.STATIC / "img/icons.svg").read_text()))
    used = {name for _, text in templates() for name in re.findall(r'\bicon\("(\w+)"', text)}

    assert used - drawn == set()


# forms


def form(**given: str | list[str]) -> Form:
    return Form(MultiDict(given))


def problems(read: Form) -> list[tuple[str | None, str]]:
    return [(problem.field, problem.code) for problem in read.problems]


def test_what_was_sent_is_read_by_kind():
    sent = form(
        name="  江北支行 ", day="2026-03-02", at="08:30", n="7", id="9", ids=["1", "2"], party="1", kind="outlet"
    )

    assert sent.text("name") == "江北支行"
    assert (sent.day("day"), sent.clock("at")) == (date(2026, 3, 2), time(8, 30))
    assert (sent.integer("n", low=1, high=9), sent.id("id"), sent.ids("ids")) == (7, 9, [1, 2])
    assert (sent.flag("party"), sent.flag("other")) == (True, False)
    assert sent.choice("kind", ("outlet", "village")) == "outlet"
    assert problems(sent) == []


def test_what_is_empty_may_be_nothing():
    assert (form().day_or_none("day"), form().integer_or_none("n", low=1, high=9), form().id_or_none("id")) == (
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("read", "code"),
    [
        (lambda sent: sent.text("name", required=True), "required"),
        (lambda sent: sent.text("long", most=3), "too_long"),
        (lambda sent: sent.text("nul"), "bad_characters"),
        (lambda sent: sent.text("lines"), "bad_characters"),
        (lambda sent: sent.lines("nul"), "bad_characters"),
        (lambda sent: sent.day("name"), "required"),
        (lambda sent: sent.day("long"), "bad_date"),
        (lambda sent: sent.clock("long"), "bad_time"),
        (lambda sent: sent.integer("long", low=1, high=9), "bad_number"),
        (lambda sent: sent.integer("wide", low=1, high=9), "bad_number"),
        (lambda sent: sent.integer("hundred", low=1, high=99), "out_of_range"),
        (lambda sent: sent.integer("minus", low=1, high=99), "out_of_range"),
        (lambda sent: sent.id("huge"), "bad_number"),
        (lambda sent: sent.ids("long"), "bad_choice"),
        (lambda sent: sent.choice("long", ("a", "b")), "bad_choice"),
        (lambda sent: sent.choices("long", ("a", "b")), "bad_choice"),
    ],
)
def test_what_is_wrong_is_noted_at_its_field(read, code):
    sent = form(name="", long="abcdef", nul="a\x00b", lines="a\nb", wide="７", hundred="100", minus="-1", huge="9" * 40)
    read(sent)

    assert [found for _, found in problems(sent)] == [code]
    with pytest.raises(Invalid):
        sent.checked()


def test_every_problem_is_told_in_one_pass(chinese):
    sent = form(starts_on="x", headcount="0")
    sent.text("name", required=True)
    sent.day("starts_on")
    sent.integer("headcount", low=1, high=99)

    assert problems(sent) == [("name", "required"), ("starts_on", "bad_date"), ("headcount", "out_of_range")]
    assert sent.errors("headcount") == ["应在 1 到 99 之间。"]


def test_lines_keep_their_breaks_and_nothing_else():
    assert form(tasks="入户宣传\r\n捡拾垃圾\r走访 ").lines("tasks") == "入户宣传\n捡拾垃圾\n走访"


def test_a_stored_row_is_written_as_fields_hold_it():
    stored = Form.of({"day": date(2026, 3, 2), "starts": time(8, 30), "party": True, "skills": ["a", "b"], "n": 0})

    assert (stored["day"], stored["starts"], stored["party"], stored["n"]) == ("2026-03-02", "08:30", "1", "0")
    assert stored.all("skills") == ["a", "b"]
    assert Form.of({"left_on": None, "party": False, "note": ""})["party"] == ""
