"""Submitted forms as they reach a bot, read by two outside libraries."""

import pytest

from simulator.state import seed
from tests.edges.simulator.discord_py import by_discord_py
from tests.edges.simulator.hikari_reader import by_hikari
from tests.edges.simulator.player import FILE, Player, button, label, modal, row, text_input

pytestmark = pytest.mark.anyio


EVERY_FIELD = [
    label(text_input()),
    label({"type": 3, "custom_id": "bug", "options": [{"label": "Ant", "value": "ant"}]}),
    label({"type": 5, "custom_id": "who"}),
    label({"type": 8, "custom_id": "where"}),
    label({"type": 19, "custom_id": "files", "max_values": 2}),
]
OTHER_FIELDS = [
    label({"type": 21, "custom_id": "radio", "options": [{"label": v, "value": v} for v in "ab"]}),
    label({"type": 22, "custom_id": "boxes", "options": [{"label": v, "value": v} for v in "ab"]}),
    label({"type": 23, "custom_id": "box"}),
    label({"type": 7, "custom_id": "anyone"}),
    {"type": 10, "content": "Thank you."},
]


class TestModals:
    async def test_gives_every_field_back_as_discord_does(self, player: Player) -> None:
        await player.open(*EVERY_FIELD)
        await player.submit(
            {
                "words": "hello",
                "bug": ["ant"],
                "who": [str(seed.MATEO)],
                "where": [str(seed.HELP)],
                "files": [FILE],
            }
        )
        payload = player.payload()
        data = payload["data"]
        (file_id,) = data["resolved"]["attachments"]
        assert data["custom_id"] == "form"
        assert [each["component"] for each in data["components"]] == [
            {"type": 4, "id": 2, "custom_id": "words", "value": "hello"},
            {"type": 3, "id": 4, "custom_id": "bug", "values": ["ant"]},
            {"type": 5, "id": 6, "custom_id": "who", "values": [str(seed.MATEO)]},
            {"type": 8, "id": 8, "custom_id": "where", "values": [str(seed.HELP)]},
            {"type": 19, "id": 10, "custom_id": "files", "values": [file_id]},
        ]
        assert [(each["type"], each["id"]) for each in data["components"]] == [
            (18, 1),
            (18, 3),
            (18, 5),
            (18, 7),
            (18, 9),
        ]
        assert set(data["resolved"]) == {"users", "members", "channels", "attachments"}
        assert by_hikari(payload).custom_id == "form"
        again = await by_discord_py(payload)
        assert again.data["components"][0]["component"]["value"] == "hello"  # type: ignore[index,typeddict-item]

    async def test_gives_choices_boxes_and_texts_back(self, player: Player) -> None:
        await player.open(*OTHER_FIELDS)
        await player.submit({"radio": "b", "boxes": ["a", "b"], "box": True, "anyone": [str(seed.HELPER)]})
        data = player.payload()["data"]
        assert [each.get("component") for each in data["components"]] == [
            {"type": 21, "id": 2, "custom_id": "radio", "value": "b"},
            {"type": 22, "id": 4, "custom_id": "boxes", "values": ["a", "b"]},
            {"type": 23, "id": 6, "custom_id": "box", "value": True},
            {"type": 7, "id": 8, "custom_id": "anyone", "values": [str(seed.HELPER)]},
            None,
        ]
        assert data["components"][4] == {"type": 10, "id": 9}
        assert set(data["resolved"]) == {"roles"}

    async def test_of_the_older_kind_stands_in_rows(self, player: Player) -> None:
        await player.open(row(text_input(label="Words", id=7)))
        await player.submit({"words": "hello"})
        payload = player.payload()
        assert payload["data"]["components"] == [
            {"type": 1, "id": 1, "components": [{"type": 4, "id": 7, "custom_id": "words", "value": "hello"}]}
        ]
        (read,) = by_hikari(payload).components
        assert read.components[0].value == "hello"

    async def test_from_a_component_brings_its_message_along(self, player: Player) -> None:
        message = await player.shown(row(button("open")))
        player.bot.answer = modal(label(text_input()))
        await player.press(message, "open")
        player.bot.answer = {"type": 7, "data": {"content": "Changed."}}
        outcome = await player.submit({"words": "hello"})
        assert outcome["message"]["id"] == message["id"]
        assert outcome["message"]["content"] == "Changed."
        assert by_hikari(player.payload()).message.id == int(message["id"])

    async def test_untouched_optional_fields_come_back_empty(self, player: Player) -> None:
        optional = [
            label({**each["component"], "required": False}) for each in (*EVERY_FIELD[:2], OTHER_FIELDS[0])
        ]
        await player.open(*optional, OTHER_FIELDS[2])
        await player.submit({})
        given = [each["component"] for each in player.payload()["data"]["components"]]
        assert [each.get("value", each.get("values")) for each in given] == ["", [], None, False]
