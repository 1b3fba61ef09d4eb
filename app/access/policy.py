"""The decision who may do what, and the one table it rests on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.access.domain import Level
from app.access.ranks import RankFacts, outranked
from app.discord.permissions import TITLES, Permission, holds
from app.guilds.domain import Actor, Via
from app.wording import Fact, Term, message


class Action(StrEnum):
    """What can be asked for."""

    USE_HELP = "help.use"
    USE_PRIVACY = "privacy.use"
    USE_BYTES = "bytes.use"
    GRANT_BYTES = "bytes.grant"
    TAKE_BYTES = "bytes.take"
    UNDO_BYTES = "bytes.undo"
    VIEW_OTHERS_HISTORY = "bytes.view_others_history"
    USE_SQUADS = "squads.use"
    CONFIGURE = "configure"
    VIEW_AUTOMOD = "automod.view"
    HANDLE_RAID = "raid.handle"
    VIEW_OWN_CASES = "cases.view_own"
    REPORT_MESSAGE = "reports.make"


class ModerationAction(StrEnum):
    """What moderators can ask for. Apart from `Action`, because ranks decide about most of it, too."""

    WARN = "moderation.warn"
    NOTE = "moderation.note"
    TIMEOUT = "moderation.timeout"
    UNTIMEOUT = "moderation.untimeout"
    KICK = "moderation.kick"
    BAN = "moderation.ban"
    UNBAN = "moderation.unban"
    MASSBAN = "moderation.massban"
    PURGE = "moderation.purge"
    VIEW_CASES = "moderation.view_cases"
    EDIT_CASE = "moderation.edit_case"
    RESOLVE_CASE = "moderation.resolve_case"
    UNDO_CASE = "moderation.undo_case"
    HANDLE_REPORT = "moderation.handle_report"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an actor needs for an action: either suffices, and if both are None, every member may.

    Attributes:
        permission: Discord's; of several bits, all.
        level: Ours, this one or a higher. Manage Server counts as the highest, so where there is a level,
            there is always somebody who may.
    """

    permission: Permission | None = None
    level: Level | None = None


_MODERATE = Requirement(Permission.MODERATE_MEMBERS, Level.MODERATOR)

REQUIREMENTS: dict[Action | ModerationAction, Requirement] = {
    Action.USE_HELP: Requirement(),
    Action.USE_PRIVACY: Requirement(),
    Action.USE_BYTES: Requirement(),
    Action.GRANT_BYTES: Requirement(Permission.MANAGE_GUILD, Level.MANAGER),
    Action.TAKE_BYTES: Requirement(Permission.MANAGE_GUILD, Level.MANAGER),
    Action.UNDO_BYTES: Requirement(Permission.MANAGE_GUILD, Level.MANAGER),
    Action.VIEW_OTHERS_HISTORY: Requirement(Permission.MODERATE_MEMBERS, Level.MODERATOR),
    Action.USE_SQUADS: Requirement(),
    Action.CONFIGURE: Requirement(Permission.MANAGE_GUILD, Level.MANAGER),
    Action.VIEW_AUTOMOD: Requirement(Permission.MANAGE_GUILD, Level.MANAGER),
    Action.HANDLE_RAID: Requirement(Permission.MANAGE_GUILD, Level.MANAGER),
    Action.VIEW_OWN_CASES: Requirement(),
    Action.REPORT_MESSAGE: Requirement(),
    ModerationAction.WARN: _MODERATE,
    ModerationAction.NOTE: _MODERATE,
    ModerationAction.TIMEOUT: _MODERATE,
    ModerationAction.UNTIMEOUT: _MODERATE,
    ModerationAction.KICK: Requirement(Permission.KICK_MEMBERS, Level.MODERATOR),
    ModerationAction.BAN: Requirement(Permission.BAN_MEMBERS, Level.MODERATOR),
    ModerationAction.UNBAN: Requirement(Permission.BAN_MEMBERS, Level.MODERATOR),
    # No level: Manage Server counts as the highest one, and must not do without Ban Members.
    ModerationAction.MASSBAN: Requirement(Permission.BAN_MEMBERS | Permission.MANAGE_GUILD),
    ModerationAction.PURGE: Requirement(Permission.MANAGE_MESSAGES, Level.MODERATOR),
    ModerationAction.VIEW_CASES: _MODERATE,
    ModerationAction.EDIT_CASE: _MODERATE,
    ModerationAction.RESOLVE_CASE: _MODERATE,
    ModerationAction.UNDO_CASE: _MODERATE,
    ModerationAction.HANDLE_REPORT: _MODERATE,
}

