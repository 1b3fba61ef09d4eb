"""The same again and again."""

from typing import Final, Literal

from pydantic import BaseModel, Field

from app.automod.fields import FROZEN
from app.automod.observation import Kind, Observation
from app.automod.text import Form, Forms, Match
from app.automod.trigger import Burst, TriggerType
from app.automod.windows import LONGEST, MOST_MESSAGES, Windows
from app.wording import message


class DuplicateMessages(BaseModel):
    """How many alike messages in how many seconds are too many."""

    model_config = FROZEN
    type: Literal["duplicate_messages"] = "duplicate_messages"
    messages: int = Field(
        4, ge=2, le=MOST_MESSAGES, description="So many messages with the same text are too many ..."
    )
    seconds: int = Field(
        60, ge=1, le=LONGEST, description="... within so many seconds, in whichever channels they are."
    )
    shortest: int = Field(
        1, ge=1, le=200, description="Texts with fewer characters do not count: everybody writes “ok” often."
    )
    of_everybody: bool = Field(
        default=False,
        description="Whether the same text of different members counts together, as in a raid with many "
        "accounts; then set the fewest characters to 20 or more.",
    )


def _matches(settings: DuplicateMessages, seen: Observation, forms: Forms, windows: Windows) -> Match | None:
    if len(seen.content) < settings.shortest:
        return None
    burst = windows.messages(
        seen, settings.messages, settings.seconds, alike=True, everybody=settings.of_everybody
    )
    if not burst:
        return None
    return Burst(
        reason=message("The same text in {messages} messages within {seconds} s"),
        facts={"messages": len(burst), "seconds": settings.seconds},
        form=Form.FOLDED,
        what=forms.written,
        messages=burst,
    )


TRIGGER: Final = TriggerType(
    name="duplicate_messages",
    title=message("The same again and again"),
    about=message(
        "The same text is written several times in a short time, in whichever channels. Letters that only "
        "look different, spaces and upper case make no difference."
    ),
    settings=DuplicateMessages,
    kinds=frozenset({Kind.MESSAGE}),
    needles=lambda _: None,
    matches=_matches,
    reads=False,
    remembers=True,
)
