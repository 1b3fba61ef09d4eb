"""People, guilds and messages as plain data. Ids are integers here and strings on the wire."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag, StrEnum
from typing import Any

from simulator.permissions import Overwrite

_AUDIT_ENTRIES = 1_000


class ChannelType(IntEnum):
    """Discord's kinds of channel, as far as this Discord has them."""

    GUILD_TEXT = 0
    DM = 1
    GUILD_CATEGORY = 4


class MessageType(IntEnum):
    """Discord's kinds of message, as far as this Discord has them."""

    DEFAULT = 0
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    CONTEXT_MENU_COMMAND = 23
    AUTO_MODERATION_ACTION = 24


class MessageFlag(IntFlag):
    """Discord's message flags that change what people see or who is notified."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


class MessageStatus(StrEnum):
    """How far a message has come."""

    SHOWN = "shown"
    THINKING = "thinking"
    """The bot has deferred; the reply is still to come."""
    FAILED = "failed"
    """The bot gave no usable answer; only the invoker sees that."""
    NOTE = "note"
    """A word of the simulator itself, about something it cannot show."""


class AuditAction(IntEnum):
    """Discord's audit-log events, as far as this Discord writes them."""

    GUILD_UPDATE = 1
    CHANNEL_CREATE = 10
    CHANNEL_UPDATE = 11
    CHANNEL_DELETE = 12
    CHANNEL_OVERWRITE_CREATE = 13
    CHANNEL_OVERWRITE_UPDATE = 14
    CHANNEL_OVERWRITE_DELETE = 15
    MEMBER_KICK = 20
    MEMBER_BAN_ADD = 22
    MEMBER_BAN_REMOVE = 23
    MEMBER_UPDATE = 24
    MEMBER_ROLE_UPDATE = 25
    BOT_ADD = 28
    ROLE_CREATE = 30
    ROLE_UPDATE = 31
    ROLE_DELETE = 32
    MESSAGE_DELETE = 72
    MESSAGE_BULK_DELETE = 73
    AUTO_MODERATION_RULE_CREATE = 140
    AUTO_MODERATION_RULE_UPDATE = 141
    AUTO_MODERATION_RULE_DELETE = 142
    AUTO_MODERATION_BLOCK_MESSAGE = 143
    AUTO_MODERATION_FLAG_TO_CHANNEL = 144
    AUTO_MODERATION_USER_COMMUNICATION_DISABLED = 145


@dataclass(slots=True)
class User:
    """An account. `username` is unique, `global_name` is what people read.

    `accepts_dms` false is a person who has closed their direct messages.
    """

    id: int
    username: str
    global_name: str | None
    bot: bool = False
    accepts_dms: bool = True

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


@dataclass(slots=True)
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


@dataclass(slots=True)
class Channel:
    """A text channel or category of a guild, with its exceptions from what the roles allow.

    A direct message has no guild; then `recipients` are the two who talk, and nobody else sees it.
    """

    id: int
    guild_id: int | None
    name: str
    position: int
    topic: str | None = None
    overwrites: tuple[Overwrite, ...] = ()
    type: ChannelType = ChannelType.GUILD_TEXT
    parent_id: int | None = None
    slow_mode_seconds: int = 0
    recipients: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ban:
    """Somebody who may not come back, and the reason that was given."""

    user: User
    reason: str | None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of a guild's audit log. `changes` and `options` are as Discord writes them."""

    id: int
    action: AuditAction
    actor_id: int | None
    target_id: int | None
    reason: str | None = None
    changes: tuple[dict[str, Any], ...] = ()
    options: dict[str, Any] | None = None


@dataclass(slots=True)
class Incidents:
    """What a guild has paused during a raid, and until when. `None` is not paused."""

    invites_disabled_until: datetime | None = None
    dms_disabled_until: datetime | None = None


@dataclass(slots=True)
class Guild:
    """A guild. Dictionaries are keyed by id and keep their order.

    `automod` holds Discord's own auto-moderation rules as Discord writes them.
    """

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role]
    channels: dict[int, Channel]
    members: dict[int, Member]
    locale: str = "en-US"
    features: tuple[str, ...] = ("COMMUNITY",)
    bans: dict[int, Ban] = field(default_factory=dict)
    automod: dict[int, dict[str, Any]] = field(default_factory=dict)
    incidents: Incidents = field(default_factory=Incidents)
    audit_log: deque[AuditEntry] = field(default_factory=lambda: deque(maxlen=_AUDIT_ENTRIES))
    system_channel_id: int | None = None


@dataclass(frozen=True, slots=True)
class InteractionMetadata:
    """Which interaction a message answers, and whose it was.

    The targets are those of context menus. `interacted_message_id` is the message whose component
    was used, `original_message_id` the reply that a follow-up follows, `triggering` the interaction
    that opened the modal which led here.
    """

    id: int
    type: int
    user_id: int
    name: str
    target_user_id: int | None = None
    target_message_id: int | None = None
    interacted_message_id: int | None = None
    original_message_id: int | None = None
    triggering: "InteractionMetadata | None" = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message; its bytes lie in the world's `files` under the id."""

    id: int
    filename: str
    size: int
    content_type: str
    description: str | None = None
    ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom a message really pings, after its author's permissions and `allowed_mentions`."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """The message that another one replies to."""

    message_id: int
    channel_id: int
    guild_id: int | None


@dataclass(slots=True)
class Message:
    """A message. `visible_to` names the only person who sees it; None for everybody.

    `embeds`, `components` and `allowed_mentions` stay as the bot sent them. `problem` says why a
    failed message failed, for the bot's developer. `revision` is the world's at the last change.
    `interaction_token` is the webhook a reply came through; None for ordinary messages.
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
    attachments: tuple[Attachment, ...] = ()
    allowed_mentions: dict[str, Any] | None = None
    mentions: Mentions = Mentions()
    edited_at: datetime | None = None
    visible_to: int | None = None
    status: MessageStatus = MessageStatus.SHOWN
    problem: str | None = None
    interaction: InteractionMetadata | None = None
    application_id: int | None = None
    interaction_token: str | None = None
    reference: Reference | None = None
    nonce: str | int | None = None
    revision: int = 0


@dataclass(slots=True)
class Interaction:
    """Something a member asked the bot for; its token is good until `expires_at`.

    `callback` is the bot's first answer as it came, also of a kind that nothing shows. `message_id`
    is the reply (`@original`), `source_id` the message that carried the pressed component.
    """

    id: int
    type: int
    token: str
    name: str
    guild_id: int | None
    channel_id: int
    user_id: int
    created_at: datetime
    expires_at: datetime
    callback: dict[str, Any] | None = None
    message_id: int | None = None
    source_id: int | None = None
    locale: str = "en-US"
    follow_ups: list[int] = field(default_factory=list)
    metadata: InteractionMetadata | None = None


@dataclass(slots=True)
class Application:
    """The bot's own record: what the developer portal would hold. It may be changed while running."""

    id: int
    name: str
    public_key: str
    client_secret: str
    endpoint: str | None
    events_endpoint: str | None
    description: str = ""
    redirect_uris: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ("APPLICATION_AUTHORIZED", "APPLICATION_DEAUTHORIZED")
    tags: tuple[str, ...] = ()
    disallowed_intents: int = 0
