"""Interactions as Discord writes them, with every field, from thousands of distinct members.

About 1.9 kB each: what a real command in a real server comes to, most of which nobody reads.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from app.ids import snowflake_time

MEMBERS: Final = 5000

GUILD_ID: Final = 1_100_000_000_000_000_001
"""Of these benchmarks alone: nobody else in the demo's data has this guild."""

APPLICATION_ID: Final = 973_269_719_459_037_313

_FIRST_MEMBER: Final = 300_000_000_000_000_000
"""An account of 2017: old enough for every limit there is."""

_BETWEEN: Final = 4_194_304  # a millisecond of snowflakes, so that the ids look as Discord gives them out
_CHANNEL_ID: Final = 1_100_000_000_000_000_002
_COMMAND_ID: Final = "1100000000000000003"
_PERMISSIONS: Final = "2251799813685247"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A member of the benchmarks' guild."""

    number: int

    @property
    def user_id(self) -> int:
        """Discord's id."""
        return _FIRST_MEMBER + self.number * _BETWEEN

    @property
    def username(self) -> str:
        """The unique name."""
        return f"member.{self.number}"


class Interactions:
    """Writes interactions, no two with the same id.

    Args:
        since: Milliseconds since 1970; ids begin there, so that two runs against one database differ.
    """

    def __init__(self, since: int) -> None:
        first = (since - int(snowflake_time(0).timestamp() * 1000)) << 22
        self._ids: Iterator[int] = count(first)

    def about(self, who: Somebody) -> bytes:
        """Write `/about`, a command without options."""
        return self._command(who, {"id": _COMMAND_ID, "name": "about", "type": 1})

    def send(self, who: Somebody, receiver: Somebody, amount: int) -> bytes:
        """Write `/bytes send`."""
        receiver_id = str(receiver.user_id)
        options = [
            {"name": "user", "type": 6, "value": receiver_id},
            {"name": "amount", "type": 4, "value": amount},
        ]
        return self._command(
            who,
            {
                "id": _COMMAND_ID,
                "name": "bytes",
                "type": 1,
                "options": [{"name": "send", "type": 1, "options": options}],
                "resolved": {
                    "users": {receiver_id: _user(receiver)},
                    "members": {receiver_id: _resolved_member()},
                },
            },
        )

    def bytes_command(self, who: Somebody, subcommand: str) -> bytes:
        """Write a subcommand of `/bytes` without options: balance, daily, leaderboard."""
        return self._command(
            who,
            {
                "id": _COMMAND_ID,
                "name": "bytes",
                "type": 1,
                "options": [{"name": subcommand, "type": 1, "options": []}],
            },
        )

    def _command(self, who: Somebody, data: dict[str, Any]) -> bytes:
        interaction_id = next(self._ids)
        payload = _ENVELOPE | {
            "id": str(interaction_id),
            "token": f"aW50ZXJhY3Rpb246{interaction_id}".ljust(212, "k"),
            "data": data,
            "member": _MEMBER | {"user": _user(who)},
        }
        return json.dumps(payload, separators=(",", ":")).encode()


def everybody() -> list[Somebody]:
    """List the members of the benchmarks' guild."""
    return [Somebody(number) for number in range(MEMBERS)]


def _user(who: Somebody) -> dict[str, Any]:
    return {
        "avatar": "8342729096ea3675442027381ff50dfe",
        "avatar_decoration_data": None,
        "clan": None,
        "collectibles": None,
        "discriminator": "0",
        "display_name_styles": None,
        "global_name": f"Member {who.number}",
        "id": str(who.user_id),
        "primary_guild": None,
        "public_flags": 64,
        "username": who.username,
    }


def _resolved_member() -> dict[str, Any]:
    return {key: value for key, value in _MEMBER.items() if key not in ("deaf", "mute")}


_MEMBER: Final[dict[str, Any]] = {
    "avatar": None,
    "banner": None,
    "communication_disabled_until": None,
    "deaf": False,
    "flags": 0,
    "joined_at": "2024-03-01T17:20:31.337000+00:00",
    "mute": False,
    "nick": None,
    "pending": False,
    "permissions": _PERMISSIONS,
    "premium_since": None,
    "roles": ["1100000000000000011", "1100000000000000012", "1100000000000000013"],
    "unusual_dm_activity_until": None,
}

_ENVELOPE: Final[dict[str, Any]] = {
    "app_permissions": _PERMISSIONS,
    "application_id": str(APPLICATION_ID),
    "attachment_size_limit": 10_485_760,
    "authorizing_integration_owners": {"0": str(GUILD_ID)},
    "channel": {
        "flags": 0,
        "guild_id": str(GUILD_ID),
        "icon_emoji": {"id": None, "name": "\N{SPEECH BALLOON}"},
        "id": str(_CHANNEL_ID),
        "last_message_id": "1100000000000000021",
        "name": "general",
        "nsfw": False,
        "parent_id": "1100000000000000022",
        "permissions": _PERMISSIONS,
        "position": 0,
        "rate_limit_per_user": 0,
        "theme_color": None,
        "topic": "Everything that has no channel of its own.",
        "type": 0,
    },
    "channel_id": str(_CHANNEL_ID),
    "context": 0,
    "entitlement_sku_ids": [],
    "entitlements": [],
    "guild": {
        "features": ["COMMUNITY", "NEWS", "INVITE_SPLASH", "ANIMATED_ICON", "AUTO_MODERATION"],
        "id": str(GUILD_ID),
        "locale": "en-US",
    },
    "guild_id": str(GUILD_ID),
    "guild_locale": "en-US",
    "locale": "en-US",
    "type": 2,
    "version": 1,
}
