"""A member invokes a command: payload, signature, answer, and what then stands in the channel."""

import asyncio
from dataclasses import dataclass, field

from simulator.delivery.callbacks import Accepted, CallbackType, Refused, judge_command_answer
from simulator.delivery.message_rules import message_flags
from simulator.endpoint import signing
from simulator.endpoint.sender import Answer
from simulator.local_discord import LocalDiscord
from simulator.payloads import interactions
from simulator.payloads.interactions import CommandType, InteractionType, Scene
from simulator.payloads.options import KnownIds, typed_options
from simulator.state.entities import (
    Channel,
    Guild,
    Interaction,
    InteractionMetadata,
    Member,
    Message,
    MessageFlag,
    MessageStatus,
    MessageType,
)
from simulator.wire import JsonObject, encode, merge

NO_RESPONSE = "The application did not respond"
_UNSHOWN = "The bot opened something that this simulator cannot show yet (callback type {})."


@dataclass(frozen=True, slots=True)
class Invocation:
    """What somebody asks for. The last four exist to test bots with what Discord never sends."""

    guild: Guild
    channel: Channel
    invoker: Member
    name: str
    options: JsonObject = field(default_factory=dict)
    locale: str = "en-US"
    overrides: JsonObject = field(default_factory=dict)
    timestamp_offset: int = 0
    tamper: signing.Tamper | None = None
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: every answer, and what the member now sees (None after tampering)."""

    interaction: Interaction
    answers: list[Answer]
    message: Message | None


async def invoke(discord: LocalDiscord, invocation: Invocation) -> Outcome:
    """Send a command's interaction and show what the bot answers.

    Repeats are the identical bytes in parallel; the first good answer makes the message. A
    tampered request is a probe: nobody in the channel sees anything of it.
    """
    interaction = discord.world.open_interaction(
        interaction_type=int(InteractionType.APPLICATION_COMMAND),
        name=invocation.name,
        guild_id=invocation.guild.id,
        channel_id=invocation.channel.id,
        user_id=invocation.invoker.user.id,
    )
    request = _signed(discord, invocation, interaction)
    url = discord.world.application.endpoint
    answers = await asyncio.gather(*(discord.sender.post(url, request) for _ in range(invocation.repeat)))
    message = None
    if invocation.tamper is None:
        verdicts = [judge_command_answer(each) for each in sorted(answers, key=lambda each: each.elapsed_ms)]
        accepted = [each for each in verdicts if isinstance(each, Accepted)]
        message = _show(discord, interaction, (accepted or verdicts)[0])
    return Outcome(interaction, answers, message)


def _signed(discord: LocalDiscord, invocation: Invocation, interaction: Interaction) -> signing.SignedRequest:
    path = invocation.name.split()
    schema = discord.world.find_command(
        invocation.guild.id, path[0] if path else "", int(CommandType.CHAT_INPUT)
    )
    known = KnownIds(users=frozenset(discord.world.users))
    scene = Scene(
        world=discord.world,
        guild=invocation.guild,
        channel=invocation.channel,
        invoker=invocation.invoker,
        bot=discord.bot,
        locale=invocation.locale,
    )
    payload = interactions.command(
        scene,
        interaction,
        schema=schema,
        command_id=discord.snowflakes.make(),
        options=typed_options(path[1:], invocation.options, schema, known),
    )
    body = encode(merge(payload, invocation.overrides))
    timestamp = int(discord.clock.now().timestamp()) + invocation.timestamp_offset
    request = signing.sign(discord.config.signing_key, timestamp, body)
    return request if invocation.tamper is None else signing.tampered(request, invocation.tamper)


def _show(discord: LocalDiscord, interaction: Interaction, verdict: Accepted | Refused) -> Message:
    message = Message(
        id=discord.snowflakes.make(),
        channel_id=interaction.channel_id,
        author_id=discord.bot.id,
        created_at=discord.clock.now(),
        type=MessageType.CHAT_INPUT_COMMAND,
        interaction=InteractionMetadata(
            interaction.id, interaction.type, interaction.user_id, interaction.name
        ),
    )
    if isinstance(verdict, Refused):
        _keep_private(message, interaction, MessageStatus.FAILED, NO_RESPONSE)
        message.problem = verdict.problem
    else:
        interaction.callback = verdict.callback
        _fill(message, interaction, verdict)
    interaction.message_id = message.id
    return discord.world.post(message)


def _fill(message: Message, interaction: Interaction, verdict: Accepted) -> None:
    data = verdict.data
    message.flags = message_flags(data)
    match verdict.type:
        case CallbackType.CHANNEL_MESSAGE_WITH_SOURCE:
            message.content = data.get("content") or ""
            message.embeds = data.get("embeds") or []
            message.components = data.get("components") or []
            message.allowed_mentions = data.get("allowed_mentions")
        case CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE:
            message.flags = (message.flags & MessageFlag.EPHEMERAL) | MessageFlag.LOADING
            message.status = MessageStatus.THINKING
        case _:
            note = _UNSHOWN.format(int(verdict.type))
            _keep_private(message, interaction, MessageStatus.NOTE, note)
    if message.flags & MessageFlag.EPHEMERAL:
        message.visible_to = interaction.user_id


def _keep_private(message: Message, interaction: Interaction, status: MessageStatus, content: str) -> None:
    message.status = status
    message.content = content
    message.flags = int(MessageFlag.EPHEMERAL)
    message.visible_to = interaction.user_id
