"""Auto-mod as people read it: in alerts, and in replies to managers. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from app.automod.carrying_out import Happened
from app.automod.raids.repository import What
from app.automod.rule import Mode
from app.automod.text import Form
from app.discord.reply import Button, ButtonStyle, clip
from app.discord.text import literal
from app.ids import SYSTEM_ID
from app.language import Language
from app.moderation.cases import Case
from app.moderation.domain import BANS, LIFTED_BY, CaseAction, CaseStatus
from app.moderation.incident_rendering import KINDS, case_counts
from app.moderation.incident_values import Incident
from app.moderation.rendering import WORDS
from app.wording import Count, Mention, Term, message

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

BAN_ALL: Final = "alert-ban"
TIME_OUT_ALL: Final = "alert-timeout"
LIFT_ALL: Final = "alert-lift"
PAUSE_INVITES: Final = "alert-pause"
"""Names of the controls below an alert."""

_NOTES: Final[Mapping[What, str]] = {
    What.PAUSED: message("Invites are paused for an hour, by {moderator} {at}"),
    What.NOT_PAUSED: message(
        "Invites were **not** paused: the bot lacks the permission “Manage Server”. "
        "Give it that, or pause them."
    ),
    What.NOT_SLOWED: message(
        "<#{channel}> was **not** slowed down: the bot lacks the permission “Manage Channels” there."
    ),
}

_IN_FORCE: Final = frozenset({CaseStatus.PENDING, CaseStatus.ACTIVE})
_ACTION_ROW: Final = 1
_OF_MANY: Final = (message("Ban all"), message("Time out all"), message("Lift all"))
_OF_ONE: Final = (message("Ban them"), message("Time them out"), message("Lift it"))
"""What the buttons below an alert say, of many members and of one."""

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
    named = language.say("Incident #{number}", number=str(incident.number))
    kind = language.say(KINDS[incident.kind])
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
        (language.say("Decided"), "\n".join(_answers(language, happened))),
        (language.say("Beside that"), "\n".join(_notes(language, happened))),
    ]
    return {
        # A single message is no burst, though more may come of it.
        "title": f"🛡️ {named} · {kind}" if len(happened.hits) > 1 else f"🛡️ {named}",
        "color": _COLOUR,
        "description": " · ".join(map(language.count, (hit_count(len(happened.hits)), _members(members)))),
        "fields": [
            {"name": name, "value": clip(value, _FIELD), "inline": True} for name, value in fields if value
        ],
        "footer": {"text": mark_of(incident)},
        "timestamp": incident.created_at.isoformat(),
    }


def alert_rows(language: Language, happened: Happened, write: Callable[[str], str]) -> list[dict[str, Any]]:
    """Make the buttons below an alert; those that would change nothing cannot be pressed.

    Args:
        language: The guild's.
        happened: As it is now.
        write: Makes the custom id of the control of a name.
    """
    hit = {hit.user_id for hit in happened.hits if hit.user_id > 0}
    in_force = [case for case in happened.cases if case.status in _IN_FORCE]
    banned = {case.user_id for case in in_force if case.action in BANS}
    timed_out = {case.user_id for case in in_force if case.action is CaseAction.TIMEOUT}
    can_be_lifted = any(case.action not in LIFTED_BY for case in in_force)
    named = _OF_ONE if len(hit) == 1 else _OF_MANY
    ban, time_out, lift = map(language.say, named)
    buttons = (
        Button(ban, write(BAN_ALL), ButtonStyle.DANGER, is_disabled=hit <= banned),
        Button(time_out, write(TIME_OUT_ALL), is_disabled=hit <= banned | timed_out),
        Button(lift, write(LIFT_ALL), is_disabled=not can_be_lifted),
        Button(language.say("Pause invites"), write(PAUSE_INVITES)),
    )
    return [{"type": _ACTION_ROW, "components": [each.component() for each in buttons]}]


def _answers(language: Language, happened: Happened) -> list[str]:
    """Tell what people have decided below the alert, who, and whether that is everything there was."""
    hit = {hit.user_id for hit in happened.hits if hit.user_id > 0}
    counted = Counter(
        (case.action, case.moderator_id) for case in happened.cases if case.moderator_id != SYSTEM_ID
    )
    lines = [
        language.say(
            "{action} by {moderator}: {count}",
            action=Term(WORDS[action].name),
            moderator=Mention(moderator_id),
            count=count,
        )
        for (action, moderator_id), count in counted.items()
    ]
    sanctions = [case for case in happened.cases if case.action not in LIFTED_BY]
    banned = {case.user_id for case in sanctions if case.action in BANS and case.status is CaseStatus.ACTIVE}
    left = any(case.status is CaseStatus.PENDING for case in happened.cases)
    if not left and hit and hit <= banned:
        lines.append(language.say("**Everybody is banned.**"))
    elif not left and _is_lifted(sanctions):
        lines.append(language.say("**Everything is lifted.**"))
    return lines


def _is_lifted(sanctions: Sequence[Case]) -> bool:
    """Tell whether something was in force, and nothing is any more because somebody took it back."""
    statuses = {case.status for case in sanctions}
    return statuses.isdisjoint(_IN_FORCE) and not statuses.isdisjoint({CaseStatus.UNDONE, CaseStatus.LIFTED})


def _members(user_ids: Sequence[int]) -> Count:
    return Count(len(user_ids), "{n} member", "{n} members")


def _notes(language: Language, happened: Happened) -> list[str]:
    """Tell what else was done, and what could not be done; each once."""
    said = (
        language.say(
            _NOTES[note.what],
            moderator=Mention(note.moderator_id),
            at=note.at,
            channel=str(note.channel_id or "?"),
        )
        for note in happened.notes
    )
    return list(dict.fromkeys(said))


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
