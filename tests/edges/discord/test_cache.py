"""What a process remembers of guilds, and for how long."""

import pytest

from app.discord.cache import SECONDS, Places
from app.discord.ranks import rank_of_role
from app.discord.rest import HikariDiscord
from simulator.state import seed
from tests.edges.discord.simulated import Simulated

pytestmark = pytest.mark.anyio


class TestPlaces:
    async def test_ask_once_for_a_guild_until_it_is_dropped(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        places = Places(discord)
        place = await places.find(seed.GUILD_ID)
        assert place is not None
        assert place.bot == rank_of_role(place.guild.roles[seed.BOT])
        asked = len(await simulated.asked())
        assert await places.find(seed.GUILD_ID) is place
        assert len(await simulated.asked()) == asked
        places.drop(seed.GUILD_ID)
        assert await places.find(seed.GUILD_ID) is not place
        assert len(await simulated.asked()) > asked

    async def test_ask_again_after_half_a_minute(
        self, discord: HikariDiscord, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [0.0]
        monkeypatch.setattr("app.discord.cache.monotonic", lambda: now[0])
        places = Places(discord)
        place = await places.find(seed.GUILD_ID)
        now[0] = SECONDS - 1
        assert await places.find(seed.GUILD_ID) is place
        now[0] = SECONDS
        assert await places.find(seed.GUILD_ID) is not place

    async def test_do_not_remember_that_a_guild_was_not_there(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        places = Places(discord)
        assert await places.find(seed.TERRARIUM_ID) is None
        await simulated.do(f"guilds/{seed.TERRARIUM_ID}/bot", action="add")
        assert await places.find(seed.TERRARIUM_ID) is not None
