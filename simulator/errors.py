"""What Discord refuses with: an HTTP status, a code and a message; for forms also a tree of fields."""

from enum import Enum
from typing import NamedTuple

from simulator.wire import JsonObject


class _Kind(NamedTuple):
    status: int
    code: int
    message: str


class ErrorKind(Enum):
    """The errors that this Discord knows, as Discord numbers and words them."""

    BAD_REQUEST = _Kind(400, 0, "400: Bad Request")
    UNAUTHORIZED = _Kind(401, 0, "401: Unauthorized")
    NOT_FOUND = _Kind(404, 0, "404: Not Found")
    METHOD_NOT_ALLOWED = _Kind(405, 0, "405: Method Not Allowed")

    UNKNOWN_CHANNEL = _Kind(404, 10003, "Unknown Channel")
    UNKNOWN_GUILD = _Kind(404, 10004, "Unknown Guild")
    UNKNOWN_MEMBER = _Kind(404, 10007, "Unknown Member")
    UNKNOWN_MESSAGE = _Kind(404, 10008, "Unknown Message")
    UNKNOWN_OVERWRITE = _Kind(404, 10009, "Unknown Overwrite")
    UNKNOWN_ROLE = _Kind(404, 10011, "Unknown Role")
    UNKNOWN_USER = _Kind(404, 10013, "Unknown User")
    UNKNOWN_WEBHOOK = _Kind(404, 10015, "Unknown Webhook")
    UNKNOWN_BAN = _Kind(404, 10026, "Unknown Ban")
    UNKNOWN_INTERACTION = _Kind(404, 10062, "Unknown interaction")
    UNKNOWN_COMMAND = _Kind(404, 10063, "Unknown application command")
    UNKNOWN_COMMAND_PERMISSIONS = _Kind(404, 10066, "Unknown application command permissions")

    BOTS_CANNOT_USE = _Kind(403, 20001, "Bots cannot use this endpoint")
    NOT_THIS_APPLICATION = _Kind(
        403, 20012, "You are not authorized to perform this action on this application"
    )

    TOO_MANY_ROLES = _Kind(400, 30005, "Maximum number of guild roles reached (250)")
    TOO_MANY_COMMANDS = _Kind(400, 30032, "Maximum number of application commands reached")
    TOO_MANY_COMMAND_CREATES = _Kind(
        400, 30034, "Max number of daily application command creates has been reached (200)"
    )

    TOO_LARGE = _Kind(413, 40005, "Request entity too large")
    USER_BANNED = _Kind(403, 40007, "The user is banned from this guild.")
    NOT_IN_VOICE = _Kind(400, 40032, "Target user is not connected to voice.")
    ALREADY_ACKNOWLEDGED = _Kind(400, 40060, "Interaction has already been acknowledged.")

    MISSING_ACCESS = _Kind(403, 50001, "Missing Access")
    NOT_IN_DIRECT_MESSAGES = _Kind(403, 50003, "Cannot execute action on a DM channel")
    CANNOT_EDIT_OTHERS = _Kind(403, 50005, "Cannot edit a message authored by another user")
    EMPTY_MESSAGE = _Kind(400, 50006, "Cannot send an empty message")
    CANNOT_MESSAGE_USER = _Kind(403, 50007, "Cannot send messages to this user")
    NON_TEXT_CHANNEL = _Kind(400, 50008, "Cannot send messages in a non-text channel")
    MISSING_PERMISSIONS = _Kind(403, 50013, "Missing Permissions")
    BULK_DELETE_COUNT = _Kind(
        400,
        50016,
        "Provided too few or too many messages to delete. Must provide at least 2 and at most 100.",
    )
    INVALID_OAUTH_TOKEN = _Kind(401, 50025, "Invalid OAuth2 access token")
    MISSING_OAUTH_SCOPE = _Kind(403, 50026, "Missing required OAuth2 scope")
    INVALID_WEBHOOK_TOKEN = _Kind(401, 50027, "Invalid Webhook Token")
    INVALID_ROLE = _Kind(400, 50028, "Invalid role")
    INVALID_RECIPIENT = _Kind(400, 50033, "Invalid Recipient(s)")
    TOO_OLD_TO_BULK_DELETE = _Kind(
        400, 50034, "You can only bulk delete messages that are under 14 days old."
    )
    INVALID_FORM = _Kind(400, 50035, "Invalid Form Body")
    NOT_JSON = _Kind(400, 50109, "The request body contains invalid JSON.")
    NO_MUTUAL_GUILD = _Kind(403, 50278, "Cannot send messages to this user due to having no mutual guilds")

    CANNOT_REPLY_BLINDLY = _Kind(400, 160002, "Cannot reply without permission to read message history")
    BLOCKED_BY_AUTOMOD = _Kind(400, 200000, "Message was blocked by automatic moderation")
    FAILED_TO_BAN = _Kind(400, 500000, "Failed to ban users")


class DiscordError(Exception):
    """Raised when Discord would refuse.

    `errors` is the tree of fields of an invalid form. `detail` replaces the kind's message where
    Discord words one code in several ways. `extra` is laid beside code and message.
    """

    def __init__(
        self,
        kind: ErrorKind,
        errors: JsonObject | None = None,
        *,
        detail: str | None = None,
        extra: JsonObject | None = None,
    ) -> None:
        self.kind = kind
        self.errors = errors
        self.message = detail or kind.value.message
        self.extra = extra or {}
        super().__init__(self.message)

    @property
    def body(self) -> JsonObject:
        """The error as Discord writes it."""
        body: JsonObject = {"message": self.message, "code": self.kind.value.code} | self.extra
        if self.errors is not None:
            body["errors"] = self.errors
        return body
