"""What stands in a control's `custom_id`: version, name, row, owner, issuing interaction, seal.

The id travels through Discord and the member's client, so it is trusted only as far as its seal: a keyed
hash over the rest and the guild. The issuing interaction's own id tells when the control was made, by
Discord's clock, and tells the controls of one reply from those of another.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

from app.components.errors import OutdatedControlError
from app.ids import MAX_SNOWFLAKE, parse_snowflake

VERSION: Final = "1"
"""Raise it when the parts change; older controls are then out of date."""

LONGEST: Final = 100
"""Characters of a `custom_id` (Discord: components/reference)."""

_PARTS: Final = 6
_SEAL_BYTES: Final = 9  # 72 bits: a guess a second would take longer than the universe has


@dataclass(frozen=True, slots=True)
class CustomId:
    """The parts of a custom id.

    Attributes:
        name: Which control or form.
        row: What it is about, such as a page or a transaction; no dots.
        owner_id: Whom it was made for; 0 for whoever may.
        issued_id: The interaction whose reply it stands in; 0 if it is no reply.
    """

    name: str
    row: str
    owner_id: int
    issued_id: int


class CustomIds:
    """Writes and reads custom ids with one key.

    Args:
        key: Secret; whoever has it can make up controls.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, guild_id: int, parts: CustomId) -> str:
        """Write an id for use in one guild.

        Raises:
            ValueError: it would be longer than Discord allows, or the row has a dot: a defect of ours.
        """
        if "." in parts.row or "." in parts.name:
            raise ValueError("a dot separates the parts of a custom id")
        body = f"{VERSION}.{parts.name}.{parts.row}.{parts.owner_id:x}.{parts.issued_id:x}"
        written = f"{body}.{self._seal(guild_id, body)}"
        if len(written) > LONGEST:
            raise ValueError(f"the custom id of {parts.name} has {len(written)} characters")
        return written

    def read(self, guild_id: int, written: str) -> CustomId:
        """Read an id that came back from a guild.

        Raises:
            OutdatedControlError: of another version or guild, or not written by us.
        """
        parts = written.split(".")
        if len(parts) != _PARTS or parts[0] != VERSION:
            raise OutdatedControlError
        body, _, seal = written.rpartition(".")
        if not hmac.compare_digest(seal.encode(), self._seal(guild_id, body).encode()):
            raise OutdatedControlError
        _, name, row, owner, issued, _ = parts
        return CustomId(name, row, int(owner, 16), int(issued, 16))

    def _seal(self, guild_id: int, body: str) -> str:
        digest = hmac.digest(self._key, f"{guild_id}.{body}".encode(), "sha256")
        return urlsafe_b64encode(digest[:_SEAL_BYTES]).decode()


def parts_of(row: str, how_many: int) -> list[str]:
    """Take a row apart at its hyphens.

    Raises:
        OutdatedControlError: it has not so many parts: an earlier version wrote it.
    """
    parts = row.split("-")
    if len(parts) != how_many:
        raise OutdatedControlError
    return parts


def number_of(part: str, largest: int = MAX_SNOWFLAKE) -> int:
    """Read a number from 1 out of a row: an id, a page, a place.

    Raises:
        OutdatedControlError: it is none, or a larger one.
    """
    value = parse_snowflake(part)
    if value is None or value > largest:
        raise OutdatedControlError
    return value
