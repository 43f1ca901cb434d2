"""Messages: built-in texts and an organisation's own, gaps that cannot be abused, once for each person."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from scheduler import accounts, audit, clock, messages, rosters
from scheduler.audit import SYSTEM, Actor
from scheduler.database import Database, one, rows, run, value
from scheduler.errors import Conflict, Invalid, NotAllowed, NotFound
from scheduler.wording import STATES
from scheduler.wording.messages import GAPS, TEXTS, names_in
from tests import builders
from tests.builders import MARCH, Town

BASE = "https://duty.example"
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)

OWN = {
    "subject_zh": "记得值班：{day} {place}",
    "body_zh": "{person}：{day} {hours} 到{place}。\n\n地址：{address}\n\n收到：{acknowledge}",
    "subject_en": "On duty {day}, {place}",
    "body_en": "{person}: {day} {hours}, {place}.",
}
DUTY = {"person": "兰草", "day": "3月2日 周一", "hours": "08:30–17:00", "place": "江北支行"}


def saved(db: Database, now, version: int = 0, by: Actor = SYSTEM, kind: str = "reminder", **parts: str) -> None:
    messages.set_text(db, kind, OWN | parts, version=version, by=by, now=now)


def problems(refused) -> list[tuple]:
    return [(one.code, one.field, one.facts) for one in refused.value.problems]


@pytest.mark.parametrize("kind", TEXTS)
def test_every_built_in_text_is_sound_in_both_languages_and_uses_what_it_needs(kind):
    text = TEXTS[kind]

    for subject, body in (text.zh, text.en):
        assert names_in(subject) | names_in(body) <= set(text.gaps)
        assert set(text.needs) <= names_in(body)
    assert set(text.gaps) <= set(GAPS)
    assert names_in(text.zh[0] + text.zh[1]) == names_in(text.en[0] + text.en[1])


def test_every_kind_of_message_has_a_name():
    assert {*TEXTS, "signin", "leave", "leave_decided"} - set(STATES["kind"]) == set()


def test_lines_and_paragraphs_whose_gaps_are_empty_are_left_out(db):
    subject, body = messages.compose(db, "reminder", "en", DUTY)

    assert subject == "Duty reminder: 3月2日 周一 08:30–17:00, 江北支行"
    assert body == (
        "Dear 兰草,\n\nthis is a reminder of your duty.\n\nWhen: 3月2日 周一 08:30–17:00\nPlace: 江北支行\n\n"
        "This message was sent automatically; please do not reply.\n"
    )


def test_an_own_text_is_sent_from_then_on_in_each_language(db, town, now):
    saved(db, now)

    assert messages.compose(db, "reminder", "zh", DUTY) == (
        "记得值班：3月2日 周一 江北支行", "兰草：3月2日 周一 08:30–17:00 到江北支行。\n",
    )  # fmt: skip
    assert messages.compose(db, "reminder", "en", DUTY)[0] == "On duty 3月2日 周一, 江北支行"


def test_what_fills_a_gap_is_never_read_as_a_gap_itself(db):
    subject, body = messages.compose(db, "reminder", "zh", DUTY | {"place": "{person}{0.__class__}", "tasks": "{link}"})

    assert "{person}{0.__class__}" in subject
    assert "任务：\n{link}" in body


def test_no_subject_breaks_a_header_and_none_grows_without_end(db):
    subject, body = messages.compose(db, "reminder", "zh", DUTY | {"place": "A\r\nBcc: x@y.cn\0" + "长" * 500})

    assert subject.startswith("值班提醒：3月2日 周一 08:30–17:00 A Bcc: x@y.cn长")
    assert len(subject) == 200
    assert "\r" not in body
    assert "\0" not in body


@pytest.mark.parametrize(
    ("text", "code", "facts"),
    [
        ("{day} {hours} {place}\n{nobody}", "unknown_gap", {"gap": "nobody", "line": 2}),
        ("{day} {hours} {place}{person.__class__}", "unknown_gap", {"gap": "person.__class__", "line": 1}),
        ("{day} {hours} {place}{person!r:>99999}", "unknown_gap", {"gap": "person!r:>99999", "line": 1}),
        ("{day} {hours} {place}\n\n{}", "unknown_gap", {"gap": "", "line": 3}),
        ("{day} {hours} {place}{duties}", "unknown_gap", {"gap": "duties", "line": 1}),
        ("{day} {hours} {place} {", "stray_brace", {"text": "{day} {hours} {place} {", "line": 1}),
        ("{day} {hours} {{place}} {place}", "stray_brace", {"text": "{day} {hours} {{place}} {place}", "line": 1}),
        ("{day} {hours}", "gap_is_missing", {"gap": "place"}),
        ("", "required", {}),
        ("{day} {hours} {place}" + "字" * 4000, "too_long", {"most": 4000}),
        ("{day} {hours} {place}\0", "bad_characters", {}),
    ],
)
def test_a_text_that_could_not_be_filled_is_refused_at_its_field_with_its_line(db, town, now, text, code, facts):
    with pytest.raises(Invalid) as refused:
        saved(db, now, body_en=text)

    found = [
        (c, f, {name: told for name, told in given.items() if name != "known"}) for c, f, given in problems(refused)
    ]
    assert found == [(code, "body_en", facts)]
    assert messages.text(db, "reminder")["is_own"] is False


def test_a_subject_of_two_lines_is_refused(db, town, now):
    with pytest.raises(Invalid) as refused:
        saved(db, now, subject_zh="值班\nBcc: x@y.cn")

    assert problems(refused) == [("bad_characters", "subject_zh", {})]


def test_the_built_in_text_comes_back_when_asked(db, town, now):
    saved(db, now)
    messages.reset(db, "reminder", version=1, by=SYSTEM, now=now)

    assert messages.compose(db, "reminder", "zh", DUTY)[0] == "值班提醒：3月2日 周一 08:30–17:00 江北支行"
    assert [(row["version"], row["is_own"]) for row in messages.kinds(db) if row["kind"] == "reminder"] == [(2, False)]


def test_whoever_saves_from_an_old_version_is_told_who_was_first(db, town, now):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    saved(db, now, by=accounts.actor(db, town.head))

    for act in (saved, lambda db, now: messages.reset(db, "reminder", version=0, by=SYSTEM, now=now)):
        with pytest.raises(Conflict) as refused:
            act(db, now)
        assert (refused.value.code, refused.value.problems[0].facts["who"]) == ("stale", "何远山")


def test_a_text_that_was_reset_is_not_overwritten_from_before(db, town, now):
    saved(db, now)
    messages.reset(db, "reminder", version=1, by=SYSTEM, now=now)

    with pytest.raises(Conflict):
        saved(db, now, version=1)
    saved(db, now, version=2)
    assert messages.text(db, "reminder")["version"] == 3


def test_every_change_of_a_text_is_in_the_audit(db, town, now):
    saved(db, now)
    messages.reset(db, "reminder", version=1, by=SYSTEM, now=now)

    found = audit.history(db, "message_text", 1)
    assert [row["act"] for row in found] == ["reset_text", "set_text"]
    assert found[1]["facts"]["changed"]["subject_zh"] == ["值班提醒：{day} {hours} {place}", OWN["subject_zh"]]


def test_only_who_administers_everything_may_change_what_everybody_reads(db, town, now):
    builders.unit(db, now, "另一家公司", None)
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)

    with pytest.raises(NotAllowed) as refused:
        saved(db, now, by=accounts.actor(db, town.head))

    assert refused.value.code == "is_of_all"
    assert messages.kinds(db)[0]["version"] == 0


@pytest.mark.parametrize("kind", ["signin", "text_broken", "nothing"])
def test_a_kind_that_cannot_be_edited_is_not_found(db, town, now, kind):
    with pytest.raises(NotFound):
        saved(db, now, kind=kind)


def test_a_stored_text_that_has_gone_bad_never_keeps_a_message_back(db, town, now):
    saved(db, now)
    run(db, "UPDATE message_text SET body_zh = '{person} {gone}'")

    assert messages.compose(db, "reminder", "zh", DUTY)[0] == "值班提醒：3月2日 周一 08:30–17:00 江北支行"
    assert messages.broken(db) == [{"kind": "reminder", "version": 1}]


# a publication


def told(db: Database) -> list[tuple[str, str, str]]:
    return [
        (row["kind"], row["address"], row["subject"])
        for row in rows(db, "SELECT kind, address, subject FROM outbox ORDER BY id")
    ]


def republished(db: Database, roster_id: int, now) -> int:
    return rosters.publish(db, roster_id, base_url=BASE, by=SYSTEM, now=now)


def test_whoever_only_loses_duties_is_told_that_they_are_cancelled(db, town, now):
    roster_id = builders.published(db, town, now)
    lost = one(db, "SELECT id, person_id FROM assignment ORDER BY id LIMIT 1")
    run(db, "UPDATE assignment SET state = 'released' WHERE id = :id", id=lost["id"])

    assert republished(db, roster_id, now) == 1
    assert [(kind, subject) for kind, _, subject in told(db)] == [
        ("cancelled", "您的值班已取消：1 次（3月2日–29日 第 2 版）")
    ]
    assert value(db, "SELECT person_id FROM outbox") == lost["person_id"]


def test_ten_changes_of_one_person_are_one_message_and_nobody_else_hears_of_them(db, town, now):
    roster_id = builders.published(db, town, now)
    run(db, "UPDATE assignment SET state = 'released' WHERE person_id = :id", id=town.lan)
    lost = value(db, "SELECT COUNT(*) FROM assignment WHERE state = 'released'")

    assert lost >= 3
    assert republished(db, roster_id, now) == 1
    assert told(db) == [("cancelled", "0004@branch.example", f"您的值班已取消：{lost} 次（3月2日–29日 第 2 版）")]


def test_who_has_left_hears_nothing_more(db, town, now):
    roster_id = builders.published(db, town, now)
    run(db, "UPDATE assignment SET state = 'released' WHERE person_id = :id", id=town.lan)
    run(db, "UPDATE person SET left_on = '2026-02-27' WHERE id = :id", id=town.lan)

    assert republished(db, roster_id, now) == 0
    assert told(db) == []


def test_a_publication_names_each_place_once_with_whom_to_ask_and_what_to_do(db, town, now):
    run(db, "UPDATE place SET address = '江北大道 118 号', contact = '唐少华', phone = '0827-5550000'")
    roster_id = builders.drafted(db, town, now)
    rosters.fill(db, roster_id, by=SYSTEM, now=now)
    rosters.publish(db, roster_id, base_url=BASE, by=SYSTEM, now=now)

    body = value(db, "SELECT body FROM outbox WHERE kind = 'published' ORDER BY id LIMIT 1")
    assert body.count("江北大道 118 号") <= 2
    assert "江北支行：江北大道 118 号；联系人 唐少华 0827-5550000" in body


# swaps and cover


@pytest.fixture
def duties(db: Database, town: Town) -> tuple[int, int]:
    """兰草 stands on Monday, 闵行 on Tuesday."""
    first, second = builders.shift(db, town, MONDAY, [town.lan]), builders.shift(db, town, TUESDAY, [town.min])
    return builders.assigned(db, first, town.lan), builders.assigned(db, second, town.min)


def asked(db: Database, duties, now) -> int:
    return messages.ask_swap(db, *duties, key="7", link=f"{BASE}/swaps/7", base_url=BASE, now=now, note="家里有事")


def test_a_swap_is_asked_of_the_other_once_with_both_duties(db, duties, now):
    assert asked(db, duties, now) == 1
    assert asked(db, duties, now) == 0

    sent = one(db, "SELECT * FROM outbox")
    assert (sent["address"], sent["subject"]) == ("0005@branch.example", "兰草想和您换班")
    assert "请您值：3月2日 周一 08:30–17:00 江北支行（厅堂服务）\n换您的：3月3日 周二" in sent["body"]
    assert sent["expires_at"] == "2026-03-02T00:30:00Z"


def test_a_swap_is_not_asked_once_the_first_duty_has_begun(db, duties, now):
    assert asked(db, duties, clock.from_text("2026-03-02T00:30:00Z")) == 0


def test_the_answer_goes_to_who_asked_in_their_language(db, town, duties, now):
    run(db, "UPDATE person SET lang = 'en' WHERE id = :id", id=town.lan)

    assert messages.answer_swap(db, *duties, is_accepted=False, key="7", base_url=BASE, now=now) == 1
    assert told(db) == [("swap_answered", "0004@branch.example", "闵行 on the swap: No")]


def test_cover_is_asked_of_each_once_and_never_of_the_absent_nor_of_who_has_left(db, town, duties, now):
    run(db, "UPDATE person SET left_on = '2026-02-01' WHERE id = :id", id=town.bo)
    wanted = {"key": "9", "link": f"{BASE}/covers/9", "base_url": BASE, "now": now}

    people = [town.lan, town.min, town.bo, town.min]
    assert messages.want_cover(db, duties[0], people, **wanted) == 1
    assert messages.want_cover(db, duties[0], people, **wanted) == 0
    assert told(db) == [("cover_wanted", "0005@branch.example", "求替班：3月2日 周一 08:30–17:00 江北支行")]


def test_cover_is_not_asked_for_what_has_begun(db, town, duties, now):
    later = now + timedelta(days=3)

    assert messages.want_cover(db, duties[0], [town.min], key="9", link=BASE, base_url=BASE, now=later) == 0
    assert MARCH[0] < clock.today(later, db.zone)


def test_every_kind_is_told_of_in_the_documentation():
    told = (Path(__file__).parent.parent / "docs" / "messages.md").read_text(encoding="utf-8")

    assert [kind for kind in TEXTS if f"`{kind}`" not in told] == []
