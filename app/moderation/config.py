"""What a guild may choose for its moderation: one schema for form, API, import/export and docs."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.ids import parse_snowflake
from app.moderation.domain import LONGEST_TIMEOUT, CaseAction
from app.moderation.durations import LONGEST_BAN
from app.moderation.texts import DEFAULT_TEXTS, MAX_TEXT

_MINUTE = 60


def _channel_id(text: str) -> str:
    if str(parse_snowflake(text)) != text:  # "007" would be a second name of channel 7
        raise ValueError(f"{text!r} is not a channel's id")
    return text


def _https(url: str) -> str:
    parts = urlsplit(url)
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(" <>\"'\\`")
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or not is_plain:
        raise ValueError("is not an address that starts with https:// and names a site")
    return url


def _told(texts: dict[CaseAction, str]) -> dict[CaseAction, str]:
    untold = sorted(set(texts) - set(DEFAULT_TEXTS))
    if untold:
        raise ValueError(f"members are sent no message about {', '.join(untold)}")
    return texts


def _different(reasons: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(reasons)) != len(reasons):
        raise ValueError("the same reason stands there twice")
    return reasons


class Step(BaseModel):
    """One step of the escalation ladder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    warnings: int = Field(ge=1, le=100, description="So many active warnings reach the step.")
    within_days: int = Field(ge=1, le=3650, description="Older warnings do not count for it.")
    action: Literal[CaseAction.TIMEOUT, CaseAction.KICK, CaseAction.BAN] = Field(
        description="What is done then: timeout, kick or ban."
    )
    minutes: int | None = Field(
        None,
        ge=1,
        le=int(LONGEST_BAN.total_seconds()) // _MINUTE,
        description="How long it lasts: a timeout must say (28 days at most), a ban may, a kick cannot.",
    )

    def ends_at(self, now: datetime) -> datetime | None:
        """Tell until when it lasts if it is taken now; None for good, or where it has no length."""
        return None if self.minutes is None else now + timedelta(minutes=self.minutes)

    @model_validator(mode="after")
    def _lasts_as_its_action_can(self) -> Self:
        match self.action, self.minutes:
            case CaseAction.TIMEOUT, None:
                raise ValueError("a timeout needs minutes")
            case CaseAction.TIMEOUT, int(minutes) if minutes * _MINUTE > LONGEST_TIMEOUT.total_seconds():
                raise ValueError("a timeout lasts 40320 minutes (28 days) at most")
            case CaseAction.KICK, int():
                raise ValueError("a kick has no minutes")
            case _:
                return self


def _one_step_each(ladder: tuple[Step, ...]) -> tuple[Step, ...]:
    if len({step.warnings for step in ladder}) != len(ladder):
        raise ValueError("two steps need the same number of warnings")
    return ladder


class ModerationConfig(BaseModel):
    """Settings of the moderation of one guild."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    log_channel_id: Annotated[str, AfterValidator(_channel_id)] | None = Field(
        None, description="The channel in which every case has its message; none: there is no log."
    )
    saved_reasons: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=100)], ...],
        Field(max_length=25),
        AfterValidator(_different),
    ] = Field((), description="Reasons that are offered while a moderator types one.")
    dm_texts: Annotated[
        dict[CaseAction, Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]],
        AfterValidator(_told),
    ] = Field(
        default_factory=dict,
        description="Action -> what the member is told, instead of our words. "
        "{user} {guild} {reason} {duration} {appeal} are replaced.",
    )
    appeal_url: Annotated[str, Field(max_length=300), AfterValidator(_https)] | None = Field(
        None, description="Where a member can appeal: an https address; it takes the place of {appeal}."
    )
    warning_lifetime_days: int | None = Field(
        90, ge=1, le=3650, description="Days after which a warning counts no longer; none: it always counts."
    )
    ladder: Annotated[tuple[Step, ...], Field(max_length=10), AfterValidator(_one_step_each)] = Field(
        (), description="What several active warnings lead to; of several reached steps the highest counts."
    )

    def dm_text_for(self, action: CaseAction) -> str | None:
        """Tell the text about an action, None if members are not told about it."""
        return self.dm_texts.get(action, DEFAULT_TEXTS.get(action))
