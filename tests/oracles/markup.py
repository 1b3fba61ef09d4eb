"""The outside oracle: what of a text would Discord show as anything but plain words?

What Discord has in common with CommonMark is read by markdown-it; what only Discord has is a list.
"""

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

PLAIN = {"text", "text_special", "inline", "softbreak", "paragraph_open", "paragraph_close"}

OF_DISCORD = {
    "member": r"<@!?\d+>",
    "role": r"<@&\d+>",
    "channel": r"<#\d+>",
    "place": r"<id:\w+>",
    "command": r"</[^:>\n]+:\d+>",
    "time": r"<t:-?\d+(?::[tTdDfFsSR])?>",
    "emoji": r"<a?:\w+:\d+>",
    "everybody": r"@(?:everyone|here)\b",
    "spoiler": r"\|\|.+?\|\|",
    "underline": r"__.+?__",
    "address": r"(?:https?|discord)://\S",
    "invitation": r"discord(?:app)?\.(?:gg|com)/\S",
    "subtext": r"(?m)^-# ",
    "quote": r"(?m)^>>> ?",
    "direction": r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]",
}

ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")  # noqa: TID251 - ASCII punctuation, as both read a backslash
TIME = re.compile(r"<t:\d+:R>")  # noqa: TID251 - ours


def marks(text: str) -> list[str]:
    """Name everything that is not plain words, in order of its kind, with what it leads to."""
    return [*_of_commonmark(text), *_of_discord(text)]


def words(text: str) -> str:
    """Give what somebody reads, without the marks."""
    return "".join(
        token.content if token.type != "softbreak" else "\n"
        for block in _reader().parse(text)
        for token in block.children or ()
    )


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("strikethrough")


def _of_commonmark(text: str) -> Iterator[str]:
    def walk(tokens: list[Token]) -> Iterator[str]:
        for token in tokens:
            if token.type not in PLAIN:
                yield f"{token.type} {token.content or token.attrs or ''}".strip()
            yield from walk(token.children or [])

    yield from walk(_reader().parse(text))


def _of_discord(text: str) -> Iterator[str]:
    bare = ESCAPED.sub("", text)
    for kind, pattern in OF_DISCORD.items():
        for found in re.findall(pattern, bare):
            yield kind if kind == "time" else f"{kind} {found}"
