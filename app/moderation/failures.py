"""Why a case could not be carried out: what is kept, and the sentence a moderator reads. Pure."""

from enum import StrEnum
from typing import Final

from app.access.ranks import Outranked
from app.discord.port import DiscordError
from app.wording import message


class Failure(StrEnum):
    """The values are kept."""

    NOT_A_MEMBER = "not_a_member"
    CAME_BACK = "came_back"
    ALREADY_BANNED = "already_banned"
    NO_SUCH_ACCOUNT = "no_such_account"
    BOT_LACKS = "bot_lacks"
    BOT_TOO_LOW = "bot_too_low"
    MODERATOR_TOO_LOW = "moderator_too_low"
    MODERATOR_MAY_NOT = "moderator_may_not"
    MODERATOR_GONE = "moderator_gone"
    PROTECTED = "protected"
    BOT_GONE = "bot_gone"
    CHANNEL_GONE = "channel_gone"
    OWNER_NEEDS_2FA = "owner_needs_2fa"
    OVERTAKEN = "overtaken"
    TOO_LATE = "too_late"
    DISCORD_SAID_NO = "discord_said_no"
    BROKEN = "broken"


SENTENCES: Final[dict[Failure, str]] = {
    Failure.NOT_A_MEMBER: message(
        "This member is not in the server (any more). Nothing was done; a ban works by id, too."
    ),
    Failure.CAME_BACK: message(
        "This member left and came back after the decision. Nothing was done; decide again if it still holds."
    ),
    Failure.ALREADY_BANNED: message(
        "Somebody had banned this account before. Nothing was changed; "
        "that ban has its own reason in Discord's audit log."
    ),
    Failure.NO_SUCH_ACCOUNT: message("Discord does not know this account (any more). Nothing was done."),
    Failure.BOT_LACKS: message(
        "The bot lacks a permission for this, or its role is not above this member's. Nothing was done; "
        "look at its role under Server settings -> Roles."
    ),
    Failure.BOT_TOO_LOW: message(
        "This member's highest role is not below the bot's. Nothing was done; "
        "move the bot's role up under Server settings -> Roles."
    ),
    Failure.MODERATOR_TOO_LOW: message(
        "When it was to be done, the member's highest role was no longer below the moderator's. "
        "Nothing was done."
    ),
    Failure.MODERATOR_MAY_NOT: message(
        "When it was to be done, the moderator was no longer allowed to. Nothing was done."
    ),
    Failure.MODERATOR_GONE: message(
        "When it was to be done, the moderator had left the server. Nothing was done; decide again."
    ),
    Failure.PROTECTED: message("This is done to nobody who owns the server, to oneself or to the bot."),
    Failure.BOT_GONE: message("The bot is no longer in this server. Nothing was done."),
    Failure.CHANNEL_GONE: message(
        "The channel is gone, or the bot does not see it (any more). Not everything was done."
    ),
    Failure.OWNER_NEEDS_2FA: message(
        "The server asks moderators for two-factor authentication, and whoever owns the bot has none. "
        "Nothing was done."
    ),
    Failure.OVERTAKEN: message(
        "Somebody decided otherwise before this could be done. Nothing was done; the newer case holds."
    ),
    Failure.TOO_LATE: message(
        "Its time was over before it could be done. Nothing was done; decide again if it still holds."
    ),
    Failure.BROKEN: message(
        "Something broke on our side: Discord did not understand the request. Nothing was done; "
        "the log of the worker has it."
    ),
    Failure.DISCORD_SAID_NO: message("Discord does not let the bot do this. Nothing was done."),
}
"""What is kept -> the sentence."""

OUTRANKED: Final[dict[Outranked, Failure]] = {
    Outranked.SELF: Failure.PROTECTED,
    Outranked.BOT: Failure.PROTECTED,
    Outranked.OWNER: Failure.PROTECTED,
    Outranked.ACTOR_TOO_LOW: Failure.MODERATOR_TOO_LOW,
    Outranked.BOT_TOO_LOW: Failure.BOT_TOO_LOW,
}
"""A rule of rank -> how it reads when the case had been opened before. `UNKNOWN` is no failure: try again."""

_BY_NUMBER: Final[dict[int, Failure]] = {
    10003: Failure.CHANNEL_GONE,
    10007: Failure.NOT_A_MEMBER,
    10013: Failure.NO_SUCH_ACCOUNT,
    10004: Failure.BOT_GONE,
    50001: Failure.CHANNEL_GONE,
    50013: Failure.BOT_LACKS,
    60003: Failure.OWNER_NEEDS_2FA,
}


def failure_of(error: DiscordError) -> Failure:
    """Tell what an answer of Discord's that will not change means for a case."""
    return _BY_NUMBER.get(error.number, Failure.DISCORD_SAID_NO)
