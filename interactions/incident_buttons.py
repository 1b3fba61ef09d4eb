"""The buttons below an alert of auto-mod: ban all, time out all, lift all, pause invites. Each asks first."""

import asyncio
from collections.abc import Sequence
from typing import Final

from app.access.gathering import PATIENCE
from app.automod.raids import answers as raid_answers
from app.automod.raids import crowd as raid_crowd
from app.automod.raids import invites as raid_invites
from app.automod.raids.answers import Answer, Asked
from app.automod.raids.crowd import Crowd
from app.automod.rendering import BAN_ALL, LIFT_ALL, PAUSE_INVITES, TIME_OUT_ALL
from app.discord.port import DiscordError
from app.discord.reply import ButtonStyle, Kind, Reply
from app.features import AUTOMOD, MODERATION
from app.moderation.incident_rendering import incident_reply
from app.wording import Count
from interactions.command import Control
from interactions.context import Context
from interactions.controls import button
from interactions.custom_id import number_of, parts_of
from interactions.incident import ask_whether_to_undo
from interactions.options import TargetUser

_LARGEST: Final = 2**31 - 1
_NAMED: Final = 10


async def ask_to_ban(ctx: Context, row: str) -> Reply:
    """Say how many would be banned, and ask."""
    return await _ask(ctx, number_of(row, _LARGEST), Answer.BAN)


async def ask_to_time_out(ctx: Context, row: str) -> Reply:
    """Say how many would be timed out for an hour, and ask."""
    return await _ask(ctx, number_of(row, _LARGEST), Answer.TIME_OUT)


async def ask_to_lift(ctx: Context, row: str) -> Reply:
    """Ask what `/incident undo` asks."""
    return await ask_whether_to_undo(ctx, number_of(row, _LARGEST))


async def ban(ctx: Context, row: str) -> Reply:
    """Have them banned, and say so in place of the question; the worker tells the rest."""
    return await _answer(ctx, row, Answer.BAN)


async def time_out(ctx: Context, row: str) -> Reply:
    """Have them timed out, and say so in place of the question; the worker tells the rest."""
    return await _answer(ctx, row, Answer.TIME_OUT)


async def keep_from_ban(ctx: Context, row: str) -> Reply:
    """Take the question back; it uses up both buttons."""
    return await _cancel(ctx, row, Answer.BAN)


async def keep_from_time_out(ctx: Context, row: str) -> Reply:
    """Take the question back; it uses up both buttons."""
    return await _cancel(ctx, row, Answer.TIME_OUT)


async def ask_to_pause(ctx: Context, row: str) -> Reply:
    """Ask whether invites are to be paused for an hour."""
    async with ctx.reading() as tx:
        incident = await raid_invites.check_pause(tx, ctx.actor, number_of(row, _LARGEST))
    number = str(incident.number)
    return Reply(
        Kind.REFUSED,
        ctx.say("Pause invites?"),
        (
            ctx.say("For one hour nobody can join by an invite. Whoever is here stays."),
            ctx.say("Because of incident #{number}. Nothing has been done yet.", number=number),
        ),
        ephemeral=True,
        controls=(
            (
                button(ctx, PAUSE, ctx.say("Pause invites"), number, style=ButtonStyle.DANGER),
                button(ctx, KEEP_OPEN, ctx.say("Cancel"), number),
            ),
        ),
    )


async def pause(ctx: Context, row: str) -> Reply:
    """Have invites paused, and say so in place of the question."""
    async with ctx.transaction() as tx:
        until = await raid_invites.pause_invites(
            tx, ctx.actor, number_of(row, _LARGEST), idempotency_key=ctx.idempotency_key, now=ctx.made_at
        )
    lines = (
        ctx.say("Invites are paused until {at}. If the bot may not do that, the alert says so.", at=until),
    )
    return Reply(Kind.DONE, ctx.say("Invites paused"), lines, replaces=True)


async def keep_open(ctx: Context, _row: str) -> Reply:
    """Take the question back; it uses up both buttons."""
    async with ctx.transaction():
        pass
    nothing = ctx.say("Nothing was done. Everything is as it was.")
    return Reply(Kind.INFO, ctx.say("Cancelled"), (nothing,), replaces=True)


PAUSE: Final = Control("alert-pause-do", pause, AUTOMOD, once=True)
KEEP_OPEN: Final = Control("alert-pause-no", keep_open, feature=None, once=True)
BAN: Final = Control("alert-ban-yes", ban, MODERATION, once=True)
KEEP_FROM_BAN: Final = Control("alert-ban-no", keep_from_ban, MODERATION, once=True)
TIME_OUT: Final = Control("alert-time-yes", time_out, MODERATION, once=True)
KEEP_FROM_TIME_OUT: Final = Control("alert-time-no", keep_from_time_out, MODERATION, once=True)

