"""What a member may do now: in the guild, and in one of its text channels. Pure; docs: topics/permissions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.discord.permissions import Permission
from app.discord.port import DiscordGuild, DiscordMember
from app.discord.ranks import permissions_of

ALL: Final = (1 << 63) - 1
"""Of owner and administrators, whatever a channel says."""

_LEFT_IN_TIMEOUT: Final = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)
_NEEDS_SENDING: Final = int(
    Permission.SEND_TTS_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.MENTION_EVERYONE
)


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel says otherwise for a role (@everyone has the guild's id) or for a member."""

    target_id: int
    is_role: bool
    allow: int = 0
    deny: int = 0


def in_guild(guild: DiscordGuild, member: DiscordMember, now: datetime) -> int:
    """Tell the permission bits before any channel has its say."""
    bits = permissions_of(guild, member)
    if _stands_above_channels(bits):
        return ALL
    return bits & _LEFT_IN_TIMEOUT if _is_timed_out(member, now) else bits


def in_channel(
    guild: DiscordGuild,
    member: DiscordMember,
    overwrites: Iterable[Overwrite],
    now: datetime,
    *,
    is_thread: bool = False,
) -> int:
    """Tell the permission bits in a text channel. A thread has the overwrites of its channel.

    First comes what the channel says to @everyone, then to all the member's roles together (what one
    allows counts more than what another denies), then to the member.
    """
    bits = permissions_of(guild, member)
    if _stands_above_channels(bits):
        return ALL
    everyone = roles = own = (0, 0)
    for each in overwrites:
        if each.is_role and each.target_id == guild.guild_id:
            everyone = _joined(everyone, each)
        elif each.is_role and each.target_id in member.role_ids:
            roles = _joined(roles, each)
        elif not each.is_role and each.target_id == member.user_id:
            own = _joined(own, each)
    for allow, deny in (everyone, roles, own):
        bits = bits & ~deny | allow
    if _is_timed_out(member, now):
        bits &= _LEFT_IN_TIMEOUT
    return _implied(bits, Permission.SEND_MESSAGES_IN_THREADS if is_thread else Permission.SEND_MESSAGES)


def _stands_above_channels(bits: int) -> bool:
    """Tell whether nothing is ever taken: the owner has the administrator's bit, too."""
    return bool(bits & Permission.ADMINISTRATOR)


def _is_timed_out(member: DiscordMember, now: datetime) -> bool:
    return member.timed_out_until is not None and member.timed_out_until > now


def _joined(known: tuple[int, int], overwrite: Overwrite) -> tuple[int, int]:
    return known[0] | overwrite.allow, known[1] | overwrite.deny


def _implied(bits: int, sending: Permission) -> int:
    """Take what is of no use without another: who sees nothing can do nothing."""
    if not bits & Permission.VIEW_CHANNEL:
        return 0
    return bits if bits & sending else bits & ~_NEEDS_SENDING
