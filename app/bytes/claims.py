"""Appearing for the first time and claiming the day's bytes: what several use cases begin with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.bytes import domain, repository
from app.bytes.booking import Asked, booked_row, find_booked
from app.bytes.config import BytesConfig
from app.bytes.domain import Balance, DuplicateKeyError, Transaction
from app.bytes.repository import Posting
from app.bytes.rewards import reward_if_crossed
from app.database.tx import Tx
from app.guilds.domain import Actor, GuildRecord
from app.ids import SYSTEM_ID, new_id


@dataclass(frozen=True, slots=True)
class ClaimReceipt:
    """What a daily claim booked, and when the next opens."""

    transaction: Transaction
    next_claim_at: datetime


@dataclass(frozen=True, slots=True)
class ClaimAttempt:
    """What came of trying to claim.

    Attributes:
        receipt: What this request booked, now or before; None if there was nothing to claim.
        last_claimed: The latest day the member has claimed, None if never.
    """

    receipt: ClaimReceipt | None
    last_claimed: date | None


async def claim_if_open(
    tx: Tx,
    actor: Actor,
    guild: GuildRecord,
    config: BytesConfig,
    *,
    idempotency_key: str,
    now: datetime,
) -> ClaimAttempt:
    """Claim today's daily for the actor, who appears by this, unless it is claimed already.

    Locks the actor's balance first, so that of many requests at once each sees what the one before
    has booked: a repeat finds its row, another command finds the day claimed.
    """
    balance, minted = await appear(tx, actor, guild, config, now)
    asked = Asked(guild.id, "daily", SYSTEM_ID, actor.user_id, amount=None, reason=None)
    booked = await find_booked(tx, idempotency_key, asked)
    today = domain.local_day(now, guild.timezone, config.day_resets_at)
    already = balance.last_daily is not None and balance.last_daily >= today
    if booked is not None:
        attempt = ClaimAttempt(_receipt(booked, guild, config), balance.last_daily)
    elif already or config.daily_amount == 0:
        attempt = ClaimAttempt(None, balance.last_daily)
    else:
        posted = await repository.post(tx, _daily(actor, config, balance, today, idempotency_key))
        transaction = booked_row(tx, posted)
        minted += transaction.amount
        attempt = ClaimAttempt(_receipt(transaction, guild, config), today)
    await reward_if_crossed(tx, guild.id, config, actor.user_id, earned=minted, received=minted)
    return attempt


async def appear(
    tx: Tx, actor: Actor, guild: GuildRecord, config: BytesConfig, now: datetime
) -> tuple[Balance, int]:
    """Lock the actor's balance, minting the starting balance at the first own command; tells how much.

    An account below the guild's minimum age gets it later, once it is old enough.
    """
    balance = await repository.lock_balance(tx, guild.id, actor.user_id)
    too_young = now < domain.old_enough_at(actor.user_id, config.minimum_account_age_days)
    if too_young or balance.started_at is not None:
        return balance, 0
    started = await repository.mint_starting_balance(
        tx,
        key_id=new_id(),
        guild_id=guild.id,
        user_id=actor.user_id,
        username=actor.username,
        amount=config.starting_balance,
    )
    return started, config.starting_balance


def _daily(actor: Actor, config: BytesConfig, balance: Balance, today: date, idempotency_key: str) -> Posting:
    """Put together the posting of today's claim."""
    streak = domain.next_streak(balance.last_daily, balance.streak_count, today)
    times = domain.multiplier(streak, config.streak_bonuses)
    return Posting(
        id=new_id(),
        idempotency_key=idempotency_key,
        guild_id=actor.guild_id,
        kind="daily",
        giver_id=SYSTEM_ID,
        giver_username=None,
        receiver_id=actor.user_id,
        receiver_username=actor.username,
        amount=config.daily_amount * times,
        claim_date=today,
        streak_count=streak,
        streak_multiplier=times,
    )


def _receipt(transaction: Transaction, guild: GuildRecord, config: BytesConfig) -> ClaimReceipt:
    if transaction.claim_date is None:
        raise DuplicateKeyError
    return ClaimReceipt(transaction, next_claim_at(guild, config, transaction.claim_date))


def next_claim_at(guild: GuildRecord, config: BytesConfig, day: date) -> datetime:
    """Tell when the next claim opens for a member who has claimed `day`."""
    return domain.day_begins(day + timedelta(days=1), guild.timezone, config.day_resets_at)
