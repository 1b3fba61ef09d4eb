"""Squads of a test: made, entered and left by the services, with real commits."""

from uuid import UUID

from app import clock
from app.database.tx import Database, Tx
from app.guilds.domain import Actor, Via
from app.squads import moving, saving, service
from app.squads.config import ByHand, SquadDraft, SquadsConfig
from app.squads.domain import Cause, Squad
from tests.support.guilds import manager, snowflake

_PLENTY = 10**6


async def make_squad(database: Database, guild_id: int, name: str, role_id: int, **more: object) -> Squad:
    """Make a squad with this role."""
    draft = SquadDraft.model_validate({"name": name, "role_id": str(role_id)} | more)
    async with database.transaction() as tx:
        return await saving.save_squad(tx, manager(guild_id), draft, known=saving.UNSEEN, now=clock.now())


async def change(
    tx: Tx, boss: Actor, draft: SquadDraft, squad_id: UUID, known: saving.Roles = saving.UNSEEN
) -> Squad:
    """Change a squad as somebody who has just looked at it."""
    squads = await service.load_squads(tx, boss.guild_id)
    version = next((each.version for each in squads if each.id == squad_id), 0)
    return await saving.save_squad(
        tx, boss, draft, squad_id, expected_version=version, known=known, now=clock.now()
    )


async def choose(database: Database, guild_id: int, by_hand: ByHand) -> None:
    """Choose what becomes of a role that somebody takes in Discord."""
    async with database.transaction() as tx:
        _, version = await service.load_config(tx, guild_id)
        await saving.save_config(
            tx, manager(guild_id), SquadsConfig(roles_taken_by_hand=by_hand), expected_version=version
        )


async def enter(database: Database, user_id: int, squad: Squad) -> None:
    """Have somebody join a squad, or switch to it."""
    who = Actor(squad.guild_id, user_id, "ada", 0, Via.COMMAND)
    async with database.transaction() as tx:
        current = await service.current_squad(tx, squad.guild_id, user_id)
        cause = Cause.JOIN if current is None else Cause.SWITCH
        await moving.go(
            tx, who, squad.id, cause, most=_PLENTY, idempotency_key=f"go:{snowflake()}", now=clock.now()
        )


async def leave(database: Database, guild_id: int, user_id: int) -> None:
    """Have somebody leave their squad."""
    who = Actor(guild_id, user_id, "ada", 0, Via.COMMAND)
    async with database.transaction() as tx:
        await moving.leave(tx, who, idempotency_key=f"leave:{snowflake()}", now=clock.now())
