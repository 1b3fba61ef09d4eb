"""The scopes an application may ask for, in words. Pure."""

IDENTIFY = "identify"
EMAIL = "email"
GUILDS = "guilds"
MEMBERS_READ = "guilds.members.read"
BOT = "bot"
COMMANDS = "applications.commands"
COMMANDS_UPDATE = "applications.commands.update"

INSTALLS = frozenset({BOT, COMMANDS})
"""Scopes that put something into a guild, so that one has to be chosen."""
OF_THE_APPLICATION = frozenset({IDENTIFY, COMMANDS_UPDATE})
"""Scopes of the client credentials grant, which no person allows."""

_WORDS = {
    IDENTIFY: "See your username and your names",
    EMAIL: "See your email address",
    GUILDS: "Know which servers you are in, and what you may do there",
    MEMBERS_READ: "Read your nickname and your roles in servers you are in",
    BOT: "Add a bot to a server",
    COMMANDS: "Create commands in a server",
    "applications.commands.permissions.update": "Change who may use its commands, where you may",
    "connections": "See your connected accounts (here you have none)",
    "guilds.join": "Join servers for you (not simulated)",
    "role_connections.write": "Update your connection and its metadata (not simulated)",
}


def read_scopes(text: str) -> tuple[str, ...]:
    """Split a scope parameter; each scope once, in the order asked for."""
    return tuple(dict.fromkeys(text.split()))


def unknown_scopes(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Tell which of the scopes people cannot be asked for here."""
    return tuple(scope for scope in scopes if scope not in _WORDS)


def words_of(scope: str) -> str:
    """Tell in words what a known scope lets the application do."""
    return _WORDS[scope]
