"""The guilds that every simulator starts with: "Beginner.Codes", which has the bot, and a small one without.

Ids are fixed, so that a database outside may refer to them across restarts. Two move: the bot's id
is the application's, and the newcomer's follows the calendar, because an id tells an account's age.
"""

from datetime import UTC, datetime, time, timedelta

from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.permissions import ALL, Overwrite, OverwriteTarget, Permission
from simulator.snowflakes import first_id_at
from simulator.state import history, past
from simulator.state.entities import Channel, ChannelType, Guild, Member, Role, User
from simulator.state.talk import elsewhere, general, helping, staff, terrarium
from simulator.state.world import World

GUILD_ID = 820599495237566482

VERIFIED = 821085228524765370
HELPER = 821024598047981699
MODERATOR = 821007528388460669
BOT = 973570780238053463
ADMIN = 821146402457255953
OWNER = 820843121582669839
RED_PANDAS = 1271034811208691722
BLUE_HERONS = 1271035062162755636
GREEN_GECKOS = 1271035290307264603
GOLDEN_OWLS = 1271035511431102525

GENERAL = 820804571521482824
HELP = 821509369874743301
SHOWCASE = 1265011523817054239
BOT_COMMANDS = 973590780969091198
ANNOUNCEMENTS = 820464705524203709
STAFF_CATEGORY = 821645301898223626
STAFF = 821645388024774676
MOD_LOG = 973456458119643171

ADA = 544397697248657425
MATEO = 717635077260968080
SIOBHAN = 494708428707463315
JUN = 797169015583014923
WILHELMINA = 385851004744892452
FATIMA = 1026078499700342876
LINH = 791594979280945172
LEILANI = 405055281098129566
KWAME = 599850498577400006
TOMASZ = 211190756953161752
PRIYA = 172030453623291930
DIEGO = 688230417112137730

TERRARIUM_ID = 1102948835217276958
KEEPER = 1102949410872463360
LOUNGE = 1102948836156801104
PICTURES = 1102950027854643281

_NEWCOMER_AGE = timedelta(days=2)
_NEWCOMER_SUFFIX = 0x2A17

# Plain numbers: arithmetic with enumerations takes ten times as long, and every request does it.
_EVERYONE = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CHANGE_NICKNAME
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CONNECT
    | Permission.SPEAK
    | Permission.USE_VAD
)
_VERIFIED = int(
    Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_INSTANT_INVITE
    | Permission.SEND_POLLS
)
_HELPER = int(Permission.MANAGE_THREADS | Permission.BYPASS_SLOWMODE)
_MODERATOR = int(
    Permission.KICK_MEMBERS
    | Permission.BAN_MEMBERS
    | Permission.MODERATE_MEMBERS
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_NICKNAMES
    | Permission.VIEW_AUDIT_LOG
    | Permission.PIN_MESSAGES
    | Permission.MUTE_MEMBERS
)
_BOT = int(
    _EVERYONE
    | _VERIFIED
    | _MODERATOR
    | Permission.MANAGE_ROLES
    | Permission.MANAGE_GUILD
    | Permission.MANAGE_CHANNELS
)


def plant(world: World, config: SimulatorConfig, clock: Clock) -> None:
    """Put the guilds and their people into an empty world; with `config.talk` also what happened lately."""
    guild = _guild(config, clock)
    neighbour = _terrarium(guild)
    world.add_guild(guild)
    world.add_guild(neighbour)
    if config.talk:
        now = clock.now()
        about_strangers = past.happen(world, guild, now)
        history.tell(world, guild, (*_SAID, *about_strangers), now)
        history.tell(world, neighbour, terrarium.TERRARIUM, now)


def _guild(config: SimulatorConfig, clock: Clock) -> Guild:
    roles = (
        Role(GUILD_ID, "@everyone", 0, _EVERYONE),
        Role(VERIFIED, "Verified", 1, _VERIFIED, color=0x4F8A6B),
        Role(HELPER, "Helper", 2, _HELPER, color=0x3B82C4, hoist=True, mentionable=True),
        # Of teams, without any power: what a bot may hand out.
        Role(RED_PANDAS, "Red Pandas", 3, 0, color=0xC0473B),
        Role(BLUE_HERONS, "Blue Herons", 4, 0, color=0x3D7EA6),
        Role(GREEN_GECKOS, "Green Geckos", 5, 0, color=0x5C8F3E),
        Role(GOLDEN_OWLS, "Golden Owls", 6, 0, color=0xB98A2F),
        Role(MODERATOR, "Moderator", 7, _MODERATOR, color=0x7C5CD6, hoist=True, mentionable=True),
        Role(BOT, config.application_name, 8, _BOT, bot_id=config.application_id),
        Role(ADMIN, "Admin", 9, int(Permission.ADMINISTRATOR), color=0xC2702E, hoist=True),
        Role(OWNER, "Owner", 10, ALL, color=0xB8860B, hoist=True),
    )
    return Guild(
        id=GUILD_ID,
        name="Beginner.Codes",
        owner_id=PRIYA,
        roles={role.id: role for role in roles},
        channels={channel.id: channel for channel in _channels()},
        members={member.user.id: member for member in _members(config, clock)},
    )


