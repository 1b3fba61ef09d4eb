"""People come, go, are renamed, given roles, timed out, kicked and banned."""

from datetime import datetime, timedelta

from simulator.deeds.actor import Actor, require, require_above, require_role_below
from simulator.deeds.audit import change, record
from simulator.deeds.departures import depart, forget_messages_of
from simulator.errors import DiscordError, ErrorKind
from simulator.forms.tree import leaf
from simulator.happenings import BanAdded, BanRemoved, MemberJoined, MemberUpdated
from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission
from simulator.state.entities import AuditAction, Ban, Guild, Member, Role, User
from simulator.wire import JsonObject, iso_or_none

LONGEST_TIMEOUT = timedelta(days=28)  # Discord's own


def member_of(guild: Guild, user_id: int) -> Member:
    """Find a member. Raises `DiscordError` (10007) if there is none."""
    member = guild.members.get(user_id)
    if member is None:
        raise DiscordError(ErrorKind.UNKNOWN_MEMBER)
    return member


def role_of(guild: Guild, role_id: int) -> Role:
    """Find a role. Raises `DiscordError` (10011) if there is none."""
    role = guild.roles.get(role_id)
    if role is None:
        raise DiscordError(ErrorKind.UNKNOWN_ROLE)
    return role


# --- coming and going ----------------------------------------------------------------------------


def join(discord: LocalDiscord, guild: Guild, user: User) -> Member:
    """Let somebody in. Raises `DiscordError` (40007) for the banned; a member stays as they are."""
    if user.id in guild.bans:
        raise DiscordError(ErrorKind.USER_BANNED)
    known = guild.members.get(user.id)
    if known is not None:
        return known
    discord.world.users[user.id] = user
    member = Member(user, discord.clock.now())
    guild.members[user.id] = member
    discord.tell(MemberJoined(guild.id, member))
    return member


def leave(discord: LocalDiscord, guild: Guild, user_id: int) -> None:
    """Let somebody go. Raises `DiscordError` (10007) for who is not there."""
    depart(discord, guild, member_of(guild, user_id))


def rename(discord: LocalDiscord, user: User, *, username: str | None, global_name: str | None) -> None:
    """Give an account another name, in all its guilds; None leaves a name as it is."""
    user.username = username or user.username
    user.global_name = global_name or user.global_name
    for guild in discord.world.guilds_of(user.id):
        discord.tell(MemberUpdated(guild.id, guild.members[user.id]))


# --- roles ---------------------------------------------------------------------------------------


def add_role(discord: LocalDiscord, guild: Guild, actor: Actor, user_id: int, role_id: int) -> None:
    """Give a member a role. Nothing happens to who has it already."""
    member, role = _assignable(discord, guild, actor, user_id, role_id)
    if role.id not in member.roles:
        _set_roles(discord, guild, actor, member, (*member.roles, role.id))


def remove_role(discord: LocalDiscord, guild: Guild, actor: Actor, user_id: int, role_id: int) -> None:
    """Take a role from a member. Nothing happens to who does not have it."""
    member, role = _assignable(discord, guild, actor, user_id, role_id)
    if role.id in member.roles:
        _set_roles(discord, guild, actor, member, tuple(each for each in member.roles if each != role.id))


def _assignable(
    discord: LocalDiscord, guild: Guild, actor: Actor, user_id: int, role_id: int
) -> tuple[Member, Role]:
    member, role = member_of(guild, user_id), role_of(guild, role_id)
    require(discord.world, guild, actor, Permission.MANAGE_ROLES)
    require_role_below(guild, actor, role)
    if role.bot_id is not None or role.id == guild.id:
        raise DiscordError(ErrorKind.MISSING_PERMISSIONS)
    return member, role


def _set_roles(
    discord: LocalDiscord, guild: Guild, actor: Actor, member: Member, roles: tuple[int, ...]
) -> None:
    before, member.roles = member.roles, roles
    moved = {"$add": set(roles) - set(before), "$remove": set(before) - set(roles)}
    changes = tuple(
        change(key, None, [{"id": str(each), "name": guild.roles[each].name} for each in sorted(ids)])
        for key, ids in moved.items()
        if ids
    )
    discord.tell(MemberUpdated(guild.id, member))
    record(discord, guild, AuditAction.MEMBER_ROLE_UPDATE, actor, target_id=member.user.id, changes=changes)


# --- changing a member ---------------------------------------------------------------------------


def change_member(
    discord: LocalDiscord, guild: Guild, actor: Actor, user_id: int, wanted: JsonObject
) -> Member:
    """Change a member: any of `nick` (text or None), `roles` (ids) and `timed_out_until` (instant or None).

    Everything is checked before anything is changed.
    """
    member = member_of(guild, user_id)
    if "nick" in wanted:
        _check_nick(discord, guild, actor, member)
    if "timed_out_until" in wanted:
        _check_timeout(discord, guild, actor, member, wanted["timed_out_until"])
    if "roles" in wanted:
        for role_id in set(wanted["roles"]) ^ set(member.roles):
            _assignable(discord, guild, actor, user_id, role_id)
    if "nick" in wanted or "timed_out_until" in wanted:
        _set_nick_and_timeout(discord, guild, actor, member, wanted)
    if "roles" in wanted and set(wanted["roles"]) != set(member.roles):
        _set_roles(discord, guild, actor, member, tuple(dict.fromkeys(wanted["roles"])))
    return member


