"""How large things may be, in bytes: Discord's figures, and our own where it has none."""

from typing import Final

MIB: Final = 1024 * 1024

JSON_BYTES: Final = MIB
"""A body of JSON. Discord documents none; a message is far below."""
FILE_BYTES: Final = 10 * MIB
"""One attachment. Discord: 10 MiB without boosts."""
FILES_BYTES: Final = 25 * MIB
"""A request with all its files. Discord: 25 MiB."""
CONTROL_FILES_BYTES: Final = 14 * MIB
"""A request to the control API with its files as base64, which is a third longer."""
