"""Which roles a member should have: what rooms want, what we gave, what is there. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
        reason: For Discord's audit log, when the role is given or taken for it: a sentence of its own.
        since: Since when it is due, None if the room does not know.
    """

    role_id: int
    is_due: bool
    why: str
    reason: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wants:
    """What a room that is switched on has to say about one member.

    Attributes:
        why: The room.
        claims: One per role.
        lost: For Discord's audit log, when a role is taken that the room once gave and no longer mentions;
            None if members keep such a role.
    """

    why: str
    claims: tuple[Claim, ...]
    lost: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """The note that we gave a member a role.

    Attributes:
        why: The room that wanted it.
        seen_at: When Discord was seen to show it; None if it was given, and nobody has looked since.
    """

    why: str
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """What all rooms together have to say about one member.

    Attributes:
        claims: One per role.
        granted: The roles we gave, without those of rooms that are switched off: these stay as they are.
    """

    claims: tuple[Claim, ...]
    granted: frozenset[int]


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
TOO_POWERFUL: Final = message("The role gives power over people or the server, so it must not be handed out.")
HAS_LEVEL: Final = message("The role carries an access level, so it must not be handed out.")


def compose(rooms: Iterable[Wants], grants: Mapping[int, Grant]) -> Composed:
    """Make one answer of what several rooms say: a role is due if any of them says so.

    Args:
        rooms: Those that are switched on.
        grants: The roles we gave the member, for whichever room.
    """
    listed = list(rooms)
    claims: dict[int, Claim] = {}
    for claim in (each for room in listed for each in room.claims):
        first = claims.setdefault(claim.role_id, claim)
        if claim.is_due and not first.is_due:
            claims[claim.role_id] = claim
    lost = {room.why: room.lost for room in listed}
    granted = {role_id: grant for role_id, grant in grants.items() if grant.why in lost}
    for role_id, grant in granted.items():
        reason = lost[grant.why]
        if role_id not in claims and reason is not None:
            claims[role_id] = Claim(role_id, is_due=False, why=grant.why, reason=reason)
    return Composed(tuple(claims.values()), frozenset(granted))


def was_taken(
    claim: Claim, grant: Grant | None, *, actual: Collection[int], joined_at: datetime | None
) -> bool:
    """Tell whether somebody took a role from a member who should have it: it was there, and is not.

    What was given and never seen may have been lost on the way; whoever came back has lost all roles; and
    what was seen before the role became due says nothing about it. Where Discord or the room does not say
    since when, nothing was taken.
    """
    if not claim.is_due or claim.role_id in actual or grant is None or grant.seen_at is None:
        return False
    if claim.since is None or joined_at is None:
        return False
    return grant.seen_at >= claim.since and grant.seen_at >= joined_at


def to_note_as_seen(
    claims: Iterable[Claim],
    grants: Mapping[int, Grant],
    *,
    actual: Collection[int],
    joined_at: datetime | None,
) -> frozenset[int]:
    """Tell which granted roles a member shows of whom nothing as new was written down."""
    found = set()
    for claim in claims:
        grant = grants.get(claim.role_id)
        if not claim.is_due or claim.role_id not in actual or grant is None:
            continue
        begun = [instant for instant in (claim.since, joined_at) if instant is not None]
        if grant.seen_at is None or any(grant.seen_at < instant for instant in begun):
            found.add(claim.role_id)
    return frozenset(found)


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
