"""Signing in by the organisation's own OpenID Connect provider, tried against one on loopback."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("authlib", reason="the extra of requirements-oidc.txt is not installed")

from scheduler import accounts
from scheduler.audit import SYSTEM
from scheduler.config import Oidc, Settings, Site
from scheduler.database import rows, value
from scheduler.errors import Conflict
from tests.provider import CLIENT, SECRET, Stub
from web import create_app, oidc
from web.session import COOKIE


@pytest.fixture(scope="module")
def running():
    stub = Stub()
    yield stub
    stub.close()


@pytest.fixture
def stub(running):
    running.change, running.sign, running.announced, running.refusals = {}, "RS256", ["RS256"], []
    running.claims = {"email": "0004@branch.example"}
    return running


def made(settings, stub, now, **more):
    given = {"issuer": stub.issuer, "client_id": CLIENT, "client_secret": SECRET, "label": "统一认证"} | more
    app = create_app(settings.model_copy(update={"oidc": Oidc(**given)}), now=lambda: now)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def browser(app, settings, stub, now):
    return made(settings, stub, now).test_client()


def signs_in(browser, stub):
    return browser.get(stub.visit(browser.get("/signin/oidc").location))


def nobody_is_in(db, answer) -> bool:
    return answer.status_code == 403 and value(db, "SELECT COUNT(*) FROM session") == 0


def test_the_door_offers_it_and_the_one_whom_it_vouches_for_is_in(browser, db, town, stub):
    page = browser.get("/signin?next=/me/calendar").text
    answer = signs_in(browser, stub)

    assert "用统一认证登录" in page
    assert (answer.status_code, answer.location) == (303, "/me/calendar")
    assert rows(db, "SELECT person_id, way FROM session") == [{"person_id": town.lan, "way": "oidc"}]
    assert browser.get("/me").status_code == 200


def test_code_pkce_state_and_nonce_are_asked_for_and_fresh_each_time(browser, town, stub):
    first, second = (parse_qs(urlsplit(browser.get("/signin/oidc").location).query) for _ in range(2))

    assert first["redirect_uri"] == ["http://127.0.0.1:8000/signin/oidc/back"]
    assert first["scope"] == ["openid profile email"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 20
        assert first[name] != second[name]


def test_the_claim_may_be_a_staff_number(app, settings, db, town, stub, now):
    stub.claims = {"employee": "0005"}
    answer = signs_in(made(settings, stub, now, claim="employee", person="staff_no").test_client(), stub)

    assert answer.status_code == 303
    assert value(db, "SELECT person_id FROM session") == town.min


HOUR = 3600
TIMES = {"exp", "iat", "nbf"}


def from_now(seconds: int | None) -> int | None:
    """When a claim of a time says it is: None leaves the claim out.

    Told in the test, not among its parameters: two runners would collect them a second apart."""
    return None if seconds is None else int(time.time()) + seconds


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": ["another client"], "azp": CLIENT},
        {"aud": None},
        {"iss": "https://another.example"},
        {"iss": None},
        {"exp": -HOUR},
        {"exp": None},
        {"iat": 10 * HOUR, "nbf": HOUR},
        {"email": None},
        {"email_verified": False},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_now_and_for_this_sign_in_is_refused(browser, db, town, stub, change):
    stub.change = {claim: from_now(value) if claim in TIMES else value for claim, value in change.items()}

    assert nobody_is_in(db, signs_in(browser, stub))


@pytest.mark.parametrize("announced", [["RS256"], ["RS256", "HS256", "none"]], ids=str)
@pytest.mark.parametrize("sign", ["none", "HS256", "stranger"])
def test_a_token_that_only_others_signed_or_nobody_is_refused(app, settings, db, town, stub, now, sign, announced):
    stub.sign, stub.announced = sign, announced

    assert nobody_is_in(db, signs_in(made(settings, stub, now).test_client(), stub))


def test_a_provider_that_announces_no_signature_that_we_take_is_refused(app, settings, db, town, stub, now):
    stub.announced = ["none", "HS256"]

    assert made(settings, stub, now).test_client().get("/signin/oidc").status_code == 403


def test_a_state_that_this_browser_did_not_begin_is_refused(browser, app, settings, db, town, stub, now):
    begun_elsewhere = stub.visit(made(settings, stub, now).test_client().get("/signin/oidc").location)
    back = stub.visit(browser.get("/signin/oidc").location)

    assert nobody_is_in(db, browser.get(begun_elsewhere))
    assert nobody_is_in(db, browser.get(back.replace("state=", "state=x")))
    assert nobody_is_in(db, browser.get("/signin/oidc/back"))
    assert nobody_is_in(db, browser.get("/signin/oidc/back?error=access_denied&error_description=<b>no</b>"))


def test_an_answer_is_good_once(browser, db, town, stub):
    back = stub.visit(browser.get("/signin/oidc").location)
    first = browser.get(back)
    browser.post("/signout")

    assert first.status_code == 303
    assert browser.get(back).status_code == 403
    assert value(db, "SELECT COUNT(*) FROM session") == 1


def test_a_code_stolen_on_its_way_is_of_no_use_without_the_verifier(browser, app, settings, db, town, stub, now):
    thief = made(settings, stub, now).test_client()
    stolen = urlsplit(stub.visit(browser.get("/signin/oidc").location))
    own = parse_qs(urlsplit(thief.get("/signin/oidc").location).query)["state"][0]
    code = parse_qs(stolen.query)["code"][0]

    assert nobody_is_in(db, thief.get(f"{stolen.path}?code={code}&state={own}"))
    assert stub.refusals == ["code"]


def test_somebody_whom_nobody_here_knows_is_refused_and_not_made(browser, db, town, stub):
    people = value(db, "SELECT COUNT(*) FROM person")
    stub.claims = {"email": "stranger@branch.example"}
    answer = signs_in(browser, stub)

    assert answer.status_code == 404
    assert "没有对应的本系统人员" in answer.text
    assert value(db, "SELECT COUNT(*) FROM person") == people
    assert value(db, "SELECT COUNT(*) FROM session") == 0


def test_a_session_that_was_planted_is_replaced(browser, db, town, stub, now):
    planted = accounts.sign_in(db, accounts.make_link(db, town.min, by=SYSTEM, now=now), now=now)
    browser.set_cookie(COOKIE, planted)
    signs_in(browser, stub)

    assert browser.get_cookie(COOKIE).value != planted
    assert accounts.signed_in(db, planted, now=now) is None


def test_a_provider_that_does_not_answer_is_told_in_words_and_logged_without_names(
    app, settings, town, stub, now, caplog
):
    answer = made(settings, stub, now, issuer="http://127.0.0.1:9").test_client().get("/signin/oidc")

    assert answer.status_code == 403
    assert "单位账号登录没有完成" in answer.text
    assert "0004" not in caplog.text


def test_without_an_issuer_there_is_no_such_door(client, town):
    assert client.get("/signin/oidc").status_code == client.get("/signin/oidc/back").status_code == 404
    assert "oidc" not in client.get("/signin").text


def test_an_issuer_without_the_extra_is_told_at_the_start(tmp_path, monkeypatch):
    monkeypatch.setattr(oidc, "find_spec", lambda name: None)
    site = Site(secret_key="for tests only " * 3)

    with pytest.raises(Conflict) as refusal:
        create_app(Settings(site=site, oidc=Oidc(issuer="https://sso.example"), folder=tmp_path))
    assert refusal.value.code == "oidc_not_installed"


def test_a_provider_without_tls_is_no_setting():
    with pytest.raises(ValueError, match="https"):
        Oidc(issuer="http://sso.example")
