"""Somebody invokes a command, picks one from a context menu, or types where choices are offered."""

from dataclasses import dataclass, field
from typing import TypeAlias

from simulator.deeds.messages import Upload, keep_uploads
from simulator.delivery import replies
from simulator.delivery.exchange import NOT_SPOILT, Outcome, Spoiling, exchange
from simulator.delivery.refusals import RefusedError, Why
from simulator.delivery.scenes import Place, require_context, scene_of
from simulator.errors import DiscordError
from simulator.local_discord import LocalDiscord
from simulator.payloads import interactions
from simulator.payloads.interactions import CommandType, InteractionType
from simulator.payloads.options import KnownIds, OptionType, declared_options, ids_of_type, typed_options
from simulator.payloads.resolved import Named, Scene, resolved
from simulator.state.entities import (
    Attachment,
    Interaction,
    InteractionMetadata,
    Message,
    MessageStatus,
    User,
)
from simulator.state.pending import Shown
from simulator.wire import JsonObject

NO_RESPONSE = "The application did not respond"

_Target: TypeAlias = User | Message


@dataclass(frozen=True, slots=True)
class Invocation:
    """A slash command as somebody typed it. `uploads` are the files of its attachment options."""

    place: Place
    name: str
    options: JsonObject = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    spoiling: Spoiling = NOT_SPOILT


async def invoke(discord: LocalDiscord, invocation: Invocation) -> Outcome:
    """Send a slash command and show what the bot answers. Raises `RefusedError` before that."""
    scene = scene_of(discord, invocation.place)
    schema = _registered(discord, scene, invocation.name.split()[0])
    require_context(scene, schema)
    started = _open(discord, scene, InteractionType.APPLICATION_COMMAND, invocation.name)
    files = {
        name: keep_uploads(discord, (each,), ephemeral=True)[0] for name, each in invocation.uploads.items()
    }
    values = invocation.options | {name: str(each.id) for name, each in files.items()}
    typed = _Typed(invocation.name, values, schema, tuple(files.values()))
    data = _chat_input_data(discord, scene, typed)
    payload = interactions.interaction(scene, started, data)
    return _with_failure(
        discord, await exchange(discord, started, payload, invocation.spoiling), invocation.spoiling
    )


async def complete(discord: LocalDiscord, invocation: Invocation, focused: str) -> Outcome:
    """Ask the bot what it offers for the option that is being typed. Never makes a message."""
    scene = scene_of(discord, invocation.place)
    path = invocation.name.split()
    schema = _registered(discord, scene, path[0])
    require_context(scene, schema)
    started = _open(discord, scene, InteractionType.AUTOCOMPLETE, invocation.name)
    values = invocation.options if focused in invocation.options else invocation.options | {focused: ""}
    data = _chat_input_data(discord, scene, _Typed(invocation.name, values, schema, focused=focused))
    payload = interactions.interaction(scene, started, data)
    kind = declared_options(path[1:], schema).get(focused)
    return await exchange(discord, started, payload, invocation.spoiling, focused=kind)


async def pick(discord: LocalDiscord, place: Place, name: str, target_id: int, spoiling: Spoiling) -> Outcome:
    """Send a command picked from the menu of a person or of a message. Raises `RefusedError` before."""
    scene = scene_of(discord, place)
    target = _target(discord, scene, name, target_id)
    kind = CommandType.USER if isinstance(target, User) else CommandType.MESSAGE
    schema = discord.world.find_command(scene.channel.guild_id, name, int(kind))
    require_context(scene, schema)
    started = _open(discord, scene, InteractionType.APPLICATION_COMMAND, name, target)
    named = Named(people=[target_id]) if isinstance(target, User) else Named(messages=[target])
    data = interactions.command_data(
        name,
        schema=schema,
        unregistered=_unregistered(discord, kind),
        options=[],
        resolved=resolved(scene, named),
        target_id=target_id,
    )
    payload = interactions.interaction(scene, started, data)
    return _with_failure(discord, await exchange(discord, started, payload, spoiling), spoiling)


def _registered(discord: LocalDiscord, scene: Scene, name: str) -> JsonObject | None:
    return discord.world.find_command(scene.channel.guild_id, name, int(CommandType.CHAT_INPUT))


def _unregistered(discord: LocalDiscord, kind: CommandType) -> JsonObject:
    return {"id": str(discord.snowflakes.make()), "type": int(kind)}


def _open(
    discord: LocalDiscord, scene: Scene, kind: InteractionType, name: str, target: _Target | None = None
) -> Interaction:
    started = discord.world.open_interaction(
        interaction_type=int(kind),
        name=name,
        guild_id=scene.channel.guild_id,
        channel_id=scene.channel.id,
        user_id=scene.user.id,
        locale=scene.locale,
    )
    started.metadata = InteractionMetadata(
        id=started.id,
        type=started.type,
        user_id=started.user_id,
        name=name,
        target_user_id=target.id if isinstance(target, User) else None,
        target_message_id=target.id if isinstance(target, Message) else None,
    )
    return started


@dataclass(frozen=True, slots=True)
class _Typed:
    """A slash command's words and values, and the registered command if there is one."""

    name: str
    values: JsonObject
    schema: JsonObject | None
    files: tuple[Attachment, ...] = ()
    focused: str | None = None


def _chat_input_data(discord: LocalDiscord, scene: Scene, typed: _Typed) -> JsonObject:
    path = typed.name.split()
    known = KnownIds(frozenset(discord.world.users), frozenset(each.id for each in typed.files))
    options = typed_options(path[1:], typed.values, typed.schema, known, focused=typed.focused)
    ids = ids_of_type(options, OptionType.ATTACHMENT)
    named = Named(
        people=ids_of_type(options, OptionType.USER, OptionType.MENTIONABLE),
        roles=ids_of_type(options, OptionType.ROLE, OptionType.MENTIONABLE),
        channels=ids_of_type(options, OptionType.CHANNEL),
        attachments=[each for each in typed.files if each.id in ids],
    )
    return interactions.command_data(
        path[0],
        schema=typed.schema,
        unregistered=_unregistered(discord, CommandType.CHAT_INPUT),
        options=options,
        resolved=resolved(scene, named),
    )


def _target(discord: LocalDiscord, scene: Scene, name: str, target_id: int) -> _Target:
    """Find what a context menu was opened on: what the command is registered for, if that is clear."""
    world, guild_id = discord.world, scene.channel.guild_id
    user = world.users.get(target_id)
    message = world.find_message(scene.channel.id, target_id)
    if message is not None and not world.sees(scene.user.id, message):
        message = None
    of_users = world.find_command(guild_id, name, int(CommandType.USER)) is not None
    of_messages = world.find_command(guild_id, name, int(CommandType.MESSAGE)) is not None
    if user is not None and (of_users or not of_messages):
        return user
    if message is not None and (of_messages or not of_users):
        return message
    what = "message" if of_messages and not of_users else "person" if of_users else "person or message"
    raise RefusedError(Why.NOT_THERE, f"There is no {what} with the id {target_id} here for “{name}”.")


def _with_failure(discord: LocalDiscord, outcome: Outcome, spoiling: Spoiling) -> Outcome:
    """Show the person that nothing came of a command; a probe is seen by nobody."""
    if outcome.problem is None or spoiling.tamper is not None:
        return outcome
    try:
        message = replies.note(
            discord, outcome.interaction, MessageStatus.FAILED, NO_RESPONSE, outcome.problem
        )
    except DiscordError:  # the channel was removed meanwhile
        return outcome
    return Outcome(outcome.interaction, outcome.answers, Shown(message), outcome.problem)
