"""What is taken from a gateway event: its name and its ids, nothing that a person wrote."""

from dataclasses import asdict
from typing import Any

import pytest

from moderation_listener.translate import GuildNews, Heard, guild_news, heard

MESSAGE = {
    "id": "30",
    "channel_id": "20",
    "guild_id": "10",
    "author": {"id": "40", "username": "canary"},
    "member": {"nick": "canary"},
    "content": "canary",
    "embeds": [{"title": "canary"}],
}


class TestHeard:
    def test_of_a_message_are_four_ids(self) -> None:
        assert heard("MESSAGE_CREATE", MESSAGE) == Heard("MESSAGE_CREATE", 10, 20, 30, 40)

    def test_is_nothing_that_somebody_wrote(self) -> None:
        assert "canary" not in str(asdict(heard("MESSAGE_CREATE", MESSAGE)))

    @pytest.mark.parametrize(
        ("event", "payload", "ids"),
        [
            ("GUILD_CREATE", {"id": "10", "name": "canary"}, {"guild_id": 10}),
            ("GUILD_DELETE", {"id": "10", "unavailable": True}, {"guild_id": 10}),
            ("CHANNEL_UPDATE", {"id": "20", "guild_id": "10"}, {"guild_id": 10, "channel_id": 20}),
            ("THREAD_CREATE", {"id": "21", "guild_id": "10"}, {"guild_id": 10, "channel_id": 21}),
            ("MESSAGE_DELETE", {"id": "30", "channel_id": "20"}, {"channel_id": 20, "message_id": 30}),
            ("GUILD_MEMBER_ADD", {"guild_id": "10", "user": {"id": "40"}}, {"guild_id": 10, "user_id": 40}),
            ("TYPING_START", {"channel_id": "20", "user_id": "40"}, {"channel_id": 20, "user_id": 40}),
            ("INTEGRATION_CREATE", {"id": "77", "guild_id": "10"}, {"guild_id": 10}),
            ("READY", {"user": {"id": "40"}, "session_id": "canary"}, {"user_id": 40}),
            ("RESUMED", {}, {}),
        ],
    )
    def test_an_id_is_what_the_event_says_it_is(
        self, event: str, payload: dict[str, Any], ids: dict[str, int]
    ) -> None:
        assert heard(event, payload) == Heard(event, **ids)

    @pytest.mark.parametrize("odd", [None, 10, "canary", "-1", "", ["10"], {"id": "10"}])
    def test_what_is_no_id_is_left_out(self, odd: object) -> None:
        assert (
            heard("MESSAGE_CREATE", {"id": odd, "guild_id": odd, "author": odd or "canary"}).guild_id is None
        )

    def test_an_event_nobody_knows_yet_is_heard_too(self) -> None:
        assert heard("CAKE_SERVED", {"id": "1", "guild_id": "10"}) == Heard("CAKE_SERVED", 10)


class TestGuildNews:
    @pytest.mark.parametrize("more", [{}, {"unavailable": False}], ids=["joined", "there at the start"])
    def test_a_guild_that_is_there_is_installed(self, more: dict[str, Any]) -> None:
        assert guild_news("GUILD_CREATE", {"id": "10"} | more) == GuildNews(10, installed=True)

    def test_a_guild_that_is_gone_is_not(self) -> None:
        assert guild_news("GUILD_DELETE", {"id": "10"}) == GuildNews(10, installed=False)

    @pytest.mark.parametrize("event", ["GUILD_CREATE", "GUILD_DELETE"])
    def test_an_outage_is_no_news(self, event: str) -> None:
        assert guild_news(event, {"id": "10", "unavailable": True}) is None

    def test_nothing_else_is(self) -> None:
        assert guild_news("GUILD_UPDATE", {"id": "10"}) is None
        assert guild_news("GUILD_DELETE", {}) is None
