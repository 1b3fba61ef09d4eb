"""`/bytes`: balance, daily, send, leaderboard."""

from typing import Annotated, Final

from app.bytes import domain
from app.bytes import service as bytes_service
from app.bytes.claims import ClaimReceipt
from app.bytes.domain import Member, Transaction
from app.discord.text import literal, number
from app.features import BYTES
from interactions.command import Command, Context, Option, Subcommand, TargetUser
from interactions.errors import timestamp
from interactions.reply import Kind, Reply

LARGEST_AMOUNT: Final = 1_000_000
"""The largest `max_transfer` any guild can choose; the guild's own is checked by the service."""


async def balance(
    ctx: Context,
    user: Annotated[TargetUser | None, Option("Whose balance; yours if left out")] = None,
) -> Reply:
    """Show a balance; one's own claims the daily bytes on the way."""
    member = _self(ctx) if user is None else _member(user)
    async with ctx.transaction() as tx:
        view = await bytes_service.view_balance(
            tx, ctx.actor, member, idempotency_key=ctx.idempotency_key, now=ctx.now
        )
    has = view.balance
    lines = [f"<@{member.user_id}> has **{_bytes(has.balance)}**."]
    if view.claim is not None:
        lines.append(_claimed(view.claim))
    lines.append(f"Received {number(has.total_received)} · sent {number(has.total_sent)}")
    facts = []
    if view.streak and view.claim is None:  # a claim has just said it
        facts.append(f"Streak {_days(view.streak)}")
    if view.rank is not None:
        facts.append(f"Rank #{number(view.rank)}")
    if facts:
        lines.append(" · ".join(facts))
    return Reply(Kind.BYTES, "Balance", tuple(lines))


async def daily(ctx: Context) -> Reply:
    """Claim the daily bytes."""
    async with ctx.transaction() as tx:
        receipt = await bytes_service.claim_daily(
            tx, ctx.actor, idempotency_key=ctx.idempotency_key, now=ctx.now
        )
    after = receipt.transaction.receiver_balance_after or 0
    return Reply(
        Kind.BYTES,
        "Daily bytes claimed",
        (
            f"<@{ctx.actor.user_id}> now has **{_bytes(after)}**.",
            _claimed(receipt),
            f"Next claim {timestamp(receipt.next_claim_at)}",
        ),
    )


async def send(
    ctx: Context,
    user: Annotated[TargetUser, Option("Who receives the bytes")],
    amount: Annotated[int, Option("How many bytes", minimum=1, maximum=LARGEST_AMOUNT)],
    reason: Annotated[str | None, Option("What for", max_length=domain.MAX_REASON)] = None,
) -> Reply:
    """Send bytes to somebody."""
    async with ctx.transaction() as tx:
        receipt = await bytes_service.send_bytes(
            tx,
            ctx.actor,
            _member(user),
            amount,
            reason=reason,
            idempotency_key=ctx.idempotency_key,
            now=ctx.now,
        )
    return _sent(receipt.transaction)


async def leaderboard(
    ctx: Context,
    page: Annotated[int | None, Option("Which page", minimum=1, maximum=100_000)] = None,
) -> Reply:
    """Show who has the most bytes."""
    async with ctx.transaction() as tx:
        view = await bytes_service.view_leaderboard(tx, ctx.actor, page or 1)
    if not view.rows:
        return Reply(Kind.BYTES, "Leaderboard", ("Nobody has bytes yet. `/bytes daily` is how to begin.",))
    lines = [f"**{place}.** <@{user_id}> — {_bytes(balance)}" for place, user_id, balance in view.rows]
    if view.own_rank is None:
        lines.append("-# You have no bytes yet. `/bytes daily` is how to begin.")
    else:
        lines.append(f"-# You are #{number(view.own_rank)} with {_bytes(view.own_balance)}")
    lines.append(f"-# Page {view.page} of {view.pages} · {number(view.members)} members")
    return Reply(Kind.BYTES, "Leaderboard", tuple(lines))


COMMAND: Final = Command(
    name="bytes",
    description="Your bytes: balance, daily claim, sending, leaderboard",
    feature=BYTES,
    subcommands=(
        Subcommand("balance", "What you or somebody else has; claims your daily bytes", balance),
        Subcommand("daily", "Claim today's bytes; days in a row multiply them", daily),
        Subcommand("send", "Send bytes to somebody", send),
        Subcommand("leaderboard", "Who has the most bytes", leaderboard),
    ),
)


def _sent(transaction: Transaction) -> Reply:
    """Render a transfer from its row alone, so that a repeat reads the same."""
    amount = _bytes(transaction.amount)
    lines = [f"<@{transaction.giver_id}> sent **{amount}** to <@{transaction.receiver_id}>."]
    if transaction.reason is not None:
        lines.append(f"For: {literal(transaction.reason)}")
    lines.append(f"-# <@{transaction.giver_id}> has {_bytes(transaction.giver_balance_after or 0)} left")
    return Reply(Kind.BYTES, "Bytes sent", tuple(lines))


def _claimed(receipt: ClaimReceipt) -> str:
    transaction = receipt.transaction
    line = f"+{_bytes(transaction.amount)} for today · streak {_days(transaction.streak_count or 1)}"
    times = transaction.streak_multiplier or 1
    return f"{line} (times {times})" if times > 1 else line


def _bytes(amount: int) -> str:
    return f"{number(amount)} byte{'' if amount == 1 else 's'}"


def _days(count: int) -> str:
    return f"{number(count)} day{'' if count == 1 else 's'}"


def _self(ctx: Context) -> Member:
    return Member(ctx.actor.user_id, ctx.actor.username)


def _member(user: TargetUser) -> Member:
    return Member(user.user_id, user.username, user.is_bot, user.is_member)
