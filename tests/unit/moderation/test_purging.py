"""Which messages a purge takes."""

from datetime import UTC, datetime, timedelta

import pytest

from app.discord.port import DiscordMessage
from app.moderation.purging import MOST, PurgeOrder, is_too_old, pick
from tests.support.guilds import snowflake

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ADA, MATEO = 1, 2


def written(by: int = ADA, content: str = "hello", *, bot: bool = False, age: float = 1) -> DiscordMessage:
    """Make a message so many hours old."""
    return DiscordMessage(snowflake(timedelta(hours=age), NOW), 5, by, bot, content)


@pytest.mark.parametrize(
    ("order", "taken"),
    [
        (PurgeOrder(5, MOST), "abcd"),
        (PurgeOrder(5, 2), "ab"),
        (PurgeOrder(5, MOST, user_id=ADA), "ac"),
        (PurgeOrder(5, MOST, contains="STRASSE"), "bc"),
        (PurgeOrder(5, MOST, bots_only=True), "d"),
        (PurgeOrder(5, MOST, user_id=ADA, contains="straße"), "c"),
        (PurgeOrder(5, MOST, user_id=ADA, bots_only=True), ""),
        (PurgeOrder(5, 1, user_id=ADA, contains="strasse"), "c"),
    ],
)
def test_a_purge_takes_what_all_its_filters_name_and_the_newest_first(order: PurgeOrder, taken: str) -> None:
    messages = {
        "a": written(ADA, "hello"),
        "b": written(MATEO, "Straße"),
        "c": written(ADA, "in der strasse"),
        "d": written(3, "beep", bot=True),
    }
    assert pick(order, messages.values(), NOW) == [messages[each].message_id for each in taken]


def test_messages_of_two_weeks_are_left_because_discord_takes_none_with_them() -> None:
    new, last, old = written(age=1), written(age=14 * 24 - 2), written(age=14 * 24 - 0.5)
    assert pick(PurgeOrder(5, MOST), [new, last, old], NOW) == [new.message_id, last.message_id]
    assert [is_too_old(each.message_id, NOW) for each in (new, last, old)] == [False, False, True]
