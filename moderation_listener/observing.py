"""From an event as Discord writes it to what rules look at. Pure but for what it remembers of names.

An observation carries what people wrote. It goes to the rules and no further: no log line, no figure.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from app.automod.observation import Kind, Observation
from app.ids import snowflake_time
from moderation_listener.places import Places, as_id, as_instant

_WRITTEN: Final = frozenset({0, 19})
"""Discord's types of messages that a person has written: an ordinary one and a reply. All others Discord, or
an application, writes."""

_MOST_NAMES: Final = 100_000
"""Members whose names are remembered, as a number each, of all guilds together."""


class Names:
    """Who was called what, as one number for each member: enough to tell that it is something else now.

    Discord tells what a member is, not what has changed: who gets a role is told as who takes another name.
    Of somebody nobody has heard of since the start the name counts as new. The numbers differ in every
    process, and no name can be had from one.
    """

    def __init__(self, most: int = _MOST_NAMES) -> None:
        self._known: OrderedDict[tuple[int, int], int] = OrderedDict()
        self._most = most

    def note(self, observation: Observation) -> bool:
        """Take note of what somebody is called; tells whether that is something else, or not known so far."""
        key = (observation.guild_id, observation.user_id)
        names = hash((observation.username, observation.global_name, observation.nick))
        before = self._known.get(key)
        self._known[key] = names
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return before != names


class Observer:
    """What makes observations of events.

    Args:
        places: What is known of guilds; it is told before the observer is asked.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._names = Names()

    def observe(self, event: str, payload: Mapping[str, Any], now: datetime) -> Observation | None:
        """Make an observation of an event; None if it is nothing that a rule looks at.

        Args:
            event: What Discord calls it.
            payload: As Discord writes it.
            now: When it was heard: of another name nothing else is known.
        """
        match event:
            case "MESSAGE_CREATE":
                return self._message(Kind.MESSAGE, payload)
            case "MESSAGE_UPDATE":
                return self._message(Kind.EDIT, payload)
            case "GUILD_MEMBER_ADD":
                joined = self._member(Kind.JOIN, payload, now)
                if joined is not None:
                    self._names.note(joined)
                return joined
            case "GUILD_MEMBER_UPDATE":
                named = self._member(Kind.NAME, payload, now)
                return named if named is not None and self._names.note(named) else None
        return None

    def _message(self, kind: Kind, payload: Mapping[str, Any]) -> Observation | None:
        """Observe a message; None of direct ones, of what Discord writes itself, and of links that unfold."""
        guild_id, channel_id = as_id(payload.get("guild_id")), as_id(payload.get("channel_id"))
        message_id, author = as_id(payload.get("id")), payload.get("author") or {}
        user_id = as_id(author.get("id"))
        if guild_id is None or channel_id is None or message_id is None or user_id is None:
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
        role_ids = _ids(member.get("roles"))
        return Observation(
            kind=kind,
            guild_id=guild_id,
            user_id=user_id,
            at=at,
            username=author.get("username") or "",
            global_name=author.get("global_name"),
            nick=member.get("nick"),
            is_bot=bool(author.get("bot") or author.get("system") or payload.get("webhook_id")),
            is_staff=self._places.is_staff(guild_id, user_id, role_ids),
            role_ids=role_ids,
            joined_at=as_instant(member.get("joined_at")),
            channel_id=channel_id,
            parent_id=self._places.parent_of(guild_id, channel_id),
            message_id=message_id,
            content=_text(payload),
            filenames=_filenames(payload),
            mentioned_user_ids=_ids(each.get("id") for each in payload.get("mentions") or ()),
            mentioned_role_ids=_ids(payload.get("mention_roles")),
        )

    def _member(self, kind: Kind, payload: Mapping[str, Any], now: datetime) -> Observation | None:
        guild_id, user = as_id(payload.get("guild_id")), payload.get("user") or {}
        user_id = as_id(user.get("id"))
        if guild_id is None or user_id is None:
            return None
        role_ids, joined_at = _ids(payload.get("roles")), as_instant(payload.get("joined_at"))
        return Observation(
            kind=kind,
            guild_id=guild_id,
            user_id=user_id,
            at=(joined_at or now) if kind is Kind.JOIN else now,
            username=user.get("username") or "",
            global_name=user.get("global_name"),
            nick=payload.get("nick"),
            is_bot=bool(user.get("bot") or user.get("system")),
            is_staff=self._places.is_staff(guild_id, user_id, role_ids),
            role_ids=role_ids,
            joined_at=joined_at,
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


def _ids(values: Iterable[object] | None) -> frozenset[int]:
    return frozenset(each for each in map(as_id, values or ()) if each is not None)
