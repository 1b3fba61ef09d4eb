"""SQL of the ledger. The command path uses SQLAlchemy Core only: the ORM costs 4-6 times as much."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, and_, cast, false, func, or_, select, text, true, union_all, update
from sqlalchemy import Text as Characters
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app.bytes.config import BytesConfig
from app.bytes.domain import Balance, Recorded, Transaction
from app.bytes.models import BytesBalance, BytesConfigRow, BytesErasure, BytesTransaction
from app.database.tx import Tx

Outcome = Literal["created", "exists", "conflict", "insufficient", "cooldown", "claimed", "stale"]
ReversalOutcome = Literal[
    "created",
    "exists",
    "conflict",
    "unknown",
    "is_reversal",
    "already_undone",
    "insufficient",
    "nothing_left",
]

_CONFIG = tuple(getattr(BytesConfigRow, name) for name in BytesConfig.model_fields)
_BALANCE = tuple(getattr(BytesBalance, name) for name in Balance.__dataclass_fields__)
_TRANSACTION = tuple(getattr(BytesTransaction, name) for name in Transaction.__dataclass_fields__)
_REVERSAL = aliased(BytesTransaction)
_IS_UNDONE = select(1).where(_REVERSAL.reverses_id == BytesTransaction.id).exists()
_RECORDED = (
    *_TRANSACTION,
    BytesTransaction.seq,
    BytesTransaction.giver_username,
    BytesTransaction.receiver_username,
    _IS_UNDONE.label("is_undone"),
)


@dataclass(frozen=True, slots=True)
class Posting:
    """What `post_transaction` is asked to book. See migration 0002 for what each part means."""

    id: UUID
    idempotency_key: str
    guild_id: int
    kind: str
    giver_id: int
    giver_username: str | None
    receiver_id: int
    receiver_username: str | None
    amount: int
    reason: str | None = None
    cooldown: timedelta | None = None
    claim_date: date | None = None
    streak_count: int | None = None
    streak_multiplier: int | None = None
    starting_id: UUID | None = None
    starting_balance: int | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What `post_transaction` answered.

    Attributes:
        outcome: See migration 0002.
        transaction: The row, when created or existing.
        balance: What the giver has, when it is insufficient.
        last_sent_at: When the giver last sent, when it is too soon.
    """

    outcome: Outcome
    transaction: Transaction | None
    balance: int | None
    last_sent_at: datetime | None


# The statement of the hottest path, and so in the driver's words: reading a `text()` of 16 named parameters
# anew each time is a fifth of what a send costs.
_POST = (
    "SELECT outcome, balance, last_sent_at, "  # noqa: S608 - names of our own fields
    + ", ".join(f"(posted).{name}" for name in Transaction.__dataclass_fields__)
    + " FROM post_transaction("
    + ", ".join(f"p_{name} => ${place}" for place, name in enumerate(Posting.__dataclass_fields__, start=1))
    + ")"
)
_PARAMETERS = attrgetter(*Posting.__dataclass_fields__)


async def post(tx: Tx, posting: Posting) -> Posted:
    """Book one transfer, or learn why not, in one round trip. Locks both balances until the `tx` ends."""
    result = await tx.connection.exec_driver_sql(_POST, _PARAMETERS(posting))
    row: tuple[Any, ...] = result.one()
    outcome, balance, last_sent_at, *columns = row
    booked = None if columns[0] is None else Transaction(*columns)
    return Posted(outcome, booked, balance, last_sent_at)


@dataclass(frozen=True, slots=True)
class Reversed:
    """What `reverse_transaction` answered.

    Attributes:
        outcome: See migration 0005.
        balance: What its receiver has, when that is not enough.
        original: What was to be undone, None if unknown.
        reversal: The row that undoes it, when created, existing, or there before.
    """

    outcome: ReversalOutcome
    balance: int | None
    original: Transaction | None
    reversal: Transaction | None


_REVERSE = text(
    "SELECT outcome, balance, "  # noqa: S608 - names of our own fields
    + ", ".join(
        f"(r.{part}).{name} AS {part}_{name}"
        for part in ("original", "reversal")
        for name in Transaction.__dataclass_fields__
    )
    + " FROM reverse_transaction(:id, :idempotency_key, :guild_id, :transaction_id, :force) r"
)


async def reverse(
    tx: Tx, reversal_id: UUID, idempotency_key: str, guild_id: int, transaction_id: UUID, *, force: bool
) -> Reversed:
    """Undo one transaction, or learn why not, in one round trip. Locks both balances until the `tx` ends."""
    parameters = {
        "id": reversal_id,
        "idempotency_key": idempotency_key,
        "guild_id": guild_id,
        "transaction_id": transaction_id,
        "force": force,
    }
    row = (await tx.execute(_REVERSE, parameters)).one()

    def part(prefix: str) -> Transaction | None:
        values = [getattr(row, f"{prefix}_{name}") for name in Transaction.__dataclass_fields__]
        return None if values[0] is None else Transaction(*values)

    return Reversed(row.outcome, row.balance, part("original"), part("reversal"))


