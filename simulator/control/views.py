"""How the control API writes people, messages and answers, as `shapes` has them."""

from simulator.control import shapes
from simulator.endpoint.sender import Answer
from simulator.local_discord import LocalDiscord
from simulator.permissions import in_guild
from simulator.snowflakes import instant_of
from simulator.state.entities import Attachment, Guild, Member, Message, Reference, Role, User
from simulator.state.text import text_of
from simulator.state.world import World
from simulator.wire import iso, iso_or_none

_GONE = "That message is gone."


def application(discord: LocalDiscord) -> shapes.Application:
    """Write whose bot this is and where it is called. No secrets."""
    bot = discord.world.application
    return {
        "id": str(bot.id),
        "name": bot.name,
        "public_key": bot.public_key,
        "endpoint": bot.endpoint,
        "events_endpoint": bot.events_endpoint,
        "gateway_sessions": discord.gateway.connected,
    }


def person(world: World, guild: Guild, member: Member) -> shapes.Person:
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
        "timed_out_until": iso_or_none(member.timed_out_until),
    }


def person_anywhere(world: World, user: User, guild: Guild | None = None) -> shapes.Person:
    """Write a person as a member of this guild, else of the first one they are in, else of none."""
    guilds = world.guilds_of(user.id)
    if guild is not None and user.id in guild.members:
        return person(world, guild, guild.members[user.id])
    if guilds:
        return person(world, guilds[0], guilds[0].members[user.id])
    return {
        "id": str(user.id),
        "guild_id": None,
        "name": user.display_name,
        "username": user.username,
        "global_name": user.global_name,
        "nick": None,
        "bot": user.bot,
        "roles": [],
        "permissions": "0",
        "created_at": iso(instant_of(user.id)),
        "joined_at": None,
        "timed_out_until": None,
    }


def account(world: World, user: User) -> shapes.Account:
    """Write an account."""
    return {
        "id": str(user.id),
        "name": user.display_name,
        "username": user.username,
        "guild_ids": [str(guild.id) for guild in world.guilds_of(user.id)],
        "bot": user.bot,
        "accepts_dms": user.accepts_dms,
    }


def role(role: Role) -> shapes.Role:
    """Write a role."""
    return {
        "id": str(role.id),
        "name": role.name,
        "position": role.position,
        "permissions": str(int(role.permissions)),
        "color": role.color,
        "hoist": role.hoist,
        "managed": role.bot_id is not None,
        "mentionable": role.mentionable,
    }


def message(discord: LocalDiscord, message: Message) -> shapes.Message:
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
        "attachments": [_attachment(discord, message, each) for each in message.attachments],
        "reply_to": None if message.reference is None else _reply(discord, message.reference),
        "mentions": {
            "users": [str(each) for each in message.mentions.users],
            "roles": [str(each) for each in message.mentions.roles],
            "everyone": message.mentions.everyone,
        },
        "created_at": iso(message.created_at),
        "edited_at": iso_or_none(message.edited_at),
        "visible_to": None if message.visible_to is None else str(message.visible_to),
        "status": message.status.value,
        "problem": message.problem,
        "text": text_of(message),
        "revision": message.revision,
        "interaction": None
        if interaction is None
        else {
            "id": str(interaction.id),
            "type": interaction.type,
            "name": interaction.name,
            "user_id": str(interaction.user_id),
        },
    }


def answer(answer: Answer) -> shapes.Answer:
    """Write what the endpoint said; status 0 if it said nothing, and then why."""
    return {
        "status": answer.status,
        "elapsed_ms": answer.elapsed_ms,
        "response": answer.response,
        "problem": None if answer.silence is None else f"The simulator saw: {answer.silence}.",
    }


def _attachment(discord: LocalDiscord, message: Message, file: Attachment) -> shapes.Attachment:
    return {
        "id": str(file.id),
        "filename": file.filename,
        "size": file.size,
        "content_type": file.content_type,
        "url": discord.messages.attachment(message.channel_id, file)["url"],
        "description": file.description,
        "ephemeral": file.ephemeral,
    }


def _reply(discord: LocalDiscord, reference: Reference) -> shapes.Reply:
    target = discord.world.find_message(reference.channel_id, reference.message_id)
    if target is None:
        return {"message_id": str(reference.message_id), "author_id": None, "text": _GONE}
    author = str(target.author_id)
    return {"message_id": str(target.id), "author_id": author, "text": text_of(target)}
