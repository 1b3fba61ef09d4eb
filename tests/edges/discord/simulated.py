"""The simulator by its control API: what came of a call, what was asked, and what is to go wrong."""

from dataclasses import dataclass
from typing import Any

import httpx2

from app.settings import Settings
from simulator.state import seed


@dataclass(frozen=True, slots=True)
class Simulated:
    client: httpx2.AsyncClient

    async def do(self, path: str, **body: Any) -> dict[str, Any]:
        response = await self.client.post(f"/_sim/{path}", json=body)
        assert response.status_code < 300, response.text
        return dict(response.json())

    async def plan(self, kind: str, **fault: Any) -> None:
        """Let calls go wrong."""
        await self.do("faults", kind=kind, **fault)

    async def state(self) -> dict[str, Any]:
        return dict((await self.client.get("/_sim/state")).json())

    async def guild(self) -> dict[str, Any]:
        return next(each for each in (await self.state())["guilds"] if each["id"] == str(seed.GUILD_ID))

    async def person(self, user_id: int) -> dict[str, Any] | None:
        """Tell of a member; None if they are none."""
        for each in (await self.state())["people"]:
            if each["id"] == str(user_id) and each["guild_id"] == str(seed.GUILD_ID):
                return dict(each)
        return None

    async def banned(self) -> set[int]:
        return {int(each["user_id"]) for each in (await self.guild())["bans"]}

    async def audited(self) -> tuple[str, str | None]:
        """Tell what was done last in the guild, and why."""
        entries = (await self.guild())["audit_log"]
        newest = max(entries, key=lambda each: int(each["id"]))
        return newest["action_name"], newest["reason"]

    async def messages(self, channel_id: int) -> list[dict[str, Any]]:
        return [each for each in (await self.state())["messages"] if each["channel_id"] == str(channel_id)]

    async def asked(self) -> list[dict[str, Any]]:
        """Tell what was asked of Discord's API so far."""
        return list((await self.client.get("/_sim/log", params={"limit": 500})).json()["entries"])

    async def register(self, command: dict[str, Any], settings: Settings) -> None:
        """Register one command of the guild."""
        assert settings.discord_bot_token is not None
        response = await self.client.put(
            f"/api/v10/applications/{settings.discord_application_id}/guilds/{seed.GUILD_ID}/commands",
            json=[command],
            headers={"Authorization": f"Bot {settings.discord_bot_token.get_secret_value()}"},
        )
        assert response.status_code == 200, response.text
