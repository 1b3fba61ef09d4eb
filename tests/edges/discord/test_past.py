"""Messages of the past and the channels they are in, asked of the simulator over HTTP."""

import pytest

from app.discord.port import DiscordChannel, DiscordForbiddenError, DiscordNotFoundError
from app.discord.rest import HikariDiscord
from simulator.state import seed
from tests.edges.discord.simulated import Simulated

pytestmark = pytest.mark.anyio


class TestMessagesBefore:
    async def test_are_the_next_older_ones_as_discord_writes_them(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        ids = [int(each["id"]) for each in await simulated.messages(seed.GENERAL) if not each["visible_to"]]
        found = await discord.messages_before(seed.GENERAL, ids[-1], limit=3)
        assert [int(each["id"]) for each in found] == ids[-4:-1][::-1]
        assert {"author", "content", "mentions", "edited_timestamp", "type"} <= found[0].keys()
        assert await discord.messages_before(seed.GENERAL, ids[0]) == []

    async def test_of_a_channel_that_is_not_there_are_refused(self, discord: HikariDiscord) -> None:
        with pytest.raises((DiscordNotFoundError, DiscordForbiddenError)):
            await discord.messages_before(4242, 4242)


class TestFindChannel:
    async def test_tells_its_guild_and_no_category_as_a_parent(self, discord: HikariDiscord) -> None:
        assert await discord.find_channel(seed.STAFF) == DiscordChannel(seed.STAFF, seed.GUILD_ID, None)
        assert await discord.find_channel(4242) is None
