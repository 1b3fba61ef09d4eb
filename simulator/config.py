"""What the person who starts a simulator chooses."""

import base64
import secrets
from dataclasses import dataclass, field
from functools import cached_property

from nacl.signing import SigningKey

DEMO_APPLICATION_ID = 973269719459037313
"""The application when none is named: fixed, so that what refers to it outlives a restart."""

_SEED_BYTES = 32
_BOT_TOKEN_BYTES = (4, 28)


@dataclass(frozen=True)
class SimulatorConfig:
    """One simulator: whom it calls, who may call it, and how patient it is.

    `signing_key` is the 32-byte seed of the Ed25519 key as hex. Token and key are random unless
    given; a bot needs the token and the derived `public_key`. Without `endpoint` every command
    ends in "The application did not respond".

    Raises:
        ValueError: when `signing_key` is not 64 hex digits or `application_id` no snowflake.
    """

    endpoint: str | None = None
    events_endpoint: str | None = None
    application_id: int = DEMO_APPLICATION_ID
    application_name: str = "Demo Bot"
    bot_token: str = ""
    """Random unless given, in the form of Discord's: libraries read the application's id out of it."""
    signing_key: str = field(default_factory=lambda: secrets.token_hex(_SEED_BYTES))
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(_SEED_BYTES))
    """What the bot's web application proves itself with when it exchanges an OAuth2 code."""
    redirect_uris: tuple[str, ...] = ()
    """Where OAuth2 may send people back to. Empty: to any address of this machine."""
    public_url: str = "http://127.0.0.1:8100"
    """The address by which bots and browsers reach this simulator; it stands in what it hands out."""
    disallowed_intents: int = 0
    """Privileged gateway intents that the developer portal would not allow this bot (close code 4014)."""
    required_shards: int = 1
    """Fewer shards than this, and the gateway closes with 4011, as for a bot in very many guilds."""
    heartbeat_seconds: float = 41.25
    """How often a gateway session has to beat. Discord: 41.25 s."""
    session_starts: int = 1_000
    """Gateway sessions that may begin within a day."""
    identify_pace: bool = False
    """Whether a second IDENTIFY within 5 seconds is an invalid session: Discord's `max_concurrency`."""
    rate_limits: bool = True
    """Whether there are rate limits. Without them no headers are sent either, so that nobody waits."""
    response_seconds: float = 3.0
    """Discord: the first answer must come within 3 seconds."""
    token_seconds: float = 900.0
    """Discord: an interaction's token lives 15 minutes."""
    history: int = 1_000
    """Messages that a channel remembers; older ones are forgotten."""
    talk: bool = True
    """Whether the demo guild starts with two days of conversation."""

    def __post_init__(self) -> None:
        """Refuse at the start what would otherwise fail at the first command."""
        try:
            seed = bytes.fromhex(self.signing_key)
        except ValueError:
            seed = b""
        if len(seed) != _SEED_BYTES:
            raise ValueError("The signing key is 32 bytes, written as 64 hex digits.")
        if not self.heartbeat_seconds > 0:  # what is no number is refused as well
            raise ValueError("The heartbeat-seconds are a number above 0.")
        if not 0 < self.application_id < 1 << 63:
            raise ValueError("The application id is a snowflake, for example 973269719459037313.")
        if not self.bot_token:
            object.__setattr__(self, "bot_token", _bot_token(self.application_id))

    @cached_property
    def public_key(self) -> str:
        """The key that a bot verifies signatures with, as hex."""
        seed = bytes.fromhex(self.signing_key)
        return SigningKey(seed).verify_key.encode().hex()

    @property
    def events_url(self) -> str | None:
        """Where webhook events go: as configured, else beside the interactions endpoint."""
        if self.events_endpoint is not None:
            return self.events_endpoint
        return None if self.endpoint is None else self.endpoint.rstrip("/") + "/events"


def _bot_token(application_id: int) -> str:
    """Make a token: the id in base64, and two random parts."""
    owner = base64.urlsafe_b64encode(str(application_id).encode()).decode().rstrip("=")
    return ".".join((owner, *(secrets.token_urlsafe(size) for size in _BOT_TOKEN_BYTES)))
