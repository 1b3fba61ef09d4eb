"""A member whose Discord speaks German is answered in German, from the command list to the form."""

from typing import Any

import httpx2
import pytest

from tests.oracles.discord_schema import assert_callback

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]


class Stage:
    """The first guild of the simulator, and two of its people; the first one's Discord speaks German."""

    def __init__(self, client: httpx2.AsyncClient, state: dict[str, Any]) -> None:
        self.client = client
        self.commands: list[dict[str, Any]] = state["commands"]
        self.guild = state["guilds"][0]
        people = [person for person in state["people"] if not person["bot"]]
        self.ada, self.bob = people[8]["id"], people[9]["id"]

    async def do(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.client.post(f"/_sim/{path}", json={"user_id": self.ada, **body})
        assert answer.status_code == 200, answer.text
        seen: dict[str, Any] = answer.json()
        assert_callback(seen["response"])
        return seen

    async def use(self, path: str, name: str, locale: str = "de", **body: Any) -> dict[str, Any]:
        where = {"guild_id": self.guild["id"], "channel_id": self.guild["channels"][0]["id"]}
        return await self.do(path, **where, name=name, locale=locale, **body)

    async def reads(self, name: str, locale: str = "de", **options: Any) -> str:
        """Have Ada use a command and give what she reads."""
        seen = await self.use("commands", name, locale, options=options)
        return str(seen["message"]["text"])


@pytest.fixture
async def stage(simulator: httpx2.AsyncClient) -> Stage:
    return Stage(simulator, (await simulator.get("/_sim/state")).json())


async def test_sending_bytes_reads_german(stage: Stage) -> None:
    said = await stage.reads("bytes send", user=stage.bob, amount=2, reason="das Review")
    assert "Bytes gesendet" in said
    assert "hat **2 Bytes** an <@" in said
    assert "Wofür: das Review" in said


async def test_a_refusal_names_the_permission_as_german_clients_do(stage: Stage) -> None:
    said = await stage.reads("treasury grant", user=stage.bob, amount=1, reason="x")
    assert "Nicht erlaubt" in said
    assert "„Server verwalten“" in said
    assert "Nichts wurde ausgeführt." in said


async def test_a_form_asks_and_answers_in_german(stage: Stage) -> None:
    opened = (await stage.use("context-menus", "Send bytes", target_id=stage.bob))["modal"]
    assert opened["title"] == "Bytes senden"
    fields = {"user": [stage.bob], "amount": "1.000", "reason": ""}
    seen = await stage.do("modals", custom_id=opened["custom_id"], fields=fields)
    assert " Bytes, nicht 1.000 Bytes. Nichts wurde gesendet." in seen["message"]["text"]


async def test_discord_shows_the_commands_described_in_german_under_the_same_names(stage: Stage) -> None:
    described = {each["name"]: each for each in stage.commands}
    assert described["bytes"]["description_localizations"]["de"].startswith("Deine Bytes")
    assert described["Send bytes"]["name_localizations"] == {"de": "Bytes senden"}


async def test_a_language_without_a_catalogue_reads_english(stage: Stage) -> None:
    assert "Leaderboard" in await stage.reads("bytes leaderboard", locale="ja")
    assert "Rangliste" in await stage.reads("bytes leaderboard")
