"""`/privacy`: everything that is kept about oneself, as a file, and forgetting it."""

import asyncio
from typing import Final

from app.access.policy import Action
from app.discord.reply import ButtonStyle, File, Kind, Reply
from app.privacy import service as privacy_service
from app.privacy.domain import packed
from app.privacy.rooms import ROOMS
from interactions.command import Command, Control, Subcommand
from interactions.context import Context
from interactions.controls import button


async def export(ctx: Context) -> Reply:
    """Give the member a file with everything that is kept about them here."""
    async with ctx.reading() as tx:
        exported = await privacy_service.export_member(tx, ctx.actor, now=ctx.now)
    # Compressing can take a while; others are answered meanwhile.
    with ctx.deadline():
        file = await asyncio.to_thread(packed, exported, ctx.actor.guild_id)
    return Reply(
        Kind.INFO,
        ctx.say("Your data"),
        (
            ctx.say("This file has everything that is kept about you in this server. Only you see it."),
            "-# " + ctx.say("`/privacy erase` makes the bot forget it."),
        ),
        ephemeral=True,
        file=File(file.name, file.content, file.content_type),
    )


async def ask_whether_to_erase(ctx: Context) -> Reply:
    """Say what an erasure does and what it leaves, and ask."""
    return Reply(
        Kind.REFUSED,
        ctx.say("Erase your data?"),
        (
            ctx.say("This is blanked in this server:"),
            *(f"- {ctx.say(room.blanked)}" for room in ROOMS.values()),
            ctx.say(
                "You lose your bytes and your streak. The amounts and times stay, under a random number "
                "instead of you: without them, what others have would not add up."
            ),
            ctx.say(
                "A fingerprint of your id stays, with the day of your last claim, so that nobody is given "
                "the same bytes twice. It tells that you were here only to those who know your id."
            ),
            ctx.say(
                "Messages in channels belong to Discord and stay, and so does what others wrote about you in "
                "their own words."
            ),
            ctx.say("**This cannot be undone.** `/privacy export` gives you a file of it all first."),
        ),
        ephemeral=True,
        controls=(
            (
                button(ctx, ERASE, ctx.say("Erase my data"), style=ButtonStyle.DANGER),
                button(ctx, KEEP, ctx.say("Keep it")),
            ),
        ),
    )


async def erase(ctx: Context, _row: str) -> Reply:
    """Make the platform forget the member, and tell what was blanked in place of the question."""
    async with ctx.transaction() as tx:
        erasure = await privacy_service.erase_member(tx, ctx.actor, idempotency_key=ctx.idempotency_key)
    if not erasure.found_something:
        nothing = ctx.say("Nothing was known about you in this server, so nothing was erased.")
        return Reply(Kind.INFO, ctx.say("Nothing to erase"), (nothing,), replaces=True)
    return Reply(
        Kind.DONE,
        ctx.say("Erased"),
        (
            ctx.say("Your name and your id are gone from what is kept here:"),
            *(
                "- " + ctx.language.count(room.count(erasure.rows[name]))
                for name, room in ROOMS.items()
                if name in erasure.rows
            ),
            "-# " + ctx.say("What you do here from now on is kept again, as of somebody new."),
        ),
        replaces=True,
    )


async def keep(ctx: Context, _row: str) -> Reply:
    """Take the question back. It uses up both buttons, so it is true that nothing was erased by them."""
    async with ctx.transaction():
        pass
    nothing = ctx.say("Nothing was erased. Everything is as it was.")
    return Reply(Kind.INFO, ctx.say("Kept"), (nothing,), replaces=True)


COMMAND: Final = Command(
    name="privacy",
    description="What is kept about you: see it, erase it",
    feature=None,
    subcommands=(
        Subcommand("export", "Everything that is kept about you here, as a file", export, Action.USE_PRIVACY),
        Subcommand(
            "erase",
            "Have everything that is kept about you here forgotten; asks first",
            ask_whether_to_erase,
            Action.USE_PRIVACY,
        ),
    ),
)
ERASE: Final = Control("privacy-erase", erase, feature=None, once=True)
KEEP: Final = Control("privacy-keep", keep, feature=None, once=True)
CONTROLS: Final = (ERASE, KEEP)
