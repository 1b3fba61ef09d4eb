"""Saving what a guild chose in one room: nobody overwrites what was not seen, the trail says who did."""

from typing import Protocol, TypeVar

from pydantic import BaseModel

from app.database.tx import Tx
from app.errors import ConflictError
from app.guilds.domain import Actor
from app.guilds.service import make_known, record_change

Config = TypeVar("Config", bound=BaseModel)


class Shelf(Protocol[Config]):
    """A room's repository, as far as its config goes."""

    async def find_config(self, tx: Tx, guild_id: int, *, lock: bool = False) -> tuple[Config, int]:
        """Load the config and its version, 0 if the guild never chose; keep others from changing it."""

    async def save_config(self, tx: Tx, guild_id: int, config: Config, version: int) -> bool:
        """Write it as `version`; False if somebody else has written that version meanwhile."""


async def save_versioned(
    tx: Tx, actor: Actor, shelf: Shelf[Config], config: Config, *, subject: str, expected_version: int
) -> int:
    """Write a config and the audit entry of the change; returns the new version.

    Writing what is there already changes nothing, not even the version. Who may is the caller's to ask.

    Args:
        tx: The transaction.
        actor: Who, in which guild.
        shelf: The room's repository.
        config: What is chosen now.
        subject: What the trail calls it, such as `bytes_config`.
        expected_version: The version that was read before it was changed.

    Raises:
        ConflictError: somebody else changed it since.
    """
    guild_id = actor.guild_id
    await make_known(tx, guild_id)
    before, version = await shelf.find_config(tx, guild_id, lock=True)
    if version and before == config:
        return version
    if version != expected_version or not await shelf.save_config(tx, guild_id, config, version + 1):
        raise ConflictError(
            "Somebody else changed these settings meanwhile. Nothing was saved; look at theirs first."
        )
    tx.forget(guild_id)
    await record_change(
        tx,
        actor,
        subject=(subject, str(guild_id)),
        before=before.model_dump(mode="json") if version else None,
        after=config.model_dump(mode="json"),
    )
    return version + 1
