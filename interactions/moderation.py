"""Staff commands that decide about a member: warn, note, time out, kick, ban, and what lifts them."""

from datetime import timedelta
from typing import Annotated, Final

from app.access.policy import ModerationAction
from app.discord.reply import Modal, Reply, clip
from app.errors import InvalidInputError
from app.features import MODERATION
from app.moderation import evidence as moderation_evidence
from app.moderation import opening, reading
from app.moderation.cases import Evidence, Order, Subject
from app.moderation.domain import MAX_REASON, CaseAction
from app.moderation.durations import parse_duration, parse_timeout
from app.moderation.rendering import case_reply, needless_reply
from interactions.command import Command, Form, Menu, Opened
from interactions.context import Context
from interactions.controls import open_form
from interactions.options import Attachment, Choice, Option, TargetMessage, TargetUser

_LONGEST_DURATION: Final = 40
_DAYS: Final = 7
"""Days of messages a ban can delete (Discord: resources/guild, "Create Guild Ban")."""

LONGEST_QUOTE: Final = 1_000
"""Characters of a message that are kept as evidence."""

_LENGTHS: Final = ("10m", "1h", "6h", "1d", "3d", "1w", "28d")


async def suggest_reasons(ctx: Context, typed: str) -> list[Choice]:
    """Offer the reasons the guild has saved, after what was typed."""
    async with ctx.reading() as tx:
        saved = await reading.suggest_reasons(tx, ctx.actor.guild_id, typed)
    own = [typed.strip()[:MAX_REASON]] if typed.strip() and typed.strip() not in saved else []
    return [Choice(reason, reason) for reason in (*own, *saved) if len(reason) <= _LONGEST_CHOICE]


async def suggest_lengths(_ctx: Context, typed: str) -> list[Choice]:
    """Offer durations, after what was typed."""
    wanted = typed.strip().lower()[:_LONGEST_DURATION]
    own = [wanted] if wanted and wanted not in _LENGTHS else []
    return [Choice(each, each) for each in (*own, *(each for each in _LENGTHS if each.startswith(wanted)))]


_LONGEST_CHOICE: Final = 100
"""Characters of a suggested value (Discord: interactions/application-commands)."""

_WHO: Final = Option("Whom it is about")
_WHY: Final = Option("Why; the member reads it", max_length=MAX_REASON, autocomplete=suggest_reasons)
_WHY_NOT: Final = Option("Why; kept with the case", max_length=MAX_REASON, autocomplete=suggest_reasons)


async def warn(
    ctx: Context,
    user: Annotated[TargetUser, _WHO],
    reason: Annotated[str, _WHY],
    evidence: Annotated[Attachment | None, Option("A picture or file that goes with it")] = None,
    silent: Annotated[bool, Option("Do not tell the member")] = False,  # noqa: FBT002 - Discord names every option
) -> Reply:
    """Warn a member."""
    order = Order(
        CaseAction.WARN,
        reason,
        silent=silent,
        evidence=_evidence(evidence),
        interaction_id=ctx.interaction_id,
    )
    return await decide(ctx, user, order)


async def note(
    ctx: Context,
    user: Annotated[TargetUser, _WHO],
    reason: Annotated[str, Option("What to remember; only moderators read it", max_length=MAX_REASON)],
    evidence: Annotated[Attachment | None, Option("A picture or file that goes with it")] = None,
) -> Reply:
    """Note something about a member, between moderators."""
    order = Order(CaseAction.NOTE, reason, evidence=_evidence(evidence))
    return await decide(ctx, user, order, ephemeral=True)


async def timeout(
    ctx: Context,
    user: Annotated[TargetUser, _WHO],
    duration: Annotated[
        str,
        Option(
            "How long: 10m, 1d12h, 2w; at most 28d",
            max_length=_LONGEST_DURATION,
            autocomplete=suggest_lengths,
        ),
    ],
    reason: Annotated[str, _WHY],
) -> Reply:
    """Time a member out."""
    length = parse_timeout(duration)
    order = Order(CaseAction.TIMEOUT, reason, duration=length, interaction_id=ctx.interaction_id)
    return await decide(ctx, user, order)


async def untimeout(
    ctx: Context,
    user: Annotated[TargetUser, _WHO],
    reason: Annotated[str | None, _WHY_NOT] = None,
) -> Reply:
    """End a member's time-out."""
    return await decide(ctx, user, Order(CaseAction.UNTIMEOUT, reason, interaction_id=ctx.interaction_id))


async def kick(
    ctx: Context,
    user: Annotated[TargetUser, _WHO],
    reason: Annotated[str, _WHY],
) -> Reply:
    """Remove a member, who can come back."""
    return await decide(ctx, user, Order(CaseAction.KICK, reason, interaction_id=ctx.interaction_id))


