"""Settings: documented, read once, and a wrong one refuses to start with its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms import secrets_file
from lms.settings import Settings, SettingsError, contrast_with_white, read_settings, variable


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting but the folder of an instance of the test's own."""
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.setenv("LMS_INSTANCE", str(tmp_path))


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LMS_PORT", "eight thousand"),
        ("LMS_PORT", "70000"),
        ("LMS_BRAND_COLOUR", "#ffdd00"),
        ("LMS_ACCENT_COLOUR", "teal"),
        ("LMS_MAIL", "pigeon"),
        ("LMS_ENVIRONMENT", "prod"),
    ],
)
def test_a_wrong_setting_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: "):
        read_settings()


def test_several_wrong_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_PORT", "x")
    monkeypatch.setenv("LMS_POOL_SIZE", "0")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert {line.split(":")[0] for line in str(refused.value).splitlines()} == {
        "LMS_PORT",
        "LMS_POOL_SIZE",
    }


def test_a_wrong_secret_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_ENVIRONMENT", "production")
    monkeypatch.setenv("LMS_SECRET_KEY", "short-canary")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert "LMS_SECRET_KEY" in str(refused.value)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("LMS_SECRET_KEY", "LMS_SECRET_KEY"),
        ("LMS_LINK_KEY", "LMS_LINK_KEY"),
        ("DATABASE_URL", "DATABASE_URL"),
        ("LMS_BASE_URL", "LMS_BASE_URL"),
    ],
)
def test_production_refuses_to_start_without_what_keeps_it_safe(
    monkeypatch: pytest.MonkeyPatch, missing: str, named: str
) -> None:
    whole = {
        "LMS_ENVIRONMENT": "production",
        "LMS_SECRET_KEY": "s" * 40,
        "LMS_LINK_KEY": "l" * 40,
        "DATABASE_URL": "postgresql://lms_app@db.council.example/lms",
        "LMS_BASE_URL": "https://training.council.example",
    }
    for name, value in whole.items():
        monkeypatch.setenv(name, value)
    read_settings()
    monkeypatch.delenv(missing)
    with pytest.raises(SettingsError, match=named):
        read_settings()


def test_secrets_are_random_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    assert secrets_file.make(path)
    first = read_settings()
    assert not secrets_file.make(path)
    assert read_settings() == first
    assert path.stat().st_mode & 0o077 == 0
    keys = {first.secret_key.get_secret_value(), first.link_key.get_secret_value()}
    assert len(keys) == 2
    assert min(map(len, keys)) >= 32


def test_the_environment_comes_before_the_file_of_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secrets_file.make(tmp_path / "secrets.env")
    monkeypatch.setenv("LMS_SECRET_KEY", "from the environment, long enough")
    assert read_settings().secret_key.get_secret_value() == "from the environment, long enough"


def test_secrets_do_not_appear_when_settings_are_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LMS_SECRET_KEY", "LMS_LINK_KEY", "LMS_SMTP_PASSWORD"):
        monkeypatch.setenv(name, "canary" * 8)
    monkeypatch.setenv("DATABASE_URL", "postgresql://lms_app:canary@db.council.example/lms")
    assert "canary" not in repr(read_settings())


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_database_is_reached_however_the_host_writes_its_address(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://lms_app@db.council.example/lms")
    assert read_settings().database_url == "postgresql+psycopg://lms_app@db.council.example/lms"


def test_no_other_kind_of_database_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///lms.db")
    with pytest.raises(SettingsError, match=r"^DATABASE_URL: must begin with postgresql://"):
        read_settings()


def test_only_a_listener_on_this_machine_counts_as_loopback() -> None:
    for host, loopback in {
        "127.0.0.1": True,
        "::1": True,
        "localhost": True,
        "0.0.0.0": False,
        "10.1.2.3": False,
        "training.council.example": False,
    }.items():
        assert Settings(host=host).loopback is loopback, host


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.005)
