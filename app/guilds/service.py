"""Use cases of the guilds room."""

from collections.abc import Collection
from typing import Any, Final

from app.database.cache import Cache
from app.database.tx import Tx
from app.errors import NotFoundError
from app.features import Feature
from app.guilds import repository
from app.guilds.config import GuildConfig
from app.guilds.domain import Actor, GuildRecord, check_feature
from app.ids import new_id

_GUILD: Final = "guild"


async def enter_guild(tx: Tx, guild_id: int) -> GuildRecord:
    """Load a guild, making it known if this is the first anybody heard of it.

    It may be what this process remembers of it (`Tx.remember`).
    """
    return await tx.remember(_GUILD, guild_id, lambda: _find_or_install(tx, guild_id))


async def find_guild(tx: Tx, guild_id: int) -> GuildRecord | None:
    """Load a guild the bot is in; None if it was never seen or was removed. Always asks the database."""
    return await repository.find_installed(tx, guild_id)


def remembered_guild(cache: Cache | None, guild_id: int) -> GuildRecord | None:
    """Give the guild as this process remembers it, without asking the database; None if it does not."""
    if cache is None:
        return None
    guild: GuildRecord | None = cache.get(_GUILD, guild_id)
    return guild


async def _find_or_install(tx: Tx, guild_id: int) -> GuildRecord:
    return await repository.find_installed(tx, guild_id) or await repository.install(tx, guild_id)


async def enter_feature(tx: Tx, guild_id: int, feature: Feature) -> GuildRecord:
    """Load a guild for something that belongs to a feature.

    Raises:
        FeatureOffError: the guild has switched the feature off.
    """
    guild = await enter_guild(tx, guild_id)
    check_feature(guild, feature)
    return guild


async def install_guild(tx: Tx, guild_id: int) -> None:
    """Note that the bot was added to a guild."""
    await repository.install(tx, guild_id)


async def remove_guild(tx: Tx, guild_id: int) -> None:
    """Note that the bot was removed from a guild; its data stays for 30 days. Unknown guilds stay unknown."""
    await repository.mark_removed(tx, guild_id)
    tx.forget(guild_id)


async def keep_only(tx: Tx, present: Collection[int], *, shard: int, shard_count: int) -> list[int]:
    """Note that the bot is in no other guild of this shard than these; tells those it is no longer in.

    Nothing else tells of a removal that happened while nobody listened. A guild that was noted wrongly
    comes back with the first that is heard of it, and with all its data.

    Args:
        tx: The transaction.
        present: The guilds the bot is in, as far as the shard knows: all whose id says they are its own.
        shard: Which shard tells; Discord: a guild belongs to shard `(id >> 22) % shard_count`.
        shard_count: How many there are.
    """
    removed = await repository.mark_absent_removed(tx, present, shard=shard, shard_count=shard_count)
    for guild_id in removed:
        tx.forget(guild_id)
    return removed


async def make_known(tx: Tx, guild_id: int) -> None:
    """See to it that the guild has a row for others to refer to. A removed guild stays removed."""
    await repository.add(tx, guild_id)


async def load_config(tx: Tx, guild_id: int, *, lock: bool = False) -> GuildConfig:
    """Read a guild's general settings.

    Raises:
        NotFoundError: nobody has heard of this guild yet.
    """
    guild = await repository.find(tx, guild_id, lock=lock)
    if guild is None:
        raise NotFoundError(
            "This server is not known here yet: nobody has used a command in it, and nothing was "
            "configured for it."
        )
    return GuildConfig.model_validate(
        {"timezone": guild.timezone.key, "language": guild.language, "features": guild.features}
    )


async def save_config(tx: Tx, actor: Actor, config: GuildConfig) -> None:
    """Write a guild's general settings and the audit entry of the change. No change writes nothing.

    Locks the guild's row until the `tx` ends, so the entry says what really was before.
    """
    await make_known(tx, actor.guild_id)
    before = await load_config(tx, actor.guild_id, lock=True)
    if before == config:
        return
    await repository.save_config(tx, actor.guild_id, config)
    tx.forget(actor.guild_id)
    await record_change(
        tx,
        actor,
        subject=("guild_config", str(actor.guild_id)),
        before=before.model_dump(mode="json"),
        after=config.model_dump(mode="json"),
    )


async def record_change(
    tx: Tx,
    actor: Actor,
    *,
    subject: tuple[str, str],
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    note: str | None = None,
) -> None:
    """Append one change to the audit trail, in the same SQL transaction as the change itself.

    Args:
        tx: The transaction of the change.
        actor: Who, and through which door.
        subject: Type and id of what changed, such as `("bytes_config", "1234")`.
        before: What it was, None if it did not exist.
        after: What it is now, None if it is gone.
        note: What the actor said about it.
    """
    await repository.add_audit_entry(
        tx,
        {
            "id": new_id(),
            "guild_id": actor.guild_id,
            "actor_id": actor.user_id,
            "actor_name": actor.username,
            "via": actor.via.value,
            "subject_type": subject[0],
            "subject_id": subject[1],
            "before": before,
            "after": after,
            "note": note,
        },
    )
