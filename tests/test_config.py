"""Settings: written once from the sample, read strictly."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from scheduler import config, wording
from scheduler.errors import Invalid


def test_the_first_start_writes_settings_that_only_their_owner_reads(tmp_path: Path):
    path = config.prepare(tmp_path / "instance")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_every_installation_gets_a_secret_of_its_own(tmp_path: Path):
    first, second = tmp_path / "one", tmp_path / "two"
    config.prepare(first)
    config.prepare(second)

    assert config.load(first).site.secret_key != config.load(second).site.secret_key


def test_settings_that_stand_are_left_alone(tmp_path: Path):
    config.prepare(tmp_path)
    before = config.load(tmp_path).site.secret_key

    config.prepare(tmp_path)

    assert config.load(tmp_path).site.secret_key == before


@pytest.mark.parametrize(
    ("wrong", "right", "name"),
    [
        ("port = 25", "port = 70000", "mail.port"),
        ('security = "none"', 'security = "maybe"', "mail.security"),
        ('zone = "Asia/Shanghai"', 'zone = "Asia/Bazhong"', "site.zone"),
        ("[work]", "[work]\ncolour = 1", "work.colour"),
    ],
)
def test_a_wrong_setting_is_named_in_both_languages(tmp_path: Path, wrong: str, right: str, name: str):
    path = config.prepare(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(wrong, right, 1), encoding="utf-8")

    with pytest.raises(Invalid) as refused:
        config.load(tmp_path)

    assert [problem.field for problem in refused.value.problems] == [name]
    assert all(name in wording.sentence(refused.value.problems[0], lang) for lang in ("zh", "en"))


def test_a_file_that_is_no_toml_is_refused_by_its_path(tmp_path: Path):
    (tmp_path / "settings.toml").write_text("[site", encoding="utf-8")

    with pytest.raises(Invalid) as refused:
        config.load(tmp_path)

    assert refused.value.code == "settings_unreadable"
    assert str(tmp_path) in wording.sentences(refused.value, "en")[0]


def test_links_point_at_this_machine_and_its_port_until_an_address_is_set(tmp_path: Path, monkeypatch):
    path = config.prepare(tmp_path)
    monkeypatch.setenv("PORT", "8123")

    assert config.load(tmp_path).site.base_url == "http://127.0.0.1:8123"

    path.write_text(path.read_text(encoding="utf-8").replace('base_url = ""', 'base_url = "https://duty.example/"'))

    assert config.load(tmp_path).site.base_url == "https://duty.example"


def test_a_port_that_is_none_is_named(monkeypatch):
    monkeypatch.setenv("PORT", "80800")

    with pytest.raises(Invalid) as refused:
        config.port()

    assert [problem.field for problem in refused.value.problems] == ["PORT"]
