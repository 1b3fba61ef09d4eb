"""Who differs is shown with the reason, and asking for it changes nothing."""

import pytest

from app import clock
from app.database.tx import Database
from app.errors import NotAllowedError, NotFoundError
from app.squads import drift, saving
from app.squads.domain import Pause
from app.squads.drift import Difference, Drift
from app.worker.work import Work
from tests.edges.roles.conftest import World
from tests.edges.roles.test_squads import Camp, spoil
from tests.support.guilds import actor, manager
from tests.support.squads import enter, leave

pytestmark = pytest.mark.anyio


@pytest.fixture
async def camp(work: Work, world: World, database: Database) -> Camp:
    return await Camp(work, world, database).pitch()


async def read(camp: Camp) -> drift.Report:
    return await drift.read_drift(camp.database, camp.work.places, manager(camp.world.guild_id))


async def test_each_difference_has_its_reason(camp: Camp, world: World, database: Database) -> None:
    missing, left_over, by_hand, gone, fine = [
        await world.let_in(name) for name in ("missing", "left_over", "by_hand", "gone", "fine")
    ]
    green = await camp.squad("Green")
    for each in (left_over, gone, fine):
        await camp.inside(camp.blue, each)
    await enter(database, missing, camp.blue)
    await leave(database, world.guild_id, left_over)
    await world.by_hand(by_hand, "add", camp.blue.role_id)
    leaving = {"guild_id": str(world.guild_id), "user_id": str(gone), "action": "leave"}
    await world.ask("POST", "/_sim/members", leaving)
    await enter(database, camp.ada, camp.red)
    await spoil(camp, Pause.TOO_POWERFUL)
    await camp.inside(green, fine)
    async with database.transaction() as tx:
        await saving.delete_squad(tx, manager(world.guild_id), green.id, now=clock.now())
    report = await read(camp)
    blue = camp.blue

    def one(user_id: int, name: str | None, kind: Drift) -> Difference:
        return Difference(user_id, name, blue.role_id, blue, kind)

    assert report.rows == [
        Difference(camp.ada, "adelaide", camp.red.role_id, camp.red, Drift.REFUSED, Pause.TOO_POWERFUL),
        one(missing, "missing", Drift.MISSING),
        one(left_over, "left_over", Drift.LEFT_OVER),
        one(by_hand, "by_hand", Drift.BY_HAND),
        Difference(fine, "fine", green.role_id, None, Drift.LEFT_OVER),
        one(gone, None, Drift.NOT_THERE),
    ]
    assert report.total == len(report.rows)
    assert await camp.paused(camp.red) is None, "looking changes nothing"
    assert await world.roles_of(missing) == set()


async def test_where_everything_is_as_it_should_be_there_is_nothing(camp: Camp, world: World) -> None:
    await camp.inside(camp.red)
    report = await read(camp)
    assert (report.rows, report.total) == ([], 0)
    assert report.members == 3, "the owner, the bot and ada"


async def test_rows_are_bounded_and_all_are_counted_also_those_who_left(
    camp: Camp, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift, "MOST_ROWS", 3)
    monkeypatch.setattr(drift, "_PAGE", 2)
    people = [await world.let_in(f"person_{number}") for number in range(4)]
    for each in people:
        await enter(database, each, camp.red)
    for user_id in range(1, 6):  # below all ids of the guild
        await enter(database, user_id, camp.red)
    report = await read(camp)
    assert len(report.rows) == 3
    assert dict(report.counts) == {Drift.NOT_THERE: 5, Drift.MISSING: 4}


async def test_only_those_who_manage_the_server_see_it_or_have_it_mended(
    camp: Camp, world: World, database: Database
) -> None:
    anybody = actor(world.guild_id)
    with pytest.raises(NotAllowedError):
        await drift.read_drift(database, camp.work.places, anybody)
    await camp.enqueued()
    async with database.transaction() as tx:
        with pytest.raises(NotAllowedError):
            await drift.reconcile_now(tx, anybody)
        for _ in range(2):
            await drift.reconcile_now(tx, manager(world.guild_id))
    assert await camp.enqueued() == ["sweep_guild.v1"]


async def test_a_server_without_the_bot_is_said_to_be_one(camp: Camp, world: World) -> None:
    await world.ask("DELETE", f"/api/v10/users/@me/guilds/{world.guild_id}")
    with pytest.raises(NotFoundError):
        await read(camp)
