"""Mail over a real SMTP server on loopback: what leaves, and what each answer of a server means."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from scheduler import outbox
from scheduler.config import Mail
from scheduler.database import Database, Row, value
from scheduler.mail import Smtp, letter
from scheduler.outbox import Sent
from tests.mailbox import free_port
from tests.test_outbox import queued

ROW: Row = {
    "id": 1,
    "message_id": "<0123456789abcdef@duty.example>",
    "address": "lan@branch.example",
    "subject": "值班提醒：3月2日 周一 08:30–17:00 江北支行",
    "body": "兰草，您好：\n\n请按时到岗。\n",
    "made_at": "2026-03-01T00:30:00Z",
}


def posted(mail: Mail, row: Row = ROW) -> Sent:
    with Smtp(mail) as smtp:
        return smtp.post(row)


def silent_server(answer: bytes) -> Iterator[int]:
    """A port whose server says `answer` and hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        connection.sendall(answer)
        connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    thread.join(5)
    listening.close()


def test_a_letter_arrives_in_chinese_under_its_own_message_id(mail_server, mailbox):
    assert posted(mail_server) == Sent(True)

    (envelope,) = mailbox.letters
    letter = message_from_bytes(envelope.content, policy=policy.default)
    assert envelope.mail_from == "duty@branch.example"
    assert envelope.rcpt_tos == ["lan@branch.example"]
    assert letter["Message-ID"] == "<0123456789abcdef@duty.example>"
    assert letter["Subject"] == "值班提醒：3月2日 周一 08:30–17:00 江北支行"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().replace("\r\n", "\n") == ROW["body"]


def test_headers_leave_in_plain_ascii(mail_server, mailbox):
    posted(mail_server)

    head = mailbox.letters[0].content.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(len(line) for line in head.split(b"\r\n")) <= 998


def test_a_second_copy_is_the_same_letter():
    assert letter(ROW, "duty@branch.example") == letter(ROW, "duty@branch.example")


def test_a_duty_goes_along_as_a_calendar_file_and_a_second_copy_is_still_the_same():
    row = ROW | {"calendar": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"}

    first, second = (letter(row, "duty@branch.example") for _ in range(2))

    assert first == second
    (attached,) = message_from_bytes(first, policy=policy.default).iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "duty.ics")
    assert attached.get_payload(decode=True).decode() == row["calendar"]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Duty",
        "x" * 46,
        "a =?utf-8?b?eA==?= b",
        " led by a space",
        "值班提醒" * 40,
        "e\u0301🧑‍🏫" * 30,
        "long words " * 30,
    ],
)
def test_every_subject_is_read_as_it_was_meant(words):
    raw = letter(ROW | {"subject": words, "body": words}, "值班 <duty@branch.example>")

    read = message_from_bytes(raw, policy=policy.default)
    assert (read["Subject"], read["From"].addresses[0].addr_spec, read["To"]) == (
        words, "duty@branch.example", "lan@branch.example",
    )  # fmt: skip
    assert (read.get_content().strip("\n"), read.defects, raw.isascii()) == (words, [], True)
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_one_connection_carries_many_letters(mail_server, mailbox):
    with Smtp(mail_server) as smtp:
        assert [smtp.post({**ROW, "message_id": f"<{n}@duty.example>"}) for n in range(3)] == [Sent(True)] * 3

    assert len(mailbox.letters) == 3


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
def test_4xx_is_worth_another_try(mail_server, mailbox, at):
    mailbox.answers[at] = "451 greylisted, come back"

    assert posted(mail_server) == Sent(False, temporary=True, reason="451 greylisted, come back")


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
def test_5xx_is_final(mail_server, mailbox, at):
    mailbox.answers[at] = "550 no such mailbox"

    assert posted(mail_server) == Sent(False, reason="550 no such mailbox")


