"""A worker's things: a database whose commits are real, and a simulated Discord with a guild of its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from app import clock
from app.bytes import service as bytes_service
from app.bytes import treasury as bytes_treasury
from app.bytes.domain import Member
from app.components.custom_id import CustomIds
from app.database.tx import Database
from app.discord.rest import connect_discord
from app.guilds.domain import Actor
from app.replies.service import TokenBox
from app.settings import Settings, load_settings
from app.worker.work import Work
from simulator.config import SimulatorConfig
from simulator.main import create_app
from tests.support.guilds import snowflake
from tests.support.processes import free_port, serving

NEEDED = 500


@dataclass
class World:
    """A Discord with one guild in which `role_id` can be earned, seen and changed through its control API."""

    client: httpx2.AsyncClient
    application_id: int
    token: str
    guild_id: int
    role_id: int
    owner_id: int

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bot {self.token}"} if path.startswith("/api") else {}
        answer = await self.client.request(method, path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def let_in(self, name: str = "adelaide") -> int:
        entry = {"guild_id": str(self.guild_id), "action": "join", "username": name, "account_age_days": 900}
        return int((await self.ask("POST", "/_sim/members", entry))["id"])

    async def make_role(self, name: str, permissions: int = 0) -> int:
        role = {"name": name, "permissions": str(permissions)}
        return int((await self.ask("POST", f"/api/v10/guilds/{self.guild_id}/roles", role))["id"])

    async def by_hand(self, user_id: int, action: str, role_id: int | None = None) -> None:
        change = {
            "guild_id": str(self.guild_id),
            "moderator_id": str(self.owner_id),
            "user_id": str(user_id),
            "role_id": str(role_id or self.role_id),
            "action": action,
        }
        await self.ask("POST", "/_sim/roles", change)

    async def invite_bot(self, permissions: int) -> None:
        """Have the owner invite the bot anew: its own role changes to these permissions."""
        asked: dict[str, str | int] = {"client_id": self.application_id, "scope": "bot"}
        asked["permissions"] = permissions
        chosen = {"user_id": self.owner_id, "guild_id": self.guild_id, "answer": "authorize"}
        answer = await self.client.post("/oauth2/authorize", params=asked, data=chosen)
        assert answer.is_success, answer.text

    async def guild(self) -> dict[str, Any]:
        state = await self.ask("GET", "/_sim/state")
        return dict(next(each for each in state["guilds"] if each["id"] == str(self.guild_id)))

    async def roles_of(self, user_id: int) -> set[int]:
        state = await self.ask("GET", "/_sim/state")
        for each in state["people"]:
            if each["guild_id"] == str(self.guild_id) and each["id"] == str(user_id):
                return set(map(int, each.get("roles") or ()))
        raise AssertionError(f"{user_id} is not there")

    async def calls(self, method: str) -> list[dict[str, Any]]:
        log = await self.ask("GET", "/_sim/log?limit=1000")
        return [each for each in log["entries"] if each["method"] == method and "/roles/" in each["path"]]


@pytest.fixture
async def simulated() -> AsyncIterator[tuple[str, SimulatorConfig]]:
    config = SimulatorConfig(talk=False)
    async with serving(create_app(config), free_port()) as address:
        yield address, config


@pytest.fixture
async def worker_settings(
    simulated: tuple[str, SimulatorConfig], database_url: str, redis_url: str
) -> Settings:
    address, config = simulated
    return load_settings(
        database_url=database_url,
        redis_url=redis_url,
        discord_application_id=config.application_id,
        discord_bot_token=config.bot_token,
        discord_api_url=f"{address}/api/v10",
        worker_port=free_port(),
    )


@pytest.fixture
async def world(simulated: tuple[str, SimulatorConfig], database: Database) -> AsyncIterator[World]:
    address, config = simulated
    async with httpx2.AsyncClient(base_url=address, timeout=10) as client:
        owner = (await client.get("/_sim/state")).json()["everybody"][0]["id"]
        found = {"name": "Guild", "owner_id": owner, "bot": True}
        guild = (await client.post("/_sim/guilds", json=found)).json()
        made = World(client, config.application_id, config.bot_token, int(guild["id"]), 0, int(owner))
        made.role_id = await made.make_role("Regular")
        await reward(database, made, {made.role_id: NEEDED})
        yield made


@pytest.fixture
async def work(worker_settings: Settings, database: Database) -> AsyncIterator[Work]:
    async with connect_discord(worker_settings) as discord:
        yield Work(database, discord, TokenBox(bytes(32)), CustomIds(b"a key of the tests"))


async def reward(database: Database, world: World, rewards: dict[int, int], **more: object) -> None:
    async with database.transaction() as tx:
        config, version = await bytes_service.load_config(tx, world.guild_id)
        changed = {"role_rewards": {str(role): needed for role, needed in rewards.items()}, **more}
        await bytes_service.save_config(
            tx, Actor.operator(world.guild_id), config.model_copy(update=changed), expected_version=version
        )


async def grant(database: Database, world: World, user_id: int, amount: int = NEEDED) -> Any:
    async with database.transaction() as tx:
        return await bytes_treasury.grant_bytes(
            tx,
            Actor.operator(world.guild_id),
            Member(user_id, "ada"),
            amount,
            reason="for help",
            idempotency_key=f"test:{snowflake(now=clock.now())}",
        )


async def undo(database: Database, world: World, receipt: Any) -> None:
    async with database.transaction() as tx:
        await bytes_treasury.undo_transaction(
            tx,
            Actor.operator(world.guild_id),
            receipt.transaction.id,
            force=False,
            idempotency_key=f"test:{snowflake(now=clock.now())}",
        )
