"""The one REST adapter, on hikari. Imported only when something is really asked of Discord."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

import hikari
from hikari.internal import routes
from pydantic import SecretStr

from app import clock
from app.discord import attachments, commands, messages
from app.discord.client import GuardedClient, guarded_client
from app.discord.failures import translated
from app.discord.limits import MAX_REASON, MISSING_ACCESS, NONE_BANNED, UNKNOWN_BAN, UNKNOWN_MESSAGE
from app.discord.port import (
    BulkBan,
    DiscordChannel,
    DiscordFile,
    DiscordForbiddenError,
    DiscordGuild,
    DiscordMember,
    DiscordMessage,
    DiscordNotFoundError,
    DiscordRole,
    DiscordUnauthorizedError,
    OutgoingMessage,
    Pauses,
    SpokenChannel,
    Unfetched,
)
from app.discord.reply import Reply
from app.settings import Settings
from app.wording import message

_THREADS: Final = frozenset({10, 11, 12})
"""Discord's types of channels that are threads: of announcements, public, private."""

_NO_CREDENTIALS: Final = message(
    "SMARTERDEV_DISCORD_BOT_TOKEN or SMARTERDEV_DISCORD_APPLICATION_ID is missing: Discord was not asked."
)


class HikariDiscord:
    """`app.discord.port.Discord`, spoken over HTTP."""

    def __init__(self, client: GuardedClient, application_id: int, attachment_url: str) -> None:
        self._client = client
        self._application_id = application_id
        self._attachment_url = attachment_url
        self._bot_id: int | None = None

    async def bot_id(self) -> int:
        """Tell the bot's own id as a user. Asked once."""
        if self._bot_id is None:
            with translated():
                self._bot_id = int((await self._client.fetch_my_user()).id)
        return self._bot_id

    async def registered_commands(self, guild_id: int | None = None) -> list[dict[str, Any]]:
        """Load the commands Discord knows, as it would take them back."""
        with translated():
            found = await self._client.fetch_application_commands(
                self._application_id, hikari.UNDEFINED if guild_id is None else guild_id
            )
        return [commands.payload(command) for command in found]

    async def register_commands(self, wanted: list[dict[str, Any]], guild_id: int | None = None) -> None:
        """Replace the whole list of commands."""
        with translated():
            await self._client.set_application_commands(
                self._application_id,
                [commands.builder(command) for command in wanted],
                hikari.UNDEFINED if guild_id is None else guild_id,
            )

    async def find_guild(self, guild_id: int) -> DiscordGuild | None:
        """Load a guild with its roles; None if it is not there for us."""
        try:
            with translated():
                guild = await self._client.fetch_guild(guild_id)
        except DiscordNotFoundError:
            return None
        except DiscordForbiddenError as error:
            if error.number == MISSING_ACCESS:
                return None
            raise
        roles = {
            int(role_id): DiscordRole(
                int(role_id), role.name, role.position, int(role.permissions), role.is_managed
            )
            for role_id, role in guild.roles.items()
        }
        return DiscordGuild(guild_id, guild.name, int(guild.owner_id), roles)

    async def find_member(self, guild_id: int, user_id: int) -> DiscordMember | None:
        """Load a member; None if the guild, or the member in it, is not there for us."""
        try:
            with translated():
                member = await self._client.fetch_member(guild_id, user_id)
        except DiscordNotFoundError:
            return None
        except DiscordForbiddenError as error:
            if error.number == MISSING_ACCESS:
                return None
            raise
        return _member(guild_id, member)

    async def list_members(self, guild_id: int, *, after: int = 0, limit: int = 1000) -> list[DiscordMember]:
        """Load up to 1,000 members with ids above `after`, in the order of their ids."""
        with translated():
            found = await self._client.fetch_members(guild_id, start_at=after).limit(limit)
        return [_member(guild_id, each) for each in found]

    async def add_role(self, guild_id: int, user_id: int, role_id: int, *, reason: str) -> None:
        """Give a member a role."""
        with translated():
            await self._client.add_role_to_member(guild_id, user_id, role_id, reason=_clipped(reason))

    async def remove_role(self, guild_id: int, user_id: int, role_id: int, *, reason: str) -> None:
        """Take a role from a member."""
        with translated():
            await self._client.remove_role_from_member(guild_id, user_id, role_id, reason=_clipped(reason))

    async def set_timeout(self, guild_id: int, user_id: int, until: datetime | None, *, reason: str) -> None:
        """Have a member not speak until then; None lifts it."""
        with translated():
            await self._client.edit_member(
                guild_id, user_id, communication_disabled_until=until, reason=_clipped(reason)
            )

    async def is_banned(self, guild_id: int, user_id: int) -> bool:
        """Tell whether somebody is banned."""
        try:
            with translated():
                await self._client.fetch_ban(guild_id, user_id)
        except DiscordNotFoundError as error:
            if error.number == UNKNOWN_BAN:
                return False
            raise
        return True

    async def ban(self, guild_id: int, user_id: int, *, delete_seconds: int = 0, reason: str) -> None:
        """Ban somebody, a member or not."""
        with translated():
            await self._client.ban_user(
                guild_id, user_id, delete_message_seconds=delete_seconds, reason=_clipped(reason)
            )

    async def bulk_ban(
        self, guild_id: int, user_ids: Sequence[int], *, delete_seconds: int = 0, reason: str
    ) -> BulkBan:
        """Ban up to 200 at once. That none could be banned is an answer, too."""
        try:
            with translated():
                done = await self._client.bulk_ban_users(
                    guild_id, user_ids, delete_message_seconds=delete_seconds, reason=_clipped(reason)
                )
        except DiscordForbiddenError as error:
            if error.number == NONE_BANNED:
                return BulkBan(failed=frozenset(user_ids))
            raise
        return BulkBan(frozenset(map(int, done.banned_users)), frozenset(map(int, done.failed_users)))

    async def unban(self, guild_id: int, user_id: int, *, reason: str) -> None:
        """Lift a ban."""
        with translated():
            await self._client.unban_user(guild_id, user_id, reason=_clipped(reason))

    async def kick(self, guild_id: int, user_id: int, *, reason: str) -> None:
        """Remove a member."""
        with translated():
            await self._client.kick_user(guild_id, user_id, reason=_clipped(reason))

    async def find_pauses(self, guild_id: int) -> Pauses:
        """Tell until when invites and direct messages are paused in a guild."""
        with translated():
            found = (await self._client.fetch_guild(guild_id)).incidents
        return Pauses(_ahead(found.invites_disabled_until), _ahead(found.dms_disabled_until))

    async def set_pauses(self, guild_id: int, pauses: Pauses) -> None:
        """Pause invites and direct messages until then; None ends it."""
        with translated():
            await self._client.set_guild_incident_actions(
                guild_id, invites_disabled_until=pauses.invites_until, dms_disabled_until=pauses.dms_until
            )

    async def list_spoken_channels(self, guild_id: int) -> list[SpokenChannel]:
        """Load the text channels of a guild."""
        with translated():
            found = await self._client.fetch_guild_channels(guild_id)
        return [_spoken(guild_id, each) for each in found if isinstance(each, hikari.GuildTextChannel)]

    async def find_slow_mode(self, channel_id: int) -> int:
        """Tell how many seconds everybody waits between two messages in a channel."""
        with translated():
            found = await self._client.fetch_channel(channel_id)
        waits = getattr(found, "rate_limit_per_user", None)  # a voice channel has none, and is not slowed
        return 0 if waits is None else int(waits.total_seconds())

    async def set_slow_mode(self, channel_id: int, seconds: int, *, reason: str) -> None:
        """Have everybody wait between two messages in a channel; 0 ends it."""
        with translated():
            await self._client.edit_channel(channel_id, rate_limit_per_user=seconds, reason=_clipped(reason))

    async def open_dm(self, user_id: int) -> int:
        """Give the channel of the direct messages with somebody."""
        with translated():
            return int((await self._client.create_dm_channel(user_id)).id)

    async def send_message(self, channel_id: int, outgoing: OutgoingMessage, *, nonce: str) -> int:
        """Send a message and give its id; within minutes, the same nonce sends nothing a second time."""
        route = routes.POST_CHANNEL_MESSAGES.compile(channel=channel_id)
        with translated():
            sent = await self._client.ask(route, messages.created(outgoing, nonce), file=outgoing.file)
        return int(sent["id"])

    async def edit_message(self, channel_id: int, message_id: int, outgoing: OutgoingMessage) -> None:
        """Have a message of the bot's own say this, and nothing of what it said before; its files stay."""
        route = routes.PATCH_CHANNEL_MESSAGE.compile(channel=channel_id, message=message_id)
        with translated():
            await self._client.ask(route, messages.edited(outgoing))

    async def edit_reply(self, token: SecretStr, reply: Reply) -> None:
        """Have the first answer to an interaction say this; files are not sent along."""
        route = routes.PATCH_INTERACTION_RESPONSE.compile(
            webhook=self._application_id, token=token.get_secret_value()
        )
        with translated():
            await self._client.ask(route, messages.edited_reply(reply), as_bot=False)

    async def recent_messages(
        self, channel_id: int, *, limit: int = 100, before: int | None = None
    ) -> list[DiscordMessage]:
        """Load the newest messages of a channel, the newest first."""
        with translated():
            found = await self._client.fetch_messages(
                channel_id, before=hikari.UNDEFINED if before is None else before
            ).limit(limit)
        return [_message(each) for each in found]

    async def find_channel(self, channel_id: int) -> DiscordChannel | None:
        """Load a channel or thread; None if it is not there for us."""
        try:
            with translated():
                found = await self._client.read(routes.GET_CHANNEL.compile(channel=channel_id), {})
        except (DiscordNotFoundError, DiscordForbiddenError):
            return None
        parent = found.get("parent_id") if found.get("type") in _THREADS else None
        guild = found.get("guild_id")
        return DiscordChannel(
            channel_id, None if guild is None else int(guild), None if parent is None else int(parent)
        )

    async def messages_before(
        self, channel_id: int, before_id: int, *, limit: int = 100
    ) -> list[dict[str, Any]]:
        """Load up to 100 messages that are older than an id, the newest first, as Discord writes them."""
        route = routes.GET_CHANNEL_MESSAGES.compile(channel=channel_id)
        with translated():
            found: list[dict[str, Any]] = await self._client.read(
                route, {"before": str(before_id), "limit": str(limit)}
            )
        return found

    async def fetch_file(self, url: str, *, at_most: int) -> bytes | Unfetched:
        """Load a file that somebody sent, from Discord's own hosts only, of at most so many bytes."""
        return await attachments.fetch(url, at_most=at_most, also=self._attachment_url)

    async def delete_messages(self, channel_id: int, message_ids: Sequence[int], *, reason: str) -> None:
        """Delete messages: up to 100 younger than two weeks, or one of any age. Those gone do not matter."""
        if not message_ids:
            return
        if len(message_ids) == 1:
            try:
                with translated():
                    await self._client.delete_message(channel_id, message_ids[0], reason=_clipped(reason))
            except DiscordNotFoundError as error:
                if error.number != UNKNOWN_MESSAGE:
                    raise
            return
        # hikari's own would go on after 100, and wrap what is raised in an error of another tree.
        route = routes.POST_DELETE_CHANNEL_MESSAGES_BULK.compile(channel=channel_id)
        with translated():
            body = {"messages": [str(each) for each in message_ids]}
            await self._client.ask(route, body, reason=_clipped(reason))


