"""Mail over real TLS, from the first byte on and by STARTTLS: certificates that are trusted, and those that are not."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from scheduler.config import Mail
from scheduler.mail import reachable
from scheduler.wording.failures import failure
from tests.mailbox import free_port
from tests.test_mail import posted

pytestmark = [
    pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificates with openssl"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH"),  # aiosmtpd does not see TLS from the first byte
]

SECURITIES = ("tls", "starttls")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Path:
    """`ours` for 127.0.0.1, `another` for a host of another name: each signed by itself."""
    folder = tmp_path_factory.mktemp("certificates")
    for name, host in (("ours", "IP:127.0.0.1"), ("another", "DNS:mail.example")):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", "/CN=mail", "-addext", f"subjectAltName={host}",
             "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
    return folder


@contextmanager
def serving(mailbox, security: str, certificate: Path) -> Iterator[Mail]:
    """A mail server that takes letters and passwords in TLS only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    by = {"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True}
    server = Controller(mailbox, hostname="127.0.0.1", port=free_port(), authenticator=knows, auth_required=True,
                        auth_require_tls=security == "starttls", **by)  # fmt: skip
    server.start()
    try:
        yield Mail(host="127.0.0.1", port=server.port, security=security, user="duty", password="a long one")
    finally:
        server.stop()


def knows(server, session, envelope, mechanism, given) -> AuthResult:
    return AuthResult(success=given == LoginPassword(b"duty", b"a long one"), handled=False)


@pytest.fixture
def trusted(certificates, monkeypatch):
    """Whoever made these certificates is vouched for on this machine."""
    return lambda name: monkeypatch.setenv("SSL_CERT_FILE", str(certificates / f"{name}.pem"))


@pytest.mark.parametrize("security", SECURITIES)
def test_a_letter_and_a_password_go_by_tls(certificates, trusted, mailbox, security):
    trusted("ours")
    with serving(mailbox, security, certificates / "ours.pem") as mail:
        assert reachable(mail) == ""
        assert posted(mail).ok
        wrong = posted(mail.model_copy(update={"password": "another"}))

    assert len(mailbox.letters) == 1
    assert (wrong.down, wrong.reason.partition(" ")[0]) == (True, "535")


@pytest.mark.parametrize("security", SECURITIES)
@pytest.mark.parametrize(
    ("vouched_for", "shown", "said"), [("another", "ours", "self"), ("another", "another", "mismatch")]
)
def test_a_wrong_certificate_is_refused_with_its_reason_and_nothing_leaves(
    certificates, trusted, mailbox, security, vouched_for, shown, said
):
    trusted(vouched_for)
    with serving(mailbox, security, certificates / f"{shown}.pem") as mail:
        told = posted(mail)
        assert reachable(mail) == told.reason

    assert (told.ok, told.temporary, told.down, mailbox.letters) == (False, True, True, [])
    assert told.reason.startswith("certificate: ")
    assert said in told.reason
    assert failure(told.reason, "zh").startswith("对方的证书不可信，没有连接（")
    assert failure(told.reason, "en").startswith("the server's certificate is not to be trusted: not connected to (")


def test_where_the_server_speaks_no_tls_nothing_is_sent_in_the_clear(mail_server, mailbox):
    told = posted(mail_server.model_copy(update={"security": "tls", "user": "duty", "password": "a long one"}))

    assert (told.ok, told.down, mailbox.letters) == (False, True, [])
    assert told.reason.startswith("tls: ")
