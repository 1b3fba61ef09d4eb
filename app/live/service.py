"""Emitting live events from a use case."""

from collections.abc import Mapping

from app.database.tx import Tx


def emit(tx: Tx, guild_id: int, name: str, facts: Mapping[str, object]) -> None:
    """Have a live event sent once `tx` is committed.

    It leaves by whatever sender the process gave its database; without one nothing is emitted.
    """
    if tx.live is None:
        return
    live = tx.live
    tx.after_commit(lambda: live.send(guild_id, name, facts))
