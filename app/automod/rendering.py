"""Auto-mod as people read it: in alerts, and in replies to managers. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.automod.carrying_out import Happened
from app.automod.rule import Mode
from app.automod.text import Form
from app.discord.reply import clip
from app.discord.text import literal
from app.language import Language
from app.moderation.incident_rendering import KINDS, case_counts
from app.moderation.incident_values import Incident
from app.wording import Count, message

MODES: Final[Mapping[Mode, str]] = {
    Mode.OFF: message("off"),
    Mode.SHADOW: message("shadow"),
    Mode.ON: message("on"),
}

FORMS: Final[Mapping[Form, str]] = {
    Form.WRITTEN: message("as written"),
    Form.FOLDED: message("with look-alike letters folded"),
    Form.SQUEEZED: message("with spelled letters put together"),
}

_NAMED: Final = 10
_FIELD: Final = 1_024
_COLOUR: Final = 0xC83E4D


def hit_count(count: int) -> Count:
    """Count hits."""
    return Count(count, "{n} hit", "{n} hits")


def mark_of(incident: Incident) -> str:
    """Give what stands below the alert about an incident, and below no other message."""
    return f"Alert · {incident.mark}"


def alert_embed(language: Language, happened: Happened) -> dict[str, Any]:
    """Write what tells moderators of an incident, as Discord's embed: which rules, whom, where, how often.

    It says nothing of what was written.
    """
    incident = happened.incident
    number, kind = str(incident.number), language.say(KINDS[incident.kind])
    members = list(dict.fromkeys(hit.user_id for hit in happened.hits))
    rules = Counter(hit.rule_name for hit in happened.hits)
    channels = list(dict.fromkeys(hit.channel_id for hit in happened.hits if hit.channel_id is not None))
    fields = [
        (
            language.say("Rules"),
            "\n".join(
                f"{literal(name)}: {language.count(hit_count(count))}" for name, count in rules.items()
            ),
        ),
        (language.say("Members"), _some(language, [language.mention(each) for each in members])),
        (language.say("Channels"), _some(language, [f"<#{each}>" for each in channels])),
        (language.say("Messages"), _messages(language, happened)),
        (language.say("Cases"), "\n".join(case_counts(language, happened.cases))),
    ]
    return {
        "title": f"🛡️ {language.say('Incident #{number}', number=number)} · {kind}",
        "color": _COLOUR,
        "description": language.count(hit_count(len(happened.hits))),
        "fields": [
            {"name": name, "value": clip(value, _FIELD), "inline": True} for name, value in fields if value
        ],
        "footer": {"text": mark_of(incident)},
        "timestamp": incident.created_at.isoformat(),
    }


def why_embed(language: Language, incident: Incident, text: str, guild_name: str) -> dict[str, Any]:
    """Write what tells a member why a message is gone, as Discord's embed; `text` is the rule's own."""
    return {
        "title": language.say("A message of yours was deleted"),
        "description": f"{text}\n-# {literal(guild_name)}",
        "footer": {"text": incident.mark},
    }


def _messages(language: Language, happened: Happened) -> str | None:
    """Tell how many messages are deleted, and how many cannot be."""
    messages = {hit.message_id: hit.deletion for hit in happened.hits if hit.deletion != "none"}
    failed = sum(deletion == "failed" for deletion in messages.values())
    lines = []
    if len(messages) > failed:
        lines.append(language.say("deleted: {count}", count=len(messages) - failed))
    if failed:
        lines.append(language.say("not deleted, the bot may not: {count}", count=failed))
    return "\n".join(lines) or None


def _some(language: Language, named: Sequence[str]) -> str:
    shown = ", ".join(named[:_NAMED])
    if len(named) > _NAMED:
        shown += " " + language.say("and {count} more", count=len(named) - _NAMED)
    return shown
