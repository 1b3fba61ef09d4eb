"""`/purge`: up to a hundred messages of this channel at once."""

from typing import Annotated, Final

from app.access.policy import ModerationAction
from app.discord.reply import Reply
from app.errors import InvalidInputError
from app.features import MODERATION
from app.moderation import purging
from app.moderation.purging import PurgeOrder
from app.moderation.rendering import case_reply
from interactions.command import Command
from interactions.context import Context
from interactions.options import Option, TargetUser


async def purge(
    ctx: Context,
    count: Annotated[int, Option("How many at most, the newest first", minimum=1, maximum=purging.MOST)],
    user: Annotated[TargetUser | None, Option("Only what this person wrote")] = None,
    contains: Annotated[
        str | None, Option("Only messages with these words", max_length=purging.LONGEST_TEXT)
    ] = None,
    bots_only: Annotated[bool, Option("Only what bots wrote")] = False,  # noqa: FBT002 - Discord names every option
) -> Reply:
    """Have messages deleted that are older than this command and younger than two weeks."""
    if ctx.channel_id is None:
        raise InvalidInputError("Discord did not say in which channel this is. Nothing was deleted.")
    order = PurgeOrder(
        channel_id=ctx.channel_id,
        count=count,
        user_id=None if user is None else user.user_id,
        contains=(contains or "").strip() or None,
        bots_only=bots_only,
    )
    async with ctx.transaction() as tx:
        case = await purging.open_purge(
            tx,
            ctx.actor,
            order,
            interaction_id=ctx.interaction_id,
            idempotency_key=ctx.idempotency_key,
            now=ctx.now,
        )
        await ctx.keep_reply(tx)
    return case_reply(ctx.language, [case])


COMMAND: Final = Command(
    "purge",
    "Delete many messages of this channel at once",
    MODERATION,
    run=purge,
    action=ModerationAction.PURGE,
)
