"""A sweep finds who differs, and only those."""

from collections import Counter

import pytest
from sqlalchemy import text

from app.access import service as access_service
from app.database.tx import Database
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.jobs.kinds import ReconcileMember, SweepGuild, decode
from app.worker import sweep
from app.worker.outcomes import ALREADY_DONE
from app.worker.reconcile import reconcile_member
from app.worker.schedules import sweep_all
from app.worker.sweep import sweep_guild
from app.worker.work import Work
from tests.edges.roles.conftest import World, grant, reward, undo
from tests.support.squads import make_squad

pytestmark = pytest.mark.anyio


async def waiting(database: Database, world: World) -> Counter[object]:
    """Count what waits for this guild: members, and sweeps."""
    async with database.transaction() as tx:
        rows = await tx.execute(text("SELECT entrypoint, payload FROM pgqueuer WHERE status = 'queued'"))
        found = [decode(row.entrypoint, bytes(row.payload)) for row in rows]
    return Counter(
        getattr(job, "user_id", "sweep")
        for job in found
        if isinstance(job, (ReconcileMember, SweepGuild)) and job.guild_id == world.guild_id
    )


async def nothing_waits(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("DELETE FROM pgqueuer"))


async def test_finds_who_lost_the_role_by_hand_and_who_never_got_it(
    work: Work, world: World, database: Database
) -> None:
    robbed, missed, fine, stranger = [await world.let_in(name) for name in ("a1", "b2", "c3", "d4")]
    for each in (robbed, missed, fine):
        await grant(database, world, each)
    for each in (robbed, fine):
        await reconcile_member(work, ReconcileMember(world.guild_id, each))
    await world.by_hand(robbed, "remove")
    await world.by_hand(stranger, "add")  # not ours, and so no concern of ours
    await nothing_waits(database)
    for _ in range(2):  # who waits already is not enqueued a second time
        await sweep_guild(work, SweepGuild(world.guild_id))
    assert await waiting(database, world) == Counter({robbed: 1, missed: 1})


async def test_finds_who_has_not_enough_any_longer(work: Work, world: World, database: Database) -> None:
    ada = await world.let_in("a1")
    receipt = await grant(database, world, ada)
    await reconcile_member(work, ReconcileMember(world.guild_id, ada))
    await undo(database, world, receipt)
    await nothing_waits(database)
    await sweep_guild(work, SweepGuild(world.guild_id))
    assert await waiting(database, world) == Counter({ada: 1})


async def test_reads_on_to_the_last_page(
    work: Work, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "_PAGE", 2)
    people = [await world.let_in(name) for name in ("a1", "b2", "c3", "d4", "e5")]
    for each in people:
        await grant(database, world, each)
    await nothing_waits(database)
    await sweep_guild(work, SweepGuild(world.guild_id))
    assert await waiting(database, world) == Counter(people)


async def test_other_rewards_are_swept_for_at_once(database: Database, world: World) -> None:
    await nothing_waits(database)
    await reward(database, world, {world.role_id: 100})
    assert await waiting(database, world) == Counter({"sweep": 1})
    await nothing_waits(database)
    await reward(database, world, {world.role_id: 100}, role_rewards_basis="received")
    assert await waiting(database, world) == Counter({"sweep": 1})


async def test_a_table_that_was_edited_gives_to_who_had_crossed_before_and_takes_back_what_we_gave(
    work: Work, world: World, database: Database
) -> None:
    ada, given = await world.let_in("a1"), await world.let_in("b2")
    await reward(database, world, {})
    await grant(database, world, ada, 300)
    await world.by_hand(given, "add")
    for needed, has_it in ((200, True), (400, False), (300, True)):
        await reward(database, world, {world.role_id: needed})
        await nothing_waits(database)
        await sweep_guild(work, SweepGuild(world.guild_id))
        assert await waiting(database, world) == Counter({ada: 1})
        await reconcile_member(work, ReconcileMember(world.guild_id, ada))
        assert (world.role_id in await world.roles_of(ada)) is has_it
    assert await world.roles_of(given) == {world.role_id}


async def test_another_setting_is_no_reason_for_a_sweep(database: Database, world: World) -> None:
    await nothing_waits(database)
    await reward(database, world, {world.role_id: 500}, daily_amount=11)
    assert await waiting(database, world) == Counter()


async def test_every_hour_each_guild_is_swept_once_however_many_workers_there_are(
    database: Database, world: World
) -> None:
    await nothing_waits(database)
    for _ in range(3):
        async with database.transaction() as tx:
            await sweep_all(tx)
    assert await waiting(database, world) == Counter({"sweep": 1})


async def test_a_guild_with_squads_is_swept_as_one_with_rewards(database: Database, world: World) -> None:
    await reward(database, world, {})
    await nothing_waits(database)
    async with database.transaction() as tx:
        await sweep_all(tx)
    assert await waiting(database, world) == Counter()
    await make_squad(database, world.guild_id, "Red", world.role_id)
    async with database.transaction() as tx:
        await sweep_all(tx)
    assert await waiting(database, world) == Counter({"sweep": 1})


async def test_an_economy_that_is_switched_off_is_not_swept(
    work: Work, world: World, database: Database
) -> None:
    ada = await world.let_in()
    await grant(database, world, ada)
    await reconcile_member(work, ReconcileMember(world.guild_id, ada))
    await world.by_hand(ada, "remove")
    async with database.transaction() as tx:
        config = await guilds_service.load_config(tx, world.guild_id)
        off = config.model_copy(update={"features": {"bytes": False}})
        await access_service.save_guild_config(tx, Actor.operator(world.guild_id), off)
    await nothing_waits(database)
    assert await sweep_guild(work, SweepGuild(world.guild_id)) == ALREADY_DONE
    assert await waiting(database, world) == Counter()
