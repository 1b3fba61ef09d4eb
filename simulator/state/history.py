"""What was said before this Discord started, planted so that it looks as if it had just happened.

Ids follow from the times and the order of writing, so that they tell when something was said.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from simulator.snowflakes import first_id_at
from simulator.state.entities import Attachment, Channel, Guild, Mentions, Message, MessageType, Reference
from simulator.state.talk.lines import Conversation, Said
from simulator.state.talk.pictures import picture
from simulator.state.world import World

_TIME = re.compile(r"<t:([+-]?\d+)m:(\w)>")  # noqa: TID251 - ours, not a user's


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with all that it takes to make a message of it."""

    said: Said
    at: datetime
    channel: Channel
    answered: "_Line | None"
    place: int

    @property
    def id(self) -> int:
        return first_id_at(self.at) | self.place


def tell(world: World, guild: Guild, conversations: Iterable[Conversation], now: datetime) -> None:
    """Plant what was said in a guild, the oldest first."""
    names = _Names(world, guild)
    for line in sorted(_lines(guild, conversations, now), key=lambda each: each.at):
        world.post(_message(world, names, line))


class _Names:
    """Who and what a guild's people mean when they write a name; some who wrote are gone."""

    def __init__(self, world: World, guild: Guild) -> None:
        self.users = {user.username: user for user in world.users.values()}
        roles = {f"@&{role.name}": role.id for role in guild.roles.values() if role.id != guild.id}
        self._users = {f"@{name}": user.id for name, user in self.users.items()}
        self._roles = roles
        channels = {f"#{channel.name}": channel.id for channel in guild.channels.values()}
        self._written = (
            {name: f"<@{user_id}>" for name, user_id in self._users.items()}
            | {name: f"<@&{role_id}>" for name, role_id in roles.items()}
            | {name: f"<#{channel_id}>" for name, channel_id in channels.items()}
        )
        longest_first = sorted(self._written, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))  # noqa: TID251 - names of the seed

    def words(self, text: str, at: datetime) -> str:
        """Write names as mentions, and times relative to this instant as Discord does."""

        def moment(found: re.Match[str]) -> str:
            instant = at + timedelta(minutes=int(found[1]))
            return f"<t:{int(instant.timestamp())}:{found[2]}>"

        return _TIME.sub(moment, self._pattern.sub(lambda found: self._written[found[0]], text))

    def inside(self, value: Any, at: datetime) -> Any:  # noqa: ANN401 - any part of an embed
        """Write all words of an embed."""
        if isinstance(value, str):
            return self.words(value, at)
        if isinstance(value, list):
            return [self.inside(each, at) for each in value]
        if isinstance(value, dict):
            return {key: self.inside(each, at) for key, each in value.items()}
        return value

    def mentioned(self, text: str, answered: int | None) -> Mentions:
        """Tell whom these words ping, and the author of what they answer."""
        named = dict.fromkeys(self._pattern.findall(text))
        users = [self._users[name] for name in named if name in self._users]
        if answered is not None and answered not in users:
            users.append(answered)
        return Mentions(tuple(users), tuple(self._roles[name] for name in named if name in self._roles))


def _lines(guild: Guild, conversations: Iterable[Conversation], now: datetime) -> list[_Line]:
    channels = {channel.name: channel for channel in guild.channels.values()}
    lines: list[_Line] = []
    for conversation in conversations:
        at = now - timedelta(minutes=conversation.minutes_ago)
        named: dict[str, _Line] = {}
        for said in conversation.lines:
            at += timedelta(minutes=said.wait)
            answered = None if said.answers is None else named[said.answers]
            line = _Line(said, at, channels[conversation.channel], answered, len(lines))
            lines.append(line)
            if said.name is not None:
                named[said.name] = line
    return lines


def _message(world: World, names: _Names, line: _Line) -> Message:
    said, answered = line.said, line.answered
    author = names.users[said.author]
    answered_author = None if answered is None else names.users[answered.said.author].id
    return Message(
        id=line.id,
        channel_id=line.channel.id,
        author_id=author.id,
        created_at=line.at,
        content=names.words(said.words, line.at),
        type=MessageType.DEFAULT if answered is None else MessageType.REPLY,
        embeds=[] if said.embed is None else [names.inside(said.embed, line.at)],
        attachments=_attachments(world, line),
        mentions=names.mentioned(said.words, answered_author),
        edited_at=None if said.edited is None else line.at + timedelta(minutes=said.edited),
        reference=None
        if answered is None
        else Reference(answered.id, line.channel.id, line.channel.guild_id),
        application_id=author.id if author.bot else None,
    )


def _attachments(world: World, line: _Line) -> tuple[Attachment, ...]:
    name = line.said.picture
    if name is None:
        return ()
    content = picture(name)
    attachment_id = line.id + (1 << 21)
    world.files.keep(attachment_id, content)
    return (Attachment(attachment_id, name, len(content), "image/png", line.said.description),)
