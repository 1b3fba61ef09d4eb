"""Messages of the bot's: said once, to whom they should be, and changed."""

import json
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from app.discord.port import (
    NOBODY,
    AllowedMentions,
    DiscordForbiddenError,
    DiscordNotFoundError,
    DiscordOutcomeUnknownError,
    OutgoingFile,
    OutgoingMessage,
)
from app.discord.reply import Kind, Reply
from app.discord.rest import HikariDiscord
from app.settings import Settings
from simulator.state import seed
from tests.edges.discord.simulated import Simulated
from tests.edges.simulator.recording_bot import RecordingBot

pytestmark = pytest.mark.anyio

WARNING = Reply(Kind.DONE, "Warned", ("@everyone look at <@544397697248657425>",))


class TestSendMessage:
    async def test_says_text_and_embed_and_pings_nobody(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        embed = {"title": "Case 7", "timestamp": "2026-11-25T10:00:00+00:00", "footer": {"text": "case:7"}}
        text = f"@everyone <@{seed.ADA}> <@&{seed.HELPER}>"
        sent = await discord.send_message(seed.GENERAL, OutgoingMessage(NOBODY, text, embed), nonce="a")
        said = (await simulated.messages(seed.GENERAL))[-1]
        assert (int(said["id"]), said["content"], said["embeds"][0]["title"]) == (sent, text, "Case 7")
        assert said["mentions"] == {"users": [], "roles": [], "everyone": False}
        (found,) = await discord.recent_messages(seed.GENERAL, limit=1)
        assert (found.message_id, found.is_bot, found.footer) == (sent, True, "case:7")

    async def test_pings_who_is_named_and_nobody_else(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        text = f"@everyone <@{seed.ADA}> <@{seed.DIEGO}> <@&{seed.HELPER}> <@&{seed.MODERATOR}>"
        mentions = AllowedMentions([seed.ADA], [seed.HELPER])
        await discord.send_message(seed.GENERAL, OutgoingMessage(mentions, text), nonce="a")
        said = (await simulated.messages(seed.GENERAL))[-1]
        assert said["mentions"] == {
            "users": [str(seed.ADA)],
            "roles": [str(seed.HELPER)],
            "everyone": False,
        }

    async def test_can_be_made_of_components(self, discord: HikariDiscord, simulated: Simulated) -> None:
        outgoing = OutgoingMessage(NOBODY, components=[{"type": 10, "content": "# Case 7"}])
        await discord.send_message(seed.GENERAL, outgoing, nonce="a")
        assert (await simulated.messages(seed.GENERAL))[-1]["text"] == "# Case 7"

    async def test_can_have_buttons_below_an_embed_until_an_edit_without_them(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        button = {"type": 2, "style": 2, "label": "Press", "custom_id": "press"}
        embed, rows = {"title": "Report 3"}, [{"type": 1, "components": [button]}]
        outgoing = OutgoingMessage(NOBODY, embed=embed, rows=rows)
        sent = await discord.send_message(seed.GENERAL, outgoing, nonce="a")
        said = (await simulated.messages(seed.GENERAL))[-1]
        assert said["embeds"][0]["title"] == "Report 3"
        assert [each["custom_id"] for each in said["components"][0]["components"]] == ["press"]
        await discord.edit_message(seed.GENERAL, sent, OutgoingMessage(NOBODY, embed=embed))
        said = (await simulated.messages(seed.GENERAL))[-1]
        assert (said["embeds"][0]["title"], said["components"]) == ("Report 3", [])

    async def test_with_the_same_nonce_is_the_same_message(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        before = len(await simulated.messages(seed.GENERAL))
        sent = [
            await discord.send_message(seed.GENERAL, OutgoingMessage(NOBODY, "Once"), nonce=nonce)
            for nonce in ("1z", "1z", "20")
        ]
        assert sent[0] == sent[1] != sent[2]
        assert len(await simulated.messages(seed.GENERAL)) == before + 2

    async def test_whose_answer_was_lost_is_sent_once_in_two_tries(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        before = len(await simulated.messages(seed.GENERAL))
        await simulated.plan("lost_answer", method="POST", times=1)
        outgoing = OutgoingMessage(NOBODY, "Once")
        with pytest.raises(DiscordOutcomeUnknownError):
            await discord.send_message(seed.GENERAL, outgoing, nonce="1z")
        sent = await discord.send_message(seed.GENERAL, outgoing, nonce="1z")
        said = await simulated.messages(seed.GENERAL)
        assert len(said) == before + 1
        assert int(said[-1]["id"]) == sent


class TestDirectMessages:
    async def test_go_to_one_channel(self, discord: HikariDiscord, simulated: Simulated) -> None:
        channel_id = await discord.open_dm(seed.ADA)
        assert await discord.open_dm(seed.ADA) == channel_id
        await discord.send_message(channel_id, OutgoingMessage(NOBODY, "Hello"), nonce="a")
        assert [each["content"] for each in await simulated.messages(channel_id)] == ["Hello"]

    async def test_to_who_takes_none_are_forbidden(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        await simulated.do("people", user_id=str(seed.ADA), accepts_dms=False)
        channel_id = await discord.open_dm(seed.ADA)
        with pytest.raises(DiscordForbiddenError) as refused:
            await discord.send_message(channel_id, OutgoingMessage(NOBODY, "Hello"), nonce="a")
        assert refused.value.number == 50007


class TestEditMessage:
    async def test_leaves_nothing_of_what_was_said_before(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        sent = await discord.send_message(
            seed.GENERAL, OutgoingMessage(NOBODY, "Before", {"title": "Case 7"}), nonce="a"
        )
        await discord.edit_message(seed.GENERAL, sent, OutgoingMessage(NOBODY, "@everyone after"))
        said = (await simulated.messages(seed.GENERAL))[-1]
        assert (int(said["id"]), said["content"], said["embeds"]) == (sent, "@everyone after", [])
        assert not said["mentions"]["everyone"]

    async def test_of_one_that_is_gone_is_not_found(self, discord: HikariDiscord) -> None:
        with pytest.raises(DiscordNotFoundError) as refused:
            await discord.edit_message(seed.GENERAL, 4242, OutgoingMessage(NOBODY, "After"))
        assert refused.value.number == 10008


class TestEditReply:
    async def test_has_the_first_answer_say_something_else(
        self, discord: HikariDiscord, simulated: Simulated, settings: Settings, bot: RecordingBot
    ) -> None:
        await simulated.register({"name": "try", "description": "Try."}, settings)
        bot.answer = Reply(Kind.INFO, "Working on it", (), ephemeral=True).callback()
        shown = await simulated.do(
            "commands",
            guild_id=str(seed.GUILD_ID),
            channel_id=str(seed.GENERAL),
            user_id=str(seed.ADA),
            name="try",
        )
        assert shown["problem"] is None
        await discord.edit_reply(SecretStr(json.loads(bot.received[-1].body)["token"]), WARNING)
        said = next(
            each for each in await simulated.messages(seed.GENERAL) if each["id"] == shown["message"]["id"]
        )
        assert "Warned" in said["text"]
        assert "Working on it" not in said["text"]
        assert said["mentions"] == {"users": [], "roles": [], "everyone": False}
        assert said["visible_to"] == str(seed.ADA)

    async def test_whose_token_is_over_is_gone_and_the_bot_goes_on(
        self, discord: HikariDiscord, settings: Settings
    ) -> None:
        """Discord answers 401, as for a bot's token that is wrong."""
        with pytest.raises(DiscordNotFoundError) as refused:
            await discord.edit_reply(SecretStr("secret-of-an-interaction"), WARNING)
        assert refused.value.number == 50027
        assert await discord.bot_id() == settings.discord_application_id


class TestFiles:
    FILE = OutgoingFile("proof.png", b"\x89PNG\x00\r\n--boundary\xff", "image/png")

    async def test_goes_with_a_message_and_stays_when_that_is_edited(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        sent = await discord.send_message(
            seed.GENERAL, OutgoingMessage(NOBODY, embed={"title": "Case 7"}, file=self.FILE), nonce="a"
        )
        await discord.edit_message(
            seed.GENERAL, sent, OutgoingMessage(NOBODY, embed={"title": "Case 7, over"})
        )
        (found,) = await discord.recent_messages(seed.GENERAL, limit=1)
        ((name, size, url),) = [(each.name, each.size, each.url) for each in found.files]
        assert (found.message_id, name, size) == (sent, self.FILE.name, len(self.FILE.content))
        served = await simulated.client.get(urlsplit(url).path)
        assert (served.content, served.headers["content-type"]) == (self.FILE.content, "image/png")
        assert (await simulated.messages(seed.GENERAL))[-1]["embeds"][0]["title"] == "Case 7, over"

    async def test_whose_answer_was_lost_is_there_once(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        await simulated.plan("lost_answer", method="POST", times=1)
        outgoing = OutgoingMessage(NOBODY, "Once", file=self.FILE)
        with pytest.raises(DiscordOutcomeUnknownError):
            await discord.send_message(seed.GENERAL, outgoing, nonce="1z")
        sent = await discord.send_message(seed.GENERAL, outgoing, nonce="1z")
        found = await discord.recent_messages(seed.GENERAL, limit=2)
        assert [(each.message_id == sent, len(each.files)) for each in found] == [(True, 1), (False, 0)]
