"""A raid, from the first join to the last ban lifted: nobody is punished before somebody presses."""

import asyncio
from datetime import datetime, timedelta
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

JOINS = {"type": "join_rate", "joins": 5, "seconds": 30}
ADVERT = "buy my cheap bytes"
SAME = {"type": "duplicate_messages", "messages": 4, "seconds": 60, "shortest": 6, "of_everybody": True}


class Gate:
    """Where many come in at once, and what moderators press below the alert."""

    def __init__(self, here: Precinct, admin: Person) -> None:
        self.here = here
        self.admin = admin
        self.beat = Beat(here.guild_id)
        self.beat.now = clock.now() - timedelta(seconds=60)

    async def rules(self, *actions: dict[str, Any], **more: Any) -> None:
        alert = {"type": "alert", "channel_id": self.here.channel(LOG)["id"]}
        async with self.here.database.transaction() as tx:
            await self.beat.rule(
                tx,
                rule("A raid", trigger=JOINS, actions=[alert, *actions], **more),
                rule("The same", trigger=SAME, actions=[alert]),
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
        log = (await self.here.client.get("/_sim/log?limit=5000")).json()["entries"]
        return sum(each["method"] == method and str(each["route"]).endswith(ending) for each in log)

    async def paths(self, method: str, part: str) -> list[str]:
        """Give how the addresses ended that Discord did something for, in their order."""
        log = (await self.here.client.get("/_sim/log?limit=5000")).json()
        return [
            each["path"].rsplit("/", 1)[1]
            for each in log["entries"]
            if each["method"] == method and part in each["path"] and each["status"] < 300
        ]


def _buttons(shown: Shown) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row in shown["components"]:
        for each in row["components"]:
            found += each["components"] if each["type"] == 1 else [each] if each["type"] == 2 else []
    return found


@pytest.fixture
async def gate(precinct: Precinct) -> Gate:
    await precinct.configure(log_channel_id=None)  # it takes five edits in five seconds
    return Gate(precinct, await precinct.person("tomasz.z"))


async def test_of_three_hundred_nobody_is_punished_before_somebody_presses_and_all_in_two_calls_then(
    gate: Gate,
) -> None:
    here = gate.here
    await gate.rules()
    raiders = await gate.join(300)
    await gate.see(*(gate.beat.message(each, 60, mentions=0, content=ADVERT) for each in raiders[:200]))
    await gate.work()
    alert = await gate.alert()
    assert "Raid" in alert["embeds"][0]["title"]
    assert alert["embeds"][0]["description"] == "500 hits · 300 members"
    assert (await here.cases(), await here.bans()) == ([], {})
    async with here.database.transaction() as tx:
        assert [each.kind for each in await incidents(tx, here.guild_id)] == ["raid"]

    for each in raiders[:3]:
        await here.leave({"id": str(each.user_id)})
    await here.role({"id": str(raiders[3].user_id)}, "Admin")
    question = await gate.press(alert, "Ban all")
    assert "### ⚠️ Ban 296 accounts?" in question["text"]
    assert "Left out: 3 accounts that have left the server." in question["text"]
    assert "Left out: 1 account that stands too high for it." in question["text"]
    assert question["visible_to"] == gate.admin["id"]
    begun = await gate.press(question, "Ban 296 accounts")
    assert "waiting to be done: 296" in begun["text"]
    await gate.work()
    assert len(await here.bans()) == 296
    assert await gate.requests("POST", "/bulk-ban") == 2
    assert "Mass ban · in force: 296" in await here.reply(begun["id"])
    said = str((await gate.alert())["embeds"])
    assert f"Mass ban by <@{gate.admin['id']}>: 296" in said
    again = await gate.press(await gate.alert(), "Ban all")
    assert "Nobody is left in incident #1" in again["text"]


class TestABan:
    async def test_of_two_moderators_at_once_the_second_is_told(self, gate: Gate) -> None:
        await gate.rules()
        await gate.join(12, within=10)
        await gate.work()
        owner = gate.here.owner
        alert = await gate.alert()
        first, second = await gate.press(alert, "Ban all"), await gate.press(alert, "Ban all", owner)
        assert "waiting to be done: 12" in (await gate.press(first, "Ban 12 accounts"))["text"]
        told = await gate.press(second, "Ban 12 accounts", owner)
        assert "Somebody else has dealt with all of them meanwhile." in told["text"]
        await gate.work()
        assert len(await gate.here.bans()) == len(await gate.here.cases()) == 12
        alert = await gate.alert()
        assert "**Everybody is banned.**" in str(alert["embeds"])
        assert [each["label"] for each in _buttons(alert) if each["disabled"]] == ["Ban all", "Time out all"]

    async def test_is_lifted_for_those_first_who_only_joined(self, gate: Gate) -> None:
        here = gate.here
        await gate.rules()
        raiders = await gate.join(6, within=6)
        await gate.see(*(gate.beat.message(each, 7, mentions=0, content=ADVERT) for each in raiders[:4]))
        await gate.work()
        await gate.press(await gate.press(await gate.alert(), "Ban all"), "Ban 6 accounts")
        await gate.work()
        question = await gate.press(await gate.alert(), "Lift all")
        await gate.press(question, "Undo 6 cases")
        await gate.work()
        assert await here.bans() == {}
        freed = await gate.paths("DELETE", "/bans/")
        assert set(freed[:2]) == {str(each.user_id) for each in raiders[4:]}
        alert = await gate.alert()
        assert f"Unban by <@{gate.admin['id']}>: 6" in str(alert["embeds"])
        assert "**Everything is lifted.**" in str(alert["embeds"])
        assert "Lift all" in [each["label"] for each in _buttons(alert) if each["disabled"]]

    async def test_that_discord_has_wait_looks_for_nobody_and_bans_all_then(self, gate: Gate) -> None:
        await gate.rules()
        await gate.join(6, within=6)
        await gate.work()
        fault = {"kind": "rate_limit_user", "method": "POST", "route": "/guilds/{guild_id}/bulk-ban"}
        await gate.here.post("faults", **fault, times=1)
        await gate.press(await gate.press(await gate.alert(), "Ban all"), "Ban 6 accounts")
        await gate.work()
        assert len(await gate.here.bans()) == 6
        assert await gate.requests("POST", "/bulk-ban") == 2
        assert await gate.requests("GET", "/bans/{user_id}") == 0

    async def test_that_cannot_be_lifted_now_for_one_keeps_nobody_else_waiting(self, gate: Gate) -> None:
        here = gate.here
        await gate.rules()
        raiders = sorted(str(each.user_id) for each in await gate.join(6, within=6))
        await gate.work()
        await gate.press(await gate.press(await gate.alert(), "Ban all"), "Ban 6 accounts")
        await gate.work()
        fault = {"kind": "server_error", "method": "GET", "route": "/guilds/{guild_id}/members/{user_id}"}
        await here.post("faults", **fault, times=1)
        await gate.press(await gate.press(await gate.alert(), "Lift all"), "Undo 6 cases")
        await gate.work()
        assert await here.bans() == {}
        assert await gate.paths("DELETE", "/bans/") == [*raiders[1:], raiders[0]]

    async def test_is_refused_to_whoever_may_not_and_works_once(self, gate: Gate) -> None:
        await gate.rules()
        await gate.join(12, within=10)
        await gate.work()
        moderator = await gate.here.person("leilani.k")
        alert = await gate.alert()
        assert "Nothing was done" in (await gate.press(alert, "Ban all", moderator))["text"]
        question = await gate.press(alert, "Ban all")
        assert "Everything is as it was." in (await gate.press(question, "Cancel"))["text"]
        assert await gate.here.cases() == []
        question = await gate.press(alert, "Ban all")
        begun = await gate.press(question, "Ban 12 accounts")
        assert "waiting to be done: 12" in begun["text"]
        assert await gate.here.how_many() == 12


async def test_time_out_all_is_for_an_hour_and_can_be_lifted(gate: Gate) -> None:
    await gate.rules()
    raiders = await gate.join(6, within=6)
    await gate.work()
    question = await gate.press(await gate.alert(), "Time out all")
    assert "For one hour." in question["text"]
    await gate.press(question, "Time out 6 accounts")
    await gate.work()
    now = await gate.here.now_of({"id": str(raiders[0].user_id)})
    assert now is not None
    left = datetime.fromisoformat(now["timed_out_until"]) - clock.now()
    assert timedelta(minutes=58) < left < timedelta(minutes=61)
    assert {case.status for case in await gate.here.cases()} == {"active"}
