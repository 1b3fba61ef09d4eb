"""A job for the worker exactly when a member's bytes cross a role reward, on real PostgreSQL."""

from collections import Counter
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from app.bytes import service, treasury
from app.bytes.booking import Receipt
from app.bytes.claims import ClaimReceipt
from app.bytes.config import BytesConfig
from app.bytes.domain import Member, Transaction
from app.database.tx import Tx
from app.errors import RefusedError
from app.jobs.kinds import ReconcileMember, decode
from tests.support.guilds import actor, give, manager, member, new_guild, snowflake

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROLE, OTHER_ROLE = "175928847299117063", "175928847299117064"


async def configure(tx: Tx, guild_id: int, rewards: dict[str, int], **values: object) -> None:
    config = BytesConfig.model_validate({"role_rewards": rewards, **values})
    _, version = await service.load_config(tx, guild_id)
    await service.save_config(tx, manager(guild_id), config, expected_version=version)


async def jobs(tx: Tx, guild_id: int) -> Counter[int]:
    """Count the jobs of a guild by member."""
    rows = await tx.execute(text("SELECT entrypoint, payload FROM pgqueuer"))
    found = [decode(row.entrypoint, bytes(row.payload)) for row in rows]
    return Counter(
        job.user_id for job in found if isinstance(job, ReconcileMember) and job.guild_id == guild_id
    )


async def send(
    tx: Tx, guild_id: int, giver: Member, receiver: Member, amount: int, *, key: str | None = None
) -> Receipt:
    return await service.send_bytes(
        tx, actor(guild_id, giver), receiver, amount,
        reason=None, idempotency_key=key or f"send:{snowflake()}", now=NOON,
    )  # fmt: skip


async def claim(
    tx: Tx, guild_id: int, who: Member, key: str | None = None, now: datetime = NOON
) -> ClaimReceipt:
    return await service.claim_daily(
        tx, actor(guild_id, who), idempotency_key=key or f"claim:{snowflake()}", now=now
    )


class TestClaim:
    async def test_that_reaches_a_reward_enqueues_the_member_once(self, tx: Tx, guild_id: int) -> None:
        """Starting balance and daily bytes together cross two of them."""
        await configure(tx, guild_id, {ROLE: 100, OTHER_ROLE: 110})
        ada = member()
        await claim(tx, guild_id, ada)
        assert await jobs(tx, guild_id) == {ada.user_id: 1}

    async def test_that_reaches_none_enqueues_nothing(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, {ROLE: 111})
        await claim(tx, guild_id, member())
        assert await jobs(tx, guild_id) == {}

    async def test_again_with_the_same_key_enqueues_nothing(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, {ROLE: 105})
        ada = member()
        for _ in range(3):
            await claim(tx, guild_id, ada, key="once")
        assert await jobs(tx, guild_id) == {ada.user_id: 1}

    async def test_by_looking_counts_alike(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, {ROLE: 105})
        ada = member()
        await service.view_balance(tx, actor(guild_id, ada), ada, idempotency_key="look", now=NOON)
        assert await jobs(tx, guild_id) == {ada.user_id: 1}

    async def test_of_nothing_still_counts_the_starting_balance(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, {ROLE: 100}, daily_amount=0)
        ada = member()
        for _ in range(2):
            await service.view_balance(
                tx, actor(guild_id, ada), ada, idempotency_key=f"look:{snowflake()}", now=NOON
            )
        assert await jobs(tx, guild_id) == {ada.user_id: 1}


