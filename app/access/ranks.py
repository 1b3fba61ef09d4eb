"""Who may be acted on: rules of rank, from plain facts. Pure.

Discord compares only the bot with the member; on whose behalf the bot acts is for us to compare.
"""

from dataclasses import dataclass
from enum import Enum

from app.discord.ranks import Rank


class Outranked(Enum):
    """Why somebody is not acted on; the values are the sentences."""

    SELF = "Nobody does this to themselves. Nothing was done; ask another moderator."
    BOT = "This cannot be done to the bot itself. Nothing was done."
    OWNER = "This cannot be done to the owner of the server. Nothing was done."
    UNKNOWN = (
        "Who stands above whom in this server could not be checked, so nothing was done. "
        "Try again in a moment."
    )
    ACTOR_TOO_LOW = (
        "This member's highest role is not below yours. Nothing was done; ask somebody with a higher role."
    )
    BOT_TOO_LOW = (
        "This member's highest role is not below the bot's. Nothing was done; "
        "move the bot's role up under Server settings -> Roles."
    )


@dataclass(frozen=True, slots=True)
class RankFacts:
    """Who stands where in the guild, as far as one action needs it.

    Attributes:
        owner_id: Whose guild it is.
        bot_id: The bot's own user.
        bot: How high the bot stands.
        actor: How high the actor stands.
        target: How high the target stands; None if it is known not to be in the guild.
    """

    owner_id: int
    bot_id: int
    bot: Rank
    actor: Rank
    target: Rank | None


def outranked(
    actor_id: int, target_id: int, ranks: RankFacts | None, *, is_operator: bool = False
) -> Outranked | None:
    """Tell why `actor_id` may not act on `target_id`, None if ranks allow it.

    Args:
        actor_id: Who acts.
        target_id: On whom.
        ranks: None if they are not known: then nothing is done.
        is_operator: The actor is whoever sits at the machine, who is no member and has no rank; all other
            rules hold.
    """
    if actor_id == target_id:
        return Outranked.SELF
    if ranks is None:
        return Outranked.UNKNOWN
    target = ranks.target
    rules = {
        Outranked.BOT: target_id == ranks.bot_id,
        Outranked.OWNER: target_id == ranks.owner_id,
        Outranked.ACTOR_TOO_LOW: target is not None and not is_operator and ranks.actor <= target,
        Outranked.BOT_TOO_LOW: target is not None and ranks.bot <= target,
    }
    return next((rule for rule, applies in rules.items() if applies), None)