def test_after_a_refusal_the_next_letter_leaves_by_the_same_connection(mail_server, mailbox):
    with Smtp(mail_server) as smtp:
        mailbox.answers["RCPT"] = "550 no such mailbox"
        smtp.post(ROW)
        mailbox.answers.clear()

        assert smtp.post(ROW) == Sent(True)


def test_a_server_that_says_it_is_closing_counts_as_down(mail_server, mailbox):
    mailbox.answers["DATA"] = "421 shutting down"
    answer = posted(mail_server)

    assert (answer.ok, answer.temporary, answer.down) == (False, True, True)


def test_a_server_that_is_not_there_counts_as_down():
    answer = posted(Mail(host="127.0.0.1", port=free_port()))

    assert (answer.ok, answer.temporary, answer.down) == (False, True, True)
    assert answer.reason.startswith("refused: ")


@pytest.mark.parametrize("said", [b"", b"220 hello\r\n", b"554 go away\r\n", b"\x00\xff nonsense\r\n"])
def test_a_server_that_hangs_up_is_tried_again(said):
    serving = silent_server(said)
    answer = posted(Mail(host="127.0.0.1", port=next(serving)))
    next(serving, None)

    assert (answer.ok, answer.temporary, answer.down) == (False, True, True)


def test_a_password_that_is_refused_is_ours_to_mend_and_fails_no_message(mailbox):
    refusing = Controller(
        mailbox, hostname="127.0.0.1", port=free_port(), auth_require_tls=False,
        authenticator=lambda *_: AuthResult(success=False, handled=False),
    )  # fmt: skip
    refusing.start()
    answer = posted(Mail(host="127.0.0.1", port=refusing.port, user="duty", password="wrong"))
    refusing.stop()

    assert (answer.ok, answer.temporary, answer.down) == (False, True, True)
    assert answer.reason.startswith("535")


def test_tls_that_the_server_lacks_is_not_done_without(mail_server, mailbox):
    answer = posted(mail_server.model_copy(update={"security": "starttls"}))

    assert (answer.ok, answer.down, mailbox.letters) == (False, True, [])


@pytest.mark.parametrize("address", ["", "lan", "lan@", "a@b.cn, c@d.cn", "<a@b.cn>", "a@b.cn\nBcc: c@d.cn", "王@b.cn"])
def test_what_is_no_address_fails_alone(mail_server, mailbox, address):
    assert posted(mail_server, {**ROW, "address": address}) == Sent(False, reason="no_address")
    assert mailbox.letters == []


def test_a_line_break_in_a_subject_adds_no_header(mail_server, mailbox):
    assert posted(mail_server, {**ROW, "subject": "值班\r\nBcc: c@d.cn"}).ok is False
    assert mailbox.letters == []


def test_the_outbox_drains_through_a_server_that_refuses_some(db: Database, town, now, mail_server, mailbox):
    for n in range(5):
        queued(db, town, now, f"key {n}", address="lan@branch.example" if n != 2 else "not an address")
    with Smtp(mail_server) as smtp:
        answered = outbox.send_due(db, smtp.post, moment=lambda: now)

    assert answered == 5
    assert len(mailbox.letters) == 4
    assert value(db, "SELECT GROUP_CONCAT(state) FROM outbox") == "sent,sent,failed,sent,sent"


def test_a_lost_answer_is_resent_under_the_same_message_id(db: Database, town, now, mail_server, mailbox):
    queued(db, town, now)
    held = outbox.claim(db, now=now)
    posted(mail_server, held)  # and the process dies before it can note it

    with Smtp(mail_server) as smtp:
        assert outbox.send_due(db, smtp.post, moment=lambda: now + timedelta(seconds=30)) == 0
        assert outbox.send_due(db, smtp.post, moment=lambda: now + outbox.LEASE) == 1
    ids = [message_from_bytes(envelope.content)["Message-ID"] for envelope in mailbox.letters]
    assert ids == [held["message_id"]] * 2
