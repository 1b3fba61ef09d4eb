"""Somebody presses a button or chooses from a select of one of the bot's messages."""

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.delivery.client import Choosable, problem_with_values
from simulator.delivery.exchange import NOT_SPOILT, Outcome, Spoiling, exchange
from simulator.delivery.refusals import RefusedError, Why
from simulator.delivery.scenes import Place, scene_of
from simulator.local_discord import LocalDiscord
from simulator.payloads import component_types, interactions
from simulator.payloads.components import every_component
from simulator.payloads.interactions import InteractionType
from simulator.payloads.resolved import Named, Scene, resolved
from simulator.permissions import Permission
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import InteractionMetadata, Message
from simulator.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Press:
    """A component that somebody uses; `values` are those of a select. `checked` as the client would."""

    message: Message
    custom_id: str
    values: list[str] | None
    checked: bool = True
    spoiling: Spoiling = NOT_SPOILT


async def press(discord: LocalDiscord, place: Place, pressed: Press) -> Outcome:
    """Send a component's interaction and carry out what the bot answers.

    Raises:
        RefusedError: before anything is sent, for what Discord's client would not let the person do.
    """
    scene = scene_of(discord, place)
    message = pressed.message
    if not discord.world.sees(scene.user.id, message):
        raise RefusedError(Why.NOT_ALLOWED, f"{scene.user.display_name} does not see this message.")
    component = _component(discord, message, pressed.custom_id)
    if pressed.checked:
        _check(scene, component, pressed.values)
    started = discord.world.open_interaction(
        interaction_type=int(InteractionType.MESSAGE_COMPONENT),
        name=pressed.custom_id,
        guild_id=scene.channel.guild_id,
        channel_id=scene.channel.id,
        user_id=scene.user.id,
        source_id=message.id,
        locale=scene.locale,
    )
    started.metadata = InteractionMetadata(
        started.id, started.type, started.user_id, started.name, interacted_message_id=message.id
    )
    data = _data(scene, component, pressed.values)
    payload = interactions.interaction(scene, started, data, message)
    return await exchange(discord, started, payload, pressed.spoiling)


def choosable_in(scene: Scene) -> Choosable:
    """Tell whom and what somebody can choose in a select here: channels only those they see."""
    world, guild = scene.world, scene.guild
    if guild is None:
        return Choosable([str(each) for each in scene.channel.recipients], (), {})
    return Choosable(
        users={str(each) for each in guild.members},
        roles={str(each) for each in guild.roles},
        channels={
            str(each.id): int(each.type)
            for each in guild.channels.values()
            if world.permissions_in(guild, each, scene.user.id) & Permission.VIEW_CHANNEL
        },
    )


def named_by(chosen: Iterable[tuple[int, Iterable[str]]]) -> Named:
    """Tell what the values of selects name, given each select's type and its values."""
    people: list[int] = []
    roles: list[int] = []
    channels: list[int] = []
    targets = {
        component_types.USER_SELECT: (people,),
        component_types.ROLE_SELECT: (roles,),
        component_types.MENTIONABLE_SELECT: (people, roles),
        component_types.CHANNEL_SELECT: (channels,),
    }
    for kind, values in chosen:
        ids = [number for each in values if (number := parse_snowflake(each)) is not None]
        for target in targets.get(kind, ()):
            target.extend(ids)
    return Named(people=people, roles=roles, channels=channels)


def _component(discord: LocalDiscord, message: Message, custom_id: str) -> JsonObject:
    """Find a component as Discord returns it: numbered, completed."""
    if message.author_id == discord.bot.id:
        for component in every_component(discord.messages.message(message)["components"]):
            if component.get("custom_id") == custom_id:
                return component
    raise RefusedError(Why.NOT_THERE, f"This message has no component with the custom_id {custom_id!r}.")


def _check(scene: Scene, component: JsonObject, values: list[str] | None) -> None:
    if component.get("disabled"):
        raise RefusedError(Why.NOT_NOW, "This component is disabled. Nothing was sent to the bot.")
    problem = problem_with_values(component, values, choosable_in(scene))
    if problem is not None:
        raise RefusedError(Why.DOES_NOT_FIT, problem[0].upper() + problem[1:])


def _data(scene: Scene, component: JsonObject, values: list[str] | None) -> JsonObject:
    kind: int = component["type"]
    data: JsonObject = {
        "id": component["id"],
        "custom_id": component["custom_id"],
        "component_type": kind,
    }
    if kind not in component_types.SELECTS and values is None:
        return data
    data["values"] = values or []
    if found := resolved(scene, named_by([(kind, data["values"])])):
        data["resolved"] = found
    return data
