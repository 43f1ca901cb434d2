"""Leave whose beginning and end stand in one cell, as offices write them; what is not certain is a question."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler import imports, intake
from scheduler.errors import Invalid
from scheduler.imports.leave_spans import span
from scheduler.imports.wall.periods import Period
from scheduler.wording import name_of

MARCH = Period(2026, 3)


def said(written, known=MARCH, **more):
    first, last = span(written, known, **more)
    at = [str(moment.day)[5:] + moment.half + (f" {moment.at:%H:%M}" if moment.at else "") for moment in (first, last)]
    return " ".join(at)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3月3日至3月5日", "03-03 03-05"),
        ("3月3日—5日", "03-03 03-05"),
        ("3.3-3.5", "03-03 03-05"),
        ("3/3~3/5", "03-03 03-05"),
        ("3日-5日", "03-03 03-05"),
        ("2026年3月3日至2026年3月5日", "03-03 03-05"),
        ("2026-03-03 至 2026-03-05", "03-03 03-05"),
        ("2026.3.30-4.2", "03-30 04-02"),
        ("3月30日至4月2日", "03-30 04-02"),
        ("自3月3日起至3月5日止（共3天）", "03-03 03-05"),
        ("3月3日（周二）至3月5日", "03-03 03-05"),
        ("三月三日至三月五日", "03-03 03-05"),
        ("3月3日", "03-03 03-03"),
        ("2026-03-03", "03-03 03-03"),
        ("3月3日上午", "03-03am 03-03am"),
        ("3月3日（下午）", "03-03pm 03-03pm"),
        ("3月3日下午至3月5日上午", "03-03pm 03-05am"),
        ("3月3日 13:30-17:30", "03-03 13:30 03-03 17:30"),
    ],
)
def test_one_cell_says_the_first_and_the_last_moment(written, meant):
    assert said(written) == meant


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("3月3日、3月5日", "leave_several_spans"),
        ("3月3日至4日，3月9日至10日", "leave_several_spans"),
        ("3月3日\n3月5日", "leave_several_spans"),
        ("3月3日起", "leave_end_missing"),
        ("3月3日至今", "leave_end_missing"),
        ("3月3日 8:30", "leave_end_missing"),
        ("2月30日至3月2日", "leave_date_unsure"),
        ("3月3日至3月32日", "bad_date"),
        ("3月5日(周二)", "leave_weekday_differs"),
        ("12月30日至1月3日", "leave_date_unsure"),
        ("下周", "bad_date"),
        ("3月3日至老家", "bad_date"),
    ],
)
def test_what_one_cell_leaves_open_is_a_question(written, code):
    with pytest.raises(Invalid) as refused:
        said(written)
    assert refused.value.code == code


def test_a_number_may_be_the_first_or_the_tenth_and_without_a_year_nothing_is_certain():
    with pytest.raises(Invalid, match="leave_date_unsure"):
        said("3.1", is_number=True)
    with pytest.raises(Invalid, match="leave_month_missing"):
        said("3月3日至5日", Period())


def report(db, *lines, title="2026年3月请假登记表"):
    return imports.leave_report(db, "\n".join([title, *lines]).encode(), "请假.csv")


def asked(found):
    return [(p["row"], p["column"], p["kind"]) for p in found.problems]


def test_a_list_with_one_column_of_time_is_read_and_its_days_are_checked(db, town):
    found = report(
        db, "编号,员工,请假时间,假别,天数", "0003,吕莉,3月3日至3月5日,年休假,三天", "0004,兰草,3月9日下午,事假,半天",
        "0004,兰草,3.10-3.12,病假,2", "0004,兰草,3月16日至3月15日,病假,", '0004,兰草,"3月18日，3月20日",病假,2',
        "0003,吕莉,3月5日,病假,1",
    )  # fmt: skip

    assert [(row["start"], row["start_half"], row["end"], row["end_half"]) for row in found.rows] == [
        ("2026-03-03", "am", "2026-03-05", "pm"), ("2026-03-09", "pm", "2026-03-09", "pm"),
    ]  # fmt: skip
    assert asked(found) == [
        (5, "E", "days_do_not_match"), (6, "C", "end_before_start"), (7, "C", "ambiguous_date"), (8, "C", "overlap"),
    ]  # fmt: skip


def test_a_half_day_in_a_column_of_its_own_and_a_weekday_that_contradicts(db, town):
    found = report(
        db, "姓名,类别,开始日期,结束日期,时段", "吕莉,事假,3月3日,3月3日,下午", "兰草,事假,3月4日,3月4日,全天",
        "兰草,事假,3月9日(周二),3月10日,",
    )  # fmt: skip

    assert [(row["start"], row["start_half"], row["end_half"]) for row in found.rows] == [
        ("2026-03-03", "pm", "pm"), ("2026-03-04", "am", "pm"),
    ]  # fmt: skip
    assert asked(found) == [(5, "C", "weekday_mismatch")]
    assert found.rows[0]["start"] == str(date(2026, 3, 3))


def test_every_field_that_a_column_may_be_has_a_name_on_the_page_that_asks():
    fields = {field for known in intake.VOCABULARIES.values() for field in known.words}

    assert all(name_of("import_field", field, lang) for field in fields for lang in ("zh", "en"))
