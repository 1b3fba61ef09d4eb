"""Sets of rules to begin with. All are in shadow: they only record, until somebody trusts them."""

from typing import Any, Final

from app.automod.rule import Rule

_ALERT: Final = {"type": "alert"}
_DELETE: Final = {"type": "delete_message"}
_WARN: Final = {"type": "warn"}
_HOUR: Final = {"type": "timeout", "minutes": 60}


def _rule(name: str, trigger: dict[str, Any], *actions: dict[str, Any], **more: Any) -> Rule:  # noqa: ANN401 - fields of a rule
    return Rule.model_validate({"name": name, "trigger": trigger, "actions": actions, **more})


_DANGEROUS: Final = (
    *(
        "exe",
        "scr",
        "bat",
        "cmd",
        "com",
        "msi",
        "ps1",
        "vbs",
        "vbe",
        "jse",
        "wsf",
        "hta",
        "lnk",
        "jar",
        "pif",
    ),
    *("reg", "cpl", "apk", "iso", "img"),
)
"""What runs, or carries what runs, where somebody opens it."""

_SCAM: Final = r"\bfree\s+(?:discord\s+)?nitro\b|\bnitro\s+for\s+free\b|steam\s+gift\s+\$?50"

STARTER: Final = (
    _rule(
        "Too many messages",
        {"type": "message_rate", "messages": 8, "seconds": 5},
        _DELETE,
        _WARN,
        tell="You wrote too many messages in a short time.",
    ),
    _rule(
        "The same again and again",
        {"type": "duplicate_messages", "messages": 4, "seconds": 60, "shortest": 6},
        _DELETE,
        _WARN,
        tell="You wrote the same several times.",
    ),
    _rule(
        "Too many mentions",
        {"type": "mention_spam", "mentions": 8},
        _DELETE,
        _HOUR,
        _ALERT,
        tell="Your message mentioned too many members and roles.",
    ),
    _rule(
        "Files that can do harm",
        {"type": "file_extension", "extensions": _DANGEROUS},
        _DELETE,
        _ALERT,
        tell="Files of this kind are not allowed here.",
        examples={"must_match": ["setup.exe", "photo.jpg.scr"], "must_not_match": ["photo.jpg", "notes.txt"]},
    ),
    _rule(
        "Links that deceive",
        {"type": "links", "deceptive": True},
        _DELETE,
        _ALERT,
        tell="Your message had a link that leads elsewhere than it looks.",
        examples={
            "must_match": ["[https://discord.com](https://example.net/login)"],
            "must_not_match": ["https://example.com/a", "[read this](https://example.com)"],
        },
    ),
    _rule(
        "Free Nitro",
        {"type": "message_regex", "patterns": [_SCAM], "look_alikes": True},
        _DELETE,
        _ALERT,
        examples={
            "must_match": ["FREE Discord Nitro here"],
            "must_not_match": ["Nitro is not free", "free nitrogen"],
        },
    ),
)
"""What hardly anybody wants, and what hardly hits anybody else."""

STRICT: Final = (
    _rule(
        "Too many messages",
        {"type": "message_rate", "messages": 6, "seconds": 5, "across_channels": True},
        _DELETE,
        {"type": "timeout", "minutes": 10},
        {"type": "slow_mode", "seconds": 10},
        tell="You wrote too many messages in a short time.",
    ),
    _rule(
        "The same again and again",
        {"type": "duplicate_messages", "messages": 3, "seconds": 120, "shortest": 6},
        _DELETE,
        {"type": "timeout", "minutes": 10},
        tell="You wrote the same several times.",
    ),
    _rule(
        "Too many mentions",
        {"type": "mention_spam", "mentions": 5},
        _DELETE,
        _HOUR,
        _ALERT,
        tell="Your message mentioned too many members and roles.",
    ),
    *STARTER[3:],
    _rule(
        "Invites to other servers",
        {"type": "invite_links"},
        _DELETE,
        _WARN,
        tell="Invites to other servers are not allowed here.",
        examples={"must_match": ["join discord.gg/abcdef"], "must_not_match": ["discord is down"]},
    ),
    _rule(
        "Names that advertise",
        {"type": "username_regex", "patterns": [r"discord\.gg/|https?://|t\.me/"], "look_alikes": True},
        _ALERT,
        examples={"must_match": ["join discord.gg/x"], "must_not_match": ["ada", "mr.discord"]},
    ),
    _rule("A new account", {"type": "new_account", "hours": 24}, _ALERT),
    _rule(
        "Links of newcomers",
        {"type": "links", "listed": "allow", "domains": ["discord.com", "tenor.com", "github.com"]},
        _DELETE,
        conditions={"member_age_below_days": 1},
        tell="New members cannot post links during their first day.",
        examples={"must_match": ["https://example.net"], "must_not_match": ["https://github.com/a", "hello"]},
    ),
)
"""For servers with many strangers. Some of it will hit people who meant no harm."""

RAID: Final = (
    _rule(
        "A raid",
        {"type": "join_rate", "joins": 10, "seconds": 30},
        {"type": "pause_invites", "minutes": 60},
        _ALERT,
    ),
    _rule(
        "A raid of new accounts",
        {"type": "join_rate", "joins": 8, "seconds": 60},
        {"type": "kick"},
        _ALERT,
        conditions={"account_age_below_days": 3},
    ),
    _rule(
        "The same of many accounts",
        {"type": "duplicate_messages", "messages": 5, "seconds": 30, "shortest": 20, "of_everybody": True},
        _DELETE,
        _HOUR,
        _ALERT,
        conditions={"member_age_below_days": 7},
    ),
)
"""While a raid is expected. All of it can be undone from the alert."""

PRESETS: Final = {"starter": STARTER, "strict": STRICT, "raid": RAID}
"""Name -> rules."""
