"""`/bytes`: balance, daily, send, leaderboard, history; *Send bytes* and *View bytes*."""

from typing import Annotated, Final

from app.access.policy import Action
from app.bytes import domain
from app.bytes import history as bytes_history
from app.bytes import service as bytes_service
from app.bytes.claims import ClaimReceipt
from app.bytes.domain import Member, Transaction
from app.bytes.history import Entry
from app.discord.reply import Kind, Modal, Reply, clip
from app.discord.text import literal
from app.features import BYTES
from app.language import timestamp
from app.wording import Mention, byte_count, day_count, message
from interactions.command import Command, Control, Form, Menu, Opened, Subcommand
from interactions.context import Context
from interactions.controls import open_form, pager
from interactions.custom_id import number_of, parts_of
from interactions.errors import OutdatedControlError
from interactions.options import Option, TargetUser

LARGEST_AMOUNT: Final = 1_000_000
"""The largest `max_transfer` any guild can choose; the guild's own is checked by the service."""

_SHOWN_REASON: Final = 120
"""Characters of a reason in a history, so that a page of the longest fits into one reply, escaped."""

LAST_PAGE: Final = 100_000
"""The last page of a leaderboard that can be asked for; a million members stand before it."""


async def balance(
    ctx: Context,
    user: Annotated[TargetUser | None, Option("Whose balance; yours if left out")] = None,
) -> Reply:
    """Show a balance; one's own claims the daily bytes on the way."""
    return await _balance(ctx, _self(ctx) if user is None else member(user))


async def view_bytes(ctx: Context, user: TargetUser) -> Reply:
    """Show a member's balance to whoever opened the menu, and nobody else."""
    return await _balance(ctx, member(user), ephemeral=True)


async def daily(ctx: Context) -> Reply:
    """Claim the daily bytes."""
    async with ctx.transaction() as tx:
        receipt = await bytes_service.claim_daily(
            tx, ctx.actor, idempotency_key=ctx.idempotency_key, now=ctx.now
        )
    after = receipt.transaction.receiver_balance_after or 0
    return Reply(
        Kind.BYTES,
        ctx.say("Daily bytes claimed"),
        (
            ctx.say("{member} now has **{balance}**.", member=_me(ctx), balance=byte_count(after)),
            _claimed(ctx, receipt),
            ctx.say("Next claim {at}", at=receipt.next_claim_at),
        ),
    )


async def send(
    ctx: Context,
    user: Annotated[TargetUser, Option("Who receives the bytes")],
    amount: Annotated[int, Option("How many bytes", minimum=1, maximum=LARGEST_AMOUNT)],
    reason: Annotated[str | None, Option("What for", max_length=domain.MAX_REASON)] = None,
) -> Reply:
    """Send bytes to somebody: by the command, and by the form of *Send bytes*."""
    async with ctx.transaction() as tx:
        receipt = await bytes_service.send_bytes(
            tx,
            ctx.actor,
            member(user),
            amount,
            reason=reason,
            idempotency_key=ctx.idempotency_key,
            now=ctx.now,
        )
    return _sent(ctx, receipt.transaction)


async def ask_what_to_send(ctx: Context, user: TargetUser) -> Modal:
    """Open the form of *Send bytes*, unless nothing could be sent to this one."""
    domain.check_receiver(member(user), ctx.actor.user_id)
    return open_form(ctx, SEND, user=user)


async def leaderboard(
    ctx: Context,
    page: Annotated[int | None, Option("Which page", minimum=1, maximum=LAST_PAGE)] = None,
) -> Reply:
    """Show who has the most bytes."""
    return await _leaderboard(ctx, page or 1)


async def turn_leaderboard(ctx: Context, page: str) -> Reply:
    """Show another page of the leaderboard in place of this one."""
    return await _leaderboard(ctx, number_of(page, LAST_PAGE), replaces=True)


async def history(
    ctx: Context,
    user: Annotated[TargetUser | None, Option("Whose history; others' are for moderators")] = None,
) -> Reply:
    """Show the last transactions of a member."""
    return await _history(ctx, ctx.actor.user_id if user is None else user.user_id)


