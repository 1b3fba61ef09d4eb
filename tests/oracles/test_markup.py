"""The oracle sees what Discord would make of a text, and nothing else."""

import pytest

from app.discord.text import literal
from tests.oracles.markup import marks, words

ACTIVE = {
    "**bold**": "strong",
    "*slanted*": "em",
    "_slanted_": "em",
    "__under__": "underline",
    "~~gone~~": "s_open",
    "||hidden||": "spoiler",
    "`code`": "code_inline",
    "```py\ncode\n```": "fence",
    "# heading": "heading",
    "-# small": "subtext",
    "> quote": "blockquote",
    ">>> quote": "quote",
    "- item": "bullet_list",
    "* item": "bullet_list",
    "1. item": "ordered_list",
    "[bank](https://evil.example)": "link_open {'href': 'https://evil.example'}",
    "<https://evil.example>": "link_open",
    "https://evil.example": "address",
    "discord.gg/evil": "invitation",
    "<@1>": "member <@1>",
    "<@!1>": "member",
    "<@&1>": "role",
    "<#1>": "channel",
    "</bytes send:1>": "command",
    "<id:customize>": "place",
    "<t:1:R>": "time",
    "<a:wave:1>": "emoji",
    "@everyone": "everybody",
    "@here": "everybody",
    "<b>": "html_block",
    "a\u202eb": "direction",
}


@pytest.mark.parametrize("text", ACTIVE)
def test_sees_it(text: str) -> None:
    assert any(mark.startswith(ACTIVE[text]) for mark in marks(text)), marks(text)


@pytest.mark.parametrize("text", ACTIVE)
def test_sees_that_it_was_escaped(text: str) -> None:
    assert marks(literal(text)) == []


@pytest.mark.parametrize(
    "text", ["plain words", "5 < 6 and 7 > 6", "a_b_c", "2 * 3 * 4", "mail@example.org", "#1"]
)
def test_sees_nothing_in_plain_words(text: str) -> None:
    assert marks(text) == []


def test_reads_what_somebody_reads() -> None:
    assert words("### Title\n**Ada** wrote \\*this\\*") == "TitleAda wrote *this*"
