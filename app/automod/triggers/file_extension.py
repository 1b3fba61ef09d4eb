"""Files of kinds that are not wanted."""

import unicodedata
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from app.automod.fields import FROZEN
from app.automod.folding import fold
from app.automod.observation import Kind, Observation
from app.automod.text import Form, Forms, Match, visible
from app.automod.trigger import TriggerType
from app.automod.windows import Windows
from app.wording import Term, message

MOST: Final = 200

_OVERRIDES: Final = "\u202e\u2067"
"""What makes the rest of a name read from right to left: `photo` + this + `gpj.exe` reads `photoexe.jpg`."""

_ENDS: Final = "\u202c\u2069"


class Listed(StrEnum):
    """What the list of extensions is."""

    BLOCK = "block"
    ALLOW = "allow"


def _extension(text: str) -> str:
    bare = fold(text).strip().strip("*").strip(".")
    if not bare or not all(sign.isalnum() or sign in "._-+" for sign in bare):
        raise ValueError(f"{text!r} is no extension: write it like exe or tar.gz")
    return bare


Extension = Annotated[str, Field(min_length=1, max_length=20), AfterValidator(_extension)]
"""How a name ends, without the dot, in lower case."""


class FileExtension(BaseModel):
    """Which files may be attached."""

    model_config = FROZEN
    type: Literal["file_extension"] = "file_extension"
    listed: Listed = Field(Listed.BLOCK, description="block: no such files; allow: no others.")
    extensions: tuple[Extension, ...] = Field(
        max_length=MOST, description="Such as exe, jar or tar.gz; upper and lower case do not differ."
    )
    anywhere: bool = Field(
        default=True, description="Of blocked ones: also before another one, as in setup.exe.jpg."
    )
    without: bool = Field(
        default=False, description="Of allowed ones: files without an extension may be attached, too."
    )

    @model_validator(mode="after")
    def _looks_for_something(self) -> Self:
        if self.listed is Listed.BLOCK and not self.extensions:
            raise ValueError("no extension is listed, so nothing can ever be found: list one")
        return self


def readings(filename: str) -> list[str]:
    """List the names a file may be taken for, folded: as systems read it, and as it is shown."""
    names = [filename]
    for override in _OVERRIDES:
        head, found, tail = filename.partition(override)
        if found:
            turned, rest = tail, ""
            for end in _ENDS:
                if end in turned:
                    turned, _, rest = turned.partition(end)
            names.append(head + turned[::-1] + rest)
    return list(dict.fromkeys(_system_name(name) for name in names))


def _system_name(filename: str) -> str:
    """Write a name as Windows reads it: without what follows a colon, nor dots and spaces at its end."""
    seen = "".join(sign for sign in filename if unicodedata.category(sign) not in {"Cf", "Cc"})
    return fold(seen).partition(":")[0].rstrip(" .")


def extension_of(name: str, listed: tuple[str, ...], *, anywhere: bool) -> str | None:
    """Tell which of the extensions a folded name has."""
    parts = [part.strip() for part in name.split(".")]
    tidy = "." + ".".join(parts[1:])
    for extension in listed:
        if len(parts) > 1 and (tidy.endswith(f".{extension}") or (anywhere and f".{extension}." in tidy)):
            return extension
    return None


def _matches(settings: FileExtension, seen: Observation, _forms: Forms, _windows: Windows) -> Match | None:
    for filename in seen.filenames:
        for name in readings(filename):
            found = _unwanted(settings, name)
            if found is not None:
                return Match(
                    reason=message("the file “{name}” ({extension})"),
                    facts={"name": visible(filename), "extension": found or Term(message("no extension"))},
                    form=Form.FOLDED if name != filename else Form.WRITTEN,
                    what=filename,
                )
    return None


def _unwanted(settings: FileExtension, name: str) -> str | None:
    """Tell which extension is not wanted; "" is that there is none."""
    if settings.listed is Listed.BLOCK:
        return extension_of(name, settings.extensions, anywhere=settings.anywhere)
    if extension_of(name, settings.extensions, anywhere=False) is not None:
        return None
    last = name.rpartition(".")[2].strip() if "." in name else ""
    return None if settings.without and not last else last


TRIGGER: Final = TriggerType(
    name="file_extension",
    title=message("Files"),
    about=message("A message has a file of a kind that is not wanted."),
    settings=FileExtension,
    kinds=frozenset({Kind.MESSAGE, Kind.EDIT}),
    needles=lambda _: None,
    matches=_matches,
)
