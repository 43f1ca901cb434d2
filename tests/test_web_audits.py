"""The audit's page: who sees what, how it is narrowed, and that every row is in words."""

from __future__ import annotations

import ast
import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from scheduler import accounts, audit, channels, database, feeds, people, trail, walls
from scheduler.audit import SYSTEM, Actor
from scheduler.config import Channels
from scheduler.database import rows
from scheduler.trail import Asked
from scheduler.wording.audited import AUDIT_ACTS, AUDIT_SUBJECTS
from tests import builders
from tests.conftest import SHANGHAI, signed_in

ROOT = Path(__file__).parent.parent


def noted(db, now, *, unit_id=None, by=SYSTEM, act="publish", subject="roster", subject_id=1, origin="", **facts):
    db.origin = origin
    with database.write(db):
        return audit.record(db, act, subject, subject_id, by=by, now=now, unit_id=unit_id, **facts)


def test_a_change_is_told_with_before_and_after(as_administrator, db, town, now):
    lan = people.person(db, town.lan)
    db.origin = "10.1.2.3"
    people.change(db, town.lan, version=lan["version"], name="兰芷", by=SYSTEM, now=now)

    page = as_administrator.get("/audit?subject=person&q=兰芷")

    assert page.status_code == 200
    assert "修改" in page.text
    assert '<span class="audit__before">兰草</span> → <span>兰芷</span>' in page.text
    assert "10.1.2.3" in page.text
    assert f'href="/people/{town.lan}"' in page.text


def test_a_page_notes_from_where_it_was_asked(as_administrator, db, town):
    as_administrator.post("/language", data={"lang": "en"}, environ_base={"REMOTE_ADDR": "198.51.100.7"})

    assert rows(db, "SELECT origin FROM audit WHERE act = 'speak'") == [{"origin": "198.51.100.7"}]


def test_the_page_is_for_administrators(as_coordinator, as_staff):
    assert as_coordinator.get("/audit").status_code == 403
    assert as_staff.get("/audit.csv").status_code == 403


def test_an_administrator_sees_the_own_subtree_and_nothing_beside_it(client, db, town, now):
    county, beside = (builders.unit(db, now, name, parent_id=town.branch, kind="county") for name in ("平昌", "南江"))
    chief = builders.person(db, now, county, "0901", "陈默")
    accounts.grant(db, chief, "administrator", county, by=SYSTEM, now=now)
    noted(db, now, unit_id=county, act="close_month", subject="unit", subject_id=county, month="2026-01")
    noted(db, now, unit_id=beside, act="reopen_month", subject="unit", subject_id=beside, reason="秘密")
    noted(db, now, act="pause", subject="outbox", subject_id=1)

    page = signed_in(client, db, chief, now).get("/audit")

    assert "关账" in page.text
    assert "秘密" not in page.text
    assert "暂停发送</b>" not in page.text
    assert "秘密" not in client.get(f"/audit?unit={beside}").text
    assert "秘密" not in client.get(f"/audit.csv?unit={beside}").get_data(as_text=True)
    assert trail.page(db, Asked((town.branch,), act="pause")).rows != []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"person": "吕莉"}, [3]),
        ({"person": "L1"}, []),
        ({"act": "publish"}, [2, 1]),
        ({"subject": "unit"}, [4]),
        ({"subject": "roster", "subject_id": 8}, [3]),
        ({"text": "石榴"}, [2]),
        ({"text": "10.9"}, [4]),
        ({"text": "%"}, []),
        ({"first": datetime(2026, 3, 2, tzinfo=UTC).date()}, [4, 3]),
        ({"last": datetime(2026, 3, 1, tzinfo=UTC).date()}, [2, 1]),
    ],
)
def test_each_question_narrows(db, town, now, asked, expected):
    begun = rows(db, "SELECT COALESCE(MAX(id), 0) AS id FROM audit")[0]["id"]
    lv = Actor(None, "吕莉")
    noted(db, now, unit_id=town.branch)
    noted(db, now, unit_id=town.branch, place="石榴社区")
    later = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    noted(db, later, unit_id=town.branch, by=lv, act="close", subject_id=8)
    noted(db, later, unit_id=town.branch, act="close_month", subject="unit", subject_id=town.branch, origin="10.9.8.7")

    found = [row["id"] - begun for row in trail.page(db, Asked((town.branch,), **asked)).rows]

    assert [number for number in found if number > 0] == expected


