"""`/about`: which platform this is, what is on here, what it keeps."""

from functools import cache
from importlib.metadata import version
from typing import Final

from app.access.policy import Action
from app.discord.reply import Kind, Reply
from app.errors import UnavailableError
from app.features import Feature
from app.language import Language
from interactions.command import Command
from interactions.context import Context

_VERSION: Final = version("smarterdev")


async def about(ctx: Context) -> Reply:
    """Tell about the platform. Answers also while the database does not."""
    try:
        guild = await ctx.guild()
    except (UnavailableError, TimeoutError):
        return _about(ctx.language, None)
    return _about(ctx.language, guild.on)


@cache  # it is the same for everybody
def _about(language: Language, features: tuple[Feature, ...] | None) -> Reply:
    """Tell about the platform, and which features are on; None if nobody knows at the moment."""
    lines = [language.say("Smarter Dev {version}, a community platform.", version=_VERSION)]
    if features is None:
        lines.append(
            language.say("The database does not answer at the moment, so most commands will not work.")
        )
    elif features:
        names = ", ".join(language.say(feature.title) for feature in features)
        lines.append(language.say("Switched on in this server: {features}", features=names))
    lines += [
        language.say("`/help` shows what you can use here."),
        language.say("`/privacy export` shows what is kept about you, `/privacy erase` forgets it."),
    ]
    return Reply(Kind.INFO, language.say("About"), tuple(lines), ephemeral=True)


COMMAND: Final = Command(
    name="about",
    description="Which platform this is and what it keeps",
    feature=None,
    run=about,
    action=Action.USE_HELP,
)