class TestSend:
    async def test_unlocks_nothing_that_must_be_earned(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, {ROLE: 101})
        ada, bob = member(), member()
        await send(tx, guild_id, ada, bob, 100)
        await send(tx, guild_id, bob, ada, 200)
        assert await jobs(tx, guild_id) == {}

    async def test_counts_the_starting_balance_of_a_giver_who_appears(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, {ROLE: 100})
        ada, bob = member(), member()
        await send(tx, guild_id, ada, bob, 1)
        await send(tx, guild_id, ada, bob, 1)
        assert await jobs(tx, guild_id) == {ada.user_id: 1}

    async def test_counts_for_the_receiver_where_receiving_counts(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, {ROLE: 60}, role_rewards_basis="received", starting_balance=50)
        ada, bob = member(), member()
        await send(tx, guild_id, ada, bob, 50)
        assert await jobs(tx, guild_id) == {}
        await send(tx, guild_id, bob, ada, 10)  # appears: 50 + 50 received; ada has received 50 + 10
        assert await jobs(tx, guild_id) == {ada.user_id: 1, bob.user_id: 1}

    async def test_again_with_the_same_key_enqueues_nothing(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, {ROLE: 30}, role_rewards_basis="received")
        ada, bob = member(), member()
        for _ in range(3):
            await send(tx, guild_id, ada, bob, 30, key="once")
        assert await jobs(tx, guild_id) == {ada.user_id: 1, bob.user_id: 1}

    async def test_strips_nobody_by_spending(self, tx: Tx, guild_id: int) -> None:
        for basis in ("earned", "received"):
            await configure(tx, guild_id, {ROLE: 90}, role_rewards_basis=basis)
            ada = member()
            await claim(tx, guild_id, ada)
            before = await jobs(tx, guild_id)
            await send(tx, guild_id, ada, member(), 50)
            assert await jobs(tx, guild_id) == before

    async def test_1_000_times_back_and_forth_unlocks_nothing_that_must_be_earned(
        self, tx: Tx, guild_id: int
    ) -> None:
        await configure(tx, guild_id, {ROLE: 101, OTHER_ROLE: 5000})
        ada, bob = member(), member()
        for turn in range(500):
            await send(tx, guild_id, ada, bob, 1 + turn % 100)
            await send(tx, guild_id, bob, ada, 1 + turn % 100)
        received = await service.view_balance(tx, actor(guild_id), ada, idempotency_key="look", now=NOON)
        assert received.balance.total_received > 20_000
        assert await jobs(tx, guild_id) == {}


class TestGrant:
    async def test_that_reaches_a_reward_enqueues_the_member_once(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, {ROLE: 100})
        ada = member()
        for amount in (99, 1, 1000):
            await give(tx, guild_id, ada, amount)
        assert await jobs(tx, guild_id) == {ada.user_id: 1}

    async def test_again_with_the_same_key_enqueues_nothing(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, {ROLE: 100})
        boss, ada = manager(guild_id), member()
        for _ in range(3):
            await treasury.grant_bytes(tx, boss, ada, 100, reason=None, idempotency_key="g")
        assert await jobs(tx, guild_id) == {ada.user_id: 1}


class TestUndo:
    async def test_of_what_reached_a_reward_enqueues_the_member_again(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, {ROLE: 100})
        boss, ada = manager(guild_id), member()
        granted = await treasury.grant_bytes(tx, boss, ada, 100, reason=None, idempotency_key="g")
        for _ in range(2):
            await treasury.undo_transaction(
                tx, boss, granted.transaction.id, force=False, idempotency_key="u"
            )
        assert await jobs(tx, guild_id) == {ada.user_id: 2}

    async def test_of_a_send_takes_nothing_that_was_earned(self, tx: Tx, guild_id: int) -> None:
        await configure(tx, guild_id, {ROLE: 100})
        ada, bob = member(), member()
        sent = await send(tx, guild_id, ada, bob, 100)
        await treasury.undo_transaction(
            tx, manager(guild_id), sent.transaction.id, force=False, idempotency_key="u"
        )
        assert await jobs(tx, guild_id) == {ada.user_id: 1}


class TestWithoutRewards:
    async def test_no_statement_is_spent_on_them(self, tx: Tx, guild_id: int) -> None:
        """A send is the record of the guild, its config (both remembered from then on), and the posting."""
        ada, bob = member(), member()
        await configure(tx, guild_id, {})
        await send(tx, guild_id, ada, bob, 1)
        statements: list[str] = []

        def note(_: object, __: object, statement: str, *___: object) -> None:
            statements.append(statement)

        engine = tx.connection.engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        await send(tx, guild_id, ada, bob, 1)
        event.remove(engine, "before_cursor_execute", note)
        assert [next(word for word in ("guilds", "bytes_configs", "post_transaction") if word in statement)
                for statement in statements] == ["guilds", "bytes_configs", "post_transaction"]  # fmt: skip


# --- against plain Python ------------------------------------------------------------------------

PEOPLE = 3


class Deed(NamedTuple):
    """One thing that is tried. `number` is an amount, or which of the deeds before is repeated or undone."""

    what: str
    giver: int
    receiver: int
    number: int


people = st.integers(0, PEOPLE - 1)
deeds = st.one_of(
    st.builds(Deed, st.just("send"), people, people, st.integers(1, 150)),
    st.builds(Deed, st.just("claim"), people, st.just(0), st.just(0)),
    st.builds(Deed, st.just("grant"), st.just(0), people, st.integers(1, 150)),
    st.builds(Deed, st.just("undo"), st.just(0), st.just(0), st.integers(0, 20)),
    st.builds(Deed, st.just("repeat"), st.just(0), st.just(0), st.integers(0, 20)),
)


