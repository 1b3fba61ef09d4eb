"""What may be asked of the control API, but for interactions."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from simulator.endpoint.signing import Tamper
from simulator.payloads.events import EventType
from simulator.wire import JsonObject

_MOST_FILES = 10  # Discord's own
_TEN_YEARS = 315_360_000
_WEEK = 604_800

Content = Annotated[str, msgspec.Meta(max_length=2000)]
Base64 = Annotated[str, msgspec.Meta(description="The file's bytes as base64.")]
FileName = Annotated[str, msgspec.Meta(min_length=1, max_length=260)]
ContentType = Annotated[str, msgspec.Meta(pattern=r"^[\w.+-]+/[\w.+-]+(; ?[\w=.+-]+)*$", max_length=100)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
Username = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_.]{2,32}$")]
GuildName = Annotated[str, msgspec.Meta(min_length=2, max_length=100)]
Reason = Annotated[str, msgspec.Meta(max_length=512)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=_TEN_YEARS)]
Days = Annotated[int, msgspec.Meta(ge=0, le=3650)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Revision = Annotated[int, msgspec.Meta(ge=0)]


class DirectoryQuery(msgspec.Struct):
    """Who looks at which guild. Without a person an ordinary member; without a guild their first."""

    user_id: str | None = None
    guild_id: str | None = None


class ViewQuery(msgspec.Struct):
    """Who looks where. `before` is a message's id; `after` a revision: only what changed since then."""

    channel_id: str
    user_id: str
    before: str | None = None
    after: Revision | None = None
    limit: Limit = 50


class PingBody(msgspec.Struct, forbid_unknown_fields=True):
    """What to break about the signature, if anything."""

    tamper: Tamper | None = None


class EventBody(msgspec.Struct, forbid_unknown_fields=True):
    """A webhook event. `user_id` is who authorized the application: the owner by default.

    Without `guild_id` it is about the first guild; a PING is about none.
    """

    type: EventType
    guild_id: str | None = None
    user_id: str | None = None
    overrides: JsonObject = msgspec.field(default_factory=dict)


class FileBody(msgspec.Struct, forbid_unknown_fields=True):
    """A file; a message's are at most 10 MiB together. Without a type, the name tells it."""

    filename: FileName
    content: Base64
    content_type: ContentType | None = None
    description: Annotated[str, msgspec.Meta(max_length=1024)] | None = None


class MessageBody(msgspec.Struct, forbid_unknown_fields=True):
    """A message: content, files, or both. `reply_to` is the id of the message that it answers."""

    channel_id: str
    user_id: str
    content: Content = ""
    attachments: Annotated[list[FileBody], msgspec.Meta(max_length=_MOST_FILES)] = msgspec.field(
        default_factory=list
    )
    reply_to: str | None = None


class EditBody(msgspec.Struct, forbid_unknown_fields=True):
    """New words for an own message."""

    user_id: str
    content: Content


class DeleteBody(msgspec.Struct, forbid_unknown_fields=True):
    """Who deletes."""

    user_id: str


class TypingBody(msgspec.Struct, forbid_unknown_fields=True):
    """Who is writing where."""

    channel_id: str
    user_id: str


class DirectBody(msgspec.Struct, forbid_unknown_fields=True):
    """Who wants to write to the bot."""

    user_id: str


class MemberBody(msgspec.Struct, forbid_unknown_fields=True):
    """Who comes, goes or is called otherwise.

    To join without `user_id` makes an account, so many days old, with `username` and `global_name`.
    To rename takes any of the three names; null for `nick` takes the name in this guild away.
    """

    guild_id: str
    action: Literal["join", "leave", "rename"]
    user_id: str | None = None
    username: Username | None = None
    global_name: Name | None = None
    nick: Name | UnsetType | None = UNSET
    account_age_days: Days = 365


class ModerationBody(msgspec.Struct, forbid_unknown_fields=True):
    """What a moderator does to somebody. `seconds` is how long a timeout lasts."""

    guild_id: str
    moderator_id: str
    action: Literal["kick", "ban", "unban", "timeout", "untimeout"]
    user_id: str
    reason: Reason | None = None
    seconds: Annotated[int, msgspec.Meta(ge=1, le=_TEN_YEARS)] = 600
    delete_message_seconds: Annotated[int, msgspec.Meta(ge=0, le=_WEEK)] = 0


class RoleBody(msgspec.Struct, forbid_unknown_fields=True):
    """A role that a moderator gives or takes."""

    guild_id: str
    moderator_id: str
    action: Literal["add", "remove"]
    user_id: str
    role_id: str


class GuildBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new guild; `bot` says whether the bot is in it from the start."""

    name: GuildName
    owner_id: str
    bot: bool = False


class BotBody(msgspec.Struct, forbid_unknown_fields=True):
    """Whether the bot comes or goes; the guild's owner does it."""

    action: Literal["add", "remove"]


class PersonBody(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody has chosen. Who accepts no direct messages gets none from the bot either."""

    user_id: str
    accepts_dms: bool


class RaidBody(msgspec.Struct, forbid_unknown_fields=True):
    """How many new accounts come within how many seconds, and how many of them advertise (at most all).

    One of eight means no harm and says hello; these are not among the `posts`. Without `channel_id` they
    write into the first channel that everybody may write into.
    """

    guild_id: str
    accounts: Annotated[int, msgspec.Meta(ge=1, le=300)] = 40
    seconds: Annotated[float, msgspec.Meta(ge=0, le=600)] = 20
    posts: Annotated[int, msgspec.Meta(ge=0, le=300)] = 10
    channel_id: str | None = None


class StopRaidBody(msgspec.Struct, forbid_unknown_fields=True):
    """Where the raid is that is to end."""

    guild_id: str


class ClockBody(msgspec.Struct, forbid_unknown_fields=True):
    """How many seconds pass at once: at most ten years."""

    advance: Seconds
