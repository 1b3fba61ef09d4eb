"""What an answer says, so that it can be seen to be the right one."""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

_PLAIN: Final = re.compile(r"[A-Za-z0-9 ,.:-]+")  # noqa: TID251 - ours, not a user's
"""Characters that every JSON writer leaves as they are."""


def text_of(body: bytes) -> str:
    """Read all that an answer shows to people, whatever it is built of."""
    return "\n".join(_contents(msgspec.json.decode(body)))


def plain_part(text: str) -> bytes:
    """Find the longest stretch of a text that looks the same in any JSON: by it an answer is known."""
    return max(_PLAIN.findall(text), key=len, default="").strip().encode()


def _contents(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        content = value.get("content")
        if isinstance(content, str):
            yield content
        for child in value.values():
            yield from _contents(child)
    elif isinstance(value, list):
        for child in value:
            yield from _contents(child)