async def turn_history(ctx: Context, row: str) -> Reply:
    """Show older or newer transactions in place of these."""
    user_id, direction, seq = parts_of(row, 3)
    if direction not in ("before", "after"):
        raise OutdatedControlError
    return await _history(ctx, number_of(user_id), **{direction: number_of(seq)}, replaces=True)


COMMAND: Final = Command(
    name="bytes",
    description="Your bytes: balance, daily claim, sending, leaderboard, history",
    feature=BYTES,
    subcommands=(
        Subcommand(
            "balance", "What you or somebody else has; claims your daily bytes", balance, Action.USE_BYTES
        ),
        Subcommand("daily", "Claim today's bytes; days in a row multiply them", daily, Action.USE_BYTES),
        Subcommand("send", "Send bytes to somebody", send, Action.USE_BYTES),
        Subcommand("leaderboard", "Who has the most bytes", leaderboard, Action.USE_BYTES),
        Subcommand("history", "What came in and went out", history, Action.USE_BYTES),
    ),
)
MENUS: Final = (
    Menu("Send bytes", Opened.USER, ask_what_to_send, BYTES, Action.USE_BYTES),
    Menu("View bytes", Opened.USER, view_bytes, BYTES, Action.USE_BYTES),
)
SEND: Final = Form("send", "Send bytes", send, BYTES)
LEADERBOARD_PAGE: Final = Control("leaderboard", turn_leaderboard, BYTES)
HISTORY_PAGE: Final = Control("history", turn_history, BYTES)
CONTROLS: Final = (LEADERBOARD_PAGE, HISTORY_PAGE)
FORMS: Final = (SEND,)


async def _balance(ctx: Context, whose: Member, *, ephemeral: bool = False) -> Reply:
    async with ctx.transaction() as tx:
        view = await bytes_service.view_balance(
            tx, ctx.actor, whose, idempotency_key=ctx.idempotency_key, now=ctx.now
        )
    has = view.balance
    lines = [
        ctx.say("{member} has **{balance}**.", member=Mention(whose.user_id), balance=byte_count(has.balance))
    ]
    if view.claim is not None:
        lines.append(_claimed(ctx, view.claim))
    lines.append(
        ctx.say("Received {received} · sent {sent}", received=has.total_received, sent=has.total_sent)
    )
    facts = []
    if view.streak and view.claim is None:  # a claim has just said it
        facts.append(ctx.say("Streak {days}", days=day_count(view.streak)))
    if view.rank is not None:
        facts.append(ctx.say("Rank #{rank}", rank=view.rank))
    if facts:
        lines.append(" · ".join(facts))
    return Reply(Kind.BYTES, ctx.say("Balance"), tuple(lines), ephemeral=ephemeral)


async def _leaderboard(ctx: Context, page: int, *, replaces: bool = False) -> Reply:
    async with ctx.reading() as tx:
        view = await bytes_service.view_leaderboard(tx, ctx.actor, page)
    title = ctx.say("Leaderboard")
    if not view.rows:
        nobody = ctx.say("Nobody has bytes yet. `/bytes daily` is how to begin.")
        return Reply(Kind.BYTES, title, (nobody,), replaces=replaces)
    lines = [
        f"**{place}.** " + ctx.say("{member}: {balance}", member=Mention(user_id), balance=byte_count(has))
        for place, user_id, has in view.rows
    ]
    if view.own_rank is None:
        own = ctx.say("You have no bytes yet. `/bytes daily` is how to begin.")
    else:
        own = ctx.say(
            "You are #{rank} with {balance}", rank=view.own_rank, balance=byte_count(view.own_balance)
        )
    where = ctx.say(
        "Page {page} of {pages} · {members} members",
        page=view.page,
        pages=view.pages,
        members=view.members,
    )
    before = str(view.page - 1) if view.page > 1 else None
    after = str(view.page + 1) if view.page < view.pages else None
    buttons = pager(ctx, LEADERBOARD_PAGE, before, after)
    return Reply(
        Kind.BYTES,
        title,
        (*lines, f"-# {own}", f"-# {where}"),
        controls=(buttons,) if buttons else (),
        replaces=replaces,
    )


