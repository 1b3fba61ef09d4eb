"""A raid, from the first join to the last ban lifted: nobody is punished before somebody presses."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.automod.acting import act_on
from app.automod.compiled import compile_rules
from app.automod.judge import judge
from app.automod.observation import Observation
from app.automod.service import load_rules_to_ask
from app.bytes.domain import Member
from tests.support.precinct import LOG, Person, Precinct, Shown
from tests.support.ruling import Beat, incidents, rule

pytestmark = pytest.mark.anyio

ALERT = {"type": "alert"}
JOINS = {"type": "join_rate", "joins": 10, "seconds": 30}
SAME = {"type": "duplicate_messages", "messages": 5, "seconds": 60, "shortest": 6, "of_everybody": True}


class Gate:
    """Where many come in at once, and what moderators press below the alert."""

    def __init__(self, here: Precinct, admin: Person) -> None:
        self.here = here
        self.admin = admin
        self.beat = Beat(here.guild_id)
        self.beat.now = clock.now() - timedelta(seconds=60)

    async def rules(self, *actions: dict[str, Any], **more: Any) -> None:
        async with self.here.database.transaction() as tx:
            await self.beat.rule(
                tx,
                rule("A raid", trigger=JOINS, actions=[ALERT, *actions], **more),
                rule("The same", trigger=SAME, actions=[ALERT]),
            )

    async def join(self, how_many: int, within: float = 60) -> list[Member]:
        """Have so many join, one after the other."""
        joined = await asyncio.gather(*(self.here.join(f"raider_{n}") for n in range(how_many)))
        members = [Member(int(each["id"]), each["username"]) for each in joined]
        await self.see(*(self.beat.join(each, n * within / how_many) for n, each in enumerate(members)))
        return members

    async def see(self, *seen: Observation) -> None:
        """Have the listener see things, in this order."""
        async with self.here.database.transaction() as tx:
            stored = await load_rules_to_ask(tx, self.here.guild_id)
        rules = compile_rules([(each.id, each.rule) for each in stored])
        for each in seen:
            verdicts = judge(rules, each, self.beat.windows)
            if verdicts:
                async with self.here.database.transaction() as tx:
                    await act_on(tx, each, verdicts, now=clock.now())

    async def work(self) -> None:
        """Have a worker do all there is to do."""
        async with self.here.working():
            await self.here.until_quiet()

    async def alert(self) -> Shown:
        """Give the only alert, as it is now."""
        posts = await self.here.posts(self.here.channel(LOG)["id"])
        [alert] = [each for each in posts if "Alert ·" in str(each["embeds"])]
        return alert

    async def press(self, shown: Shown, label: str, who: Person | None = None) -> Shown:
        """Press a button; gives what is answered."""
        [button] = [each for each in _buttons(shown) if each["label"] == label]
        return await self.again(shown, button["custom_id"], who)

    async def again(self, shown: Shown, custom_id: str, who: Person | None = None) -> Shown:
        pressed = {"message_id": shown["id"], "custom_id": custom_id, "user_id": (who or self.admin)["id"]}
        return dict((await self.here.post("components", **pressed))["message"])

    async def requests(self, method: str, ending: str) -> int:
        """Count what Discord was asked for."""
        log = (await self.here.client.get("/_sim/log?limit=5000")).json()
        return sum(each["method"] == method and each["path"].endswith(ending) for each in log["entries"])


def _buttons(shown: Shown) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row in shown["components"]:
        for each in row["components"]:
            found += each["components"] if each["type"] == 1 else [each] if each["type"] == 2 else []
    return found


@pytest.fixture
async def gate(precinct: Precinct) -> Gate:
    return Gate(precinct, await precinct.person("tomasz.z"))


async def test_of_three_hundred_nobody_is_punished_before_somebody_presses_and_all_in_two_calls_then(
    gate: Gate,
) -> None:
    here = gate.here
    await gate.rules()
    raiders = await gate.join(300)
    await gate.see(
        *(gate.beat.message(each, 60, mentions=0, content="buy my cheap bytes") for each in raiders[:200])
    )
    await gate.work()
    alert = await gate.alert()
    assert "Raid" in alert["embeds"][0]["title"]
    assert "and 290 more" in str(alert["embeds"])
    assert await here.cases() == []
    async with here.database.transaction() as tx:
        assert [each.kind for each in await incidents(tx, here.guild_id)] == ["raid"]

    question = await gate.press(alert, "Ban all")
    assert "### ⚠️ Ban 300 accounts?" in question["text"]
    assert question["visible_to"] == gate.admin["id"]
    begun = await gate.press(question, "Ban 300 accounts")
    assert "waiting to be done: 300" in begun["text"]
    await gate.work()
    assert len(await here.bans()) == 300
    assert await gate.requests("POST", "/bulk-ban") == 2
    assert "Mass ban · in force: 300" in await here.reply(begun["id"])
    alert = await gate.alert()
    said = str(alert["embeds"])
    assert "Everybody is banned." in said
    assert f"Mass ban by <@{gate.admin['id']}>: 300" in said
    assert [each["label"] for each in _buttons(alert) if each["disabled"]] == ["Ban all", "Time out all"]
