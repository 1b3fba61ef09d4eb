"""Discord's permission bits, by Discord's names (docs: topics/permissions)."""

from enum import IntFlag


class Permission(IntFlag):
    """The bits the platform asks about; unknown bits of a member are kept, not refused."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    MANAGE_MESSAGES = 1 << 13
    MANAGE_ROLES = 1 << 28
    MODERATE_MEMBERS = 1 << 40


TITLES: dict[Permission, str] = {
    Permission.CREATE_INSTANT_INVITE: "Create Invite",
    Permission.KICK_MEMBERS: "Kick Members",
    Permission.BAN_MEMBERS: "Ban Members",
    Permission.ADMINISTRATOR: "Administrator",
    Permission.MANAGE_CHANNELS: "Manage Channels",
    Permission.MANAGE_GUILD: "Manage Server",
    Permission.MANAGE_MESSAGES: "Manage Messages",
    Permission.MANAGE_ROLES: "Manage Roles",
    Permission.MODERATE_MEMBERS: "Time Out Members",
}
"""What Discord's own settings pages call them."""


def holds(granted: int, needed: Permission) -> bool:
    """Tell whether `granted` covers every bit of `needed`; an administrator holds everything."""
    return bool(granted & Permission.ADMINISTRATOR) or granted & needed == needed
