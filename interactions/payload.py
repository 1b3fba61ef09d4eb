"""Discord's interactions, decoded once into only the fields that are used.

Unknown fields are skipped, unknown interaction types decode: Discord adds both without notice.
"""

from typing import Literal

from msgspec import Raw, Struct, field
from msgspec.json import Decoder

PING: Literal[1] = 1
APPLICATION_COMMAND: Literal[2] = 2
AUTOCOMPLETE: Literal[4] = 4

CHAT_INPUT: Literal[1] = 1
SUB_COMMAND: Literal[1] = 1

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
    """Whoever used the command, in the guild it was used in. `permissions` are bits in decimal."""

    user: User
    permissions: str = "0"


class ResolvedMember(Struct, frozen=True):
    """A member somebody named; Discord leaves the user out, it stands in `Resolved.users`."""

    permissions: str = "0"


class Resolved(Struct, frozen=True):
    """What the ids in the options stand for."""

    users: dict[str, User] = field(default_factory=dict)
    members: dict[str, ResolvedMember] = field(default_factory=dict)


class OptionData(Struct, frozen=True):
    """One option as sent: a value, or a subcommand with options of its own."""

    name: str
    type: int
    value: str | int | float | bool | None = None
    options: list["OptionData"] = field(default_factory=list)


class CommandData(Struct, frozen=True):
    """Which command, with which options."""

    name: str
    type: int = CHAT_INPUT
    options: list[OptionData] = field(default_factory=list)
    resolved: Resolved = field(default_factory=Resolved)


class Interaction(Struct, frozen=True):
    """The envelope of every interaction. `data` is decoded by type, later.

    The token is left where it is: what is not decoded cannot be logged.
    """

    type: int
    id: str = ""
    data: Raw = field(default_factory=Raw)
    guild_id: str | None = None
    member: Member | None = None
    context: int | None = None
    authorizing_integration_owners: dict[str, str] = field(default_factory=dict)


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
decode_command = Decoder(CommandData).decode
decode_event = Decoder(WebhookEvent).decode
decode_authorization = Decoder(AuthorizationData).decode
