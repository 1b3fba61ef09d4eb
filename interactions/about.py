"""`/about`: which platform this is, what is on here, what it keeps."""

from importlib.metadata import version
from typing import Final

from app.access.policy import Action
from app.errors import UnavailableError
from app.features import FEATURES
from interactions.command import Command
from interactions.context import Context
from interactions.reply import Kind, Reply

_VERSION: Final = version("smarterdev")


async def about(ctx: Context) -> Reply:
    """Tell about the platform. Answers also while the database does not."""
    lines = [ctx.say("Smarter Dev {version}, a community platform.", version=_VERSION)]
    try:
        guild = await ctx.guild()
    except UnavailableError:
        lines.append(ctx.say("The database does not answer at the moment, so most commands will not work."))
    else:
        on = [ctx.say(feature.title) for feature in FEATURES.values() if guild.has(feature)]
        if on:
            lines.append(ctx.say("Switched on in this server: {features}", features=", ".join(on)))
    lines += [
        ctx.say("`/help` shows what you can use here."),
        ctx.say("`/privacy export` shows what is kept about you, `/privacy erase` forgets it."),
    ]
    return Reply(Kind.INFO, ctx.say("About"), tuple(lines), ephemeral=True)


COMMAND: Final = Command(
    name="about",
    description="Which platform this is and what it keeps",
    feature=None,
    run=about,
    action=Action.USE_HELP,
)
