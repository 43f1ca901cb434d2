"""The pages of channels: for administrators, with no secret on any of them."""

from __future__ import annotations

import pytest

from scheduler import channels, outbox
from scheduler.audit import SYSTEM
from scheduler.config import Channels, Settings
from scheduler.outbox import Sent
from tests import builders
from tests.bots import LOOPBACK, Bot, code
from tests.test_outbox import queued

URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0f9e-obscure-7788"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"channels": Channels(inner=LOOPBACK.inner)})


@pytest.fixture
def bot():
    made = Bot()
    yield made
    made.close()


def given(town, **more):
    return {"kind": "wecom", "unit_id": town.branch, "name": "值班群", "url": URL, "secret": "", "pace": ""} | more


def made(db, town, now, url=URL, **more):
    return channels.add(
        db, unit_id=town.branch, kind="wecom", name="值班群", url=url, allowed=Channels(inner=LOOPBACK.inner),
        by=SYSTEM, now=now, **more,
    )  # fmt: skip


def test_an_administrator_adds_a_channel_and_its_address_is_seen_no_more(as_administrator, db, town):
    added = as_administrator.post("/channels/new", data=given(town, secret="SEC-obscure-word-4321"))

    assert (added.status_code, added.location) == (303, "/channels")
    page = as_administrator.get("/channels").text
    assert "值班群" in page
    assert "qyapi.weixin.qq.com …7788" in page
    edit = as_administrator.get(f"/channels/{channels.channels(db, within=[town.branch])[0]['id']}").text
    assert "…4321" in edit
    assert [secret for secret in ("0f9e", "SEC-", "obscure") if secret in page + edit] == []


def test_a_host_that_is_not_on_the_list_is_refused_at_its_field_and_the_name_stays(as_administrator, town):
    page = as_administrator.post("/channels/new", data=given(town, url="https://evil.example/x"))

    assert page.status_code == 422
    assert "evil.example 不在允许的主机之列" in page.text
    assert 'value="值班群"' in page.text


@pytest.mark.parametrize("path", ["/channels", "/channels/new", "/channels/1"])
def test_a_coordinator_sets_up_no_channel(as_coordinator, db, town, now, path):
    made(db, town, now)

    assert as_coordinator.get(path).status_code in (403, 404)


def test_nobody_sets_up_a_channel_for_a_unit_of_others(as_administrator, db, now, town):
    other = builders.unit(db, now, "别的公司")

    assert as_administrator.post("/channels/new", data=given(town, unit_id=other)).status_code == 404
    assert channels.channels(db, within=[other]) == []


def test_the_button_sends_a_test_message_and_shows_the_servers_own_answer(as_administrator, db, town, now, bot):
    channel_id = made(db, town, now, url=bot.url())
    bot.always = code(93000, "invalid <webhook> url")

    as_administrator.post(f"/channels/{channel_id}/test")
    page = as_administrator.get("/channels").text

    assert "测试消息没有发出。对方答：93000 invalid &lt;webhook&gt; url" in page
    assert "连续失败 1 次" in page
    assert as_administrator.post(f"/channels/{channel_id}/test").status_code == 409
    assert len(bot.heard) == 1


def test_a_channel_is_turned_off_and_a_stale_form_is_told(as_administrator, db, town, now):
    channel_id = made(db, town, now)
    form = given(town, url="", version="1")

    assert as_administrator.post(f"/channels/{channel_id}", data=form).status_code == 303
    assert channels.channel(db, channel_id)["is_on"] == 0
    assert as_administrator.post(f"/channels/{channel_id}", data=form | {"is_on": "1"}).status_code == 409


def test_a_removed_channel_is_gone_from_the_page(as_administrator, db, town, now):
    channel_id = made(db, town, now)

    assert as_administrator.post(f"/channels/{channel_id}/remove", data={"version": "1"}).status_code == 303
    assert "值班群" not in as_administrator.get("/channels").text
    assert as_administrator.get(f"/channels/{channel_id}").status_code == 404


def test_what_a_bot_would_not_take_is_shown_as_the_bots_among_the_failed(as_administrator, db, town, now):
    queued(db, town, now, channel_id=made(db, town, now))
    door = outbox.Door(lambda messages: Sent(False, reason="93000 invalid webhook url"), channel_id=1)
    outbox.drain(db, door, moment=lambda: now)
    page = as_administrator.get("/operations").text

    failed = page[page.index('class="failures"') : page.index("</ul>", page.index('class="failures"'))]
    assert "企业微信群机器人" in failed
    assert "93000 invalid webhook url" in failed
    assert "邮件" not in failed
