"""A message of the bot's as Discord's JSON (docs: resources/message). Pure."""

from typing import Any, Final

from app.discord.port import AllowedMentions, OutgoingMessage
from app.discord.reply import Reply

_COMPONENTS_V2: Final = 1 << 15


def created(message: OutgoingMessage, nonce: str) -> dict[str, Any]:
    """Say what to send, and that the same nonce is the same message. The file itself is a part beside it."""
    body = edited(message) | {"nonce": nonce, "enforce_nonce": True}
    if message.file is None:
        return body
    return body | {"attachments": [{"id": 0, "filename": message.file.name}]}


def edited(message: OutgoingMessage) -> dict[str, Any]:
    """Say all of what a message is to be: what it was before and is not said here is gone.

    But for its files: without `attachments` Discord leaves them as they are.
    """
    mentions = {"allowed_mentions": _allowed(message.mentions)}
    if message.components:
        return mentions | {"flags": _COMPONENTS_V2, "components": list(message.components)}
    return mentions | {
        "content": message.content,
        "embeds": [] if message.embed is None else [message.embed],
        "components": list(message.rows),
    }


def edited_reply(reply: Reply) -> dict[str, Any]:
    """Say what an answer is to be now. Who sees it was decided with the first answer."""
    data: dict[str, Any] = reply.callback()["data"]
    return data | {"flags": _COMPONENTS_V2}


def _allowed(mentions: AllowedMentions) -> dict[str, Any]:
    return {
        "parse": [],
        "users": [str(user_id) for user_id in mentions.user_ids],
        "roles": [str(role_id) for role_id in mentions.role_ids],
        "replied_user": False,
    }
