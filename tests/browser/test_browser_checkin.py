"""Checking in by a real browser of a phone's size: with the screen's code, without a network, without a script."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page

from scheduler import clock, walls
from scheduler.audit import SYSTEM
from scheduler.database import Database, rows, run, update, value, write
from tests import builders

MONDAY = date(2026, 3, 2)
WORDS = {
    "zh": {
        "in": "签到",
        "done": "已签到",
        "kept": "已存在手机上",
        "synced": "补传",  # a chip of its own: the sentence before it holds the word too
        "again": "还可以试 4 次",
        "report": "写值班日志",
        "save": "保存日志",
        "saved": "日志已保存",
        "find": "记下问题",
        "open": "待办",
        "ahead": "到现场没有网络也能签到",
        "waiting": "签到等网络",
        "sent": "签到已补传",
        "refused": "补传的签到没有成功",
        "noted": "知道了",
    },
    "en": {
        "in": "Check in",
        "done": "You are checked in",
        "kept": "kept on this phone",
        "synced": "Synced later",
        "again": "Tries left: 4",
        "report": "Write the report",
        "save": "Save the report",
        "saved": "Report saved",
        "find": "Note it",
        "open": "Open",
        "ahead": "Check in at the place without a network",
        "waiting": "Check-in waiting",
        "sent": "Check-in sent",
        "refused": "The check-in sent later was refused",
        "noted": "Noted",
    },
}


@pytest.fixture
def now(db: Database):
    """Monday, 08:20 and five seconds into a half minute."""
    return clock.midnight(MONDAY, db.zone) + timedelta(hours=8, minutes=20, seconds=5)


@pytest.fixture
def duty(db: Database, town: builders.Town) -> int:
    """兰草's assignment to Monday's duty, with two tasks."""
    shift_id = builders.shift(db, town, MONDAY, [town.lan, town.min])
    update(db, "shift", shift_id, tasks="入户宣传\n走访")
    return builders.assigned(db, shift_id, town.lan)


@pytest.fixture
def code(app: Flask, db: Database, town: builders.Town, now, duty: int) -> str:
    """What the wall shows."""
    token = walls.make(db, town.branch, lang="zh", codes=True, by=SYSTEM, now=now)
    page = app.test_client().get(f"/wall/{token}").text
    return "".join(re.search(r"<b>(\d{3}) (\d{3})</b>", page).groups())


def kept(page: Page, path: str, *, is_kept: bool = True) -> None:
    """Wait until the phone keeps a page, or does not; a promise that is handed to wait_for_function is true at once."""
    looked = page.evaluate(
        """async ([path, isKept]) => {
            const isSo = async () => Boolean(await caches.match(path)) === isKept;
            for (let n = 0; n < 200 && !(await isSo()); n++) await new Promise((then) => setTimeout(then, 50));
            return isSo();
        }""",
        [path, is_kept],
    )
    assert looked


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_code_checks_in_and_the_report_follows(phone, db, town, duty, code, lang, watch, now):
    words = WORDS[lang]
    page = phone(town.lan, f"/me/check-in/{duty}", lang)
    page.fill("#f-code", f"{(int(code) + 500_000) % 10**6:06d}")
    page.get_by_role("button", name=words["in"], exact=True).click()
    page.get_by_text(words["again"]).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.fill("#f-code", code)
    page.get_by_role("button", name=words["in"], exact=True).click()
    page.get_by_text(words["done"]).wait_for()
    assert value(db, "SELECT COUNT(*) FROM check_in") == 1

    watch.now = now + timedelta(hours=2)
    page.get_by_role("link", name=words["report"]).click()
    page.get_by_label("走访").check()
    page.get_by_role("button", name=words["save"]).click()
    page.get_by_text(words["saved"]).wait_for()
    page.fill("[name=text]", "路灯坏了")
    page.get_by_role("button", name=words["find"]).click()
    assert words["open"] in page.locator(".problem").inner_text()
    assert page.get_by_label("走访").is_checked()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_network_the_code_is_kept_and_sent_when_there_is_one(phone, db, town, duty, code, lang, watch, now):
    words = WORDS[lang]
    page = phone(town.lan, f"/me/check-in/{duty}", lang)
    page.context.set_offline(True)
    page.fill("#f-code", code)
    page.get_by_role("button", name=words["in"], exact=True).click()
    page.get_by_text(words["kept"]).locator("visible=true").wait_for()
    assert value(db, "SELECT COUNT(*) FROM check_in") == 0

    page.evaluate(  # two hours pass on the phone as on the server
        "localStorage.setItem('lunzhi check-ins', JSON.stringify(JSON.parse("
        "localStorage.getItem('lunzhi check-ins')).map((one) => ({...one, at: Date.now() - 7200000}))))"
    )
    watch.now = now + timedelta(hours=2)
    page.context.set_offline(False)
    page.get_by_text(words["synced"], exact=True).wait_for()

    (row,) = rows(db, "SELECT at, way, late FROM check_in")
    assert (row["way"], row["late"]) == ("synced", 0)
    assert abs(clock.from_text(row["at"]) - now) < timedelta(seconds=25)
    assert page.evaluate("localStorage.getItem('lunzhi check-ins')") == "[]"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whoever_saw_their_duties_checks_in_without_a_network_and_any_page_sends_it(phone, db, town, duty, code, lang):
    words, wrong = WORDS[lang], f"{(int(code) + 500_000) % 10**6:06d}"
    page = phone(town.lan, "/me", lang)
    kept(page, f"/me/check-in/{duty}")

    def typed(digits: str) -> None:
        page.context.set_offline(True)
        page.goto("/me")
        page.get_by_role("link", name=words["ahead"]).click()
        page.fill("#away-code", digits)
        page.get_by_role("button", name=words["in"], exact=True).click()
        page.get_by_text(words["kept"]).locator("visible=true").wait_for()
        page.goto("/me")
        page.get_by_text(words["waiting"]).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

    typed(wrong)
    assert value(db, "SELECT COUNT(*) FROM check_try") == 0
    page.context.set_offline(False)
    page.get_by_text(words["refused"]).wait_for()
    assert [len(row["entry"]) for row in rows(db, "SELECT entry FROM check_entry")] == [32]
    assert words["again"] in page.locator("[data-queue]").inner_text()
    page.get_by_role("button", name=words["noted"]).click()
    assert page.locator("[data-queue]").is_hidden()

    typed(code)
    page.context.set_offline(False)
    page.goto("/me/history")  # at the latest from there: leaving a page may cut its own sending short
    page.get_by_text(words["sent"]).wait_for()
    assert value(db, "SELECT COUNT(*) FROM check_in") == 1
    assert page.evaluate("localStorage.getItem('lunzhi check-ins')") == "[]"


def test_a_check_in_page_of_a_duty_that_is_no_more_to_come_is_not_kept(phone, db, town, duty):
    page = phone(town.lan, "/me")
    kept(page, f"/me/check-in/{duty}")
    with write(db):
        run(
            db,
            "UPDATE shift SET state = 'cancelled' WHERE id = (SELECT shift_id FROM assignment WHERE id = :id)",
            id=duty,
        )
    page.reload()

    kept(page, f"/me/check-in/{duty}", is_kept=False)
    assert page.evaluate("async () => Boolean(await caches.match('/me'))")


def test_what_one_person_kept_is_not_sent_by_another_on_the_same_phone(phone, db, town, duty, code):
    kept = f'[{{"person": "{town.bo}", "path": "/me/check-in/{duty}", "code": "{code}", "at": 9999999999999}}]'
    page = phone(town.lan, f"/me/check-in/{duty}")
    page.evaluate("kept => localStorage.setItem('lunzhi check-ins', kept)", kept)
    page.reload()
    page.wait_for_load_state("networkidle")

    assert value(db, "SELECT COUNT(*) FROM check_in") == 0


def test_without_a_script_the_form_is_a_form(phone, db, town, duty, code):
    page = phone(town.lan, f"/check-in/1?code={code}", java_script_enabled=False)
    page.get_by_role("button", name="签到", exact=True).click()

    page.get_by_text("已签到").wait_for()
    assert value(db, "SELECT way FROM check_in") == "code"


def test_a_page_that_the_phone_kept_takes_the_code_without_a_network(phone, db, town, duty, code):
    page = phone(town.lan, f"/me/check-in/{duty}")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.reload()  # through the worker, which keeps it
    page.wait_for_function("async () => Boolean(await caches.match(location.pathname))")
    page.context.set_offline(True)
    page.reload()
    assert page.locator("form[data-check]").count() == 0
    page.fill("#away-code", code)
    page.get_by_role("button", name="签到", exact=True).click()
    page.get_by_text("已存在手机上").locator("visible=true").wait_for()

    page.context.set_offline(False)
    page.get_by_text("已签到").wait_for()
    assert value(db, "SELECT COUNT(*) FROM check_in") == 1
