"""Everything this Discord remembers, in memory, bounded."""

import secrets
from collections import deque
from collections.abc import Iterator
from datetime import timedelta

from simulator import permissions
from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.snowflakes import SnowflakeFactory
from simulator.state.entities import Channel, Guild, Interaction, Member, Message, User
from simulator.wire import JsonObject

_TOKEN_BYTES = 96
_INTERACTIONS = 2_000


class World:
    """People, guilds, messages, registered commands and open interactions.

    Every change that people can see raises `revision`, so that a page can ask what is new.
    `epoch` is another one after each start: what a page knew before is void then.
    """

    def __init__(self, config: SimulatorConfig, clock: Clock, snowflakes: SnowflakeFactory) -> None:
        self._config = config
        self._clock = clock
        self._snowflakes = snowflakes
        self._messages: dict[int, deque[Message]] = {}
        self._interactions: dict[str, Interaction] = {}
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.commands: dict[int | None, list[JsonObject]] = {}
        """Registered commands as Discord returns them: of a guild, or global under None."""
        self.epoch = secrets.token_hex(8)
        self.revision = 0
        self.commands_revision = 0

    # --- guilds and people -----------------------------------------------------------------------

    def add_guild(self, guild: Guild) -> None:
        """Remember a guild and everybody in it."""
        self.guilds[guild.id] = guild
        self.users.update({member.user.id: member.user for member in guild.members.values()})
        for channel_id in guild.channels:
            self._messages[channel_id] = deque(maxlen=self._config.history)
        self.revision += 1

    def find_channel(self, channel_id: int) -> tuple[Guild, Channel] | None:
        """Find a channel and its guild. None if no guild has it."""
        for guild in self.guilds.values():
            if channel := guild.channels.get(channel_id):
                return guild, channel
        return None

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

    def permissions_in(self, guild: Guild, channel: Channel, user_id: int) -> int:
        """Tell what somebody may do in a channel; nothing for those who are not members."""
        member = guild.members.get(user_id)
        if member is None:
            return 0
        return permissions.in_channel(self.standing(guild, member), channel.overwrites)

    # --- messages --------------------------------------------------------------------------------

    def post(self, message: Message) -> Message:
        """Put a message into its channel; the oldest one may be forgotten for it."""
        self.revision += 1
        message.revision = self.revision
        self._messages[message.channel_id].append(message)
        return message

    def messages(self, channel_id: int) -> Iterator[Message]:
        """Tell a channel's messages, oldest first."""
        return iter(self._messages.get(channel_id, ()))

    def messages_seen_by(self, user_id: int, channel_id: int, *, after: int = 0) -> list[Message]:
        """Tell what somebody sees in a channel, of what changed after that revision.

        Empty for somebody who cannot look into the channel.
        """
        found = self.find_channel(channel_id)
        if found is None:
            return []
        if not self.permissions_in(*found, user_id) & permissions.Permission.VIEW_CHANNEL:
            return []
        return [
            message
            for message in self.messages(channel_id)
            if message.revision > after and message.visible_to in (None, user_id)
        ]

    # --- commands and interactions ---------------------------------------------------------------

    def register(self, scope: int | None, commands: list[JsonObject]) -> None:
        """Replace what is registered for a guild, or globally for None."""
        self.commands[scope] = commands
        self.commands_revision += 1

    def find_command(self, guild_id: int, name: str, command_type: int) -> JsonObject | None:
        """Find a registered command as a member of the guild would. A guild's own wins."""
        for scope in (guild_id, None):
            for command in self.commands.get(scope, ()):
                if command["name"] == name and command["type"] == command_type:
                    return command
        return None

    def open_interaction(
        self, *, interaction_type: int, name: str, guild_id: int, channel_id: int, user_id: int
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
