"""Discord's permission bits, by Discord's names (docs: topics/permissions)."""

from collections.abc import Mapping
from enum import IntFlag
from typing import Final


class Permission(IntFlag):
    """The bits the platform asks about; unknown bits of a member are kept, not refused."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51
    BYPASS_SLOWMODE = 1 << 52


TITLES: Final[Mapping[Permission, str]] = {
    Permission.CREATE_INSTANT_INVITE: "Create Invite",
    Permission.KICK_MEMBERS: "Kick Members",
    Permission.BAN_MEMBERS: "Ban Members",
    Permission.ADMINISTRATOR: "Administrator",
    Permission.MANAGE_CHANNELS: "Manage Channels",
    Permission.MANAGE_GUILD: "Manage Server",
    Permission.ADD_REACTIONS: "Add Reactions",
    Permission.VIEW_AUDIT_LOG: "View Audit Log",
    Permission.VIEW_CHANNEL: "View Channels",
    Permission.SEND_MESSAGES: "Send Messages",
    Permission.SEND_TTS_MESSAGES: "Send Text-to-Speech Messages",
    Permission.MANAGE_MESSAGES: "Manage Messages",
    Permission.EMBED_LINKS: "Embed Links",
    Permission.ATTACH_FILES: "Attach Files",
    Permission.READ_MESSAGE_HISTORY: "Read Message History",
    Permission.MENTION_EVERYONE: "Mention @everyone, @here, and All Roles",
    Permission.MUTE_MEMBERS: "Mute Members",
    Permission.DEAFEN_MEMBERS: "Deafen Members",
    Permission.MOVE_MEMBERS: "Move Members",
    Permission.MANAGE_NICKNAMES: "Manage Nicknames",
    Permission.MANAGE_ROLES: "Manage Roles",
    Permission.MANAGE_WEBHOOKS: "Manage Webhooks",
    Permission.MANAGE_GUILD_EXPRESSIONS: "Manage Expressions",
    Permission.USE_APPLICATION_COMMANDS: "Use Application Commands",
    Permission.MANAGE_EVENTS: "Manage Events",
    Permission.MANAGE_THREADS: "Manage Threads",
    Permission.SEND_MESSAGES_IN_THREADS: "Send Messages in Threads",
    Permission.MODERATE_MEMBERS: "Time Out Members",
    Permission.SEND_POLLS: "Create Polls",
    Permission.USE_EXTERNAL_APPS: "Use External Apps",
    Permission.PIN_MESSAGES: "Pin Messages",
    Permission.BYPASS_SLOWMODE: "Bypass Slowmode",
}
"""What Discord's own settings pages call them."""

DANGEROUS: Final = (
    Permission.KICK_MEMBERS
    | Permission.BAN_MEMBERS
    | Permission.ADMINISTRATOR
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_GUILD
    | Permission.VIEW_AUDIT_LOG
    | Permission.MANAGE_MESSAGES
    | Permission.MENTION_EVERYONE
    | Permission.MANAGE_NICKNAMES
    | Permission.MANAGE_ROLES
    | Permission.MANAGE_WEBHOOKS
    | Permission.MANAGE_GUILD_EXPRESSIONS
    | Permission.MANAGE_EVENTS
    | Permission.MANAGE_THREADS
    | Permission.MODERATE_MEMBERS
)
"""What nobody may come by through bytes or a squad: power over other people or over the server."""


def holds(granted: int, needed: Permission) -> bool:
    """Tell whether `granted` covers every bit of `needed`; an administrator holds everything."""
    return bool(granted & Permission.ADMINISTRATOR) or granted & needed == needed
