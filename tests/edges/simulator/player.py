"""Somebody who plays with the bot through the control API, and the bot's own calls meanwhile."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import httpx2

from simulator.config import DEMO_APPLICATION_ID
from simulator.state import seed
from tests.edges.simulator.recording_bot import RecordingBot

HERE: dict[str, Any] = {
    "guild_id": str(seed.GUILD_ID),
    "channel_id": str(seed.GENERAL),
    "user_id": str(seed.ADA),
}

FILE = {"filename": "notes.txt", "content": "aGVsbG8=", "content_type": "text/plain"}


def button(custom_id: str, **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": custom_id.title(), "custom_id": custom_id, **more}


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def label(component: dict[str, Any], text: str = "Label") -> dict[str, Any]:
    return {"type": 18, "label": text, "component": component}


def modal(*components: dict[str, Any], custom_id: str = "form") -> dict[str, Any]:
    return {"type": 9, "data": {"title": "A form", "custom_id": custom_id, "components": list(components)}}


def text_input(custom_id: str = "words", **more: Any) -> dict[str, Any]:
    return {"type": 4, "style": 1, "custom_id": custom_id, **more}


@dataclass
class Player:
    """`client` reaches the simulator, `bot` is behind it."""

    client: httpx2.AsyncClient
    bot: RecordingBot

    async def ask(self, path: str, status: int = 200, **body: Any) -> dict[str, Any]:
        response = await self.client.post(f"/_sim/{path}", json=body)
        assert response.status_code == status, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def command(self, name: str = "try", status: int = 200, **body: Any) -> dict[str, Any]:
        return await self.ask("commands", status, **{**HERE, "name": name, **body})

    async def press(self, message: dict[str, Any], custom_id: str, status: int = 200, **body: Any) -> Any:
        return await self.ask("components", status, message_id=message["id"], custom_id=custom_id, **body)

    async def submit(self, fields: dict[str, Any], status: int = 200, **body: Any) -> dict[str, Any]:
        return await self.ask("modals", status, **{"custom_id": "form", "fields": fields, **body})

    async def shown(self, *rows: dict[str, Any], **data: Any) -> dict[str, Any]:
        """Give a message of the bot's with these rows."""
        self.bot.answer = {"type": 4, "data": {"content": "Choose.", "components": list(rows), **data}}
        message: dict[str, Any] = (await self.command())["message"]
        assert message["status"] == "shown", message["problem"]
        return message

    async def open(self, *components: dict[str, Any]) -> dict[str, Any]:
        """Give a modal that the bot opened with these components."""
        self.bot.answer = modal(*components)
        outcome = await self.command()
        assert outcome["problem"] is None
        opened: dict[str, Any] = outcome["modal"]
        return opened

    def payload(self) -> dict[str, Any]:
        """Tell what the bot got last."""
        payload: dict[str, Any] = json.loads(self.bot.received[-1].body)
        return payload

    async def register(self, *commands: dict[str, Any], guild: bool = True) -> list[dict[str, Any]]:
        where = f"/guilds/{seed.GUILD_ID}" if guild else ""
        path = f"/api/v10/applications/{DEMO_APPLICATION_ID}{where}/commands"
        headers = {"Authorization": "Bot the-token"}
        response = await self.client.put(path, json=list(commands), headers=headers)
        assert response.status_code == 200, response.text
        registered: list[dict[str, Any]] = response.json()
        return registered

    async def direct(self, user_id: int = seed.ADA) -> dict[str, Any]:
        """Open somebody's direct messages with the bot, as the bot."""
        answer = await self.ask("dms", user_id=str(user_id))
        return {"channel_id": answer["channel_id"], "user_id": str(user_id)}

    async def state(self) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.client.get("/_sim/state")).json()
        return answer

    async def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.state())["messages"]
        return found

    async def meanwhile(
        self, doing: Coroutine[Any, Any, dict[str, Any]], act: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> dict[str, Any]:
        """Do something, and let the bot act as soon as it has got the interaction. Gives what came of it."""
        before = len(self.bot.received)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(doing)
            while len(self.bot.received) == before:  # noqa: ASYNC110 - the bot keeps a list, no event
                await asyncio.sleep(0.001)
            await act(self.payload())
        return task.result()

    def hook(self) -> "Hook":
        """Give the webhook of what the bot got last."""
        return Hook(self.client, self.payload()["token"])

    async def callback(self, payload: dict[str, Any], answer: object, query: str = "") -> httpx2.Response:
        path = f"/api/v10/interactions/{payload['id']}/{payload['token']}/callback{query}"
        return await self.client.post(path, json=answer)


@dataclass
class Hook:
    """An interaction's webhook, as the bot uses it."""

    client: httpx2.AsyncClient
    token: str
    application_id: int = DEMO_APPLICATION_ID

    @property
    def path(self) -> str:
        return f"/api/v10/webhooks/{self.application_id}/{self.token}"

    async def follow(self, **data: Any) -> httpx2.Response:
        return await self.client.post(self.path, json=data)

    async def edit(self, message: str = "@original", **data: Any) -> httpx2.Response:
        return await self.client.patch(f"{self.path}/messages/{message}", json=data)

    async def show(self, message: str = "@original") -> httpx2.Response:
        return await self.client.get(f"{self.path}/messages/{message}")

    async def delete(self, message: str = "@original") -> httpx2.Response:
        return await self.client.delete(f"{self.path}/messages/{message}")


def code(response: httpx2.Response) -> tuple[int, int]:
    """Tell how Discord said no."""
    return response.status_code, response.json()["code"]
