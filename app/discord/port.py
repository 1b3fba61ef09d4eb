"""What the platform asks of Discord, and how Discord can say no."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from pydantic import SecretStr

from app.discord.reply import Reply
from app.errors import SmarterDevError
from app.wording import Fact


@dataclass(frozen=True, slots=True)
class DiscordRole:
    """A role as Discord knows it right now.

    Attributes:
        role_id: Discord's id; @everyone has the guild's.
        name: What people call it.
        position: The greater, the higher; of two with the same the older one (the smaller id) is higher.
        permissions: Discord's permission bits.
        is_managed: Whether it belongs to an integration, so that nobody can give it.
    """

    role_id: int
    name: str
    position: int
    permissions: int
    is_managed: bool


@dataclass(frozen=True, slots=True)
class DiscordGuild:
    """A guild as Discord knows it right now. `roles` are by id, @everyone among them."""

    guild_id: int
    name: str
    owner_id: int
    roles: Mapping[int, DiscordRole]


@dataclass(frozen=True, slots=True)
class DiscordMember:
    """A member of a guild as Discord knows it right now.

    Attributes:
        guild_id: Where.
        user_id: Who.
        username: The unique name.
        is_bot: Whether it is an application.
        role_ids: Without @everyone.
        joined_at: Since when; None if Discord does not say.
        timed_out_until: Until when the member may not speak; None if that is over or never was.
    """

    guild_id: int
    user_id: int
    username: str
    is_bot: bool
    role_ids: frozenset[int]
    joined_at: datetime | None = None
    timed_out_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DiscordChannel:
    """A channel as Discord knows it right now.

    Attributes:
        channel_id: Which.
        guild_id: Where; None of direct messages.
        parent_id: The channel that a thread belongs to; None of all others.
    """

    channel_id: int
    guild_id: int | None
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class SpokenChannel:
    """A text channel of a guild as Discord knows it right now.

    Attributes:
        channel_id: Discord's id.
        position: The smaller, the higher up.
        slow_mode: Seconds that everybody waits between two messages; 0: none.
        allow: What it allows @everyone beside what the guild does.
        deny: What it denies @everyone.
        last_message_id: The newest message's, also if that was deleted; 0 if there was none.
    """

    channel_id: int
    position: int
    slow_mode: int
    allow: int = 0
    deny: int = 0
    last_message_id: int = 0


@dataclass(frozen=True, slots=True)
class Pauses:
    """Until when a guild has paused what a raid uses; None: it has not."""

    invites_until: datetime | None = None
    dms_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AllowedMentions:
    """Whom a message may ping: nobody but these."""

    user_ids: Collection[int] = ()
    role_ids: Collection[int] = ()


NOBODY = AllowedMentions()


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file that goes with a message.

    Attributes:
        name: Letters, digits and `._-` only (`app.discord.attachments.safe_name`).
        content: All of it.
        content_type: What kind it is; None if nobody knows.
    """

    name: str
    content: bytes = field(repr=False)
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message of the bot's.

    Attributes:
        mentions: Whom it may ping; there is no default, so nobody forgets to think of it.
        content: Text, with Discord's markdown; "" for none.
        embed: One embed as Discord's JSON, None for none.
        components: Components V2 as Discord's JSON, instead of text and embed.
        rows: Action rows as Discord's JSON, below text and embed.
        file: Goes with a message that is sent, beside text and embed; an edit leaves the files as they are.
    """

    mentions: AllowedMentions
    content: str = ""
    embed: Mapping[str, Any] | None = None
    components: Sequence[Mapping[str, Any]] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    file: OutgoingFile | None = None


@dataclass(frozen=True, slots=True)
class DiscordFile:
    """A file of a message; the address expires."""

    name: str
    size: int
    url: str


class Unfetched(StrEnum):
    """Why a file was not fetched, and never will be."""

    FOREIGN = "foreign"
    GONE = "gone"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class DiscordMessage:
    """A message as Discord knows it right now, as far as anything here asks.

    `footer` is that of its first embed: what our own messages are found again by.
    """

    message_id: int
    channel_id: int
    author_id: int
    is_bot: bool
    content: str
    footer: str | None = None
    files: Sequence[DiscordFile] = ()


@dataclass(frozen=True, slots=True)
class BulkBan:
    """What became of banning many at once."""

    banned: frozenset[int] = field(default_factory=frozenset)
    failed: frozenset[int] = field(default_factory=frozenset)


class DiscordError(SmarterDevError):
    """Discord did not do what was asked.

    Attributes:
        status: Of the HTTP answer; None if there was none.
        number: Discord's JSON error code; 0 if it gave none.
        retry_after: Seconds before the same may be asked again; None if Discord did not say.
    """

    code = "discord"

    def __init__(
        self,
        message: str,
        /,
        *,
        status: int | None = None,
        number: int = 0,
        retry_after: float | None = None,
        **facts: Fact,
    ) -> None:
        super().__init__(message, **facts)
        self.status = status
        self.number = number
        self.retry_after = retry_after


class DiscordUnauthorizedError(DiscordError):
    """The bot token is not (any longer) valid. Stop calling: invalid calls get the address banned."""

    code = "discord_unauthorized"


class DiscordForbiddenError(DiscordError):
    """The bot may not do this (403)."""

    code = "discord_forbidden"


class DiscordNotFoundError(DiscordError):
    """What it is about is not there (404): the guild, the member, the role, the message, the ban."""

    code = "discord_not_found"


class DiscordRefusedError(DiscordError):
    """Discord finds the request itself wrong (400): a defect of ours."""

    code = "discord_refused"


class DiscordUnavailableError(DiscordError):
    """Discord does not answer, answers 5xx, or asks us to wait. Trying again later can work."""

    code = "discord_unavailable"


class DiscordRateLimitedError(DiscordUnavailableError):
    """Discord wants us to wait `retry_after` seconds. Nothing was done."""

    code = "discord_rate_limited"


class DiscordOutcomeUnknownError(DiscordUnavailableError):
    """The answer was lost: it may have been done. Look before trying again."""

    code = "discord_outcome_unknown"


class Discord(Protocol):
    """The calls the platform makes. Each may raise any `DiscordError`; none waits long by itself.

    What changes something in a guild takes the reason for Discord's audit log: at most 512 characters are
    kept.
    """

    async def bot_id(self) -> int:
        """Tell the bot's own id as a user. Asked once."""

    async def registered_commands(self, guild_id: int | None = None) -> list[dict[str, Any]]:
        """Load the commands Discord knows, as it would take them back; a guild's own, or the global ones."""

    async def register_commands(self, commands: list[dict[str, Any]], guild_id: int | None = None) -> None:
        """Replace the whole list of commands. What is missing from it is deleted."""

    async def find_guild(self, guild_id: int) -> DiscordGuild | None:
        """Load a guild with its roles; None if it is not there for us."""

    async def find_member(self, guild_id: int, user_id: int) -> DiscordMember | None:
        """Load a member; None if the guild, or the member in it, is not there for us."""

    async def list_members(self, guild_id: int, *, after: int = 0, limit: int = 1000) -> list[DiscordMember]:
        """Load up to 1,000 members with ids above `after`, in the order of their ids."""

    async def add_role(self, guild_id: int, user_id: int, role_id: int, *, reason: str) -> None:
        """Give a member a role. Does nothing to one who has it."""

    async def remove_role(self, guild_id: int, user_id: int, role_id: int, *, reason: str) -> None:
        """Take a role from a member. Does nothing to one who has it not."""

    async def set_timeout(self, guild_id: int, user_id: int, until: datetime | None, *, reason: str) -> None:
        """Have a member not speak until then (Discord: at most 28 days ahead); None lifts it."""

    async def is_banned(self, guild_id: int, user_id: int) -> bool:
        """Tell whether somebody is banned."""

    async def ban(self, guild_id: int, user_id: int, *, delete_seconds: int = 0, reason: str) -> None:
        """Ban somebody, a member or not, and delete what they wrote in the last `delete_seconds`."""

    async def bulk_ban(
        self, guild_id: int, user_ids: Sequence[int], *, delete_seconds: int = 0, reason: str
    ) -> BulkBan:
        """Ban up to 200 at once. That none could be banned is an answer, too."""

    async def unban(self, guild_id: int, user_id: int, *, reason: str) -> None:
        """Lift a ban.

        Raises:
            DiscordNotFoundError: there is none (10026).
        """

    async def kick(self, guild_id: int, user_id: int, *, reason: str) -> None:
        """Remove a member.

        Raises:
            DiscordNotFoundError: there is no such member (10007).
        """

    async def find_pauses(self, guild_id: int) -> Pauses:
        """Tell until when invites and direct messages are paused in a guild."""

    async def set_pauses(self, guild_id: int, pauses: Pauses) -> None:
        """Pause invites and direct messages until then (Discord: at most 24 hours ahead); None ends it."""

    async def list_spoken_channels(self, guild_id: int) -> list[SpokenChannel]:
        """Load the text channels of a guild."""

    async def find_slow_mode(self, channel_id: int) -> int:
        """Tell how many seconds everybody waits between two messages in a channel.

        Raises:
            DiscordNotFoundError: there is no such channel (10003).
        """

    async def set_slow_mode(self, channel_id: int, seconds: int, *, reason: str) -> None:
        """Have everybody wait between two messages in a channel (Discord: up to six hours); 0 ends it."""

    async def open_dm(self, user_id: int) -> int:
        """Give the channel of the direct messages with somebody."""

    async def send_message(self, channel_id: int, message: OutgoingMessage, *, nonce: str) -> int:
        """Send a message and give its id; within minutes, the same nonce sends nothing a second time."""

    async def edit_message(self, channel_id: int, message_id: int, message: OutgoingMessage) -> None:
        """Have a message of the bot's own say this, and nothing of what it said before; its files stay."""

    async def edit_reply(self, token: SecretStr, reply: Reply) -> None:
        """Have the first answer to an interaction say this; files are not sent along.

        Raises:
            DiscordNotFoundError: the token is over 15 minutes old, or there was no answer yet.
        """

    async def recent_messages(
        self, channel_id: int, *, limit: int = 100, before: int | None = None
    ) -> list[DiscordMessage]:
        """Load the newest messages of a channel, the newest first."""

    async def find_channel(self, channel_id: int) -> DiscordChannel | None:
        """Load a channel or thread; None if it is not there for us."""

    async def messages_before(
        self, channel_id: int, before_id: int, *, limit: int = 100
    ) -> list[dict[str, Any]]:
        """Load up to 100 messages that are older than an id, the newest first, as Discord writes them."""

    async def fetch_file(self, url: str, *, at_most: int) -> bytes | Unfetched:
        """Load a file that somebody sent, from Discord's own hosts only, of at most so many bytes."""

    async def delete_messages(self, channel_id: int, message_ids: Sequence[int], *, reason: str) -> None:
        """Delete messages: up to 100 younger than two weeks, or one of any age. Those gone do not matter."""
