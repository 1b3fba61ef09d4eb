"""Members and bans over REST: the bot's place in the hierarchy, times that end, reasons that stay."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from simulator.permissions import Permission
from simulator.state import seed
from tests.edges.simulator.rest_caller import CHANNEL, GUILD, Caller, calling, split

pytestmark = pytest.mark.anyio

ADA = f"{GUILD}/members/{seed.ADA}"
ADAS_BAN = f"{GUILD}/bans/{seed.ADA}"
HOUR = 3600


@pytest.fixture
async def bot() -> AsyncIterator[Caller]:
    async with calling() as caller:
        yield caller


async def last_entry(bot: Caller) -> dict[str, Any]:
    """Read the newest line of the audit log."""
    log = (await bot.call("GET", GUILD + "/audit-logs?limit=1")).json()
    entry: dict[str, Any] = log["audit_log_entries"][0]
    assert str(entry["user_id"]) in {each["id"] for each in log["users"]}
    return entry


def in_an_hour(bot: Caller) -> str:
    return (bot.discord.clock.now() + timedelta(hours=1)).isoformat()


class TestHierarchy:
    """The bot stands above the moderators and below the administrators."""

    @pytest.mark.parametrize(
        ("target", "may"),
        [
            (seed.ADA, True),
            (seed.SIOBHAN, True),
            (seed.LEILANI, True),
            (seed.TOMASZ, False),
            (seed.PRIYA, False),
            (None, False),
        ],
    )
    @pytest.mark.parametrize("deed", ["timeout", "nick", "kick", "ban"])
    async def test_decides_whom_the_bot_may_touch(
        self, bot: Caller, deed: str, target: int | None, *, may: bool
    ) -> None:
        target = target or bot.discord.bot.id
        member, ban = f"{GUILD}/members/{target}", f"{GUILD}/bans/{target}"
        response = await {
            "timeout": lambda: bot.call("PATCH", member, {"communication_disabled_until": in_an_hour(bot)}),
            "nick": lambda: bot.call("PATCH", member, {"nick": "New"}),
            "kick": lambda: bot.call("DELETE", member),
            "ban": lambda: bot.call("PUT", ban),
        }[deed]()
        own_nick = deed == "nick" and target == bot.discord.bot.id
        if may or own_nick:
            assert response.status_code in {200, 204}, response.text
        else:
            assert (response.status_code, response.json()["code"]) == (403, 50013)

    async def test_does_not_let_equals_touch_each_other(self, bot: Caller) -> None:
        bot.guild.members[seed.ADA].roles = (seed.BOT,)
        assert await bot.refused("DELETE", ADA) == (403, 50013)

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (seed.HELPER, 204),
            (seed.MODERATOR, 204),
            (seed.BOT, 403),
            (seed.ADMIN, 403),
            (seed.OWNER, 403),
            (seed.GUILD_ID, 403),
            (1, 404),
        ],
    )
    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    async def test_decides_which_roles_the_bot_may_give(
        self, bot: Caller, method: str, role: int, status: int
    ) -> None:
        assert (await bot.call(method, f"{ADA}/roles/{role}")).status_code == status

    @pytest.mark.parametrize(
        ("permission", "call", "body"),
        [
            (Permission.MANAGE_ROLES, f"PUT {ADA}/roles/{seed.HELPER}", None),
            (Permission.MANAGE_ROLES, f"PATCH {ADA}", {"roles": [str(seed.HELPER)]}),
            (Permission.MODERATE_MEMBERS, f"PATCH {ADA}", {"communication_disabled_until": None}),
            (Permission.MANAGE_NICKNAMES, f"PATCH {ADA}", {"nick": "x"}),
            (Permission.CHANGE_NICKNAME, f"PATCH {GUILD}/members/@me", {"nick": "x"}),
            (Permission.KICK_MEMBERS, f"DELETE {ADA}", None),
            (Permission.BAN_MEMBERS, f"PUT {ADAS_BAN}", None),
            (Permission.BAN_MEMBERS, f"GET {GUILD}/bans", None),
            (Permission.BAN_MEMBERS, f"GET {ADAS_BAN}", None),
            (Permission.MANAGE_GUILD, f"POST {GUILD}/bulk-ban", {"user_ids": ["1"]}),
            (Permission.VIEW_AUDIT_LOG, f"GET {GUILD}/audit-logs", None),
        ],
    )
    async def test_is_not_enough_without_the_permission(
        self, bot: Caller, permission: Permission, call: str, body: Any
    ) -> None:
        bot.without(permission)
        assert await bot.refused(*split(call), body) == (403, 50013)


class TestCodes:
    @pytest.mark.parametrize(
        ("call", "body", "refusal"),
        [
            (f"GET {GUILD}/members/1", None, (404, 10007)),
            (f"PATCH {GUILD}/members/1", {"nick": "x"}, (404, 10007)),
            (f"DELETE {GUILD}/members/1", None, (404, 10007)),
            (f"PUT {GUILD}/members/1/roles/{seed.HELPER}", None, (404, 10007)),
            (f"PUT {ADA}/roles/1", None, (404, 10011)),
            (f"GET {ADAS_BAN}", None, (404, 10026)),
            (f"DELETE {ADAS_BAN}", None, (404, 10026)),
            (f"PUT {GUILD}/bans/1", None, (404, 10013)),
            (f"POST {GUILD}/bulk-ban", {"user_ids": ["1"]}, (400, 500000)),
            (f"PATCH {ADA}", {"mute": True}, (400, 40032)),
            (f"PATCH {ADA}", {"channel_id": "1"}, (400, 40032)),
            (f"GET /guilds/{seed.TERRARIUM_ID}/members/{seed.KEEPER}", None, (404, 10004)),
            (f"PUT /guilds/{seed.TERRARIUM_ID}/bans/{seed.KEEPER}", None, (404, 10004)),
        ],
    )
    async def test_are_discords(self, bot: Caller, call: str, body: Any, refusal: tuple[int, int]) -> None:
        assert await bot.refused(*split(call), body) == refusal

    @pytest.mark.parametrize(
        ("call", "body", "name"),
        [
            (f"PATCH {ADA}", {"nick": "x" * 33}, "nick"),
            (f"PATCH {ADA}", {"roles": ["x"]}, "roles"),
            (f"PATCH {ADA}", {"communication_disabled_until": "tomorrow"}, "communication_disabled_until"),
            (
                f"PATCH {ADA}",
                {"communication_disabled_until": "0001-01-01T00:00:00+23:59"},
                "communication_disabled_until",
            ),
            (
                f"PATCH {ADA}",
                {"communication_disabled_until": "2099-01-01T00:00:00Z"},
                "communication_disabled_until",
            ),
            (f"PUT {ADAS_BAN}", {"delete_message_seconds": 604_801}, "delete_message_seconds"),
            (f"PUT {ADAS_BAN}", {"delete_message_seconds": -1}, "delete_message_seconds"),
            (f"POST {GUILD}/bulk-ban", {"user_ids": [str(each) for each in range(201)]}, "user_ids"),
            (f"POST {GUILD}/bulk-ban", {}, "user_ids"),
            (f"GET {GUILD}/members?limit=1001", None, "limit"),
            (f"GET {GUILD}/members?after=x", None, "after"),
            (f"GET {GUILD}/members/search", None, "query"),
            (f"GET {GUILD}/bans?limit=0", None, "limit"),
            (f"GET {GUILD}/audit-logs?limit=101", None, "limit"),
            (f"GET {GUILD}/members/x", None, "user_id"),
        ],
    )
    async def test_of_a_form_say_which_field(self, bot: Caller, call: str, body: Any, name: str) -> None:
        assert list(await bot.errors(*split(call), body)) == [name]


class TestTimeouts:
    async def test_silence_somebody_until_the_clock_says_so(self, bot: Caller) -> None:
        world, guild = bot.discord.world, bot.guild
        channel = guild.channels[seed.GENERAL]
        until = in_an_hour(bot)
        answer = await bot.call("PATCH", ADA, {"communication_disabled_until": until})
        assert answer.json()["communication_disabled_until"] == until
        assert not world.permissions_in(guild, channel, seed.ADA) & Permission.SEND_MESSAGES
        bot.discord.clock.advance(HOUR + 1)
        assert world.permissions_in(guild, channel, seed.ADA) & Permission.SEND_MESSAGES

    async def test_can_be_lifted_and_repeated(self, bot: Caller) -> None:
        body = {"communication_disabled_until": in_an_hour(bot)}
        await bot.call("PATCH", ADA, body)
        first = await last_entry(bot)
        await bot.call("PATCH", ADA, body)
        assert await last_entry(bot) == first
        lifted = await bot.call("PATCH", ADA, {"communication_disabled_until": None})
        assert lifted.json()["communication_disabled_until"] is None

    async def test_hold_the_bot_back_too(self, bot: Caller) -> None:
        bot.me.timed_out_until = bot.discord.clock.now() + timedelta(hours=1)
        assert await bot.refused("POST", CHANNEL + "/messages", {"content": "x"}) == (403, 50013)
        assert await bot.refused("PUT", f"{ADA}/roles/{seed.HELPER}") == (403, 50013)


class TestRoles:
    async def test_given_twice_are_one_line_in_the_log(self, bot: Caller) -> None:
        for _ in range(2):
            assert (
                await bot.call("PUT", f"{ADA}/roles/{seed.HELPER}", reason="Well%20done")
            ).status_code == 204
        entry = await last_entry(bot)
        assert (entry["action_type"], entry["target_id"], entry["reason"]) == (25, str(seed.ADA), "Well done")
        assert entry["changes"] == [
            {"key": "$add", "new_value": [{"id": str(seed.HELPER), "name": "Helper"}]}
        ]

    async def test_set_as_a_whole_replace_the_others(self, bot: Caller) -> None:
        answer = await bot.call("PATCH", ADA, {"roles": [str(seed.HELPER)]})
        assert answer.json()["roles"] == [str(seed.HELPER)]
        assert await bot.refused("PATCH", ADA, {"roles": [str(seed.ADMIN)]}) == (403, 50013)
        assert bot.guild.members[seed.ADA].roles == (seed.HELPER,)


class TestBans:
    async def test_remove_the_member_and_what_they_wrote_lately(self, bot: Caller) -> None:
        world = bot.discord.world
        bot.discord.clock.advance(HOUR)
        recent = next(each for each in world.newest_first(seed.GENERAL))
        recent.author_id, recent.created_at = seed.ADA, bot.discord.clock.now()
        answer = await bot.call("PUT", ADAS_BAN, {"delete_message_seconds": 60}, reason="Spam")
        assert answer.status_code == 204
        assert seed.ADA not in bot.guild.members
        assert world.find_message(seed.GENERAL, recent.id) is None
        assert (await bot.call("GET", ADAS_BAN)).json()["reason"] == "Spam"
        assert await bot.refused("DELETE", ADA) == (404, 10007)
        assert (await bot.call("DELETE", ADAS_BAN)).status_code == 204
        assert (await last_entry(bot))["action_type"] == 23

    async def test_of_one_who_is_banned_already_change_nothing(self, bot: Caller) -> None:
        await bot.call("PUT", ADAS_BAN, reason="First")
        assert (await bot.call("PUT", ADAS_BAN, reason="Second")).status_code == 204
        assert (await bot.call("GET", ADAS_BAN)).json()["reason"] == "First"

    async def test_in_bulk_tell_who_could_not_be(self, bot: Caller) -> None:
        body = {"user_ids": [str(seed.ADA), str(seed.PRIYA), "1"], "delete_message_seconds": 0}
        answer = (await bot.call("POST", GUILD + "/bulk-ban", body)).json()
        assert answer == {"banned_users": [str(seed.ADA)], "failed_users": [str(seed.PRIYA), "1"]}

    async def test_are_listed_by_page(self, bot: Caller) -> None:
        for user_id in (seed.ADA, seed.JUN):
            await bot.call("PUT", f"{GUILD}/bans/{user_id}")
        ids = sorted(bot.guild.bans)

        async def listed(query: str) -> list[int]:
            found = (await bot.call("GET", f"{GUILD}/bans?{query}")).json()
            return [int(each["user"]["id"]) for each in found]

        assert await listed("") == ids
        assert await listed(f"after={ids[0]}&limit=1") == [ids[1]]
        assert await listed(f"before={ids[-1]}&limit=1") == [ids[-2]]


class TestLists:
    async def test_begin_with_one_and_go_on_after_an_id(self, bot: Caller) -> None:
        first = (await bot.call("GET", GUILD + "/members")).json()
        ids = sorted(bot.guild.members)
        assert [int(each["user"]["id"]) for each in first] == ids[:1]
        rest = (await bot.call("GET", f"{GUILD}/members?limit=1000&after={ids[0]}")).json()
        assert [int(each["user"]["id"]) for each in rest] == ids[1:]

    async def test_need_the_intent_for_members(self, bot: Caller) -> None:
        bot.discord.world.application.disallowed_intents = 1 << 1
        assert await bot.refused("GET", GUILD + "/members") == (403, 50001)

    async def test_search_in_usernames_and_nicknames(self, bot: Caller) -> None:
        found = (await bot.call("GET", GUILD + "/members/search?query=JUN&limit=10")).json()
        assert [each["user"]["id"] for each in found] == [str(seed.JUN)]


class TestReasons:
    @pytest.mark.parametrize("reason", ["", "x" * 513, "%C3%BC" * 513, "%ff"])
    async def test_that_are_not_1_to_512_characters_are_refused(self, bot: Caller, reason: str) -> None:
        assert list(await bot.errors("PUT", ADAS_BAN, reason=reason)) == ["X-Audit-Log-Reason"]
        assert seed.ADA in bot.guild.members

    async def test_may_be_512_characters_of_any_script(self, bot: Caller) -> None:
        await bot.call("PUT", ADAS_BAN, reason="%C3%BC" * 512)
        assert (await last_entry(bot))["reason"] == "ü" * 512


class TestAuditLog:
    async def test_can_be_filtered_and_paged(self, bot: Caller) -> None:
        before = len(bot.guild.audit_log)
        for name in ("a", "b", "c"):
            await bot.call("PATCH", ADA, {"nick": name})
        await bot.call("DELETE", f"{GUILD}/members/{seed.JUN}")

        async def entries(query: str) -> list[dict[str, Any]]:
            log = (await bot.call("GET", f"{GUILD}/audit-logs?{query}")).json()
            found: list[dict[str, Any]] = log["audit_log_entries"]
            return found

        mine = await entries(f"user_id={bot.discord.bot.id}&limit=100")
        assert [each["action_type"] for each in mine[:4]] == [20, 24, 24, 24]
        newest = mine[0]["id"]
        assert [each["id"] for each in await entries(f"before={newest}&limit=2")] == [
            each["id"] for each in mine[1:3]
        ]
        assert [each["id"] for each in await entries(f"after={mine[2]['id']}")] == [
            mine[1]["id"],
            newest,
        ]
        assert len(await entries("limit=100")) == before + 4
        assert [each["target_id"] for each in await entries("action_type=20&limit=1")] == [str(seed.JUN)]
