"""The decision who may do what, and the one table it rests on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.discord.permissions import TITLES, Permission, holds
from app.guilds.domain import Actor, Via
from app.wording import Fact, Term


class Action(StrEnum):
    """What can be asked for."""

    USE_BYTES = "bytes.use"
    GRANT_BYTES = "bytes.grant"
    CONFIGURE = "configure"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an actor needs for an action. No permission means that every member may."""

    permission: Permission | None = None


REQUIREMENTS: dict[Action, Requirement] = {
    Action.USE_BYTES: Requirement(),
    Action.GRANT_BYTES: Requirement(Permission.MANAGE_GUILD),
    Action.CONFIGURE: Requirement(Permission.MANAGE_GUILD),
}


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an action is about."""

    user_id: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What has to be known besides actor and target. Ranks and access levels join it with their rooms."""


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
    del (
        target,
        facts,
    )  # no action of today depends on them; the signature is what every caller knows
    if actor.via is Via.CLI:
        return Allow()
    needed = REQUIREMENTS[action].permission
    if needed is None or holds(actor.permissions, needed):
        return Allow()
    return Deny(
        "You need the permission “{permission}” for this. Nothing was done; "
        "ask somebody who runs this server.",
        {"permission": Term(TITLES[needed])},
    )
