"""A guild with moderators, in a Discord of the test's own, and a worker that begins when the test says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from sqlalchemy import text

from app.database.tx import Database
from app.moderation import repository
from app.moderation.cases import Case
from app.settings import Settings
from app.worker_role import work
from tests.support.processes import free_port
from tests.support.town import Town

Person = dict[str, Any]
Shown = dict[str, Any]

LOG = "mod-log"


class Precinct(Town):
    """Who moderates whom, and what became of it."""

    def __init__(self, client: httpx2.AsyncClient, database: Database, settings: Settings) -> None:
        super().__init__(client, database)
        self._settings = settings
        self._joined = 0
        self._banned_before: set[str] = set()
        self.owner: Person = {}

    async def enter(self) -> "Precinct":
        await super().enter()
        self._banned_before = set(await super().bans())
        self.owner = await self.person("priya")
        return self

    async def bans(self) -> dict[str, str]:
        """Give who was banned since the test began, and why."""
        return {who: why for who, why in (await super().bans()).items() if who not in self._banned_before}

    async def post(self, path: str, /, **body: object) -> Shown:
        """Ask the simulator for something that it does."""
        answer = await self.client.post(f"/_sim/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Have a worker for the length of the block."""
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(work(self._settings.model_copy(update={"worker_port": free_port()}), stop))
            try:
                yield
            finally:
                stop.set()

    async def newcomer(self, *roles: str) -> Person:
        """Have somebody new join and be given roles."""
        self._joined += 1
        person = await self.join(f"newcomer{self._joined}")
        for role in roles:
            await self.role(person, role)
        return person

    async def role(self, person: Person, name: str, action: str = "add") -> None:
        """Have the owner give somebody a role, or take it."""
        role_id = next(each["id"] for each in self.guild["roles"] if each["name"] == name)
        await self.post(
            "roles",
            guild_id=self.guild["id"],
            moderator_id=self.owner["id"],
            user_id=person["id"],
            role_id=role_id,
            action=action,
        )

    async def leave(self, person: Person) -> None:
        await self.post("members", guild_id=self.guild["id"], action="leave", user_id=person["id"])

    async def by_hand(self, action: str, person: Person, **more: object) -> None:
        """Have the owner moderate somebody in Discord's own pages."""
        await self.post(
            "moderation",
            guild_id=self.guild["id"],
            moderator_id=self.owner["id"],
            user_id=person["id"],
            action=action,
            **more,
        )

    async def invite(self, permissions: int) -> None:
        """Have the owner invite the bot again, with other permissions."""
        application = (await self.state())["application"]["id"]
        wish = f"/oauth2/authorize?client_id={application}&scope=bot&permissions={permissions}"
        form = {"user_id": self.owner["id"], "answer": "authorize", "guild_id": self.guild["id"]}
        page = await self.client.post(wish, data=form)
        assert page.status_code == 200, page.text

    async def pick(self, who: Person, name: str, target_id: str) -> Shown:
        """Have somebody pick a command from a menu."""
        return await self.post(
            "context-menus",
            guild_id=self.guild["id"],
            channel_id=self.channel()["id"],
            user_id=who["id"],
            name=name,
            target_id=target_id,
        )

    async def fill_in(self, who: Person, opened: Shown, **fields: object) -> Shown:
        """Have somebody send off the form that was opened; what is not given stays as it stood there."""
        modal = opened["modal"]
        assert modal is not None, opened
        filled: dict[str, object] = {}
        for part in (each["component"] for each in modal["components"]):
            if part.get("value") is not None:
                filled[part["custom_id"]] = part["value"]
            if part.get("default_values"):
                filled[part["custom_id"]] = [each["id"] for each in part["default_values"]]
        return await self.post(
            "modals", custom_id=modal["custom_id"], fields=filled | fields, user_id=who["id"]
        )

    async def says(self, who: Person, content: str) -> str:
        """Have somebody write; gives the message's id."""
        written = await self.post(
            "messages", channel_id=self.channel()["id"], user_id=who["id"], content=content
        )
        return str(written["id"])

    async def now_of(self, who: Person) -> Person | None:
        """Give a member as they are now, None if they are not there."""
        people = (await self.state())["people"]
        here = (each for each in people if each["guild_id"] == self.guild["id"])
        return next((each for each in here if each["id"] == who["id"]), None)

    async def cases(self) -> list[Case]:
        """Give every case of the guild, the oldest first."""
        async with self.database.transaction() as tx:
            rows = await tx.execute(
                text("SELECT number FROM moderation_cases WHERE guild_id = :id ORDER BY number"),
                {"id": self.guild_id},
            )
            found = [await repository.find_case(tx, self.guild_id, each) for each in rows.scalars().all()]
        return [case for case in found if case is not None]

    async def how_many(self) -> int:
        """Count the guild's cases."""
        async with self.database.transaction() as tx:
            rows = await tx.execute(
                text("SELECT count(*) FROM moderation_cases WHERE guild_id = :id"), {"id": self.guild_id}
            )
            return int(rows.scalar_one())

    async def latest(self, who: Person) -> Case:
        """Give the newest case about somebody."""
        return next(case for case in reversed(await self.cases()) if case.user_id == int(who["id"]))

    async def until_quiet(self) -> None:
        """Wait until nothing is queued; what is held would wait for ever, and is a failure."""
        async with asyncio.timeout(20):
            while statuses := await self._queue():
                assert "failed" not in statuses, "a job is held"
                await asyncio.sleep(0.03)

    async def _queue(self) -> list[str]:
        async with self.database.transaction() as tx:
            rows = await tx.execute(text("SELECT status::text FROM pgqueuer"))
            return list(rows.scalars())

    async def told(self, who: Person) -> list[Shown]:
        """Give the direct messages of the bot to somebody."""
        channel_id = (await self.post("dms", user_id=who["id"]))["channel_id"]
        return await self.posts(channel_id)

    async def logged(self) -> list[Shown]:
        """Give the embeds about cases in the log channel, the oldest first."""
        posts = await self.posts(self.channel(LOG)["id"])
        return [embed for each in posts for embed in each["embeds"] if "footer" in embed]
