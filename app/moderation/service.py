"""What a guild chose for its moderation: reading it and writing it."""

from app.access.policy import Action
from app.access.service import require
from app.database.tx import Tx
from app.guilds.domain import Actor
from app.guilds.versions import save_versioned
from app.moderation import repository
from app.moderation.config import ModerationConfig


async def load_config(tx: Tx, guild_id: int) -> tuple[ModerationConfig, int]:
    """Read a guild's settings and their version; the defaults and 0 if it never chose."""
    return await repository.find_config(tx, guild_id)


async def save_config(tx: Tx, actor: Actor, config: ModerationConfig, *, expected_version: int) -> int:
    """Write a guild's settings and the audit entry of the change; returns the new version.

    Writing what is there already changes nothing, not even the version.

    Raises:
        ConflictError: somebody else changed it since `expected_version` was read.
        NotAllowedError: nothing was written.
    """
    await require(tx, actor, Action.CONFIGURE)
    return await save_versioned(
        tx, actor, repository, config, subject="moderation_config", expected_version=expected_version
    )
