"""Incidents as people read them: in replies to moderators and in the log channel. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from app.discord.reply import Kind, Reply, clip
from app.discord.text import literal
from app.language import Language
from app.moderation.cases import Case
from app.moderation.domain import CaseStatus
from app.moderation.failures import SENTENCES, Failure
from app.moderation.incident_values import Incident, IncidentKind
from app.moderation.rendering import STATUSES, WORDS, decided_by, decider
from app.wording import Count, Term, message

KINDS: Final[dict[IncidentKind, str]] = {
    IncidentKind.MASSBAN: message("Mass ban"),
    IncidentKind.BURST: message("Burst"),
    IncidentKind.RAID: message("Raid"),
}

_NAMED: Final = 10
"""Members who are named for each reason why something was not done."""

_LIST: Final = 3_500
"""Characters of the list in the log's embed: together with its fields they fit (Discord: 6,000)."""

_FIELD: Final = 1_024
_ALIVE, _OVER = 0xC83E4D, 0x5B6B7B


def case_count(count: int) -> Count:
    """Count cases."""
    return Count(count, "{n} case", "{n} cases")


def incident_reply(language: Language, incident: Incident, cases: Sequence[Case]) -> Reply:
    """Write the reply to whoever decided about many at once: how many, what became of them, why not.

    Args:
        language: The moderator's.
        incident: The incident.
        cases: What the interaction opened in it, at least one.
    """
    statuses = {case.status for case in cases}
    words = WORDS[cases[0].action]
    if CaseStatus.PENDING in statuses:
        kind, title = Kind.INFO, words.doing
    elif statuses == {CaseStatus.FAILED}:
        kind, title = Kind.REFUSED, message("Not done")
    elif statuses & {CaseStatus.ACTIVE, CaseStatus.DONE}:
        kind, title = Kind.DONE, words.done
    else:
        kind, title = Kind.DONE, message("Over")
    lines = [
        language.say(
            "**Incident #{number}**: {action} · {cases}",
            number=str(incident.number),
            action=Term(words.name),
            cases=case_count(len(cases)),
        ),
        *(f"- {line}" for line in case_counts(language, cases)),
        *_failures(language, cases),
    ]
    if cases[0].reason is not None:
        lines.append(language.say("For: {reason}", reason=cases[0].reason))
    lines.append(
        "-# "
        + language.say(
            "`/incident view number:{number}` lists them, `/incident undo` takes all of it back.",
            number=str(incident.number),
        )
    )
    return Reply(kind, language.say(title), tuple(lines), ephemeral=True)


def incident_facts(language: Language, incident: Incident, cases: Sequence[Case]) -> list[str]:
    """Write what an incident is and how its cases stand."""
    lines = [
        f"{language.say(KINDS[incident.kind])} · {language.count(case_count(len(cases)))}",
        language.say("Moderator: {moderator}", moderator=decided_by(incident)),
        language.say("Decided {at}", at=incident.created_at),
    ]
    if incident.reason is not None:
        lines.append(language.say("For: {reason}", reason=incident.reason))
    return lines + [f"- {line}" for line in case_counts(language, cases)]


def incident_embed(language: Language, incident: Incident, cases: Sequence[Case]) -> dict[str, Any]:
    """Write the log channel's message about an incident, as Discord's embed.

    It lists the cases by number, as many as fit, and says how many it does not.
    """
    is_over = all(case.status not in {CaseStatus.PENDING, CaseStatus.ACTIVE} for case in cases)
    number, kind = str(incident.number), language.say(KINDS[incident.kind])
    fields = [
        (language.say("Moderator"), decider(language, incident), True),
        (language.say("Status"), "\n".join(case_counts(language, cases)), True),
        (language.say("Reason"), literal(incident.reason) if incident.reason else None, False),
    ]
    return {
        "title": f"🚨 {language.say('Incident #{number}', number=number)} · {kind}",
        "color": _OVER if is_over else _ALIVE,
        "description": _listed(language, cases),
        "fields": [
            {"name": name, "value": clip(value, _FIELD), "inline": is_inline}
            for name, value, is_inline in fields
            if value
        ],
        "footer": {"text": incident.mark},
        "timestamp": incident.created_at.isoformat(),
    }


def _listed(language: Language, cases: Sequence[Case]) -> str:
    lines: list[str] = []
    room = _LIST
    for place, case in enumerate(cases):
        parts = [
            f"`#{case.number}`",
            language.say(WORDS[case.action].name),
            language.mention(case.user_id),
            language.say(STATUSES[case.status]),
        ]
        line = " · ".join(parts)
        room -= len(line) + 1
        if room < 0:
            lines.append(language.say("and {count} more", count=len(cases) - place))
            break
        lines.append(line)
    return "\n".join(lines)


def case_counts(language: Language, cases: Sequence[Case]) -> list[str]:
    """Write how many cases of each action are in each status, in the order they were decided."""
    counted = Counter((case.action, case.status) for case in cases)
    return [
        f"{language.say(WORDS[action].name)} · {language.say(STATUSES[status])}: {language.number(count)}"
        for (action, status), count in counted.items()
    ]


def _failures(language: Language, cases: Sequence[Case]) -> list[str]:
    """Write why what was not done was not, and of whom."""
    failed: dict[str, list[Case]] = {}
    for case in cases:
        if case.failure is not None:
            failed.setdefault(case.failure, []).append(case)
    lines = []
    for failure, about in failed.items():
        named = ", ".join(language.mention(case.user_id) for case in about[:_NAMED])
        if len(about) > _NAMED:
            named += " " + language.say("and {count} more", count=len(about) - _NAMED)
        lines.append(f"- {named}: {language.say(SENTENCES[Failure(failure)])}")
    return lines
