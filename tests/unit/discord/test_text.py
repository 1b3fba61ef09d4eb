"""Text from people comes out as they wrote it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.discord.text import literal, number

_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")  # noqa: TID251 - how Discord reads a backslash


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=200))
def test_reads_as_written(text: str) -> None:
    assert _ESCAPE.sub(r"\1", literal(text)) == " ".join(text.split())


@given(st.text(max_size=200))
def test_leaves_nothing_that_discord_would_read_as_markup(text: str) -> None:
    bare = _ESCAPE.sub("", literal(text))
    assert not set(bare) & set("\\*_~`|>#-+[]()<:@")


@pytest.mark.parametrize(
    "hostile",
    ["@everyone", "<@123>", "<@&123>", "[bank](https://evil)", "# title", "```\nx", "||x||", "> x"],
)
def test_pings_links_and_formats_nothing(hostile: str) -> None:
    assert re.search(r"(?<!\\)[@<\[#`|>]", literal(hostile)) is None


def test_drops_what_turns_the_direction_of_our_own_words() -> None:
    assert literal("abc\u202egnp.exe\u202c") == "abcgnp\\.exe"


def test_numbers_have_separators() -> None:
    assert number(1234567) == "1,234,567"