async def _history(
    ctx: Context,
    user_id: int,
    *,
    before: int | None = None,
    after: int | None = None,
    replaces: bool = False,
) -> Reply:
    async with ctx.reading() as tx:
        view = await bytes_history.view_history(tx, ctx.actor, user_id, before=before, after=after)
    title = ctx.say("History")
    whose = ctx.say("Bytes of {member}, newest first", member=Mention(user_id))
    if not view.entries:
        nothing = ctx.say("Nothing came in or went out yet.")
        return Reply(Kind.BYTES, title, (whose, nothing), ephemeral=True, replaces=replaces)
    newer = None if view.newer is None else f"{user_id}-after-{view.newer}"
    older = None if view.older is None else f"{user_id}-before-{view.older}"
    buttons = pager(ctx, HISTORY_PAGE, newer, older)
    return Reply(
        Kind.BYTES,
        title,
        (whose, *(_entry(ctx, entry) for entry in view.entries)),
        ephemeral=True,
        controls=(buttons,) if buttons else (),
        replaces=replaces,
    )


_WHAT: Final = {
    ("starting", 1): message("Starting balance"),
    ("daily", 1): message("Daily bytes"),
    ("grant", 1): message("Granted"),
    ("take", -1): message("Taken"),
    ("fee", -1): message("Paid"),
    ("transfer", 1): message("From {member}"),
    ("transfer", -1): message("To {member}"),
    ("reversal", 1): message("Undone, given back"),
    ("reversal", -1): message("Undone, taken back"),
}
"""Kind and direction of an entry -> what it says."""


def _entry(ctx: Context, entry: Entry) -> str:
    """Write one line: how much, what, when, what for; struck through when it was undone."""
    sign = 1 if entry.amount > 0 else -1
    what = ctx.say(_WHAT[entry.kind, sign], member=Mention(entry.other_id))
    amount = f"{'+' if sign > 0 else '−'}{ctx.language.number(abs(entry.amount))}"  # noqa: RUF001 - a minus
    parts = [f"**{amount}** {what}", timestamp(entry.created_at)]
    if entry.reason is not None:
        parts.append(literal(clip(entry.reason, _SHOWN_REASON)))
    line = " · ".join(parts)
    return f"~~{line}~~" if entry.is_undone else line


def _sent(ctx: Context, transaction: Transaction) -> Reply:
    """Render a transfer from its row alone, so that a repeat reads the same."""
    giver, receiver = Mention(transaction.giver_id), Mention(transaction.receiver_id)
    lines = [
        ctx.say(
            "{giver} sent **{amount}** to {receiver}.",
            giver=giver,
            amount=byte_count(transaction.amount),
            receiver=receiver,
        )
    ]
    if transaction.reason is not None:
        lines.append(ctx.say("For: {reason}", reason=transaction.reason))
    left = byte_count(transaction.giver_balance_after or 0)
    lines.append("-# " + ctx.say("{giver} has {balance} left", giver=giver, balance=left))
    return Reply(Kind.BYTES, ctx.say("Bytes sent"), tuple(lines))


def _claimed(ctx: Context, receipt: ClaimReceipt) -> str:
    transaction = receipt.transaction
    amount, streak = byte_count(transaction.amount), day_count(transaction.streak_count or 1)
    times = transaction.streak_multiplier or 1
    if times > 1:
        return ctx.say(
            "+{amount} for today · streak {days} (times {times})", amount=amount, days=streak, times=times
        )
    return ctx.say("+{amount} for today · streak {days}", amount=amount, days=streak)


def _me(ctx: Context) -> Mention:
    return Mention(ctx.actor.user_id)


def _self(ctx: Context) -> Member:
    return Member(ctx.actor.user_id, ctx.actor.username)


def member(user: TargetUser) -> Member:
    """Take somebody an option named for somebody who can have bytes."""
    return Member(user.user_id, user.username, user.is_bot, user.is_member)
