"""Every kind of interaction as it reaches a bot, read by two outside libraries."""

import hikari
import pytest

from simulator.config import DEMO_APPLICATION_ID
from simulator.state import seed
from tests.edges.simulator.discord_py import by_discord_py, is_direct, options_of
from tests.edges.simulator.hikari_reader import by_hikari
from tests.edges.simulator.player import FILE, HERE, Player, button, row

pytestmark = pytest.mark.anyio

EVERY_OPTION = [
    {"type": kind, "name": name, "description": "d"}
    for kind, name in (
        (3, "text"),
        (4, "count"),
        (5, "quiet"),
        (6, "who"),
        (7, "where"),
        (8, "role"),
        (9, "anyone"),
        (10, "share"),
        (11, "file"),
    )
]
EVERY_VALUE = {
    "text": "words",
    "count": 3,
    "quiet": True,
    "who": str(seed.MATEO),
    "where": str(seed.HELP),
    "role": str(seed.HELPER),
    "anyone": str(seed.MODERATOR),
    "share": 0.5,
}


class TestCommands:
    async def test_with_every_type_of_option_is_read_with_all_that_it_refers_to(self, player: Player) -> None:
        await player.register({"name": "try", "description": "d", "options": EVERY_OPTION})
        await player.command(options=EVERY_VALUE, attachments={"file": FILE})
        payload = player.payload()
        read = by_hikari(payload)
        assert {each.name: each.type for each in read.options} == {
            each["name"]: each["type"] for each in EVERY_OPTION
        }
        assert read.resolved.users[hikari.Snowflake(seed.MATEO)].username == "mateo.f"
        assert set(read.resolved.roles) == {seed.HELPER, seed.MODERATOR}
        (file,) = read.resolved.attachments.values()
        assert (file.filename, file.size, file.is_ephemeral) == ("notes.txt", 5, True)
        again = options_of(await by_discord_py(payload))
        assert again.text == "words"
        assert again.file.filename == "notes.txt"
        assert again.role.name == "Helper"
        assert again.who.name == "mateo.f"

    async def test_has_people_and_channels_in_the_parts_that_discord_sends(self, player: Player) -> None:
        await player.register({"name": "try", "description": "d", "options": EVERY_OPTION})
        await player.command(options={"who": str(seed.MATEO), "where": str(seed.STAFF)})
        resolved = player.payload()["data"]["resolved"]
        member = resolved["members"][str(seed.MATEO)]
        assert not {"user", "deaf", "mute"} & set(member)
        assert int(member["permissions"])
        assert set(resolved["channels"][str(seed.STAFF)]) == {
            "id", "name", "type", "permissions", "app_permissions", "last_message_id", "last_pin_timestamp",
            "nsfw", "parent_id", "guild_id", "flags", "rate_limit_per_user", "topic", "position",
        }  # fmt: skip
        assert resolved["channels"][str(seed.STAFF)]["permissions"] == "0"
        assert int(resolved["channels"][str(seed.STAFF)]["app_permissions"])

    async def test_types_a_file_of_an_unregistered_command_by_what_it_is(self, player: Player) -> None:
        await player.command(attachments={"file": FILE})
        data = player.payload()["data"]
        assert data["options"][0]["type"] == 11
        assert data["options"][0]["value"] in data["resolved"]["attachments"]

    async def test_in_direct_messages_has_a_user_and_no_guild(self, player: Player) -> None:
        place = await player.direct()
        await player.ask("commands", name="try", **place)
        payload = player.payload()
        assert not {"member", "guild", "guild_id", "guild_locale"} & set(payload)
        assert (payload["context"], payload["authorizing_integration_owners"]) == (1, {"0": "0"})
        read = by_hikari(payload)
        assert (read.user.id, read.member, read.guild_id) == (seed.ADA, None, None)
        assert read.channel.type == hikari.ChannelType.DM
        assert read.app_permissions & hikari.Permissions.ATTACH_FILES
        again = await by_discord_py(payload)
        assert is_direct(again)

    @pytest.mark.parametrize(
        ("contexts", "in_guild", "in_direct"),
        [(None, 200, 200), ([0], 200, 403), ([1], 403, 200), ([0, 1], 200, 200), ([2], 403, 403)],
    )
    async def test_are_used_where_they_were_registered_for(
        self, player: Player, contexts: list[int] | None, in_guild: int, in_direct: int
    ) -> None:
        await player.register({"name": "try", "description": "d", "contexts": contexts}, guild=False)
        await player.command(status=in_guild)
        await player.ask("commands", in_direct, name="try", **await player.direct())

    async def test_are_not_used_where_the_person_or_the_bot_is_not(self, player: Player) -> None:
        error = (await player.command(channel_id=str(seed.STAFF), status=403))["error"]
        assert error == "Ada Okafor does not see #staff."
        await player.ask("guilds/" + str(seed.GUILD_ID) + "/bot", action="remove")
        error = (await player.command(status=403))["error"]
        assert error == "Demo Bot is not in Beginner.Codes."
        assert not player.bot.received

    async def test_are_not_used_by_bots_or_by_who_is_timed_out(self, player: Player) -> None:
        await player.command(user_id=str(DEMO_APPLICATION_ID), status=403)
        silenced = {"guild_id": HERE["guild_id"], "moderator_id": str(seed.PRIYA), "action": "timeout"}
        await player.ask("moderation", **silenced, user_id=HERE["user_id"], seconds=60)
        error = (await player.command(status=403))["error"]
        assert error == "Ada Okafor is timed out in Beginner.Codes."
        await player.ask("clock", advance=61)
        await player.command()


