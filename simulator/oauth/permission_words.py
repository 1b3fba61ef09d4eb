"""Permissions as people read them. Pure."""

from collections.abc import Iterator

from simulator.permissions import Permission

_OTHERWISE = {
    Permission.CREATE_INSTANT_INVITE: "Create Invite",
    Permission.MANAGE_GUILD: "Manage Server",
    Permission.STREAM: "Video",
    Permission.VIEW_CHANNEL: "View Channels",
    Permission.SEND_TTS_MESSAGES: "Send Text-to-Speech Messages",
    Permission.MENTION_EVERYONE: "Mention @everyone, @here and All Roles",
    Permission.USE_EXTERNAL_EMOJIS: "Use External Emoji",
    Permission.VIEW_GUILD_INSIGHTS: "View Server Insights",
    Permission.USE_VAD: "Use Voice Activity",
    Permission.MANAGE_GUILD_EXPRESSIONS: "Manage Expressions",
    Permission.CREATE_GUILD_EXPRESSIONS: "Create Expressions",
    Permission.USE_EMBEDDED_ACTIVITIES: "Use Activities",
    Permission.MODERATE_MEMBERS: "Time Out Members",
    Permission.SEND_POLLS: "Create Polls",
    Permission.BYPASS_SLOWMODE: "Bypass Slow Mode",
}


def in_words(permissions: int) -> Iterator[tuple[int, str]]:
    """Tell every known bit that is set, and what people call it."""
    for permission in Permission:
        if permissions & permission:
            yield int(permission), _OTHERWISE.get(permission) or _title(permission)


def _title(permission: Permission) -> str:
    return (permission.name or "").replace("_", " ").title()
