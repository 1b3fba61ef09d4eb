"""An account that was made only lately joins."""

from datetime import timedelta
from typing import Final, Literal

from pydantic import BaseModel, Field

from app.automod.fields import FROZEN
from app.automod.observation import Kind, Observation
from app.automod.text import Form, Forms, Match
from app.automod.trigger import TriggerType
from app.automod.windows import Windows
from app.wording import message

_HOUR: Final = timedelta(hours=1)


class NewAccount(BaseModel):
    """How young an account is too young to join."""

    model_config = FROZEN
    type: Literal["new_account"] = "new_account"
    hours: int = Field(
        24,
        ge=1,
        le=8_760,
        description="An account that is not so many hours old yet when it joins is too young.",
    )


def _matches(settings: NewAccount, seen: Observation, forms: Forms, _windows: Windows) -> Match | None:
    age = seen.account_age
    if age >= settings.hours * _HOUR:
        return None
    hours = max(0, age // _HOUR)  # the clock of whoever made the id may be a little ahead
    return Match(
        reason=message("The account is {hours} h old"),
        facts={"hours": hours},
        form=Form.WRITTEN,
        what=forms.written,
    )


TRIGGER: Final = TriggerType(
    name="new_account",
    title=message("A new account"),
    about=message("Somebody joins whose account was made only lately."),
    settings=NewAccount,
    kinds=frozenset({Kind.JOIN}),
    needles=lambda _: None,
    matches=_matches,
    reads=False,
)