class TestContextMenus:
    async def test_on_a_person_names_the_person(self, player: Player) -> None:
        (registered,) = await player.register({"name": "Look up", "type": 2})
        outcome = await player.ask("context-menus", **HERE, name="Look up", target_id=str(seed.MATEO))
        payload = player.payload()
        assert payload["data"]["id"] == registered["id"]
        read = by_hikari(payload)
        assert (read.command_type, read.target_id) == (hikari.CommandType.USER, seed.MATEO)
        assert read.resolved.members[hikari.Snowflake(seed.MATEO)].user.username == "mateo.f"
        assert (await by_discord_py(payload)).data["target_id"] == str(seed.MATEO)  # type: ignore[index,typeddict-item]
        assert (outcome["message"]["type"], outcome["message"]["interaction"]["name"]) == (23, "Look up")

    async def test_on_a_message_has_the_message(self, player: Player) -> None:
        await player.register({"name": "Quote", "type": 3})
        spoken = next(each for each in await player.messages() if each["channel_id"] == HERE["channel_id"])
        target = {"channel_id": spoken["channel_id"], "user_id": str(seed.TOMASZ)}
        await player.ask("context-menus", name="Quote", target_id=spoken["id"], **target)
        read = by_hikari(player.payload())
        assert (read.command_type, read.target_id) == (hikari.CommandType.MESSAGE, int(spoken["id"]))
        assert read.resolved.messages[hikari.Snowflake(spoken["id"])].content == spoken["content"]

    @pytest.mark.parametrize(
        ("registered", "target", "kind"),
        [
            ([], "person", 2),
            ([], "message", 3),
            ([2], "person", 2),
            ([3], "message", 3),
            ([2, 3], "person", 2),
            ([2, 3], "message", 3),
        ],
    )
    async def test_is_of_the_kind_that_is_registered_or_that_the_target_is(
        self, player: Player, registered: list[int], target: str, kind: int
    ) -> None:
        await player.register(*({"name": "Do it", "type": each} for each in registered))
        message = await player.ask("messages", **{**HERE, "guild_id": None} | {"content": "hi"}, status=400)
        assert message["error"]
        spoken = await player.ask(
            "messages", channel_id=HERE["channel_id"], user_id=HERE["user_id"], content="hi"
        )
        target_id = str(seed.MATEO) if target == "person" else spoken["id"]
        await player.ask("context-menus", **HERE, name="Do it", target_id=target_id)
        assert player.payload()["data"]["type"] == kind

    async def test_finds_neither_strangers_nor_what_only_others_see(self, player: Player) -> None:
        player.bot.answer = {"type": 4, "data": {"content": "psst", "flags": 64}}
        secret = (await player.command(user_id=str(seed.MATEO)))["message"]
        for target in ("1", secret["id"]):
            await player.ask("context-menus", 404, **HERE, name="Quote", target_id=target)
        await player.ask("context-menus", 400, **HERE, name="Quote", target_id="nobody")


