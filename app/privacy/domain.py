"""How a member's data becomes a file, and what an erasure has done: plain values. No database, no Discord."""

import io
from dataclasses import dataclass
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from app.errors import RefusedError

_MIB: Final = 1024 * 1024

PLAIN: Final = _MIB
"""Bytes up to which a file is not compressed: everything can open it, on a phone, too."""

LARGEST: Final = 10 * _MIB
"""Bytes of one file (Discord: reference, "Uploading Files": 10 MiB)."""


class TooMuchToShowError(RefusedError):
    """What is known of a member does not fit into a file for Discord."""

    code = "too_much_to_show"

    def __init__(self) -> None:
        super().__init__(
            "There is more about you than fits into a file here. Nothing was sent; ask those who run this "
            "bot, who can write it to a file of any size (`smarterdev privacy export`)."
        )


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file that Discord takes."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """What erasing a member has blanked.

    Attributes:
        rows: Room -> how many rows; rooms that knew nothing are not in it.
    """

    rows: dict[str, int]

    @property
    def found_something(self) -> bool:
        """Tell whether anything was known of the member."""
        return bool(self.rows)


def packed(exported: bytes, guild_id: int) -> PackedFile:
    """Make a file of a member's data: JSON, or a ZIP with it if that is more than 1 MiB.

    Raises:
        TooMuchToShowError: it is too large all the same.
    """
    name = f"smarterdev-{guild_id}"
    if len(exported) <= PLAIN:
        return PackedFile(f"{name}.json", exported, "application/json")
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.json", exported)
    if written.tell() > LARGEST:
        raise TooMuchToShowError
    return PackedFile(f"{name}.zip", written.getvalue(), "application/zip")
