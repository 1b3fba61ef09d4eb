"""`/raid`: what a server can do at once while many come in to do harm, and its end."""

from typing import Annotated, Final

from app.access.policy import Action
from app.automod.raids import mode as raid_mode
from app.automod.raids.rendering import standing_lines
from app.discord.reply import Kind, Reply
from app.features import AUTOMOD
from interactions.command import Command, Subcommand
from interactions.context import Context
from interactions.options import Option

_DEFAULT: Final = 60
_LONGEST: Final = 1_440


async def on(
    ctx: Context,
    minutes: Annotated[
        int | None, Option("For how long; 60 if you do not say", minimum=1, maximum=_LONGEST)
    ] = None,
) -> Reply:
    """Switch raid mode on, or prolong it."""
    async with ctx.transaction() as tx:
        begun = await raid_mode.begin_raid_mode(
            tx, ctx.actor, minutes=_DEFAULT if minutes is None else minutes, now=ctx.made_at
        )
    lines = [
        ctx.say("Raid mode is on until {at}.", at=begun.raid.until),
        ctx.say("Invites and direct messages between strangers are paused."),
        ctx.say(
            "Everybody waits {seconds} s between two messages, in the {most} channels that were written in "
            "last and in which everybody can write.",
            seconds=raid_mode.SECONDS,
            most=raid_mode.MOST_CHANNELS,
        ),
        ctx.say("The rules of the preset “raid” are on."),
    ]
    lines += [
        ctx.say("⚠️ “{rule}” is **not** on: there are too many rules, or an example of it fails.", rule=each)
        for each in begun.missing
    ]
    lines.append("-# " + ctx.say("`/raid status` says what could not be done, `/raid off` ends it."))
    title = ctx.say("Raid mode prolonged") if begun.was_on else ctx.say("Raid mode on")
    return Reply(Kind.DONE, title, tuple(lines), ephemeral=True)


async def off(ctx: Context) -> Reply:
    """Switch raid mode off."""
    async with ctx.transaction() as tx:
        ended = await raid_mode.end_raid_mode(tx, ctx.actor, now=ctx.now)
    if ended is None:
        return Reply(Kind.INFO, ctx.say("Off already"), (ctx.say("Raid mode is off."),), ephemeral=True)
    lines = [
        ctx.say("Invites work again in a moment, channels and rules are as they were."),
        *(ctx.say("Left as somebody changed it: “{rule}”", rule=each) for each in ended.kept),
    ]
    return Reply(Kind.DONE, ctx.say("Raid mode off"), tuple(lines), ephemeral=True)


async def status(ctx: Context) -> Reply:
    """Show until when raid mode is on, who switched it on, and what could not be done."""
    async with ctx.reading() as tx:
        standing = await raid_mode.view_raid_mode(tx, ctx.actor)
    lines = tuple(standing_lines(ctx.language, standing))
    return Reply(Kind.INFO, ctx.say("Raid mode"), lines, ephemeral=True)


COMMAND: Final = Command(
    name="raid",
    description="What a server does at once against a raid; for those who manage it",
    feature=AUTOMOD,
    subcommands=(
        Subcommand("on", "Pause invites, slow channels, switch the raid rules on", on, Action.HANDLE_RAID),
        Subcommand("off", "Have all as it was before", off, Action.HANDLE_RAID),
        Subcommand("status", "Until when it is on, and what could not be done", status, Action.HANDLE_RAID),
    ),
)
