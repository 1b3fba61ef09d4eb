"""Cases as people read them: in replies to moderators, in lists, and in the log channel. Pure.

Used by commands and by the worker, so that a reply reads the same whoever wrote it last.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from app.discord.reply import Kind, Reply, clip
from app.discord.text import literal
from app.ids import SYSTEM_ID
from app.language import Language, timestamp
from app.moderation.cases import Case
from app.moderation.domain import CaseAction, CaseStatus, DmStatus, Source
from app.moderation.failures import SENTENCES, Failure
from app.moderation.incident_values import Incident
from app.wording import Fact, Mention, Term, message


class _Words(NamedTuple):
    """How an action is called, and as the title of a reply while it is done and once it is."""

    name: str
    doing: str
    done: str


WORDS: Final[dict[CaseAction, _Words]] = {
    CaseAction.NOTE: _Words(message("Note"), message("Noting"), message("Noted")),
    CaseAction.WARN: _Words(message("Warning"), message("Warning"), message("Warned")),
    CaseAction.TIMEOUT: _Words(message("Time-out"), message("Timing out"), message("Timed out")),
    CaseAction.UNTIMEOUT: _Words(
        message("End of time-out"), message("Ending the time-out"), message("Time-out ended")
    ),
    CaseAction.KICK: _Words(message("Kick"), message("Kicking"), message("Kicked")),
    CaseAction.BAN: _Words(message("Ban"), message("Banning"), message("Banned")),
    CaseAction.UNBAN: _Words(message("Unban"), message("Unbanning"), message("Unbanned")),
    CaseAction.PURGE: _Words(message("Purge"), message("Deleting messages"), message("Messages deleted")),
    CaseAction.MASSBAN: _Words(message("Mass ban"), message("Banning"), message("Banned")),
}

STATUSES: Final[dict[CaseStatus, str]] = {
    CaseStatus.PENDING: message("waiting to be done"),
    CaseStatus.ACTIVE: message("in force"),
    CaseStatus.DONE: message("done"),
    CaseStatus.FAILED: message("failed"),
    CaseStatus.EXPIRED: message("over"),
    CaseStatus.LIFTED: message("lifted"),
    CaseStatus.UNDONE: message("undone"),
}

DMS: Final[dict[DmStatus, str]] = {
    DmStatus.PENDING: message("The member is being told by direct message."),
    DmStatus.SENDING: message("The member is being told by direct message."),
    DmStatus.SENT: message("The member was told by direct message."),
    DmStatus.CLOSED: message("The member takes no direct messages, so nobody told them."),
    DmStatus.FAILED: message("Whether the direct message to the member arrived is not certain."),
}
"""What is said of the direct message; nothing where none is due."""

_THE_PLATFORM: Final = message("the platform")

_MARKS: Final[dict[CaseAction, str]] = {
    CaseAction.NOTE: "📝",
    CaseAction.WARN: "⚠️",
    CaseAction.TIMEOUT: "🔇",
    CaseAction.UNTIMEOUT: "🔊",
    CaseAction.KICK: "👢",
    CaseAction.BAN: "🔨",
    CaseAction.UNBAN: "🕊️",
    CaseAction.PURGE: "🧹",
    CaseAction.MASSBAN: "🔨",
}

_ACCENTS: Final[dict[CaseAction, int]] = {
    CaseAction.NOTE: 0x5B6B7B,
    CaseAction.WARN: 0xD9902F,
    CaseAction.TIMEOUT: 0xD9902F,
    CaseAction.UNTIMEOUT: 0x2E9E5B,
    CaseAction.KICK: 0xC83E4D,
    CaseAction.BAN: 0xC83E4D,
    CaseAction.UNBAN: 0x2E9E5B,
    CaseAction.PURGE: 0x5B6B7B,
    CaseAction.MASSBAN: 0xC83E4D,
}

_FIELD: Final = 1024
"""Characters of one field of an embed (Discord: resources/message, "Embed Limits")."""

_SHORT: Final = 40
"""Characters up to which a field stands beside others."""

_SHOWN_REASON: Final = 120
"""Characters of a reason in a list, so that a page of the longest fits into one reply, escaped."""

_SHOWN_QUOTE: Final = 300
"""Characters of a quoted message in a reply."""

_OVER: Final[dict[CaseStatus, str]] = {
    CaseStatus.EXPIRED: message("Over"),
    CaseStatus.LIFTED: message("Lifted"),
    CaseStatus.UNDONE: message("Undone"),
}
"""What a case was and is no more -> the title of its reply, whether or not it was carried out before."""


def decided_by(decision: Case | Incident) -> Mention | Term:
    """Name whoever decided: a moderator, or the platform itself."""
    by_us = decision.moderator_id == SYSTEM_ID
    return Term(_THE_PLATFORM) if by_us else Mention(decision.moderator_id)


def case_reply(language: Language, cases: Sequence[Case], *, ephemeral: bool = False) -> Reply:
    """Write the reply to whoever decided: what is done, or is being done, to whom and why.

    Args:
        language: The moderator's.
        cases: What one command opened: the case, and what the escalation ladder added.
        ephemeral: Whether only the moderator sees it.
    """
    first = cases[0]
    lines = [line for case in cases for line in _lines(language, case)]
    return Reply(_kind(first), _title(language, first), tuple(lines), ephemeral=ephemeral)


def needless_reply(language: Language, case: Case) -> Reply:
    """Tell the second of two moderators which case there is already."""
    facts: dict[str, Fact] = {
        "member": Mention(case.user_id),
        "number": str(case.number),
        "moderator": decided_by(case),
        "action": Term(WORDS[case.action].name),
    }
    lines = [
        language.say(
            "{action} of {member}: case #{number} by {moderator} says so already. Nothing was done twice.",
            **facts,
        )
    ]
    if case.status is CaseStatus.PENDING:
        lines.append(language.say("It is being carried out."))
    elif case.expires_at is not None:
        lines.append(language.say("It ends {at}.", at=case.expires_at))
    else:
        lines.append(language.say("It has no end; `/case undo` takes it back."))
    return Reply(Kind.REFUSED, language.say("Already decided"), tuple(lines), ephemeral=True)


def case_line(language: Language, case: Case, *, with_member: bool = True) -> str:
    """Write a case on one line of a list."""
    parts = [_head(language, case)]
    if with_member and case.user_id:
        parts.append(language.mention(case.user_id))
    parts += [language.say(STATUSES[case.status]), timestamp(case.created_at)]
    if case.reason is not None:
        parts.append(literal(clip(case.reason, _SHOWN_REASON)))
    line = " · ".join(parts)
    return f"~~{line}~~" if case.status is CaseStatus.UNDONE else line


def case_facts(language: Language, case: Case) -> list[str]:
    """Write everything about a case, the fact first."""
    lines = [
        " · ".join((_head(language, case), language.say(STATUSES[case.status]))),
    ]
    if case.user_id:
        tag = case.user_tag or "?"
        lines.append(language.say("Member: {member} ({tag})", member=Mention(case.user_id), tag=tag))
    lines.append(language.say("Moderator: {moderator}", moderator=decided_by(case)))
    lines.append(language.say("Decided {at}", at=case.created_at))
    lines += _details(language, case)
    if case.source is not Source.MANUAL:
        lines.append(language.say("Source: {source}", source=case.source.value))
    if case.resolved_at is not None and case.resolved_by is not None:
        lines.append(
            language.say(
                "Dealt with by {moderator} {at}", moderator=Mention(case.resolved_by), at=case.resolved_at
            )
        )
    return lines


def log_embed(language: Language, case: Case, *, evidence: str | None = None) -> dict[str, Any]:
    """Write the log channel's message about a case, as Discord's embed.

    Args:
        language: The guild's.
        case: As it is now.
        evidence: A line about a file that belongs to it, None if there is none.
    """
    name = language.say(WORDS[case.action].name)
    fields = [
        (language.say("Member"), _member(language, case)),
        (language.say("Moderator"), decider(language, case)),
        (language.say("Status"), _status(language, case)),
        (language.say("Reason"), literal(case.reason) if case.reason else None),
        (language.say("Quoted"), literal(case.details["quote"]) if case.details.get("quote") else None),
        (language.say("Channel"), _channel(case)),
        (language.say("Until"), _until(case)),
        (language.say("Direct message"), _dm(language, case)),
        (language.say("Evidence"), evidence),
    ]
    if case.action is CaseAction.PURGE and case.status is CaseStatus.DONE:
        fields.append((language.say("Messages"), language.number(case.details.get("deleted", 0))))
    return {
        "title": f"{_MARKS[case.action]} {language.say('Case #{number}', number=str(case.number))} · {name}",
        "color": _ACCENTS[case.action] if case.status not in _OVER else 0x5B6B7B,
        "fields": [
            {"name": title, "value": clip(value, _FIELD), "inline": len(value) <= _SHORT}
            for title, value in fields
            if value
        ],
        "footer": {"text": case.mark},
        "timestamp": case.created_at.isoformat(),
    }


def _head(language: Language, case: Case) -> str:
    return f"**#{case.number}** {_MARKS[case.action]} {language.say(WORDS[case.action].name)}"


def _title(language: Language, case: Case) -> str:
    if case.status is CaseStatus.FAILED:
        return language.say("Not done")
    words = WORDS[case.action]
    done = _OVER.get(case.status, words.done)
    return language.say(words.doing if case.status is CaseStatus.PENDING else done)


def _kind(case: Case) -> Kind:
    if case.status is CaseStatus.FAILED:
        return Kind.REFUSED
    return Kind.INFO if case.status is CaseStatus.PENDING else Kind.DONE


def _lines(language: Language, case: Case) -> list[str]:
    """Write what a reply says of one case: fact, failure, details, direct message."""
    facts: dict[str, Fact] = {"number": str(case.number), "member": Mention(case.user_id)}
    words = WORDS[case.action]
    doing = Term(words.doing if case.status is CaseStatus.PENDING else words.name)
    if case.user_id:
        first = language.say("**Case #{number}**: {action} · {member}", action=doing, **facts)
    else:
        first = language.say("**Case #{number}**: {action}", number=str(case.number), action=doing)
    return [first, *_details(language, case)]


def _details(language: Language, case: Case) -> list[str]:
    lines = []
    if case.failure is not None:
        lines.append(language.say(SENTENCES[Failure(case.failure)]))
    if case.reason is not None:
        lines.append(language.say("For: {reason}", reason=case.reason))
    if case.details.get("quote"):
        lines.append(language.say("Quoted: {quote}", quote=clip(case.details["quote"], _SHOWN_QUOTE)))
    if case.expires_at is not None and case.failure is None:
        lines.append(language.say("Ends {at}", at=case.expires_at))
    if case.details.get("unchanged"):
        lines.append(language.say("There was nothing to lift in Discord."))
    channel = _channel(case)
    if channel is not None:
        lines.append(f"{language.say('Channel')}: {channel}")
    if case.action is CaseAction.PURGE and case.status is CaseStatus.DONE:
        lines.append(language.say("Deleted: {count}", count=int(case.details.get("deleted", 0))))
    told = _dm(language, case)
    if told is not None:
        lines.append(f"-# {told}")
    if case.details.get("not_ended") and case.status is CaseStatus.ACTIVE:
        lines.append(
            language.say("Its time is over, but it could not be lifted:")
            + " "
            + language.say(SENTENCES[Failure(case.details["not_ended"])])
        )
    return lines


def _member(language: Language, case: Case) -> str | None:
    if not case.user_id:
        return None
    mention = language.mention(case.user_id)
    return mention if case.user_tag is None else f"{mention} · {literal(case.user_tag)}"


def _status(language: Language, case: Case) -> str:
    status = language.say(STATUSES[case.status])
    if case.failure is not None:
        status += ": " + language.say(SENTENCES[Failure(case.failure)])
    if case.resolved_at is not None:
        status += " · " + language.say("dealt with")
    return status


def decider(language: Language, case: Case | Incident) -> str:
    """Write whoever decided: a moderator, or the platform itself."""
    by_us = case.moderator_id == SYSTEM_ID
    return language.say(_THE_PLATFORM) if by_us else language.mention(case.moderator_id)


def _until(case: Case) -> str | None:
    if case.expires_at is None:
        return None
    return f"{timestamp(case.expires_at, 'f')} ({timestamp(case.expires_at)})"


def _channel(case: Case) -> str | None:
    """Name where messages are deleted, so that it can be clicked; of anything else there is no channel."""
    channel_id = case.details.get("channel_id")
    return None if channel_id is None else f"<#{int(channel_id)}>"


def _dm(language: Language, case: Case) -> str | None:
    was_told = case.dm_status is DmStatus.SENT  # also of what could not be done in the end
    if case.dm_status is DmStatus.NONE or (case.failure is not None and not was_told):
        return None
    return language.say(DMS[case.dm_status])
