"""Everything this Discord remembers, in memory, bounded. Changing it is for `deeds`; asking is for all."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from simulator import permissions
from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.permissions import Permission
from simulator.snowflakes import SnowflakeFactory
from simulator.state.entities import (
    Application,
    Channel,
    ChannelType,
    Guild,
    Interaction,
    Member,
    Message,
    User,
)
from simulator.state.files import Files
from simulator.state.grants import Grants
from simulator.state.nonces import Nonces
from simulator.wire import JsonObject

_TOKEN_BYTES = 96
_INTERACTIONS = 2_000


class World:
    """People, guilds, messages, registered commands and open interactions.

    Every change of a message raises `revision`, so that a page can ask what is new. `epoch` is
    another one after each start: what a page knew before is void then.
    """

    def __init__(self, config: SimulatorConfig, clock: Clock, snowflakes: SnowflakeFactory) -> None:
        self._config = config
        self._clock = clock
        self._snowflakes = snowflakes
        self._messages: dict[int, dict[int, Message]] = {}
        self._interactions: dict[str, Interaction] = {}
        self.application = Application(
            id=config.application_id,
            name=config.application_name,
            public_key=config.public_key,
            client_secret=config.client_secret,
            endpoint=config.endpoint,
            events_endpoint=config.events_url,
            redirect_uris=config.redirect_uris,
            disallowed_intents=config.disallowed_intents,
        )
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        """Every channel by id, direct messages among them."""
        self.files = Files()
        self.nonces = Nonces()
        self.grants = Grants(clock)
        self.commands: dict[int | None, list[JsonObject]] = {}
        """Registered commands as Discord returns them: of a guild, or global under None."""
        self.command_creates: dict[int | None, list[datetime]] = {}
        """When commands were created, for the limit of 200 a day."""
        self.epoch = secrets.token_hex(8)
        self.revision = 0
        self.commands_revision = 0

    @property
    def bot(self) -> User:
        """The application's own user."""
        return self.users[self.application.id]

    # --- guilds and people -----------------------------------------------------------------------

    def add_guild(self, guild: Guild) -> None:
        """Remember a guild and everybody in it."""
        self.guilds[guild.id] = guild
        self.users.update({member.user.id: member.user for member in guild.members.values()})
        for channel in guild.channels.values():
            self.add_channel(channel)

    def add_channel(self, channel: Channel) -> None:
        """Remember a channel, in its guild if it has one."""
        self.channels[channel.id] = channel
        self._messages.setdefault(channel.id, {})
        if channel.guild_id is not None:
            self.guilds[channel.guild_id].channels[channel.id] = channel

    def remove_channel(self, channel: Channel) -> None:
        """Forget a channel and all that was said there."""
        del self.channels[channel.id]
        for message in self._messages.pop(channel.id).values():
            self._forget_files(message)
        if channel.guild_id is not None:
            del self.guilds[channel.guild_id].channels[channel.id]

    def bot_guilds(self) -> list[Guild]:
        """Tell the guilds the bot is in."""
        return [guild for guild in self.guilds.values() if self.application.id in guild.members]

    def guilds_of(self, user_id: int) -> list[Guild]:
        """Tell the guilds somebody is in."""
        return [guild for guild in self.guilds.values() if user_id in guild.members]

    def guild_of(self, channel: Channel) -> Guild | None:
        """Tell a channel's guild. None for direct messages."""
        return None if channel.guild_id is None else self.guilds[channel.guild_id]

    def direct_channels(self, user_id: int) -> list[Channel]:
        """Tell the direct messages somebody takes part in."""
        return [each for each in self.channels.values() if user_id in each.recipients]

    def find_direct_channel(self, one: int, other: int) -> Channel | None:
        """Find the direct messages of two people. None if they have not talked yet."""
        return next((each for each in self.direct_channels(one) if other in each.recipients), None)

    # --- who may do what ---------------------------------------------------------------------------

    def standing(self, guild: Guild, member: Member) -> permissions.Standing:
        """Gather what a member's permissions depend on, at this moment."""
        until = member.timed_out_until
        return permissions.Standing(
            user_id=member.user.id,
            guild_id=guild.id,
            everyone=guild.roles[guild.id].permissions,
            roles={role_id: guild.roles[role_id].permissions for role_id in member.roles},
            is_owner=guild.owner_id == member.user.id,
            is_timed_out=until is not None and until > self._clock.now(),
        )

    def permissions_of(self, guild: Guild, user_id: int) -> int:
        """Tell what somebody may do in a guild, before any channel; nothing for those not there."""
        member = guild.members.get(user_id)
        return 0 if member is None else permissions.in_guild(self.standing(guild, member))

    def permissions_in(self, guild: Guild, channel: Channel, user_id: int) -> int:
        """Tell what somebody may do in a channel; nothing for those who are not members."""
        member = guild.members.get(user_id)
        if member is None:
            return 0
        return permissions.in_channel(self.standing(guild, member), channel.overwrites)

    def may_in(self, channel: Channel, user_id: int) -> int:
        """Tell what somebody may do in any channel; in direct messages the two may write and read."""
        guild = self.guild_of(channel)
        if guild is not None:
            return self.permissions_in(guild, channel, user_id)
        return int(permissions.IN_DIRECT_MESSAGES) if user_id in channel.recipients else 0

    # --- messages ------------------------------------------------------------------------------------

    def post(self, message: Message) -> Message:
        """Put a message into its channel; the oldest one may be forgotten for it."""
        channel = self._messages[message.channel_id]
        newest = next(reversed(channel), 0)
        channel[message.id] = message
        if message.id < newest:
            self._messages[message.channel_id] = channel = dict(sorted(channel.items()))
        while len(channel) > self._config.history:
            self._forget_files(channel.pop(next(iter(channel))))
        return self.touch(message)

    def touch(self, message: Message) -> Message:
        """Mark a message as changed."""
        self.revision += 1
        message.revision = self.revision
        return message

    def remove_message(self, message: Message) -> None:
        """Forget a message and its files."""
        self.revision += 1
        del self._messages[message.channel_id][message.id]
        self._forget_files(message)

    def messages(self, channel_id: int) -> Iterator[Message]:
        """Tell a channel's messages, oldest first."""
        return iter(self._messages.get(channel_id, {}).values())

    def newest_first(self, channel_id: int) -> Iterator[Message]:
        """Tell a channel's messages, newest first."""
        return reversed(self._messages.get(channel_id, {}).values())

    def find_message(self, channel_id: int, message_id: int) -> Message | None:
        """Find a message. None if the channel does not have it (any more)."""
        return self._messages.get(channel_id, {}).get(message_id)

    def find_message_anywhere(self, message_id: int) -> Message | None:
        """Find a message whatever its channel."""
        return next((each[message_id] for each in self._messages.values() if message_id in each), None)

    def newest_message_id(self, channel_id: int) -> int | None:
        """Tell the id of a channel's newest message that all may see. None in an empty channel."""
        return next((each.id for each in self.newest_first(channel_id) if each.visible_to is None), None)

    def sees(self, user_id: int, message: Message) -> bool:
        """Tell whether somebody sees a message: the channel, and that it is not somebody else's alone."""
        channel = self.channels.get(message.channel_id)
        if channel is None or message.visible_to not in (None, user_id):
            return False
        return bool(self.may_in(channel, user_id) & Permission.VIEW_CHANNEL)

    def messages_seen_by(
        self,
        user_id: int,
        channel_id: int,
        *,
        after: int = 0,
        before: int | None = None,
        limit: int | None = None,
    ) -> list[Message]:
        """Tell what somebody sees in a channel, oldest first.

        Args:
            user_id: Who looks; nothing is seen by somebody who cannot look into the channel.
            channel_id: Where.
            after: Only what changed after this revision.
            before: Only messages with a lower id.
            limit: At most so many, the newest of them.
        """
        channel = self.channels.get(channel_id)
        if channel is None or not self.may_in(channel, user_id) & Permission.VIEW_CHANNEL:
            return []
        found: Iterable[Message] = (
            message
            for message in self.newest_first(channel_id)
            if message.revision > after
            and message.visible_to in (None, user_id)
            and (before is None or message.id < before)
        )
        return list(islice(found, limit))[::-1]

    def _forget_files(self, message: Message) -> None:
        for attachment in message.attachments:
            self.files.forget(attachment.id)

    # --- commands and interactions -----------------------------------------------------------------

    def register(self, scope: int | None, commands: list[JsonObject]) -> None:
        """Replace what is registered for a guild, or globally for None."""
        self.commands[scope] = commands
        self.commands_revision += 1

    def commands_in(self, guild_id: int | None) -> list[JsonObject]:
        """Tell the commands a member of the guild can be offered: the guild's own, then the global ones."""
        scopes = (None,) if guild_id is None else (guild_id, None)
        return [each for scope in scopes for each in self.commands.get(scope, ())]

    def find_command(self, guild_id: int | None, name: str, command_type: int) -> JsonObject | None:
        """Find a registered command as a member of the guild would. A guild's own wins."""
        for command in self.commands_in(guild_id):
            if command["name"] == name and command["type"] == command_type:
                return command
        return None

    def open_interaction(
        self,
        *,
        interaction_type: int,
        name: str,
        guild_id: int | None,
        channel_id: int,
        user_id: int,
        source_id: int | None = None,
        locale: str = "en-US",
    ) -> Interaction:
        """Start an interaction with a fresh token; those that are over are forgotten."""
        now = self._clock.now()
        interaction = Interaction(
            id=self._snowflakes.make(),
            type=interaction_type,
            token=secrets.token_urlsafe(_TOKEN_BYTES),
            name=name,
            guild_id=guild_id,
            channel_id=channel_id,
            user_id=user_id,
            created_at=now,
            expires_at=now + timedelta(seconds=self._config.token_seconds),
            source_id=source_id,
            locale=locale,
        )
        self._interactions[interaction.token] = interaction
        self._forget_old_interactions()
        return interaction

    def interaction_by_token(self, token: str) -> Interaction | None:
        """Find an interaction by its token. None once the token has died."""
        interaction = self._interactions.get(token)
        if interaction is None or interaction.expires_at <= self._clock.now():
            return None
        return interaction

    def _forget_old_interactions(self) -> None:
        now = self._clock.now()
        while self._interactions:
            token, oldest = next(iter(self._interactions.items()))
            if oldest.expires_at > now and len(self._interactions) <= _INTERACTIONS:
                return
            del self._interactions[token]


def is_text(channel: Channel) -> bool:
    """Tell whether people can write into a channel of this type."""
    return channel.type is not ChannelType.GUILD_CATEGORY
