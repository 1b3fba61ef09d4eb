"""Moderators who decide about members, by the services, without a Discord."""

from datetime import datetime
from typing import Final

from sqlalchemy import text

from app import clock
from app.access.ranks import RankFacts
from app.bytes.domain import Member
from app.database.tx import Tx
from app.discord.permissions import Permission
from app.discord.ranks import Rank
from app.guilds.domain import Actor
from app.moderation import carrying_out, changing, opening, repository
from app.moderation.cases import Case, Opened, Order, Subject
from app.moderation.changing import Undone
from app.moderation.domain import CaseAction
from tests.support.guilds import actor, snowflake

ALL_OF_IT: Final = Permission.MODERATE_MEMBERS | Permission.KICK_MEMBERS | Permission.BAN_MEMBERS

FINE: Final = RankFacts(owner_id=1, bot_id=2, bot=Rank(9, 9), actor=Rank(5, 5), target=Rank(1, 1))
"""Bot above moderator above member."""


def moderator(guild_id: int) -> Actor:
    return actor(guild_id, permissions=ALL_OF_IT)


async def decide(
    tx: Tx,
    who: Actor,
    whom: Member,
    order: Order | CaseAction,
    *,
    now: datetime | None = None,
    key: str | None = None,
    ranks: RankFacts | None = FINE,
) -> Opened:
    """Have somebody decide; of an action alone the rest is chosen."""
    return await opening.open_case(
        tx,
        who,
        Subject(whom.user_id, whom.username, whom.is_bot),
        Order(order, reason="spam") if isinstance(order, CaseAction) else order,
        ranks=ranks,
        idempotency_key=key or f"test:{snowflake()}",
        now=now or clock.now(),
    )


async def undo(
    tx: Tx,
    who: Actor,
    case: Case,
    *,
    key: str | None = None,
    reason: str | None = None,
    ranks: RankFacts | None = FINE,
) -> Undone:
    return await changing.undo_case(
        tx,
        who,
        case.number,
        reason=reason,
        ranks=ranks,
        idempotency_key=key or f"test:{snowflake()}",
        now=clock.now(),
    )


async def carried_out(tx: Tx, case: Case) -> Case:
    """Have the worker say that it did it."""
    assert await carrying_out.close(tx, case)
    return await now_of(tx, case)


async def now_of(tx: Tx, case: Case) -> Case:
    """Give a case as it is now."""
    found = await repository.find_case(tx, case.guild_id, case.number)
    assert found is not None
    return found


async def jobs(tx: Tx, guild_id: int) -> list[str]:
    """Name what is queued about a guild, in order, without versions."""
    rows = await tx.execute(
        text(
            "SELECT entrypoint FROM pgqueuer WHERE convert_from(payload, 'UTF8')::jsonb->>'guild_id' = :guild"
            " ORDER BY id"
        ),
        {"guild": str(guild_id)},
    )
    return [name.split(".")[0] for name in rows.scalars()]