def _members(config: SimulatorConfig, clock: Clock) -> list[Member]:
    """Everybody, ordinary members first: who plays without choosing plays as one of those."""

    def member(
        user_id: int, username: str, name: str, joined: str, *roles: int, nick: str | None = None
    ) -> Member:
        joined_at = datetime.fromisoformat(joined).replace(tzinfo=UTC)
        return Member(User(user_id, username, name), joined_at, roles, nick)

    today = datetime.combine(clock.now().date(), time(), UTC)
    newcomer = User(first_id_at(today - _NEWCOMER_AGE) | _NEWCOMER_SUFFIX, "noah.bergstrom", "Noah Bergström")
    bot = User(config.application_id, "demo_bot", config.application_name, bot=True)
    return [
        member(ADA, "ada", "Ada Okafor", "2021-04-02T18:20:11", VERIFIED),
        member(MATEO, "mateo.f", "Mateo Fernández", "2021-06-19T07:45:00", VERIFIED),
        member(JUN, "jun_w", "Jun Watanabe", "2022-01-05T12:00:42", VERIFIED, nick="Jun 🌱"),
        member(
            WILHELMINA,
            "wilhelmina_featherstonehaugh_iii",
            "Wilhelmina Featherstonehaugh III",
            "2021-03-30T21:14:09",
            VERIFIED,
        ),
        member(FATIMA, "fatima.z", "فاطمة الزهراء", "2023-02-11T09:31:27", VERIFIED),
        member(SIOBHAN, "siobhan", "Siobhán O'Neill", "2021-03-21T16:05:50", VERIFIED, HELPER),
        member(LINH, "linh.ng", "Linh Nguyễn", "2021-09-08T04:52:13", VERIFIED, HELPER),
        member(LEILANI, "leilani.k", "Leilani Kealoha", "2021-03-15T20:00:00", VERIFIED, MODERATOR),
        member(KWAME, "kwame", "Kwame Mensah", "2021-05-27T11:11:11", VERIFIED, MODERATOR),
        member(TOMASZ, "tomasz.z", "Tomasz Zieliński", "2021-03-14T15:00:00", VERIFIED, ADMIN),
        member(PRIYA, "priya", "Priya Raman", "2021-03-14T12:00:00", VERIFIED, OWNER),
        Member(newcomer, today - timedelta(hours=20)),
        member(DIEGO, "diego_builds", "Diego Salazar", "2023-08-30T22:10:05", VERIFIED),
        Member(bot, datetime(2022, 5, 10, 8, 0, tzinfo=UTC), (BOT,)),
    ]


def _channels() -> list[Channel]:
    read_only = (
        _for_role(GUILD_ID, deny=Permission.SEND_MESSAGES),
        _for_role(MODERATOR, allow=Permission.SEND_MESSAGES),
        _for_role(BOT, allow=Permission.SEND_MESSAGES),
    )
    staff_only = (
        _for_role(GUILD_ID, deny=Permission.VIEW_CHANNEL),
        _for_role(HELPER, allow=Permission.VIEW_CHANNEL),
        _for_role(MODERATOR, allow=Permission.VIEW_CHANNEL),
        _for_role(BOT, allow=Permission.VIEW_CHANNEL),
    )
    log = (
        _for_role(GUILD_ID, deny=Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES),
        _for_role(MODERATOR, allow=Permission.VIEW_CHANNEL),
        _for_role(BOT, allow=Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES),
    )
    showcase = "What you have made, however small."
    return [
        Channel(GENERAL, GUILD_ID, "general", 0, "Say hello. Everybody may write here."),
        Channel(HELP, GUILD_ID, "help", 1, "One question at a time, with the code and the error."),
        Channel(SHOWCASE, GUILD_ID, "showcase", 2, showcase, slow_mode_seconds=30),
        Channel(BOT_COMMANDS, GUILD_ID, "bot-commands", 3, "Play with the bot."),
        Channel(ANNOUNCEMENTS, GUILD_ID, "announcements", 4, "News, seldom.", read_only),
        Channel(STAFF_CATEGORY, GUILD_ID, "Staff", 5, None, staff_only, ChannelType.GUILD_CATEGORY),
        Channel(STAFF, GUILD_ID, "staff", 6, "Helpers and moderators.", staff_only, parent_id=STAFF_CATEGORY),
        Channel(MOD_LOG, GUILD_ID, "mod-log", 7, "What the moderators did.", log, parent_id=STAFF_CATEGORY),
    ]


def _terrarium(guild: Guild) -> Guild:
    """Make the small guild of some of the same people, which Ada owns. The bot can be invited."""
    joined = datetime(2023, 5, 2, 17, 30, tzinfo=UTC)
    people = (ADA, WILHELMINA, JUN, FATIMA, KWAME)
    keepers = {ADA, KWAME}
    roles = (
        Role(TERRARIUM_ID, "@everyone", 0, _EVERYONE | _VERIFIED),
        Role(
            KEEPER, "Keeper", 1, int(Permission.MANAGE_MESSAGES), color=0x4F8A6B, hoist=True, mentionable=True
        ),
    )
    channels = (
        Channel(LOUNGE, TERRARIUM_ID, "lounge", 0, "Moss, glass, patience."),
        Channel(PICTURES, TERRARIUM_ID, "pictures", 1, "Show us."),
    )
    return Guild(
        id=TERRARIUM_ID,
        name="Terrarium Club",
        owner_id=ADA,
        roles={role.id: role for role in roles},
        channels={channel.id: channel for channel in channels},
        members={
            user_id: Member(
                guild.members[user_id].user,
                joined + timedelta(days=place),
                (KEEPER,) if user_id in keepers else (),
            )
            for place, user_id in enumerate(people)
        },
        features=(),
    )


def _for_role(role_id: int, *, allow: int = 0, deny: int = 0) -> Overwrite:
    return Overwrite(role_id, OverwriteTarget.ROLE, int(allow), int(deny))


_SAID = (
    *general.GENERAL,
    *helping.HELP,
    *elsewhere.ELSEWHERE,
    *staff.STAFF,
    *staff.MOD_LOG,
)
