"""Backtests: rules tried over messages of the past, before anybody trusts them. Use cases for people.

Of the messages nothing is kept but their ids, who wrote them, and which rule would have hit them; for a day.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from app.access.policy import Action
from app.access.service import require
from app.automod import repository
from app.automod.backtests import repository as backtest_repository
from app.automod.backtests.running import emit, look
from app.automod.backtests.trial import says_nothing_about
from app.automod.backtests.values import OPEN, Backtest, BacktestView, DraftRule, Failure, State
from app.automod.rule import Rule
from app.automod.service import by_name
from app.automod.sizes import check_sizes
from app.database.tx import Tx
from app.errors import ConflictError, InvalidInputError, NotFoundError
from app.features import AUTOMOD
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.ids import first_snowflake, new_id
from app.jobs import service as jobs_service
from app.jobs.kinds import RunBacktest
from app.wording import Mention

MOST_MESSAGES: Final = 10_000
MOST_CHANNELS: Final = 20

KEPT: Final = timedelta(hours=24)
"""So long anything is known of a backtest."""

_STALE: Final = timedelta(minutes=15)
"""After so long nobody does it any more: its job is held, or there is no worker."""

_SHOWN: Final = 50
_AT_ONCE: Final = 10
"""Backtests that one `tx` deletes: each can have thousands of hits."""


class BacktestRunningError(ConflictError):
    """Another backtest of this guild goes on.

    Attributes:
        backtest_id: Which.
    """

    code = "backtest_running"

    def __init__(self, *, who: int, at: datetime, fetched: int, backtest_id: UUID) -> None:
        super().__init__(
            "A backtest that {who} started {at} still runs: it has looked at {count} messages. Nothing was "
            "started. Wait until it is over, or cancel it with the button below.",
            who=Mention(who),
            at=at,
            count=fetched,
        )
        self.backtest_id = backtest_id


async def start_backtest(
    tx: Tx,
    actor: Actor,
    draft: Rule | str | None,
    *,
    channel_ids: Sequence[int],
    messages: int,
    interaction_id: int | None = None,
    idempotency_key: str,
    now: datetime,
) -> Backtest:
    """Have the worker try rules over the last messages of channels, once per key. Nothing is done to anybody.

    Args:
        tx: The transaction.
        actor: Who wants it. Whoever calls this has seen to it that they can read these channels: what rules
            find tells something of what is written there.
        draft: A rule that nobody saved; or the name of one of the guild's, whatever its mode; None: all.
        channel_ids: Where. The worker looks at no channel of another guild.
        messages: How many messages at most, of all channels together.
        interaction_id: Whose reply shows how it goes.
        idempotency_key: Names this start.
        now: When; older messages are looked at.

    Raises:
        BacktestRunningError: another one goes on.
        InvalidInputError: too many, a draft that is too large, or rules about which messages say nothing.
        NotFoundError: no such rule.
        NotAllowedError, FeatureOffError: nothing was started.
    """
    await require(tx, actor, Action.CONFIGURE)
    before = await backtest_repository.find_by_key(tx, idempotency_key)
    if before is not None:
        if before.guild_id != actor.guild_id:
            raise ConflictError("This was used for another backtest already. Nothing was started.")
        return before
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    wanted = tuple(dict.fromkeys(channel_ids))
    _check_bounds(wanted, messages)
    rules = await _rules(tx, actor.guild_id, draft)
    await repository.lock(tx, actor.guild_id, "backtest")
    running = await backtest_repository.find_open(tx, actor.guild_id)
    if running is not None and running.asked_at <= now - _STALE:
        await backtest_repository.end(tx, running, State.FAILED, now, Failure.TOO_LONG)
    elif running is not None:
        raise BacktestRunningError(
            who=running.started_by, at=running.asked_at, fetched=running.fetched, backtest_id=running.id
        )
    backtest = Backtest(
        id=new_id(),
        guild_id=actor.guild_id,
        state=State.QUEUED,
        reason=None,
        rules=rules,
        broken=(),
        channel_ids=wanted,
        before_id=first_snowflake(now) if interaction_id is None else interaction_id,
        wanted=messages,
        cursors={},
        fetched=0,
        judged=0,
        hits=0,
        started_by=actor.user_id,
        interaction_id=interaction_id,
        asked_at=now,
        started_at=None,
        ended_at=None,
    )
    await backtest_repository.add(tx, backtest, idempotency_key)
    await jobs_service.enqueue(tx, RunBacktest(actor.guild_id, str(backtest.id)))
    emit(tx, backtest)
    return backtest


async def cancel_backtest(tx: Tx, actor: Actor, backtest_id: UUID, *, now: datetime) -> BacktestView:
    """End a backtest; what it has found stays. One that is over stays what it is.

    Raises:
        NotFoundError: there is no such backtest (any more).
        NotAllowedError, FeatureOffError: nothing was done.
    """
    await require(tx, actor, Action.CONFIGURE)
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    backtest = await _find(tx, actor.guild_id, backtest_id, now)
    if backtest.state in OPEN and await backtest_repository.end(tx, backtest, State.CANCELLED, now):
        backtest = await _find(tx, actor.guild_id, backtest_id, now)
        emit(tx, backtest)
    return await look(tx, backtest, _SHOWN, now)


async def view_backtest(
    tx: Tx, actor: Actor, backtest_id: UUID, *, hits: int = _SHOWN, now: datetime
) -> BacktestView:
    """Show how far a backtest is, and so many of its newest hits.

    Raises:
        NotFoundError: there is no such backtest (any more).
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.VIEW_AUTOMOD)
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    return await look(tx, await _find(tx, actor.guild_id, backtest_id, now), hits, now)


