"""What a member sees: one container with an accent, a title, the fact, the details, the controls."""

from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cached_property
from typing import Any, Final

from msgspec.json import Encoder

from app.discord.text import one_line

CHANNEL_MESSAGE: Final = 4
UPDATE_MESSAGE: Final = 7
AUTOCOMPLETE_RESULT: Final = 8
MODAL: Final = 9

_EPHEMERAL: Final = 1 << 6
_COMPONENTS_V2: Final = 1 << 15
_ACTION_ROW: Final = 1
_BUTTON: Final = 2
_STRING_SELECT: Final = 3
_TEXT_DISPLAY: Final = 10
_FILE: Final = 13
_CONTAINER: Final = 17
_LABEL: Final = 18

MAX_TEXT: Final = 4000
"""Characters of all texts of a Components V2 message together (Discord: components/reference)."""

MAX_CHOICES: Final = 25
"""Values an autocomplete can offer (Discord: interactions/receiving-and-responding)."""

MAX_LABEL: Final = 100
"""Characters of a choice's label."""

NOBODY: Final = {"parse": list[str]()}
"""`allowed_mentions` of every message: names are shown as mentions, nobody is pinged."""

_CLIPPED: Final = "…"

_encode: Final = Encoder().encode


class Kind(Enum):
    """What a reply is about: its icon and its accent colour, the same here as on the dashboard."""

    BYTES = ("💠", 0x0F9D8A)
    SQUADS = ("🛡️", 0x7A5BC7)
    INFO = ("ℹ️", 0x5B6B7B)  # noqa: RUF001 - the emoji
    DONE = ("✅", 0x2E9E5B)
    REFUSED = ("⚠️", 0xD9902F)
    BROKEN = ("🛑", 0xC83E4D)


class ButtonStyle(IntEnum):
    """How a button looks, by Discord's numbers."""

    PRIMARY = 1
    SECONDARY = 2
    DANGER = 4


@dataclass(frozen=True, slots=True)
class Button:
    """A button; made by `interactions.controls.button`."""

    label: str
    custom_id: str
    style: ButtonStyle = ButtonStyle.SECONDARY
    is_disabled: bool = False

    def component(self) -> dict[str, Any]:
        """Build what Discord is told."""
        return {
            "type": _BUTTON,
            "style": int(self.style),
            "label": self.label,
            "custom_id": self.custom_id,
            "disabled": self.is_disabled,
        }


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose one value from: (label, value, description or "") at most 25 times."""

    custom_id: str
    placeholder: str
    options: tuple[tuple[str, str, str], ...]

    def component(self) -> dict[str, Any]:
        """Build what Discord is told."""
        return {
            "type": _STRING_SELECT,
            "custom_id": self.custom_id,
            "placeholder": self.placeholder,
            "options": [
                {"label": label, "value": value, **({"description": about} if about else {})}
                for label, value, about in self.options
            ],
        }


@dataclass(frozen=True, slots=True)
class File:
    """A file that comes with a reply."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Reply:
    """One message as the answer to an interaction.

    Attributes:
        kind: Icon and accent.
        title: At most five words.
        lines: The fact first, then details; Discord's markdown, with text from people escaped (facts of
            `Context.say` are). Lines that do not fit into a message are left out, from the end.
        ephemeral: Whether only the member who asked sees it.
        controls: Rows of up to five buttons, or of one select.
        file: Shown below.
        replaces: Instead of a new message, the one whose control was used becomes this.
    """

    kind: Kind
    title: str
    lines: tuple[str, ...]
    ephemeral: bool = False
    controls: tuple[tuple[Button, ...] | Select, ...] = ()
    file: File | None = None
    replaces: bool = False

    @cached_property
    def body(self) -> bytes:
        """What Discord is answered, as JSON; written once for a reply that is given to many."""
        return _encode(self.callback())

    def callback(self) -> dict[str, Any]:
        """Build what Discord is answered: a Components V2 message that pings nobody."""
        icon, accent = self.kind.value
        rows = [
            {
                "type": _ACTION_ROW,
                "components": [each.component() for each in (row if isinstance(row, tuple) else (row,))],
            }
            for row in self.controls
        ]
        text = {"type": _TEXT_DISPLAY, "content": _fitting(f"### {icon} {self.title}", self.lines)}
        file = (
            [] if self.file is None else [{"type": _FILE, "file": {"url": f"attachment://{self.file.name}"}}]
        )
        data: dict[str, Any] = {
            "flags": _COMPONENTS_V2 | (_EPHEMERAL if self.ephemeral and not self.replaces else 0),
            "allowed_mentions": NOBODY,
            "components": [{"type": _CONTAINER, "accent_color": accent, "components": [text, *file, *rows]}],
        }
        if self.file is not None:
            data["attachments"] = [{"id": "0", "filename": self.file.name}]
        return {"type": UPDATE_MESSAGE if self.replaces else CHANNEL_MESSAGE, "data": data}


@dataclass(frozen=True, slots=True)
class Modal:
    """A form to fill in; made by `interactions.controls.open_form`.

    Attributes:
        custom_id: Comes back with what was filled in.
        title: 1-45 characters.
        fields: (label, component) from top to bottom.
    """

    custom_id: str
    title: str
    fields: tuple[tuple[str, dict[str, Any]], ...]

    @property
    def body(self) -> bytes:
        """What Discord is answered, as JSON."""
        return _encode(self.callback())

    def callback(self) -> dict[str, Any]:
        """Build what Discord is answered."""
        return {
            "type": MODAL,
            "data": {
                "custom_id": self.custom_id,
                "title": self.title,
                "components": [
                    {"type": _LABEL, "label": label, "component": component}
                    for label, component in self.fields
                ],
            },
        }


def choices(offered: list[tuple[str, str | int]]) -> dict[str, Any]:
    """Answer an autocomplete with (label, value): the first 25, labels clipped to what Discord takes."""
    return {
        "type": AUTOCOMPLETE_RESULT,
        "data": {
            "choices": [
                {"name": clip(one_line(label), MAX_LABEL), "value": value}
                for label, value in offered[:MAX_CHOICES]
            ]
        },
    }


def clip(text: str, longest: int) -> str:
    """Shorten a text to what fits, and show that it was."""
    return text if len(text) <= longest else text[: longest - len(_CLIPPED)] + _CLIPPED


def _fitting(heading: str, lines: tuple[str, ...]) -> str:
    """Join what fits into one message. A reply that is too long would be no reply at all."""
    content = "\n".join((heading, *lines))
    if len(content) <= MAX_TEXT:
        return content
    left_out = len(f"\n{_CLIPPED}")
    heading = clip(heading, MAX_TEXT - left_out)
    kept, room = [heading], MAX_TEXT - left_out - len(heading)
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join((*kept, _CLIPPED))
