"""A connection to the mail server: three commands in one go where it takes them, and a time by which it must answer."""

from __future__ import annotations

import io
import smtplib
import ssl
from email.utils import parseaddr
from time import monotonic
from types import TracebackType

from scheduler.config import Mail
from scheduler.database import Row
from scheduler.mail.heard import Heard
from scheduler.mail.letters import address, letter
from scheduler.outbox import TIMED_OUT, Sent, reason_of
from scheduler.wording.failures import because

ANSWER_SECONDS = 10.0  # for each answer but the last
TAKEN_SECONDS = 30.0  # for the last: many a server looks for viruses before it says that it has the letter
LETTER_SECONDS = 60.0  # for one letter in all, connecting included: a slow drip ends as silence does
MOST_BREAKS = 3  # lines broken one after the other: then the server is left alone until the next turn

Answer = tuple[int, bytes]


class _Line(smtplib.SMTP):
    """smtplib's connection, but for its patience: `until` is when all of it must be over."""

    def __init__(self, mail: Mail, until: float) -> None:
        self._be_patient(until)
        super().__init__(mail.host, mail.port, timeout=ANSWER_SECONDS)

    def _be_patient(self, until: float) -> None:
        self.until, self.patience = until, ANSWER_SECONDS
        self._answered_by, self._is_over = until, False

    def getreply(self) -> Answer:
        """The answer, within our patience."""
        self._answered_by, self._is_over = min(self.until, monotonic() + self.patience), False
        if self.file is None:
            self.file = io.BufferedReader(Heard(self.sock, self._left))  # type: ignore[arg-type]
        return super().getreply()

    def send(self, s: bytes | str) -> None:  # type: ignore[override]
        """Write, within our patience; who slept past all of it writes nothing more."""
        if monotonic() >= self.until:  # by then the letter may be in another's hand
            raise _TooLate
        self._answered_by, self._is_over = min(self.until, monotonic() + self.patience), False
        if self.sock is not None:
            self.sock.settimeout(self._left())
        super().send(s)

    def _left(self) -> float:
        left = self._answered_by - monotonic()
        if left <= 0 and self._is_over:
            raise TimeoutError("no whole answer in time")
        self._is_over = left <= 0  # looked once more, without waiting: who was asleep finds the answer there
        return max(left, 0.0)


class _TlsLine(_Line, smtplib.SMTP_SSL):
    """The same, in TLS from the first byte on."""

    def __init__(self, mail: Mail, until: float) -> None:
        self._be_patient(until)
        context = ssl.create_default_context()  # which looks at the certificate: smtplib's own does not
        smtplib.SMTP_SSL.__init__(self, mail.host, mail.port, timeout=ANSWER_SECONDS, context=context)


