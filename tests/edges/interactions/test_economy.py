"""The economy by its commands: what members and managers see, and what is booked behind it."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from app.bytes import service as bytes_service
from app.bytes.config import BytesConfig
from app.bytes.domain import Member
from app.database.tx import Database
from app.discord.permissions import Permission
from app.jobs.kinds import ReconcileMember, encode
from tests.edges.interactions.outcome import assert_refused, jobs, kept
from tests.support.guilds import balance_of, give, manager, member, new_guild, snowflake
from tests.support.signed import FakeDiscord, is_ephemeral, text_of, typing

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]

Callback = dict[str, Any]

ROLE = "175928847299117063"
MANAGER = int(Permission.MANAGE_GUILD)


@dataclass
class Stage:
    """A guild with Ada and Bob, and a manager."""

    discord: FakeDiscord
    database: Database
    guild_id: int
    ada: Member
    bob: Member
    boss: Member

    async def use(self, who: Member, name: str, **options: Any) -> Callback:
        interaction_id = options.pop("interaction_id", None)
        permissions = MANAGER if who is self.boss else 0
        return await self.discord.command(
            self.guild_id, who, name, options, permissions=permissions, interaction_id=interaction_id
        )

    async def said(self, who: Member, name: str, **options: Any) -> str:
        return text_of(await self.use(who, name, **options))

    async def balance(self, who: Member) -> int:
        async with self.database.transaction() as tx:
            return await balance_of(tx, self.guild_id, who)

    async def latest(self) -> str:
        """The id of the latest transaction, as it is suggested to the manager."""
        payload = typing(self.guild_id, self.boss, "treasury undo", "transaction", "", permissions=MANAGER)
        return str((await self.discord.deliver(payload))["data"]["choices"][0]["value"])

    async def configure(self, **values: Any) -> None:
        async with self.database.transaction() as tx:
            config = BytesConfig.model_validate({"starting_balance": 0, **values})
            _, version = await bytes_service.load_config(tx, self.guild_id)
            await bytes_service.save_config(tx, manager(self.guild_id), config, expected_version=version)

    async def audited(self) -> int:
        async with self.database.transaction() as tx:
            statement = text("SELECT count(*) FROM audit_entries WHERE guild_id = :guild AND via = 'command'")
            counted: int = (await tx.execute(statement, {"guild": self.guild_id})).scalar_one()
            return counted


@pytest.fixture
async def stage(discord: FakeDiscord, database: Database, guild_id: int) -> Stage:
    made = Stage(discord, database, guild_id, member(), member(), member())
    await made.configure()
    async with database.transaction() as tx:
        await give(tx, guild_id, made.ada, 100)
    return made


class TestTake:
    async def test_burns_and_says_what_is_left(self, stage: Stage) -> None:
        said = await stage.said(stage.boss, "treasury take", user=stage.ada, amount=30, reason="*spam*")
        assert said == (
            f"### 💠 Bytes taken\n<@{stage.ada.user_id}> now has **70 bytes**.\n"
            f"30 bytes taken by <@{stage.boss.user_id}>\nFor: \\*spam\\*"
        )
        assert await stage.balance(stage.ada) == 70

    async def test_again_with_the_same_interaction_burns_once(self, stage: Stage) -> None:
        options = {"user": stage.ada, "amount": 30, "reason": "spam", "interaction_id": snowflake()}
        before = await stage.audited()
        first = await stage.said(stage.boss, "treasury take", **options)
        assert await stage.said(stage.boss, "treasury take", **options) == first
        assert await stage.balance(stage.ada) == 70
        assert await stage.audited() == before + 1

    async def test_more_than_there_is_takes_nothing(self, stage: Stage) -> None:
        before = await kept(stage.database, stage.guild_id)
        callback = await stage.use(stage.boss, "treasury take", user=stage.ada, amount=101, reason="spam")
        sentence = (
            f"<@{stage.ada.user_id}> has only 100 bytes. Nothing was taken; choose an amount up to that."
        )
        assert_refused(callback, "Not enough to take", sentence)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_works_on_somebody_who_left(self, stage: Stage) -> None:
        gone = Member(stage.ada.user_id, stage.ada.username, is_present=False)
        said = await stage.said(stage.boss, "treasury take", user=gone, amount=100, reason="left")
        assert "now has **0 bytes**" in said


class TestUndo:
    async def test_puts_everything_back_and_is_refused_a_second_time(self, stage: Stage) -> None:
        await stage.use(stage.ada, "bytes send", user=stage.bob, amount=40)
        transaction = await stage.latest()
        undone = await stage.use(stage.boss, "treasury undo", transaction=transaction)
        assert not is_ephemeral(undone)
        assert text_of(undone) == (
            f"### 💠 Transaction undone\n40 bytes went back from <@{stage.bob.user_id}> to "
            f"<@{stage.ada.user_id}>.\nUndone by <@{stage.boss.user_id}>"
        )
        assert (await stage.balance(stage.ada), await stage.balance(stage.bob)) == (100, 0)
        before = await kept(stage.database, stage.guild_id)
        for force in (False, True):
            said = await stage.said(stage.boss, "treasury undo", transaction=transaction, force=force)
            assert "This transaction was undone <t:" in said
            assert "Nothing was moved a second time." in said
        assert await kept(stage.database, stage.guild_id) == before

    async def test_again_with_the_same_interaction_says_the_same(self, stage: Stage) -> None:
        await stage.use(stage.ada, "bytes send", user=stage.bob, amount=40)
        options = {"transaction": await stage.latest(), "interaction_id": snowflake()}
        first = await stage.said(stage.boss, "treasury undo", **options)
        before = await kept(stage.database, stage.guild_id)
        assert await stage.said(stage.boss, "treasury undo", **options) == first
        assert await kept(stage.database, stage.guild_id) == before

    async def test_of_what_is_half_spent_asks_for_force_and_then_states_the_rest(self, stage: Stage) -> None:
        await stage.use(stage.ada, "bytes send", user=stage.bob, amount=40)
        transaction = await stage.latest()
        await stage.use(stage.bob, "bytes send", user=member(), amount=25)
        before = await kept(stage.database, stage.guild_id)
        sentence = (
            f"<@{stage.bob.user_id}> has only 15 bytes left of 40 bytes. Nothing was undone; "
            "with `force`, 15 bytes would be moved back and the rest would stay where it is."
        )
        refused = await stage.use(stage.boss, "treasury undo", transaction=transaction)
        assert_refused(refused, "Not enough to undo", sentence)
        assert await kept(stage.database, stage.guild_id) == before
        said = await stage.said(stage.boss, "treasury undo", transaction=transaction, force=True)
        assert f"15 bytes went back from <@{stage.bob.user_id}> to <@{stage.ada.user_id}>." in said
        assert "Not moved back, because already spent: 25 bytes" in said
        assert (await stage.balance(stage.ada), await stage.balance(stage.bob)) == (75, 0)

    async def test_of_a_grant_goes_back_to_the_treasury(self, stage: Stage) -> None:
        said = await stage.said(stage.boss, "treasury undo", transaction=await stage.latest())
        assert f"100 bytes went back from <@{stage.ada.user_id}> to the treasury." in said

    @pytest.mark.parametrize(
        "transaction", ["x", "", "0" * 32, "{}", "ada", "0193-", "ffffffff-ffff-7fff-bfff-ffffffffffff"]
    )
    async def test_of_what_is_no_transaction_is_not_found(self, stage: Stage, transaction: str) -> None:
        before = await kept(stage.database, stage.guild_id)
        said = await stage.said(stage.boss, "treasury undo", transaction=transaction)
        assert said.startswith("### ⚠️ Not found\nThere is no such transaction in this server.")
        assert await kept(stage.database, stage.guild_id) == before

    async def test_of_another_servers_is_not_found(self, stage: Stage) -> None:
        transaction = await stage.latest()
        before = await kept(stage.database, stage.guild_id)
        payload_guild = new_guild()
        callback = await stage.discord.command(
            payload_guild, stage.boss, "treasury undo", {"transaction": transaction}, permissions=MANAGER
        )
        assert "Not found" in text_of(callback)
        assert await kept(stage.database, stage.guild_id) == before


class TestHistoryAfterwards:
    async def test_strikes_out_what_was_undone_and_tells_both_sides(self, stage: Stage) -> None:
        await stage.use(stage.ada, "bytes send", user=stage.bob, amount=40, reason="tea")
        await stage.use(stage.boss, "treasury undo", transaction=await stage.latest())
        await stage.use(stage.boss, "treasury take", user=stage.ada, amount=5, reason="spam")
        lines = (await stage.said(stage.ada, "bytes history")).split("\n")[2:]
        beginnings = [
            "**−5** Taken · <t:",  # noqa: RUF001 - a minus
            "**+40** Undone, given back · <t:",
            f"~~**−40** To <@{stage.bob.user_id}> · <t:",  # noqa: RUF001 - a minus
            "**+100** Granted · <t:",
        ]
        assert [line[: len(start)] for line, start in zip(lines, beginnings, strict=True)] == beginnings
        assert lines[2].endswith(" · tea~~")
        [back, sent] = (await stage.said(stage.bob, "bytes history")).split("\n")[2:]
        assert back.startswith("**−40** Undone, taken back · <t:")  # noqa: RUF001 - a minus
        assert sent.startswith(f"~~**+40** From <@{stage.ada.user_id}> · <t:")


class TestRoleRewards:
    """Crossing one leaves a job with the booking, and whatever books nothing leaves none."""

    def job(self, stage: Stage, who: Member) -> tuple[str, str]:
        return ("reconcile_member.v1", encode(ReconcileMember(stage.guild_id, who.user_id)).decode())

    async def test_crossing_one_enqueues_the_member_once(self, stage: Stage) -> None:
        await stage.configure(role_rewards={ROLE: 50})
        options = {"user": stage.bob, "amount": 50, "reason": "prize", "interaction_id": snowflake()}
        for _ in range(3):
            await stage.said(stage.boss, "treasury grant", **options)
        assert await jobs(stage.database, stage.guild_id) == [self.job(stage, stage.bob)]

    async def test_undoing_what_crossed_it_enqueues_the_member_again(self, stage: Stage) -> None:
        await stage.configure(role_rewards={ROLE: 50})
        await stage.use(stage.boss, "treasury grant", user=stage.bob, amount=50, reason="prize")
        await stage.use(stage.boss, "treasury undo", transaction=await stage.latest())
        assert await jobs(stage.database, stage.guild_id) == [self.job(stage, stage.bob)] * 2

    async def test_sends_back_and_forth_earn_nobody_anything(self, stage: Stage) -> None:
        await stage.configure(role_rewards={ROLE: 150})
        for _ in range(10):
            await stage.use(stage.ada, "bytes send", user=stage.bob, amount=50)
            await stage.use(stage.bob, "bytes send", user=stage.ada, amount=50)
        assert await jobs(stage.database, stage.guild_id) == []

    async def test_what_is_refused_enqueues_nothing(self, stage: Stage) -> None:
        await stage.configure(role_rewards={ROLE: 50}, role_rewards_basis="received")
        again = snowflake()
        await stage.use(stage.ada, "bytes send", user=stage.bob, amount=49, interaction_id=again)
        for options in (
            {"user": stage.bob, "amount": 52},  # more than there is left
            {"user": stage.bob, "amount": 50, "interaction_id": again},  # the same key, something else
            {"user": stage.bob, "amount": 2000},  # more than this server allows
        ):
            assert "⚠️" in await stage.said(stage.ada, "bytes send", **options)
        for who in (stage.ada, stage.bob):
            said = await stage.said(who, "treasury grant", user=stage.bob, amount=50, reason="prize")
            assert "Not allowed" in said
        assert await jobs(stage.database, stage.guild_id) == []
        await stage.use(stage.ada, "bytes send", user=stage.bob, amount=1)
        assert await jobs(stage.database, stage.guild_id) == [self.job(stage, stage.bob)]

    async def test_a_take_strips_nobody_of_a_role(self, stage: Stage) -> None:
        await stage.configure(role_rewards={ROLE: 50})
        await stage.use(stage.boss, "treasury take", user=stage.ada, amount=100, reason="spam")
        assert await jobs(stage.database, stage.guild_id) == []
