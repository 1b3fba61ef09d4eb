"""The built page: which files it is made of, by the manifest that the build wrote."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

_ENTRY = "main.tsx"


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """Addresses below /static. Their names change with their content, so they may be kept for ever."""

    script: str
    styles: tuple[str, ...]


class _Chunk(msgspec.Struct):
    """One entry of Vite's manifest, as far as it matters here."""

    file: str
    css: tuple[str, ...] = ()


def find_page(folder: Path) -> BuiltPage | None:
    """Tell what the page in `folder` is made of; None when nobody has built it (`make page`)."""
    try:
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=dict[str, _Chunk])
    except FileNotFoundError:
        return None
    entry = manifest[_ENTRY]
    return BuiltPage(entry.file, entry.css)