async def ban(
    ctx: Context,
    user: Annotated[TargetUser, Option("Whom; an id works, too")],
    reason: Annotated[str, _WHY],
    duration: Annotated[
        str | None,
        Option(
            "How long: 1d, 2w; for good if left out",
            max_length=_LONGEST_DURATION,
            autocomplete=suggest_lengths,
        ),
    ] = None,
    delete_messages: Annotated[
        int | None, Option("Days of their messages to delete, too", minimum=0, maximum=_DAYS)
    ] = None,
) -> Reply:
    """Ban somebody, for good or for a time."""
    order = Order(
        CaseAction.BAN,
        reason,
        duration=None if duration is None else parse_duration(duration),
        delete_seconds=int(timedelta(days=delete_messages or 0).total_seconds()),
        interaction_id=ctx.interaction_id,
    )
    return await decide(ctx, user, order)


async def unban(
    ctx: Context,
    user: Annotated[TargetUser, Option("Whom; an id works, too")],
    reason: Annotated[str | None, _WHY_NOT] = None,
) -> Reply:
    """Lift a ban."""
    return await decide(ctx, user, Order(CaseAction.UNBAN, reason, interaction_id=ctx.interaction_id))


async def ask_why_warned(ctx: Context, user: TargetUser) -> Modal:
    """Open the form of *Warn*."""
    return open_form(ctx, WARN, user=user)


async def warn_by_form(
    ctx: Context,
    user: Annotated[TargetUser, Option("Who is warned")],
    reason: Annotated[str, Option("Why; the member reads it", max_length=MAX_REASON)],
) -> Reply:
    """Warn a member by the form."""
    return await decide(ctx, user, Order(CaseAction.WARN, reason, interaction_id=ctx.interaction_id))


async def ask_why_author_warned(ctx: Context, message: TargetMessage) -> Modal:
    """Open the form of *Warn author*, with what was written quoted."""
    return open_form(ctx, WARN_AUTHOR, user=message.author, quote=quote_of(ctx, message))


async def warn_author(
    ctx: Context,
    user: Annotated[TargetUser, Option("Who is warned")],
    reason: Annotated[str, Option("Why; the member reads it", max_length=MAX_REASON)],
    quote: Annotated[str | None, Option("What was written; kept", max_length=LONGEST_QUOTE)] = None,
) -> Reply:
    """Warn the author of a message, which is kept with the case."""
    order = Order(CaseAction.WARN, reason, quote=quote, interaction_id=ctx.interaction_id)
    return await decide(ctx, user, order)


def quote_of(ctx: Context, message: TargetMessage) -> str:
    """Write where a message is and what it says."""
    link = f"https://discord.com/channels/{ctx.actor.guild_id}/{message.channel_id}/{message.message_id}"
    return clip(f"{link}\n{message.content}".strip(), LONGEST_QUOTE)


async def decide(ctx: Context, user: TargetUser, order: Order, *, ephemeral: bool = False) -> Reply:
    """Open a case about somebody and tell what is certain now; the worker tells the rest."""
    with ctx.deadline():
        ranks = await ctx.ranks(user)
    async with ctx.transaction() as tx:
        opened = await opening.open_case(
            tx,
            ctx.actor,
            Subject(user.user_id, user.username, user.is_bot),
            order,
            ranks=ranks,
            idempotency_key=ctx.idempotency_key,
            now=ctx.now,
        )
        if not opened.was_in_force:
            await ctx.keep_reply(tx)
    if opened.was_in_force:
        return needless_reply(ctx.language, opened.case)
    cases = [opened.case] if opened.follow_up is None else [opened.case, opened.follow_up]
    return case_reply(ctx.language, cases, ephemeral=ephemeral)


def _evidence(given: Attachment | None) -> Evidence | None:
    """Take a file that was given.

    Raises:
        InvalidInputError: it is larger than what can be kept.
    """
    if given is None:
        return None
    if given.size > moderation_evidence.LARGEST:
        raise InvalidInputError(
            "The file is larger than {megabytes} MiB, which cannot be kept. Nothing was done.",
            megabytes=moderation_evidence.LARGEST // (1024 * 1024),
        )
    return Evidence(given.filename, given.content_type, given.size, given.url)


COMMANDS: Final = (
    Command("warn", "Warn a member", MODERATION, run=warn, action=ModerationAction.WARN),
    Command("note", "Note something about a member", MODERATION, run=note, action=ModerationAction.NOTE),
    Command("timeout", "Time a member out", MODERATION, run=timeout, action=ModerationAction.TIMEOUT),
    Command(
        "untimeout", "End a member's time-out", MODERATION, run=untimeout, action=ModerationAction.UNTIMEOUT
    ),
    Command("kick", "Remove a member", MODERATION, run=kick, action=ModerationAction.KICK),
    Command("ban", "Ban somebody, for good or for a time", MODERATION, run=ban, action=ModerationAction.BAN),
    Command("unban", "Lift a ban", MODERATION, run=unban, action=ModerationAction.UNBAN),
)
MENUS: Final = (
    Menu("Warn", Opened.USER, ask_why_warned, MODERATION, ModerationAction.WARN),
    Menu("Warn author", Opened.MESSAGE, ask_why_author_warned, MODERATION, ModerationAction.WARN),
)
WARN: Final = Form("warn", "Warn", warn_by_form, MODERATION)
WARN_AUTHOR: Final = Form("warn-author", "Warn author", warn_author, MODERATION)
FORMS: Final = (WARN, WARN_AUTHOR)
