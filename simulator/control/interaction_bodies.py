"""What may be asked about interactions, and the places that such a request names."""

from typing import Annotated, Any, TypeAlias

import msgspec

from simulator.control import bodies
from simulator.control.act_bodies import FileBody
from simulator.control.bodies import Offset, Repeat, Words
from simulator.control.errors import ControlError
from simulator.control.writing import uploads_of
from simulator.delivery.exchange import Spoiling
from simulator.delivery.scenes import Place
from simulator.delivery.submissions import Value
from simulator.endpoint.signing import Tamper
from simulator.local_discord import LocalDiscord
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import Message
from simulator.wire import JsonObject

CustomId = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Filled: TypeAlias = str | bool | list[str | FileBody] | None


class Spoilt(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What every interaction's body may have, to test bots with what Discord never sends."""

    overrides: JsonObject = msgspec.field(default_factory=dict)
    timestamp_offset: Offset = 0
    tamper: Tamper | None = None
    repeat: Repeat = 1

    @property
    def spoiling(self) -> Spoiling:
        """The same as the delivery wants it."""
        return Spoiling(self.overrides, self.timestamp_offset, self.tamper, self.repeat)


class Placed(Spoilt, kw_only=True, forbid_unknown_fields=True):
    """Who does it, and where; without a guild in direct messages with the bot."""

    guild_id: str | None = None
    channel_id: str
    user_id: str
    name: Words
    locale: str = "en-US"


class CommandBody(Placed, kw_only=True, forbid_unknown_fields=True):
    """A slash command; `attachments` are the files of its options of that kind, by name."""

    options: dict[str, Any] = msgspec.field(default_factory=dict)
    attachments: dict[str, FileBody] = msgspec.field(default_factory=dict)


class AutocompleteBody(Placed, kw_only=True, forbid_unknown_fields=True):
    """A command that is being typed; `focused` names the option where the cursor stands."""

    focused: Words
    options: dict[str, Any] = msgspec.field(default_factory=dict)


class ContextMenuBody(Placed, kw_only=True, forbid_unknown_fields=True):
    """A command picked from a menu; `target_id` is a person or a message."""

    target_id: str


class ComponentBody(Spoilt, kw_only=True, forbid_unknown_fields=True):
    """A button or select. `user_id` may be left out where it is clear whom the message is for."""

    message_id: str
    custom_id: CustomId
    values: list[str] | None = None
    user_id: str | None = None
    locale: str = "en-US"


class ModalBody(Spoilt, kw_only=True, forbid_unknown_fields=True):
    """A modal's fields by custom id: a text, true or false, a list of values, or a list of files."""

    custom_id: CustomId
    fields: dict[str, Filled] = msgspec.field(default_factory=dict)
    user_id: str | None = None


def place_named(discord: LocalDiscord, body: Placed) -> Place:
    """Find a person in a channel. Raises `ControlError` (404) for what is not there."""
    world = discord.world
    channel = bodies.any_channel_named(world, body.channel_id)
    if body.guild_id is not None:
        guild = bodies.guild_named(world, body.guild_id)
        if channel.guild_id != guild.id:
            raise ControlError(404, f"{guild.name} has no channel with the id {body.channel_id!r}.")
    return Place(channel, bodies.writer_named(world, channel, body.user_id), body.locale)


def pressed(discord: LocalDiscord, body: ComponentBody) -> tuple[Place, Message]:
    """Find a message and who uses its component: who is named, else whom it is for, or whom it answers.

    Raises:
        ControlError: 404 for a message that is not there or that this person does not see, 400 when
            it is not clear who that is.
    """
    world = discord.world
    user_id = body.user_id
    if user_id is None:
        message = world.find_message_anywhere(parse_snowflake(body.message_id) or 0)
        known = message and (message.visible_to or (message.interaction and message.interaction.user_id))
        if message is not None and not known:
            raise ControlError(400, "Say who it is: user_id is missing.")
        user_id = str(known)
    channel, message = bodies.message_named(world, body.message_id, bodies.user_named(world, user_id))
    return Place(channel, bodies.writer_named(world, channel, user_id), body.locale), message


def filled(body: ModalBody) -> dict[str, Value]:
    """Read what was filled in. Raises `ControlError` (400) for a list of files and other things."""
    return {name: _value(name, each) for name, each in body.fields.items()}


def _value(name: str, value: Filled) -> Value:
    if not isinstance(value, list):
        return value
    texts = [each for each in value if isinstance(each, str)]
    files = [each for each in value if isinstance(each, FileBody)]
    if texts and files:
        raise ControlError(400, f"The field {name!r} has files and other values.")
    return list(uploads_of(files)) if files else texts
