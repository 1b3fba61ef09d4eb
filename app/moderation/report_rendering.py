"""Reports as people read them: in the log channel, and what reporters are told. Pure."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from app.discord.reply import Button, ButtonStyle
from app.discord.text import literal
from app.language import Language
from app.moderation.report_rules import Outcome, Report, Reporter, ReportStatus
from app.wording import Count, Mention, message

CLAIM: Final = "report-claim"
WARN: Final = "report-warn"
TIME_OUT: Final = "report-timeout"
DISMISS: Final = "report-dismiss"
"""Names of the controls below a report."""

_CONTENT: Final = 3_500
"""Characters of the reported message that are shown; with everything else it fits into one embed."""

_LINES: Final = 30

_NAMED: Final = 20
"""Reporters that are named; the others are counted."""

_ACTION_ROW: Final = 1
_CUT: Final = "…"

_STATUSES: Final[dict[ReportStatus, str]] = {
    ReportStatus.OPEN: message("waiting for a moderator"),
    ReportStatus.CLAIMED: message("claimed by {moderator}"),
    ReportStatus.ACTED: message("acted on by {moderator}: case #{case}"),
    ReportStatus.DISMISSED: message("dismissed by {moderator}"),
}

_ACCENTS: Final[dict[ReportStatus, int]] = {
    ReportStatus.OPEN: 0xC83E4D,
    ReportStatus.CLAIMED: 0xD9902F,
    ReportStatus.ACTED: 0x2E9E5B,
    ReportStatus.DISMISSED: 0x5B6B7B,
}

_OUTCOMES: Final[dict[Outcome, str]] = {
    Outcome.WARNED: message(
        "The message you reported in {guild} was dealt with: whoever wrote it was warned. Thank you."
    ),
    Outcome.TIMED_OUT: message(
        "The message you reported in {guild} was dealt with: whoever wrote it was timed out. Thank you."
    ),
    Outcome.DEALT_WITH: message(
        "The message you reported in {guild} was dealt with by the moderators. Thank you."
    ),
    Outcome.NOTHING: message(
        "The moderators looked at the message you reported in {guild}: "
        "nothing was found to be against the rules. Thank you."
    ),
}


def report_embed(language: Language, report: Report, reporters: Sequence[Reporter]) -> dict[str, Any]:
    """Write the log channel's message about a report, as Discord's embed.

    Args:
        language: The guild's.
        report: As it is now.
        reporters: Everybody who reported it, the first first.
    """
    fields = [
        (language.say("Written by"), _author(language, report)),
        (language.say("Status"), status_of(language, report)),
        (language.say("Message"), report.link),
        (language.say("Reported by"), _reporters(language, reporters)),
    ]
    return {
        "title": f"🚩 {language.say('Report #{number}', number=str(report.number))}",
        "description": quoted(report.content) or language.say("There was no text, or it was erased."),
        "color": _ACCENTS[report.status],
        "fields": [{"name": name, "value": value, "inline": False} for name, value in fields],
        "footer": {"text": report.mark},
        "timestamp": report.created_at.isoformat(),
    }


def report_rows(language: Language, report: Report, write: Callable[[str], str]) -> list[dict[str, Any]]:
    """Make the buttons below a report: none once somebody has decided.

    Args:
        language: The guild's.
        report: As it is now.
        write: Makes the custom id of the control of a name.
    """
    if report.is_closed:
        return []
    buttons = (
        Button(language.say("Claim"), write(CLAIM), is_disabled=report.status is ReportStatus.CLAIMED),
        Button(language.say("Warn"), write(WARN), ButtonStyle.PRIMARY),
        Button(language.say("Time out"), write(TIME_OUT), ButtonStyle.DANGER),
        Button(language.say("Dismiss"), write(DISMISS)),
    )
    return [{"type": _ACTION_ROW, "components": [each.component() for each in buttons]}]


def status_of(language: Language, report: Report) -> str:
    """Write what has become of a report, and by whom."""
    return language.say(
        _STATUSES[report.status],
        moderator=Mention(report.handled_by or 0),
        case=str(report.case_number or "?"),
    )


def outcome_text(language: Language, outcome: Outcome, guild_name: str) -> str:
    """Write what a reporter is told. It never names a moderator."""
    return language.say(_OUTCOMES[outcome], guild=guild_name)


def quoted(content: str) -> str:
    """Write somebody's message so that it reads as they wrote it, line by line, as far as it fits."""
    lines = [literal(line) for line in content.splitlines() if line.strip()]
    text = "\n".join(lines[:_LINES])
    if len(text) <= _CONTENT and len(lines) <= _LINES:
        return text
    kept = text[: _CONTENT - len(_CUT)]
    if (len(kept) - len(kept.rstrip("\\"))) % 2:
        kept = kept[:-1]  # it would escape what follows
    return kept + _CUT


def _author(language: Language, report: Report) -> str:
    mention = language.mention(report.author_id)
    return mention if report.author_tag is None else f"{mention} · {literal(report.author_tag)}"


def _reporters(language: Language, reporters: Sequence[Reporter]) -> str:
    named = [language.mention(each.user_id) for each in reporters[:_NAMED]]
    if len(reporters) > _NAMED:
        named.append(_CUT)
    return f"{language.count(Count(len(reporters), '{n} member', '{n} members'))}: {' '.join(named)}"
