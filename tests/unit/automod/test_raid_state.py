"""What Discord is asked to pause, what somebody else has paused, and which channels are slowed."""

from datetime import UTC, datetime, timedelta

import pytest

from app.automod.raids.mode import MOST_CHANNELS, choose
from app.automod.raids.state import Paused, due_pauses, is_longer
from app.discord.permissions import Permission
from app.discord.port import DiscordGuild, DiscordRole, Pauses, SpokenChannel

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WRITES = int(Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES)


@pytest.mark.parametrize(
    ("wanted", "ours", "there", "due"),
    [
        (NOW + HOUR, None, None, NOW + HOUR),
        (NOW + HOUR, None, NOW + 2 * HOUR, NOW + 2 * HOUR),
        (NOW + HOUR, NOW + HOUR, NOW + HOUR, NOW + HOUR),
        (NOW + 30 * HOUR, None, None, NOW + 24 * HOUR),
        (None, NOW + HOUR, NOW + HOUR, None),
        (None, NOW + HOUR, NOW + 2 * HOUR, NOW + 2 * HOUR),
        (None, None, NOW + HOUR, NOW + HOUR),
        (NOW - HOUR, NOW + HOUR, None, None),
    ],
)
def test_only_what_is_ours_is_ended_and_what_lasts_longer_stays(
    wanted: datetime | None, ours: datetime | None, there: datetime | None, due: datetime | None
) -> None:
    paused = Paused(1, wanted, None, ours, None, 0, "x", None, is_refused=False, version=2, carried_version=1)
    assert due_pauses(paused, Pauses(there), NOW) == Pauses(due)


def test_a_pause_is_prolonged_only_by_a_minute_or_more() -> None:
    until = NOW + HOUR
    assert is_longer(until, None, NOW)
    assert not is_longer(until + timedelta(seconds=59), until, NOW)
    assert is_longer(until + timedelta(seconds=60), until, NOW)
    assert not is_longer(NOW, None, NOW)


def test_channels_are_slowed_in_which_everybody_writes_those_written_in_last_first() -> None:
    guild = DiscordGuild(1, "x", 2, {1: DiscordRole(1, "everyone", 0, WRITES, is_managed=False)})
    channels = [
        *(SpokenChannel(10 + n, n, 0, last_message_id=100 + n) for n in range(60)),
        SpokenChannel(90, 0, 0, deny=int(Permission.SEND_MESSAGES), last_message_id=999),
        SpokenChannel(91, 0, 30, last_message_id=999),
    ]
    chosen = [each.channel_id for each in choose(guild, channels)]
    assert len(chosen) == MOST_CHANNELS
    assert chosen[:2] == [69, 68]
    assert not {90, 91} & set(chosen)
