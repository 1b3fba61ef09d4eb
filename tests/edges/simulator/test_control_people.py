"""People come, go and are moderated by people; guilds appear; time passes."""

from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from simulator.config import DEMO_APPLICATION_ID
from simulator.control import places
from simulator.state import past, seed
from tests.edges.simulator.simulators import discord_of

pytestmark = pytest.mark.anyio

GUILD, ADA, PRIYA, LEILANI = str(seed.GUILD_ID), str(seed.ADA), str(seed.PRIYA), str(seed.LEILANI)
MATEO, TERRARIUM = str(seed.MATEO), str(seed.TERRARIUM_ID)
BOT = str(DEMO_APPLICATION_ID)


async def did(simulator: httpx2.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    response = await simulator.post(f"/_sim/{path}", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def refused(simulator: httpx2.AsyncClient, path: str, status: int, **body: Any) -> str:
    response = await simulator.post(f"/_sim/{path}", json=body)
    assert response.status_code == status, response.text
    assert set(response.json()) == {"error"}
    return str(response.json()["error"])


async def guild(simulator: httpx2.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await simulator.get("/_sim/state")).json()["guilds"][0]
    return found


class TestMembers:
    async def test_somebody_new_joins_with_an_account_of_some_age(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        names = {"username": "zoe", "global_name": "Zoë"}
        zoe = await did(simulator, "members", guild_id=GUILD, action="join", account_age_days=3, **names)
        now = datetime.fromisoformat((await simulator.get("/_sim/clock")).json()["now"])
        age = now - datetime.fromisoformat(zoe["created_at"])
        assert timedelta(days=3) <= age < timedelta(days=3, minutes=1)
        assert (zoe["name"], zoe["roles"], zoe["guild_id"]) == ("Zoë", [], GUILD)
        directory = (await simulator.get("/_sim/directory", params={"user_id": zoe["id"]})).json()
        assert directory["viewer"] == zoe
        assert "already" in await refused(
            simulator, "members", 409, guild_id=GUILD, action="join", username="zoe"
        )

    async def test_many_at_once_are_all_somebody_else(self, simulator: httpx2.AsyncClient) -> None:
        joined = [await did(simulator, "members", guild_id=GUILD, action="join") for _ in range(20)]
        assert len({each["id"] for each in joined}) == 20
        assert len({each["username"] for each in joined}) == 20

    async def test_somebody_leaves_and_comes_back_without_their_roles(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        gone = await did(simulator, "members", guild_id=GUILD, action="leave", user_id=MATEO)
        assert gone["guild_id"] is None
        everybody = (await simulator.get("/_sim/directory")).json()["everybody"]
        assert [each["guild_ids"] for each in everybody if each["id"] == MATEO] == [[]]
        lost = await simulator.get("/_sim/directory", params={"user_id": MATEO})
        assert lost.status_code == 404
        back = await did(simulator, "members", guild_id=GUILD, action="join", user_id=MATEO)
        assert back["roles"] == []

    async def test_the_banned_stay_out_and_the_owner_stays_in(self, simulator: httpx2.AsyncClient) -> None:
        banned = str(past.BANNED)
        sentence = await refused(simulator, "members", 403, guild_id=GUILD, action="join", user_id=banned)
        assert "banned" in sentence
        sentence = await refused(simulator, "members", 409, guild_id=GUILD, action="leave", user_id=PRIYA)
        assert sentence == "Priya Raman owns Beginner.Codes, and an owner cannot leave."
        await refused(simulator, "members", 400, guild_id=GUILD, action="leave")
        await refused(simulator, "members", 400, guild_id=TERRARIUM, action="join", user_id=BOT)

    async def test_names_are_an_accounts_and_a_nickname_a_guilds(self, simulator: httpx2.AsyncClient) -> None:
        here = {"guild_id": GUILD, "action": "rename", "user_id": ADA}
        assert (await did(simulator, "members", **here, nick="Ada L.", global_name="Ada"))["name"] == "Ada L."
        there = (
            await simulator.get("/_sim/directory", params={"user_id": ADA, "guild_id": TERRARIUM})
        ).json()
        assert there["viewer"]["name"] == "Ada"
        assert (await did(simulator, "members", **here, nick=None))["name"] == "Ada"
        assert "already" in await refused(simulator, "members", 409, **here, username="mateo.f")
        await refused(simulator, "members", 400, **here, username="No Spaces")

    async def test_who_is_timed_out_keeps_their_nickname(self, simulator: httpx2.AsyncClient) -> None:
        here = {"guild_id": GUILD, "action": "rename", "user_id": str(seed.DIEGO)}
        assert "may not change" in await refused(simulator, "members", 403, **here, nick="Loud")


class TestModeration:
    async def test_a_moderator_times_out_and_lifts_it(self, simulator: httpx2.AsyncClient) -> None:
        act = {"guild_id": GUILD, "moderator_id": LEILANI, "user_id": ADA, "reason": "Calm down"}
        done = await did(simulator, "moderation", **act, action="timeout", seconds=90)
        until = datetime.fromisoformat(done["person"]["timed_out_until"])
        now = datetime.fromisoformat((await simulator.get("/_sim/clock")).json()["now"])
        assert timedelta(seconds=80) < until - now <= timedelta(seconds=90)
        body = {"channel_id": str(seed.GENERAL), "user_id": ADA, "content": "but"}
        assert "timed out" in (await simulator.post("/_sim/messages", json=body)).json()["error"]
        entry = (await guild(simulator))["audit_log"][-1]
        assert (entry["user_id"], entry["target_id"], entry["reason"]) == (LEILANI, ADA, "Calm down")
        lifted = await did(simulator, "moderation", **act, action="untimeout")
        assert lifted["person"]["timed_out_until"] is None
        await did(simulator, "messages", **body)

    async def test_a_moderator_kicks_bans_and_unbans(self, simulator: httpx2.AsyncClient) -> None:
        act = {"guild_id": GUILD, "moderator_id": LEILANI, "user_id": MATEO}
        assert await did(simulator, "moderation", **act, action="kick") == {"done": True, "person": None}
        assert "not a member" in await refused(simulator, "moderation", 404, **act, action="kick")
        await did(simulator, "members", guild_id=GUILD, action="join", user_id=MATEO)
        words = {"channel_id": str(seed.GENERAL), "user_id": MATEO, "content": "spam"}
        await did(simulator, "messages", **words)
        await did(simulator, "moderation", **act, action="ban", reason="Spam", delete_message_seconds=60)
        assert [(each["user_id"], each["reason"]) for each in (await guild(simulator))["bans"]][-1] == (
            MATEO,
            "Spam",
        )
        query = {"channel_id": str(seed.GENERAL), "user_id": ADA}
        view = (await simulator.get("/_sim/view", params=query)).json()
        assert view["messages"][-1]["content"] != "spam"
        assert any(each["author_id"] == MATEO for each in view["messages"])
        await did(simulator, "moderation", **act, action="unban")
        assert MATEO not in [each["user_id"] for each in (await guild(simulator))["bans"]]
        assert "not banned" in await refused(simulator, "moderation", 404, **act, action="unban")

    @pytest.mark.parametrize("action", ["kick", "ban", "timeout"])
    async def test_nobody_moderates_without_the_right_or_above_themselves(
        self, simulator: httpx2.AsyncClient, action: str
    ) -> None:
        banned = (await guild(simulator))["bans"]
        for moderator, target in ((ADA, MATEO), (LEILANI, PRIYA), (LEILANI, str(seed.KWAME)), (LEILANI, BOT)):
            sentence = await refused(
                simulator,
                "moderation",
                403,
                guild_id=GUILD,
                moderator_id=moderator,
                user_id=target,
                action=action,
            )
            assert f"may not {action}" in sentence
        assert (await guild(simulator))["bans"] == banned

    async def test_a_timeout_is_at_most_four_weeks(self, simulator: httpx2.AsyncClient) -> None:
        act = {"guild_id": GUILD, "moderator_id": PRIYA, "user_id": ADA, "action": "timeout"}
        sentence = await refused(simulator, "moderation", 400, **act, seconds=29 * 86_400)
        assert "28 days" in sentence


class TestRoles:
    async def test_are_given_and_taken_below_ones_own(self, simulator: httpx2.AsyncClient) -> None:
        act = {"guild_id": GUILD, "moderator_id": str(seed.TOMASZ), "user_id": ADA}
        done = await did(simulator, "roles", **act, action="add", role_id=str(seed.HELPER))
        assert str(seed.HELPER) in done["person"]["roles"]
        done = await did(simulator, "roles", **act, action="remove", role_id=str(seed.HELPER))
        assert str(seed.HELPER) not in done["person"]["roles"]
        for role_id in (seed.OWNER, seed.BOT, seed.GUILD_ID):
            assert "may not give" in await refused(
                simulator, "roles", 403, **act, action="add", role_id=str(role_id)
            )
        assert "no role" in await refused(simulator, "roles", 404, **act, action="add", role_id="7")
        act["moderator_id"] = LEILANI
        await refused(simulator, "roles", 403, **act, action="add", role_id=str(seed.HELPER))


class TestGuilds:
    async def test_one_is_made_and_the_bot_is_invited_and_removed(
        self, simulator: httpx2.AsyncClient, rest: httpx2.AsyncClient
    ) -> None:
        made = await did(simulator, "guilds", name="Lovelace", owner_id=ADA)
        assert (made["name"], made["owner_id"], made["has_bot"]) == ("Lovelace", ADA, False)
        assert [each["name"] for each in made["channels"]] == ["general"]
        assert (await did(simulator, f"guilds/{made['id']}/bot", action="add"))["has_bot"] is True
        assert (await did(simulator, f"guilds/{made['id']}/bot", action="add"))["has_bot"] is True
        assert (await rest.get(f"/api/v10/guilds/{made['id']}")).status_code == 200
        removed = await did(simulator, f"guilds/{made['id']}/bot", action="remove")
        assert removed["has_bot"] is False
        assert all(not each["managed"] for each in removed["roles"])
        assert "not in Lovelace" in await refused(simulator, f"guilds/{made['id']}/bot", 404, action="remove")

    async def test_one_can_have_the_bot_from_the_start(self, simulator: httpx2.AsyncClient) -> None:
        made = await did(simulator, "guilds", name="Lovelace", owner_id=ADA, bot=True)
        assert made["has_bot"] is True
        await refused(simulator, "guilds", 400, name="x", owner_id=ADA)
        await refused(simulator, "guilds", 400, name="Robots", owner_id=BOT)

    async def test_the_directory_is_of_the_guild_that_is_asked_for(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        query = {"user_id": ADA, "guild_id": TERRARIUM}
        terrarium = (await simulator.get("/_sim/directory", params=query)).json()
        assert [each["name"] for each in terrarium["guilds"]] == ["Beginner.Codes", "Terrarium Club"]
        assert terrarium["guild"]["has_bot"] is False
        outsider = await simulator.get("/_sim/directory", params={"user_id": MATEO, "guild_id": TERRARIUM})
        assert outsider.status_code == 404


class TestDirectory:
    async def test_offers_commands_only_where_the_bot_is(
        self, simulator: httpx2.AsyncClient, rest: httpx2.AsyncClient
    ) -> None:
        path = f"/api/v10/applications/{BOT}/commands"
        await rest.put(path, json=[{"name": "help", "description": "What there is"}])
        for guild_id, names in ((GUILD, ["help"]), (TERRARIUM, [])):
            query = {"user_id": ADA, "guild_id": guild_id}
            found = (await simulator.get("/_sim/directory", params=query)).json()
            assert [each["name"] for each in found["commands"]] == names

    async def test_leaves_out_a_category_in_which_one_sees_nothing(self) -> None:
        discord = discord_of()
        category = discord.world.channels[seed.STAFF_CATEGORY]
        category.overwrites = ()
        found = discord.world.guilds[seed.GUILD_ID]
        for user_id, some in ((seed.ADA, False), (seed.LEILANI, True)):
            described = places.guild(discord.world, found, user_id)
            assert ("Staff" in [each["name"] for each in described["channels"]]) is some

    async def test_shows_a_category_only_to_who_sees_something_in_it(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        for user_id, some in ((ADA, False), (LEILANI, True)):
            found = (await simulator.get("/_sim/directory", params={"user_id": user_id})).json()
            types = [each["type"] for each in found["guild"]["channels"]]
            assert (4 in types) is some
            staff = [each for each in found["guild"]["channels"] if each["name"] == "staff"]
            assert [each["parent_id"] for each in staff] == [str(seed.STAFF_CATEGORY)] * some

    async def test_says_where_one_may_write(self, simulator: httpx2.AsyncClient) -> None:
        found = (await simulator.get("/_sim/directory", params={"user_id": LEILANI})).json()
        writable = {each["name"]: each["can_write"] for each in found["guild"]["channels"]}
        assert writable["general"]
        assert writable["announcements"]
        assert not writable["mod-log"]
        assert not writable["Staff"]


class TestClock:
    async def test_goes_forward_and_ends_a_timeout(self, simulator: httpx2.AsyncClient) -> None:
        before = datetime.fromisoformat((await simulator.get("/_sim/clock")).json()["now"])
        after = datetime.fromisoformat((await did(simulator, "clock", advance=86_400))["now"])
        assert timedelta(days=1) <= after - before < timedelta(days=1, minutes=1)
        words = {"channel_id": str(seed.GENERAL), "user_id": str(seed.DIEGO), "content": "sorry"}
        await did(simulator, "messages", **words)

    @pytest.mark.parametrize("advance", [-1, -0.001, 1e12, "3600", None, True])
    async def test_refuses_what_is_absurd(self, simulator: httpx2.AsyncClient, advance: object) -> None:
        await refused(simulator, "clock", 400, advance=advance)

    async def test_ends_with_the_century(self, simulator: httpx2.AsyncClient) -> None:
        for _ in range(20):
            response = await simulator.post("/_sim/clock", json={"advance": 315_360_000})
        assert response.status_code == 400
        assert "2100" in response.json()["error"]
        words = {"channel_id": str(seed.GENERAL), "user_id": ADA, "content": "still here"}
        await did(simulator, "messages", **words)
