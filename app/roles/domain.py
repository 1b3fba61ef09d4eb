"""Which roles a member should have: what rooms want, what we gave, what is there. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from app.discord.permissions import DANGEROUS
from app.discord.port import DiscordGuild
from app.discord.ranks import Rank, rank_of_role
from app.wording import message


class Desired(Enum):
    """What should be of one role of one member."""

    PRESENT = "present"
    ABSENT = "absent"
    """Said only of what we gave."""
    NOT_OURS = "not ours"
    """Whoever gave or took it had their reasons."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a room has to say about one role of one member.

    Attributes:
        role_id: Which role.
        is_due: Whether the member should have it.
        why: The room.
        reason: For Discord's audit log.
    """

    role_id: int
    is_due: bool
    why: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be done to a member's roles.

    Attributes:
        add: What the member should have and has not.
        remove: What we gave and the member should not have any longer.
        forget: Grants that say nothing true any more: a role somebody took, or that nobody claims.
        refused: Role -> why it is not given: a message.
    """

    add: tuple[Claim, ...] = ()
    remove: tuple[Claim, ...] = ()
    forget: frozenset[int] = frozenset()
    refused: Mapping[int, str] = field(default_factory=dict)


GONE: Final = message("The role is not there any longer.")
MANAGED: Final = message("The role belongs to an integration, so nobody can give it.")
TOO_HIGH: Final = message("The role is not below the bot's own highest role.")
TOO_POWERFUL: Final = message("The role gives power over people or the server, which bytes must not buy.")
HAS_LEVEL: Final = message("The role carries an access level, which bytes must not buy.")


def desired(claim: Claim, *, is_granted: bool) -> Desired:
    """Tell what should be of a role that a room claims."""
    if claim.is_due:
        return Desired.PRESENT
    return Desired.ABSENT if is_granted else Desired.NOT_OURS


def refusal(guild: DiscordGuild, role_id: int, bot: Rank, with_level: Collection[int]) -> str | None:
    """Tell why a role must not be handed out, None if it may be.

    Asked at each grant, whatever was checked when it was configured: a role can be changed later.
    """
    role = guild.roles.get(role_id)
    if role is None or role_id == guild.guild_id:
        return GONE
    if role.is_managed:
        return MANAGED
    if role.permissions & DANGEROUS:
        return TOO_POWERFUL
    if role_id in with_level:
        return HAS_LEVEL
    if rank_of_role(role) >= bot:
        return TOO_HIGH
    return None


def changes(
    claims: Iterable[Claim],
    *,
    granted: Collection[int],
    actual: Collection[int],
    guild: DiscordGuild,
    bot: Rank,
    with_level: Collection[int] = (),
) -> Changes:
    """Work out what is to be done to one member.

    Args:
        claims: What the rooms say, one line per role.
        granted: The roles we gave this member.
        actual: The roles the member has.
        guild: The guild as it is now.
        bot: How high the bot stands.
        with_level: Roles that carry an access level of ours.
    """
    add, remove, refused = [], [], {}
    claimed = set()
    forget = set()
    for claim in claims:
        claimed.add(claim.role_id)
        match desired(claim, is_granted=claim.role_id in granted):
            case Desired.PRESENT if claim.role_id not in actual:
                why_not = refusal(guild, claim.role_id, bot, with_level)
                if why_not is None:
                    add.append(claim)
                else:
                    refused[claim.role_id] = why_not
            case Desired.ABSENT if claim.role_id not in actual or claim.role_id not in guild.roles:
                forget.add(claim.role_id)
            case Desired.ABSENT:
                remove.append(claim)
            case _:
                pass
    # A reward that was taken out of the config is nobody's concern any more: members keep what they have.
    forget |= set(granted) - claimed
    return Changes(tuple(add), tuple(remove), frozenset(forget), refused)
