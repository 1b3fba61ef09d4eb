"""A message that calls many."""

from typing import Final, Literal

from pydantic import BaseModel, Field

from app.automod.fields import FROZEN
from app.automod.observation import Kind, Observation
from app.automod.text import Form, Forms, Match
from app.automod.trigger import TriggerType
from app.automod.windows import Windows
from app.wording import message


class MentionSpam(BaseModel):
    """How many mentions in one message are too many."""

    model_config = FROZEN
    type: Literal["mention_spam"] = "mention_spam"
    mentions: int = Field(
        6, ge=2, le=100, description="So many different members and roles in one message are too many."
    )


def _matches(settings: MentionSpam, seen: Observation, forms: Forms, _windows: Windows) -> Match | None:
    if len(seen.mentioned_user_ids) + len(seen.mentioned_role_ids) < settings.mentions:
        return None
    mentioned = len(seen.mentioned_user_ids - {seen.user_id}) + len(seen.mentioned_role_ids)
    if mentioned < settings.mentions:
        return None
    return Match(
        reason=message("{mentions} different mentions in one message"),
        facts={"mentions": mentioned},
        form=Form.WRITTEN,
        what=forms.written,
    )


TRIGGER: Final = TriggerType(
    name="mention_spam",
    title=message("Too many mentions"),
    about=message("One message mentions many different members and roles."),
    settings=MentionSpam,
    kinds=frozenset({Kind.MESSAGE, Kind.EDIT}),
    needles=lambda _: None,
    matches=_matches,
    reads=False,
)
