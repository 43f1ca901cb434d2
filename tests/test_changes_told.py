"""What the audit says of a change of settings: what stood before, what stands now, in words; never a secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from scheduler import accounts, channels, feeds, reminders, swaps, trail, workdays
from scheduler.audit import SYSTEM
from scheduler.config import Channels
from scheduler.database import rows, value
from scheduler.feeds import Shown
from scheduler.reminders import Choice, Ladder, Quiet, Rung
from scheduler.trail import Asked
from tests import builders, calendars

OLD = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=first-secret"
NEW = "https://oapi.dingtalk.com/robot/send?access_token=second-secret"


@pytest.fixture
def by(db, town, now):
    """Of the system: who administers everything."""
    return {"by": SYSTEM, "now": now}


def told(db, act, lang="zh"):
    """The newest such act's facts: name → before, now."""
    tops = tuple(row["id"] for row in rows(db, "SELECT id FROM unit WHERE parent_id IS NULL ORDER BY id"))
    row = trail.page(db, Asked(tops, act=act)).rows[0]
    return {
        fact.name: (fact.before, fact.now)
        for fact in trail.fact_words(row, trail.names(db, [row], lang), lang, db.zone)
    }


def test_of_a_channel_its_name_host_and_pace_and_no_secret(db, town, by):
    channel_id = channels.add(db, unit_id=town.branch, kind="wecom", name="值班群", url=OLD, allowed=Channels(), **by)

    channels.change(
        db, channel_id, name="大堂群", url=NEW, secret="third-secret", pace=9, is_on=False, version=1,
        allowed=Channels(), **by,
    )  # fmt: skip

    assert told(db, "change") == {
        "名称": ("值班群", "大堂群"), "主机": ("qyapi.weixin.qq.com", "oapi.dingtalk.com"), "启用": ("是", "否"),
        "每分钟至多": ("—", "9"), "换了地址": (None, "是"), "换了密钥": (None, "是"),
    }  # fmt: skip
    assert value(db, "SELECT COUNT(*) FROM audit WHERE facts LIKE '%-secret%' OR facts LIKE '%key=%'") == 0


def test_of_the_swap_policy_what_changed_alone(db, town, by):
    swaps.set_policy(db, town.branch, replace(swaps.policy(db, town.branch), people=5, needs_approval=True), **by)

    assert told(db, "set_swaps") == {"人数": ("3", "5"), "需审批": ("否", "是")}


def test_of_a_ladder_its_steps_in_words(db, by):
    activity_id = value(db, "SELECT id FROM activity WHERE code = 'lobby'")
    first = Ladder((Rung("days:1@17:00"),), Quiet(time(22), time(7)), None)
    reminders.set_ladder(db, activity_id, first, version=0, **by)

    second = Ladder((Rung("days:1@17:00", must=True), Rung("minutes:120")), None, 120)
    reminders.set_ladder(db, activity_id, second, version=1, **by)

    assert told(db, "set_ladder") == {
        "提醒步骤": ("前一天 17:00", "前一天 17:00、2 小时前"), "必发": ("—", "前一天 17:00"),
        "通道": ("邮件", "邮件；邮件"), "免打扰开始": ("22:00", "—"), "免打扰结束": ("07:00", "—"),
        "等待答复（分钟）": ("—", "120"),
    }  # fmt: skip
    reminders.remove_ladder(db, activity_id, **by)
    assert told(db, "remove_ladder", "en")["Steps"] == (None, "day before, 17:00; 2 hours before")


def test_of_what_people_may_choose_and_of_what_one_chose(db, town, by):
    free = reminders.freedom(db)
    reminders.set_freedom(db, replace(free, rules=("minutes:45",)), version=free.version, **by)
    reminders.choose(db, town.lan, Choice(added=("minutes:45",)), **by)

    assert told(db, "set_freedom")["规则"][1] == "45 分钟前"
    assert "30 分钟前" in told(db, "set_freedom")["规则"][0]
    assert told(db, "choose_reminders") == {"新增": ("—", "45 分钟前")}


def test_of_a_feed_its_name(db, town, now, by):
    calendars.subscribed(db, town.lan, now)
    feeds.rename(db, owner_id=town.lan, of=Shown("person", town.lan), name="手机", **by)
    feeds.rename(db, owner_id=town.lan, of=Shown("person", town.lan), name="平板", **by)
    feeds.set_alarms(db, person_id=town.lan, alarms="hour", **by)

    assert told(db, "rename") == {"名称": ("手机", "平板")}
    assert told(db, "set_alarms")["提醒"][0] != told(db, "set_alarms")["提醒"][1]


def test_of_a_workday_and_of_passwords(db, town, by):
    builders.person(db, by["now"], town.branch, "0099", "钟离")
    workdays.override(db, date(2026, 3, 2), is_workday=False, name="行庆", **by)
    workdays.override(db, date(2026, 3, 2), is_workday=True, name="行庆", **by)
    accounts.allow_passwords(db, False, **by)

    assert told(db, "override")["工作日"] == ("否", "是")
    assert told(db, "allow_passwords") == {"密码登录": ("是", "否")}
