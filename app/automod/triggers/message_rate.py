"""Many messages of one member in a short time."""

from typing import Final, Literal

from pydantic import BaseModel, Field

from app.automod.fields import FROZEN
from app.automod.observation import Kind, Observation
from app.automod.text import Form, Forms, Match
from app.automod.trigger import Burst, TriggerType
from app.automod.windows import LONGEST, MOST_MESSAGES, Windows
from app.wording import message


class MessageRate(BaseModel):
    """How many messages in how many seconds are too many."""

    model_config = FROZEN
    type: Literal["message_rate"] = "message_rate"
    messages: int = Field(
        8, ge=2, le=MOST_MESSAGES, description="So many messages of one member are too many ..."
    )
    seconds: int = Field(5, ge=1, le=LONGEST, description="... within so many seconds.")
    across_channels: bool = Field(
        default=False, description="Whether messages in all channels count together, or each channel alone."
    )


def _matches(settings: MessageRate, seen: Observation, forms: Forms, windows: Windows) -> Match | None:
    burst = windows.messages(
        seen,
        settings.messages,
        settings.seconds,
        channel_id=None if settings.across_channels else seen.channel_id,
    )
    if not burst:
        return None
    return Burst(
        reason=message("{messages} messages within {seconds} s"),
        facts={"messages": len(burst), "seconds": settings.seconds},
        form=Form.WRITTEN,
        what=forms.written,
        messages=burst,
    )


TRIGGER: Final = TriggerType(
    name="message_rate",
    title=message("Too many messages"),
    about=message("One member writes many messages in a short time, in one channel or across all."),
    settings=MessageRate,
    kinds=frozenset({Kind.MESSAGE}),
    needles=lambda _: None,
    matches=_matches,
    reads=False,
    remembers=True,
)