class TestAutocomplete:
    async def test_sends_what_is_typed_so_far_as_it_was_typed(self, player: Player) -> None:
        options = [
            {"type": 6, "name": "who", "description": "d"},
            {"type": 4, "name": "count", "description": "d", "autocomplete": True},
        ]
        await player.register({"name": "try", "description": "d", "options": options})
        player.bot.answer = {"type": 8, "data": {"choices": [{"name": "Twelve", "value": 12}]}}
        values = {"who": str(seed.MATEO), "count": "1"}
        before = await player.messages()
        outcome = await player.ask("autocomplete", **HERE, name="try", options=values, focused="count")
        assert outcome["choices"] == [{"name": "Twelve", "value": 12}]
        assert outcome["message"] is None
        assert await player.messages() == before
        payload = player.payload()
        assert payload["type"] == 4
        assert payload["data"]["options"] == [
            {"name": "who", "type": 6, "value": str(seed.MATEO)},
            {"name": "count", "type": 4, "value": "1", "focused": True},
        ]
        payload["data"]["options"][1]["value"] = "1"
        read = by_hikari(payload)
        assert [each.name for each in read.options if each.is_focused] == ["count"]
        assert options_of(await by_discord_py(payload)).count == "1"

    async def test_begins_with_nothing_typed(self, player: Player) -> None:
        player.bot.answer = {"type": 8, "data": {"choices": []}}
        outcome = await player.ask("autocomplete", **HERE, name="try sub", focused="query")
        assert outcome["choices"] == []
        (sub,) = player.payload()["data"]["options"]
        assert sub["options"] == [{"name": "query", "type": 3, "value": "", "focused": True}]

    @pytest.mark.parametrize(
        ("answer", "problem"),
        [
            ({"type": 4, "data": {"content": "x"}}, "type: Value must be one of {8}."),
            ({"type": 8, "data": {}}, "data.choices: This field is required"),
            ({"type": 8}, "data: This field is required"),
            (
                {"type": 8, "data": {"choices": [{"name": "n", "value": "v"}] * 26}},
                "data.choices: Must be 25 or fewer in length.",
            ),
            (
                {"type": 8, "data": {"choices": [{"name": "", "value": "v"}]}},
                "data.choices.0.name: Must be between 1 and 100 in length.",
            ),
            (
                {"type": 8, "data": {"choices": [{"name": "n"}]}},
                "data.choices.0.value: This field is required",
            ),
            (
                {"type": 8, "data": {"choices": [{"name": "n", "value": "v" * 101}]}},
                "data.choices.0.value: Must be 100 or fewer in length.",
            ),
        ],
    )
    async def test_offers_nothing_for_what_discord_would_not_take(
        self, player: Player, answer: object, problem: str
    ) -> None:
        player.bot.answer = answer
        outcome = await player.ask("autocomplete", **HERE, name="try", focused="query")
        assert (outcome["choices"], outcome["message"]) == ([], None)
        assert outcome["problem"] == problem

    async def test_wants_numbers_for_a_number(self, player: Player) -> None:
        options = [
            {"type": kind, "name": name, "description": "d", "autocomplete": True}
            for kind, name in ((4, "count"), (10, "share"))
        ]
        await player.register({"name": "try", "description": "d", "options": options})
        player.bot.answer = {"type": 8, "data": {"choices": [{"name": "n", "value": "many"}]}}
        for name, kind in (("count", "int"), ("share", "float")):
            outcome = await player.ask("autocomplete", **HERE, name="try", focused=name)
            assert outcome["problem"] == f'data.choices.0.value: Value "many" is not {kind}.'


class TestComponents:
    async def test_a_button_comes_with_its_message(self, player: Player) -> None:
        message = await player.shown(row(button("yes"), button("no")))
        await player.press(message, "no")
        payload = player.payload()
        assert payload["data"] == {"id": 3, "custom_id": "no", "component_type": 2}
        read = by_hikari(payload)
        assert (read.custom_id, read.component_type) == ("no", hikari.ComponentType.BUTTON)
        assert read.message.content == "Choose."
        assert read.message.interaction_metadata is not None
        again = await by_discord_py(payload)
        assert again.message is not None
        assert again.message.id == int(message["id"])

    @pytest.mark.parametrize(
        ("kind", "values", "resolved"),
        [
            (3, ["ant"], {}),
            (5, [str(seed.MATEO)], {"users": [seed.MATEO], "members": [seed.MATEO]}),
            (6, [str(seed.HELPER)], {"roles": [seed.HELPER]}),
            (
                7,
                [str(seed.MATEO), str(seed.HELPER)],
                {"users": [seed.MATEO], "members": [seed.MATEO], "roles": [seed.HELPER]},
            ),
            (8, [str(seed.HELP)], {"channels": [seed.HELP]}),
        ],
    )
    async def test_a_select_comes_with_what_was_chosen(
        self, player: Player, kind: int, values: list[str], resolved: dict[str, list[int]]
    ) -> None:
        options = {"options": [{"label": "Ant", "value": "ant"}]} if kind == 3 else {}
        message = await player.shown(row({"type": kind, "custom_id": "s", "max_values": 2, **options}))
        await player.press(message, "s", values=values)
        payload = player.payload()
        assert payload["data"]["values"] == values
        found = payload["data"].get("resolved", {})
        assert {key: [int(each) for each in value] for key, value in found.items()} == resolved
        read = by_hikari(payload)
        assert (int(read.component_type), list(read.values)) == (kind, values)
        again = await by_discord_py(payload)
        assert again.data["values"] == values  # type: ignore[index,typeddict-item]

    async def test_works_in_direct_messages_and_on_ephemeral_ones(self, player: Player) -> None:
        place = await player.direct()
        player.bot.answer = {"type": 4, "data": {"components": [row(button("go"))], "flags": 64}}
        message = (await player.ask("commands", name="try", **place))["message"]
        await player.press(message, "go")
        payload = player.payload()
        assert "member" not in payload
        assert by_hikari(payload).message.flags & hikari.MessageFlag.EPHEMERAL
