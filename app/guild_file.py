"""All configuration of a guild as one file, so that a guild can be set up, kept and copied without a page.

One explicit table from section to the room's schema and service. Import validates everything before it
writes anything, in one SQL transaction.
"""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.access import service as access_service
from app.access.config import AccessConfig
from app.automod import saving as automod_saving
from app.automod import service as automod_service
from app.automod.rule import Rule
from app.bytes import service as bytes_service
from app.bytes.config import BytesConfig
from app.database.tx import Tx
from app.discord.cache import Places
from app.discord.port import DiscordError
from app.discord.rest import connect_discord
from app.errors import InvalidInputError
from app.guilds import service as guilds_service
from app.guilds.config import GuildConfig
from app.guilds.domain import Actor
from app.moderation import service as moderation_service
from app.moderation.config import ModerationConfig
from app.settings import Settings
from app.squads import saving as squads_saving
from app.squads.config import SquadsSection
from app.squads.saving import UNSEEN, Roles

FORMAT: Final = 1


class AutomodRules(BaseModel):
    """The rules of auto-mod, in their order. A rule that is left out is deleted."""

    model_config = ConfigDict(extra="forbid")

    rules: tuple[Rule, ...] = Field((), max_length=automod_saving.MOST_RULES, description="All of them.")


class GuildFile(BaseModel):
    """What the file holds. A section that is left out is left as it is."""

    model_config = ConfigDict(extra="forbid")

    smarterdev: int = Field(FORMAT, ge=FORMAT, le=FORMAT, description="Version of this format.")
    guild: GuildConfig | None = None
    access: AccessConfig | None = None
    bytes: BytesConfig | None = None
    moderation: ModerationConfig | None = None
    automod: AutomodRules | None = None
    squads: SquadsSection | None = None


def parse(content: str) -> GuildFile:
    """Read a file.

    Raises:
        InvalidInputError: naming every place at fault.
    """
    try:
        return GuildFile.model_validate_json(content)
    except ValidationError as error:
        faults = [
            f"  {'.'.join(str(part) for part in fault['loc']) or 'file'}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        ]
        raise InvalidInputError(
            "The file cannot be used; nothing was written.\n" + "\n".join(faults)
        ) from None


async def export_guild(tx: Tx, guild_id: int) -> GuildFile:
    """Collect everything a guild chose (or the defaults it lives with). Reads only.

    Raises:
        NotFoundError: nobody has heard of this guild yet.
    """
    guild = await guilds_service.load_config(tx, guild_id)
    access, _ = await access_service.load_config(tx, guild_id)
    config, _ = await bytes_service.load_config(tx, guild_id)
    moderation, _ = await moderation_service.load_config(tx, guild_id)
    rules = [stored.rule for stored in await automod_service.load_rules(tx, guild_id)]
    return GuildFile(
        smarterdev=FORMAT,
        guild=guild,
        access=access,
        bytes=config,
        moderation=moderation,
        automod=AutomodRules(rules=tuple(rules)),
        squads=await squads_saving.load_section(tx, guild_id),
    )


async def look_at_roles(settings: Settings, guild_id: int, wanted: GuildFile) -> tuple[Roles, str | None]:
    """Ask Discord for the roles a file hands out to squads; gives also a line that says why it could not.

    Outside of any transaction. What could not be looked at is looked at when a role is given.
    """
    if wanted.squads is None or not wanted.squads.squads:
        return UNSEEN, None
    not_checked = "The roles of squads were not checked: {}. The worker looks at each before it gives it."
    if settings.discord_bot_token is None or settings.discord_application_id is None:
        return UNSEEN, not_checked.format("no bot token is configured here")
    try:
        async with connect_discord(settings) as discord:
            place = await Places(discord).find(guild_id)
    except DiscordError as error:
        return UNSEEN, not_checked.format(str(error).rstrip("."))
    if place is None:
        return UNSEEN, not_checked.format("the bot is not on this server")
    return Roles(place.guild, place.bot), None


async def import_guild(tx: Tx, guild_id: int, wanted: GuildFile, *, roles: Roles = UNSEEN) -> list[str]:
    """Write what differs, with its audit entries; returns each change as a line to read.

    A section that is left out is left alone; a field that is left out of a section gets its default.
    For a dry run, roll the `tx` back. `roles` are those that squads may be given, as Discord has them.
    """
    actor = Actor.operator(guild_id)
    await guilds_service.make_known(tx, guild_id)
    before = await export_guild(tx, guild_id)
    if wanted.guild is not None:
        await access_service.save_guild_config(tx, actor, wanted.guild)
    if wanted.access is not None:
        _, version = await access_service.load_config(tx, guild_id)
        await access_service.save_config(tx, actor, wanted.access, expected_version=version)
    if wanted.bytes is not None:
        _, version = await bytes_service.load_config(tx, guild_id)
        await bytes_service.save_config(tx, actor, wanted.bytes, expected_version=version)
    if wanted.moderation is not None:
        _, version = await moderation_service.load_config(tx, guild_id)
        await moderation_service.save_config(tx, actor, wanted.moderation, expected_version=version)
    if wanted.automod is not None:
        await automod_saving.replace_rules(tx, actor, wanted.automod.rules)
    if wanted.squads is not None:
        await squads_saving.replace_squads(tx, actor, wanted.squads, known=roles)
    after = await export_guild(tx, guild_id)
    if after.bytes is not None:  # a role may have got a level that was a reward before
        await bytes_service.check_rewards(tx, guild_id, after.bytes)
    return _changes(before.model_dump(mode="json"), after.model_dump(mode="json"))


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [
        f"{section}.{name}: {before[section][name]} -> {value}"
        for section in ("guild", "access", "bytes", "moderation", "automod", "squads")
        for name, value in after[section].items()
        if before[section][name] != value
    ]
