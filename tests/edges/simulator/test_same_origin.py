"""Other sites that a developer has open cannot play people here."""

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from simulator.config import SimulatorConfig
from simulator.main import create_app
from simulator.state import seed
from tests.edges.simulator.simulators import simulator_of
from tests.support.processes import serving

pytestmark = pytest.mark.anyio

BAN = {
    "guild_id": str(seed.GUILD_ID),
    "moderator_id": str(seed.PRIYA),
    "user_id": str(seed.ADA),
    "action": "ban",
}


class TestControlApi:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://simulator:8000"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Host": "rebound.evil.example"},
            {"Host": "rebound.evil.example", "Origin": "http://rebound.evil.example"},
        ],
        ids=str,
    )
    async def test_is_shut_to_other_sites_and_to_names_that_lead_here(
        self, simulator: httpx2.AsyncClient, headers: dict[str, str]
    ) -> None:
        answer = await simulator.post("/_sim/moderation", json=BAN, headers=headers)
        assert answer.status_code == 403
        assert "Another site" in answer.json()["error"]
        assert (await simulator.get("/_sim/state", headers=headers)).status_code == 403
        people = (await simulator.get("/_sim/state")).json()["people"]
        assert str(seed.ADA) in {each["id"] for each in people}

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Origin": "http://simulator"},
            {"Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "none"},
            {"Host": "127.0.0.1:8100", "Origin": "http://127.0.0.1:8100"},
            {"Host": "[::1]:8100"},
            {"Host": "discord.localhost:8100"},
        ],
        ids=str,
    )
    async def test_is_open_to_programs_and_to_its_own_page(
        self, simulator: httpx2.AsyncClient, headers: dict[str, str]
    ) -> None:
        assert (await simulator.get("/_sim/clock", headers=headers)).status_code == 200

    async def test_is_open_under_the_public_address(self) -> None:
        public = "https://discord.example.org"
        async with simulator_of(SimulatorConfig(public_url=public), base_url=public) as made:
            assert (await made.client.get("/_sim/clock")).status_code == 200

    async def test_the_live_socket_is_shut_as_well(self, config: SimulatorConfig) -> None:
        async with serving(create_app(config)) as address:
            url = f"{address.replace('http', 'ws', 1)}/_sim/live?user_id={seed.ADA}"
            with pytest.raises(InvalidStatus) as refused:
                async with connect(url, origin="https://evil.example"):  # type: ignore[arg-type] # any string is sent
                    pass
            assert refused.value.response.status_code == 403
            async with connect(url) as socket:
                assert "hello" in str(await socket.recv())


class TestTheRest:
    async def test_the_rest_api_asks_for_a_token_and_not_for_an_origin(
        self, rest: httpx2.AsyncClient
    ) -> None:
        answer = await rest.get("/api/v10/users/@me", headers={"Origin": "https://anywhere.example"})
        assert answer.status_code == 200
