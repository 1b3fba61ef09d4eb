"""What happens in this Discord, told once by whoever did it; the gateway and the page listen.

A happening refers to the world as it is right after; who listens reads it at once and keeps nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from simulator.state.entities import AuditEntry, Channel, Guild, Member, Message, Role, User
from simulator.wire import JsonObject


@dataclass(frozen=True, slots=True)
class MessageCreated:
    """A message was written; also an ephemeral one, which only one person sees."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageUpdated:
    """A message was edited, or a deferred one was filled."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessagesDeleted:
    """Messages are gone: one, or several at once (`bulk`). `visible_to` is the only one who saw it, if so."""

    guild_id: int | None
    channel_id: int
    message_ids: tuple[int, ...]
    bulk: bool = False
    visible_to: int | None = None


@dataclass(frozen=True, slots=True)
class TypingStarted:
    """Somebody is writing."""

    guild_id: int | None
    channel_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """Somebody came in."""

    guild_id: int
    member: Member


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """Somebody left, was kicked or banned."""

    guild_id: int
    user: User


@dataclass(frozen=True, slots=True)
class MemberUpdated:
    """Roles, nickname, names or timeout of a member changed."""

    guild_id: int
    member: Member


@dataclass(frozen=True, slots=True)
class BanAdded:
    """Somebody was banned."""

    guild_id: int
    user: User


@dataclass(frozen=True, slots=True)
class BanRemoved:
    """A ban was lifted."""

    guild_id: int
    user: User


@dataclass(frozen=True, slots=True)
class RoleCreated:
    """A role was made."""

    guild_id: int
    role: Role


@dataclass(frozen=True, slots=True)
class RoleUpdated:
    """A role was changed."""

    guild_id: int
    role: Role


@dataclass(frozen=True, slots=True)
class RoleDeleted:
    """A role is gone, and with it from everybody who had it."""

    guild_id: int
    role_id: int


@dataclass(frozen=True, slots=True)
class ChannelCreated:
    """A channel of a guild was made."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class ChannelUpdated:
    """A channel was changed."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class ChannelDeleted:
    """A channel is gone, with its messages."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class GuildUpdated:
    """A guild's own record changed."""

    guild: Guild


@dataclass(frozen=True, slots=True)
class BotAdded:
    """The bot came into a guild: it gets to know all of it."""

    guild: Guild


@dataclass(frozen=True, slots=True)
class BotRemoved:
    """The bot was removed from a guild."""

    guild: Guild


@dataclass(frozen=True, slots=True)
class GuildAppeared:
    """A guild was made that the bot is not in. Only people see it."""

    guild: Guild


@dataclass(frozen=True, slots=True)
class AuditEntryAdded:
    """A line was written into a guild's audit log."""

    guild_id: int
    entry: AuditEntry


@dataclass(frozen=True, slots=True)
class AutomodRuleChanged:
    """One of Discord's own auto-moderation rules was made (CREATE), changed (UPDATE) or removed (DELETE)."""

    guild_id: int
    verb: str
    rule: JsonObject


@dataclass(frozen=True, slots=True)
class AutomodExecuted:
    """One of Discord's own rules did something about a message. `data` is as the gateway tells it."""

    guild_id: int
    data: JsonObject


@dataclass(frozen=True, slots=True)
class InteractionStarted:
    """An interaction that goes to the bot by the gateway, because it has no endpoint."""

    guild_id: int | None
    payload: JsonObject


@dataclass(frozen=True, slots=True)
class ApplicationChanged:
    """The application's record or its registered commands changed. Only people see it."""


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """Somebody changed what they let happen to them, such as direct messages. Only people see it."""

    user: User


@dataclass(frozen=True, slots=True)
class TimeAdvanced:
    """Somebody let time pass. Only people see it."""


@dataclass(frozen=True, slots=True)
class RaidChanged:
    """A raid that somebody has started got further, or ended. Only people see it."""

    guild_id: int


Happening: TypeAlias = (
    MessageCreated
    | MessageUpdated
    | MessagesDeleted
    | TypingStarted
    | MemberJoined
    | MemberLeft
    | MemberUpdated
    | BanAdded
    | BanRemoved
    | RoleCreated
    | RoleUpdated
    | RoleDeleted
    | ChannelCreated
    | ChannelUpdated
    | ChannelDeleted
    | GuildUpdated
    | BotAdded
    | BotRemoved
    | GuildAppeared
    | AuditEntryAdded
    | AutomodRuleChanged
    | AutomodExecuted
    | InteractionStarted
    | ApplicationChanged
    | PersonChanged
    | TimeAdvanced
    | RaidChanged
)

Listener: TypeAlias = Callable[[Happening], None]


class Bus:
    """Tells every listener what happened, in order, at once. A listener only takes notes; it never waits."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear everything from now on. Call what comes back to hear no more."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, happening: Happening) -> None:
        """Tell everybody who listens now."""
        for listener in tuple(self._listeners):
            listener(happening)
