"""What a rule looks at: one thing that happened, as plain values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.ids import snowflake_time


class Kind(StrEnum):
    """What happened."""

    MESSAGE = "message"
    EDIT = "edit"
    JOIN = "join"
    NAME = "name"
    """A member is called something else: user name, global name or nickname."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that happened in a guild.

    Attributes:
        kind: What.
        guild_id: Where.
        user_id: Who wrote, joined, or is called something else.
        at: When, by Discord's clock.
        username: The unique name.
        global_name: The name to show, None if there is none.
        nick: The name in this guild, None if there is none.
        is_bot: Whether it is an application or a webhook.
        is_staff: Whether it is the owner, or has Administrator or Manage Server.
        role_ids: Roles in this guild, without @everyone.
        joined_at: Since when a member; None if Discord did not say.
        channel_id: Where it was written; None of joins and names.
        parent_id: The channel a thread belongs to, None of other channels.
        message_id: Which message; None of joins and names.
        content: What was written, "" of joins and names.
        filenames: What its attachments are called.
        mentioned_user_ids: Whom it mentions, each once.
        mentioned_role_ids: Which roles.
        is_first_heard: Of another name: whether nobody knows if it is another one, because the process has
            heard nothing of the member before.
    """

    kind: Kind
    guild_id: int
    user_id: int
    at: datetime
    username: str = ""
    global_name: str | None = None
    nick: str | None = None
    is_bot: bool = False
    is_staff: bool = False
    role_ids: frozenset[int] = frozenset()
    joined_at: datetime | None = None
    channel_id: int | None = None
    parent_id: int | None = None
    message_id: int | None = None
    content: str = ""
    filenames: tuple[str, ...] = ()
    mentioned_user_ids: frozenset[int] = frozenset()
    mentioned_role_ids: frozenset[int] = frozenset()
    is_first_heard: bool = False

    @property
    def account_age(self) -> timedelta:
        """Tell how old the account was."""
        return self.at - snowflake_time(self.user_id)