def test_pages_go_on_by_the_last_row_and_back(db, town, now):
    ids = [noted(db, now, unit_id=town.branch, act="test", subject_id=n) for n in range(7)][::-1]
    asked = Asked((town.branch,), act="test")

    first = trail.page(db, asked, size=3)
    second = trail.page(db, asked, before=first.older, size=3)
    third = trail.page(db, asked, before=second.older, size=3)
    back = trail.page(db, asked, after=third.newer, size=3)

    assert [row["id"] for page in (first, second, third) for row in page.rows] == ids
    assert (first.newer, third.older) == (None, None)
    assert back.rows == second.rows


def test_a_fact_that_nobody_named_is_shown_plainly_and_a_state_by_its_name(db, town, now):
    noted(db, now, unit_id=town.branch, act="strange", subject="thing", role="deputy", mystery=["a", "b"], ok=True)
    row = trail.page(db, Asked((town.branch,), act="strange")).rows[0]

    told = {fact.name: fact.now for fact in trail.fact_words(row, {}, "en", SHANGHAI)}

    assert told["mystery"] == "a; b"
    assert told["Went well"] == "yes"
    assert told["Role"] == "Deputy"
    assert trail.in_words(row, {}, "zh") == "strange · thing #1"


def test_every_act_and_subject_has_its_words():
    def literals(node):
        return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}

    acts, subjects = set(), set()
    for path in (ROOT / "scheduler").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", "")
            if isinstance(node, ast.Call) and name == "record" and len(node.args) == 4:
                acts |= {node.args[1].value} if isinstance(node.args[1], ast.Constant) else set()
                subjects |= literals(node.args[2])

    assert acts - set(AUDIT_ACTS) == set()
    assert subjects - set(AUDIT_SUBJECTS) == set()


def test_the_files_bear_the_words_and_the_head_and_run_nothing(as_administrator, db, town, now):
    noted(db, now, unit_id=town.branch, reason="=HYPERLINK(1)", by=Actor(None, "=1+1"))

    read = as_administrator.get("/audit.csv").get_data(as_text=True)
    table = list(csv.reader(io.StringIO(read.lstrip("\ufeff"))))
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_administrator.get("/audit.xlsx").data))

    assert table[-1][-1] == audit.head(db)
    assert table[1][2] == "'=1+1"
    assert table[1][4:6] == ["发布", "排班"]
    assert book.get_sheet_by_index(0).to_python()[1][2] == "=1+1"  # a text: nothing is written as a formula
    assert audit.head(db) in str(book.get_sheet_by_index(1).to_python())


def test_no_secret_stands_in_the_audit(as_administrator, db, town, now):
    """Every door that makes or takes a secret; none of them is told on."""
    secrets = [accounts.make_link(db, town.lan, by=SYSTEM, now=now)]
    secrets.append(accounts.sign_in(db, secrets[0], now=now))
    secrets.append(walls.make(db, town.branch, lang="zh", codes=False, by=SYSTEM, now=now))
    calendar = feeds.Shown("person", town.lan)
    secrets.append(
        feeds.subscribe(
            db, owner_id=town.lan, of=calendar, lang="zh", base_url="https://duty.example", by=SYSTEM, now=now
        )
    )
    allowed = Channels(hosts=("qyapi.weixin.qq.com",))
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=canary-of-the-address"
    channel_id = channels.add(
        db, unit_id=town.branch, kind="wecom", name="群", url=url, secret="canary-of-the-secret", pace=None,
        allowed=allowed, by=SYSTEM, now=now,
    )  # fmt: skip
    held = channels.channel(db, channel_id)
    channels.change(
        db, channel_id, name="群二", url=f"{url}-two", secret="canary-of-the-second", pace=None, is_on=True,
        version=held["version"], allowed=allowed, by=SYSTEM, now=now + timedelta(minutes=1),
    )  # fmt: skip

    told = str(rows(db, "SELECT * FROM audit")) + as_administrator.get("/audit").text

    for secret in [*map(str, secrets), "canary-of"]:
        assert secret not in told
