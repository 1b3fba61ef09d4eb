"""Messages as Discord writes them, to the bot and over the gateway."""

from dataclasses import dataclass
from urllib.parse import quote

from simulator.filenames import safe_name
from simulator.payloads import components, entities
from simulator.state.entities import (
    Attachment,
    InteractionMetadata,
    Member,
    Message,
    MessageFlag,
    MessageType,
    User,
)
from simulator.state.world import World
from simulator.wire import JsonObject, iso, iso_or_none

_EMBED = frozenset(
    ("url", "title", "description", "color", "timestamp", "fields", "author", "image", "thumbnail", "footer")
)


_GUILD_INSTALL = "0"  # Discord: whose installation it is; 0 in direct messages with the bot


@dataclass(frozen=True, slots=True)
class MessageWriter:
    """Writes messages of one world; `base_url` is where its attachments can be fetched."""

    world: World
    base_url: str

    def message(self, message: Message, *, with_reference: bool = True) -> JsonObject:
        """Write a message. A reply carries the message it replies to, null once that is gone."""
        payload: JsonObject = {
            "type": int(message.type),
            "content": message.content,
            "mentions": [
                self._mentioned(each) for each in message.mentions.users if each in self.world.users
            ],
            "mention_roles": [str(each) for each in message.mentions.roles],
            "attachments": [self.attachment(message.channel_id, each) for each in message.attachments],
            "embeds": [self._embed(message, each) for each in message.embeds],
            "timestamp": iso(message.created_at),
            "edited_timestamp": iso_or_none(message.edited_at),
            "flags": message.flags,
            "components": components.completed(message.components, lambda media: self._media(message, media)),
            "id": str(message.id),
            "channel_id": str(message.channel_id),
            "author": entities.user(self.author(message)),
            "pinned": False,
            "mention_everyone": message.mentions.everyone,
            "tts": False,
        }
        if message.nonce is not None:
            payload["nonce"] = message.nonce
        if message.application_id is not None:
            payload["application_id"] = str(message.application_id)
        if message.interaction_token is not None:
            payload["webhook_id"] = str(message.application_id)
        if message.interaction is not None:
            guild_id = self.world.channels[message.channel_id].guild_id
            owners = {_GUILD_INSTALL: str(guild_id or 0)}
            payload["interaction_metadata"] = self._metadata(message.interaction, owners)
        if message.reference is not None:
            payload |= self._reference(message, with_message=with_reference)
        return payload

    def dispatched(self, message: Message) -> JsonObject:
        """Write a message as the gateway tells it: with guild, author's membership and channel type.

        A message through a webhook carries no member; an ephemeral one neither member nor guild.
        """
        payload = self.message(message)
        channel = self.world.channels[message.channel_id]
        payload["channel_type"] = int(channel.type)
        if message.flags & MessageFlag.EPHEMERAL or channel.guild_id is None:
            return payload
        payload["guild_id"] = str(channel.guild_id)
        guild = self.world.guilds[channel.guild_id]
        author = guild.members.get(message.author_id)
        if author is not None and message.interaction_token is None:
            payload["member"] = _membership(author)
        for mentioned in payload["mentions"]:
            if (member := guild.members.get(int(mentioned["id"]))) is not None:
                mentioned["member"] = _membership(member)
        return payload

    def attachment(self, channel_id: int, attachment: Attachment) -> JsonObject:
        """Write a file with the address at which it can be fetched."""
        url = f"{self.base_url}/attachments/{channel_id}/{attachment.id}/{quote(attachment.filename)}"
        payload: JsonObject = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": attachment.size,
            "url": url,
            "proxy_url": url,
            "content_type": attachment.content_type,
        }
        if attachment.description is not None:
            payload["description"] = attachment.description
        if attachment.ephemeral:
            payload["ephemeral"] = True
        return payload

    def author(self, message: Message) -> User:
        """Tell who wrote a message, also when they have left for good."""
        return self.world.users.get(message.author_id) or User(message.author_id, "deleted_user", None)

    def _mentioned(self, user_id: int) -> JsonObject:
        return entities.user(self.world.users[user_id])

    def _embed(self, message: Message, embed: JsonObject) -> JsonObject:
        written = {"type": "rich"} | {
            key: value for key, value in embed.items() if key in _EMBED and value is not None
        }
        if message.type is MessageType.AUTO_MODERATION_ACTION:
            written["type"] = embed["type"]
        for key in ("image", "thumbnail"):
            if isinstance(written.get(key), dict):
                written[key] = {"url": self._address(message, written[key].get("url"))}
        if isinstance(written.get("fields"), list):
            written["fields"] = [{"inline": False} | each for each in written["fields"]]
        return written

    def _media(self, message: Message, media: JsonObject) -> JsonObject:
        address = self._address(message, media.get("url"))
        return {"id": str(message.id), "url": address, "proxy_url": address}

    def _address(self, message: Message, url: object) -> object:
        """Turn `attachment://name` into the address of that file; any other address stays."""
        if not isinstance(url, str) or not url.startswith("attachment://"):
            return url
        name = safe_name(url.removeprefix("attachment://"))
        for each in message.attachments:
            if each.filename == name:
                return self.attachment(message.channel_id, each)["url"]
        return url

    def _metadata(self, interaction: InteractionMetadata, owners: JsonObject) -> JsonObject:
        payload: JsonObject = {
            "id": str(interaction.id),
            "type": interaction.type,
            "authorizing_integration_owners": owners,
        }
        if (user := self.world.users.get(interaction.user_id)) is not None:
            payload["user"] = entities.user(user)
        if (target := self.world.users.get(interaction.target_user_id or 0)) is not None:
            payload["target_user"] = entities.user(target)
        ids = {
            "target_message_id": interaction.target_message_id,
            "original_response_message_id": interaction.original_message_id,
            "interacted_message_id": interaction.interacted_message_id,
        }
        payload |= {key: str(value) for key, value in ids.items() if value is not None}
        if interaction.triggering is not None:
            payload["triggering_interaction_metadata"] = self._metadata(interaction.triggering, owners)
        return payload

    def _reference(self, message: Message, *, with_message: bool) -> JsonObject:
        reference = message.reference
        assert reference is not None  # noqa: S101 - the caller has looked
        written: JsonObject = {
            "type": 0,
            "message_id": str(reference.message_id),
            "channel_id": str(reference.channel_id),
        }
        if reference.guild_id is not None:
            written["guild_id"] = str(reference.guild_id)
        payload: JsonObject = {"message_reference": written}
        if with_message:
            target = self.world.find_message(reference.channel_id, reference.message_id)
            payload["referenced_message"] = target and self.message(target, with_reference=False)
        return payload


def _membership(member: Member) -> JsonObject:
    """Write what stands beside a user who is named anyway: without that user."""
    return entities.partial_member(member) | {"deaf": False, "mute": False}