class Smtp:
    """A connection to the mail server: opened at the first message, kept while the server keeps it.

    `post` tells what became of one message and never raises for what a server does. A refusal of the receiver or
    of the letter with 5xx is final. 4xx, time-outs and lost answers are worth another try; where the server could
    not be talked to at all, keeps us waiting, or will not have us or our sender, it counts as down.
    """

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        self._sender = parseaddr(mail.sender)[1]
        self._server: _Line | None = None
        self._breaks = 0

    def __enter__(self) -> Smtp:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def post(self, message: Row) -> Sent:
        """Send one row of the outbox under its own Message-ID."""
        try:
            to, written = address(message["address"]), letter(message, self.mail.sender)
        except ValueError:
            return Sent(False, reason="no_address")
        until = monotonic() + LETTER_SECONDS
        was_kept = self._server is not None
        try:
            return self._posted(to, written, until)
        except _Gone as gone:
            self.close()
            if not was_kept:
                return Sent(False, temporary=True, reason=str(gone), down=True)
        try:  # it hung up since the last letter, as many do after a hundred: nothing of this one was heard
            return self._posted(to, written, until)
        except _Gone as gone:
            self.close()
            return Sent(False, temporary=True, reason=str(gone), down=True)

    def knock(self) -> str:
        """Connect, and sign in where a user is set; what went wrong, or nothing."""
        try:
            self._connected(monotonic() + LETTER_SECONDS)
        except (smtplib.SMTPException, OSError) as error:
            return _said(error)
        return ""

    def close(self) -> None:
        """End the connection, whatever state it is in."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _posted(self, to: str, written: bytes, until: float) -> Sent:
        """What became of a letter; raises _Gone where the connection was gone before it began."""
        try:
            server = self._connected(until)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return Sent(False, temporary=True, reason=_said(error), down=True)
        try:
            taken = self._handed_over(server, to, written)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            self._breaks += 1
            is_down = _is_timeout(error) or self._breaks >= MOST_BREAKS
            return Sent(False, temporary=True, reason=_said(error), down=is_down)
        self._breaks = 0
        return taken

    def _handed_over(self, server: _Line, to: str, written: bytes) -> Sent:
        size = f" SIZE={len(written)}" if server.has_extn("size") else ""
        commands = (f"MAIL FROM:<{self._sender}>{size}", f"RCPT TO:<{to}>", "DATA")
        in_one_go = server.has_extn("pipelining")  # RFC 2920: they are answered one by one, in order
        if in_one_go:
            server.send("".join(f"{command}\r\n" for command in commands))
        answers: list[Answer] = []
        for command, wanted in zip(commands, (2, 2, 3), strict=True):
            if not in_one_go:
                server.send(f"{command}\r\n")
            answers.append(_answer(server) if answers else _first_answer(server))
            code = answers[-1][0]
            if code == 421 or (code // 100 != wanted and not in_one_go):
                break
        refused = next((n for n, answer in enumerate(answers) if answer[0] // 100 != (2, 2, 3)[n]), None)
        if refused is None:
            return self._taken(server, written)
        if answers[-1][0] == 354:  # it waits for a letter to nobody: RFC 2920, 3.1
            server.send(b".\r\n")
            _answer(server)
        return self._refused(server, answers[refused], is_sender=refused == 0)

    def _taken(self, server: _Line, written: bytes) -> Sent:
        server.patience = TAKEN_SECONDS
        server.send(_dotted(written) + b".\r\n")
        answer = _answer(server)
        server.patience = ANSWER_SECONDS
        return Sent(True) if answer[0] // 100 == 2 else self._refused(server, answer)

    def _refused(self, server: _Line, answer: Answer, *, is_sender: bool = False) -> Sent:
        code, words = answer
        if code == 421 or not _is_reset(server):  # the server is closing: RFC 5321, 3.8
            self.close()
        is_ours = is_sender and code != 552  # 552: this letter is too large; else it would not have any of ours
        reason = f"{code} {words.decode('utf-8', 'replace')}"
        return Sent(False, temporary=code < 500 or is_ours, reason=reason, down=code == 421 or is_ours)

    def _connected(self, until: float) -> _Line:
        if self._server is None:
            self._server = self._opened(until)
        self._server.until = until
        return self._server

    def _opened(self, until: float) -> _Line:
        mail = self.mail
        server = _TlsLine(mail, until) if mail.security == "tls" else _Line(mail, until)
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


class _TooLate(TimeoutError):
    """The time for a letter was over before all of it was written."""


class _NotSmtp(smtplib.SMTPServerDisconnected):
    """An answer that is none."""


class _Gone(Exception):
    """The server had hung up before it heard of a letter."""


def _first_answer(server: _Line) -> Answer:
    try:
        answer = _answer(server)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        if _is_timeout(error):
            raise
        raise _Gone(_said(error)) from error
    if answer[0] == 421:
        raise _Gone(f"421 {answer[1].decode('utf-8', 'replace')}")
    return answer


def _is_reset(server: _Line) -> bool:
    try:
        return server.rset()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _answer(server: _Line) -> Answer:
    code, words = server.getreply()
    if not 200 <= code < 600:
        raise _NotSmtp
    return code, words


def _dotted(written: bytes) -> bytes:
    """With a second full stop where a line begins with one: RFC 5321, 4.5.2."""
    return written.replace(b"\n.", b"\n..") if b"\n." in written else written


def reachable(mail: Mail) -> str:
    """Why the mail server cannot be used; empty if it lets us in. Nothing is sent."""
    with Smtp(mail) as server:
        return server.knock()


def _is_timeout(error: BaseException) -> bool:
    return isinstance(error, TIMED_OUT) or isinstance(error.__context__, TIMED_OUT)


def _said(error: Exception) -> str:
    """The reason to store: the server's own words, or a code of ours."""
    if isinstance(error, smtplib.SMTPResponseException):
        told, code = error.smtp_error, error.smtp_code
        words = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
        return f"{code} {words}" if code >= 200 else because("not_smtp", words)
    if isinstance(error, smtplib.SMTPServerDisconnected):  # what smtplib says of silence, too
        code_of_ours = "not_smtp" if isinstance(error, _NotSmtp) else "broken_off"
        return "timed_out" if _is_timeout(error) else code_of_ours
    if isinstance(error, smtplib.SMTPException):
        return "no_starttls" if str(error).startswith("STARTTLS") else because("no_login", str(error))
    return "too_late" if isinstance(error, _TooLate) else reason_of(error)
