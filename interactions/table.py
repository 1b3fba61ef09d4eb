"""Every command there is.

Nothing registers itself: adding a command ends with a line here (docs/add-a-command.md).
"""

from typing import Final

from interactions import bytes as bytes_commands
from interactions import treasury
from interactions.command import Command

COMMANDS: Final[tuple[Command, ...]] = (bytes_commands.COMMAND, treasury.COMMAND)
