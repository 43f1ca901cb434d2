"""Mail servers that are slow, hang, refuse, or break the line: told apart, and every useful mail in the end."""

from __future__ import annotations

import time
from datetime import timedelta
from email import message_from_bytes

import pytest

from scheduler import outbox
from scheduler.config import Mail
from scheduler.database import Database, rows, value
from scheduler.mail import Smtp, smtp
from scheduler.outbox import Sent
from tests.mail_servers import MailServer, Talk, dripping, serving
from tests.test_mail import ROW
from tests.test_outbox import queued

FOREVER = 3600


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same time-outs, a fortieth as long."""
    for name in ("ANSWER_SECONDS", "TAKEN_SECONDS", "LETTER_SECONDS"):
        monkeypatch.setattr(smtp, name, getattr(smtp, name) / 40)


def line_to(server: MailServer) -> Smtp:
    return Smtp(Mail(host="127.0.0.1", port=server.port))


def posted(server: MailServer) -> Sent:
    with line_to(server) as line:
        return line.post(ROW)


def test_a_server_that_takes_commands_in_one_go_gets_them_so():
    with serving(lambda talk: talk.converse(offers=("PIPELINING", "SIZE 100000"))) as server, line_to(server) as line:
        assert [line.post(ROW) for _ in range(3)] == [Sent(True)] * 3

    assert [message_from_bytes(letter)["Message-ID"] for letter in server.letters] == [ROW["message_id"]] * 3
    assert server.heard[1].startswith(b"MAIL FROM:<lunzhi@localhost> SIZE=")
    assert server.heard[2:4] == [b"RCPT TO:<lan@branch.example>", b"DATA"]


@pytest.mark.parametrize("data", ["503 nobody to send to", "354 go on then"])
def test_a_refused_receiver_among_commands_in_one_go_fails_alone(data):
    answers = {"RCPT": "550 no such mailbox", "DATA": data, ".": "554 no valid receivers"}
    with serving(lambda talk: talk.converse(answers, offers=("PIPELINING",))) as server, line_to(server) as line:
        refused = line.post(ROW)
        answers.clear()

        assert (refused, line.post(ROW)) == (Sent(False, reason="550 no such mailbox"), Sent(True))
    assert (len(server.letters), server.connections) == (1, 1)


def test_a_sender_that_is_refused_is_ours_to_mend_and_fails_no_message():
    with serving(lambda talk: talk.converse({"MAIL": "530 sign in first"})) as server:
        assert posted(server) == Sent(False, temporary=True, reason="530 sign in first", down=True)


def test_a_letter_that_is_too_large_fails():
    with serving(lambda talk: talk.converse({"MAIL": "552 too large"}, offers=("SIZE 10",))) as server:
        assert posted(server) == Sent(False, reason="552 too large")


def test_a_server_that_hangs_up_after_each_letter_costs_no_attempt():
    with serving(lambda talk: talk.converse(letters=1)) as server, line_to(server) as line:
        assert [line.post(ROW) for _ in range(3)] == [Sent(True)] * 3

    assert server.connections == 3


def silent(talk: Talk) -> None:
    time.sleep(FOREVER)


def half_open(talk: Talk) -> None:
    talk.say("220 hello")
    time.sleep(FOREVER)


@pytest.mark.parametrize("behave", [silent, half_open, dripping("220-wait\r\n", 0.01), dripping("2", 0.1)])
@pytest.mark.usefixtures("hurried")
def test_a_server_that_keeps_us_waiting_is_down_within_the_time_for_one_letter(behave):
    began = time.monotonic()
    with serving(behave) as server:
        answer = posted(server)

    assert (answer.ok, answer.temporary, answer.down) == (False, True, True)
    assert time.monotonic() - began < smtp.LETTER_SECONDS + 1


@pytest.mark.usefixtures("hurried")
def test_each_answer_in_time_but_the_letter_not_is_down_too(monkeypatch):
    monkeypatch.setattr(smtp, "LETTER_SECONDS", 0.5)

    def slow(talk: Talk) -> None:
        talk.say("220 hello")
        while True:
            talk.line()
            time.sleep(0.2)
            talk.say("250 ok")

    with serving(slow) as server:
        assert posted(server).down


@pytest.mark.usefixtures("hurried")
def test_a_server_that_takes_its_time_over_a_letter_is_waited_for():
    def careful(talk: Talk) -> None:
        taken = talk.letter

        def looked_through() -> bytes:
            letter = taken()
            time.sleep(smtp.ANSWER_SECONDS * 1.5)
            return letter

        talk.letter = looked_through
        talk.converse()

    with serving(careful) as server:
        assert posted(server) == Sent(True)


@pytest.mark.parametrize(
    ("behave", "attempts"),
    [
        (lambda talk: talk.converse({"RCPT": "451 greylisted"} if talk.number == 1 else {}), 2),
        (lambda talk: talk.converse({"": "421 too busy"} if talk.number == 1 else {}), 2),
        (lambda talk: talk.converse({".": "452 disk full"} if talk.number == 1 else {}), 2),
        (lambda talk: talk.converse() if talk.number > 1 else talk.connection.shutdown(2), 2),
        (lambda talk: talk.converse() if talk.number > 1 else broken_off(talk), 2),
    ],
    ids=["greylisting", "too busy", "no room", "hangs up", "breaks after DATA"],
)
def test_a_useful_mail_arrives_in_the_end_under_its_one_id_and_its_state_is_shown(
    db: Database, town, now, behave, attempts
):
    message_id = queued(db, town, now)
    with serving(behave) as server:
        with line_to(server) as line:
            outbox.send_due(db, line.post, moment=lambda: now)
        (waiting,) = outbox.messages(db, "due", within=[town.branch])
        assert (waiting["id"], waiting["attempts"]) == (message_id, 1)
        assert waiting["last_error"] != ""
        with line_to(server) as line:
            outbox.send_due(db, line.post, moment=lambda: now + timedelta(minutes=2))

    (sent,) = rows(db, "SELECT state, attempts, message_id FROM outbox")
    assert (sent["state"], sent["attempts"]) == ("sent", attempts)
    assert {message_from_bytes(letter)["Message-ID"] for letter in server.letters} == {sent["message_id"]}


def broken_off(talk: Talk) -> None:
    """Takes the letter and breaks the line before it says so."""
    talk.say("220 hello")
    while not talk.line().startswith(b"DATA"):
        talk.say("250 ok")
    talk.say("354 go on")
    talk.letters.append(talk.letter())


def test_one_that_breaks_every_line_is_left_alone_after_three(db: Database, town, now):
    for number in range(5):
        queued(db, town, now, f"key {number}")
    with serving(broken_off) as server, line_to(server) as line:
        outbox.send_due(db, line.post, moment=lambda: now)

    assert (server.connections, value(db, "SELECT SUM(attempts) FROM outbox")) == (3, 3)


def test_who_slept_past_all_time_outs_with_the_answer_waiting_reads_it():
    with serving(lambda talk: talk.converse()) as server:
        line = smtp._Line(Mail(host="127.0.0.1", port=server.port), time.monotonic() + 60)
        line.send("NOOP\r\n")
        time.sleep(0.2)
        line.until = time.monotonic() - 60

        assert line.getreply() == (250, b"ok")
        line.close()


def test_who_slept_past_the_time_for_a_letter_writes_nothing_more():
    with serving(lambda talk: talk.converse()) as server:
        line = smtp._Line(Mail(host="127.0.0.1", port=server.port), time.monotonic() + 60)
        line.send("NOOP\r\n")
        line.until = time.monotonic()

        with pytest.raises(TimeoutError):
            line.send("DATA\r\n")
        time.sleep(0.2)
        line.close()
    assert server.heard == [b"NOOP"]
