"""A member's roles become what the ledger says, whatever Discord answers, and no others are touched."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text

from app.access import service as access_service
from app.access.config import AccessConfig
from app.database.tx import Database
from app.discord.permissions import Permission
from app.discord.port import DiscordRateLimitedError, DiscordUnavailableError
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.jobs.kinds import ReconcileMember
from app.worker.outcomes import ALREADY_DONE, Done
from app.worker.reconcile import reconcile_member
from app.worker.work import Work
from tests.edges.roles.conftest import NEEDED, World, grant, reward, undo

pytestmark = pytest.mark.anyio


async def reconciled(work: Work, world: World, user_id: int) -> Done:
    outcome = await reconcile_member(work, ReconcileMember(world.guild_id, user_id))
    assert isinstance(outcome, Done)
    return outcome


async def grants(database: Database, world: World) -> set[tuple[int, int]]:
    async with database.transaction() as tx:
        rows = await tx.execute(
            text("SELECT user_id, role_id FROM role_grants WHERE guild_id = :id"), {"id": world.guild_id}
        )
        return {(row.user_id, row.role_id) for row in rows}


class TestGiving:
    async def test_a_member_who_reached_a_reward_has_the_role_and_the_audit_log_says_why(
        self, work: Work, world: World, database: Database
    ) -> None:
        ada = await world.let_in()
        await grant(database, world, ada)
        assert (await reconciled(work, world, ada)).changed
        assert await world.roles_of(ada) == {world.role_id}
        assert await grants(database, world) == {(ada, world.role_id)}
        entry = next(each for each in (await world.guild())["audit_log"] if each["reason"])
        assert entry["reason"] == f"Reached {NEEDED} bytes"

    async def test_one_byte_less_is_not_enough(self, work: Work, world: World, database: Database) -> None:
        ada = await world.let_in()
        await grant(database, world, ada, NEEDED - 1)
        assert not (await reconciled(work, world, ada)).changed
        assert await world.roles_of(ada) == set()

    async def test_a_second_time_nothing_is_asked(self, work: Work, world: World, database: Database) -> None:
        ada = await world.let_in()
        await grant(database, world, ada)
        await reconciled(work, world, ada)
        assert not (await reconciled(work, world, ada)).changed
        assert len(await world.calls("PUT")) == 1

    async def test_eight_at_once_give_it_once(self, work: Work, world: World, database: Database) -> None:
        ada = await world.let_in()
        await grant(database, world, ada)
        await asyncio.gather(*(reconciled(work, world, ada) for _ in range(8)))
        assert await world.roles_of(ada) == {world.role_id}
        assert len(await world.calls("PUT")) == 1

    async def test_who_left_is_left_alone(self, work: Work, world: World, database: Database) -> None:
        ada = await world.let_in()
        await grant(database, world, ada)
        leaving = {"guild_id": str(world.guild_id), "user_id": str(ada), "action": "leave"}
        await world.ask("POST", "/_sim/members", leaving)
        assert await reconciled(work, world, ada) == ALREADY_DONE

    async def test_an_economy_that_is_switched_off_gives_and_takes_nothing(
        self, work: Work, world: World, database: Database
    ) -> None:
        ada = await world.let_in()
        receipt = await grant(database, world, ada)
        await reconciled(work, world, ada)
        await undo(database, world, receipt)
        async with database.transaction() as tx:
            config = await guilds_service.load_config(tx, world.guild_id)
            off = config.model_copy(update={"features": {"bytes": False}})
            await access_service.save_guild_config(tx, Actor.operator(world.guild_id), off)
        assert await reconciled(work, world, ada) == ALREADY_DONE
        assert await world.roles_of(ada) == {world.role_id}


class TestTakingBack:
    async def test_what_was_undone_takes_the_role_back(
        self, work: Work, world: World, database: Database
    ) -> None:
        ada = await world.let_in()
        receipt = await grant(database, world, ada)
        await reconciled(work, world, ada)
        await undo(database, world, receipt)
        assert (await reconciled(work, world, ada)).changed
        assert await world.roles_of(ada) == set()
        assert await grants(database, world) == set()
        reasons = [entry["reason"] for entry in (await world.guild())["audit_log"]]
        assert f"No longer has {NEEDED} bytes" in reasons

    async def test_a_role_somebody_gave_by_hand_is_never_ours(
        self, work: Work, world: World, database: Database
    ) -> None:
        ada = await world.let_in()
        await world.by_hand(ada, "add")
        receipt = await grant(database, world, ada)
        await reconciled(work, world, ada)
        assert await grants(database, world) == set()
        await undo(database, world, receipt)
        await reconciled(work, world, ada)
        assert await world.roles_of(ada) == {world.role_id}
        assert await world.calls("DELETE") == []

    async def test_other_roles_are_not_touched(self, work: Work, world: World, database: Database) -> None:
        ada, other = await world.let_in(), await world.make_role("Guest")
        await world.by_hand(ada, "add", other)
        receipt = await grant(database, world, ada)
        await reconciled(work, world, ada)
        await undo(database, world, receipt)
        await reconciled(work, world, ada)
        assert await world.roles_of(ada) == {other}

    async def test_a_reward_that_is_none_any_more_stays_with_those_who_have_it(
        self, work: Work, world: World, database: Database
    ) -> None:
        ada = await world.let_in()
        await grant(database, world, ada)
        await reconciled(work, world, ada)
        await reward(database, world, {})
        await reconciled(work, world, ada)
        assert await world.roles_of(ada) == {world.role_id}
        assert await grants(database, world) == set()


class TestRefusing:
    async def test_a_role_that_became_powerful_is_not_given_and_not_tried_for_ever(
        self, work: Work, world: World, database: Database
    ) -> None:
        ada = await world.let_in()
        await grant(database, world, ada)
        await world.ask(
            "PATCH",
            f"/api/v10/guilds/{world.guild_id}/roles/{world.role_id}",
            {"permissions": str(int(Permission.KICK_MEMBERS))},
        )
        outcome = await reconciled(work, world, ada)
        assert len(outcome.notes) == 1
        assert "power" in outcome.notes[0]
        assert await world.roles_of(ada) == set()
        assert await grants(database, world) == set()

    async def test_a_role_with_an_access_level_is_not_given(
        self, work: Work, world: World, database: Database
    ) -> None:
        ada = await world.let_in()
        await grant(database, world, ada)
        levels = AccessConfig.model_validate({"roles": {str(world.role_id): "manager"}})
        async with database.transaction() as tx:
            await access_service.save_config(tx, Actor.operator(world.guild_id), levels, expected_version=0)
        assert "access level" in (await reconciled(work, world, ada)).notes[0]
        assert await world.roles_of(ada) == set()

    async def test_a_role_that_was_deleted_a_moment_ago_is_a_note(
        self, work: Work, world: World, database: Database
    ) -> None:
        ada = await world.let_in()
        await work.places.find(world.guild_id)  # remembered with the role
        await grant(database, world, ada)
        await world.ask("DELETE", f"/api/v10/guilds/{world.guild_id}/roles/{world.role_id}")
        outcome = await reconciled(work, world, ada)
        assert len(outcome.notes) == 1
        assert "was not given" in outcome.notes[0]
        assert not outcome.changed
        assert await grants(database, world) == set()
        assert len(await world.calls("PUT")) == 1

    async def test_what_discord_forbids_to_give_is_a_note_and_asked_for_once(
        self, work: Work, world: World, database: Database
    ) -> None:
        ada = await world.let_in()
        await grant(database, world, ada)
        await world.invite_bot(permissions=0)
        outcome = await reconciled(work, world, ada)
        assert len(outcome.notes) == 1
        assert "was not given" in outcome.notes[0]
        assert not outcome.changed
        assert await grants(database, world) == set()
        assert len(await world.calls("PUT")) == 1

    async def test_what_discord_forbids_to_take_back_is_a_note_and_still_ours(
        self, work: Work, world: World, database: Database
    ) -> None:
        ada = await world.let_in()
        receipt = await grant(database, world, ada)
        await reconciled(work, world, ada)
        await undo(database, world, receipt)
        await world.invite_bot(permissions=0)
        outcome = await reconciled(work, world, ada)
        assert len(outcome.notes) == 1
        assert "was not taken back" in outcome.notes[0]
        assert not outcome.changed
        assert await grants(database, world) == {(ada, world.role_id)}
        assert len(await world.calls("DELETE")) == 1


SAID: list[dict[str, Any]] = [
    {"kind": "server_error", "status": 503},
    {"kind": "server_error", "status": 502},
    {"kind": "rate_limit_user", "retry_after": 0.2},
    {"kind": "rate_limit_shared", "retry_after": 0.2},
    {"kind": "rate_limit_global", "retry_after": 0.2},
    {"kind": "cloudflare_ban", "retry_after": 0.2},
]
SILENT: list[dict[str, Any]] = [{"kind": "reset"}, {"kind": "lost_answer"}]
"""Nobody is told of these if the HTTP library tries the same again by itself: what is idempotent it may."""


def named(failure: dict[str, Any]) -> str:
    return f"{failure['kind']}-{failure.get('status', '')}"


@pytest.mark.parametrize("method", ["GET", "PUT"])
class TestFailures:
    @pytest.mark.parametrize("failure", SAID, ids=named)
    async def test_of_discord_are_raised_at_once_and_the_next_time_is_right(
        self, work: Work, world: World, database: Database, failure: dict[str, Any], method: str
    ) -> None:
        ada = await world.let_in()
        await grant(database, world, ada)
        await world.ask("POST", "/_sim/faults", failure | {"times": 1, "method": method})
        async with asyncio.timeout(5):
            with pytest.raises(DiscordUnavailableError) as refused:
                await reconciled(work, world, ada)
        wait = refused.value.retry_after
        assert isinstance(refused.value, DiscordRateLimitedError) == (wait is not None)
        assert (wait is not None) == ("retry_after" in failure)
        if wait is not None:
            with pytest.raises(DiscordRateLimitedError):  # not even asked
                await reconciled(work, world, ada)
            await asyncio.sleep(wait)
        await self.is_right(work, world, database, ada)

    @pytest.mark.parametrize("failure", SILENT, ids=named)
    async def test_of_the_network_change_nothing_about_the_end(
        self, work: Work, world: World, database: Database, failure: dict[str, Any], method: str
    ) -> None:
        ada = await world.let_in()
        await grant(database, world, ada)
        await world.ask("POST", "/_sim/faults", failure | {"times": 3, "method": method})
        async with asyncio.timeout(5):
            with pytest.raises(DiscordUnavailableError):
                await reconciled(work, world, ada)
        await self.is_right(work, world, database, ada)

    async def is_right(self, work: Work, world: World, database: Database, user_id: int) -> None:
        for _ in range(3):
            with suppress(DiscordUnavailableError):
                await reconciled(work, world, user_id)
        assert await world.roles_of(user_id) == {world.role_id}
        assert await grants(database, world) == {(user_id, world.role_id)}
