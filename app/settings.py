"""The process environment: every variable, what it means, what it is when nobody sets it.

The one rule: *what is not configured is embedded in development, and is a start-up error in production*.
The table in `docs/configuration.md` is generated from this class.
"""

import os
import re
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    Field,
    HttpUrl,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import SettingsError

DISCORD_API_URL = "https://discord.com/api/v10"
DISCORD_ATTACHMENT_URL = "https://cdn.discordapp.com"

_MISSING = "is missing"

_SCHEMES = {
    "database_url": ("postgresql", "postgres"),
    "redis_url": ("redis", "rediss", "unix"),
}

_MADE_UP = re.compile(  # noqa: TID251 - ours, not a user's
    r"change[-_ ]?me|placeholder|example|secret|password|your[-_ ].*|x{3,}|todo|<.*>|\.\.\.|(.)\1*",
    re.IGNORECASE,
)


class Environment(StrEnum):
    """Where the process runs."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogFormat(StrEnum):
    """How a log line looks."""

    JSON = "json"
    TEXT = "text"


Snowflake = Annotated[int, Field(gt=0, lt=2**63)]
HexKey = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]


class Settings(BaseSettings):
    """What one process is told by its environment, or by a `.env` file beside it."""

    model_config = SettingsConfigDict(
        env_prefix="SMARTERDEV_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    environment: Environment = Field(
        Environment.DEVELOPMENT,
        description="`production` makes every missing or placeholder value below a start-up error and "
        "shuts every development door (the simulator among them).",
    )
    database_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("DATABASE_URL"),
        description="PostgreSQL 15 or newer, as `postgresql://user:password@host/database`. "
        "Unset in development: a PostgreSQL of our own is started.",
    )
    redis_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("REDIS_URL"),
        description="Redis 6.2 or newer, or Valkey, as `redis://host:6379/0`. It carries only what may be "
        "lost. Unset in development: a Valkey of our own is started. Unset in production: nothing but "
        "freshness is missing.",
    )
    discord_application_id: Snowflake | None = Field(
        None,
        description="The application's id, from Discord's developer portal.",
    )
    discord_public_key: HexKey | None = Field(
        None,
        description="The application's public key (64 hexadecimal digits): checks that interactions "
        "come from Discord.",
    )
    discord_bot_token: SecretStr | None = Field(
        None,
        description="The bot's token. Needed to register commands, to look up members and to listen; "
        "answering commands works without it.",
    )
    discord_api_url: HttpUrl = Field(
        HttpUrl(DISCORD_API_URL),
        description="Where Discord's REST API is. Anything else than Discord's own address is a "
        "simulator, and refused in production.",
    )
    discord_attachment_url: HttpUrl = Field(
        HttpUrl(DISCORD_ATTACHMENT_URL),
        description="Where the files are that people send, beside Discord's own two hosts. Anything else "
        "than the first of those is a simulator, and refused in production.",
    )
    host: str = Field(
        "127.0.0.1",
        description="The address the web role, and the health checks of listener and worker, listen on.",
    )
    port: int = Field(8000, ge=1, le=65535, description="The port the web role listens on.")
    listener_port: int = Field(
        8200,
        ge=1,
        le=65535,
        description="The port of the listener's `/healthz`, `/readyz` and `/metrics`.",
    )
    worker_port: int = Field(
        8300,
        ge=1,
        le=65535,
        description="The port of the worker's `/healthz`, `/readyz` and `/metrics`.",
    )
    log_level: str = Field(
        "INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="The least serious log line that is written.",
    )
    log_format: LogFormat | None = Field(
        None,
        description="`json` or `text`. Unset: `json` in production, `text` in development.",
    )
    database_pool_size: int = Field(
        10,
        ge=1,
        le=100,
        description="Database connections one process may hold. AWS Lambda always uses one, and the worker "
        "what its jobs need.",
    )
    data_dir: Path = Field(
        Path(".smarterdev"),
        description="Where the embedded servers of development keep their data. As root the database's "
        "own files lie outside it, under `/var/tmp`, because PostgreSQL refuses to run as root.",
    )

    @field_validator("database_url", "redis_url")
    @classmethod
    def _is_an_address(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Find out at the start, not at the first command, that an address cannot be one."""
        schemes = _SCHEMES[str(info.field_name)]
        try:
            scheme = "" if value is None else urlsplit(value.get_secret_value()).scheme
        except ValueError:
            scheme = ""
        if value is not None and scheme not in schemes:
            raise PydanticCustomError(
                "address",
                "is not an address that begins with {schemes} (special characters in a password are "
                "written as %XX)",
                {"schemes": " or ".join(f"{each}://" for each in schemes)},
            )
        return value

    @property
    def is_production(self) -> bool:
        """Whether strangers can reach this process."""
        return self.environment is Environment.PRODUCTION

    @property
    def logs_as_json(self) -> bool:
        """Whether log lines are JSON."""
        if self.log_format is None:
            return self.is_production
        return self.log_format is LogFormat.JSON


