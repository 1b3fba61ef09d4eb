"""What is not configured is embedded in development, and a start-up error in production."""

import pytest

from app.errors import SettingsError
from app.settings import Settings, load_settings

COMPLETE = {
    "environment": "production",
    "database_url": "postgresql://app:9fK2vQ@db.example.com/smarterdev",
    "discord_application_id": 175928847299117063,
    "discord_public_key": "8f" * 16 + "1c" * 16,
    "discord_bot_token": "MTc1OTI4ODQ3Mjk5MTE3MDYz.G7kQ2x.uQ7zR1pL",
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: pytest.TempPathFactory) -> None:
    monkeypatch.chdir(str(tmp_path))
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


def test_development_needs_nothing() -> None:
    settings = load_settings()
    assert settings.database_url is None
    assert not settings.is_production
    assert not settings.logs_as_json


def test_a_complete_production_starts() -> None:
    settings = load_settings(**COMPLETE)
    assert settings.is_production
    assert settings.logs_as_json


@pytest.mark.parametrize("name", [name for name in COMPLETE if name != "environment"])
def test_production_names_what_is_missing(name: str) -> None:
    without = {key: value for key, value in COMPLETE.items() if key != name}
    variable = "DATABASE_URL" if name == "database_url" else f"SMARTERDEV_{name.upper()}"
    with pytest.raises(SettingsError, match=f"{variable} is missing"):
        load_settings(**without)


@pytest.mark.parametrize(
    "made_up", ["changeme", "CHANGE-ME", "your-bot-token", "xxxxxxxx", "<token>", "...", "0000"]
)
def test_production_refuses_placeholders(made_up: str) -> None:
    with pytest.raises(SettingsError, match="SMARTERDEV_DISCORD_BOT_TOKEN is a placeholder"):
        load_settings(**COMPLETE | {"discord_bot_token": made_up})


def test_production_refuses_a_placeholder_password_in_the_database_url() -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL is a placeholder"):
        load_settings(**COMPLETE | {"database_url": "postgresql://app:changeme@db/smarterdev"})


@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "somewhere else"),
        ("DATABASE_URL", "postgresql://u:p[w@host/x"),
        ("REDIS_URL", "foo"),
        ("REDIS_URL", "http://localhost"),
    ],
)
def test_an_address_that_cannot_be_one_is_named_at_the_start(
    monkeypatch: pytest.MonkeyPatch, variable: str, address: str
) -> None:
    monkeypatch.setenv(variable, address)
    with pytest.raises(SettingsError, match=f"{variable}: is not an address that begins with") as refusal:
        load_settings()
    assert address not in str(refusal.value)


def test_a_variable_that_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "")
    assert load_settings().redis_url is None


def test_production_shuts_the_door_to_the_simulator() -> None:
    with pytest.raises(SettingsError, match=r"SMARTERDEV_DISCORD_API_URL must be https://discord\.com"):
        load_settings(**COMPLETE | {"discord_api_url": "http://127.0.0.1:8100/api/v10"})


def test_production_fetches_files_from_nobody_but_discord() -> None:
    with pytest.raises(SettingsError, match="SMARTERDEV_DISCORD_ATTACHMENT_URL must be https://cdn"):
        load_settings(**COMPLETE | {"discord_attachment_url": "http://127.0.0.1:8100/attachments/"})


def test_every_fault_is_named_at_once_and_no_value_is_repeated() -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings(environment="production", discord_bot_token="changeme")
    text = str(refusal.value)
    for variable in ("DATABASE_URL", "APPLICATION_ID", "PUBLIC_KEY", "BOT_TOKEN"):
        assert variable in text
    assert "changeme" not in text


def test_secrets_do_not_show_when_printed() -> None:
    shown = repr(load_settings(**COMPLETE))
    assert "9fK2vQ" not in shown
    assert "uQ7zR1pL" not in shown


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x/y")
    monkeypatch.setenv("SMARTERDEV_PORT", "9001")
    settings: Settings = load_settings()
    assert settings.port == 9001
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://x/y"
