"""Use cases of the economy. Each takes a `tx`, asks `may`, decides in `domain`, and never commits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from app.access import service as access_service
from app.access.policy import Action, Target
from app.access.service import require
from app.bytes import domain, repository
from app.bytes.booking import Asked, Receipt, booked_row, find_booked
from app.bytes.claims import ClaimReceipt, claim_if_open, next_claim_at
from app.bytes.config import BytesConfig
from app.bytes.domain import (
    NOTHING,
    AlreadyClaimedError,
    Balance,
    CooldownError,
    InsufficientBytesError,
    Member,
)
from app.bytes.economy import enter_economy
from app.bytes.repository import Posting
from app.bytes.rewards import reward_transfer, rewards_differ
from app.database.tx import Tx
from app.errors import InvalidInputError, RefusedError
from app.features import BYTES
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.guilds.versions import save_versioned
from app.ids import new_id
from app.jobs import service as jobs_service
from app.jobs.kinds import SweepGuild
from app.wording import Term, page_count

PAGE_SIZE = 10
"""Members on one page of the leaderboard."""


@dataclass(frozen=True, slots=True)
class BalanceView:
    """A member's balance as `/bytes balance` shows it.

    Attributes:
        balance: What the member has, has received and has sent.
        streak: Days in a row, 0 once one was missed.
        rank: Place in the leaderboard, None without bytes.
        claim: The claim this very look made, None if there was nothing to claim.
    """

    balance: Balance
    streak: int
    rank: int | None
    claim: ClaimReceipt | None


@dataclass(frozen=True, slots=True)
class LeaderboardView:
    """One page of the leaderboard.

    Attributes:
        rows: (place, user id, balance), richest first.
        page: Which page this is, from 1.
        pages: How many there are, at least 1.
        members: How many members have bytes.
        own_rank: The asking member's place, None without bytes.
        own_balance: What the asking member has.
    """

    rows: list[tuple[int, int, int]]
    page: int
    pages: int
    members: int
    own_rank: int | None
    own_balance: int


async def view_balance(
    tx: Tx, actor: Actor, member: Member, *, idempotency_key: str, now: datetime
) -> BalanceView:
    """Show a member's balance; one's own with today's daily unclaimed is claimed on the way.

    Looking at one's own balance is an appearance: the starting balance is minted if it is due. A repeat
    with the same key shows the same claim; everything else is as it is at that moment.

    Raises:
        InvalidInputError: for a bot.
        FeatureOffError, NotAllowedError: nothing was done.
    """
    await require(tx, actor, Action.USE_BYTES, Target(member.user_id))
    if member.is_bot:
        raise InvalidInputError("Bots have no bytes. Choose a person.")
    guild, config = await enter_economy(tx, actor.guild_id)
    today = domain.local_day(now, guild.timezone, config.day_resets_at)
    claim = None
    if member.user_id == actor.user_id:
        attempt = await claim_if_open(tx, actor, guild, config, idempotency_key=idempotency_key, now=now)
        claim = attempt.receipt
    balance = await repository.find_balance(tx, guild.id, member.user_id) or NOTHING
    return BalanceView(
        balance=balance,
        streak=domain.current_streak(balance.last_daily, balance.streak_count, today),
        rank=await repository.rank_of(tx, guild.id, member.user_id),
        claim=claim,
    )


async def claim_daily(tx: Tx, actor: Actor, *, idempotency_key: str, now: datetime) -> ClaimReceipt:
    """Mint today's daily bytes to the actor, once per local day of the guild.

    The same key gives the same receipt again, as long as the feature is on.

    Raises:
        AlreadyClaimedError: an earlier command claimed today.
        InvalidInputError: the guild's daily amount is 0.
        FeatureOffError, NotAllowedError, DuplicateKeyError: nothing was booked.
    """
    await require(tx, actor, Action.USE_BYTES)
    guild, config = await enter_economy(tx, actor.guild_id)
    attempt = await claim_if_open(tx, actor, guild, config, idempotency_key=idempotency_key, now=now)
    if attempt.receipt is not None:
        return attempt.receipt
    if config.daily_amount == 0 or attempt.last_claimed is None:
        raise InvalidInputError("There are no daily bytes in this server.")
    raise AlreadyClaimedError(next_claim_at(guild, config, attempt.last_claimed))


async def send_bytes(
    tx: Tx,
    actor: Actor,
    receiver: Member,
    amount: int,
    *,
    reason: str | None,
    idempotency_key: str,
    now: datetime,
) -> Receipt:
    """Move `amount` bytes from the actor to `receiver`, once per key.

    The same key gives the same receipt again, whatever has changed since: the posting finds its own row,
    and what is refused before the posting is looked up first.

    Raises:
        InvalidInputError: receiver, amount or reason cannot be used.
        AccountTooYoungError, CooldownError, InsufficientBytesError: not now, or not so much.
        FeatureOffError, NotAllowedError, DuplicateKeyError: nothing was booked.
    """
    await require(tx, actor, Action.USE_BYTES, Target(receiver.user_id))
    reason = domain.clean_reason(reason)
    try:
        _, config = await enter_economy(tx, actor.guild_id)
        domain.check_receiver(receiver, actor.user_id)
        domain.check_amount(amount, config.max_transfer)
        domain.check_account_age(actor.user_id, config.minimum_account_age_days, now)
    except RefusedError:
        asked = Asked(actor.guild_id, "transfer", actor.user_id, receiver.user_id, amount, reason)
        before = await find_booked(tx, idempotency_key, asked)
        if before is None:
            raise
        return Receipt(before)
    cooldown = timedelta(hours=config.cooldown_hours)
    starting_id = new_id()
    posted = await repository.post(
        tx,
        Posting(
            id=new_id(),
            idempotency_key=idempotency_key,
            guild_id=actor.guild_id,
            kind="transfer",
            giver_id=actor.user_id,
            giver_username=actor.username,
            receiver_id=receiver.user_id,
            receiver_username=receiver.username,
            amount=amount,
            reason=reason,
            cooldown=cooldown or None,
            starting_id=starting_id,
            starting_balance=config.starting_balance,
        ),
    )
    if posted.outcome == "cooldown" and posted.last_sent_at is not None:
        raise CooldownError(posted.last_sent_at + cooldown)
    if posted.outcome == "insufficient" and posted.balance is not None:
        raise InsufficientBytesError(posted.balance, amount)
    booked = booked_row(tx, posted)
    if posted.outcome == "created":
        await reward_transfer(tx, config, booked, starting_id)
    return Receipt(booked)


async def view_leaderboard(tx: Tx, actor: Actor, page: int) -> LeaderboardView:
    """Show one page of the leaderboard and the actor's own place.

    Raises:
        InvalidInputError: there is no such page.
        FeatureOffError, NotAllowedError: nothing was read.
    """
    await require(tx, actor, Action.USE_BYTES)
    guild = await guilds_service.enter_feature(tx, actor.guild_id, BYTES)
    if page < 1:
        raise InvalidInputError("Pages are counted from 1.")
    first = (page - 1) * PAGE_SIZE
    rows, members = await repository.leaderboard(tx, guild.id, offset=first, limit=PAGE_SIZE)
    pages = max(1, ceil(members / PAGE_SIZE))
    if page > pages:
        raise InvalidInputError("The leaderboard has {pages}.", pages=page_count(pages))
    own = await repository.find_balance(tx, guild.id, actor.user_id) or NOTHING
    return LeaderboardView(
        rows=[(first + place, user_id, balance) for place, (user_id, balance) in enumerate(rows, start=1)],
        page=page,
        pages=pages,
        members=members,
        own_rank=await repository.rank_of(tx, guild.id, actor.user_id),
        own_balance=own.balance,
    )


async def load_config(tx: Tx, guild_id: int) -> tuple[BytesConfig, int]:
    """Read a guild's config and its version (0: never chosen)."""
    return await repository.find_config(tx, guild_id)


