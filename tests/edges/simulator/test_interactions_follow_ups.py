"""What a bot does after its first answer, with the interaction's token."""

import base64
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from simulator.config import SimulatorConfig
from simulator.happenings import Happening, MessageCreated, MessagesDeleted, MessageUpdated
from simulator.state import seed
from tests.edges.simulator.player import HERE, Hook, Player, button, code, label, modal, row, text_input
from tests.edges.simulator.recording_bot import RecordingBot
from tests.edges.simulator.simulators import simulator_of
from tests.oracles.discord_schema import assert_valid

pytestmark = pytest.mark.anyio

V2 = 32768
DISPLAY = {"type": 10, "content": "Two."}


@pytest.fixture
def happened() -> list[Happening]:
    return []


@pytest.fixture
async def player(
    config: SimulatorConfig, bot: RecordingBot, happened: list[Happening]
) -> AsyncIterator[Player]:
    async with simulator_of(config, bot) as made:
        made.discord.bus.listen(happened.append)
        yield Player(made.client, bot)


async def answered(player: Player, **answer: Any) -> tuple[dict[str, Any], Hook]:
    """Give the message of a first answer, and the webhook to go on with."""
    player.bot.answer = answer
    outcome = await player.command()
    assert outcome["problem"] is None
    return outcome["message"], player.hook()


async def seen(player: Player, message_id: str, user_id: int) -> dict[str, Any] | None:
    query = {"channel_id": HERE["channel_id"], "user_id": str(user_id)}
    view = (await player.client.get("/_sim/view", params=query)).json()
    return next((each for each in view["messages"] if each["id"] == message_id), None)


class TestDeferred:
    async def test_is_filled_by_an_edit(self, player: Player, happened: list[Happening]) -> None:
        message, hook = await answered(player, type=5)
        assert (message["status"], message["flags"]) == ("thinking", 128)
        written = (await hook.edit(content="Done.")).json()
        assert (written["id"], written["content"], written["flags"]) == (message["id"], "Done.", 0)
        assert written["edited_timestamp"] is None
        now = await seen(player, message["id"], seed.MATEO)
        assert now is not None
        assert (now["status"], now["text"], now["edited_at"]) == ("shown", "Done.", None)
        assert [type(each) for each in happened] == [MessageCreated, MessageUpdated]

    async def test_is_filled_by_the_first_follow_up(self, player: Player) -> None:
        message, hook = await answered(player, type=5)
        assert (await hook.follow(content="Done.")).json()["id"] == message["id"]
        second = (await hook.follow(content="And more.")).json()
        assert second["id"] != message["id"]
        assert (second["type"], second["message_reference"]["message_id"]) == (19, message["id"])

    @pytest.mark.parametrize(("first", "later"), [(64, 0), (0, 64)])
    async def test_is_seen_by_whom_the_deferral_said(self, player: Player, first: int, later: int) -> None:
        message, hook = await answered(player, type=5, data={"flags": first})
        await hook.follow(content="Done.", flags=later)
        assert (await seen(player, message["id"], seed.MATEO) is None) == bool(first)
        assert await seen(player, message["id"], seed.ADA) is not None

    async def test_becomes_a_message_of_the_second_kind_in_the_edit(self, player: Player) -> None:
        _, hook = await answered(player, type=5)
        written = (await hook.edit(flags=V2, components=[DISPLAY])).json()
        assert written["flags"] == V2
        assert written["components"][0]["content"] == "Two."
        assert code(await hook.edit(content="Back?")) == (400, 50035)

    async def test_stays_as_it_is_when_the_filling_is_refused(self, player: Player) -> None:
        message, hook = await answered(player, type=5)
        assert code(await hook.edit(content="")) == (400, 50006)
        assert code(await hook.edit(content="x" * 2001)) == (400, 50035)
        assert code(await hook.edit(components=[DISPLAY])) == (400, 50035)
        now = await seen(player, message["id"], seed.ADA)
        assert now is not None
        assert now["status"] == "thinking"

    async def test_can_be_taken_back(self, player: Player, happened: list[Happening]) -> None:
        message, hook = await answered(player, type=5)
        assert (await hook.delete()).status_code == 204
        assert isinstance(happened[-1], MessagesDeleted)
        assert await seen(player, message["id"], seed.ADA) is None
        assert code(await hook.show()) == (404, 10008)
        assert code(await hook.edit(content="x")) == (404, 10008)


