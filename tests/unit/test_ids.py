"""Ids."""

from datetime import UTC, datetime

import pytest

from app.ids import MAX_SNOWFLAKE, new_id, parse_snowflake, snowflake_time


def test_new_ids_are_version_7_and_unlike_each_other() -> None:
    ids = {new_id() for _ in range(10_000)}
    assert len(ids) == 10_000
    assert all(made.version == 7 and made.variant == "specified in RFC 4122" for made in ids)


def test_new_ids_carry_the_present_millisecond() -> None:
    before = datetime.now(UTC).timestamp() * 1000 - 1  # noqa: TID251 - an outside clock
    milliseconds = new_id().int >> 80
    assert before <= milliseconds <= before + 1000


def test_snowflakes_tell_their_birth() -> None:
    """Discord's own example (docs: reference#snowflakes)."""
    assert snowflake_time(175928847299117063) == datetime(2016, 4, 30, 11, 18, 25, 796000, UTC)


@pytest.mark.parametrize("text", ["1", "175928847299117063", str(MAX_SNOWFLAKE)])
def test_snowflakes_are_read_as_discord_writes_them(text: str) -> None:
    assert parse_snowflake(text) == int(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "1e3",
        "0x10",
        "\uff11\uff12\uff13",
        "\u0661\u0662\u0663",
        "1_000",
        str(MAX_SNOWFLAKE + 1),
        "9" * 40,
    ],
)
def test_nothing_else_is_a_snowflake(text: str) -> None:
    assert parse_snowflake(text) is None
