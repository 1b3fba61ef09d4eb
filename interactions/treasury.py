"""`/treasury`: bytes minted, burned and undone by staff.

A command of its own, because Discord's default permissions are per root.
"""

from typing import Annotated, Final
from uuid import UUID

from app.access.policy import Action
from app.bytes import domain
from app.bytes import history as bytes_history
from app.bytes import treasury as bytes_treasury
from app.bytes.domain import Transaction
from app.discord.reply import Kind, Reply
from app.features import BYTES
from app.ids import SYSTEM_ID
from app.wording import STRANGERS, Mention, byte_count
from interactions.bytes import member
from interactions.command import Command, Subcommand
from interactions.context import Context
from interactions.options import Choice, Option, TargetUser


async def grant(
    ctx: Context,
    user: Annotated[TargetUser, Option("Who receives the bytes")],
    amount: Annotated[int, Option("How many bytes", minimum=1, maximum=domain.MAX_GRANT)],
    reason: Annotated[str, Option("What for; kept in the audit trail", max_length=domain.MAX_REASON)],
) -> Reply:
    """Mint bytes to a member."""
    async with ctx.transaction() as tx:
        receipt = await bytes_treasury.grant_bytes(
            tx, ctx.actor, member(user), amount, reason=reason, idempotency_key=ctx.idempotency_key
        )
    booked = receipt.transaction
    how = ctx.say("{amount} granted by {moderator}", amount=byte_count(booked.amount), moderator=_me(ctx))
    return _changed(ctx, ctx.say("Bytes granted"), how, booked)


async def take(
    ctx: Context,
    user: Annotated[TargetUser, Option("Whose bytes are taken")],
    amount: Annotated[int, Option("How many bytes", minimum=1, maximum=domain.MAX_GRANT)],
    reason: Annotated[str, Option("What for; kept in the audit trail", max_length=domain.MAX_REASON)],
) -> Reply:
    """Burn bytes of a member."""
    async with ctx.transaction() as tx:
        receipt = await bytes_treasury.take_bytes(
            tx, ctx.actor, member(user), amount, reason=reason, idempotency_key=ctx.idempotency_key
        )
    booked = receipt.transaction
    how = ctx.say("{amount} taken by {moderator}", amount=byte_count(booked.amount), moderator=_me(ctx))
    return _changed(ctx, ctx.say("Bytes taken"), how, booked)


async def _complete_transaction(ctx: Context, typed: str) -> list[Choice]:
    async with ctx.reading() as tx:
        recent = await bytes_history.find_recent(tx, ctx.actor, typed)
    return [
        Choice(
            f"{ctx.language.number(each.amount)} · {_party(ctx, each.giver_id, each.giver_username)} → "
            f"{_party(ctx, each.receiver_id, each.receiver_username)} · "
            f"{each.created_at:%Y-%m-%d %H:%M}" + (f" · {each.reason}" if each.reason else ""),
            str(each.id),
        )
        for each in recent
    ]


def _changed(ctx: Context, title: str, how: str, booked: Transaction) -> Reply:
    """Tell what a member has after staff minted or burned, how, and what for."""
    user_id, has = booked.giver_id, booked.giver_balance_after
    if user_id == SYSTEM_ID:
        user_id, has = booked.receiver_id, booked.receiver_balance_after
    fact = ctx.say("{member} now has **{balance}**.", member=Mention(user_id), balance=byte_count(has or 0))
    lines = [fact, how]
    if booked.reason is not None:
        lines.append(ctx.say("For: {reason}", reason=booked.reason))
    return Reply(Kind.BYTES, title, tuple(lines))


def _me(ctx: Context) -> Mention:
    return Mention(ctx.actor.user_id)


def _party(ctx: Context, user_id: int, username: str | None) -> str:
    """Name a party as it was called then: a label has no mentions."""
    if user_id > 0:
        return username or str(user_id)
    return ctx.say(STRANGERS[user_id == 0].message)


async def undo(
    ctx: Context,
    transaction: Annotated[
        str, Option("Which transaction; type a name", max_length=100, autocomplete=_complete_transaction)
    ],
    force: Annotated[bool, Option("Take what is left if the receiver has spent some of it")] = False,  # noqa: FBT002 - Discord names every option
) -> Reply:
    """Undo a transaction."""
    async with ctx.transaction() as tx:
        receipt = await bytes_treasury.undo_transaction(
            tx,
            ctx.actor,
            _transaction_id(transaction),
            force=force,
            idempotency_key=ctx.idempotency_key,
        )
    undone, moved = receipt.original, receipt.reversal
    fact = ctx.say(
        "{amount} went back from {receiver} to {giver}.",
        amount=byte_count(moved.amount),
        receiver=Mention(undone.receiver_id),
        giver=Mention(undone.giver_id),
    )
    lines = [fact]
    if receipt.missing:
        lines.append(
            ctx.say("Not moved back, because already spent: {amount}", amount=byte_count(receipt.missing))
        )
    lines.append(ctx.say("Undone by {moderator}", moderator=_me(ctx)))
    return Reply(Kind.BYTES, ctx.say("Transaction undone"), tuple(lines))


def _transaction_id(text: str) -> UUID:
    """Read an id. Of what is none, give one that nothing has: whether somebody may ask is answered first."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


COMMAND: Final = Command(
    name="treasury",
    description="Mint, burn and undo bytes; for those who manage the server",
    feature=BYTES,
    subcommands=(
        Subcommand("grant", "Mint bytes to a member", grant, Action.GRANT_BYTES),
        Subcommand("take", "Burn bytes of a member", take, Action.TAKE_BYTES),
        Subcommand("undo", "Undo a transaction, as if it had never been", undo, Action.UNDO_BYTES),
    ),
)
