"""Use cases of privacy. They are about the actor alone: whom they are about cannot be chosen."""

import secrets
from datetime import datetime
from typing import Any

from msgspec import json

from app.access.policy import Action
from app.access.service import require
from app.database.tx import Tx
from app.guilds import erasure as guilds_erasure
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.ids import MAX_SNOWFLAKE
from app.privacy.domain import Erasure
from app.privacy.rooms import ROOMS


async def export_member(tx: Tx, actor: Actor, *, now: datetime) -> bytes:
    """Write down everything that is known of the actor in this guild, as JSON that people can read.

    Raises:
        NotAllowedError: nothing was read.
    """
    await require(tx, actor, Action.USE_PRIVACY)
    exported: dict[str, Any] = {
        "about": {
            "what": "Everything the platform keeps about one member of one server.",
            "server_id": str(actor.guild_id),
            "member_id": str(actor.user_id),
            "exported_at": now.isoformat(),
            "parts": {name: room.about for name, room in ROOMS.items()},
        }
    }
    for name, room in ROOMS.items():
        exported[name] = await room.export(tx, actor.guild_id, actor.user_id)
    return json.format(json.encode(exported), indent=2)


async def erase_member(tx: Tx, actor: Actor, *, idempotency_key: str) -> Erasure:
    """Blank the actor's names in every room of this guild and put one alias in the place of the id.

    Done once per key: the same key gives the same answer again. No sum changes. If anything was known, the
    trail has an entry of it, which names the alias. Locks what it changes in the order of `ROOMS`.

    Raises:
        NotAllowedError: nothing was erased.
    """
    await require(tx, actor, Action.USE_PRIVACY)
    before = await guilds_erasure.find_erasure(tx, actor.guild_id, idempotency_key)
    if before is not None:
        return Erasure(before)
    alias = -1 - secrets.randbelow(MAX_SNOWFLAKE)
    rows = {}
    for name, room in ROOMS.items():
        erased = await room.erase(tx, actor.guild_id, actor.user_id, alias)
        if erased is not None:
            rows[name] = erased
    if not rows:  # or the same request, which was a moment earlier, has left nothing
        return Erasure(await guilds_erasure.find_erasure(tx, actor.guild_id, idempotency_key) or {})
    await guilds_service.make_known(tx, actor.guild_id)
    await guilds_erasure.record_erasure(
        tx, actor.guild_id, alias, actor.via, rows=rows, idempotency_key=idempotency_key
    )
    return Erasure(rows)
