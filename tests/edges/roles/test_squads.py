"""A squad's role follows the membership, and a role that cannot be given pauses the squad."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.access import service as access_service
from app.access.config import AccessConfig
from app.database.tx import Database
from app.discord.permissions import Permission
from app.discord.port import DiscordUnavailableError
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.jobs.kinds import ReconcileMember, SweepGuild
from app.roles import service as roles_service
from app.roles.domain import Claim
from app.squads import moving, saving, service
from app.squads.config import ByHand, SquadDraft
from app.squads.domain import Pause, Squad
from app.worker.outcomes import ALREADY_DONE, Done
from app.worker.reconcile import reconcile_member
from app.worker.sweep import sweep_guild
from app.worker.work import Work
from tests.edges.roles.conftest import World, grant, reward, undo
from tests.support.guilds import manager
from tests.support.squads import change, choose, enter, leave, make_squad

pytestmark = pytest.mark.anyio


class Camp:
    """Two squads in the world, and somebody who may be in one of them."""

    def __init__(self, work: Work, world: World, database: Database) -> None:
        self.work, self.world, self.database = work, world, database
        self.ada = 0
        self.red: Squad
        self.blue: Squad

    async def pitch(self) -> "Camp":
        self.ada = await self.world.let_in()
        self.red = await self.squad("Red")
        self.blue = await self.squad("Blue")
        return self

    async def squad(self, name: str, **more: object) -> Squad:
        return await make_squad(
            self.database, self.world.guild_id, name, await self.world.make_role(name), **more
        )

    async def give_squad(self, squad: Squad, role_id: int) -> None:
        """Save a squad with another role."""
        draft = SquadDraft(name=squad.name, role_id=str(role_id))
        async with self.database.transaction() as tx:
            boss = manager(squad.guild_id)
            await change(tx, boss, draft, squad.id)

    async def reconciled(self, user_id: int | None = None) -> Done:
        outcome = await reconcile_member(self.work, ReconcileMember(self.world.guild_id, user_id or self.ada))
        assert isinstance(outcome, Done)
        return outcome

    async def swept(self) -> None:
        await sweep_guild(self.work, SweepGuild(self.world.guild_id))

    async def inside(self, squad: Squad, user_id: int | None = None) -> None:
        await enter(self.database, user_id or self.ada, squad)
        await self.reconciled(user_id)
        assert squad.role_id in await self.world.roles_of(user_id or self.ada)

    async def current(self) -> str | None:
        async with self.database.transaction() as tx:
            squad = await service.current_squad(tx, self.world.guild_id, self.ada)
        return None if squad is None else squad.name

    async def paused(self, squad: Squad) -> Pause | None:
        async with self.database.transaction() as tx:
            squads = await service.load_squads(tx, self.world.guild_id)
        return next(each.paused_because for each in squads if each.id == squad.id)

    async def grants(self) -> dict[int, str]:
        async with self.database.transaction() as tx:
            found = await roles_service.load_grants(tx, self.world.guild_id, self.ada)
        return {role_id: each.why for role_id, each in found.items()}

    async def change_role(self, role_id: int, **change: object) -> None:
        await self.world.ask("PATCH", f"/api/v10/guilds/{self.world.guild_id}/roles/{role_id}", change)

    async def enqueued(self) -> list[Any]:
        async with self.database.transaction() as tx:
            rows = await tx.execute(text("SELECT entrypoint FROM pgqueuer WHERE status = 'queued'"))
            found = list(rows.scalars())
            await tx.execute(text("DELETE FROM pgqueuer"))
        return found

    async def reasons(self) -> list[str]:
        return [each["reason"] for each in (await self.world.guild())["audit_log"] if each["reason"]]


@pytest.fixture
async def camp(work: Work, world: World, database: Database) -> Camp:
    return await Camp(work, world, database).pitch()


class TestFollowing:
    async def test_the_role_comes_goes_and_changes_with_the_membership_and_the_audit_log_names_the_squad(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await camp.inside(camp.red)
        await enter(database, camp.ada, camp.blue)
        await camp.reconciled()
        assert await world.roles_of(camp.ada) == {camp.blue.role_id}
        assert await camp.grants() == {camp.blue.role_id: "squads"}
        await leave(database, world.guild_id, camp.ada)
        await camp.reconciled()
        assert await world.roles_of(camp.ada) == set()
        assert await camp.grants() == {}
        said = await camp.reasons()
        for reason in ("Member of the squad Red", "No longer a member of the squad Blue"):
            assert reason in said

    async def test_a_name_in_any_alphabet_reaches_the_audit_log(self, camp: Camp) -> None:
        await camp.inside(await camp.squad("Röte 🟥 队"))
        assert "Member of the squad Röte 🟥 队" in await camp.reasons()

    async def test_another_role_of_the_squad_takes_the_place_of_the_one_before(
        self, camp: Camp, world: World
    ) -> None:
        await camp.inside(camp.red)
        crimson = await world.make_role("Crimson")
        await camp.give_squad(camp.red, crimson)
        await camp.enqueued()
        await camp.swept()
        assert await camp.enqueued() == ["reconcile_member.v1"]
        await camp.reconciled()
        assert await world.roles_of(camp.ada) == {crimson}
        assert await camp.grants() == {crimson: "squads"}

    async def test_the_role_of_a_squad_that_was_deleted_is_taken_back(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await camp.inside(camp.red)
        async with database.transaction() as tx:
            await saving.delete_squad(tx, manager(world.guild_id), camp.red.id, now=clock.now())
        await camp.reconciled()
        assert await world.roles_of(camp.ada) == set()
        assert await camp.grants() == {}

    async def test_a_role_somebody_gave_by_hand_is_left_alone(self, camp: Camp, world: World) -> None:
        await world.by_hand(camp.ada, "add", camp.red.role_id)
        await camp.enqueued()
        await camp.swept()
        await camp.reconciled()
        assert await camp.enqueued() == []
        assert await world.roles_of(camp.ada) == {camp.red.role_id}

    async def test_where_squads_are_switched_off_roles_stay_as_they_are_and_rewards_do_not(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await camp.inside(camp.red)
        receipt = await grant(database, world, camp.ada)
        await camp.reconciled()
        async with database.transaction() as tx:
            config = await guilds_service.load_config(tx, world.guild_id)
            off = config.model_copy(update={"features": {"squads": False}})
            await access_service.save_guild_config(tx, Actor.operator(world.guild_id), off)
        async with database.transaction() as tx:  # as no command can while it is off
            await moving.end_by_hand(tx, world.guild_id, camp.ada, camp.red.id, clock.now())
        await undo(database, world, receipt)
        await camp.reconciled()
        assert await world.roles_of(camp.ada) == {camp.red.role_id}
        assert await camp.grants() == {camp.red.role_id: "squads"}


class TestBothRooms:
    async def test_a_role_that_bytes_and_a_squad_want_goes_when_neither_does(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        both = await camp.squad("Both")
        await reward(database, world, {both.role_id: 500})
        await camp.inside(both)
        receipt = await grant(database, world, camp.ada)
        await camp.reconciled()
        await leave(database, world.guild_id, camp.ada)
        assert not (await camp.reconciled()).changed
        assert await world.roles_of(camp.ada) == {both.role_id}
        await undo(database, world, receipt)
        await camp.reconciled()
        assert await world.roles_of(camp.ada) == set()


class TestTakenByHand:
    async def test_comes_back_where_the_server_chose_so_granted_or_not(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await camp.inside(camp.red)
        given = await world.let_in("given")
        await world.by_hand(given, "add", camp.blue.role_id)
        await camp.inside(camp.blue, given)
        for each, squad in ((camp.ada, camp.red), (given, camp.blue)):
            await world.by_hand(each, "remove", squad.role_id)
            await camp.reconciled(each)
            assert await world.roles_of(each) == {squad.role_id}
        assert await camp.current() == "Red"

    async def test_ends_the_membership_where_that_counts(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await choose(database, world.guild_id, ByHand.COUNTS)
        await camp.inside(camp.red)
        await world.by_hand(camp.ada, "remove", camp.red.role_id)
        await camp.enqueued()
        assert (await camp.reconciled()).changed
        assert await camp.current() is None
        assert await camp.grants() == {}
        assert await camp.enqueued() == ["reconcile_member.v1"]
        await camp.reconciled()
        assert await world.roles_of(camp.ada) == set()
        async with database.transaction() as tx:
            causes = await tx.execute(
                text("SELECT cause FROM squad_moves WHERE user_id = :id ORDER BY moved_at"), {"id": camp.ada}
            )
            assert list(causes.scalars()) == ["join", "by_hand"]

    async def test_does_not_count_if_discord_never_showed_the_role(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await choose(database, world.guild_id, ByHand.COUNTS)
        await enter(database, camp.ada, camp.red)
        async with database.transaction() as tx:  # the worker dies right before it asks Discord
            claim = Claim(camp.red.role_id, is_due=True, why="squads", reason="")
            await roles_service.note_grants(tx, world.guild_id, camp.ada, [claim])
        await camp.reconciled()
        assert await world.roles_of(camp.ada) == {camp.red.role_id}
        assert await camp.current() == "Red"

    async def test_does_not_count_for_who_left_the_server_and_came_back(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await choose(database, world.guild_id, ByHand.COUNTS)
        await camp.inside(camp.red)
        guild = {"guild_id": str(world.guild_id)}
        await world.ask("POST", "/_sim/members", guild | {"user_id": str(camp.ada), "action": "leave"})
        await world.ask("POST", "/_sim/members", guild | {"user_id": str(camp.ada), "action": "join"})
        assert await world.roles_of(camp.ada) == set()
        await camp.reconciled()
        assert await world.roles_of(camp.ada) == {camp.red.role_id}
        await world.by_hand(camp.ada, "remove", camp.red.role_id)  # and from then on it does
        await camp.reconciled()
        assert await camp.current() is None

    async def test_does_not_count_if_we_took_it_and_died_and_the_member_came_back(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await choose(database, world.guild_id, ByHand.COUNTS)
        await camp.inside(camp.red)
        await leave(database, world.guild_id, camp.ada)
        await world.ask("POST", "/_sim/faults", {"kind": "lost_answer", "times": 9, "method": "DELETE"})
        with pytest.raises(DiscordUnavailableError):
            await camp.reconciled()
        await world.ask("DELETE", "/_sim/faults")
        assert await world.roles_of(camp.ada) == set()
        assert await camp.grants() == {camp.red.role_id: "squads"}
        await enter(database, camp.ada, camp.red)
        await camp.reconciled()
        assert (await camp.current(), await world.roles_of(camp.ada)) == ("Red", {camp.red.role_id})

    async def test_does_not_count_if_we_took_it_for_another_role_of_the_squad_and_died(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await choose(database, world.guild_id, ByHand.COUNTS)
        await camp.inside(camp.red)
        await camp.give_squad(camp.red, await world.make_role("Crimson"))
        await world.ask("POST", "/_sim/faults", {"kind": "lost_answer", "times": 9, "method": "DELETE"})
        with pytest.raises(DiscordUnavailableError):
            await camp.reconciled()
        await world.ask("DELETE", "/_sim/faults")
        assert camp.red.role_id not in await world.roles_of(camp.ada)
        await camp.give_squad(camp.red, camp.red.role_id)
        await camp.reconciled()
        assert (await camp.current(), await world.roles_of(camp.ada)) == ("Red", {camp.red.role_id})

    async def test_a_role_that_is_deleted_was_taken_from_nobody(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await choose(database, world.guild_id, ByHand.COUNTS)
        await camp.inside(camp.red)
        await camp.work.places.find(world.guild_id)  # remembered with the role
        await world.ask("DELETE", f"/api/v10/guilds/{world.guild_id}/roles/{camp.red.role_id}")
        await camp.reconciled()
        assert await camp.current() == "Red"
        assert await camp.paused(camp.red) is Pause.GONE


class TestPausing:
    @pytest.mark.parametrize("because", [Pause.GONE, Pause.TOO_POWERFUL, Pause.HAS_LEVEL])
    async def test_a_squad_whose_role_cannot_be_given_is_paused_and_keeps_its_members(
        self, camp: Camp, world: World, database: Database, because: Pause
    ) -> None:
        await enter(database, camp.ada, camp.red)
        await spoil(camp, because)
        outcome = await camp.reconciled()
        assert len(outcome.notes) == 1
        assert await camp.paused(camp.red) is because
        assert await camp.current() == "Red"
        assert await world.roles_of(camp.ada) == set()
        assert await camp.paused(camp.blue) is None
        assert await world.calls("PUT") == []
        await camp.reconciled()
        assert await world.calls("PUT") == []

    async def test_a_sweep_pauses_it_opens_it_again_and_has_those_who_joined_meanwhile_looked_at(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await enter(database, camp.ada, camp.red)
        await spoil(camp, Pause.TOO_POWERFUL)
        await camp.enqueued()
        await camp.swept()
        assert await camp.paused(camp.red) is Pause.TOO_POWERFUL
        assert await camp.enqueued() == [], "nobody can be helped before the role is"
        await camp.change_role(camp.red.role_id, permissions="0")
        await camp.swept()
        assert await camp.paused(camp.red) is None
        assert await camp.enqueued() == ["reconcile_member.v1"]
        await camp.reconciled()
        assert await world.roles_of(camp.ada) == {camp.red.role_id}

    async def test_what_was_mended_a_moment_ago_pauses_nothing(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await enter(database, camp.ada, camp.red)
        await spoil(camp, Pause.TOO_POWERFUL)
        await camp.work.places.find(world.guild_id)  # remembered as it must not be
        await camp.change_role(camp.red.role_id, permissions="0")
        await camp.reconciled()
        assert await camp.paused(camp.red) is None

    async def test_a_role_that_went_while_it_was_given_pauses_the_squad_at_once(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await enter(database, camp.ada, camp.red)
        await camp.work.places.find(world.guild_id)  # remembered with the role
        await world.ask("DELETE", f"/api/v10/guilds/{world.guild_id}/roles/{camp.red.role_id}")
        outcome = await camp.reconciled()
        assert "was not given" in outcome.notes[0]
        assert await camp.paused(camp.red) is Pause.GONE


async def spoil(camp: Camp, because: Pause) -> None:
    """Have the role of the red squad be one that cannot be given."""
    guild, role_id = camp.world.guild_id, camp.red.role_id
    if because is Pause.GONE:
        await camp.world.ask("DELETE", f"/api/v10/guilds/{guild}/roles/{role_id}")
    elif because is Pause.TOO_POWERFUL:
        await camp.change_role(role_id, permissions=str(int(Permission.BAN_MEMBERS)))
    else:
        levels = AccessConfig.model_validate({"roles": {str(role_id): "manager"}})
        async with camp.database.transaction() as tx:
            await access_service.save_config(tx, Actor.operator(guild), levels, expected_version=0)


class TestAtOnce:
    async def test_of_one_member_no_two_role_calls_are_under_way_and_no_list_is_written(
        self, camp: Camp, world: World, database: Database
    ) -> None:
        await camp.inside(camp.red)
        await world.ask("POST", "/_sim/faults", {"kind": "delay", "seconds": 0.05, "times": 20})
        await enter(database, camp.ada, camp.blue)
        await asyncio.gather(*(camp.reconciled() for _ in range(6)))
        assert await world.roles_of(camp.ada) == {camp.blue.role_id}
        assert [len(await world.calls(each)) for each in ("PUT", "DELETE")] == [2, 1]
        assert await world.calls("PATCH") == []

    async def test_a_guild_without_squads_and_rewards_is_not_even_looked_at(
        self, work: Work, world: World, database: Database
    ) -> None:
        await reward(database, world, {})
        assert await sweep_guild(work, SweepGuild(world.guild_id)) == ALREADY_DONE
