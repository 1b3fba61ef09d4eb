"""How often each route may be called. Discord publishes no such table and says to read the headers.

What stands here is what bot authors have observed, or, where nobody has, a sensible guess: enough for
a bot to meet real limits, not enough to hard-code anything.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in a window of so many seconds, and where the figure comes from."""

    requests: int
    seconds: float
    source: str


_CHANNEL = "/channels/{}"
_MESSAGES = _CHANNEL + "/messages"
_GUILD = "/guilds/{}"
_MEMBER = _GUILD + "/members/{}"
_REPLY = "/webhooks/{}/{}"
_COMMANDS = "/applications/{}/commands"
_GUILD_COMMANDS = "/applications/{}/guilds/{}/commands"

_WRITING = Limit(5, 5.0, "observed: 5 messages in 5 s per channel")
_REPLYING = Limit(5, 5.0, "observed: 5 in 5 s per webhook token")
_MODERATING = Limit(10, 10.0, "observed for members and roles: 10 in 10 s per guild")
_REGISTERING = Limit(5, 20.0, "observed: 5 in 20 s")
_WITH_TOKEN = 4  # "", "webhooks", an id, a token
_RARE = Limit(2, 10.0, "guess: what nobody does often")

DEFAULT = Limit(40, 1.0, "guess: below the global limit, so that a single route meets its own first")
"""For every route that is not named below."""

GLOBAL = Limit(50, 1.0, "documented: 50 in 1 s per bot")

INVALID = Limit(10_000, 600.0, "documented: 10,000 answers 401, 403 or 429 in 10 min, then a ban by address")

LIMITS: dict[tuple[str, str], Limit] = {
    ("POST", _MESSAGES): _WRITING,
    ("PATCH", _MESSAGES + "/{}"): _WRITING,
    ("DELETE", _MESSAGES + "/{}"): Limit(5, 1.0, "observed: 5 in 1 s per channel"),
    ("POST", _MESSAGES + "/bulk-delete"): Limit(1, 1.0, "observed: 1 in 1 s per channel"),
    ("POST", _CHANNEL + "/typing"): Limit(5, 5.0, "guess: as for messages"),
    ("PATCH", _CHANNEL): Limit(5, 15.0, "guess; a channel's name and topic have 2 in 10 min of their own"),
    ("POST", _GUILD + "/channels"): _RARE,
    ("PATCH", _GUILD): _RARE,
    ("PATCH", _MEMBER): _MODERATING,
    ("DELETE", _MEMBER): _MODERATING,
    ("PUT", _MEMBER + "/roles/{}"): _MODERATING,
    ("DELETE", _MEMBER + "/roles/{}"): _MODERATING,
    ("PUT", _GUILD + "/bans/{}"): _MODERATING,
    ("DELETE", _GUILD + "/bans/{}"): _MODERATING,
    ("POST", _GUILD + "/bulk-ban"): _RARE,
    ("GET", _GUILD + "/members"): Limit(10, 10.0, "observed: 10 in 10 s per guild"),
    ("GET", _GUILD + "/members/search"): Limit(10, 10.0, "observed: 10 in 10 s per guild"),
    ("GET", _GUILD + "/audit-logs"): Limit(5, 5.0, "guess: as for messages"),
    ("POST", _GUILD + "/roles"): Limit(5, 5.0, "guess; Discord also has 250 in 48 h"),
    ("POST", _REPLY): _REPLYING,
    ("PATCH", _REPLY + "/messages/@original"): _REPLYING,
    ("DELETE", _REPLY + "/messages/@original"): _REPLYING,
    ("PATCH", _REPLY + "/messages/{}"): _REPLYING,
    ("DELETE", _REPLY + "/messages/{}"): _REPLYING,
    ("PUT", _COMMANDS): _REGISTERING,
    ("POST", _COMMANDS): _REGISTERING,
    ("PUT", _GUILD_COMMANDS): _REGISTERING,
    ("POST", _GUILD_COMMANDS): _REGISTERING,
    ("GET", "/gateway/bot"): Limit(2, 5.0, "observed: 2 in 5 s"),
}
"""By method and template; `{}` stands for any parameter."""

WITHOUT_BUCKET: frozenset[tuple[str, str]] = frozenset(
    {
        ("POST", "/interactions/{}/{}/callback"),
        ("POST", "/oauth2/token"),
        ("POST", "/oauth2/token/revoke"),
    }
)
"""Routes whose answers carry no bucket. hikari reports a bucket there as an error of Discord's."""


def limit_of(method: str, shape: str) -> Limit | None:
    """Tell how often a route may be called; None where only the global limit counts."""
    if (method, shape) in WITHOUT_BUCKET:
        return None
    return LIMITS.get((method, shape), DEFAULT)


def counts_globally(segments: list[str]) -> bool:
    """Tell whether the global limit applies to a path: not to what an interaction's token opens."""
    resource = segments[1]
    return resource != "interactions" and (resource != "webhooks" or len(segments) < _WITH_TOKEN)
