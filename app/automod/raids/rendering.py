"""Raid mode as people read it: in replies to managers, and in the log channel. Pure."""

from typing import Any, Final

from app.automod.raids.mode import Standing
from app.automod.raids.state import Raid
from app.language import Language
from app.wording import Count, Mention

_OVER: Final = 0x5B6B7B
_NAMED: Final = 10


def raid_over_embed(language: Language, raid: Raid) -> dict[str, Any]:
    """Write that raid mode has ended by itself, as Discord's embed."""
    return {
        "title": f"🛡️ {language.say('Raid mode is over')}",
        "color": _OVER,
        "description": "\n".join(
            (
                language.say(
                    "{moderator} switched it on {at}; its time is over.",
                    moderator=Mention(raid.moderator_id),
                    at=raid.began_at,
                ),
                language.say(
                    "Invites work again, channels and rules are as they were; "
                    "what somebody changed meanwhile stays."
                ),
            )
        ),
        "footer": {"text": raid.mark},
        "timestamp": raid.until.isoformat(),
    }


def standing_lines(language: Language, standing: Standing) -> list[str]:
    """Write how raid mode stands, and what could not be done."""
    raid, paused = standing.raid, standing.paused
    if raid is None:
        lines = [language.say("Raid mode is off.")]
    else:
        lines = [
            language.say(
                "Raid mode is on until {at}; {moderator} switched it on.",
                at=raid.until,
                moderator=Mention(raid.moderator_id),
            )
        ]
    if paused is not None and paused.is_refused:
        lines.append(
            language.say("⚠️ Invites are **not** paused: the bot lacks the permission “Manage Server”.")
        )
    elif paused is not None and paused.invites_until is not None:
        lines.append(language.say("Invites are paused until {at}.", at=paused.invites_until))
    if raid is not None and raid.is_slow_refused:
        lines.append(language.say("⚠️ No channel is slowed: the bot may not look which there are."))
    slowed = [f"<#{each.channel_id}>" for each in standing.slowed if not each.is_refused]
    refused = [f"<#{each.channel_id}>" for each in standing.slowed if each.is_refused]
    if slowed:
        lines.append(
            language.count(Count(len(slowed), "Slowed: {n} channel", "Slowed: {n} channels"))
            + f" · {_some(language, slowed)}"
        )
    if refused:
        lines.append(
            language.say("⚠️ **Not** slowed, the bot lacks “Manage Channels” there:")
            + f" {_some(language, refused)}"
        )
    return lines


def _some(language: Language, named: list[str]) -> str:
    shown = ", ".join(named[:_NAMED])
    if len(named) > _NAMED:
        shown += " " + language.say("and {count} more", count=len(named) - _NAMED)
    return shown
