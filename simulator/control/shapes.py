"""What the control API answers, as types: written by `views`, told by the document.

Ids are decimal strings, times are ISO 8601 with an offset.
"""

from typing import Any, TypedDict

from simulator.wire import JsonObject


class Person(TypedDict):
    """Somebody as a member of a guild. `name` is what people read, `permissions` the bits as a number.

    `guild_id` and `joined_at` are null for somebody who is nowhere a member any more.
    """

    id: str
    guild_id: str | None
    name: str
    username: str
    global_name: str | None
    nick: str | None
    bot: bool
    roles: list[str]
    permissions: str
    created_at: str
    joined_at: str | None
    timed_out_until: str | None


class Account(TypedDict):
    """An account, wherever it is a member."""

    id: str
    name: str
    username: str
    guild_ids: list[str]
    bot: bool
    accepts_dms: bool


class Role(TypedDict):
    """A role; the one whose id is the guild's is @everyone."""

    id: str
    name: str
    position: int
    permissions: str
    color: int
    hoist: bool
    managed: bool
    mentionable: bool


class Channel(TypedDict):
    """A text channel (type 0) or category (4) as one person sees it."""

    id: str
    name: str
    type: int
    topic: str | None
    position: int
    parent_id: str | None
    slow_mode_seconds: int
    can_write: bool


class Overwrite(TypedDict):
    """One channel's exception for a role (type 0) or member (1)."""

    id: str
    type: int
    allow: str
    deny: str


class WholeChannel(TypedDict):
    """A channel as it is, whoever looks."""

    id: str
    name: str
    type: int
    topic: str | None
    position: int
    parent_id: str | None
    slow_mode_seconds: int
    overwrites: list[Overwrite]


class GuildName(TypedDict):
    """A guild, by name."""

    id: str
    name: str


class Guild(TypedDict):
    """A guild as one person sees it: only channels they may look into."""

    id: str
    name: str
    owner_id: str
    locale: str
    has_bot: bool
    channels: list[Channel]
    roles: list[Role]


class Ban(TypedDict):
    """Somebody who may not come back."""

    user_id: str
    name: str
    reason: str | None


class AuditEntry(TypedDict):
    """A line of the audit log; `action` is Discord's number and `action_name` its name."""

    id: str
    action: int
    action_name: str
    user_id: str | None
    target_id: str | None
    reason: str | None
    changes: list[JsonObject]
    options: JsonObject | None
    created_at: str


class Incidents(TypedDict):
    """What is paused during a raid, and until when."""

    invites_disabled_until: str | None
    dms_disabled_until: str | None


class WholeGuild(TypedDict):
    """A guild with everything in it; `automod_rules` are as Discord writes them."""

    id: str
    name: str
    owner_id: str
    locale: str
    has_bot: bool
    channels: list[WholeChannel]
    roles: list[Role]
    bans: list[Ban]
    audit_log: list[AuditEntry]
    incidents: Incidents
    automod_rules: list[JsonObject]


class Direct(TypedDict):
    """Direct messages with the bot; `person` is the other one."""

    channel_id: str
    person: Person


class WholeDirect(TypedDict):
    """Direct messages and the two who write there."""

    channel_id: str
    user_ids: list[str]


class Attachment(TypedDict):
    """A file of a message, and where it can be fetched."""

    id: str
    filename: str
    size: int
    content_type: str
    url: str
    description: str | None
    ephemeral: bool


class Reply(TypedDict):
    """The message that another one answers. Of one that is gone, the author is null."""

    message_id: str
    author_id: str | None
    text: str


class Mentions(TypedDict):
    """Whom a message really pings, after permissions and `allowed_mentions`."""

    users: list[str]
    roles: list[str]
    everyone: bool


class Interaction(TypedDict):
    """What a reply of the bot answers."""

    id: str
    type: int
    name: str
    user_id: str


class Message(TypedDict):
    """A message. `visible_to` names the only person who sees it, `text` holds all its words.

    `embeds`, `components` and `allowed_mentions` stay as the bot sent them. `status` is `shown`,
    `thinking`, `failed` (then `problem` says why) or `note`.
    """

    id: str
    channel_id: str
    author_id: str
    type: int
    content: str
    flags: int
    components: list[Any]
    embeds: list[Any]
    allowed_mentions: JsonObject | None
    attachments: list[Attachment]
    reply_to: Reply | None
    mentions: Mentions
    created_at: str
    edited_at: str | None
    visible_to: str | None
    status: str
    problem: str | None
    text: str
    revision: int
    interaction: Interaction | None


class Application(TypedDict):
    """Whose bot this is, where it is called, and how many gateway sessions it has. No secrets."""

    id: str
    name: str
    public_key: str
    endpoint: str | None
    events_endpoint: str | None
    gateway_sessions: int


class State(TypedDict):
    """Everything, whoever sees it."""

    epoch: str
    revision: int
    now: str
    guilds: list[WholeGuild]
    people: list[Person]
    everybody: list[Account]
    dms: list[WholeDirect]
    messages: list[Message]
    application: Application
    commands: list[JsonObject]


class Raid(TypedDict):
    """A raid: what was asked for, and how far it has got. `running` is false when it is over or was stopped.

    `turned_away` found the invites paused; `silenced` could not write any more.
    """

    guild_id: str
    channel_id: str
    accounts: int
    seconds: float
    posts: int
    joined: int
    turned_away: int
    posted: int
    greeted: int
    silenced: int
    running: bool
    stopped: bool


class Directory(TypedDict):
    """What stands around the messages, as one person sees it. `commands` are as Discord returns them.

    `raid` is the last one on this guild, null if there was none.
    """

    epoch: str
    now: str
    commands_revision: int
    application: Application
    guilds: list[GuildName]
    dms: list[Direct]
    guild: Guild
    viewer: Person
    people: list[Person]
    everybody: list[Account]
    commands: list[JsonObject]
    raid: Raid | None


class View(TypedDict):
    """A channel's messages as one person sees them, oldest first; `more` are before them."""

    epoch: str
    revision: int
    commands_revision: int
    now: str
    more: bool
    messages: list[Message]


class Deleted(TypedDict):
    """It is gone."""

    deleted: bool


class Done(TypedDict):
    """It was done; `person` is how the member stands now, null if they are not there any more."""

    done: bool
    person: Person | None


class Typed(TypedDict):
    """Everybody who sees the channel was told."""

    typing: bool


class ClockFace(TypedDict):
    """What time it is in this Discord."""

    now: str


class Answer(TypedDict):
    """What the bot's endpoint said: status 0 and null if nothing, and then why."""

    status: int
    elapsed_ms: float
    response: Any
    problem: str | None


class Refusal(TypedDict):
    """What was not done and why, in a sentence."""

    error: str
