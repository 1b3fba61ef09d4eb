"""Many join in a short time: a raid."""

from typing import Final, Literal

from pydantic import BaseModel, Field

from app.automod.fields import FROZEN
from app.automod.observation import Kind, Observation
from app.automod.text import Form, Forms, Match
from app.automod.trigger import Burst, TriggerType
from app.automod.windows import LONGEST, MOST_JOINS, Windows
from app.wording import message


class JoinRate(BaseModel):
    """How many joins in how many seconds are a raid."""

    model_config = FROZEN
    type: Literal["join_rate"] = "join_rate"
    joins: int = Field(10, ge=2, le=MOST_JOINS, description="So many members joining are a raid ...")
    seconds: int = Field(30, ge=1, le=LONGEST, description="... if it is within so many seconds.")


def _matches(settings: JoinRate, seen: Observation, forms: Forms, windows: Windows) -> Match | None:
    joined = windows.joins(seen, settings.joins, settings.seconds)
    if not joined:
        return None
    return Burst(
        reason=message("{members} members joined within {seconds} s"),
        facts={"members": len(joined), "seconds": settings.seconds},
        form=Form.WRITTEN,
        what=forms.written,
        joined=joined,
    )


TRIGGER: Final = TriggerType(
    name="join_rate",
    title=message("A raid"),
    about=message(
        "Many members join in a short time. All of them are meant, also those who came before it was known."
    ),
    settings=JoinRate,
    kinds=frozenset({Kind.JOIN}),
    needles=lambda _: None,
    matches=_matches,
    reads=False,
    remembers=True,
)