def _check_nick(discord: LocalDiscord, guild: Guild, actor: Actor, member: Member) -> None:
    if member.user.id == actor.user_id:
        require(discord.world, guild, actor, Permission.CHANGE_NICKNAME)
    else:
        require(discord.world, guild, actor, Permission.MANAGE_NICKNAMES)
        require_above(guild, actor, member)


def _check_timeout(
    discord: LocalDiscord, guild: Guild, actor: Actor, member: Member, until: datetime | None
) -> None:
    require(discord.world, guild, actor, Permission.MODERATE_MEMBERS)
    require_above(guild, actor, member)
    if until is None:
        return
    if discord.world.permissions_of(guild, member.user.id) & Permission.ADMINISTRATOR:
        raise DiscordError(ErrorKind.MISSING_PERMISSIONS)
    if until - discord.clock.now() > LONGEST_TIMEOUT + timedelta(minutes=1):
        message = "Timeout cannot be more than 28 days into the future."
        errors = {"communication_disabled_until": leaf("GUILD_MEMBER_TIMEOUT_TOO_LONG", message)}
        raise DiscordError(ErrorKind.INVALID_FORM, errors)


def _set_nick_and_timeout(
    discord: LocalDiscord, guild: Guild, actor: Actor, member: Member, wanted: JsonObject
) -> None:
    changes = []
    if "nick" in wanted and wanted["nick"] != member.nick:
        changes.append(change("nick", member.nick, wanted["nick"]))
        member.nick = wanted["nick"]
    if "timed_out_until" in wanted and wanted["timed_out_until"] != member.timed_out_until:
        before, after = member.timed_out_until, wanted["timed_out_until"]
        changes.append(change("communication_disabled_until", iso_or_none(before), iso_or_none(after)))
        member.timed_out_until = after
    if changes:
        discord.tell(MemberUpdated(guild.id, member))
        record(
            discord,
            guild,
            AuditAction.MEMBER_UPDATE,
            actor,
            target_id=member.user.id,
            changes=tuple(changes),
        )


# --- kicks and bans --------------------------------------------------------------------------------


def kick(discord: LocalDiscord, guild: Guild, actor: Actor, user_id: int) -> None:
    """Remove a member, who may come back."""
    member = member_of(guild, user_id)
    require(discord.world, guild, actor, Permission.KICK_MEMBERS)
    require_above(guild, actor, member)
    leave(discord, guild, user_id)
    record(discord, guild, AuditAction.MEMBER_KICK, actor, target_id=user_id)


def ban(
    discord: LocalDiscord, guild: Guild, actor: Actor, user_id: int, *, delete_message_seconds: int = 0
) -> None:
    """Ban somebody, member or not, and delete what they wrote lately. A second ban changes nothing."""
    require(discord.world, guild, actor, Permission.BAN_MEMBERS)
    member = guild.members.get(user_id)
    if member is not None:
        require_above(guild, actor, member)
    user = discord.world.users.get(user_id)
    if user is None:
        raise DiscordError(ErrorKind.UNKNOWN_USER)
    if user_id == actor.user_id:
        raise DiscordError(ErrorKind.MISSING_PERMISSIONS)
    if user_id in guild.bans:
        return
    guild.bans[user_id] = Ban(user, actor.reason)
    if member is not None:
        leave(discord, guild, user_id)
    if delete_message_seconds:
        since = discord.clock.now() - timedelta(seconds=delete_message_seconds)
        forget_messages_of(discord, guild, user_id, since)
    discord.tell(BanAdded(guild.id, user))
    record(discord, guild, AuditAction.MEMBER_BAN_ADD, actor, target_id=user_id)


def unban(discord: LocalDiscord, guild: Guild, actor: Actor, user_id: int) -> None:
    """Lift a ban. Raises `DiscordError` (10026) if there is none."""
    require(discord.world, guild, actor, Permission.BAN_MEMBERS)
    lifted = guild.bans.pop(user_id, None)
    if lifted is None:
        raise DiscordError(ErrorKind.UNKNOWN_BAN)
    discord.tell(BanRemoved(guild.id, lifted.user))
    record(discord, guild, AuditAction.MEMBER_BAN_REMOVE, actor, target_id=user_id)


def bulk_ban(
    discord: LocalDiscord, guild: Guild, actor: Actor, user_ids: list[int], *, delete_message_seconds: int = 0
) -> tuple[list[int], list[int]]:
    """Ban many; tells who was banned and who could not be. Raises `DiscordError` (500000) if nobody could."""
    require(discord.world, guild, actor, Permission.BAN_MEMBERS | Permission.MANAGE_GUILD)
    banned: list[int] = []
    failed: list[int] = []
    for user_id in user_ids:
        already = user_id in guild.bans
        try:
            ban(discord, guild, actor, user_id, delete_message_seconds=delete_message_seconds)
        except DiscordError:
            failed.append(user_id)
        else:
            (failed if already else banned).append(user_id)
    if not banned:
        raise DiscordError(ErrorKind.FAILED_TO_BAN)
    return banned, failed
