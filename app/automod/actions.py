"""What a rule does, in the order in which it says."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from app.automod.fields import FROZEN, Id

SANCTIONS: Final = frozenset({"warn", "timeout", "kick", "ban"})
"""Of these a rule has one at most: each is a case, and nobody is punished twice for one thing."""

NEEDS_MESSAGE: Final = frozenset({"delete_message", "slow_mode"})
"""What can only be done where something was written."""


class DeleteMessage(BaseModel):
    """The message is deleted; of a burst all messages are."""

    model_config = FROZEN
    type: Literal["delete_message"] = "delete_message"


class Warn(BaseModel):
    """The member is warned."""

    model_config = FROZEN
    type: Literal["warn"] = "warn"


class Timeout(BaseModel):
    """The member cannot write or speak for a time."""

    model_config = FROZEN
    type: Literal["timeout"] = "timeout"
    minutes: int = Field(
        60,
        ge=1,
        le=40_320,
        description="How long, in minutes; 40320 (28 days) is the most that Discord takes.",
    )


class Kick(BaseModel):
    """The member is removed, and can come back."""

    model_config = FROZEN
    type: Literal["kick"] = "kick"


class Ban(BaseModel):
    """The member is banned for good."""

    model_config = FROZEN
    type: Literal["ban"] = "ban"
    delete_days: int = Field(
        0, ge=0, le=7, description="Messages of so many days are deleted, too; Discord takes 7 at most."
    )


class Alert(BaseModel):
    """Staff is told in a channel. A burst is one alert, with the count."""

    model_config = FROZEN
    type: Literal["alert"] = "alert"
    channel_id: Id | None = Field(None, description="Where; none: in the channel of the log of moderation.")
    role_id: Id | None = Field(None, description="A role that is pinged, once for each incident.")


class SlowMode(BaseModel):
    """Everybody has to wait between two messages in the channel."""

    model_config = FROZEN
    type: Literal["slow_mode"] = "slow_mode"
    seconds: int = Field(10, ge=1, le=21_600, description="How long everybody waits; 21600 is 6 hours.")


class PauseInvites(BaseModel):
    """Nobody can join by an invite for a time."""

    model_config = FROZEN
    type: Literal["pause_invites"] = "pause_invites"
    minutes: int = Field(60, ge=1, le=1_440, description="How long, in minutes; Discord takes a day at most.")


Action = Annotated[
    DeleteMessage | Warn | Timeout | Kick | Ban | Alert | SlowMode | PauseInvites, Field(discriminator="type")
]
