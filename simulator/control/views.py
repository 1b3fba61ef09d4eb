"""How the control API writes what there is. Everything is told, also what only one person sees."""

from simulator.delivery.invocations import Outcome
from simulator.endpoint.sender import Answer
from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission, in_guild
from simulator.snowflakes import instant_of
from simulator.state.entities import ChannelType, Guild, Member, Message
from simulator.state.text import text_of
from simulator.state.world import World
from simulator.wire import JsonObject, iso


def state(discord: LocalDiscord) -> JsonObject:
    """Write the whole world."""
    world = discord.world
    guilds = list(world.guilds.values())
    return {
        "epoch": world.epoch,
        "revision": world.revision,
        "now": iso(discord.clock.now()),
        "guilds": [guild(each) for each in guilds],
        "people": [person(world, each, member) for each in guilds for member in each.members.values()],
        "messages": [
            message(each)
            for one in guilds
            for channel_id in one.channels
            for each in world.messages(channel_id)
        ],
        "application": application(discord),
        "commands": [each for scope in world.commands.values() for each in scope],
    }


def directory(discord: LocalDiscord, one: Guild, viewer: Member) -> JsonObject:
    """Write what stands around the messages: only channels the viewer sees, and who is there."""
    world = discord.world
    allowed = {
        str(each.id): world.permissions_in(one, each, viewer.user.id) for each in one.channels.values()
    }
    described = guild(one)
    described["channels"] = [
        each | {"can_write": bool(allowed[each["id"]] & Permission.SEND_MESSAGES)}
        for each in described["channels"]
        if allowed[each["id"]] & Permission.VIEW_CHANNEL
    ]
    return {
        "epoch": world.epoch,
        "commands_revision": world.commands_revision,
        "guild": described,
        "viewer": person(world, one, viewer),
        "people": [person(world, one, each) for each in one.members.values()],
        "application": application(discord),
        "commands": [each for scope in (one.id, None) for each in world.commands.get(scope, ())],
    }


def view(discord: LocalDiscord, seen: list[Message]) -> JsonObject:
    """Write what somebody sees, with what a page needs to ask for the rest later."""
    world = discord.world
    return {
        "epoch": world.epoch,
        "revision": world.revision,
        "commands_revision": world.commands_revision,
        "now": iso(discord.clock.now()),
        "messages": [message(each) for each in seen],
    }


def application(discord: LocalDiscord) -> JsonObject:
    """Write whose bot this is and where it is called. No secrets."""
    return {
        "id": str(discord.config.application_id),
        "name": discord.config.application_name,
        "public_key": discord.config.public_key,
        "endpoint": discord.config.endpoint,
        "events_endpoint": discord.config.events_url,
    }


def guild(guild: Guild) -> JsonObject:
    """Write a guild with its channels and roles."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "locale": guild.locale,
        "channels": [
            {
                "id": str(each.id),
                "name": each.name,
                "type": int(ChannelType.GUILD_TEXT),
                "topic": each.topic,
                "position": each.position,
            }
            for each in guild.channels.values()
        ],
        "roles": [
            {
                "id": str(each.id),
                "name": each.name,
                "position": each.position,
                "permissions": str(int(each.permissions)),
                "color": each.color,
                "hoist": each.hoist,
                "managed": each.bot_id is not None,
                "mentionable": each.mentionable,
            }
            for each in guild.roles.values()
        ],
    }


def person(world: World, guild: Guild, member: Member) -> JsonObject:
    """Write a person as a member of a guild; `name` is the one that people read."""
    return {
        "id": str(member.user.id),
        "guild_id": str(guild.id),
        "name": member.display_name,
        "username": member.user.username,
        "global_name": member.user.global_name,
        "nick": member.nick,
        "bot": member.user.bot,
        "roles": [str(role_id) for role_id in member.roles],
        "permissions": str(int(in_guild(world.standing(guild, member)))),
        "created_at": iso(instant_of(member.user.id)),
        "joined_at": iso(member.joined_at),
    }


def message(message: Message) -> JsonObject:
    """Write a message; `text` holds all its words, as they were sent, a block to a line."""
    interaction = message.interaction
    return {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "author_id": str(message.author_id),
        "type": int(message.type),
        "content": message.content,
        "flags": message.flags,
        "components": message.components,
        "embeds": message.embeds,
        "allowed_mentions": message.allowed_mentions,
        "created_at": iso(message.created_at),
        "visible_to": None if message.visible_to is None else str(message.visible_to),
        "status": message.status.value,
        "problem": message.problem,
        "text": text_of(message),
        "revision": message.revision,
        "interaction": interaction
        and {
            "id": str(interaction.id),
            "type": interaction.type,
            "name": interaction.name,
            "user_id": str(interaction.user_id),
        },
    }


def outcome(outcome: Outcome) -> JsonObject:
    """Write what came of a command: one answer flat, several as a list."""
    told = message(outcome.message) if outcome.message else None
    identity = {"interaction_id": str(outcome.interaction.id)}
    answers = [answer(each) for each in outcome.answers]
    if len(answers) == 1:
        return identity | answers[0] | {"message": told}
    return identity | {"responses": answers, "message": told}


def answer(answer: Answer) -> JsonObject:
    """Write what the endpoint said; status 0 if it said nothing."""
    return {
        "status": answer.status,
        "elapsed_ms": answer.elapsed_ms,
        "response": answer.response,
    }