@asynccontextmanager
async def connect_discord(settings: Settings) -> AsyncIterator[HikariDiscord]:
    """Open a connection pool to Discord for as long as the block runs.

    Raises:
        DiscordUnauthorizedError: there is no bot token or no application id to call with.
    """
    token, application_id = settings.discord_bot_token, settings.discord_application_id
    if token is None or application_id is None:
        raise DiscordUnauthorizedError(_NO_CREDENTIALS)
    async with guarded_client(token=token.get_secret_value(), url=str(settings.discord_api_url)) as client:
        yield HikariDiscord(client, application_id, str(settings.discord_attachment_url))


def _member(guild_id: int, member: hikari.Member) -> DiscordMember:
    until = member.raw_communication_disabled_until
    return DiscordMember(
        guild_id=guild_id,
        user_id=int(member.id),
        username=member.username,
        is_bot=member.is_bot,
        # hikari adds @everyone, whose id is the guild's; Discord's own list does not have it.
        role_ids=frozenset(int(role_id) for role_id in member.role_ids) - {guild_id},
        joined_at=member.joined_at,
        timed_out_until=until if until is not None and until > clock.now() else None,
    )


def _ahead(until: datetime | None) -> datetime | None:
    """Give an end that is to come; Discord may tell one that is over."""
    return until if until is not None and until > clock.now() else None


def _spoken(guild_id: int, channel: hikari.GuildTextChannel) -> SpokenChannel:
    everyone = channel.permission_overwrites.get(hikari.Snowflake(guild_id))
    return SpokenChannel(
        channel_id=int(channel.id),
        position=channel.position,
        slow_mode=int(channel.rate_limit_per_user.total_seconds()),
        allow=0 if everyone is None else int(everyone.allow),
        deny=0 if everyone is None else int(everyone.deny),
        last_message_id=int(channel.last_message_id or 0),
    )


def _clipped(reason: str) -> str:
    """Cut a reason to what Discord keeps. Half a character (a lone surrogate) cannot be sent at all."""
    return reason[:MAX_REASON].encode(errors="replace").decode()


def _message(found: hikari.Message) -> DiscordMessage:
    footer = found.embeds[0].footer if found.embeds else None
    return DiscordMessage(
        message_id=int(found.id),
        channel_id=int(found.channel_id),
        author_id=int(found.author.id),
        is_bot=found.author.is_bot,
        content=found.content or "",
        footer=None if footer is None else footer.text,
        files=[DiscordFile(each.filename, each.size, each.url) for each in found.attachments],
    )