CONTROLS: Final = (
    Control(BAN_ALL, ask_to_ban, MODERATION, lifetime=None, owned=False),
    Control(TIME_OUT_ALL, ask_to_time_out, MODERATION, lifetime=None, owned=False),
    Control(LIFT_ALL, ask_to_lift, MODERATION, lifetime=None, owned=False),
    Control(PAUSE_INVITES, ask_to_pause, AUTOMOD, lifetime=None, owned=False),
    BAN,
    KEEP_FROM_BAN,
    TIME_OUT,
    KEEP_FROM_TIME_OUT,
    PAUSE,
    KEEP_OPEN,
)
"""The first ones stand below an alert for whoever may, as long as it is there; the others in the question."""


async def _ask(ctx: Context, number: int, answer: Answer) -> Reply:
    async with ctx.reading() as tx:
        hit = await raid_answers.find_hit(tx, ctx.actor, number, answer)
    with ctx.deadline():
        # Who owns the server and who is the bot: what ranks tell of oneself tells that, too.
        me = TargetUser(ctx.actor.user_id, ctx.actor.username, False, True, ctx.actor.role_ids)  # noqa: FBT003 - neither is a switch
        ranks, crowd = await asyncio.gather(ctx.ranks(me), _crowd(ctx, hit))
    async with ctx.transaction() as tx:
        asked = await raid_answers.ask_all(
            tx,
            ctx.actor,
            number,
            answer,
            crowd=crowd,
            ranks=ranks,
            interaction_id=ctx.interaction_id,
            now=ctx.now,
        )
    row = f"{number}-{ctx.interaction_id}"
    count = len(asked.sorted.wanted)
    if answer is Answer.BAN:
        title = Count(count, "Ban {n} account?", "Ban {n} accounts?")
        yes = Count(count, "Ban {n} account", "Ban {n} accounts")
        do, keep = BAN, KEEP_FROM_BAN
    else:
        title = Count(count, "Time out {n} account?", "Time out {n} accounts?")
        yes = Count(count, "Time out {n} account", "Time out {n} accounts")
        do, keep = TIME_OUT, KEEP_FROM_TIME_OUT
    return Reply(
        Kind.REFUSED,
        ctx.language.count(title),
        tuple(_lines(ctx, asked, answer, is_sure=crowd is not None and ranks is not None)),
        ephemeral=True,
        controls=(
            (
                button(ctx, do, ctx.language.count(yes), row, style=ButtonStyle.DANGER),
                button(ctx, keep, ctx.say("Cancel"), row),
            ),
        ),
    )


def _lines(ctx: Context, asked: Asked, answer: Answer, *, is_sure: bool) -> list[str]:
    """Name whom it is about, who is left out, and why."""
    found = asked.sorted
    named = ", ".join(ctx.language.mention(user_id) for user_id in found.wanted[:_NAMED])
    if len(found.wanted) > _NAMED:
        named += " " + ctx.say("and {count} more", count=len(found.wanted) - _NAMED)
    lines = [named, ctx.say("All of incident #{number}.", number=str(asked.incident.number))]
    if answer is Answer.TIME_OUT:
        lines.append(ctx.say("For one hour."))
    left_out = (
        Count(
            found.already,
            "Left out: {n} account that is dealt with already.",
            "Left out: {n} accounts that are dealt with already.",
        ),
        Count(
            found.gone,
            "Left out: {n} account that has left the server.",
            "Left out: {n} accounts that have left the server.",
        ),
        Count(
            found.immune,
            "Left out: {n} account that stands too high for it.",
            "Left out: {n} accounts that stand too high for it.",
        ),
        Count(
            asked.more,
            "Left out: {n} account for which you have to press again.",
            "Left out: {n} accounts for which you have to press again.",
        ),
    )
    lines += [ctx.language.count(each) for each in left_out if each.n]
    if not is_sure:
        lines.append(
            ctx.say("Who of them has left could not be looked up in time; the worker looks at each again.")
        )
    lines.append(ctx.say("Nothing has been done yet. Whoever stands too high for it is left alone."))
    return lines


async def _answer(ctx: Context, row: str, answer: Answer) -> Reply:
    number, asked_id = parts_of(row, 2)
    async with ctx.transaction() as tx:
        answered = await raid_answers.answer_all(
            tx,
            ctx.actor,
            number_of(number, _LARGEST),
            answer,
            number_of(asked_id),
            interaction_id=ctx.interaction_id,
            idempotency_key=ctx.idempotency_key,
            now=ctx.now,
        )
        await ctx.keep_reply(tx)
    reply = incident_reply(ctx.language, answered.incident, answered.cases)
    return Reply(reply.kind, reply.title, reply.lines, replaces=True)


async def _cancel(ctx: Context, row: str, answer: Answer) -> Reply:
    _, asked_id = parts_of(row, 2)
    async with ctx.transaction() as tx:
        await raid_answers.cancel_all(tx, ctx.actor, answer, number_of(asked_id), now=ctx.now)
    nothing = ctx.say("Nothing was done. Everything is as it was.")
    return Reply(Kind.INFO, ctx.say("Cancelled"), (nothing,), replaces=True)


async def _crowd(ctx: Context, user_ids: Sequence[int]) -> Crowd | None:
    """Look up who of them is here, None if it takes too long."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await raid_crowd.look_up(await ctx.discord(), ctx.actor.guild_id, user_ids)
    except (DiscordError, TimeoutError):
        return None
