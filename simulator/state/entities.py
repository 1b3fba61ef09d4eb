"""People, guilds and messages as plain data. Ids are integers here and strings on the wire."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag, StrEnum
from typing import Any

from simulator.permissions import Overwrite


class ChannelType(IntEnum):
    """Discord's kinds of channel, as far as this Discord has them."""

    GUILD_TEXT = 0


class MessageType(IntEnum):
    """Discord's kinds of message, as far as this Discord has them."""

    DEFAULT = 0
    CHAT_INPUT_COMMAND = 20


class MessageFlag(IntFlag):
    """Discord's message flags that change what people see."""

    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    IS_COMPONENTS_V2 = 1 << 15


class MessageStatus(StrEnum):
    """How far a message has come."""

    SHOWN = "shown"
    THINKING = "thinking"
    """The bot has deferred; the reply is still to come."""
    FAILED = "failed"
    """The bot gave no usable answer; only the invoker sees that."""
    NOTE = "note"
    """A word of the simulator itself, about something it cannot show yet."""


@dataclass(frozen=True, slots=True)
class User:
    """An account. `username` is unique, `global_name` is what people read."""

    id: int
    username: str
    global_name: str | None
    bot: bool = False

    @property
    def display_name(self) -> str:
        """The name that people read where no guild has given another one."""
        return self.global_name or self.username


@dataclass(slots=True)
class Member:
    """An account inside one guild. `roles` holds role ids without @everyone."""

    user: User
    joined_at: datetime
    roles: tuple[int, ...] = ()
    nick: str | None = None
    timed_out_until: datetime | None = None

    @property
    def display_name(self) -> str:
        """The name that people of this guild read."""
        return self.nick or self.user.display_name


@dataclass(frozen=True, slots=True)
class Role:
    """A role. The one whose id is the guild's is @everyone; a managed one belongs to a bot."""

    id: int
    name: str
    position: int
    permissions: int
    color: int = 0
    hoist: bool = False
    mentionable: bool = False
    bot_id: int | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A text channel, with its exceptions from what the roles allow."""

    id: int
    guild_id: int
    name: str
    position: int
    topic: str | None = None
    overwrites: tuple[Overwrite, ...] = ()


@dataclass(slots=True)
class Guild:
    """A guild. Dictionaries are keyed by id and keep their order."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role]
    channels: dict[int, Channel]
    members: dict[int, Member]
    locale: str = "en-US"
    features: tuple[str, ...] = ("COMMUNITY",)


@dataclass(frozen=True, slots=True)
class InteractionMetadata:
    """Which interaction a message answers, and whose it was."""

    id: int
    type: int
    user_id: int
    name: str


@dataclass(slots=True)
class Message:
    """A message. `visible_to` names the only person who sees it; None for everybody.

    `embeds`, `components` and `allowed_mentions` stay as the bot sent them. `problem` says why a
    failed message failed, for the bot's developer. `revision` is the world's at the last change.
    """

    id: int
    channel_id: int
    author_id: int
    created_at: datetime
    content: str = ""
    type: MessageType = MessageType.DEFAULT
    flags: int = 0
    embeds: list[Any] = field(default_factory=list)
    components: list[Any] = field(default_factory=list)
    allowed_mentions: dict[str, Any] | None = None
    visible_to: int | None = None
    status: MessageStatus = MessageStatus.SHOWN
    problem: str | None = None
    interaction: InteractionMetadata | None = None
    revision: int = 0


@dataclass(slots=True)
class Interaction:
    """Something a member asked the bot for; its token is good until `expires_at`.

    `callback` is the bot's first answer as it came, also of a kind that nothing shows yet.
    """

    id: int
    type: int
    token: str
    name: str
    guild_id: int
    channel_id: int
    user_id: int
    created_at: datetime
    expires_at: datetime
    callback: dict[str, Any] | None = None
    message_id: int | None = None
