"""First answers: which fit what, and over the callback route."""

import asyncio
from typing import Any

import httpx2
import pytest

from simulator.delivery.callbacks import Asked, callback_errors, fitting
from simulator.payloads.interactions import InteractionType
from simulator.state import seed
from tests.edges.simulator.player import HERE, Hook, Player, button, code, label, modal, row, text_input
from tests.oracles.discord_schema import assert_callback, assert_valid

pytestmark = pytest.mark.anyio

MESSAGE = {"type": 4, "data": {"content": "Hello."}}
NO_RESPONSE = "The application did not respond"


@pytest.fixture
def elsewhere(player: Player) -> Player:
    """A player whose bot replies 202: it answers by the callback route."""
    player.bot.status, player.bot.answer = 202, b""
    return player


class TestWhichFits:
    @pytest.mark.parametrize(
        ("kind", "source_is_v2", "types"),
        [
            (InteractionType.APPLICATION_COMMAND, None, {4, 5, 9, 12}),
            (InteractionType.MESSAGE_COMPONENT, False, {4, 5, 6, 7, 9, 12}),
            (InteractionType.AUTOCOMPLETE, None, {8}),
            (InteractionType.MODAL_SUBMIT, None, {4, 5, 12}),
            (InteractionType.MODAL_SUBMIT, True, {4, 5, 6, 7, 12}),
        ],
    )
    def test_is_as_in_discords_table(
        self, kind: InteractionType, source_is_v2: object, types: set[int]
    ) -> None:
        assert fitting(Asked(kind, source_is_v2 if isinstance(source_is_v2, bool) else None)) == types

    @pytest.mark.parametrize(
        ("callback", "where"),
        [
            ([], ""),
            ({}, "type"),
            ({"type": "4"}, "type"),
            ({"type": True}, "type"),
            ({"type": 1}, "type"),
            ({"type": 10}, "type"),
            ({"type": 4}, "data"),
            ({"type": 4, "data": []}, "data"),
            ({"type": 4, "data": {"content": "x" * 2001}}, "data.content"),
            ({"type": 4, "data": {"flags": 32768, "content": "x"}}, "data.content"),
            ({"type": 5, "data": {"flags": 32768}}, "data.flags"),
            ({"type": 5, "data": {"flags": "x"}}, "data.flags"),
            ({"type": 7, "data": {"components": [{"type": 10, "content": "x"}]}}, "data.components.0.type"),
            ({"type": 9}, "data"),
            ({"type": 9, "data": {}}, "data.title"),
            (modal(), "data.components"),
            (modal(*[{"type": 10, "content": "x"}] * 6), "data.components"),
            (modal(label(text_input("x" * 101))), "data.components.0.component.custom_id"),
            (modal(label(text_input()), label(text_input())), "data.components"),
        ],
    )
    def test_what_is_wrong_is_told_with_its_place(self, callback: object, where: str) -> None:
        level: Any = callback_errors(callback, Asked(InteractionType.MESSAGE_COMPONENT, source_is_v2=False))
        for step in where.split(".") if where else ():
            level = level[step]
        assert level["_errors"]

    @pytest.mark.parametrize(
        "callback",
        [
            MESSAGE,
            {"type": 5},
            {"type": 5, "data": {"flags": 64}},
            {"type": 6},
            {"type": 7, "data": {"content": "x"}},
            modal(label(text_input())),
        ],
    )
    def test_what_discord_publishes_as_right_is_right(self, callback: dict[str, Any]) -> None:
        if "content" in callback.get("data", {}):
            callback = {**callback, "data": {**callback["data"], "allowed_mentions": {"parse": []}}}
        assert_callback(callback)
        assert not callback_errors(callback, Asked(InteractionType.MESSAGE_COMPONENT, source_is_v2=False))


