"""What Discord's own client would not let a person send: buttons, selects and forms."""

from typing import Any

import pytest

from simulator.state import seed
from tests.edges.simulator.player import HERE, Player, button, label, modal, row, text_input

pytestmark = pytest.mark.anyio

ANTS = [{"label": v, "value": v} for v in ("ant", "bee", "fly")]
STRING = {"type": 3, "custom_id": "s", "options": ANTS}


class TestPressing:
    @pytest.mark.parametrize(
        ("component", "values", "error"),
        [
            (STRING, ["ant"], None),
            (STRING, None, "A select sends values: name those that are chosen."),
            (STRING, [], "1 can be chosen, not 0."),
            (STRING, ["ant", "bee"], "1 can be chosen, not 2."),
            (STRING, ["wasp"], "'wasp' cannot be chosen here."),
            ({**STRING, "max_values": 2}, ["ant", "bee"], None),
            ({**STRING, "max_values": 2}, ["ant", "ant"], "Nothing can be chosen twice."),
            ({**STRING, "min_values": 2, "max_values": 3}, ["ant"], "2 to 3 can be chosen, not 1."),
            ({**STRING, "min_values": 0}, [], None),
            ({"type": 5, "custom_id": "s"}, [str(seed.MATEO)], None),
            ({"type": 5, "custom_id": "s"}, ["1"], "'1' cannot be chosen here."),
            ({"type": 6, "custom_id": "s"}, [str(seed.HELPER)], None),
            ({"type": 6, "custom_id": "s"}, [str(seed.MATEO)], f"'{seed.MATEO}' cannot be chosen here."),
            ({"type": 7, "custom_id": "s"}, [str(seed.HELPER)], None),
            ({"type": 8, "custom_id": "s"}, [str(seed.HELP)], None),
            ({"type": 8, "custom_id": "s"}, [str(seed.STAFF)], f"'{seed.STAFF}' cannot be chosen here."),
            (
                {"type": 8, "custom_id": "s", "channel_types": [2]},
                [str(seed.HELP)],
                f"'{seed.HELP}' cannot be chosen here.",
            ),
            (button("s"), None, None),
            (button("s"), ["x"], "A button has no values."),
        ],
    )
    async def test_only_what_can_be_chosen_is_sent(
        self, player: Player, component: dict[str, Any], values: list[str] | None, error: str | None
    ) -> None:
        message = await player.shown(row(component))
        before = len(player.bot.received)
        outcome = await player.press(message, "s", 200 if error is None else 400, values=values)
        assert outcome.get("error") == error
        assert len(player.bot.received) - before == (error is None)

    async def test_a_disabled_component_or_one_that_is_not_there_sends_nothing(self, player: Player) -> None:
        message = await player.shown(row(button("off", disabled=True)))
        before = len(player.bot.received)
        error = (await player.press(message, "off", 409))["error"]
        assert error == "This component is disabled. Nothing was sent to the bot."
        error = (await player.press(message, "gone", 404))["error"]
        assert error == "This message has no component with the custom_id 'gone'."
        await player.ask("components", 404, message_id="1", custom_id="off", user_id=str(seed.ADA))
        assert len(player.bot.received) == before

    async def test_with_overrides_anything_is_sent(self, player: Player) -> None:
        message = await player.shown(row({**STRING, "disabled": True}))
        await player.press(message, "s", values=["wasp"], overrides={"data": {"custom_id": "spoilt"}})
        assert player.payload()["data"]["values"] == ["wasp"]
        assert player.payload()["data"]["custom_id"] == "spoilt"

    async def test_only_by_who_sees_the_message(self, player: Player) -> None:
        message = await player.shown(row(button("mine")), flags=64)
        await player.press(message, "mine", 404, user_id=str(seed.MATEO))
        await player.press(message, "mine")
        assert player.payload()["member"]["user"]["id"] == str(seed.ADA)

    async def test_by_anybody_else_if_named(self, player: Player) -> None:
        message = await player.shown(row(button("ours")))
        await player.press(message, "ours", user_id=str(seed.MATEO))
        assert player.payload()["member"]["user"]["id"] == str(seed.MATEO)

    async def test_a_persons_message_has_no_components(self, player: Player) -> None:
        spoken = (await player.messages())[0]
        await player.press(spoken, "x", 400)
        await player.press(spoken, "x", 404, user_id=str(seed.TOMASZ))

    async def test_a_button_in_a_section_of_a_container_is_found(self, player: Player) -> None:
        section = {
            "type": 9,
            "components": [{"type": 10, "content": "Go?"}],
            "accessory": button("deep"),
        }
        player.bot.answer = {
            "type": 4,
            "data": {"flags": 32768, "components": [{"type": 17, "components": [section]}]},
        }
        message = (await player.command())["message"]
        await player.press(message, "deep")
        assert player.payload()["data"] == {"id": 4, "custom_id": "deep", "component_type": 2}


TEXT = label(text_input(min_length=3, max_length=5))
BOXES = {"type": 22, "custom_id": "boxes", "options": [{"label": v, "value": v} for v in "abc"]}
TWO_BOXES = label({**BOXES, "max_values": 2})
CHANNEL = label({"type": 8, "custom_id": "s"})
RADIO = {"type": 21, "custom_id": "radio", "options": [{"label": v, "value": v} for v in "ab"]}
FILES = {"type": 19, "custom_id": "files", "max_values": 2}
FILE = {"filename": "a.txt", "content": "aGk="}


