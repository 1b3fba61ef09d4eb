"""What is read again, and of what it makes the events that the gateway would have told."""

from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.automod.compiled import compile_rules
from app.automod.rule import Rule
from app.discord.permissions import Permission
from app.ids import first_snowflake, new_id
from moderation_listener.missed import as_told, channels_of, to_read
from tests.support.ruling import RAID, rule

GUILD, BOT, READERS, CHANNEL, HIDDEN, THREAD, VOICE, EMPTY = (10**17 + each for each in range(8))
NOW = clock.now()
READS = str(int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY))


def channel(channel_id: int, ago: float | None = 5, **more: Any) -> dict[str, Any]:
    last = None if ago is None else str(first_snowflake(NOW - timedelta(seconds=ago)))
    return {"id": str(channel_id), "type": 0, "last_message_id": last, "permission_overwrites": []} | more


def guild(everyone: str = READS, **more: Any) -> dict[str, Any]:
    hidden = [{"id": str(GUILD), "type": 0, "allow": "0", "deny": READS}]
    return {
        "id": str(GUILD),
        "owner_id": "1",
        "roles": [
            {"id": str(GUILD), "permissions": everyone},
            {"id": str(READERS), "permissions": READS},
        ],
        "members": [{"user": {"id": str(BOT)}, "roles": []}],
        "channels": [
            channel(CHANNEL),
            channel(HIDDEN, permission_overwrites=hidden),
            channel(VOICE, type=4),
            channel(EMPTY, None),
        ],
        "threads": [
            channel(THREAD, type=11, parent_id=str(HIDDEN)),
            channel(THREAD + 100, type=11, parent_id=str(CHANNEL)),
        ],
    } | more


def ids(payload: dict[str, Any]) -> list[tuple[int, int | None]]:
    return [(each.channel_id, each.parent_id) for each in channels_of(payload, BOT, NOW)]


class TestChannels:
    def test_are_those_with_messages_that_the_bot_can_read_and_their_threads(self) -> None:
        assert ids(guild()) == [(CHANNEL, None), (THREAD + 100, CHANNEL)]
        assert ids(guild("0")) == []
        reader = [{"user": {"id": str(BOT)}, "roles": [str(READERS)]}]
        assert ids(guild("0", members=reader))[0] == (CHANNEL, None)

    def test_are_all_while_nobody_knows_what_the_bot_may(self) -> None:
        assert len(ids(guild(members=[]))) == 4
        assert ids(guild(owner_id=None)) == []

    def test_are_read_if_something_was_written_there_that_a_rule_may_be_for(self) -> None:
        def read(since: datetime, *rules: Rule) -> list[int]:
            ready = compile_rules([(new_id(), each) for each in rules])
            return [each.channel_id for each in to_read(channels_of(guild(), BOT, NOW), ready, since)]

        lately, now = NOW - timedelta(seconds=9), NOW
        only = rule(conditions={"channels_only": [str(CHANNEL)]})
        elsewhere = rule(conditions={"channels_only": [str(HIDDEN)]})
        but = rule(conditions={"channels_except": [str(THREAD + 100)]})
        assert read(lately, rule()) == read(lately, only) == [CHANNEL, THREAD + 100]
        assert read(now, rule()) == read(lately, elsewhere) == []
        assert read(lately, but) == [CHANNEL]
        assert read(lately, elsewhere, but) == [CHANNEL]
        assert read(lately, rule(trigger=RAID, actions=[{"type": "alert", "channel_id": None}])) == []


class TestAMessage:
    def test_is_told_as_new_as_changed_as_both_or_not_at_all(self) -> None:
        def told(written: float, edited: float | None) -> list[str]:
            edited_at = None if edited is None else (NOW - timedelta(seconds=edited)).isoformat()
            message = {
                "id": str(first_snowflake(NOW - timedelta(seconds=written))),
                "edited_timestamp": edited_at,
            }
            found = list(as_told(message, GUILD, {"roles": []}, NOW - timedelta(seconds=10)))
            assert all(
                each["guild_id"] == str(GUILD) and each["member"] == {"roles": []} for _, each in found
            )
            return [event for event, _ in found]

        assert told(5, None) == ["MESSAGE_CREATE"]
        assert told(15, 5) == ["MESSAGE_UPDATE"]
        assert told(5, 4) == ["MESSAGE_CREATE", "MESSAGE_UPDATE"]
        assert told(15, 12) == told(15, None) == []
