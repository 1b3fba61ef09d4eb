"""Messages are written, edited and deleted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from simulator.deeds import automod
from simulator.deeds.actor import Actor, require_in
from simulator.deeds.audit import record
from simulator.deeds.mentions import PARSE_EVERYTHING, mentions_in, pinging_words
from simulator.errors import DiscordError, ErrorKind
from simulator.filenames import safe_name
from simulator.forms.message import is_empty, message_flags
from simulator.forms.tree import leaf
from simulator.happenings import MessageCreated, MessagesDeleted, MessageUpdated, TypingStarted
from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission
from simulator.snowflakes import instant_of
from simulator.state.entities import (
    Attachment,
    AuditAction,
    Channel,
    Guild,
    Mentions,
    Message,
    MessageFlag,
    MessageType,
    Reference,
)
from simulator.state.world import is_text
from simulator.wire import JsonObject

_BULK_DELETE_AGE = timedelta(days=14)  # Discord's own
_FEWEST_AT_ONCE, _MOST_AT_ONCE = 2, 100
_EDITED_FLAGS = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.IS_COMPONENTS_V2
_AUTHORS_FLAGS = (
    MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.IS_COMPONENTS_V2
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way into a message."""

    filename: str
    content: bytes
    content_type: str = "application/octet-stream"
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as somebody wants it; `data` has Discord's fields and was checked by `forms.message`."""

    data: JsonObject
    uploads: tuple[Upload, ...] = ()
    reply_to: int | None = None


def message_in(discord: LocalDiscord, channel: Channel, message_id: int, viewer_id: int) -> Message:
    """Find a message that somebody may see. Raises `DiscordError` (10008) if there is none.

    A person's ephemeral reply is not there for anybody else, and not over this way for the bot.
    """
    message = discord.world.find_message(channel.id, message_id)
    if message is None or message.visible_to not in (None, viewer_id):
        raise DiscordError(ErrorKind.UNKNOWN_MESSAGE)
    return message


def write(discord: LocalDiscord, channel: Channel, actor: Actor, draft: Draft) -> Message:
    """Write a message into a channel.

    With `enforce_nonce` a second one with the same nonce within three minutes is the first one.

    Raises:
        DiscordError: who may not write here, an empty message, a reply to what is not there, and
            what Discord's own auto-moderation blocks.
    """
    world, data, now = discord.world, draft.data, discord.clock.now()
    if not is_text(channel):
        raise DiscordError(ErrorKind.NON_TEXT_CHANNEL)
    require_in(world, channel, actor, Permission.SEND_MESSAGES)
    if draft.uploads:
        require_in(world, channel, actor, Permission.ATTACH_FILES)
    if data.get("embeds"):
        require_in(world, channel, actor, Permission.EMBED_LINKS)
    nonce = data.get("nonce")
    if data.get("enforce_nonce") and nonce is not None:
        known = world.nonces.find(actor.user_id, channel.id, nonce, now)
        if known is not None and (message := world.find_message(channel.id, known)) is not None:
            return message
    if is_empty(data, files=len(draft.uploads)):
        raise DiscordError(ErrorKind.EMPTY_MESSAGE)
    target = _reply_target(discord, channel, actor, draft.reply_to)
    message = Message(
        id=discord.snowflakes.make(),
        channel_id=channel.id,
        author_id=actor.user_id,
        created_at=now,
        content=data.get("content") or "",
        type=MessageType.DEFAULT if target is None else MessageType.REPLY,
        flags=message_flags(data) & _AUTHORS_FLAGS,
        embeds=data.get("embeds") or [],
        components=data.get("components") or [],
        allowed_mentions=data.get("allowed_mentions"),
        reference=None if target is None else Reference(target.id, channel.id, channel.guild_id),
        nonce=nonce,
    )
    replied_to = None if target is None else target.author_id
    _check_automod(discord, message, replied_to=replied_to)
    message.attachments = keep_uploads(discord, draft.uploads)
    world.post(message)
    if nonce is not None:
        world.nonces.remember(actor.user_id, channel.id, nonce, message.id, now)
    discord.tell(MessageCreated(message))
    return message