async def check_rewards(tx: Tx, guild_id: int, config: BytesConfig) -> None:
    """Return if no role reward carries an access level here: rights are given, not bought.

    Raises:
        InvalidInputError: one does.
    """
    access, _ = await access_service.load_config(tx, guild_id)
    for role_id in config.role_rewards:
        if role_id in access.roles:
            raise InvalidInputError(
                "bytes.role_rewards.{role}: this role carries the access level “{level}”, and rights cannot "
                "be bought with bytes. Nothing was saved; choose another role.",
                role=role_id,
                level=Term(access.roles[role_id].value),
            )


async def save_config(tx: Tx, actor: Actor, config: BytesConfig, *, expected_version: int) -> int:
    """Write a guild's config and the audit entry of the change; returns the new version.

    Writing what is there already changes nothing, not even the version. Other role rewards concern every
    member: the worker looks through the guild.

    Raises:
        ConflictError: somebody else changed it since `expected_version` was read.
        InvalidInputError: a role reward carries an access level.
        NotAllowedError: nothing was written.
    """
    await require(tx, actor, Action.CONFIGURE)
    await check_rewards(tx, actor.guild_id, config)
    before, _ = await repository.find_config(tx, actor.guild_id)
    version = await save_versioned(
        tx, actor, repository, config, subject="bytes_config", expected_version=expected_version
    )
    if rewards_differ(before, config):
        await jobs_service.enqueue(tx, SweepGuild(actor.guild_id))
    return version