class TestByTheCallbackRoute:
    async def test_is_as_good_as_a_reply(self, elsewhere: Player) -> None:
        async def act(payload: dict[str, Any]) -> None:
            response = await elsewhere.callback(payload, MESSAGE)
            assert (response.status_code, response.content) == (204, b"")

        outcome = await elsewhere.meanwhile(elsewhere.command(), act)
        assert (outcome["status"], outcome["response"]) == (202, MESSAGE)
        assert outcome["message"]["content"] == "Hello."
        assert outcome["problem"] is None

    async def test_gives_the_message_back_if_wanted(self, elsewhere: Player) -> None:
        told: list[dict[str, Any]] = []

        async def act(payload: dict[str, Any]) -> None:
            told.append((await elsewhere.callback(payload, MESSAGE, "?with_response=true")).json())

        outcome = await elsewhere.meanwhile(elsewhere.command(), act)
        message_id = outcome["message"]["id"]
        assert told[0]["interaction"] == {
            "id": outcome["interaction_id"],
            "type": 2,
            "channel_id": HERE["channel_id"],
            "guild_id": HERE["guild_id"],
            "response_message_id": message_id,
            "response_message_loading": False,
            "response_message_ephemeral": False,
        }
        assert told[0]["resource"]["type"] == 4
        assert told[0]["resource"]["message"]["id"] == message_id
        assert_valid("InteractionCallbackResponse", told[0])

    async def test_of_a_deferral_names_the_message_only(self, elsewhere: Player) -> None:
        told: list[dict[str, Any]] = []

        async def act(payload: dict[str, Any]) -> None:
            answer = {"type": 5, "data": {"flags": 64}}
            told.append((await elsewhere.callback(payload, answer, "?with_response=true")).json())

        await elsewhere.meanwhile(elsewhere.command(), act)
        assert "resource" not in told[0]
        assert_valid("InteractionCallbackResponse", told[0])
        assert told[0]["interaction"]["response_message_loading"] is True
        assert told[0]["interaction"]["response_message_ephemeral"] is True

    async def test_is_possible_once(self, elsewhere: Player) -> None:
        async def act(payload: dict[str, Any]) -> None:
            assert (await elsewhere.callback(payload, MESSAGE)).status_code == 204
            assert code(await elsewhere.callback(payload, MESSAGE)) == (400, 40060)

        await elsewhere.meanwhile(elsewhere.command(), act)
        assert code(await elsewhere.callback(elsewhere.payload(), MESSAGE)) == (400, 40060)

    async def test_after_a_reply_is_a_second_answer(self, player: Player) -> None:
        await player.command()
        assert code(await player.callback(player.payload(), MESSAGE)) == (400, 40060)

    async def test_needs_the_right_token(self, elsewhere: Player) -> None:
        async def act(payload: dict[str, Any]) -> None:
            assert code(await elsewhere.callback({**payload, "token": "x"}, MESSAGE)) == (404, 10062)
            assert code(await elsewhere.callback({**payload, "id": "1"}, MESSAGE)) == (404, 10062)
            assert code(await elsewhere.callback({**payload, "id": "x"}, MESSAGE)) == (400, 50035)

        await elsewhere.meanwhile(elsewhere.command(), act)

    async def test_that_is_refused_can_be_made_good(self, elsewhere: Player) -> None:
        async def act(payload: dict[str, Any]) -> None:
            refused = await elsewhere.callback(payload, {"type": 4, "data": {"content": "x" * 2001}})
            assert code(refused) == (400, 50035)
            assert refused.json()["errors"]["data"]["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"
            assert code(await elsewhere.callback(payload, {"type": 4, "data": {}})) == (400, 50006)
            assert code(await elsewhere.callback(payload, [])) == (400, 50035)
            assert (await elsewhere.callback(payload, MESSAGE)).status_code == 204

        assert (await elsewhere.meanwhile(elsewhere.command(), act))["problem"] is None

    async def test_that_never_comes_right_tells_why(self, elsewhere: Player) -> None:
        async def act(payload: dict[str, Any]) -> None:
            await elsewhere.callback(payload, {"type": 7, "data": {"content": "x"}})

        outcome = await elsewhere.meanwhile(elsewhere.command(), act)
        assert outcome["message"]["text"] == NO_RESPONSE
        assert outcome["problem"] == "type: Value must be one of {4, 5, 9, 12}."

    async def test_with_a_poll_is_refused_because_there_are_none_here(self, player: Player) -> None:
        player.bot.answer = {"type": 4, "data": {"poll": {"question": {"text": "?"}}}}
        assert (await player.command())["problem"] == "The simulator does not have polls yet."

    async def test_that_never_comes_at_all_tells_so(self, elsewhere: Player) -> None:
        outcome = await elsewhere.command()
        assert outcome["message"]["text"] == NO_RESPONSE
        assert outcome["problem"] == "The endpoint answered 202, but no callback came within 0.2 s."

    async def test_comes_with_files(self, elsewhere: Player) -> None:
        async def act(payload: dict[str, Any]) -> None:
            attachments = [{"id": 0, "description": "A cat"}]
            file = {"type": 13, "file": {"url": "attachment://cat.txt"}}
            data = {"attachments": attachments, "components": [file], "flags": 32768 | 64}
            files = {"files[0]": ("cat.txt", b"meow", "text/plain")}
            path = f"/api/v10/interactions/{payload['id']}/{payload['token']}/callback"
            form = {"payload_json": httpx2.Response(200, json={"type": 4, "data": data}).text}
            response = await elsewhere.client.post(path, data=form, files=files)
            assert response.status_code == 204, response.text

        outcome = await elsewhere.meanwhile(elsewhere.command(), act)
        (file,) = outcome["message"]["attachments"]
        assert (file["filename"], file["size"], file["description"], file["ephemeral"]) == (
            "cat.txt",
            4,
            "A cat",
            True,
        )


class TestTooLate:
    async def test_the_person_sees_that_nothing_came_and_the_answer_is_not_taken(
        self, player: Player
    ) -> None:
        player.bot.delay = 0.4
        outcome = await player.command()
        assert outcome["message"]["text"] == NO_RESPONSE
        payload = player.payload()
        before = await player.messages()
        assert code(await player.callback(payload, MESSAGE)) == (404, 10062)
        await asyncio.sleep(0.3)
        assert await player.messages() == before
        hook = Hook(player.client, payload["token"])
        assert code(await hook.follow(content="Sorry.")) == (404, 10015)
        assert code(await hook.show()) == (404, 10015)

    async def test_a_callback_within_the_limit_counts_though_the_reply_does_not_come(
        self, player: Player
    ) -> None:
        player.bot.delay = 0.4

        async def act(payload: dict[str, Any]) -> None:
            assert (await player.callback(payload, MESSAGE)).status_code == 204

        outcome = await player.meanwhile(player.command(), act)
        assert outcome["message"]["content"] == "Hello."
        assert (outcome["status"], outcome["response"]) == (202, MESSAGE)

    async def test_a_component_that_failed_leaves_its_message_and_tells_why(self, player: Player) -> None:
        message = await player.shown(row(button("go")))
        before = await player.messages()
        player.bot.answer = {"type": 8, "data": {"choices": []}}
        outcome = await player.press(message, "go")
        assert outcome["message"] is None
        assert outcome["problem"] == "type: Value must be one of {4, 5, 6, 7, 9, 12}."
        assert await player.messages() == before


class TestOnAMessage:
    async def test_a_deferred_update_shows_nothing_and_can_be_edited_later(self, player: Player) -> None:
        message = await player.shown(row(button("go")))
        player.bot.answer = {"type": 6}
        outcome = await player.press(message, "go")
        assert (outcome["message"]["id"], outcome["message"]["revision"]) == (
            message["id"],
            message["revision"],
        )
        hook = player.hook()
        edited = (await hook.edit(content="Done.", components=[])).json()
        assert (edited["id"], edited["content"], edited["components"]) == (message["id"], "Done.", [])

    async def test_an_update_changes_what_it_names(self, player: Player) -> None:
        message = await player.shown(row(button("go")))
        player.bot.answer = {"type": 7, "data": {"components": [row(button("stop"))]}}
        outcome = await player.press(message, "go")
        assert outcome["message"]["content"] == "Choose."
        assert outcome["message"]["components"] == [row(button("stop"))]

    async def test_an_update_may_turn_it_into_the_second_kind_once_it_is_cleared(
        self, player: Player
    ) -> None:
        message = await player.shown(row(button("go")))
        second = {"flags": 32768, "components": [{"type": 10, "content": "Two."}]}
        player.bot.answer = {"type": 7, "data": second}
        assert (await player.press(message, "go"))["problem"].startswith("content: ")
        player.bot.answer = {"type": 7, "data": {**second, "content": None}}
        assert (await player.press(message, "go"))["message"]["text"] == "Two."

    async def test_a_new_message_replies_to_it(self, player: Player) -> None:
        message = await player.shown(row(button("go")))
        player.bot.answer = MESSAGE
        reply = (await player.press(message, "go", user_id=str(seed.MATEO)))["message"]
        assert (reply["type"], reply["reply_to"]["message_id"]) == (19, message["id"])
        hook = player.hook()
        metadata = (await hook.show()).json()["interaction_metadata"]
        assert (metadata["type"], metadata["interacted_message_id"]) == (3, message["id"])
        assert metadata["user"]["id"] == str(seed.MATEO)

    async def test_a_modals_reply_tells_what_led_there(self, player: Player) -> None:
        message = await player.shown(row(button("go")))
        player.bot.answer = modal(label(text_input()))
        await player.press(message, "go")
        player.bot.answer = MESSAGE
        await player.submit({"words": "x"})
        hook = player.hook()
        metadata = (await hook.show()).json()["interaction_metadata"]
        assert metadata["type"] == 5
        assert metadata["triggering_interaction_metadata"]["interacted_message_id"] == message["id"]