def edit(
    discord: LocalDiscord, message: Message, actor: Actor, data: JsonObject, uploads: tuple[Upload, ...] = ()
) -> Message:
    """Change an own message; only the fields named in `data`. Raises `DiscordError` (50005) for another's."""
    if message.author_id != actor.user_id:
        raise DiscordError(ErrorKind.CANNOT_EDIT_OTHERS)
    if "content" in data:
        _check_automod(discord, replace(message, content=data["content"] or ""))
    apply_edit(discord, message, data, uploads)
    message.edited_at = discord.clock.now()
    discord.tell(MessageUpdated(discord.world.touch(message)))
    return message


def apply_edit(
    discord: LocalDiscord, message: Message, data: JsonObject, uploads: tuple[Upload, ...] = ()
) -> None:
    """Lay the fields of an edit over a message. Raises `DiscordError` (50006) if nothing would be left."""
    after: JsonObject = {
        "content": message.content if "content" not in data else data["content"] or "",
        "embeds": message.embeds if "embeds" not in data else data["embeds"] or [],
        "components": message.components if "components" not in data else data["components"] or [],
    }
    kept = _kept_attachments(message, data)
    if is_empty(after, files=len(kept) + len(uploads)):
        raise DiscordError(ErrorKind.EMPTY_MESSAGE)
    flags = message.flags
    if data.get("flags") is not None:
        kept_flags = flags & ~MessageFlag.SUPPRESS_EMBEDS
        flags = kept_flags | (message_flags(data) & _EDITED_FLAGS)
    if flags & MessageFlag.IS_COMPONENTS_V2 and (after["content"] or after["embeds"]):
        name = "content" if after["content"] else "embeds"
        sentence = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
        errors = {name: leaf("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", sentence)}
        raise DiscordError(ErrorKind.INVALID_FORM, errors)
    for gone in set(message.attachments) - set(kept):
        discord.world.files.forget(gone.id)
    message.content, message.embeds, message.components = (
        after["content"],
        after["embeds"],
        after["components"],
    )
    message.flags = flags
    message.attachments = (*kept, *keep_uploads(discord, uploads))
    if "allowed_mentions" in data:
        message.allowed_mentions = data["allowed_mentions"]
    channel = discord.world.channels[message.channel_id]
    message.mentions = resolved_mentions(discord, channel, message, replied_to=_replied_to(discord, message))


def delete(discord: LocalDiscord, channel: Channel, actor: Actor, message: Message) -> None:
    """Delete a message: one's own, or with Manage Messages anybody's."""
    if message.author_id != actor.user_id:
        if channel.guild_id is None:
            raise DiscordError(ErrorKind.NOT_IN_DIRECT_MESSAGES)
        require_in(discord.world, channel, actor, Permission.MANAGE_MESSAGES)
    discord.world.remove_message(message)
    gone = (message.id,)
    discord.tell(MessagesDeleted(channel.guild_id, channel.id, gone, visible_to=message.visible_to))
    guild = discord.world.guild_of(channel)
    if guild is not None and message.visible_to is None and message.author_id != actor.user_id:
        options = {"channel_id": str(channel.id), "count": "1"}
        record(
            discord, guild, AuditAction.MESSAGE_DELETE, actor, target_id=message.author_id, options=options
        )


def bulk_delete(
    discord: LocalDiscord, guild: Guild, channel: Channel, actor: Actor, message_ids: list[int]
) -> None:
    """Delete 2 to 100 messages at once, none older than two weeks. Those that are gone are passed over."""
    require_in(discord.world, channel, actor, Permission.MANAGE_MESSAGES)
    if not _FEWEST_AT_ONCE <= len(message_ids) <= _MOST_AT_ONCE:
        raise DiscordError(ErrorKind.BULK_DELETE_COUNT)
    oldest = discord.clock.now() - _BULK_DELETE_AGE
    if any(instant_of(each) < oldest for each in message_ids):
        raise DiscordError(ErrorKind.TOO_OLD_TO_BULK_DELETE)
    if len(set(message_ids)) < len(message_ids):
        errors = {"messages": leaf("BASE_TYPE_DUPLICATES", "The same message was named twice")}
        raise DiscordError(ErrorKind.INVALID_FORM, errors)
    found = [discord.world.find_message(channel.id, each) for each in message_ids]
    gone = [each for each in found if each is not None and each.visible_to is None]
    for message in gone:
        discord.world.remove_message(message)
    if not gone:
        return
    ids = tuple(each.id for each in gone)
    discord.tell(MessagesDeleted(guild.id, channel.id, ids, bulk=True))
    options = {"count": str(len(ids))}
    record(discord, guild, AuditAction.MESSAGE_BULK_DELETE, actor, target_id=channel.id, options=options)


