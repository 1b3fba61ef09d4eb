"""Discord's interactions, decoded once into only the fields that are used.

Unknown fields are skipped, unknown interaction types decode: Discord adds both without notice.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from msgspec import Raw, Struct, field
from msgspec.json import Decoder

PING: Literal[1] = 1
APPLICATION_COMMAND: Literal[2] = 2
MESSAGE_COMPONENT: Literal[3] = 3
AUTOCOMPLETE: Literal[4] = 4
MODAL_SUBMIT: Literal[5] = 5

CHAT_INPUT: Literal[1] = 1
SUB_COMMAND: Literal[1] = 1
SUB_COMMAND_GROUP: Literal[2] = 2

GUILD_CONTEXT = 0


class User(Struct, frozen=True):
    """A Discord account. `username` is the unique name; there may be a `global_name` to show."""

    id: str
    username: str = ""
    bot: bool = False

    @property
    def name(self) -> str:
        """The unique name as it can be stored: PostgreSQL takes every character but U+0000."""
        return self.username.replace("\0", "")


class Member(Struct, frozen=True):
    """Whoever used the command, in the guild it was used in.

    `permissions` are bits in decimal. `communication_disabled_until` may lie in the past: Discord leaves
    it there when a time-out is over.
    """

    user: User
    permissions: str = "0"
    roles: list[str] = field(default_factory=list)
    communication_disabled_until: datetime | None = None


class ResolvedMember(Struct, frozen=True):
    """A member somebody named; Discord leaves the user out, it stands in `Resolved.users`."""

    permissions: str = "0"
    roles: list[str] = field(default_factory=list)


class ResolvedMessage(Struct, frozen=True):
    """A message somebody opened a menu on."""

    id: str = ""
    channel_id: str = ""
    author: User | None = None
    content: str = ""


class ResolvedChannel(Struct, frozen=True):
    """A channel somebody named in an option, and what they may do there."""

    id: str = ""
    permissions: str = "0"


class ResolvedAttachment(Struct, frozen=True):
    """A file somebody gave as an option. The address expires."""

    id: str = ""
    filename: str = ""
    size: int = 0
    url: str = ""
    content_type: str | None = None


class Resolved(Struct, frozen=True):
    """What the ids in the options stand for."""

    users: dict[str, User] = field(default_factory=dict)
    members: dict[str, ResolvedMember] = field(default_factory=dict)
    messages: dict[str, ResolvedMessage] = field(default_factory=dict)
    channels: dict[str, ResolvedChannel] = field(default_factory=dict)
    attachments: dict[str, ResolvedAttachment] = field(default_factory=dict)


class OptionData(Struct, frozen=True):
    """One option as sent: a value, or a subcommand with options of its own.

    `focused` is set on the option that is being typed, while it is.
    """

    name: str
    type: int
    value: str | int | float | bool | None = None
    focused: bool = False
    options: list["OptionData"] = field(default_factory=list)


class CommandData(Struct, frozen=True):
    """Which command, with which options. A menu names what it was opened on, its `target_id`."""

    name: str
    type: int = CHAT_INPUT
    target_id: str | None = None
    options: list[OptionData] = field(default_factory=list)
    resolved: Resolved = field(default_factory=Resolved)


class ComponentData(Struct, frozen=True):
    """Which button was pressed, or what was chosen from which select."""

    custom_id: str
    values: list[str] = field(default_factory=list)


class SubmittedField(Struct, frozen=True):
    """A part of a submitted form: a text (`value`), choices (`values`), or a label around one of those."""

    custom_id: str = ""
    value: str | None = None
    values: list[str] | None = None
    component: "SubmittedField | None" = None


class ModalData(Struct, frozen=True):
    """Which form was submitted, with what in it."""

    custom_id: str
    components: list[SubmittedField] = field(default_factory=list)
    resolved: Resolved = field(default_factory=Resolved)


class Interaction(Struct, frozen=True):
    """The envelope of every interaction. `data` is decoded by type, later.

    Whoever has the token speaks for the bot for 15 minutes: it is in no text that is made of this. The id of
    an application is its bot's, too.
    """

    type: int
    id: str = ""
    data: Raw = field(default_factory=Raw)
    guild_id: str | None = None
    channel_id: str | None = None
    member: Member | None = None
    locale: str = ""
    context: int | None = None
    authorizing_integration_owners: dict[str, str] = field(default_factory=dict)
    token: str = ""
    application_id: str = ""

    def __repr__(self) -> str:
        """Write what it is, and nothing of what is in it."""
        return f"Interaction(type={self.type}, id={self.id!r})"


class WebhookEventBody(Struct, frozen=True):
    """What happened, of a webhook event."""

    type: str
    data: Raw = field(default_factory=Raw)


class WebhookEvent(Struct, frozen=True):
    """The envelope of Discord's webhook events: type 0 is a ping, 1 an event."""

    type: int
    event: WebhookEventBody | None = None


class EventGuild(Struct, frozen=True):
    """The guild of an event."""

    id: str


class AuthorizationData(Struct, frozen=True):
    """Data of APPLICATION_AUTHORIZED and APPLICATION_DEAUTHORIZED; no guild when it is about a user."""

    guild: EventGuild | None = None


decode_interaction = Decoder(Interaction).decode
_DATA: dict[int, Callable[[Raw], CommandData | ComponentData | ModalData]] = {
    APPLICATION_COMMAND: Decoder(CommandData).decode,
    MESSAGE_COMPONENT: Decoder(ComponentData).decode,
    AUTOCOMPLETE: Decoder(CommandData).decode,
    MODAL_SUBMIT: Decoder(ModalData).decode,
}


def decode_data(interaction: Interaction) -> CommandData | ComponentData | ModalData | None:
    """Read what an interaction is about; None if it is of a type we do not know.

    Raises:
        msgspec.MsgspecError: it is not what its type promises.
    """
    decode = _DATA.get(interaction.type)
    return None if decode is None else decode(interaction.data)


decode_event = Decoder(WebhookEvent).decode
decode_authorization = Decoder(AuthorizationData).decode
