"""The decision who may do what, and the one table it rests on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.access.domain import Level
from app.discord.permissions import TITLES, Permission, holds
from app.guilds.domain import Actor, Via
from app.wording import Fact, Term


class Action(StrEnum):
    """What can be asked for."""

    USE_HELP = "help.use"
    USE_PRIVACY = "privacy.use"
    USE_BYTES = "bytes.use"
    GRANT_BYTES = "bytes.grant"
    TAKE_BYTES = "bytes.take"
    UNDO_BYTES = "bytes.undo"
    VIEW_OTHERS_HISTORY = "bytes.view_others_history"
    CONFIGURE = "configure"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an actor needs for an action: either suffices, and if both are None, every member may.

    Attributes:
        permission: Discord's.
        level: Ours, this one or a higher. Manage Server counts as the highest, so where there is a level,
            there is always somebody who may.
    """

    permission: Permission | None = None
    level: Level | None = None


REQUIREMENTS: dict[Action, Requirement] = {
    Action.USE_HELP: Requirement(),
    Action.USE_PRIVACY: Requirement(),
    Action.USE_BYTES: Requirement(),
    Action.GRANT_BYTES: Requirement(Permission.MANAGE_GUILD, Level.MANAGER),
    Action.TAKE_BYTES: Requirement(Permission.MANAGE_GUILD, Level.MANAGER),
    Action.UNDO_BYTES: Requirement(Permission.MANAGE_GUILD, Level.MANAGER),
    Action.VIEW_OTHERS_HISTORY: Requirement(Permission.MODERATE_MEMBERS, Level.MODERATOR),
    Action.CONFIGURE: Requirement(Permission.MANAGE_GUILD, Level.MANAGER),
}


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an action is about."""

    user_id: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What has to be known besides actor and target. Ranks join it with their room.

    Attributes:
        level: The highest access level the actor's roles carry in the actor's guild, None if they carry
            none or nobody has looked.
    """

    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Allow:
    """Yes."""


@dataclass(frozen=True, slots=True)
class Deny:
    """No, and the sentence that says why: a message with its facts."""

    reason: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


NO_FACTS = Facts()


def may(actor: Actor, action: Action, target: Target | None = None, facts: Facts = NO_FACTS) -> Allow | Deny:
    """Decide whether `actor` may do `action` (to `target`)."""
    del target  # no action of today depends on it; the signature is what every caller knows
    needed = REQUIREMENTS[action]
    if actor.via is Via.CLI or needed == Requirement():
        return Allow()
    if needed.permission is not None and holds(actor.permissions, needed.permission):
        return Allow()
    level = Level.MANAGER if holds(actor.permissions, Permission.MANAGE_GUILD) else facts.level
    if needed.level is not None and level is not None and level >= needed.level:
        return Allow()
    return _deny(needed)


def level_matters(action: Action) -> bool:
    """Tell whether an access level can allow this action, so that it is worth looking one up."""
    return REQUIREMENTS[action].level is not None


def _deny(needed: Requirement) -> Deny:
    permission = Term(TITLES[needed.permission or Permission.MANAGE_GUILD])
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
