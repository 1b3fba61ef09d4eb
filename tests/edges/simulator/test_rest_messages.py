"""Messages over REST: who may, once and only once, files, and what a channel shows."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from simulator.deeds import channels as channel_deeds
from simulator.permissions import Overwrite, OverwriteTarget, Permission
from simulator.state import seed
from tests.edges.simulator.rest_caller import CHANNEL, GUILD, Caller, calling, split

pytestmark = pytest.mark.anyio

MESSAGES = CHANNEL + "/messages"
STAFF = f"/channels/{seed.STAFF}"
TERRARIUM = f"/channels/{seed.LOUNGE}"
MEBIBYTE = 1024 * 1024


@pytest.fixture
async def bot() -> AsyncIterator[Caller]:
    async with calling() as caller:
        yield caller


async def sent(bot: Caller, **data: Any) -> dict[str, Any]:
    response = await bot.call("POST", MESSAGES, {"content": "Hello.", **data})
    assert response.status_code == 200, response.text
    message: dict[str, Any] = response.json()
    return message


def people_wrote(bot: Caller) -> str:
    """Tell the id of a message that somebody else wrote."""
    written = bot.discord.world.messages(seed.GENERAL)
    return str(next(each.id for each in written if each.author_id != bot.discord.bot.id))


class TestNonce:
    async def test_twice_is_one_message_and_after_three_minutes_two(self, bot: Caller) -> None:
        first = await sent(bot, nonce="once", enforce_nonce=True)
        again = await sent(bot, nonce="once", enforce_nonce=True)
        assert again["id"] == first["id"]
        assert again["nonce"] == "once"
        bot.discord.clock.advance(181)
        later = await sent(bot, nonce="once", enforce_nonce=True)
        assert later["id"] != first["id"]

    async def test_is_only_a_label_unless_it_is_enforced(self, bot: Caller) -> None:
        assert (await sent(bot, nonce="x"))["id"] != (await sent(bot, nonce="x"))["id"]

    async def test_may_be_a_number_of_any_size(self, bot: Caller) -> None:
        assert (await sent(bot, nonce=10**30))["nonce"] == 10**30


class TestRefusals:
    @pytest.mark.parametrize(
        ("method", "path", "body", "refusal"),
        [
            ("POST", "/channels/1/messages", {"content": "x"}, (404, 10003)),
            ("POST", TERRARIUM + "/messages", {"content": "x"}, (403, 50001)),
            ("GET", TERRARIUM + "/messages", None, (403, 50001)),
            ("POST", MESSAGES, {}, (400, 50006)),
            ("POST", MESSAGES, {"content": " \n"}, (400, 50006)),
            ("POST", f"/channels/{seed.STAFF_CATEGORY}/messages", {"content": "x"}, (400, 50008)),
            ("GET", MESSAGES + "/1", None, (404, 10008)),
            ("PATCH", MESSAGES + "/1", {"content": "x"}, (404, 10008)),
            ("DELETE", MESSAGES + "/1", None, (404, 10008)),
            ("PATCH", MESSAGES + "/{theirs}", {"content": "x"}, (403, 50005)),
            ("POST", MESSAGES + "/bulk-delete", {"messages": ["1"]}, (400, 50016)),
            ("POST", MESSAGES + "/bulk-delete", {"messages": ["1", "2"]}, (400, 50034)),
            ("GET", "/channels/nonsense/messages", None, (400, 50035)),
        ],
    )
    async def test_have_discords_codes(
        self, bot: Caller, method: str, path: str, body: Any, refusal: tuple[int, int]
    ) -> None:
        path = path.replace("{theirs}", people_wrote(bot))
        assert await bot.refused(method, path, body) == refusal

    @pytest.mark.parametrize(
        ("data", "where", "code"),
        [
            ({"content": "x" * 2001}, ["content"], "BASE_TYPE_MAX_LENGTH"),
            ({"content": 5}, ["content"], "STRING_TYPE_CONVERT"),
            ({"nonce": "n" * 26}, ["nonce"], "BASE_TYPE_MAX_LENGTH"),
            ({"embeds": [{"title": "t" * 257}]}, ["embeds", "0", "title"], "BASE_TYPE_MAX_LENGTH"),
            ({"embeds": [{"timestamp": "soon"}]}, ["embeds", "0", "timestamp"], "DATE_TIME_TYPE_PARSE"),
            ({"flags": 1 << 15, "components": [], "content": "x"}, ["content"], "MESSAGE_CANNOT_USE_LEGACY"),
            ({"message_reference": {}}, ["message_reference", "message_id"], "BASE_TYPE_REQUIRED"),
            ({"message_reference": {"message_id": "1"}}, ["message_reference"], "REPLIES_UNKNOWN_MESSAGE"),
            ({"attachments": [{"filename": "a"}]}, ["attachments", "0", "id"], "BASE_TYPE_REQUIRED"),
            (
                {"allowed_mentions": {"parse": ["users"], "users": ["1"]}},
                ["allowed_mentions"],
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
            ),
        ],
    )
    async def test_of_a_form_say_where(
        self, bot: Caller, data: dict[str, Any], where: list[str], code: str
    ) -> None:
        place = await bot.errors("POST", MESSAGES, {"content": "x", **data})
        for step in where:
            place = place[step]
        assert place["_errors"][0]["code"].startswith(code)

    @pytest.mark.parametrize(
        ("permission", "call", "body", "code"),
        [
            (Permission.SEND_MESSAGES, f"POST {MESSAGES}", {"content": "x"}, 50013),
            (Permission.SEND_MESSAGES, f"POST {CHANNEL}/typing", None, 50013),
            (Permission.EMBED_LINKS, f"POST {MESSAGES}", {"embeds": [{"title": "t"}]}, 50013),
            (Permission.VIEW_CHANNEL, f"GET {MESSAGES}", None, 50001),
            (Permission.READ_MESSAGE_HISTORY, f"GET {MESSAGES}/{{theirs}}", None, 50013),
            (Permission.READ_MESSAGE_HISTORY, f"POST {MESSAGES}", "reply", 160002),
            (Permission.MANAGE_MESSAGES, f"DELETE {MESSAGES}/{{theirs}}", None, 50013),
            (Permission.MANAGE_MESSAGES, f"POST {MESSAGES}/bulk-delete", {"messages": ["1", "2"]}, 50013),
        ],
    )
    async def test_come_without_the_permission(
        self, bot: Caller, permission: Permission, call: str, body: Any, code: int
    ) -> None:
        bot.without(permission)
        if body == "reply":
            body = {"content": "x", "message_reference": {"message_id": people_wrote(bot)}}
        assert (await bot.refused(*split(call.replace("{theirs}", people_wrote(bot))), body))[1] == code

    async def test_without_the_history_a_list_is_empty(self, bot: Caller) -> None:
        bot.without(Permission.READ_MESSAGE_HISTORY)
        assert (await bot.call("GET", MESSAGES)).json() == []

    async def test_of_what_is_not_there_are_501(self, bot: Caller) -> None:
        there_is_none: list[dict[str, Any]] = [{"poll": {"question": {}}}, {"sticker_ids": ["1"]}]
        for data in there_is_none:
            assert (await bot.call("POST", MESSAGES, {"content": "x", **data})).status_code == 501


class TestLists:
    async def test_page_before_after_and_around(self, bot: Caller) -> None:
        ids = [(await sent(bot, content=str(number)))["id"] for number in range(7)]

        async def listed(**query: object) -> list[str]:
            response = await bot.call("GET", MESSAGES, params=query)
            return [each["id"] for each in response.json()]

        assert await listed(limit=3) == ids[:3:-1]
        assert await listed(before=ids[3], limit=2) == [ids[2], ids[1]]
        assert await listed(after=ids[3], limit=2) == [ids[5], ids[4]]
        assert await listed(around=ids[3], limit=3) == [ids[4], ids[3], ids[2]]
        assert len(await listed()) == 50

    @pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"before": "x"}])
    async def test_refuse_other_pages(self, bot: Caller, query: dict[str, str]) -> None:
        assert list(await bot.errors("GET", MESSAGES, params=query)) == list(query)


class TestReplies:
    async def test_carry_the_message_and_ping_its_author(self, bot: Caller) -> None:
        theirs = people_wrote(bot)
        reply = await sent(bot, message_reference={"message_id": theirs})
        assert (reply["type"], reply["referenced_message"]["id"]) == (19, theirs)
        assert [each["id"] for each in reply["mentions"]] == [reply["referenced_message"]["author"]["id"]]
        edited = await bot.call("PATCH", f"{MESSAGES}/{reply['id']}", {"content": "other"})
        assert edited.json()["mentions"] == reply["mentions"]

    async def test_to_what_is_gone_can_be_ordinary_messages(self, bot: Caller) -> None:
        message = await sent(bot, message_reference={"message_id": "1", "fail_if_not_exists": False})
        assert message["type"] == 0


class TestEdits:
    async def test_switch_to_components_only_when_the_rest_is_emptied(self, bot: Caller) -> None:
        path = f"{MESSAGES}/{(await sent(bot))['id']}"
        new = {"flags": 1 << 15, "components": [{"type": 10, "content": "Words"}]}
        assert "content" in await bot.errors("PATCH", path, new)
        changed = (await bot.call("PATCH", path, {**new, "content": None, "embeds": []})).json()
        assert (changed["content"], changed["flags"]) == ("", 1 << 15)
        assert (await bot.call("PATCH", path, {"flags": 0})).json()["flags"] == 1 << 15

    async def test_set_and_lift_the_suppression_of_embeds(self, bot: Caller) -> None:
        path = f"{MESSAGES}/{(await sent(bot))['id']}"
        assert (await bot.call("PATCH", path, {"flags": 4})).json()["flags"] == 4
        assert (await bot.call("PATCH", path, {"content": "x"})).json()["flags"] == 4
        assert (await bot.call("PATCH", path, {"flags": 0})).json()["flags"] == 0


class TestDeletion:
    async def test_of_others_stands_in_the_audit_log_with_its_reason(self, bot: Caller) -> None:
        await bot.call("DELETE", f"{MESSAGES}/{people_wrote(bot)}", reason="Spam%20%C3%BC")
        entry = (await bot.call("GET", GUILD + "/audit-logs?action_type=72")).json()["audit_log_entries"][0]
        assert entry["reason"] == "Spam ü"
        assert entry["options"] == {"channel_id": str(seed.GENERAL), "count": "1"}

    async def test_of_many_leaves_the_others(self, bot: Caller) -> None:
        ids = [(await sent(bot))["id"] for _ in range(3)]
        body = {"messages": [*ids[:2], str(int(ids[2]) + 1)]}
        assert (await bot.call("POST", MESSAGES + "/bulk-delete", body)).status_code == 204
        assert [(await bot.call("GET", f"{MESSAGES}/{each}")).status_code for each in ids] == [404, 404, 200]


class TestFiles:
    async def test_are_described_kept_and_served_inert(self, bot: Caller) -> None:
        payload = (
            '{"content": "x", "attachments": [{"id": 0, "description": "Words", "filename": "b c.txt"}]}'
        )
        response = await bot.call(
            "POST",
            MESSAGES,
            data={"payload_json": payload},
            files={
                "files[0]": ("a.txt", b"<script>", "text/html"),
                "files[1]": ("p.png", b"png", "image/png"),
            },
        )
        page, picture = response.json()["attachments"]
        assert (page["filename"], page["description"], page["size"]) == ("b_c.txt", "Words", 8)
        fetched = await bot.client.get(page["url"])
        assert (fetched.content, fetched.headers["content-type"]) == (b"<script>", "text/html")
        assert fetched.headers["content-disposition"].startswith("attachment")
        assert fetched.headers["x-content-type-options"] == "nosniff"
        shown = await bot.client.get(picture["url"])
        assert shown.headers["content-disposition"].startswith("inline")
        edited = await bot.call(
            "PATCH", f"{MESSAGES}/{response.json()['id']}", {"attachments": [{"id": picture["id"]}]}
        )
        assert [each["id"] for each in edited.json()["attachments"]] == [picture["id"]]
        assert (await bot.client.get(page["url"])).status_code == 404
        await bot.call("DELETE", f"{MESSAGES}/{response.json()['id']}")
        assert (await bot.client.get(picture["url"])).status_code == 404

    @pytest.mark.parametrize("name", ["../x", "ключ ä.txt", "a/b.png", "%2e%2e"])
    async def test_with_any_name_can_be_fetched(self, bot: Caller, name: str) -> None:
        response = await bot.call("POST", MESSAGES, files={"files[0]": (name, b"x")})
        (attachment,) = response.json()["attachments"]
        assert (await bot.client.get(attachment["url"])).content == b"x"

    async def test_are_what_an_embed_may_show(self, bot: Caller) -> None:
        payload = '{"embeds": [{"image": {"url": "attachment://p.png"}}]}'
        response = await bot.call(
            "POST", MESSAGES, data={"payload_json": payload}, files={"files[0]": ("p.png", b"png")}
        )
        message = response.json()
        assert message["embeds"][0]["image"]["url"] == message["attachments"][0]["url"]

    async def test_need_a_permission(self, bot: Caller) -> None:
        bot.without(Permission.ATTACH_FILES)
        assert await bot.refused("POST", MESSAGES, files={"files[0]": ("a", b"x")}) == (403, 50013)

    @pytest.mark.parametrize("files", [{"files[0]": 11}, {"files[0]": 9, "files[1]": 9, "files[2]": 8}])
    async def test_have_limits(self, bot: Caller, files: dict[str, int]) -> None:
        parts = {name: (name, bytes(size * MEBIBYTE)) for name, size in files.items()}
        assert await bot.refused("POST", MESSAGES, files=parts) == (413, 40005)

    async def test_are_no_more_than_ten(self, bot: Caller) -> None:
        parts = {f"files[{number}]": ("a", b"x") for number in range(11)}
        assert await bot.refused("POST", MESSAGES, files=parts) == (400, 50035)

    async def test_that_never_were_are_404(self, bot: Caller) -> None:
        for path in ("1/2/a.txt", "x/y/a.txt", f"{seed.GENERAL}/1/a.txt"):
            assert (await bot.client.get(f"/attachments/{path}")).status_code == 404


class TestDirectMessages:
    async def test_open_once_and_arrive(self, bot: Caller) -> None:
        body = {"recipient_id": str(seed.ADA)}
        channel = (await bot.call("POST", "/users/@me/channels", body)).json()
        assert (await bot.call("POST", "/users/@me/channels", body)).json()["id"] == channel["id"]
        assert [each["id"] for each in channel["recipients"]] == [str(seed.ADA)]
        response = await bot.call("POST", f"/channels/{channel['id']}/messages", {"content": "Psst."})
        assert response.status_code == 200

    @pytest.mark.parametrize(("recipient", "code"), [("1", 50033), (None, 50035), ("me", 50007)])
    async def test_are_not_opened_with_anybody(self, bot: Caller, recipient: str | None, code: int) -> None:
        recipient = str(bot.discord.bot.id) if recipient == "me" else recipient
        assert (await bot.refused("POST", "/users/@me/channels", {"recipient_id": recipient}))[1] == code

    async def test_do_not_reach_the_closed_and_the_gone(self, bot: Caller) -> None:
        channel = channel_deeds.open_direct(bot.discord, bot.discord.bot.id, seed.ADA)
        path = f"/channels/{channel.id}/messages"
        bot.discord.world.users[seed.ADA].accepts_dms = False
        assert await bot.refused("POST", path, {"content": "x"}) == (403, 50007)
        bot.discord.world.users[seed.ADA].accepts_dms = True
        del bot.guild.members[seed.ADA]
        assert await bot.refused("POST", path, {"content": "x"}) == (403, 50278)

    async def test_have_no_guild_to_change(self, bot: Caller) -> None:
        channel = channel_deeds.open_direct(bot.discord, bot.discord.bot.id, seed.ADA)
        for method, path in (("PATCH", ""), ("POST", "/messages/bulk-delete"), ("DELETE", "/permissions/1")):
            body = None if method == "DELETE" else {"messages": ["1", "2"]}
            assert await bot.refused(method, f"/channels/{channel.id}{path}", body) == (403, 50003)

    async def test_of_two_others_are_nobodys_business(self, bot: Caller) -> None:
        channel = channel_deeds.open_direct(bot.discord, seed.ADA, seed.JUN)
        assert await bot.refused("GET", f"/channels/{channel.id}/messages") == (403, 50001)


async def test_a_channel_the_bot_cannot_see_is_missing_access(bot: Caller) -> None:
    hidden = Overwrite(bot.discord.bot.id, OverwriteTarget.MEMBER, deny=int(Permission.VIEW_CHANNEL))
    bot.guild.channels[seed.STAFF].overwrites += (hidden,)
    assert await bot.refused("GET", STAFF) == (403, 50001)
