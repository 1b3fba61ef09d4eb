"""Appearing for the first time and claiming the day's bytes: what several use cases begin with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.bytes import domain, repository
from app.bytes.booking import booked_row, same_as_booked
from app.bytes.config import BytesConfig
from app.bytes.domain import NOTHING, Balance, DuplicateKeyError, Transaction
from app.bytes.repository import Posting
from app.database.tx import Tx
from app.errors import UnavailableError
from app.guilds.domain import Actor, GuildRecord
from app.ids import SYSTEM_ID, new_id


@dataclass(frozen=True, slots=True)
class ClaimReceipt:
    """What a daily claim booked, and when the next opens."""

    transaction: Transaction
    next_claim_at: datetime


async def claim_if_open(
    tx: Tx,
    actor: Actor,
    guild: GuildRecord,
    config: BytesConfig,
    *,
    idempotency_key: str,
    now: datetime,
) -> ClaimReceipt | None:
    """Claim today's daily for the actor, who appears by this; None if there is nothing to claim."""
    before = await repository.find_by_key(tx, idempotency_key)
    if before is not None and before.claim_date is not None:
        asked = (guild.id, "daily", SYSTEM_ID, actor.user_id, before.amount, None)
        return _receipt(same_as_booked(before, asked), guild, config)
    balance = await _appear(tx, actor, guild, config, now)
    today = domain.local_day(now, guild.timezone, config.day_resets_at)
    already = balance.last_daily is not None and balance.last_daily >= today
    if already or config.daily_amount == 0:
        return None
    streak = domain.next_streak(balance.last_daily, balance.streak_count, today)
    times = domain.multiplier(streak, config.streak_bonuses)
    posted = await repository.post(
        tx,
        Posting(
            id=new_id(),
            idempotency_key=idempotency_key,
            guild_id=guild.id,
            kind="daily",
            giver_id=SYSTEM_ID,
            giver_username=None,
            receiver_id=actor.user_id,
            receiver_username=actor.username,
            amount=config.daily_amount * times,
            claim_date=today,
            streak_count=streak,
            streak_multiplier=times,
        ),
    )
    if posted.outcome == "claimed":
        return None
    if posted.outcome == "stale":
        raise UnavailableError("Another command of yours was faster. Nothing was booked; try again.")
    return _receipt(booked_row(tx, posted), guild, config)


async def _appear(tx: Tx, actor: Actor, guild: GuildRecord, config: BytesConfig, now: datetime) -> Balance:
    """Load the actor's balance, minting the starting balance at the first own command.

    An account below the guild's minimum age gets it later, once it is old enough.
    """
    balance = await repository.find_balance(tx, guild.id, actor.user_id) or NOTHING
    old_enough = now >= domain.old_enough_at(actor.user_id, config.minimum_account_age_days)
    if balance.started_at is not None or not old_enough:
        return balance
    return await repository.mint_starting_balance(
        tx,
        key_id=new_id(),
        guild_id=guild.id,
        user_id=actor.user_id,
        username=actor.username,
        amount=config.starting_balance,
    )


def _receipt(transaction: Transaction, guild: GuildRecord, config: BytesConfig) -> ClaimReceipt:
    if transaction.claim_date is None:
        raise DuplicateKeyError
    return ClaimReceipt(transaction, next_claim_at(guild, config, transaction.claim_date))


def next_claim_at(guild: GuildRecord, config: BytesConfig, day: date) -> datetime:
    """Tell when the next claim opens for a member who has claimed `day`."""
    return domain.day_begins(day + timedelta(days=1), guild.timezone, config.day_resets_at)
