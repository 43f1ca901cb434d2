"""The operations page: failed first, what each reader may see and do, and that it is said when nothing runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler import accounts, audit, backups, jobs, outbox, reminders
from scheduler.audit import SYSTEM
from scheduler.config import Mail
from scheduler.database import rows, run, value
from scheduler.jobs import lease
from scheduler.outbox import Sent
from tests import builders
from tests.calendars import MONDAY
from tests.conftest import signed_in
from tests.test_outbox import queued


@pytest.fixture
def failed(db, town, now) -> int:
    """A message to 兰草 that her mail server would not take."""
    message_id = queued(db, town, now, subject="值班提醒：3月2日 周一", expires_at=now + timedelta(days=1))
    outbox.send_due(db, lambda row: Sent(False, reason="550 <no> such mailbox"), moment=lambda: now)
    return message_id


def test_a_beating_heart_is_shown_with_its_age(as_coordinator, db, watch, now):
    lease.take(db, "worker", now=now)
    watch.now = now + timedelta(seconds=7)
    page = as_coordinator.get("/operations").text

    assert "后台进程在运行" in page
    assert "7 秒前" in page


@pytest.mark.parametrize("silent", [None, 121])
def test_a_silent_background_process_is_told(as_coordinator, db, watch, now, silent):
    if silent:
        lease.take(db, "worker", now=now)
        watch.now = now + timedelta(seconds=silent)
    page = as_coordinator.get("/operations").text

    assert "后台进程没有响应" in page
    assert "提醒不会发出" in page


def test_a_heartbeat_of_before_the_clock_was_set_back_is_silence(as_coordinator, client, db, now):
    lease.take(db, "worker", now=now + timedelta(days=1))

    assert "后台进程没有响应" in as_coordinator.get("/operations").text
    assert client.get("/healthz").status_code == 503


def test_jobs_are_shown_with_their_last_turn(as_coordinator, db, settings, now):
    jobs.run_once(db, settings, "remind", now=now)
    late = "INSERT INTO job_run (job, started_at, milliseconds, error) VALUES ('send', :now, 2345, 'OSError')"
    run(db, late, now="2026-02-28T01:00:00Z")
    page = as_coordinator.get("/operations").text

    assert "到期提醒入箱" in page
    assert "2.3 秒" in page
    assert "出错：磁盘或网络故障" in page
    assert page.count("尚未运行") == len(jobs.NAMES) - 2


def test_failed_messages_stand_first_with_their_reason(as_coordinator, failed):
    page = as_coordinator.get("/operations").text

    assert "550 &lt;no&gt; such mailbox" in page
    assert page.index("550 &lt;no&gt;") < page.index("后台任务")
    assert 'title="1 项失败">1</span>' in page


def test_a_failed_message_is_retried(as_coordinator, db, failed):
    answer = as_coordinator.post(f"/operations/messages/{failed}/retry", follow_redirects=True)

    assert "已放回发件箱" in answer.text
    assert value(db, "SELECT state FROM outbox") == "due"


def test_a_failed_message_is_given_up(as_coordinator, db, failed):
    assert as_coordinator.post(f"/operations/messages/{failed}/give-up").status_code == 303
    assert value(db, "SELECT state FROM outbox") == "obsolete"


def test_what_is_over_cannot_be_retried_and_the_page_says_why(as_coordinator, db, watch, now, failed):
    watch.now = now + timedelta(days=2)
    answer = as_coordinator.post(f"/operations/messages/{failed}/retry")

    assert answer.status_code == 409
    assert "这次值班已经开始，不再发送。" in answer.text


def test_who_has_no_address_is_listed(as_coordinator, db, town, now):
    run(db, "UPDATE person SET email = '' WHERE id = :id", id=town.lan)
    shift_id = builders.shift(db, town, MONDAY, [town.lan])
    reminders.arm(db, [builders.assigned(db, shift_id, town.lan)], now=now)
    reminders.queue_due(db, base_url="https://duty.example", now=now + timedelta(hours=33))
    page = as_coordinator.get("/operations").text

    assert "没有邮箱，也没有群机器人，或已离职：提醒不到" in page
    assert f'<a href="/people/{town.lan}">兰草</a>' in page


@pytest.mark.parametrize("state", ["due", "sent", "failed", "obsolete", "nonsense"])
def test_the_outbox_is_shown_by_state(as_coordinator, db, town, now, state):
    queued(db, town, now)
    page = as_coordinator.get(f"/operations?state={state}")

    assert page.status_code == 200
    assert ('title="值班提醒">值班提醒</td>' in page.text) == (state in ("due", "nonsense"))


def test_messages_to_people_of_other_units_are_neither_shown_nor_touched(client, db, town, now, failed):
    elsewhere = builders.unit(db, now, "电信公司")
    stranger = builders.person(db, now, elsewhere, "9001", "外人")
    accounts.grant(db, stranger, "coordinator", elsewhere, by=SYSTEM, now=now)
    signed_in(client, db, stranger, now)
    page = client.get("/operations").text

    assert ("兰草" in page, "1 项失败" in page) == (False, False)
    assert client.post(f"/operations/messages/{failed}/retry").status_code == 404
    assert value(db, "SELECT state FROM outbox") == "failed"


def test_staff_may_not_look(as_staff):
    assert as_staff.get("/operations").status_code == 403


def test_an_administrator_runs_a_job_now_and_a_coordinator_may_not(as_administrator, db, town, now, client):
    assert "立即运行" in as_administrator.get("/operations").text
    assert as_administrator.post("/operations/jobs/prune").status_code == 303
    assert value(db, "SELECT COUNT(*) FROM job_run WHERE job = 'prune' AND asked_at IS NOT NULL") == 1
    assert "马上运行" in as_administrator.get("/operations").text
    assert as_administrator.post("/operations/jobs/vacuum").status_code == 422

    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    signed_in(client, db, town.party, now)
    assert "立即运行" not in client.get("/operations").text
    assert client.post("/operations/jobs/prune").status_code == 403


def test_a_missing_mail_server_is_told(app, as_coordinator, settings):
    assert "没有设置邮件服务器" not in as_coordinator.get("/operations").text
    app.config["SETTINGS"] = settings.model_copy(update={"mail": Mail()})

    assert "没有设置邮件服务器" in as_coordinator.get("/operations").text


def test_in_english_the_page_is_english(as_coordinator, db, failed):
    run(db, "UPDATE person SET lang = 'en'")
    page = as_coordinator.get("/operations").text

    assert "Background process is silent" in page
    assert "Queue due reminders" in page
    assert "Give up…" in page


def test_the_page_tells_what_the_program_stands_on(as_coordinator, db, settings, now, watch):
    assert "还没有" in as_coordinator.get("/operations").text

    backups.make(db, settings, "nightly", now=now)
    page = as_coordinator.get("/operations").text
    assert ("09:00" in page, "超过两天" in page, "日志模式 wal" in page, "磁盘剩余" in page) == (
        True,
        False,
        True,
        True,
    )
    watch.now = now + timedelta(days=3)
    assert "超过两天" in as_coordinator.get("/operations").text


def test_a_sign_in_link_that_failed_has_no_retry(as_coordinator, db, town, now):
    queued(db, town, now, kind="signin", body="https://duty.example/signin/secret")
    outbox.send_due(db, lambda row: Sent(False, reason="550 no"), moment=lambda: now)

    assert "/retry" not in as_coordinator.get("/operations").text


# sending paused, and another try for many


def test_whoever_administers_the_organisation_pauses_sending_and_nothing_leaves(as_administrator, db, town, now):
    message_id = queued(db, town, now)
    assert as_administrator.post("/operations/sending/pause").status_code == 303
    page = as_administrator.get("/operations").text

    assert "发送已暂停：何远山" in page
    assert ("已暂停发送" in page, page.count("发送已暂停")) == (False, 1)  # said once
    assert outbox.send_due(db, lambda row: Sent(True), moment=lambda: now) == 0
    assert value(db, "SELECT state FROM outbox WHERE id = :id", id=message_id) == "due"
    assert [entry["act"] for entry in audit.history(db, "outbox", 1)] == ["pause"]

    assert as_administrator.post("/operations/sending/resume").status_code == 303
    assert "发送已暂停" not in as_administrator.get("/operations").text
    assert outbox.send_due(db, lambda row: Sent(True), moment=lambda: now) == 1


def test_what_is_over_while_sending_is_paused_is_obsolete(as_administrator, db, town, now):
    queued(db, town, now, expires_at=now + timedelta(hours=1))
    outbox.pause(db, by=SYSTEM, now=now)
    outbox.send_due(db, lambda row: Sent(True), moment=lambda: now + timedelta(hours=2))

    assert value(db, "SELECT state FROM outbox") == "obsolete"


def test_sending_is_paused_once_and_the_second_is_told_who_did(as_administrator, db, now):
    outbox.pause(db, by=audit.Actor(None, "杜明月"), now=now)
    again = as_administrator.post("/operations/sending/pause")

    assert (again.status_code, "杜明月 已在 2026-02-28 09:00 暂停了发送" in again.text) == (409, True)
    assert as_administrator.post("/operations/sending/resume").status_code == 303
    assert as_administrator.post("/operations/sending/resume").status_code == 409


def test_who_administers_a_part_or_only_coordinates_may_not_pause(client, as_coordinator, db, town, now):
    assert as_coordinator.post("/operations/sending/pause").status_code == 403
    accounts.grant(db, town.lan, "administrator", town.office, by=SYSTEM, now=now)
    signed_in(client, db, town.lan, now)

    assert client.post("/operations/sending/pause").status_code == 403
    assert "暂停发送" not in client.get("/operations").text
    assert outbox.paused(db) is None


@pytest.fixture
def many_failed(db, town, now) -> None:
    """Two that a server did not know, by their addresses; one of another reason; a sign-in link."""
    reasons = iter(["550 <a@x.cn> unknown", "550 <b@x.cn> unknown", "552 too large", "550 <c@x.cn> unknown"])
    for number, kind in enumerate(("reminder", "reminder", "reminder", "signin")):
        queued(db, town, now, key=f"k{number}", kind=kind, expires_at=now + timedelta(days=1))
    outbox.send_due(db, lambda row: Sent(False, reason=next(reasons)), moment=lambda: now)


def states(db) -> list[str]:
    return [row["state"] for row in rows(db, "SELECT state FROM outbox ORDER BY id")]


def test_what_failed_for_one_reason_is_retried_at_once_and_the_rest_stays(as_coordinator, db, many_failed):
    page = as_coordinator.get("/operations").text
    assert ("重试这 2 条" in page, "重试这 1 条" in page) == (True, True)

    answer = as_coordinator.post(
        "/operations/messages/retry", data={"reason": "550 <a@x.cn> unknown"}, follow_redirects=True
    )

    assert "2 条已放回发件箱" in answer.text
    assert states(db) == ["due", "due", "failed", "failed"]
    assert value(db, "SELECT COUNT(*) FROM audit WHERE act = 'retry_all'") == 1


def test_there_may_be_nothing_to_retry(as_coordinator, db, watch, now, many_failed):
    assert as_coordinator.post("/operations/messages/retry", data={"reason": "something else"}).status_code == 409
    watch.now = now + timedelta(days=2)

    assert as_coordinator.post("/operations/messages/retry").status_code == 409
    assert states(db) == ["failed"] * 4


def test_many_are_retried_only_by_who_coordinates_their_people(client, db, town, now, many_failed):
    elsewhere = builders.unit(db, now, "电信公司")
    stranger = builders.person(db, now, elsewhere, "9001", "外人")
    accounts.grant(db, stranger, "coordinator", elsewhere, by=SYSTEM, now=now)
    signed_in(client, db, stranger, now)

    assert client.post("/operations/messages/retry").status_code == 409
    assert states(db) == ["failed"] * 4


# the heart


def test_the_last_hours_heart_is_drawn_minute_by_minute_with_its_holder(as_coordinator, db, watch, now):
    held = lease.take(db, "machine:77", now=now)
    for second in (60, 65, 70, 75, 80, 85, 130):
        lease.keep(db, held, now=now + timedelta(seconds=second))
    watch.now = now + timedelta(minutes=3)
    page = as_coordinator.get("/operations").text

    assert [page.count(f'class="pulse__{kind}"') for kind in ("beat", "few", "none")] == [1, 1, 58]
    assert "60 分钟里有 58 分钟没有心跳" in page
    assert "machine:77" in page


def test_a_kind_of_message_that_a_newer_program_left_is_shown_by_its_word(as_coordinator, db, town, now):
    queued(db, town, now, kind="from_the_future")

    assert "from_the_future" in as_coordinator.get("/operations").text


def test_the_oldest_overdue_message_is_shown(as_coordinator, db, town, now, watch):
    queued(db, town, now, expires_at=now + timedelta(days=1))
    watch.now = now + timedelta(minutes=12)

    assert "12 分钟" in as_coordinator.get("/operations").text


def test_when_a_job_runs_next_is_shown(as_coordinator, db, settings, now):
    lease.take(db, "worker", now=now)
    jobs.run_once(db, settings, "prune", now=now)
    (prune,) = [row for row in jobs.last_turns(db, settings) if row["job"] == "prune"]

    assert prune["next_at"] == now + timedelta(days=1)
    assert "下次" in as_coordinator.get("/operations").text
