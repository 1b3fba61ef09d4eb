"""`/treasury`: bytes minted by staff. A command of its own, because Discord's permissions are per root."""

from typing import Annotated, Final

from app.bytes import domain
from app.bytes import service as bytes_service
from app.bytes.domain import Member
from app.discord.permissions import Permission
from app.discord.text import literal, number
from app.features import BYTES
from interactions.command import Command, Context, Option, Subcommand, TargetUser
from interactions.reply import Kind, Reply


async def grant(
    ctx: Context,
    user: Annotated[TargetUser, Option("Who receives the bytes")],
    amount: Annotated[int, Option("How many bytes", minimum=1, maximum=domain.MAX_GRANT)],
    reason: Annotated[str, Option("What for; kept in the audit trail", max_length=domain.MAX_REASON)],
) -> Reply:
    """Mint bytes to a member."""
    async with ctx.transaction() as tx:
        receipt = await bytes_service.grant_bytes(
            tx,
            ctx.actor,
            Member(user.user_id, user.username, user.is_bot, user.is_member),
            amount,
            reason=reason,
            idempotency_key=ctx.idempotency_key,
        )
    booked = receipt.transaction
    after = number(booked.receiver_balance_after or 0)
    lines = [
        f"<@{booked.receiver_id}> now has **{after}** bytes.",
        f"{number(booked.amount)} granted by <@{ctx.actor.user_id}>",
    ]
    if booked.reason is not None:
        lines.append(f"For: {literal(booked.reason)}")
    return Reply(Kind.BYTES, "Bytes granted", tuple(lines))


COMMAND: Final = Command(
    name="treasury",
    description="Mint bytes; for those who manage the server",
    feature=BYTES,
    subcommands=(Subcommand("grant", "Mint bytes to a member", grant),),
    default_permission=Permission.MANAGE_GUILD,
)
