"""Guilds, channels and roles over REST."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from simulator.happenings import BotRemoved, Happening, MemberUpdated, RoleUpdated
from simulator.permissions import Permission
from simulator.state import seed
from tests.edges.simulator.rest_caller import CHANNEL, GUILD, Caller, calling, split

pytestmark = pytest.mark.anyio

ROLES, CHANNELS = GUILD + "/roles", GUILD + "/channels"
HELPER = f"{ROLES}/{seed.HELPER}"
CATEGORY = str(seed.STAFF_CATEGORY)
OVERWRITE = f"{CHANNEL}/permissions/{seed.HELPER}"


@pytest.fixture
async def bot() -> AsyncIterator[Caller]:
    async with calling() as caller:
        yield caller


def heard(bot: Caller) -> list[Happening]:
    """Write down what happens from now on."""
    happenings: list[Happening] = []
    bot.discord.bus.listen(happenings.append)
    return happenings


class TestRefusals:
    @pytest.mark.parametrize(
        ("permission", "call", "body"),
        [
            (Permission.MANAGE_GUILD, f"PATCH {GUILD}", {"name": "New"}),
            (Permission.MANAGE_GUILD, f"PUT {GUILD}/incident-actions", {"dms_disabled_until": None}),
            (Permission.MANAGE_GUILD, f"GET {GUILD}/auto-moderation/rules", None),
            (Permission.MANAGE_CHANNELS, f"POST {CHANNELS}", {"name": "new"}),
            (Permission.MANAGE_CHANNELS, f"PATCH {CHANNEL}", {"topic": "new"}),
            (Permission.MANAGE_CHANNELS, f"DELETE {CHANNEL}", None),
            (Permission.MANAGE_ROLES, f"PUT {OVERWRITE}", {"type": 0}),
            (Permission.MANAGE_ROLES, f"DELETE {OVERWRITE}", None),
            (Permission.MANAGE_ROLES, f"PATCH {CHANNEL}", {"permission_overwrites": []}),
            (Permission.MANAGE_ROLES, f"POST {ROLES}", {}),
            (Permission.MANAGE_ROLES, f"PATCH {HELPER}", {}),
            (Permission.MANAGE_ROLES, f"PATCH {ROLES}", []),
            (Permission.MANAGE_ROLES, f"DELETE {HELPER}", None),
        ],
    )
    async def test_come_without_the_permission(
        self, bot: Caller, permission: Permission, call: str, body: Any
    ) -> None:
        bot.without(permission)
        assert await bot.refused(*split(call), body) == (403, 50013)

    @pytest.mark.parametrize(
        ("call", "body", "refusal"),
        [
            (f"GET /guilds/{seed.TERRARIUM_ID}", None, (404, 10004)),
            (f"GET /guilds/{seed.TERRARIUM_ID}/channels", None, (404, 10004)),
            (f"DELETE /users/@me/guilds/{seed.TERRARIUM_ID}", None, (404, 10004)),
            ("GET /channels/1", None, (404, 10003)),
            (f"GET {ROLES}/1", None, (404, 10011)),
            (f"PATCH {ROLES}", [{"id": "1", "position": 1}], (404, 10011)),
            (f"PATCH {ROLES}", [{"id": str(seed.ADMIN), "position": 1}], (403, 50013)),
            (f"PATCH {ROLES}", [{"id": str(seed.HELPER), "position": 9}], (403, 50013)),
            (f"PATCH {ROLES}/{seed.ADMIN}", {"name": "x"}, (403, 50013)),
            (f"PATCH {HELPER}", {"permissions": "8"}, (403, 50013)),
            (f"POST {ROLES}", {"permissions": "8"}, (403, 50013)),
            (f"DELETE {ROLES}/{seed.GUILD_ID}", None, (400, 50028)),
            (f"DELETE {ROLES}/{seed.OWNER}", None, (403, 50013)),
            (f"DELETE {CHANNEL}/permissions/1", None, (404, 10009)),
            (f"PUT {CHANNEL}/permissions/1", {"type": 0}, (404, 10009)),
            (f"PUT {OVERWRITE}", {"type": 0, "allow": "8"}, (403, 50013)),
            (f"PATCH {GUILD}", {"features": []}, (403, 50013)),
        ],
    )
    async def test_have_discords_codes(
        self, bot: Caller, call: str, body: Any, refusal: tuple[int, int]
    ) -> None:
        assert await bot.refused(*split(call), body) == refusal

    @pytest.mark.parametrize(
        ("call", "body", "name"),
        [
            (f"PATCH {GUILD}", {"name": "x"}, "name"),
            (f"PATCH {GUILD}", {"preferred_locale": "xx"}, "preferred_locale"),
            (f"PATCH {GUILD}", {"system_channel_id": "1"}, "system_channel_id"),
            (f"PUT {GUILD}/incident-actions", {"dms_disabled_until": "2099-01-01T00:00:00Z"}, None),
            (f"POST {CHANNELS}", {}, "name"),
            (f"POST {CHANNELS}", {"name": "x" * 101}, "name"),
            (f"POST {CHANNELS}", {"name": "x", "topic": "t" * 1025}, "topic"),
            (f"POST {CHANNELS}", {"name": "x", "rate_limit_per_user": 21_601}, "rate_limit_per_user"),
            (f"POST {CHANNELS}", {"name": "x", "parent_id": str(seed.GENERAL)}, "parent_id"),
            (f"POST {CHANNELS}", {"name": "x", "type": 99}, "type"),
            (
                f"POST {CHANNELS}",
                {"name": "x", "type": 4, "parent_id": str(seed.STAFF_CATEGORY)},
                "parent_id",
            ),
            (f"PATCH {CHANNEL}", {"permission_overwrites": [{"allow": "1"}]}, "permission_overwrites"),
            (f"PUT {OVERWRITE}", {}, "type"),
            (f"PUT {OVERWRITE}", {"type": 0, "allow": "many"}, "allow"),
            (f"POST {ROLES}", {"name": "x" * 101}, "name"),
            (f"POST {ROLES}", {"color": 1 << 24}, "color"),
            (f"POST {ROLES}", {"permissions": -1}, "permissions"),
            (f"POST {ROLES}", {"hoist": "yes"}, "hoist"),
        ],
    )
    async def test_of_a_form_say_which_field(
        self, bot: Caller, call: str, body: Any, name: str | None
    ) -> None:
        name = name or "dms_disabled_until"
        assert list(await bot.errors(*split(call), body)) == [name]

    @pytest.mark.parametrize(
        ("call", "body"),
        [
            (f"POST {CHANNELS}", {"name": "x", "type": 2}),
            (f"PATCH {CHANNEL}", {"type": 5}),
            (f"PATCH {GUILD}", {"icon": "data:"}),
            ("PATCH /users/@me", {"avatar": "data:"}),
            ("PATCH /applications/@me", {"icon": "data:"}),
        ],
    )
    async def test_of_what_is_not_kept_are_501(self, bot: Caller, call: str, body: Any) -> None:
        response = await bot.call(*split(call), body)
        assert response.status_code == 501
        assert split(call)[1] in response.json()["message"]

    async def test_come_with_250_roles(self, bot: Caller) -> None:
        for _ in range(250 - len(bot.guild.roles)):
            assert (await bot.call("POST", ROLES, {})).status_code == 200
        assert await bot.refused("POST", ROLES, {}) == (400, 30005)


class TestGuild:
    async def test_changes_are_told_and_written_down(self, bot: Caller) -> None:
        body = {"name": "New", "preferred_locale": "de", "features": ["COMMUNITY", "INVITES_DISABLED", "ODD"]}
        changed = (await bot.call("PATCH", GUILD, body, reason="Why")).json()
        assert (changed["name"], changed["preferred_locale"]) == ("New", "de")
        assert changed["features"] == ["COMMUNITY", "INVITES_DISABLED"]
        entry = bot.guild.audit_log[-1]
        assert (entry.reason, [each["key"] for each in entry.changes]) == (
            "Why",
            ["name", "preferred_locale", "features"],
        )

    async def test_can_pause_invites_for_a_day(self, bot: Caller) -> None:
        until = (bot.discord.clock.now() + timedelta(hours=24)).isoformat()
        paused = await bot.call("PUT", GUILD + "/incident-actions", {"invites_disabled_until": until})
        assert paused.json() == {"invites_disabled_until": until, "dms_disabled_until": None}
        assert (await bot.call("GET", GUILD)).json()["incidents_data"] == paused.json()

    async def test_can_be_left(self, bot: Caller) -> None:
        happenings = heard(bot)
        assert (await bot.call("DELETE", f"/users/@me/guilds/{seed.GUILD_ID}")).status_code == 204
        assert await bot.refused("GET", GUILD) == (404, 10004)
        assert any(isinstance(each, BotRemoved) for each in happenings)


class TestChannels:
    async def test_are_made_below_a_category_and_outlive_it(self, bot: Caller) -> None:
        category = (await bot.call("POST", CHANNELS, {"name": "My Games", "type": 4})).json()
        made = (await bot.call("POST", CHANNELS, {"name": "My Chess", "parent_id": category["id"]})).json()
        assert (category["name"], made["name"]) == ("My Games", "my-chess")
        await bot.call("DELETE", f"/channels/{category['id']}")
        assert (await bot.call("GET", f"/channels/{made['id']}")).json()["parent_id"] is None

    async def test_take_exceptions_and_give_them_back(self, bot: Caller) -> None:
        body = {"type": 0, "allow": "0", "deny": str(int(Permission.SEND_MESSAGES))}
        assert (await bot.call("PUT", OVERWRITE, body, reason="Quiet")).status_code == 204
        entry = bot.guild.audit_log[-1]
        assert (entry.action, entry.reason) == (13, "Quiet")
        assert entry.options == {"id": str(seed.HELPER), "type": "0", "role_name": "Helper"}
        shown = (await bot.call("GET", CHANNEL)).json()["permission_overwrites"]
        assert {"id": str(seed.HELPER), **body} in shown
        assert (await bot.call("DELETE", OVERWRITE)).status_code == 204
        assert (await bot.call("GET", CHANNEL)).json()["permission_overwrites"] != shown

    async def test_that_are_gone_are_unknown(self, bot: Caller) -> None:
        assert (await bot.call("DELETE", CHANNEL)).status_code == 200
        assert await bot.refused("GET", CHANNEL) == (404, 10003)
        assert await bot.refused("POST", CHANNEL + "/messages", {"content": "x"}) == (404, 10003)


class TestRoles:
    async def test_are_made_lowest_and_close_ranks_when_they_go(self, bot: Caller) -> None:
        before = {role.id: role.position for role in bot.guild.roles.values()}
        made = (await bot.call("POST", ROLES, {"name": "New"})).json()
        assert made["position"] == 1
        assert (await bot.call("DELETE", f"{ROLES}/{made['id']}")).status_code == 204
        assert {role.id: role.position for role in bot.guild.roles.values()} == before

    @pytest.mark.parametrize("position", [1, 2, 3])
    async def test_go_where_they_are_sent(self, bot: Caller, position: int) -> None:
        happenings = heard(bot)
        body = [{"id": str(seed.HELPER), "position": position}]
        answer = (await bot.call("PATCH", ROLES, body)).json()
        positions = {each["id"]: each["position"] for each in answer}
        assert positions[str(seed.HELPER)] == position
        assert sorted(positions.values()) == list(range(len(positions)))
        moved = [each for each in happenings if isinstance(each, RoleUpdated)]
        assert len(moved) == (0 if position == 2 else 2)

    async def test_leave_members_and_channels_when_they_go(self, bot: Caller) -> None:
        happenings = heard(bot)
        await bot.call("DELETE", HELPER, reason="Over")
        assert not any(seed.HELPER in each.roles for each in bot.guild.members.values())
        assert not any(
            each.id == seed.HELPER for channel in bot.guild.channels.values() for each in channel.overwrites
        )
        assert any(isinstance(each, MemberUpdated) for each in happenings)
        assert bot.guild.audit_log[-1].reason == "Over"

    async def test_lose_bits_that_mean_nothing(self, bot: Caller) -> None:
        made = (await bot.call("POST", ROLES, {"permissions": str(1 << 60 | 1024)})).json()
        assert made["permissions"] == "1024"


class TestUsers:
    async def test_the_bot_lists_its_own_guilds_only(self, bot: Caller) -> None:
        listed = (await bot.call("GET", "/users/@me/guilds")).json()
        assert [each["id"] for each in listed] == [str(seed.GUILD_ID)]

    async def test_the_bot_can_be_renamed(self, bot: Caller) -> None:
        assert (await bot.call("PATCH", "/users/@me", {"username": "new_name"})).json()[
            "username"
        ] == "new_name"
        assert list(await bot.errors("PATCH", "/users/@me", {"username": "x"})) == ["username"]
