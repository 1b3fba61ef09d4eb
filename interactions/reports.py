"""*Report to moderators*, and the buttons below a report in the log channel."""

from dataclasses import replace
from typing import Annotated, Final

from app.access.policy import Action
from app.discord.reply import Kind, Modal, Reply, clip
from app.features import MODERATION
from app.moderation import report_rendering, reports
from app.moderation.cases import Order
from app.moderation.domain import MAX_REASON, CaseAction
from app.moderation.durations import parse_timeout
from app.moderation.rendering import case_reply, needless_reply
from app.moderation.report_rules import Report, ReportedMessage
from interactions.command import Control, Form, Menu, Opened
from interactions.context import Context
from interactions.controls import open_form
from interactions.custom_id import number_of
from interactions.options import Option, TargetMessage

_LARGEST: Final = 2**31 - 1
_LONGEST_DURATION: Final = 40


async def report(ctx: Context, message: TargetMessage) -> Reply:
    """Bring a message before the moderators."""
    async with ctx.transaction() as tx:
        reported = await reports.report_message(
            tx,
            ctx.actor,
            ReportedMessage(
                message.channel_id,
                message.message_id,
                message.author.user_id,
                message.author.username,
                message.content.replace("\0", ""),
            ),
            bot_id=ctx.bot_id,
            locale=ctx.locale,
            at=ctx.made_at,
        )
    if not reported.is_new:
        said = ctx.say(
            "You have reported this message already. The moderators see it; you hear what comes of it."
        )
        return Reply(Kind.INFO, ctx.say("Reported before"), (said,), ephemeral=True)
    said = ctx.say("Reported. The moderators see it; you hear what comes of it.")
    return Reply(Kind.DONE, ctx.say("Reported"), (said,), ephemeral=True)


async def claim(ctx: Context, row: str) -> Reply:
    """Say that this moderator looks at a report."""
    async with ctx.transaction() as tx:
        claimed = await reports.claim_report(tx, ctx.actor, _number(row))
    said = ctx.say("Report #{number} is yours. Warn, time out or dismiss.", number=str(claimed.number))
    return Reply(Kind.DONE, ctx.say("Claimed"), (said,), ephemeral=True)


async def dismiss(ctx: Context, row: str) -> Reply:
    """Close a report because nothing is against the rules."""
    async with ctx.transaction() as tx:
        dismissed = await reports.dismiss_report(tx, ctx.actor, _number(row))
    said = ctx.say(
        "Report #{number} is dismissed. Whoever reported hears that nothing was found; not by whom.",
        number=str(dismissed.number),
    )
    return Reply(Kind.DONE, ctx.say("Dismissed"), (said,), ephemeral=True)


async def ask_why_warned(ctx: Context, row: str) -> Modal:
    """Open the form of *Warn*."""
    await _view(ctx, row, to_decide=True)
    return open_form(ctx, WARN_FORM, row=row)


async def ask_how_long(ctx: Context, row: str) -> Modal:
    """Open the form of *Time out*."""
    await _view(ctx, row, to_decide=True)
    return open_form(ctx, TIME_OUT_FORM, row=row)


async def warn(
    ctx: Context, reason: Annotated[str, Option("Why; the member reads it", max_length=MAX_REASON)]
) -> Reply:
    """Warn whoever wrote the message."""
    about = await _view(ctx, ctx.row)
    return await _act(ctx, about, Order(CaseAction.WARN, reason))


async def time_out(
    ctx: Context,
    duration: Annotated[str, Option("How long: 10m, 1d12h; at most 28d", max_length=_LONGEST_DURATION)],
    reason: Annotated[str, Option("Why; the member reads it", max_length=MAX_REASON)],
) -> Reply:
    """Time whoever wrote the message out."""
    about = await _view(ctx, ctx.row)
    return await _act(ctx, about, Order(CaseAction.TIMEOUT, reason, duration=parse_timeout(duration)))


MENUS: Final = (Menu("Report to moderators", Opened.MESSAGE, report, MODERATION, Action.REPORT_MESSAGE),)
CONTROLS: Final = (
    Control(report_rendering.CLAIM, claim, MODERATION, lifetime=None, owned=False),
    Control(report_rendering.WARN, ask_why_warned, MODERATION, lifetime=None, owned=False),
    Control(report_rendering.TIME_OUT, ask_how_long, MODERATION, lifetime=None, owned=False),
    Control(report_rendering.DISMISS, dismiss, MODERATION, lifetime=None, owned=False),
)
"""Below a report, for whoever may handle it, as long as it is open."""
WARN_FORM: Final = Form("report-warn", "Warn", warn, MODERATION)
TIME_OUT_FORM: Final = Form("report-timeout", "Time out", time_out, MODERATION)
FORMS: Final = (WARN_FORM, TIME_OUT_FORM)


def _number(row: str) -> int:
    return number_of(row, _LARGEST)


async def _view(ctx: Context, row: str, *, to_decide: bool = False) -> Report:
    async with ctx.reading() as tx:
        return await reports.view_report(tx, ctx.actor, _number(row), to_decide=to_decide)


async def _act(ctx: Context, about: Report, order: Order) -> Reply:
    """Open a case about the author and tell what is certain now; the worker tells the rest."""
    ranks = None
    if about.author_id > 0:
        with ctx.deadline():
            ranks = await ctx.ranks_of(about.author_id)
    quote = clip(f"{about.link}\n{about.content}".strip(), reports.LONGEST_QUOTE)
    async with ctx.transaction() as tx:
        acted = await reports.act_on_report(
            tx,
            ctx.actor,
            about.number,
            replace(order, quote=quote, interaction_id=ctx.interaction_id),
            ranks=ranks,
            idempotency_key=ctx.idempotency_key,
            now=ctx.now,
        )
        if not acted.opened.was_in_force:
            await ctx.keep_reply(tx)
    opened = acted.opened
    if opened.was_in_force:
        reply = needless_reply(ctx.language, opened.case)
    else:
        cases = [opened.case] if opened.follow_up is None else [opened.case, opened.follow_up]
        reply = case_reply(ctx.language, cases, ephemeral=True)
    closed = ctx.say("Report #{number} is closed with it.", number=str(about.number))
    return replace(reply, lines=(*reply.lines, closed))
