"""Accounts that came to the demo guild, wrote what nobody wanted, and are gone; and a raid of twenty."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from simulator.snowflakes import first_id_at
from simulator.state.entities import AuditAction, AuditEntry, Ban, Guild, User
from simulator.state.names import free_name
from simulator.state.talk import trouble
from simulator.state.talk.lines import Conversation
from simulator.state.world import World

RAIDERS: Final = 20
_LOUD: Final = 9
_FRIENDLY: Final = (7, 14)
"""Places of those who came in the same minute and only said hello."""

_SUFFIX: Final = 0x15C01
_BANNED_FOR: Final = (
    (trouble.INVITES, "Growth Guild", 1417, "Invites to another server in three channels"),
    (trouble.SCAM, "Nitro Drops", 1344, "A scam, with letters that only look like ours"),
    (trouble.MASKED, "Support Desk", 1001, "A link that leads elsewhere than it says"),
    (trouble.DUPLICATES, "Easy Income", 556, "The same six times"),
)
"""Username, name, minutes since they were banned, why."""


@dataclass(frozen=True, slots=True)
class Strangers:
    """What is left of them: lines of the audit log (how many minutes ago, and what), and their words."""

    entries: tuple[tuple[int, AuditEntry], ...]
    talk: tuple[Conversation, ...]


def visit(world: World, guild: Guild, moderators: dict[str, int], now: datetime) -> Strangers:
    """Have them come, and be gone. Their ids follow the calendar, because an id tells an account's age."""
    today = datetime.combine(now.date(), time(), UTC)
    entries = []
    for place, (username, shown, minutes, reason) in enumerate(_BANNED_FOR):
        user = User(first_id_at(today - timedelta(days=4 + place)) | _SUFFIX, username, shown)
        world.users[user.id] = user
        guild.bans[user.id] = Ban(user, reason)
        ban = AuditEntry(0, AuditAction.MEMBER_BAN_ADD, moderators["kwame"], user.id, reason)
        entries.append((minutes, ban))
    taken = {user.username for user in world.users.values()}
    crowd = []
    for place in range(RAIDERS):
        made = today - timedelta(days=900 if place in _FRIENDLY else 1, minutes=11 * place)
        user = User(first_id_at(made) | _SUFFIX, *free_name(place, taken))
        world.users[user.id] = user
        crowd.append(user)
        kick = AuditEntry(0, AuditAction.MEMBER_KICK, moderators["leilani.k"], user.id, "A raid")
        entries.append((trouble.RAID_MINUTES_AGO - 9, kick))
    friendly = tuple(crowd[place].username for place in _FRIENDLY)
    loud = tuple(user.username for user in crowd if user.username not in friendly)[:_LOUD]
    hello, me_too = friendly
    talk = (*trouble.SPAM, trouble.raid(loud, (hello, me_too)), *trouble.INNOCENT, *trouble.STAFF)
    return Strangers(tuple(entries), talk)
