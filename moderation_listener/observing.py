"""From an event as Discord writes it to what rules look at. Pure but for what it remembers of names.

An observation carries what people wrote. It goes to the rules and no further: no log line, no figure.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from app.automod.observation import Kind, Observation
from app.automod.observing import as_id, as_ids, as_instant, observe_message
from moderation_listener.places import Places

_MOST_NAMES: Final = 100_000
"""Members whose names are remembered, as a number each, of all guilds together."""

_TOLD_WITHIN: Final = timedelta(hours=1)
"""So soon an edit is told, at once or read again; later something else is told with it, such as a pin."""


class Names:
    """Who was called what, as one number for each member: enough to tell that it is something else now.

    Discord tells what a member is, not what has changed: who gets a role is told as who takes another name.
    Of somebody nobody has heard of since the start it cannot tell. The numbers differ in every process, and
    no name can be had from one.
    """

    def __init__(self, most: int = _MOST_NAMES) -> None:
        self._known: OrderedDict[tuple[int, int], int] = OrderedDict()
        self._most = most

    def note(self, observation: Observation) -> bool | None:
        """Take note of what somebody is called; tells whether it is another, None if nobody knows."""
        key = (observation.guild_id, observation.user_id)
        names = hash((observation.username, observation.global_name, observation.nick))
        before = self._known.get(key)
        self._known[key] = names
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return None if before is None else before != names


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
            now: When it was heard: of another name nothing else is known, and an edit is not old news.
        """
        match event:
            case "MESSAGE_CREATE":
                return self._message(Kind.MESSAGE, payload)
            case "MESSAGE_UPDATE":
                edit = self._message(Kind.EDIT, payload)
                return None if edit is None or edit.at < now - _TOLD_WITHIN else edit
            case "GUILD_MEMBER_ADD":
                joined = self._member(Kind.JOIN, payload, now)
                if joined is not None:
                    self._names.note(joined)
                return joined
            case "GUILD_MEMBER_UPDATE":
                named = self._member(Kind.NAME, payload, now)
                return None if named is None else self._if_new(named)
        return None

    def _if_new(self, named: Observation) -> Observation | None:
        """Give another name, or one that may be another; None if it is that of before."""
        is_new = self._names.note(named)
        return replace(named, is_first_heard=True) if is_new is None else named if is_new else None

    def _message(self, kind: Kind, payload: Mapping[str, Any]) -> Observation | None:
        """Observe a message; None of direct ones, of what Discord writes itself, and of links that unfold."""
        guild_id = as_id(payload.get("guild_id"))
        seen = None if guild_id is None else observe_message(kind, guild_id, payload)
        if guild_id is None or seen is None or seen.channel_id is None:
            return None
        is_staff = self._places.is_staff(guild_id, seen.user_id, seen.role_ids)
        parent_id = self._places.parent_of(guild_id, seen.channel_id)
        if not is_staff and parent_id is None:  # as with most
            return seen
        return replace(seen, is_staff=is_staff, parent_id=parent_id)

    def _member(self, kind: Kind, payload: Mapping[str, Any], now: datetime) -> Observation | None:
        guild_id, user = as_id(payload.get("guild_id")), payload.get("user") or {}
        user_id = as_id(user.get("id"))
        if guild_id is None or user_id is None:
            return None
        role_ids, joined_at = as_ids(payload.get("roles")), as_instant(payload.get("joined_at"))
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
