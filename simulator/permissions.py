"""Discord's permission arithmetic: what a member may do in a channel. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import reduce
from operator import or_


class Permission(IntFlag):
    """Discord's permission bits."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    PRIORITY_SPEAKER = 1 << 8
    STREAM = 1 << 9
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    VIEW_GUILD_INSIGHTS = 1 << 19
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    USE_VAD = 1 << 25
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    REQUEST_TO_SPEAK = 1 << 32
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    USE_EXTERNAL_STICKERS = 1 << 37
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EMBEDDED_ACTIVITIES = 1 << 39
    MODERATE_MEMBERS = 1 << 40
    VIEW_CREATOR_MONETIZATION_ANALYTICS = 1 << 41
    USE_SOUNDBOARD = 1 << 42
    CREATE_GUILD_EXPRESSIONS = 1 << 43
    CREATE_EVENTS = 1 << 44
    USE_EXTERNAL_SOUNDS = 1 << 45
    SEND_VOICE_MESSAGES = 1 << 46
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51
    BYPASS_SLOWMODE = 1 << 52


def union(permissions: Iterable[int]) -> int:
    """Tell every bit that stands in any of these."""
    return reduce(or_, permissions, 0)


ALL = union(Permission)
IN_DIRECT_MESSAGES = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.ADD_REACTIONS
)
"""What the two people of direct messages may do there."""
# Plain integers: these stand on the path of every message, and enum arithmetic is slow there.
_TIMED_OUT = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)
_NEEDS_SENDING = int(
    Permission.MENTION_EVERYONE
    | Permission.SEND_TTS_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.EMBED_LINKS
)
_ADMINISTRATOR = int(Permission.ADMINISTRATOR)
_VIEW_CHANNEL = int(Permission.VIEW_CHANNEL)
_SEND_MESSAGES = int(Permission.SEND_MESSAGES)


class OverwriteTarget(IntEnum):
    """Whom an overwrite is about, numbered as Discord does."""

    ROLE = 0
    MEMBER = 1


@dataclass(frozen=True, slots=True)
class Overwrite:
    """One channel's exception for one role or member."""

    id: int
    target: OverwriteTarget
    allow: int = 0
    deny: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What permissions depend on, of one member of one guild.

    `roles` maps the ids of the roles the member holds to their permissions, without @everyone,
    whose id is the guild's.
    """

    user_id: int
    guild_id: int
    everyone: int
    roles: dict[int, int]
    is_owner: bool = False
    is_timed_out: bool = False


def in_guild(standing: Standing) -> int:
    """Tell a member's permissions before any channel has its say."""
    if standing.is_owner:
        return ALL
    permissions = standing.everyone | union(standing.roles.values())
    if permissions & _ADMINISTRATOR:
        return ALL
    return permissions & _TIMED_OUT if standing.is_timed_out else permissions


def in_channel(standing: Standing, overwrites: Collection[Overwrite]) -> int:
    """Tell a member's permissions in a text channel, implicit denials included.

    @everyone's overwrite comes first, then those of all roles at once (every denial, then every
    allowance), then the member's own. Owner and administrators are above overwrites. Who cannot see
    the channel can do nothing there; who cannot send cannot mention everyone, embed or attach; who
    is timed out can only look.
    """
    if standing.is_owner:
        return ALL
    permissions = standing.everyone | union(standing.roles.values())
    if permissions & _ADMINISTRATOR:
        return ALL
    of_roles = [each for each in overwrites if each.target is OverwriteTarget.ROLE]
    steps = (
        [each for each in of_roles if each.id == standing.guild_id],
        [each for each in of_roles if each.id in standing.roles],
        [
            each
            for each in overwrites
            if each.target is OverwriteTarget.MEMBER and each.id == standing.user_id
        ],
    )
    for step in steps:
        permissions &= ~union(each.deny for each in step)
        permissions |= union(each.allow for each in step)
    if standing.is_timed_out:
        permissions &= _TIMED_OUT
    if not permissions & _VIEW_CHANNEL:
        return 0
    if not permissions & _SEND_MESSAGES:
        permissions &= ~_NEEDS_SENDING
    return permissions
