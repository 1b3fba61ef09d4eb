"""Claiming the daily bytes, and looking at a balance, which claims them too."""

from datetime import UTC, datetime, timedelta

import pytest

from app.bytes import service
from app.bytes.claims import ClaimReceipt
from app.bytes.config import BytesConfig
from app.bytes.domain import AlreadyClaimedError, Member
from app.database.tx import Tx
from app.errors import InvalidInputError
from app.guilds import service as guilds_service
from app.guilds.config import GuildConfig
from tests.support.guilds import actor, balance_of, give, manager, member, snowflake

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


async def claim(tx: Tx, guild_id: int, who: Member, now: datetime, key: str | None = None) -> ClaimReceipt:
    return await service.claim_daily(
        tx, actor(guild_id, who), idempotency_key=key or f"claim:{snowflake()}", now=now
    )


class TestClaimDaily:
    async def test_mints_the_daily_amount_beside_the_starting_balance(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        receipt = await claim(tx, guild_id, ada, NOON)
        assert receipt.transaction.amount == 10
        assert receipt.next_claim_at == datetime(2026, 3, 3, tzinfo=UTC)
        assert await balance_of(tx, guild_id, ada) == 110

    async def test_twice_a_day_is_refused_with_the_time_of_the_next(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await claim(tx, guild_id, ada, NOON)
        with pytest.raises(AlreadyClaimedError) as refusal:
            await claim(tx, guild_id, ada, NOON + timedelta(hours=11))
        assert refusal.value.next_claim_at == datetime(2026, 3, 3, tzinfo=UTC)
        assert await balance_of(tx, guild_id, ada) == 110

    async def test_with_the_same_key_gives_the_same_receipt(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        first = await claim(tx, guild_id, ada, NOON, key="once")
        assert await claim(tx, guild_id, ada, NOON + timedelta(minutes=1), key="once") == first

    async def test_multiplies_with_the_streak(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        amounts = [(await claim(tx, guild_id, ada, NOON + day * DAY)).transaction.amount for day in range(17)]
        assert amounts == [10] * 7 + [20] * 8 + [40] * 2

    async def test_a_missed_day_begins_again(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        for day in (0, 1, 2):
            await claim(tx, guild_id, ada, NOON + day * DAY)
        after = await claim(tx, guild_id, ada, NOON + 4 * DAY)
        assert after.transaction.streak_count == 1

    async def test_follows_the_guilds_own_day(self, tx: Tx, guild_id: int) -> None:
        """In Tokyo with a reset at 4, 18:59 UTC and 19:00 UTC are two days."""
        await guilds_service.enter_guild(tx, guild_id)
        await guilds_service.save_config(tx, manager(guild_id), GuildConfig(timezone="Asia/Tokyo"))
        await service.save_config(tx, manager(guild_id), BytesConfig(day_resets_at=4), expected_version=0)
        ada = member()
        first = await claim(tx, guild_id, ada, datetime(2026, 3, 2, 18, 59, tzinfo=UTC))
        assert first.next_claim_at == datetime(2026, 3, 2, 19, tzinfo=UTC)
        second = await claim(tx, guild_id, ada, datetime(2026, 3, 2, 19, 0, tzinfo=UTC))
        assert second.transaction.streak_count == 2

    async def test_is_open_to_young_accounts_without_a_starting_balance(self, tx: Tx, guild_id: int) -> None:
        newcomer = Member(snowflake(timedelta(days=2), now=NOON), "newcomer")
        await claim(tx, guild_id, newcomer, NOON)
        assert await balance_of(tx, guild_id, newcomer) == 10
        await claim(tx, guild_id, newcomer, NOON + 6 * DAY)
        assert await balance_of(tx, guild_id, newcomer) == 120

    async def test_says_so_where_there_is_none(self, tx: Tx, guild_id: int) -> None:
        await service.save_config(tx, manager(guild_id), BytesConfig(daily_amount=0), expected_version=0)
        with pytest.raises(InvalidInputError, match="no daily bytes"):
            await claim(tx, guild_id, member(), NOON)


class TestViewBalance:
    async def look(
        self, tx: Tx, guild_id: int, who: Member, at: Member | None = None, now: datetime = NOON
    ) -> service.BalanceView:
        return await service.view_balance(
            tx, actor(guild_id, who), at or who, idempotency_key=f"look:{snowflake()}", now=now
        )

    async def test_of_ones_own_claims_todays_daily_once(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        first = await self.look(tx, guild_id, ada)
        assert first.claim is not None
        assert (first.balance.balance, first.streak, first.rank) == (110, 1, 1)
        second = await self.look(tx, guild_id, ada)
        assert second.claim is None
        assert second.balance.balance == 110

    async def test_of_ones_own_mints_the_starting_balance_even_without_daily(
        self, tx: Tx, guild_id: int
    ) -> None:
        await service.save_config(tx, manager(guild_id), BytesConfig(daily_amount=0), expected_version=0)
        assert (await self.look(tx, guild_id, member())).balance.balance == 100

    async def test_of_somebody_else_claims_and_mints_nothing(self, tx: Tx, guild_id: int) -> None:
        bob = member()
        view = await self.look(tx, guild_id, member(), at=bob)
        assert (view.balance.balance, view.rank, view.claim) == (0, None, None)
        assert await balance_of(tx, guild_id, bob) == 0

    async def test_of_a_bot_is_refused(self, tx: Tx, guild_id: int) -> None:
        with pytest.raises(InvalidInputError, match="Bots"):
            await self.look(tx, guild_id, member(), at=member(is_bot=True))

    async def test_a_starting_balance_of_zero_is_not_made_good_later(self, tx: Tx, guild_id: int) -> None:
        none = BytesConfig(starting_balance=0, daily_amount=0)
        version = await service.save_config(tx, manager(guild_id), none, expected_version=0)
        ada = member()
        await self.look(tx, guild_id, ada)
        await service.save_config(
            tx,
            manager(guild_id),
            none.model_copy(update={"starting_balance": 100}),
            expected_version=version,
        )
        assert (await self.look(tx, guild_id, ada)).balance.balance == 0

    async def test_a_broken_streak_is_shown_as_none(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await self.look(tx, guild_id, ada)
        later = await self.look(tx, guild_id, member(), at=ada, now=NOON + 3 * DAY)
        assert later.streak == 0

    async def test_ranks_ties_by_id(self, tx: Tx, guild_id: int) -> None:
        first, second, third = (member() for _ in range(3))
        for who, amount in ((first, 50), (second, 90), (third, 50)):
            await give(tx, guild_id, who, amount)
        ranks = [(await self.look(tx, guild_id, member(), at=who)).rank for who in (second, first, third)]
        assert ranks == [1, 2, 3]
