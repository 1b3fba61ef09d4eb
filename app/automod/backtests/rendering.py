"""Backtests as people read them. Pure. Of the messages there are links, and nothing of what was written."""

from collections.abc import Sequence
from typing import Final

from app.automod.backtests.trial import says_nothing_about
from app.automod.backtests.values import FAILURES, Backtest, BacktestView, Found, Punished, State
from app.discord.reply import Button, Kind, Reply
from app.discord.text import literal
from app.language import Language
from app.moderation.rendering import WORDS
from app.wording import Count, message

CANCEL: Final = "backtest-end"
"""The button that ends a backtest."""

_NAMED: Final = 10
_CHANNELS: Final = 5
_LINKED: Final = 5
_RULES: Final = 5

_TITLES: Final = {
    State.QUEUED: message("Backtest"),
    State.RUNNING: message("Backtest"),
    State.DONE: message("Backtest: done"),
    State.CANCELLED: message("Backtest: cancelled"),
    State.FAILED: message("Backtest: ended early"),
}

_LOOKING: Final = message("Looking through the last {messages}:")
_LOOKED: Final = message("The last {messages}:")


def message_count(count: int) -> Count:
    """Count messages."""
    return Count(count, "{n} message", "{n} messages")


def backtest_reply(
    language: Language, view: BacktestView, cancel_id: str, *, replaces: bool = False
) -> Reply:
    """Write how far a backtest is, or what came of it.

    Args:
        language: The reader's.
        view: What is known.
        cancel_id: The custom id of the button that ends it; shown while it goes on.
        replaces: Whether it stands in place of the message whose button was pressed.
    """
    backtest = view.backtest
    lines = [_subject(language, backtest), _counts(language, view)]
    if backtest.reason is not None:
        lines.append(language.say(FAILURES[backtest.reason]))
    if not backtest.is_open:
        lines += _remarks(language, backtest)
        lines += _punished(language, view.punished)
        lines += _links(language, backtest, view.found)
    nothing = language.say("Nothing was done to anybody. Only ids and verdicts are kept, for 24 hours.")
    lines.append(f"-# {nothing}")
    controls = ((Button(language.say("Cancel"), cancel_id),),) if backtest.is_open else ()
    return Reply(
        _kind(backtest),
        language.say(_TITLES[backtest.state]),
        tuple(lines),
        ephemeral=True,
        controls=controls,
        replaces=replaces,
    )


def _kind(backtest: Backtest) -> Kind:
    if backtest.state is State.DONE:
        return Kind.DONE
    return Kind.REFUSED if backtest.state is State.FAILED else Kind.INFO


def _subject(language: Language, backtest: Backtest) -> str:
    """Say what is tried on what."""
    names = [literal(each.rule.name) for each in backtest.rules]
    where = _some(language, [f"<#{each}>" for each in backtest.channel_ids], _CHANNELS)
    which = _some(language, [f"**{each}**" for each in names], _RULES)
    said = _LOOKING if backtest.is_open else _LOOKED
    return f"{language.say(said, messages=message_count(backtest.wanted))} {where} · {which}"


def _counts(language: Language, view: BacktestView) -> str:
    backtest = view.backtest
    if backtest.state is State.QUEUED:
        return language.say("It begins in a moment.")
    said = language.say(
        "{messages} looked at, {hits} would have been hit.",
        messages=message_count(backtest.fetched),
        hits=backtest.hits,
    )
    if view.false_positives:
        said += " " + language.say("Marked as wrong: {count}.", count=view.false_positives)
    return said


def _remarks(language: Language, backtest: Backtest) -> list[str]:
    """Say what the numbers do not tell."""
    lines = []
    if not backtest.fetched and backtest.state is State.DONE:
        lines.append(
            language.say("Discord shows the bot no messages there. It needs “Read Message History” for that.")
        )
    silent = [each.rule.name for each in backtest.rules if says_nothing_about(each.rule)]
    lines += [
        language.say("“{rule}” looks at who joins or at names: messages say nothing about it.", rule=each)
        for each in silent[:_RULES]
    ]
    lines += [
        language.say("“{rule}” broke, so it was not asked any more.", rule=each)
        for each in backtest.broken[:_RULES]
    ]
    return lines


def _punished(language: Language, punished: Sequence[Punished]) -> list[str]:
    if not punished:
        return []
    lines = [language.say("Who would have been hit, and what would have been done:")]
    for each in punished[:_NAMED]:
        what = message("no sanction") if each.measure is None else WORDS[each.measure.action].name
        parts = [
            language.mention(each.user_id),
            language.say(what),
            language.count(message_count(each.messages)),
        ]
        lines.append("- " + " · ".join(parts))
    if len(punished) > _NAMED:
        lines.append(language.say("and {count} more", count=len(punished) - _NAMED))
    return lines


def _links(language: Language, backtest: Backtest, found: Sequence[Found]) -> list[str]:
    if not found:
        return []
    by_message: dict[tuple[int, int], list[str]] = {}
    for each in found:
        by_message.setdefault((each.channel_id, each.message_id), []).append(literal(each.rule_name))
    lines = [language.say("The newest hits:")]
    for (channel_id, message_id), names in list(by_message.items())[:_LINKED]:
        link = f"https://discord.com/channels/{backtest.guild_id}/{channel_id}/{message_id}"
        lines.append(f"- {link} · {_some(language, names, _RULES)}")
    return lines


def _some(language: Language, named: Sequence[str], most: int) -> str:
    shown = ", ".join(named[:most])
    if len(named) > most:
        shown += " " + language.say("and {count} more", count=len(named) - most)
    return shown