class TestSubmitting:
    @pytest.mark.parametrize(
        ("component", "fields", "error"),
        [
            (TEXT, {"words": "four"}, None),
            (TEXT, {}, "Label: an answer is needed."),
            (TEXT, {"words": ""}, "Label: an answer is needed."),
            (TEXT, {"words": "ab"}, "Label: 3 to 5 characters are wanted, not 2."),
            (TEXT, {"words": "abcdef"}, "Label: 3 to 5 characters are wanted, not 6."),
            (TEXT, {"words": True}, "Label: a text is wanted."),
            (TEXT, {"words": "four", "x": "y"}, "The modal has no field with the custom_id 'x'."),
            (label(text_input(required=False, min_length=3)), {}, None),
            (row(text_input(label="Old")), {"words": ""}, "Old: an answer is needed."),
            (label({**STRING}), {"s": ["ant"]}, None),
            (label({**STRING}), {"s": "ant"}, "Label: a list of texts is wanted."),
            (label({**STRING}), {"s": []}, "Label: an answer is needed."),
            (label({**STRING}), {"s": ["wasp"]}, "Label: 'wasp' cannot be chosen here."),
            (label({**STRING, "required": False}), {"s": []}, None),
            (CHANNEL, {"s": [str(seed.STAFF)]}, f"Label: '{seed.STAFF}' cannot be chosen here."),
            (label(RADIO), {"radio": "a"}, None),
            (label(RADIO), {"radio": "c"}, "Label: 'c' cannot be chosen here."),
            (label(RADIO), {}, "Label: an answer is needed."),
            (label(BOXES), {"boxes": ["a", "b", "c"]}, None),
            (TWO_BOXES, {"boxes": ["a", "b", "c"]}, "Label: 1 to 2 can be chosen, not 3."),
            (label(BOXES), {"boxes": []}, "Label: an answer is needed."),
            (label({"type": 23, "custom_id": "box"}), {"box": True}, None),
            (label({"type": 23, "custom_id": "box"}), {"box": "yes"}, "Label: true or false is wanted."),
            (label(FILES), {"files": [FILE, FILE]}, None),
            (label(FILES), {"files": [FILE] * 3}, "Label: 1 to 2 can be chosen, not 3."),
            (label(FILES), {"files": ["a.txt"]}, "Label: a list of files is wanted."),
            (label(FILES), {"files": [FILE, "x"]}, "The field 'files' has files and other values."),
        ],
    )  # fmt: skip
    async def test_only_what_the_form_takes_is_sent(
        self, player: Player, component: dict[str, Any], fields: dict[str, Any], error: str | None
    ) -> None:
        await player.open(component)
        before = len(player.bot.received)
        player.bot.answer = {"type": 4, "data": {"content": "Thanks."}}
        outcome = await player.submit(fields, 200 if error is None else 400)
        assert outcome.get("error") == error
        assert len(player.bot.received) - before == (error is None)

    async def test_with_overrides_anything_is_sent(self, player: Player) -> None:
        await player.open(TEXT)
        await player.submit({"words": "x" * 5000}, overrides={"locale": "de"})
        component = player.payload()["data"]["components"][0]["component"]
        assert component["value"] == "x" * 5000
        assert player.payload()["locale"] == "de"

    async def test_nobody_submits_what_the_bot_has_not_opened_for_them(self, player: Player) -> None:
        error = (await player.submit({}, 409))["error"]
        assert error == "No modal with the custom_id 'form' is open."
        await player.open(label(text_input()))
        error = (await player.submit({"words": "x"}, 409, user_id=str(seed.MATEO)))["error"]
        assert error == "No modal with the custom_id 'form' is open for this person."

    async def test_is_possible_once_and_in_time(self, player: Player) -> None:
        await player.open(label(text_input()))
        player.bot.answer = {"type": 4, "data": {"content": "Thanks."}}
        await player.submit({"words": "x"}, user_id=str(seed.ADA))
        await player.submit({"words": "x"}, 409)
        await player.open(label(text_input()))
        await player.ask("clock", advance=901)
        await player.submit({"words": "x"}, 409)

    async def test_that_came_to_nothing_leaves_the_form_open(self, player: Player) -> None:
        await player.open(label(text_input()))
        before = await player.messages()
        player.bot.answer = modal(label(text_input()))
        outcome = await player.submit({"words": "x"})
        assert outcome["message"] is None
        assert outcome["problem"] == "type: Value must be one of {4, 5, 12}."
        assert await player.messages() == before
        player.bot.answer = {"type": 4, "data": {"content": "Thanks."}}
        assert (await player.submit({"words": "x"}))["message"]["content"] == "Thanks."


class TestSpoiling:
    """What tests of bots need works for every kind, not only for commands."""

    @pytest.mark.parametrize("path", ["commands", "context-menus", "autocomplete", "components", "modals"])
    async def test_is_possible_for_every_kind(self, player: Player, path: str) -> None:
        message = await player.shown(row(button("go")))
        await player.open(label(text_input()))
        own: dict[str, dict[str, Any]] = {
            "commands": {**HERE, "name": "try"},
            "context-menus": {**HERE, "name": "Look up", "target_id": str(seed.MATEO)},
            "autocomplete": {**HERE, "name": "try", "focused": "q"},
            "components": {"message_id": message["id"], "custom_id": "go"},
            "modals": {"custom_id": "form", "fields": {"words": "x"}},
        }
        before = await player.messages()
        tampered = await player.ask(path, **own[path], tamper="signature")
        assert (tampered["message"], tampered["modal"], tampered["problem"]) == (None, None, None)
        assert await player.messages() == before
        signed = int(player.bot.received[-1].headers["x-signature-timestamp"])
        repeated = await player.ask(
            path, **own[path], repeat=3, timestamp_offset=-600, overrides={"extra": 1}
        )
        assert len(repeated["responses"]) == 3
        assert player.payload()["extra"] == 1
        assert len({each.body for each in player.bot.received[-3:]}) == 1
        assert -603 <= int(player.bot.received[-1].headers["x-signature-timestamp"]) - signed <= -597
