"""What a message loses for a session without MESSAGE_CONTENT. Pure."""

from simulator.wire import JsonObject

_EMPTY: JsonObject = {"content": "", "embeds": [], "attachments": [], "components": []}


def without_content(message: JsonObject, bot_id: int, *, direct: bool) -> JsonObject:
    """Write a message without its words; the message it replies to loses its own.

    Discord leaves them in direct messages, in the bot's own messages and where the bot is mentioned.
    """
    stripped = message if direct or _concerns(message, str(bot_id)) else message | _EMPTY
    replied_to = message.get("referenced_message")
    if isinstance(replied_to, dict):
        stripped = stripped | {"referenced_message": without_content(replied_to, bot_id, direct=direct)}
    return stripped


def without_matched_content(execution: JsonObject) -> JsonObject:
    """Write what auto-moderation did without the words it was about."""
    return execution | {"content": "", "matched_content": ""}


def _concerns(message: JsonObject, bot_id: str) -> bool:
    author: JsonObject = message["author"]
    return author["id"] == bot_id or any(each["id"] == bot_id for each in message["mentions"])
