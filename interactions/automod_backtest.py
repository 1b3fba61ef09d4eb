"""`/automod backtest`: rules tried over messages of the past, before anybody trusts them."""

from typing import Final
from uuid import UUID

from app.automod.backtests.rendering import CANCEL, backtest_reply
from app.automod.backtests.service import BacktestRunningError, cancel_backtest, start_backtest
from app.automod.backtests.values import BacktestView
from app.discord.permissions import Permission, holds
from app.discord.reply import Reply
from app.errors import InvalidInputError, NotAllowedError
from app.features import AUTOMOD
from interactions.command import Control
from interactions.context import Context
from interactions.controls import button
from interactions.errors import OutdatedControlError, render
from interactions.options import TargetChannel

_READ: Final = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY


async def start(ctx: Context, rule: str | None, channel: TargetChannel | None, messages: int) -> Reply:
    """Start a backtest and say so; the worker tells the rest in the same reply."""
    channel_id = ctx.channel_id if channel is None else channel.channel_id
    if channel_id is None:
        raise InvalidInputError("Discord did not say in which channel this is. Nothing was started.")
    try:
        async with ctx.transaction() as tx:
            backtest = await start_backtest(
                tx,
                ctx.actor,
                rule,
                channel_ids=[channel_id],
                messages=messages,
                interaction_id=ctx.interaction_id,
                idempotency_key=ctx.idempotency_key,
                now=ctx.now,
            )
            await ctx.keep_reply(tx)
            if channel is not None and not holds(channel.permissions, _READ):
                raise NotAllowedError(
                    "You cannot read that channel, so you cannot try rules on it. Nothing was started."
                )
    except BacktestRunningError as error:
        refused = render(error, ctx.language)
        other = button(ctx, END, ctx.say("Cancel it"), error.backtest_id.hex)
        return Reply(refused.kind, refused.title, refused.lines, ephemeral=True, controls=((other,),))
    view = BacktestView(backtest, [], [])
    return backtest_reply(ctx.language, view, ctx.custom_id(CANCEL, backtest.id.hex))


async def end(ctx: Context, row: str) -> Reply:
    """End a backtest, and say in place of its reply what it has found."""
    async with ctx.transaction() as tx:
        view = await cancel_backtest(tx, ctx.actor, _id(row), now=ctx.now)
    return backtest_reply(ctx.language, view, ctx.custom_id(CANCEL, row), replaces=True)


END: Final = Control(CANCEL, end, AUTOMOD)
CONTROLS: Final = (END,)


def _id(row: str) -> UUID:
    """Read which backtest a button is about.

    Raises:
        OutdatedControlError: that stands in no button of ours.
    """
    try:
        return UUID(hex=row)
    except ValueError:
        raise OutdatedControlError from None
