"""Sending bytes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from app.bytes import service
from app.bytes.booking import Receipt
from app.bytes.config import BytesConfig
from app.bytes.domain import (
    MAX_REASON,
    AccountTooYoungError,
    CooldownError,
    DuplicateKeyError,
    InsufficientBytesError,
    Member,
)
from app.database.cache import Cache
from app.database.engine import connect_database
from app.database.tx import Database, Tx
from app.errors import FeatureOffError, InvalidInputError
from app.guilds import service as guilds_service
from app.guilds.config import GuildConfig
from app.guilds.domain import Actor
from tests.conftest import PATIENCE
from tests.support.guilds import actor, balance_of, give, manager, member

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)  # noqa: TID251 - a fixed present for the whole module


async def send(
    tx: Tx, giver: Actor, receiver: Member, amount: int, *, key: str = "k", reason: str | None = None
) -> Receipt:
    return await service.send_bytes(tx, giver, receiver, amount, reason=reason, idempotency_key=key, now=NOW)


async def configure(tx: Tx, guild_id: int, **values: object) -> None:
    config, version = await service.load_config(tx, guild_id)
    await service.save_config(
        tx,
        manager(guild_id),
        BytesConfig.model_validate(config.model_dump() | values),
        expected_version=version,
    )


class TestSendBytes:
    async def test_moves_them(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        receipt = await send(tx, actor(guild_id, ada), bob, 30, reason=" for the  review ")
        assert await balance_of(tx, guild_id, ada) == 70
        assert await balance_of(tx, guild_id, bob) == 30
        booked = receipt.transaction
        assert (booked.giver_balance_after, booked.receiver_balance_after) == (70, 30)
        assert booked.reason == "for the review"

    async def test_mints_the_starting_balance_to_a_giver_who_appears(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, starting_balance=500)
        ada = member()
        await send(tx, actor(guild_id, ada), member(), 1)
        assert await balance_of(tx, guild_id, ada) == 499

    async def test_mints_nothing_to_the_receiver(self, tx: Tx, guild_id: int) -> None:
        bob = member()
        await send(tx, actor(guild_id), bob, 1)
        assert await balance_of(tx, guild_id, bob) == 1

    async def test_a_receiver_gets_the_starting_balance_at_the_first_own_command(
        self, tx: Tx, guild_id: int
    ) -> None:
        bob = member()
        await send(tx, actor(guild_id), bob, 40)
        await send(tx, actor(guild_id, bob), member(), 1, key="own")
        assert await balance_of(tx, guild_id, bob) == 139

    async def test_with_the_same_key_gives_the_same_receipt(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        first = await send(tx, actor(guild_id, ada), bob, 30)
        assert await send(tx, actor(guild_id, ada), bob, 30) == first
        assert await balance_of(tx, guild_id, ada) == 70

    async def test_with_the_same_key_gives_it_even_when_it_would_be_refused_now(
        self, tx: Tx, guild_id: int
    ) -> None:
        ada, bob = member(), member()
        first = await send(tx, actor(guild_id, ada), bob, 30)
        await configure(tx, guild_id, max_transfer=5, cooldown_hours=24)
        assert await send(tx, actor(guild_id, ada), bob, 30) == first

    async def test_with_the_same_key_gives_it_even_where_the_feature_is_off_now(
        self, tx: Tx, guild_id: int
    ) -> None:
        ada, bob = member(), member()
        first = await send(tx, actor(guild_id, ada), bob, 30)
        await guilds_service.save_config(tx, manager(guild_id), GuildConfig(features={"bytes": False}))
        assert await send(tx, actor(guild_id, ada), bob, 30) == first
        with pytest.raises(DuplicateKeyError):
            await send(tx, actor(guild_id, ada), bob, 31)

    @pytest.mark.parametrize("change", ["amount", "receiver", "giver", "reason"])
    async def test_with_the_same_key_for_something_else_is_refused(
        self, tx: Tx, guild_id: int, change: str
    ) -> None:
        ada, bob = member(), member()
        await send(tx, actor(guild_id, ada), bob, 30)
        other = {
            "amount": (actor(guild_id, ada), bob, 31, None),
            "receiver": (actor(guild_id, ada), member(), 30, None),
            "giver": (actor(guild_id), bob, 30, None),
            "reason": (actor(guild_id, ada), bob, 30, "another"),
        }[change]
        with pytest.raises(DuplicateKeyError):
            await send(tx, *other[:3], reason=other[3])
        assert await balance_of(tx, guild_id, ada) == 70

    async def test_keeps_the_longest_reason_there_can_be(self, tx: Tx, guild_id: int) -> None:
        """The rule and the table's own wall agree."""
        longest = "\U0001f9ff" * MAX_REASON
        receipt = await send(tx, actor(guild_id), member(), 1, reason=longest)
        assert receipt.transaction.reason == longest

    async def test_to_somebody_who_has_left_is_refused(self, tx: Tx, guild_id: int) -> None:
        gone = replace(member(), is_present=False)
        with pytest.raises(InvalidInputError, match="not in this server"):
            await send(tx, actor(guild_id), gone, 1)

    async def test_more_than_one_has_is_refused_with_the_balance(self, tx: Tx, guild_id: int) -> None:
        with pytest.raises(InsufficientBytesError) as refusal:
            await send(tx, actor(guild_id), member(), 101)
        assert refusal.value.balance == 100

    async def test_everything_one_has_is_fine(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await send(tx, actor(guild_id, ada), member(), 100)
        assert await balance_of(tx, guild_id, ada) == 0

    async def test_more_than_the_guild_allows_is_refused(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await give(tx, guild_id, ada, 5000)
        with pytest.raises(InvalidInputError, match="between 1 and 1,000"):
            await send(tx, actor(guild_id, ada), member(), 1001)

    async def test_too_soon_is_refused_with_the_time(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, cooldown_hours=2)
        ada = member()
        first = await send(tx, actor(guild_id, ada), member(), 1)
        with pytest.raises(CooldownError) as refusal:
            await send(tx, actor(guild_id, ada), member(), 1, key="second")
        assert refusal.value.until == first.transaction.created_at + timedelta(hours=2)

    async def test_after_the_cooldown_is_fine(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, cooldown_hours=2)
        ada = member()
        await send(tx, actor(guild_id, ada), member(), 1)
        await tx.execute(
            text(
                "UPDATE bytes_balances SET last_sent_at = last_sent_at - interval '2 hours'"
                " WHERE user_id = :id"
            ),
            {"id": ada.user_id},
        )
        await send(tx, actor(guild_id, ada), member(), 1, key="second")
        assert await balance_of(tx, guild_id, ada) == 98

    async def test_receiving_starts_no_cooldown(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, cooldown_hours=2)
        bob = member()
        await send(tx, actor(guild_id), bob, 10)
        await send(tx, actor(guild_id, bob), member(), 1, key="second")

    async def test_from_too_young_an_account_is_refused_and_mints_nothing(
        self, tx: Tx, guild_id: int
    ) -> None:
        newcomer = member(timedelta(days=2))
        with pytest.raises(AccountTooYoungError):
            await send(tx, actor(guild_id, newcomer), member(), 1)
        assert await balance_of(tx, guild_id, newcomer) == 0

    async def test_is_refused_where_the_feature_is_off(self, tx: Tx, guild_id: int) -> None:
        await guilds_service.save_config(tx, manager(guild_id), GuildConfig(features={"bytes": False}))
        with pytest.raises(FeatureOffError):
            await send(tx, actor(guild_id), member(), 1)

    async def test_stays_within_the_guild(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        await send(tx, actor(guild_id, ada), bob, 30)
        elsewhere = await send(tx, actor(guild_id + 1, ada), bob, 5, key="elsewhere")
        assert elsewhere.transaction.giver_balance_after == 95
        assert await balance_of(tx, guild_id, bob) == 30


class TestSendingOften:
    """In a process that remembers what guilds chose."""

    @pytest.fixture
    async def remembering(self, database_url: str) -> AsyncIterator[Database]:
        made = connect_database(database_url, pool_size=4, patience=PATIENCE, cache=Cache())
        yield made
        await made.close()

    async def test_is_one_statement_each(self, remembering: Database, guild_id: int) -> None:
        ada, statements = actor(guild_id), list[str]()

        def note(_: object, __: object, statement: str, *___: object) -> None:
            statements.append(statement)

        async with remembering.transaction() as tx:
            await send(tx, ada, member(), 1, key=f"{guild_id}:first")
        event.listen(remembering.engine.sync_engine, "before_cursor_execute", note)
        async with remembering.transaction() as tx:
            await send(tx, ada, member(), 1, key=f"{guild_id}:second")
        assert ["post_transaction" in statement for statement in statements] == [True]

    async def test_keeps_to_what_was_chosen_a_moment_ago(self, remembering: Database, guild_id: int) -> None:
        ada = actor(guild_id)
        async with remembering.transaction() as tx:
            await send(tx, ada, member(), 50, key=f"{guild_id}:first")
        async with remembering.transaction() as tx:
            await configure(tx, guild_id, max_transfer=5)
        async with remembering.transaction() as tx:
            with pytest.raises(InvalidInputError, match="between 1 and 5 "):
                await send(tx, ada, member(), 6, key=f"{guild_id}:second")
            await guilds_service.save_config(tx, manager(guild_id), GuildConfig(features={"bytes": False}))
        async with remembering.transaction() as tx:
            with pytest.raises(FeatureOffError):
                await send(tx, ada, member(), 1, key=f"{guild_id}:third")
