"""What is offered while an option is being typed."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from app.access.config import AccessConfig
from app.access.domain import Level
from app.access.service import save_config
from app.bytes import treasury as bytes_treasury
from app.bytes.domain import Member
from app.bytes.erasure import erase_member
from app.database.tx import Database
from app.discord.permissions import Permission
from interactions.table import ROUTES
from tests.edges.interactions.outcome import CHOICES, kept, switch_off, unreachable, with_routes
from tests.support.guilds import give, manager, member, new_guild, snowflake
from tests.support.signed import FakeDiscord, typing

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]

MANAGER = int(Permission.MANAGE_GUILD)
NOT_ENOUGH = (0, int(Permission.MODERATE_MEMBERS), int(Permission.MANAGE_ROLES | Permission.BAN_MEMBERS))


@dataclass
class Stage:
    """A guild whose manager types."""

    discord: FakeDiscord
    database: Database
    guild_id: int
    boss: Member

    async def offered(
        self, typed: object = "", name: str = "treasury undo", option: str = "transaction", **changes: Any
    ) -> list[dict[str, Any]]:
        permissions, roles = changes.pop("permissions", MANAGER), changes.pop("roles", [])
        payload = typing(self.guild_id, self.boss, name, option, "", permissions=permissions)
        payload["member"]["roles"] = roles
        focused = payload["data"]["options"][0]
        while "options" in focused:
            focused = focused["options"][0]
        focused["value"] = typed
        callback = await self.discord.deliver(payload)
        assert callback["type"] == CHOICES
        return list(callback["data"]["choices"])

    async def labels(self, typed: object = "", **changes: Any) -> list[str]:
        return [choice["name"] for choice in await self.offered(typed, **changes)]

    async def book(self, username: str, amount: int, reason: str | None = None) -> str:
        """Mint to somebody; gives the id of the transaction."""
        async with self.database.transaction() as tx:
            receipt = await bytes_treasury.grant_bytes(
                tx,
                manager(self.guild_id),
                Member(snowflake(), username),
                amount,
                reason=reason,
                idempotency_key=f"book:{snowflake()}",
            )
        return str(receipt.transaction.id)


@pytest.fixture
def stage(discord: FakeDiscord, database: Database, guild_id: int) -> Stage:
    return Stage(discord, database, guild_id, member())


class TestTransactionsToUndo:
    async def test_are_the_latest_first_and_say_what_they_are(self, stage: Stage) -> None:
        first = await stage.book("ada", 1240, reason="won the quiz")
        second = await stage.book("bob", 5)
        offered = await stage.offered()
        assert [choice["value"] for choice in offered] == [second, first]
        assert offered[1]["name"].startswith("1,240 · the treasury → ada · 20")
        assert offered[1]["name"].endswith(" · won the quiz")

    async def test_name_nobody_who_was_erased(self, stage: Stage) -> None:
        ada, bob = member(), member()
        async with stage.database.transaction() as tx:
            await give(tx, stage.guild_id, ada, 50)
        await stage.discord.command(stage.guild_id, ada, "bytes send", {"user": bob, "amount": 5})
        async with stage.database.transaction() as tx:
            await erase_member(tx, stage.guild_id, ada.user_id, -77)
        [label, *_] = await stage.labels()
        assert label.startswith(f"5 · a former member → {bob.username} · ")

    async def test_can_be_undone_as_offered(self, stage: Stage) -> None:
        await stage.book("ada", 1240)
        [choice] = await stage.offered("ad")
        options = {"transaction": choice["value"]}
        await stage.discord.command(stage.guild_id, stage.boss, "treasury undo", options, permissions=MANAGER)
        assert await stage.offered("ad") == []

    async def test_are_offered_to_nobody_who_may_not_undo(self, stage: Stage) -> None:
        await stage.book("ada", 5)
        for permissions in NOT_ENOUGH:
            assert await stage.offered(permissions=permissions, roles=[str(snowflake())]) == []

    async def test_are_offered_to_a_manager_by_access_level(self, stage: Stage) -> None:
        await stage.book("ada", 5)
        high, low = str(snowflake()), str(snowflake())
        config = AccessConfig(roles={high: Level.MANAGER, low: Level.MODERATOR})
        async with stage.database.transaction() as tx:
            await save_config(tx, manager(stage.guild_id), config, expected_version=0)
        assert len(await stage.offered(permissions=0, roles=[high])) == 1
        assert await stage.offered(permissions=0, roles=[low]) == []

    async def test_of_another_server_are_never_offered(self, stage: Stage) -> None:
        async with stage.database.transaction() as tx:
            await give(tx, new_guild(), Member(snowflake(), "ada"), 5)
        own = await stage.book("bob", 5)
        assert [choice["value"] for choice in await stage.offered()] == [own]
        assert await stage.offered("ada") == []

    async def test_are_none_where_the_feature_is_off(self, stage: Stage) -> None:
        await stage.book("ada", 5)
        await switch_off(stage.database, stage.guild_id)
        assert await stage.offered() == []

    async def test_are_25_at_most_however_many_there_are(self, stage: Stage) -> None:
        for number in range(30):
            await stage.book("ada", 1 + number)
        offered = await stage.offered()
        assert len(offered) == 25
        assert offered[0]["name"].startswith("30 · ")

    async def test_with_the_longest_names_and_numbers_still_fit(self, stage: Stage) -> None:
        await stage.book("w" * 32, 1_000_000_000, reason="\U0001d54e" * 200)
        [label] = await stage.labels()
        assert 0 < len(label) <= 100
        assert label.endswith("…")

    async def test_leave_everything_as_it_is(self, stage: Stage) -> None:
        await stage.book("ada", 5)
        before = await kept(stage.database, stage.guild_id)
        await stage.offered("a")
        assert await kept(stage.database, stage.guild_id) == before


class TestWhatIsTyped:
    @pytest.mark.parametrize("typed", ["ada", "ADA", "@ada", " ada ", "d_a", "124"])
    async def test_finds_by_a_part_of_a_name_or_the_beginning_of_an_amount(
        self, stage: Stage, typed: str
    ) -> None:
        await stage.book("ada.d_ada", 1240)
        await stage.book("bob", 5)
        assert len(await stage.labels(typed)) == 1

    async def test_finds_by_the_beginning_of_an_id(self, stage: Stage) -> None:
        booked = await stage.book("ada", 5)
        assert [choice["value"] for choice in await stage.offered(booked)] == [booked]

    @pytest.mark.parametrize("typed", ["%", "_", "a%a", "a_a", "%%", "\\", "'", "';--", ".*", "[a]", "240"])
    async def test_means_nothing_but_itself(self, stage: Stage, typed: str) -> None:
        await stage.book("ada", 1240)
        assert await stage.labels(typed) == []

    async def test_finds_a_name_with_a_wildcard_in_it(self, stage: Stage) -> None:
        await stage.book("a%_b", 1)
        await stage.book("axxb", 2)
        assert len(await stage.labels("%_")) == 1

    @pytest.mark.parametrize(
        "typed", ["\0", "a\0", "x" * 6000, "💠" * 3000, "\u202e", "\n" * 6000, "\x1b[0m"]
    )
    async def test_however_strange_is_answered(
        self, stage: Stage, caplog: pytest.LogCaptureFixture, typed: str
    ) -> None:
        await stage.book("ada", 5)
        await stage.offered(typed)
        assert caplog.records == []

    @pytest.mark.parametrize("typed", [5, 1.5, True, None])
    async def test_of_another_type_is_answered(
        self, stage: Stage, caplog: pytest.LogCaptureFixture, typed: object
    ) -> None:
        await stage.book("ada", 5)
        await stage.offered(typed)
        assert caplog.records == []

    async def test_into_an_option_that_offers_nothing_is_offered_nothing(self, stage: Stage) -> None:
        assert await stage.offered("x", name="bytes send", option="reason") == []
        assert await stage.offered("x", name="treasury undo", option="unknown") == []
        assert await stage.offered("x", name="nothing there", option="unknown") == []

    async def test_with_no_option_in_focus_is_offered_nothing(self, stage: Stage) -> None:
        await stage.book("ada", 5)
        payload = typing(stage.guild_id, stage.boss, "treasury undo", "transaction", "", permissions=MANAGER)
        payload["data"]["options"][0]["options"][0]["focused"] = False
        assert (await stage.discord.deliver(payload))["data"]["choices"] == []


class TestADatabaseThatIsDown:
    async def test_offers_nothing_and_breaks_nothing(self, guild_id: int) -> None:
        async with unreachable() as nowhere:
            discord = with_routes(nowhere, ROUTES)
            for name, option in (("treasury undo", "transaction"), ("help", "command")):
                payload = typing(guild_id, member(), name, option, "a", permissions=MANAGER)
                answer = await discord.send(payload)
                assert answer.status == 200
                assert json.loads(answer.body) == {"type": CHOICES, "data": {"choices": []}}


class TestCommandsToExplain:
    async def commands(self, stage: Stage, typed: str, permissions: int = 0) -> list[str]:
        offered = await stage.offered(typed, name="help", option="command", permissions=permissions)
        assert all(choice["name"] == f"/{choice['value']}" for choice in offered)
        return [choice["value"] for choice in offered]

    async def test_are_those_one_may_use(self, stage: Stage) -> None:
        everybody = await self.commands(stage, "")
        assert {"bytes", "help", "about"} <= set(everybody)
        assert "treasury" not in everybody
        everything = {root.name for root in ROUTES.commands}
        assert set(await self.commands(stage, "", MANAGER)) == everything - {"massban"}

    @pytest.mark.parametrize("typed", ["by", "/by", " BYT", "/bytes "])
    async def test_begin_with_what_was_typed(self, stage: Stage, typed: str) -> None:
        assert await self.commands(stage, typed) == ["bytes"]

    async def test_leave_out_what_is_switched_off(self, stage: Stage) -> None:
        await switch_off(stage.database, stage.guild_id)
        assert not {"bytes", "treasury"} & set(await self.commands(stage, "", MANAGER))
