"""The table: what happens, as which event it is told, with which data, and to whom.

A happening that is not here is not for bots. Payloads are only built when somebody hears them.
"""

from simulator import happenings as hap
from simulator.gateway import data, places
from simulator.gateway.intents import Intent
from simulator.gateway.rules import Rule
from simulator.permissions import Permission

_SEES_BANS = Permission.BAN_MEMBERS | Permission.VIEW_AUDIT_LOG

RULES: dict[type[hap.Happening], Rule] = {
    hap.MessageCreated: Rule(
        "MESSAGE_CREATE",
        places.of_message,
        data.message,
        intents=Intent.GUILD_MESSAGES,
        direct=Intent.DIRECT_MESSAGES,
        permission=Permission.VIEW_CHANNEL,
        without_content=data.message_without_content,
    ),
    hap.MessageUpdated: Rule(
        "MESSAGE_UPDATE",
        places.of_message,
        data.message,
        intents=Intent.GUILD_MESSAGES,
        direct=Intent.DIRECT_MESSAGES,
        permission=Permission.VIEW_CHANNEL,
        without_content=data.message_without_content,
    ),
    hap.MessagesDeleted: Rule(
        lambda happening: "MESSAGE_DELETE_BULK" if happening.bulk else "MESSAGE_DELETE",
        places.of_deleted,
        data.deleted,
        intents=Intent.GUILD_MESSAGES,
        direct=Intent.DIRECT_MESSAGES,
        permission=Permission.VIEW_CHANNEL,
    ),
    hap.TypingStarted: Rule(
        "TYPING_START",
        places.by_channel,
        data.typing,
        intents=Intent.GUILD_MESSAGE_TYPING,
        direct=Intent.DIRECT_MESSAGE_TYPING,
        permission=Permission.VIEW_CHANNEL,
    ),
    hap.MemberJoined: Rule("GUILD_MEMBER_ADD", places.in_guild, data.member, intents=Intent.GUILD_MEMBERS),
    hap.MemberLeft: Rule("GUILD_MEMBER_REMOVE", places.in_guild, data.user, intents=Intent.GUILD_MEMBERS),
    hap.MemberUpdated: Rule(
        "GUILD_MEMBER_UPDATE", places.of_member, data.member, intents=Intent.GUILD_MEMBERS
    ),
    hap.BanAdded: Rule(
        "GUILD_BAN_ADD",
        places.in_guild,
        data.user,
        intents=Intent.GUILD_MODERATION,
        permission=_SEES_BANS,
    ),
    hap.BanRemoved: Rule(
        "GUILD_BAN_REMOVE",
        places.in_guild,
        data.user,
        intents=Intent.GUILD_MODERATION,
        permission=_SEES_BANS,
    ),
    hap.RoleCreated: Rule("GUILD_ROLE_CREATE", places.in_guild, data.role, intents=Intent.GUILDS),
    hap.RoleUpdated: Rule("GUILD_ROLE_UPDATE", places.in_guild, data.role, intents=Intent.GUILDS),
    hap.RoleDeleted: Rule("GUILD_ROLE_DELETE", places.in_guild, data.role_deleted, intents=Intent.GUILDS),
    hap.ChannelCreated: Rule("CHANNEL_CREATE", places.of_channel, data.channel, intents=Intent.GUILDS),
    hap.ChannelUpdated: Rule("CHANNEL_UPDATE", places.of_channel, data.channel, intents=Intent.GUILDS),
    hap.ChannelDeleted: Rule("CHANNEL_DELETE", places.of_channel, data.channel, intents=Intent.GUILDS),
    hap.GuildUpdated: Rule("GUILD_UPDATE", places.of_guild, data.guild, intents=Intent.GUILDS),
    hap.BotAdded: Rule(
        "GUILD_CREATE", places.of_guild, data.whole_guild, intents=Intent.GUILDS, personal=True
    ),
    hap.BotRemoved: Rule(
        "GUILD_DELETE", places.of_guild, data.no_guild, intents=Intent.GUILDS, afterwards=True
    ),
    hap.AuditEntryAdded: Rule(
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
        places.in_guild,
        data.entry,
        intents=Intent.GUILD_MODERATION,
        permission=Permission.VIEW_AUDIT_LOG,
    ),
    hap.AutomodRuleChanged: Rule(
        lambda happening: f"AUTO_MODERATION_RULE_{happening.verb}",
        places.in_guild,
        data.automod_rule,
        intents=Intent.AUTO_MODERATION_CONFIGURATION,
        permission=Permission.MANAGE_GUILD,
    ),
    hap.AutomodExecuted: Rule(
        "AUTO_MODERATION_ACTION_EXECUTION",
        places.in_guild,
        data.execution,
        intents=Intent.AUTO_MODERATION_EXECUTION,
        permission=Permission.MANAGE_GUILD,
        without_content=data.execution_without_content,
    ),
    hap.InteractionStarted: Rule("INTERACTION_CREATE", places.in_guild, data.interaction, direct=0),
}

NOT_FOR_BOTS: tuple[type[hap.Happening], ...] = (
    hap.GuildAppeared,
    hap.ApplicationChanged,
    hap.PersonChanged,
    hap.TimeAdvanced,
    hap.RaidChanged,
)

EVENT_NAMES = frozenset(
    {rule.name for rule in RULES.values() if isinstance(rule.name, str)}
    | {"MESSAGE_DELETE", "MESSAGE_DELETE_BULK", "READY", "RESUMED", "GUILD_MEMBERS_CHUNK"}
    | {f"AUTO_MODERATION_RULE_{verb}" for verb in ("CREATE", "UPDATE", "DELETE")}
)
"""Every event that a session can be told."""
