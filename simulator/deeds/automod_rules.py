"""Discord's own auto-moderation rules are made, changed and removed; `automod` carries them out."""

from collections import Counter

from simulator.deeds.actor import Actor, require
from simulator.deeds.audit import change, record
from simulator.deeds.automod import KEYWORD, KEYWORD_PRESET, MEMBER_PROFILE, MENTION_SPAM, SPAM, TIMEOUT
from simulator.errors import DiscordError, ErrorKind
from simulator.forms.tree import leaf
from simulator.happenings import AutomodRuleChanged
from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission
from simulator.state.entities import AuditAction, Guild
from simulator.wire import JsonObject

MOST_RULES = {KEYWORD: 6, SPAM: 1, KEYWORD_PRESET: 1, MENTION_SPAM: 1, MEMBER_PROFILE: 1}
"""Discord: rules of one trigger in one guild."""


def rule_of(discord: LocalDiscord, guild: Guild, actor: Actor, rule_id: int) -> JsonObject:
    """Find a rule. Raises `DiscordError` if there is none: 404, for which Discord documents no code."""
    require(discord.world, guild, actor, Permission.MANAGE_GUILD)
    rule = guild.automod.get(rule_id)
    if rule is None:
        raise DiscordError(ErrorKind.NOT_FOUND)
    return rule


def create_rule(discord: LocalDiscord, guild: Guild, actor: Actor, wanted: JsonObject) -> JsonObject:
    """Make a rule of what was checked by `forms.automod`."""
    _check(discord, guild, actor, wanted)
    kinds = Counter(each["trigger_type"] for each in guild.automod.values())
    trigger = wanted["trigger_type"]
    if kinds[trigger] >= MOST_RULES[trigger]:
        message = f"Maximum number of rules of this trigger type reached ({MOST_RULES[trigger]})."
        errors = leaf("AUTO_MODERATION_MAX_RULES_OF_TYPE_EXCEEDED", message)
        raise DiscordError(ErrorKind.INVALID_FORM, errors)
    rule_id = discord.snowflakes.make()
    rule: JsonObject = {
        "id": str(rule_id),
        "guild_id": str(guild.id),
        "creator_id": str(actor.user_id),
    } | wanted
    guild.automod[rule_id] = rule
    _tell(discord, guild, actor, verb="CREATE", rule=rule)
    return rule


def change_rule(
    discord: LocalDiscord, guild: Guild, actor: Actor, rule: JsonObject, wanted: JsonObject
) -> JsonObject:
    """Lay checked fields over a rule."""
    _check(discord, guild, actor, wanted)
    changed = rule | wanted
    changes = tuple(change(key, rule[key], changed[key]) for key in wanted if rule[key] != changed[key])
    if changes:
        guild.automod[int(rule["id"])] = changed
        _tell(discord, guild, actor, verb="UPDATE", rule=changed, changes=changes)
    return changed


def delete_rule(discord: LocalDiscord, guild: Guild, actor: Actor, rule: JsonObject) -> None:
    """Remove a rule."""
    require(discord.world, guild, actor, Permission.MANAGE_GUILD)
    del guild.automod[int(rule["id"])]
    _tell(discord, guild, actor, verb="DELETE", rule=rule)


def _check(discord: LocalDiscord, guild: Guild, actor: Actor, wanted: JsonObject) -> None:
    """Refuse who may not manage the guild, or times members out by a rule and could not themselves."""
    require(discord.world, guild, actor, Permission.MANAGE_GUILD)
    if any(each["type"] == TIMEOUT for each in wanted.get("actions", ())):
        require(discord.world, guild, actor, Permission.MODERATE_MEMBERS)


_AUDITED = {
    "CREATE": AuditAction.AUTO_MODERATION_RULE_CREATE,
    "UPDATE": AuditAction.AUTO_MODERATION_RULE_UPDATE,
    "DELETE": AuditAction.AUTO_MODERATION_RULE_DELETE,
}


def _tell(
    discord: LocalDiscord,
    guild: Guild,
    actor: Actor,
    *,
    verb: str,
    rule: JsonObject,
    changes: tuple[JsonObject, ...] = (),
) -> None:
    discord.tell(AutomodRuleChanged(guild.id, verb, rule))
    record(discord, guild, _AUDITED[verb], actor, target_id=int(rule["id"]), changes=changes)