class Model:
    """What each member was minted and has received, and how often that has crossed a reward."""

    def __init__(self, rewards: dict[str, int], basis: str) -> None:
        self.rewards, self.basis = rewards, basis
        self.earned: Counter[int] = Counter()
        self.received: Counter[int] = Counter()
        self.started: set[int] = set()
        self.jobs: Counter[int] = Counter()

    def unlocked(self, who: int) -> set[str]:
        counts = self.earned if self.basis == "earned" else self.received
        return {role_id for role_id, needed in self.rewards.items() if needed <= counts[who]}

    def do(self, deed: Deed) -> None:
        before = [self.unlocked(who) for who in range(PEOPLE)]
        if deed.what in {"send", "claim"} and deed.giver not in self.started:
            self.started.add(deed.giver)
            self.gain(deed.giver, 100, minted=True)
        self.apply(deed, 1)
        self.note(before)

    def undo(self, deed: Deed) -> None:
        before = [self.unlocked(who) for who in range(PEOPLE)]
        self.apply(deed, -1)
        self.note(before)

    def apply(self, deed: Deed, sign: int) -> None:
        if deed.what == "claim":
            self.gain(deed.giver, sign * 10, minted=True)
        else:
            self.gain(deed.receiver, sign * deed.number, minted=deed.what == "grant")

    def gain(self, who: int, amount: int, *, minted: bool) -> None:
        self.received[who] += amount
        self.earned[who] += amount if minted else 0

    def note(self, before: list[set[str]]) -> None:
        self.jobs.update(who for who in range(PEOPLE) if before[who] != self.unlocked(who))


class Ledger:
    """Does the same on PostgreSQL."""

    def __init__(self, tx: Tx) -> None:
        self.tx, self.guild_id, self.people = tx, new_guild(), [member() for _ in range(PEOPLE)]
        self.boss, self.days = manager(self.guild_id), Counter[int]()
        self.done: list[tuple[Deed, str, int, UUID]] = []

    async def do(self, deed: Deed, key: str, day: int) -> Transaction:
        """Do it; a claim is of every second day, so that no streak multiplies."""
        giver, receiver = self.people[deed.giver], self.people[deed.receiver]
        if deed.what == "send":
            return (await send(self.tx, self.guild_id, giver, receiver, deed.number, key=key)).transaction
        if deed.what == "claim":
            now = NOON + timedelta(days=2 * day)
            return (await claim(self.tx, self.guild_id, giver, key, now)).transaction
        granted = await treasury.grant_bytes(
            self.tx, self.boss, receiver, deed.number, reason=None, idempotency_key=key
        )
        return granted.transaction

    async def undo(self, transaction_id: UUID, key: str) -> Transaction:
        undone = await treasury.undo_transaction(
            self.tx, self.boss, transaction_id, force=False, idempotency_key=key
        )
        return undone.reversal

    async def attempt(self, work: Awaitable[Transaction]) -> Transaction | None:
        """Do it in a savepoint; None if it is refused."""
        savepoint = await self.tx.connection.begin_nested()
        try:
            booked = await work
        except RefusedError:
            await savepoint.rollback()
            return None
        await savepoint.commit()
        return booked


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plan=st.lists(deeds, min_size=1, max_size=16),
    rewards=st.dictionaries(st.sampled_from([ROLE, OTHER_ROLE]), st.integers(1, 400), min_size=1),
    basis=st.sampled_from(["earned", "received"]),
)
async def test_jobs_are_enqueued_exactly_when_plain_python_says_so(
    tx: Tx, plan: list[Deed], rewards: dict[str, int], basis: str
) -> None:
    ledger, model = Ledger(tx), Model(rewards, basis)
    await configure(tx, ledger.guild_id, rewards, role_rewards_basis=basis)
    for number, deed in enumerate(plan):
        key = f"{ledger.guild_id}:{number}"
        if deed.what in {"repeat", "undo"}:
            if not ledger.done:
                continue
            before, first_key, day, transaction_id = ledger.done[deed.number % len(ledger.done)]
            if deed.what == "repeat":
                assert await ledger.attempt(ledger.do(before, first_key, day))
            elif await ledger.attempt(ledger.undo(transaction_id, key)):
                model.undo(before)
        else:
            day = ledger.days[deed.giver]
            booked = await ledger.attempt(ledger.do(deed, key, day))
            if booked is not None:
                model.do(deed)
                ledger.done.append((deed, key, day, booked.id))
                ledger.days[deed.giver] += deed.what == "claim"
        expected = {ledger.people[who].user_id: count for who, count in model.jobs.items()}
        assert await jobs(tx, ledger.guild_id) == expected, plan[: number + 1]
