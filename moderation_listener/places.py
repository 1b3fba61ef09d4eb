"""What is remembered of guilds, from what the gateway tells: who owns one, which roles make staff, threads.

Nothing else is, and nothing of it is asked for. Pure but for its own memory; knows no client library.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.automod.observing import as_id
from app.discord.permissions import Permission

_STAFF: Final = int(Permission.ADMINISTRATOR | Permission.MANAGE_GUILD)

_THREADS: Final = frozenset({10, 11, 12})
"""Discord's types of channels that are threads: of announcements, public, private."""

_MOST_THREADS: Final = 2_000
"""Threads remembered of a guild. Discord: at most 1,000 are active, and nobody writes in others."""


@dataclass(slots=True)
class Place:
    """One guild.

    Attributes:
        owner_id: Whose it is.
        staff_roles: The roles with Administrator or Manage Server; @everyone has the guild's id.
        parents: The channel that each active thread belongs to.
    """

    owner_id: int
    staff_roles: set[int] = field(default_factory=set)
    parents: dict[int, int] = field(default_factory=dict)


class Places:
    """The guilds of this process. Each is told whole when the bot connects, and then what changes."""

    def __init__(self) -> None:
        self._guilds: dict[int, Place] = {}
        self._ways = {
            "GUILD_CREATE": self._enter,
            "GUILD_UPDATE": self._enter,
            "GUILD_DELETE": self._leave,
            "GUILD_ROLE_CREATE": self._role,
            "GUILD_ROLE_UPDATE": self._role,
            "GUILD_ROLE_DELETE": self._role_deleted,
            "THREAD_CREATE": self._thread,
            "THREAD_UPDATE": self._thread,
            "THREAD_DELETE": self._thread_deleted,
            "THREAD_LIST_SYNC": self._threads,
        }

    def note(self, event: str, payload: Mapping[str, Any]) -> None:
        """Take note of what an event says about a guild; most say nothing."""
        way = self._ways.get(event)
        if way is not None:
            way(payload)

    def find(self, guild_id: int) -> Place | None:
        """Give what is known of a guild; None before Discord has told."""
        return self._guilds.get(guild_id)

    def is_staff(self, guild_id: int, user_id: int, role_ids: Iterable[int]) -> bool:
        """Tell whether a member owns the guild, or has Administrator or Manage Server.

        Of a guild that Discord has not told of yet everybody counts as staff: nobody is hit by mistake.
        """
        place = self._guilds.get(guild_id)
        if place is None or user_id == place.owner_id:
            return True
        return guild_id in place.staff_roles or not place.staff_roles.isdisjoint(role_ids)

    def parent_of(self, guild_id: int, channel_id: int) -> int | None:
        """Give the channel that a thread belongs to; None of other channels."""
        place = self._guilds.get(guild_id)
        return None if place is None else place.parents.get(channel_id)

    def _enter(self, payload: Mapping[str, Any]) -> None:
        guild_id, owner_id = as_id(payload.get("id")), as_id(payload.get("owner_id"))
        if guild_id is None or owner_id is None:  # an outage: what was known stays
            return
        before = self._guilds.get(guild_id)
        place = Place(owner_id, parents={} if before is None else before.parents)
        for role in payload.get("roles", ()):
            _note_role(place, role)
        self._guilds[guild_id] = place
        for thread in payload.get("threads", ()):
            _note_thread(place, thread)

    def _leave(self, payload: Mapping[str, Any]) -> None:
        guild_id = as_id(payload.get("id"))
        if guild_id is not None and not payload.get("unavailable"):
            self._guilds.pop(guild_id, None)

    def _role(self, payload: Mapping[str, Any]) -> None:
        place = self._of(payload)
        if place is not None:
            _note_role(place, payload.get("role") or {})

    def _role_deleted(self, payload: Mapping[str, Any]) -> None:
        place, role_id = self._of(payload), as_id(payload.get("role_id"))
        if place is not None and role_id is not None:
            place.staff_roles.discard(role_id)

    def _thread(self, payload: Mapping[str, Any]) -> None:
        place = self._of(payload)
        if place is not None:
            _note_thread(place, payload)

    def _thread_deleted(self, payload: Mapping[str, Any]) -> None:
        place, channel_id = self._of(payload), as_id(payload.get("id"))
        if place is not None and channel_id is not None:
            place.parents.pop(channel_id, None)

    def _threads(self, payload: Mapping[str, Any]) -> None:
        place = self._of(payload)
        if place is not None:
            for thread in payload.get("threads", ()):
                _note_thread(place, thread)

    def _of(self, payload: Mapping[str, Any]) -> Place | None:
        guild_id = as_id(payload.get("guild_id"))
        return None if guild_id is None else self._guilds.get(guild_id)


def _note_role(place: Place, role: Mapping[str, Any]) -> None:
    role_id = as_id(role.get("id"))
    if role_id is None:
        return
    bits = role.get("permissions")
    if isinstance(bits, str) and bits.isascii() and bits.isdigit() and int(bits) & _STAFF:
        place.staff_roles.add(role_id)
    else:
        place.staff_roles.discard(role_id)


def _note_thread(place: Place, thread: Mapping[str, Any]) -> None:
    channel_id, parent_id = as_id(thread.get("id")), as_id(thread.get("parent_id"))
    if channel_id is None or parent_id is None or thread.get("type") not in _THREADS:
        return
    place.parents.pop(channel_id, None)  # and so the last to be forgotten
    if (thread.get("thread_metadata") or {}).get("archived"):
        return
    place.parents[channel_id] = parent_id
    if len(place.parents) > _MOST_THREADS:
        del place.parents[next(iter(place.parents))]