class TestFollowUps:
    async def test_are_messages_of_the_bot_that_answer_the_same_interaction(self, player: Player) -> None:
        message, hook = await answered(player, type=4, data={"content": "One."})
        written = (await hook.follow(content="Two.")).json()
        assert written["webhook_id"] == written["application_id"] == written["author"]["id"]
        metadata = written["interaction_metadata"]
        assert metadata["id"] == player.payload()["id"]
        assert metadata["original_response_message_id"] == message["id"]
        assert_valid_message(written)

    async def test_have_a_visibility_of_their_own(self, player: Player) -> None:
        _, hook = await answered(player, type=4, data={"content": "One."})
        written = (await hook.follow(content="psst", flags=64)).json()
        assert await seen(player, written["id"], seed.ADA) is not None
        assert await seen(player, written["id"], seed.MATEO) is None

    async def test_are_read_edited_and_deleted_by_their_id(self, player: Player) -> None:
        message, hook = await answered(player, type=4, data={"content": "One."})
        follow_up = (await hook.follow(content="Two.")).json()["id"]
        assert (await hook.edit(follow_up, content="Zwei.")).json()["edited_timestamp"] is not None
        assert (await hook.show(follow_up)).json()["content"] == "Zwei."
        assert (await hook.show(message["id"])).json()["content"] == "One."
        assert (await hook.delete(follow_up)).status_code == 204
        assert code(await hook.show(follow_up)) == (404, 10008)
        assert (await hook.show()).status_code == 200

    async def test_reach_no_message_of_others(self, player: Player) -> None:
        other, _ = await answered(player, type=4, data={"content": "Other."})
        _, hook = await answered(player, type=4, data={"content": "One."})
        for message_id in (other["id"], "1"):
            assert code(await hook.show(message_id)) == (404, 10008)
            assert code(await hook.edit(message_id, content="x")) == (404, 10008)
            assert code(await hook.delete(message_id)) == (404, 10008)
        assert code(await hook.show("x")) == (400, 50035)

    async def test_come_with_files_and_keep_those_that_an_edit_names(self, player: Player) -> None:
        _, hook = await answered(player, type=5)
        files = {"files[0]": ("a.txt", b"aaa", "text/plain"), "files[1]": ("b.txt", b"bb", "text/plain")}
        written = (
            await player.client.post(
                hook.path, data={"payload_json": '{"content":"Two files."}'}, files=files
            )
        ).json()
        assert [each["filename"] for each in written["attachments"]] == ["a.txt", "b.txt"]
        kept = [{"id": written["attachments"][1]["id"]}]
        edited = (await hook.edit(attachments=kept)).json()
        assert [each["filename"] for each in edited["attachments"]] == ["b.txt"]

    async def test_may_bring_a_large_file_as_may_a_command(self, player: Player) -> None:
        large = b"x" * (3 * 1024 * 1024)
        file = {"filename": "large.bin", "content": base64.b64encode(large).decode()}
        await player.command(attachments={"file": file})
        (resolved,) = player.payload()["data"]["resolved"]["attachments"].values()
        assert resolved["size"] == len(large)
        address = httpx2.URL(resolved["url"]).raw_path.decode()
        assert (await player.client.get(address)).content == large
        hook = player.hook()
        written = await player.client.post(hook.path, data={"payload_json": "{}"}, files={"files[0]": large})
        assert written.json()["attachments"][0]["size"] == len(large)

    async def test_after_a_modal_there_is_no_first_message(self, player: Player) -> None:
        player.bot.answer = modal(label(text_input()))
        await player.command()
        hook = player.hook()
        assert code(await hook.show()) == (404, 10008)
        written = (await hook.follow(content="By the way.")).json()
        assert "message_reference" not in written

    async def test_after_a_deferred_update_the_first_message_is_the_pressed_one(self, player: Player) -> None:
        message = await player.shown(row(button("go")))
        player.bot.answer = {"type": 6}
        await player.press(message, "go")
        hook = player.hook()
        assert (await hook.show()).json()["id"] == message["id"]
        assert (await hook.follow(content="Now.")).json()["id"] != message["id"]


def assert_valid_message(written: dict[str, Any]) -> None:
    """Check a message against Discord's published schema."""
    assert_valid("MessageResponse", written)


class TestTheToken:
    @pytest.mark.parametrize(
        "act",
        [
            lambda hook: hook.follow(content="x"),
            lambda hook: hook.show(),
            lambda hook: hook.edit(content="x"),
            lambda hook: hook.delete(),
        ],
    )
    async def test_lives_fifteen_minutes_of_this_discord(
        self, player: Player, act: Callable[[Hook], Any]
    ) -> None:
        _, hook = await answered(player, type=4, data={"content": "One."})
        await player.ask("clock", advance=890)
        assert (await hook.show()).status_code == 200
        await player.ask("clock", advance=11)
        assert code(await act(hook)) == (401, 50027)

    async def test_is_good_for_its_own_application_and_for_nothing_else(self, player: Player) -> None:
        _, hook = await answered(player, type=4, data={"content": "One."})
        assert code(await Hook(player.client, hook.token, 1).show()) == (404, 10015)
        assert code(await Hook(player.client, "x").show()) == (401, 50027)

    async def test_is_good_for_nothing_before_the_first_answer(self, player: Player) -> None:
        async def act(payload: dict[str, Any]) -> None:
            hook = Hook(player.client, payload["token"])
            assert code(await hook.show()) == (404, 10015)
            assert code(await hook.follow(content="x")) == (404, 10015)
            await player.callback(payload, {"type": 4, "data": {"content": "One."}})
            assert (await hook.show()).status_code == 200

        player.bot.status, player.bot.answer = 202, b""
        await player.meanwhile(player.command(), act)

    async def test_of_an_autocomplete_is_good_for_nothing(self, player: Player) -> None:
        player.bot.answer = {"type": 8, "data": {"choices": []}}
        await player.ask("autocomplete", **HERE, name="try", focused="q")
        assert code(await player.hook().follow(content="x")) == (404, 10015)


class TestMentions:
    @pytest.mark.parametrize(
        ("allowed", "users", "roles"),
        [
            (None, [str(seed.MATEO)], []),
            ({"parse": []}, [], []),
            ({"parse": ["users", "roles"]}, [str(seed.MATEO)], [str(seed.HELPER)]),
            ({"roles": [str(seed.HELPER)]}, [], [str(seed.HELPER)]),
        ],
    )
    async def test_ping_whom_the_answer_allows_and_by_default_only_people(
        self, player: Player, allowed: dict[str, Any] | None, users: list[str], roles: list[str]
    ) -> None:
        words = f"<@{seed.MATEO}> <@&{seed.HELPER}> @everyone"
        more = {} if allowed is None else {"allowed_mentions": allowed}
        message, hook = await answered(player, type=4, data={"content": words, **more})
        assert message["mentions"] == {"users": users, "roles": roles, "everyone": False}
        written = (await hook.follow(content=words, **more)).json()
        assert [each["id"] for each in written["mentions"]] == users
        assert written["mention_roles"] == roles