REQUIRED_IN_PRODUCTION = (
    "database_url",
    "discord_application_id",
    "discord_public_key",
    "discord_bot_token",
)
"""What a role that meets Discord cannot do without, by field."""


def _production_problems(settings: Settings, needs: Collection[str]) -> list[str]:
    """List what is missing, made up, or meant for development."""
    problems = []
    for name in REQUIRED_IN_PRODUCTION:
        problem = _problem(getattr(settings, name))
        if problem is not None and (name in needs or problem != _MISSING):
            problems.append(f"{variable_name(name)} {problem}")
    if str(settings.discord_api_url).rstrip("/") != DISCORD_API_URL:
        problems.append(
            f"{variable_name('discord_api_url')} must be {DISCORD_API_URL}: a simulator is a development door"
        )
    if str(settings.discord_attachment_url).rstrip("/") != DISCORD_ATTACHMENT_URL:
        problems.append(
            f"{variable_name('discord_attachment_url')} must be {DISCORD_ATTACHMENT_URL}: "
            "a simulator is a development door"
        )
    return problems


def _problem(value: object) -> str | None:
    """Say what is wrong with a value that production needs, None if it can be used."""
    if value is None:
        return _MISSING
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if not text.strip():
        return "is empty"
    password = urlsplit(text).password if "://" in text else text
    if password is not None and _MADE_UP.fullmatch(password):
        return "is a placeholder, not a real value"
    return None


def variable_name(field: str) -> str:
    """Name the environment variable of a field of `Settings`."""
    alias = Settings.model_fields[field].validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return f"SMARTERDEV_{field.upper()}"


def load_settings(needs: Collection[str] = REQUIRED_IN_PRODUCTION, /, **overrides: object) -> Settings:
    """Read the environment once.

    Args:
        needs: Fields this role cannot do without in production; placeholders are refused in all.
        overrides: Fields that are given another way.

    Raises:
        SettingsError: when a value is missing or cannot be used; names every variable at fault and
            never repeats the value itself.
    """
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type] # field names, checked by pydantic
    except ValidationError as error:
        lines = []
        for detail in error.errors(include_input=False, include_url=False):
            field = str(detail["loc"][0]) if detail["loc"] else ""
            name = variable_name(field) if field in Settings.model_fields else field
            lines.append(f"{name}: {detail['msg']}")
        raise SettingsError(_did_not_start(lines)) from None
    problems = _production_problems(settings, needs) if settings.is_production else []
    if problems:
        raise SettingsError(_did_not_start(problems))
    return settings


def _did_not_start(problems: list[str]) -> str:
    return "\n  ".join(("The platform did not start; these settings need attention:", *problems))


def configured(value: SecretStr | None, otherwise: str | None = None) -> str:
    """Give a setting's value, or what stands in for it.

    Raises:
        SettingsError: there is neither; whoever asks should have seen to that.
    """
    if value is not None:
        return value.get_secret_value()
    if otherwise is None:
        raise SettingsError("A setting that is needed here is missing, and nothing stands in for it.")
    return otherwise


def inherited_environment() -> dict[str, str]:
    """Copy this process's environment, for child processes."""
    return dict(os.environ)  # noqa: TID251 - this is where the environment is read