def start_typing(discord: LocalDiscord, channel: Channel, actor: Actor) -> None:
    """Show for ten seconds that somebody is writing."""
    require_in(discord.world, channel, actor, Permission.SEND_MESSAGES)
    discord.tell(TypingStarted(channel.guild_id, channel.id, actor.user_id))


def keep_uploads(
    discord: LocalDiscord, uploads: Iterable[Upload], *, ephemeral: bool = False
) -> tuple[Attachment, ...]:
    """Keep the files of a message, so that they can be fetched."""
    kept = []
    for upload in uploads:
        attachment = Attachment(
            id=discord.snowflakes.make(),
            filename=safe_name(upload.filename),
            size=len(upload.content),
            content_type=upload.content_type,
            description=upload.description,
            ephemeral=ephemeral,
        )
        discord.world.files.keep(attachment.id, upload.content)
        kept.append(attachment)
    return tuple(kept)


def resolved_mentions(
    discord: LocalDiscord,
    channel: Channel,
    message: Message,
    *,
    default_parse: Iterable[str] = PARSE_EVERYTHING,
    replied_to: int | None = None,
) -> Mentions:
    """Tell whom a message pings, by its words, its author's permissions and its allowed mentions."""
    guild = discord.world.guild_of(channel)
    return mentions_in(
        pinging_words(message.content, message.components),
        message.allowed_mentions,
        default_parse=default_parse,
        permissions=discord.world.may_in(channel, message.author_id),
        roles={} if guild is None else guild.roles,
        replied_to=replied_to,
    )


def _reply_target(
    discord: LocalDiscord, channel: Channel, actor: Actor, message_id: int | None
) -> Message | None:
    if message_id is None:
        return None
    if not discord.world.may_in(channel, actor.user_id) & Permission.READ_MESSAGE_HISTORY:
        raise DiscordError(ErrorKind.CANNOT_REPLY_BLINDLY)
    target = discord.world.find_message(channel.id, message_id)
    if target is None or target.visible_to is not None:
        errors = {"message_reference": leaf("REPLIES_UNKNOWN_MESSAGE", "Unknown message")}
        raise DiscordError(ErrorKind.INVALID_FORM, errors)
    return target


def _check_automod(discord: LocalDiscord, message: Message, *, replied_to: int | None = None) -> None:
    """Tell a message whom it pings, and refuse it if Discord's own rules block it (200000)."""
    channel = discord.world.channels[message.channel_id]
    message.mentions = resolved_mentions(discord, channel, message, replied_to=replied_to)
    guild = discord.world.guild_of(channel)
    if guild is not None and automod.blocks(discord, guild, channel, message):
        raise DiscordError(ErrorKind.BLOCKED_BY_AUTOMOD)


def _replied_to(discord: LocalDiscord, message: Message) -> int | None:
    """Tell who wrote the message that this one replies to, if it is still there."""
    if message.reference is None:
        return None
    target = discord.world.find_message(message.reference.channel_id, message.reference.message_id)
    return None if target is None else target.author_id


def _kept_attachments(message: Message, data: JsonObject) -> tuple[Attachment, ...]:
    """Tell which files stay: all, or those whose ids the edit names."""
    if data.get("attachments") is None:
        return message.attachments
    ids = {str(each.get("id")) for each in data["attachments"] if isinstance(each, dict)}
    return tuple(each for each in message.attachments if str(each.id) in ids)
