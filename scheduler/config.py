"""Settings, read once from instance/settings.toml."""

from __future__ import annotations

import os
import secrets
import tomllib
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from scheduler.errors import Invalid, Problem

SAMPLE = Path(__file__).parent.parent / "instance" / "settings.sample.toml"
SECRET_MARK = "generated at first start"  # noqa: S105 - stands in the sample where a secret is put


HOST = "127.0.0.1"  # a front server with TLS makes it reachable from elsewhere


def port() -> int:
    """The port that the web server listens at: `PORT`, or 8000."""
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise Invalid("setting_is_wrong", field="PORT", name="PORT", reason=repr(text))
    return int(text)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Site(_Section):
    """The organisation's name as pages show it, and where people reach it."""

    name: str = "轮值"
    base_url: str = Field(default="", validate_default=True)
    zone: str = "Asia/Shanghai"
    language: Literal["zh", "en"] = "zh"
    secret_key: str = Field(min_length=32)
    hosts: tuple[str, ...] = ()
    behind_proxy: bool | None = None

    @property
    def is_behind_proxy(self) -> bool:
        """Whether a front server tells from where a request comes: as it is set, else where it has TLS."""
        return self.base_url.startswith("https:") if self.behind_proxy is None else self.behind_proxy

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """The names by which people may reach this installation: its address's, others that are set, this machine."""
        return (urlsplit(self.base_url).hostname or HOST, *self.hosts, HOST, "localhost", "[::1]")

    @field_validator("base_url")
    @classmethod
    def _this_machine_where_empty(cls, url: str) -> str:
        return url.rstrip("/") or f"http://{HOST}:{port()}"

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no time zone is called {name!r}") from error
        return name


class Mail(_Section):
    """The SMTP server that reminders leave by; without a host no mail is sent and reminders wait."""

    host: str = ""
    port: int = Field(default=25, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "none"
    user: str = ""
    password: str = ""
    sender: str = "lunzhi@localhost"


BOT_HOSTS = ("qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn", "open.larksuite.com", "ntfy.sh")


class Hosts(_Section):
    """Hosts that may be asked, by name; `inner` ones may stand at an inner address, and need no TLS."""

    hosts: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()


class Channels(Hosts):
    """Where messages may be sent to besides e-mail."""

    hosts: tuple[str, ...] = BOT_HOSTS
    apprise: tuple[str, ...] = ()


class Duty(_Section):
    """What the organisation has decided about duties."""

    close_after_hours: int = Field(default=48, ge=0, le=720)
    min_rest_hours: int = Field(default=11, ge=0, le=48)
    max_per_week: int = Field(default=3, ge=1, le=14)
    check_in_before_minutes: int = Field(default=30, ge=0, le=240)
    check_in_after_minutes: int = Field(default=30, ge=0, le=240)
    photo_months: int = Field(default=12, ge=1, le=120)


class Sessions(_Section):
    """How long people stay signed in: without use, and at most. Whoever coordinates or administers has less time."""

    idle_hours: int = Field(default=336, ge=1, le=8760)
    idle_hours_in_charge: int = Field(default=12, ge=1, le=8760)
    days: int = Field(default=30, ge=1, le=365)


class Oidc(_Section):
    """The organisation's own OpenID Connect provider; without an issuer nobody signs in by it."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    label: str = ""
    claim: str = "email"
    person: Literal["staff_no", "email"] = "email"

    @field_validator("issuer")
    @classmethod
    def _over_tls(cls, url: str) -> str:
        if url and not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise ValueError("has to begin with https://")
        return url.rstrip("/")


class Work(_Section):
    """The background process's pace."""

    tick_seconds: int = Field(default=5, ge=1, le=300)
    stale_after_seconds: int = Field(default=120, ge=10)


class Settings(_Section):
    """All settings of one installation."""

    site: Site
    mail: Mail = Mail()
    channels: Channels = Channels()
    calendars: Hosts = Hosts()
    duty: Duty = Duty()
    sessions: Sessions = Sessions()
    oidc: Oidc = Oidc()
    work: Work = Work()
    folder: Path

    @property
    def database(self) -> Path:
        """Where the database file stands."""
        return self.folder / "lunzhi.sqlite3"

    @property
    def zone(self) -> ZoneInfo:
        """The zone of every local date."""
        return ZoneInfo(self.site.zone)


def instance_folder() -> Path:
    """The instance folder: `DUTY_INSTANCE`, or `instance/` beside the code."""
    return Path(os.environ.get("DUTY_INSTANCE") or SAMPLE.parent).absolute()


def prepare(folder: Path) -> Path:
    """Make the instance folder and its settings.toml where they are missing; secrets are generated, files 0600."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / "settings.toml"
    if not target.exists():
        text = SAMPLE.read_text(encoding="utf-8").replace(SECRET_MARK, secrets.token_urlsafe(48))
        draft = target.with_suffix(f".{os.getpid()}.new")
        draft.touch(mode=0o600)
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    return target


def load(folder: Path) -> Settings:
    """The settings of an instance folder; a wrong one is refused by section and name."""
    path = folder / "settings.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Invalid("settings_unreadable", path=str(path), reason=str(error)) from error
    try:
        return Settings(**document, folder=folder)
    except (ValidationError, TypeError) as error:
        raise Invalid.of(_problems(error, path)) from error


def _problems(error: ValidationError | TypeError, path: Path) -> list[Problem]:
    if isinstance(error, TypeError):
        return [Problem("settings_unreadable", facts={"path": str(path), "reason": str(error)})]
    return [
        Problem(
            "setting_is_wrong",
            field=".".join(str(part) for part in found["loc"]),
            facts={"name": ".".join(str(part) for part in found["loc"]), "reason": found["msg"]},
        )
        for found in error.errors()
    ]
