"""`/massban`: up to 200 accounts at once, after a question with the count."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Final

from app.access.gathering import PATIENCE
from app.access.policy import ModerationAction
from app.access.ranks import Outranked
from app.discord.port import DiscordError
from app.discord.reply import ButtonStyle, Kind, Reply
from app.errors import InvalidInputError
from app.features import MODERATION
from app.moderation import massban as moderation_massban
from app.moderation.domain import MAX_REASON
from app.moderation.durations import parse_duration
from app.moderation.incident_rendering import incident_reply
from app.moderation.incident_values import LONGEST_LIST, LONGEST_SINCE, Draft, parse_accounts
from app.wording import Count, Mention, day_count, message
from interactions.command import Command, Control
from interactions.context import Context
from interactions.controls import button
from interactions.custom_id import number_of
from interactions.moderation import suggest_reasons
from interactions.options import Option, TargetUser

_DAYS: Final = 7
_NAMED: Final = 10
"""Accounts that a question names; of more it says how many."""

_LEFT_OUT: Final[dict[Outranked, str]] = {
    Outranked.SELF: message("Left out: {member}, because nobody bans themselves."),
    Outranked.BOT: message("Left out: {member}, because that is the bot itself."),
    Outranked.OWNER: message("Left out: {member}, who owns the server."),
}


async def ask(
    ctx: Context,
    reason: Annotated[
        str, Option("Why; kept with each case", max_length=MAX_REASON, autocomplete=suggest_reasons)
    ],
    ids: Annotated[str | None, Option("Whom: up to 200 ids or mentions", max_length=LONGEST_LIST)] = None,
    joined_since: Annotated[
        str | None, Option("Or everybody who joined in the last: 10m, 2h; at most 1d", max_length=40)
    ] = None,
    delete_messages: Annotated[
        int | None, Option("Days of their messages to delete, too", minimum=0, maximum=_DAYS)
    ] = None,
) -> Reply:
    """Say how many would be banned, and ask."""
    async with ctx.reading() as tx:
        await moderation_massban.check_massban(tx, ctx.actor)
    if (ids is None) == (joined_since is None):
        raise InvalidInputError(
            "Give either `ids` or `joined_since`, so that it is clear whom this is about. Nothing was done."
        )
    if ids is not None:
        user_ids = parse_accounts(ids)
    else:
        user_ids = await _newcomers(ctx, ctx.now - parse_duration(joined_since or "", longest=LONGEST_SINCE))
    with ctx.deadline():
        # Who owns the server and who is the bot: what ranks tell of oneself tells that, too.
        me = TargetUser(ctx.actor.user_id, ctx.actor.username, False, True, ctx.actor.role_ids)  # noqa: FBT003 - neither is a switch
        ranks = await ctx.ranks(me)
    seconds = int(timedelta(days=delete_messages or 0).total_seconds())
    draft = Draft(ctx.interaction_id, user_ids, reason, seconds)
    async with ctx.transaction() as tx:
        asked = await moderation_massban.ask_massban(tx, ctx.actor, draft, ranks=ranks, now=ctx.now)
    count, row = len(asked.draft.user_ids), str(ctx.interaction_id)
    lines = [_named(ctx, asked.draft.user_ids), ctx.say("For: {reason}", reason=asked.draft.reason)]
    if delete_messages:
        lines.append(
            ctx.say("What they wrote in the last {days} is deleted, too.", days=day_count(delete_messages))
        )
    lines += [ctx.say(_LEFT_OUT[why], member=Mention(who)) for who, why in asked.left_out.items()]
    if asked.already:
        lines.append(
            ctx.language.count(
                Count(
                    asked.already,
                    "Left out: {n} account that is banned already.",
                    "Left out: {n} accounts that are banned already.",
                )
            )
        )
    lines.append(ctx.say("Nothing has been done yet. Whoever stands too high for it is left alone."))
    yes = ctx.language.count(Count(count, "Ban {n} account", "Ban {n} accounts"))
    return Reply(
        Kind.REFUSED,
        ctx.language.count(Count(count, "Ban {n} account?", "Ban {n} accounts?")),
        tuple(lines),
        ephemeral=True,
        controls=(
            (
                button(ctx, CONFIRM, yes, row, style=ButtonStyle.DANGER),
                button(ctx, CANCEL, ctx.say("Cancel"), row),
            ),
        ),
    )


async def confirm(ctx: Context, row: str) -> Reply:
    """Have them banned, and say so in place of the question; the worker tells the rest."""
    async with ctx.transaction() as tx:
        started = await moderation_massban.confirm_massban(
            tx,
            ctx.actor,
            number_of(row),
            interaction_id=ctx.interaction_id,
            idempotency_key=ctx.idempotency_key,
            now=ctx.now,
        )
        await ctx.keep_reply(tx)
    reply = incident_reply(ctx.language, started.incident, started.cases)
    return Reply(reply.kind, reply.title, reply.lines, replaces=True)


async def cancel(ctx: Context, row: str) -> Reply:
    """Take the question back; it uses up both buttons."""
    async with ctx.transaction() as tx:
        await moderation_massban.cancel_massban(tx, ctx.actor, number_of(row), now=ctx.now)
    nothing = ctx.say("Nobody was banned. Everything is as it was.")
    return Reply(Kind.INFO, ctx.say("Cancelled"), (nothing,), replaces=True)


COMMAND: Final = Command(
    "massban",
    "Ban many accounts at once; asks first",
    MODERATION,
    run=ask,
    action=ModerationAction.MASSBAN,
)
CONFIRM: Final = Control("massban", confirm, MODERATION, once=True)
CANCEL: Final = Control("massban-no", cancel, MODERATION, once=True)
CONTROLS: Final = (CONFIRM, CANCEL)


async def _newcomers(ctx: Context, since: datetime) -> tuple[int, ...]:
    """Look up who joined since a time.

    Raises:
        InvalidInputError: nobody did, too many did, or it takes too long to find out.
    """
    try:
        with ctx.deadline():
            async with asyncio.timeout(PATIENCE):
                found = await moderation_massban.find_newcomers(
                    await ctx.discord(), ctx.actor.guild_id, since
                )
    except (DiscordError, TimeoutError):
        raise InvalidInputError(
            "Who joined could not be looked up in time: the server is large, or Discord is slow. "
            "Nothing was done; name the accounts with `ids`."
        ) from None
    if not found:
        raise InvalidInputError("Nobody joined in that time. Nothing was done.")
    return found


def _named(ctx: Context, user_ids: tuple[int, ...]) -> str:
    named = ", ".join(ctx.language.mention(user_id) for user_id in user_ids[:_NAMED])
    if len(user_ids) <= _NAMED:
        return named
    return named + " " + ctx.say("and {count} more", count=len(user_ids) - _NAMED)
