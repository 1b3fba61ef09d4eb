"""Gathers the facts and asks the policy; keeps which levels a guild gave to its roles."""

from collections.abc import Mapping
from types import MappingProxyType

from app.access import repository
from app.access.config import AccessConfig
from app.access.domain import Level, highest
from app.access.policy import (
    REQUIREMENTS,
    Action,
    Deny,
    Facts,
    ModerationAction,
    Target,
    level_matters,
    may,
)
from app.access.ranks import RankFacts
from app.database.tx import Tx
from app.errors import InvalidInputError, NotAllowedError
from app.guilds import service as guilds_service
from app.guilds.config import GuildConfig
from app.guilds.domain import Actor
from app.guilds.versions import save_versioned


async def require(
    tx: Tx,
    actor: Actor,
    action: Action | ModerationAction,
    target: Target | None = None,
    ranks: RankFacts | None = None,
) -> None:
    """Return if the actor may do this.

    Reads only if a level could make the difference: whoever has the permission costs no query.

    Args:
        tx: The transaction.
        actor: Who asks.
        action: For what.
        target: To whom.
        ranks: Who stands where, from Discord; None if unknown: then nothing is done to anybody.

    Raises:
        NotAllowedError: with the sentence that says what is missing.
    """
    answer = may(actor, action, target, Facts(ranks=ranks))
    if isinstance(answer, Deny) and actor.role_ids and level_matters(action):
        answer = may(actor, action, target, Facts(await _level_of(tx, actor), ranks))
    if isinstance(answer, Deny):
        raise NotAllowedError(answer.reason, **answer.facts)


async def allowed_actions(tx: Tx, actor: Actor) -> frozenset[Action | ModerationAction]:
    """Tell everything the actor may do, as far as that depends on nobody else. Reads at most once."""
    refused = [action for action in REQUIREMENTS if isinstance(may(actor, action), Deny)]
    if actor.role_ids and any(level_matters(action) for action in refused):
        facts = Facts(level=await _level_of(tx, actor))
        refused = [action for action in refused if isinstance(may(actor, action, facts=facts), Deny)]
    return frozenset(REQUIREMENTS).difference(refused)


async def save_guild_config(tx: Tx, actor: Actor, config: GuildConfig) -> None:
    """Write a guild's general settings; `guilds` stands below this room and cannot ask by itself.

    Raises:
        NotAllowedError: nothing was written.
    """
    await require(tx, actor, Action.CONFIGURE)
    await guilds_service.save_config(tx, actor, config)


async def load_config(tx: Tx, guild_id: int) -> tuple[AccessConfig, int]:
    """Read which levels a guild gave to its roles, and the version (0: never chosen)."""
    return await repository.find_config(tx, guild_id)


async def save_config(tx: Tx, actor: Actor, config: AccessConfig, *, expected_version: int) -> int:
    """Write a guild's access levels and the audit entry of the change; returns the new version.

    Writing what is there already changes nothing, not even the version. Whoever has Manage Server stays
    a manager, so nothing that is written here can lock everybody out.

    Raises:
        ConflictError: somebody else changed it since `expected_version` was read.
        InvalidInputError: a level for @everyone; nothing was written.
        NotAllowedError: nothing was written.
    """
    await require(tx, actor, Action.CONFIGURE)
    if str(actor.guild_id) in config.roles:  # Discord: the role @everyone has the guild's id
        raise InvalidInputError(
            "access.roles.{role}: this is @everyone, which every member has. Nothing was saved; "
            "give the level to another role.",
            role=str(actor.guild_id),
        )
    return await save_versioned(
        tx, actor, repository, config, subject="access_config", expected_version=expected_version
    )


async def _level_of(tx: Tx, actor: Actor) -> Level | None:
    """Tell the highest level the actor's roles carry, by what the actor's own guild gave and no other."""

    async def load() -> Mapping[int, Level]:
        config, _ = await repository.find_config(tx, actor.guild_id)
        return MappingProxyType({int(role_id): level for role_id, level in config.roles.items()})

    return highest(await tx.remember("access", actor.guild_id, load), actor.role_ids)
