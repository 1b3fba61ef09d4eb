"""What a member sees: one container with an accent, a title, the fact, the details."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

PONG: Final = {"type": 1}
CHANNEL_MESSAGE: Final = 4
AUTOCOMPLETE_RESULT: Final = 8

_EPHEMERAL: Final = 1 << 6
_COMPONENTS_V2: Final = 1 << 15
_CONTAINER: Final = 17
_TEXT_DISPLAY: Final = 10

NOBODY: Final = {"parse": list[str]()}
"""`allowed_mentions` of every message: names are shown as mentions, nobody is pinged."""


class Kind(Enum):
    """What a reply is about: its icon and its accent colour, the same here as on the dashboard."""

    BYTES = ("💠", 0x0F9D8A)
    REFUSED = ("⚠️", 0xD9902F)
    BROKEN = ("🛑", 0xC83E4D)


@dataclass(frozen=True, slots=True)
class Reply:
    """One message as the answer to a command.

    Attributes:
        kind: Icon and accent.
        title: At most five words.
        lines: The fact first, then details; Discord's markdown, with text from people escaped by
            `app.discord.text.literal`.
        ephemeral: Whether only the member who asked sees it.
    """

    kind: Kind
    title: str
    lines: tuple[str, ...]
    ephemeral: bool = False

    def callback(self) -> dict[str, Any]:
        """Build what Discord is answered: a Components V2 message that pings nobody."""
        icon, accent = self.kind.value
        content = "\n".join((f"### {icon} {self.title}", *self.lines))
        return {
            "type": CHANNEL_MESSAGE,
            "data": {
                "flags": _COMPONENTS_V2 | (_EPHEMERAL if self.ephemeral else 0),
                "allowed_mentions": NOBODY,
                "components": [
                    {
                        "type": _CONTAINER,
                        "accent_color": accent,
                        "components": [{"type": _TEXT_DISPLAY, "content": content}],
                    }
                ],
            },
        }


def no_choices() -> dict[str, Any]:
    """Answer an autocomplete that has nothing to offer."""
    return {"type": AUTOCOMPLETE_RESULT, "data": {"choices": []}}
