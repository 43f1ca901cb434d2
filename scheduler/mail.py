"""Mail by SMTP: one message out, and what the server said."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import TracebackType

from scheduler import clock
from scheduler.config import Mail
from scheduler.database import Row
from scheduler.outbox import Sent

TIMEOUT_SECONDS = 10  # for each of the about six answers that one mail needs


class Smtp:
    """A connection to the mail server: opened at the first message, kept while the server keeps it.

    `post` tells what became of one message and never raises for what a server does. A refusal with
    5xx is final. 4xx, time-outs and lost answers are worth another try; where the server could not
    be talked to at all, or would not let us in, it counts as down.
    """

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Smtp:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def post(self, message: Row) -> Sent:
        """Send one row of the outbox under its own Message-ID."""
        try:
            letter = compose(message, self.mail.sender)
        except (ValueError, IndexError, MessageError):  # IndexError: headerregistry on an address that ends too early
            return Sent(False, reason="the address is not a mail address")
        try:
            server = self._connected()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return Sent(False, temporary=True, reason=_said(error), down=True)
        try:
            server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            return self._refused(next(iter(error.recipients.values())))
        except smtplib.SMTPResponseException as error:
            return self._refused((error.smtp_code, error.smtp_error))
        except smtplib.SMTPNotSupportedError as error:
            return Sent(False, reason=_said(error))
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return Sent(False, temporary=True, reason=_said(error), down=isinstance(error, TimeoutError))
        return Sent(True)

    def knock(self) -> str:
        """Connect, and sign in where a user is set; what went wrong, or nothing."""
        try:
            self._connected()
        except (smtplib.SMTPException, OSError) as error:
            return _said(error)
        return ""

    def close(self) -> None:
        """End the connection, whatever state it is in."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            self._server = self._opened()
        return self._server

    def _opened(self) -> smtplib.SMTP:
        mail = self.mail
        server: smtplib.SMTP
        if mail.security == "tls":
            server = smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_SECONDS)
        try:
            if mail.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if mail.user:
                server.login(mail.user, mail.password)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server

    def _refused(self, answer: tuple[int, bytes | str]) -> Sent:
        code, words = answer
        if code == 421:  # the server is closing: RFC 5321, 3.8
            self.close()
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        return Sent(False, temporary=code < 500, reason=f"{code} {text}", down=code == 421)


def reachable(mail: Mail) -> str:
    """Why the mail server cannot be used; empty if it lets us in. Nothing is sent."""
    with Smtp(mail) as server:
        return server.knock()


def compose(message: Row, sender: str) -> EmailMessage:
    """The row as plain text in UTF-8, and its duty as an .ics where it has one.

    Its Date is when it was queued, so that a second copy is the same mail.
    """
    letter = EmailMessage(policy=SMTP)
    letter["From"] = sender
    letter["To"] = Address(addr_spec=message["address"])
    letter["Subject"] = message["subject"]
    letter["Date"] = format_datetime(clock.from_text(message["made_at"]))
    letter["Message-ID"] = message["message_id"]
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    letter.set_content(message["body"], charset="utf-8", cte="base64")
    if calendar := message.get("calendar"):
        letter.add_attachment(
            calendar.encode(), "text", "calendar", filename="duty.ics", params={"method": "PUBLISH", "charset": "utf-8"}
        )
        letter.set_boundary(hashlib.sha256(message["message_id"].encode()).hexdigest()[:32])  # the same in every copy
    return letter


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {error.smtp_error!r}"
    return f"{type(error).__name__}: {error}"
