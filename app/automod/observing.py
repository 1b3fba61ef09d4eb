"""From a message as Discord writes it to what rules look at: what the gateway tells and what is read again.

An observation carries what people wrote. It goes to the rules and no further: no log line, no figure.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from app.automod.observation import Kind, Observation
from app.ids import parse_snowflake, snowflake_time

_WRITTEN: Final = frozenset({0, 19})
"""Discord's types of messages that a person has written: an ordinary one and a reply. All others Discord, or
an application, writes."""


def as_id(value: object) -> int | None:
    """Read one of Discord's ids; None of anything else."""
    return parse_snowflake(value) if isinstance(value, str) else None


def as_ids(values: Iterable[object] | None) -> frozenset[int]:
    """Read several of Discord's ids, and leave out what is none."""
    return frozenset(each for each in map(as_id, values or ()) if each is not None)


def as_instant(value: object) -> datetime | None:
    """Read an instant as Discord writes it; None of anything else."""
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def observe_message(kind: Kind, guild_id: int, payload: Mapping[str, Any]) -> Observation | None:
    """Observe a message; None of what Discord writes itself, and of links that unfold.

    Whether its author is staff, and which channel a thread belongs to, stands in no message. What is read
    again has nothing of the author's membership, either.
    """
    channel_id, message_id = as_id(payload.get("channel_id")), as_id(payload.get("id"))
    author = payload.get("author") or {}
    user_id = as_id(author.get("id"))
    if channel_id is None or message_id is None or user_id is None:
        return None
    if payload.get("type", 0) not in _WRITTEN or "content" not in payload:
        return None
    at = snowflake_time(message_id)
    if kind is Kind.EDIT:
        edited_at = as_instant(payload.get("edited_timestamp"))
        if edited_at is None:  # Discord tells so that a link was unfolded, or a thread begun
            return None
        at = edited_at
    member = payload.get("member") or {}
    return Observation(
        kind=kind,
        guild_id=guild_id,
        user_id=user_id,
        at=at,
        username=author.get("username") or "",
        global_name=author.get("global_name"),
        nick=member.get("nick"),
        is_bot=bool(author.get("bot") or author.get("system") or payload.get("webhook_id")),
        role_ids=as_ids(member.get("roles")),
        joined_at=as_instant(member.get("joined_at")),
        channel_id=channel_id,
        message_id=message_id,
        content=_text(payload),
        filenames=_filenames(payload),
        mentioned_user_ids=as_ids(each.get("id") for each in payload.get("mentions") or ()),
        mentioned_role_ids=as_ids(payload.get("mention_roles")),
    )


def _text(payload: Mapping[str, Any]) -> str:
    """Give everything in a message that was written to be read: of what is forwarded and of polls, too."""
    written = [payload.get("content") or ""]
    written += [each.get("content") or "" for each in _forwarded(payload)]
    poll = payload.get("poll") or {}
    if poll:
        shown = [poll.get("question"), *(each.get("poll_media") for each in poll.get("answers") or ())]
        written += [(each or {}).get("text") or "" for each in shown]
    return written[0] if len(written) == 1 else "\n".join(filter(None, written))


def _filenames(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Name all files, also of what is forwarded."""
    messages = (payload, *_forwarded(payload))
    return tuple(
        each.get("filename") or "" for message in messages for each in message.get("attachments") or ()
    )


def _forwarded(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each.get("message") or {} for each in payload.get("message_snapshots") or ()]