async def erase_member(tx: Tx, guild_id: int, user_id: int, alias: int) -> int | None:
    """Put `alias` in a member's place everywhere; tells in how many transactions, None if never met."""
    statement = text("SELECT erase_bytes_member(:guild_id, :user_id, :alias)")
    parameters = {"guild_id": guild_id, "user_id": user_id, "alias": alias}
    erased: int | None = (await tx.execute(statement, parameters)).scalar_one()
    return erased


async def erased_before(tx: Tx, guild_id: int, user_id: int) -> tuple[datetime, date | None] | None:
    """Tell when a member was erased and the day of the last claim by then, None if never."""
    statement = select(BytesErasure.erased_at, BytesErasure.last_daily).where(
        BytesErasure.guild_id == guild_id,
        BytesErasure.fingerprint == func.bytes_fingerprint(guild_id, user_id),
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else (row.erased_at, row.last_daily)


async def mint_starting_balance(
    tx: Tx, *, key_id: UUID, guild_id: int, user_id: int, username: str, amount: int
) -> Balance:
    """Mint the starting balance unless the member has had it; returns the balance as it is then.

    Locks the member's balance until the `tx` ends.
    """
    statement = text("SELECT * FROM mint_starting_balance(:id, :guild_id, :user_id, :username, :amount)")
    parameters = {
        "id": key_id,
        "guild_id": guild_id,
        "user_id": user_id,
        "username": username,
        "amount": amount,
    }
    return _balance((await tx.execute(statement, parameters)).one())


async def lock_balance(tx: Tx, guild_id: int, user_id: int) -> Balance:
    """Load a member's balance and keep others from changing it until the `tx` ends.

    The row is made, with nothing in it, if the member is new.
    """
    statement = text("SELECT * FROM lock_bytes_balance(:guild_id, :user_id)")
    return _balance((await tx.execute(statement, {"guild_id": guild_id, "user_id": user_id})).one())


async def find_by_key(tx: Tx, idempotency_key: str) -> Transaction | None:
    """Load what a key has booked, None if nothing."""
    statement = select(*_TRANSACTION).where(BytesTransaction.idempotency_key == idempotency_key)
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else _transaction(row)


async def find_transaction(tx: Tx, guild_id: int, transaction_id: UUID) -> Transaction | None:
    """Load a transaction, None if the guild has none such."""
    statement = select(*_TRANSACTION).where(
        BytesTransaction.guild_id == guild_id, BytesTransaction.id == transaction_id
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else _transaction(row)


async def find_balance(tx: Tx, guild_id: int, user_id: int) -> Balance | None:
    """Load a member's balance, None if the member never had anything."""
    statement = select(*_BALANCE).where(BytesBalance.guild_id == guild_id, BytesBalance.user_id == user_id)
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else _balance(row)


async def transactions_of(
    tx: Tx,
    guild_id: int,
    user_id: int,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> list[Recorded]:
    """Load transactions of a member, newest first.

    Args:
        tx: The transaction.
        guild_id: Where.
        user_id: Whose.
        before: Only those with a smaller `seq`, the newest of them.
        after: Only those with a larger `seq`, the *oldest* of them.
        limit: How many at most; all if None.
    """
    order = BytesTransaction.seq.asc() if after is not None else BytesTransaction.seq.desc()
    sides = []
    for party in (BytesTransaction.giver_id, BytesTransaction.receiver_id):  # an index serves each
        side = select(BytesTransaction.seq).where(BytesTransaction.guild_id == guild_id, party == user_id)
        if before is not None:
            side = side.where(BytesTransaction.seq < before)
        if after is not None:
            side = side.where(BytesTransaction.seq > after)
        sides.append(select(side.order_by(order).limit(limit).subquery().c.seq))
    page = select(*_RECORDED).where(BytesTransaction.seq.in_(union_all(*sides))).order_by(order).limit(limit)
    found = [_recorded(row) for row in await tx.execute(page)]
    return found[::-1] if after is not None else found


async def undoable(tx: Tx, guild_id: int, typed: str, *, among: int, limit: int) -> list[Recorded]:
    """Load what can be undone of a guild's last `among` transactions, newest first.

    Only what matches: a part of a party's name, or the beginning of the amount or the id.
    """
    recent = (
        select(BytesTransaction.seq)
        .where(BytesTransaction.guild_id == guild_id)
        .order_by(BytesTransaction.seq.desc())
        .limit(among)
    )
    names = (BytesTransaction.giver_username, BytesTransaction.receiver_username)
    beginnings = (BytesTransaction.amount, BytesTransaction.id)
    matches = or_(
        true() if not typed else false(),
        *(func.strpos(func.lower(name), typed) > 0 for name in names),
        *(func.starts_with(cast(value, Characters), typed) for value in beginnings),
    )
    statement = (
        select(*_RECORDED)
        .where(BytesTransaction.seq.in_(recent), BytesTransaction.kind != "reversal", ~_IS_UNDONE, matches)
        .order_by(BytesTransaction.seq.desc())
        .limit(limit)
    )
    return [_recorded(row) for row in await tx.execute(statement)]


async def rank_of(tx: Tx, guild_id: int, user_id: int) -> int | None:
    """Tell a member's place in the leaderboard (1 is first), None for who is not in it.

    Same order as `leaderboard`: by balance, and by id where balances are equal.
    """
    own = (
        select(BytesBalance.balance, BytesBalance.user_id)
        .where(BytesBalance.guild_id == guild_id, BytesBalance.user_id == user_id)
        .where(BytesBalance.balance > 0, BytesBalance.user_id > 0)
        .cte("own")
    )
    ahead = (
        select(func.count())
        .select_from(BytesBalance)
        .where(BytesBalance.guild_id == guild_id, BytesBalance.user_id > 0)
        .where(
            or_(
                BytesBalance.balance > own.c.balance,
                and_(BytesBalance.balance == own.c.balance, BytesBalance.user_id < own.c.user_id),
            )
        )
        .scalar_subquery()
    )
    found: int | None = (await tx.execute(select(ahead + 1).select_from(own))).scalar_one_or_none()
    return found


async def leaderboard(tx: Tx, guild_id: int, *, offset: int, limit: int) -> tuple[list[tuple[int, int]], int]:
    """Load one page of (user id, balance), richest first, and how many members have bytes at all.

    Whoever was erased is no member any more.
    """
    base: Select[int, int] = select(BytesBalance.user_id, BytesBalance.balance).where(
        BytesBalance.guild_id == guild_id, BytesBalance.balance > 0, BytesBalance.user_id > 0
    )
    page = base.order_by(BytesBalance.balance.desc(), BytesBalance.user_id)
    rows = (await tx.execute(page.offset(offset).limit(limit))).all()
    count = select(func.count()).select_from(base.subquery())
    total: int = (await tx.execute(count)).scalar_one()
    return [(row.user_id, row.balance) for row in rows], total


async def find_config(tx: Tx, guild_id: int, *, lock: bool = False) -> tuple[BytesConfig, int]:
    """Load a guild's config and its version; the defaults and version 0 if it never chose.

    Args:
        tx: The transaction.
        guild_id: Whose.
        lock: Keep others from changing it until the `tx` ends.
    """
    statement = select(*_CONFIG, BytesConfigRow.version).where(BytesConfigRow.guild_id == guild_id)
    if lock:
        statement = statement.with_for_update(key_share=True)
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        return BytesConfig(), 0
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    version: int = values.pop("version")
    return BytesConfig.model_validate(values), version


async def save_config(tx: Tx, guild_id: int, config: BytesConfig, version: int) -> bool:
    """Write the config as `version`; False if somebody else has written that version meanwhile."""
    values = config.model_dump(mode="json") | {"version": version}
    if version == 1:
        first = insert(BytesConfigRow).values(values | {"guild_id": guild_id}).on_conflict_do_nothing()
        return (await tx.execute(first)).rowcount == 1
    result = await tx.execute(
        update(BytesConfigRow)
        .where(BytesConfigRow.guild_id == guild_id, BytesConfigRow.version == version - 1)
        .values(values | {"updated_at": func.now()})
    )
    return result.rowcount == 1


def _transaction(row: Any) -> Transaction:  # noqa: ANN401 - a row with at least the columns of _TRANSACTION
    return Transaction(*(getattr(row, name) for name in Transaction.__dataclass_fields__))


def _recorded(row: Any) -> Recorded:  # noqa: ANN401 - a row of _RECORDED
    return Recorded(*(getattr(row, name) for name in Recorded.__dataclass_fields__))


def _balance(row: Any) -> Balance:  # noqa: ANN401 - a row with at least the columns of _BALANCE
    return Balance(*(getattr(row, name) for name in Balance.__dataclass_fields__))


async def find_counted(
    tx: Tx, guild_id: int, basis: str, at_least: int, user_ids: Collection[int]
) -> list[tuple[int, int]]:
    """Load who of these members has so much of what counts towards rewards, and how much."""
    counted = BytesBalance.total_earned if basis == "earned" else BytesBalance.total_received
    rows = await tx.execute(
        select(BytesBalance.user_id, counted.label("counted")).where(
            BytesBalance.guild_id == guild_id, BytesBalance.user_id.in_(user_ids), counted >= at_least
        )
    )
    return [(row.user_id, row.counted) for row in rows]


async def find_guilds_with_rewards(tx: Tx) -> list[int]:
    """Load the guilds whose config has role rewards."""
    rows = await tx.execute(select(BytesConfigRow.guild_id).where(BytesConfigRow.role_rewards != {}))
    return list(rows.scalars())