async def mark_hit(
    tx: Tx,
    actor: Actor,
    backtest_id: UUID,
    message_id: int,
    *,
    rule_id: UUID | None = None,
    is_false_positive: bool,
    now: datetime,
) -> BacktestView:
    """Note that a hit is wrong, or is not after all: of one rule on a message, or of all.

    What is wrong punishes nobody. The same mark again changes nothing.

    Raises:
        NotFoundError: there is no such backtest (any more), or no such hit in it.
        NotAllowedError, FeatureOffError: nothing was changed.
    """
    await require(tx, actor, Action.CONFIGURE)
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    backtest = await _find(tx, actor.guild_id, backtest_id, now)
    if not await backtest_repository.mark(
        tx, actor.guild_id, backtest_id, message_id, rule_id, is_false=is_false_positive
    ):
        raise NotFoundError("There is no such hit in this backtest. Nothing was changed.")
    return await look(tx, backtest, _SHOWN, now)


async def forget_old(tx: Tx, now: datetime) -> bool:
    """Delete backtests with their hits when their time is over; True: there may be more of them."""
    return await backtest_repository.forget(tx, now - KEPT, _AT_ONCE) == _AT_ONCE


def _check_bounds(channel_ids: Sequence[int], messages: int) -> None:
    if not 1 <= messages <= MOST_MESSAGES:
        raise InvalidInputError(
            "A backtest looks at 1 to {most} messages. Nothing was started.", most=MOST_MESSAGES
        )
    if not 1 <= len(channel_ids) <= MOST_CHANNELS:
        raise InvalidInputError(
            "A backtest looks at 1 to {most} channels. Nothing was started.", most=MOST_CHANNELS
        )


async def _rules(tx: Tx, guild_id: int, draft: Rule | str | None) -> tuple[DraftRule, ...]:
    if isinstance(draft, Rule):
        check_sizes(draft, ())
        rules = [DraftRule(new_id(), draft)]
    else:
        stored = await repository.find_rules(tx, guild_id)
        chosen = stored if draft is None else [by_name(stored, draft)]
        rules = [DraftRule(each.id, each.rule) for each in chosen]
    if not rules:
        raise NotFoundError(
            "This server has no rules (yet), so there is nothing to try. Nothing was started."
        )
    if all(says_nothing_about(each.rule) for each in rules):
        raise InvalidInputError(
            "“{rule}” looks at who joins or at names. Messages say nothing about that, so there is nothing "
            "to try. Nothing was started.",
            rule=rules[0].rule.name,
        )
    return tuple(rules)


async def _find(tx: Tx, guild_id: int, backtest_id: UUID, now: datetime) -> Backtest:
    found = await backtest_repository.find(tx, guild_id, backtest_id)
    if found is None or found.asked_at.astimezone(UTC) < now - KEPT:
        raise NotFoundError("There is no such backtest (any more): they are kept for 24 hours.")
    return found