RANKED: frozenset[Action | ModerationAction] = frozenset(
    {
        ModerationAction.WARN,
        ModerationAction.NOTE,
        ModerationAction.TIMEOUT,
        ModerationAction.UNTIMEOUT,
        ModerationAction.KICK,
        ModerationAction.BAN,
        ModerationAction.UNBAN,
        ModerationAction.MASSBAN,
        ModerationAction.UNDO_CASE,
    }
)
"""What is done to a member, so that ranks decide, too. A purge is about messages, not their author."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an action is about."""

    user_id: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What has to be known besides actor and target.

    Attributes:
        level: The highest access level the actor's roles carry in the actor's guild, None if they carry
            none or nobody has looked.
        ranks: Who stands where, None if that is not known: then nothing is done to anybody.
    """

    level: Level | None = None
    ranks: RankFacts | None = None


@dataclass(frozen=True, slots=True)
class Allow:
    """Yes."""


@dataclass(frozen=True, slots=True)
class Deny:
    """No, and the sentence that says why: a message with its facts."""

    reason: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


NO_FACTS = Facts()

NEEDS_BOTH = message(
    "You need the permissions “{permission}” and “{second}” for this. "
    "Nothing was done; ask somebody who runs this server."
)


def may(
    actor: Actor, action: Action | ModerationAction, target: Target | None = None, facts: Facts = NO_FACTS
) -> Allow | Deny:
    """Decide whether `actor` may do `action` (to `target`).

    Without a target the answer is about the action alone: whether there is anybody it may be done to.
    """
    answer = _may_at_all(actor, REQUIREMENTS[action], facts.level)
    if isinstance(answer, Deny) or target is None or action not in RANKED:
        return answer
    why_not = outranked(actor.user_id, target.user_id, facts.ranks, is_operator=actor.via is Via.CLI)
    return answer if why_not is None else Deny(why_not.value)


def level_matters(action: Action | ModerationAction) -> bool:
    """Tell whether an access level can allow this action, so that it is worth looking one up."""
    return REQUIREMENTS[action].level is not None


def _may_at_all(actor: Actor, needed: Requirement, level: Level | None) -> Allow | Deny:
    if actor.via is Via.CLI or needed == Requirement():
        return Allow()
    if needed.permission is not None and holds(actor.permissions, needed.permission):
        return Allow()
    if holds(actor.permissions, Permission.MANAGE_GUILD):
        level = Level.MANAGER
    if needed.level is not None and level is not None and level >= needed.level:
        return Allow()
    return _deny(needed)


def _deny(needed: Requirement) -> Deny:
    first, *others = needed.permission or Permission.MANAGE_GUILD
    permission = Term(TITLES[first])
    if others:
        return Deny(
            NEEDS_BOTH,
            {"permission": permission, "second": Term(TITLES[others[0]])},
        )
    if needed.level is None:
        return Deny(
            "You need the permission “{permission}” for this. Nothing was done; "
            "ask somebody who runs this server.",
            {"permission": permission},
        )
    return Deny(
        "You need the permission “{permission}” or a role with the access level “{level}” for this. "
        "Nothing was done; ask somebody who runs this server.",
        {"permission": permission, "level": Term(needed.level.value)},
    )
