"""Whatever a bot answers is taken, or refused in a sentence; nothing breaks, then or later."""

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.config import SimulatorConfig
from tests.edges.simulator.player import HERE, Player, button, label, row, text_input
from tests.edges.simulator.recording_bot import RecordingBot
from tests.edges.simulator.simulators import simulator_of

CONFIG = SimulatorConfig(endpoint="http://bot/interactions", response_seconds=0.2, talk=False)
NAMES = (
    *("content", "flags", "embeds", "components", "component", "allowed_mentions", "parse", "users"),
    *("type", "custom_id", "title", "label", "options", "value", "choices", "name", "attachments"),
    *("id", "min_values", "max_values", "style", "accessory", "items", "media", "url", "file", "poll"),
    *("fields", "footer", "required", "emoji", "channel_types", "description", "image", "author"),
)
TYPES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 17, 18, 19, 21, 22, 23)
OF_COMPONENTS = (
    *("options", "min_values", "max_values", "components", "component", "id", "emoji", "content"),
    *("required", "default", "disabled", "channel_types", "default_values", "value", "placeholder"),
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 1 << 40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
)
anything = st.recursive(
    scalars,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inside, max_size=4),
    max_leaves=14,
)
components = anything | st.builds(
    lambda kind, more: {"type": kind, "custom_id": "x", "style": 1, "label": "l", **more},
    st.sampled_from(TYPES),
    st.dictionaries(st.sampled_from(OF_COMPONENTS), anything, max_size=3),
)
tops = (
    components
    | st.builds(row, components)
    | st.builds(label, components)
    | st.builds(row, st.builds(button, st.text("ab", min_size=1, max_size=2), id=anything, emoji=anything))
)
data = anything | st.fixed_dictionaries(
    {},
    optional={
        "content": st.text(max_size=3) | anything,
        "flags": st.sampled_from([0, 64, 32768, 32832, None, "64"]),
        "components": st.lists(tops, max_size=3),
        "title": st.just("T") | anything,
        "custom_id": st.just("form") | anything,
        "embeds": st.lists(anything, max_size=2),
        "attachments": anything,
        "allowed_mentions": anything,
        "choices": st.lists(anything, max_size=3),
    },
)
callbacks = st.fixed_dictionaries({"type": st.integers(0, 13)}, optional={"data": data})
ways = st.sampled_from(["commands", "autocomplete", "components", "modals"])


def check(path: str, outcome: dict[str, Any]) -> None:
    """Either something came of it, or a sentence says why not."""
    message = outcome["message"]
    shown = message is not None and message["status"] != "failed"
    offered = path == "autocomplete" and outcome["problem"] is None
    assert (outcome["problem"] is None) == (shown or outcome["modal"] is not None or offered)
    assert outcome["problem"] is None or outcome["problem"].strip()


async def answered_with(callback: dict[str, Any], path: str) -> None:
    bot = RecordingBot()
    async with simulator_of(CONFIG, bot) as made:
        player = Player(made.client, bot)
        if path == "components":
            message = await player.shown(row(button("go")))
            bot.answer = callback
            outcome = await player.press(message, "go")
        elif path == "modals":
            await player.open(label(text_input()))
            bot.answer = callback
            outcome = await player.submit({"words": "x"})
        else:
            bot.answer = callback
            more: dict[str, Any] = {"focused": "q"} if path == "autocomplete" else {}
            outcome = await player.ask(path, **HERE, name="try", **more)
        check(path, outcome)
        await look_around(player, outcome)


async def look_around(player: Player, outcome: dict[str, Any]) -> None:
    """Read everything again, and use what is there."""
    await player.state()
    if outcome["modal"] is not None:
        custom_id = outcome["modal"]["custom_id"]
        await player.client.post("/_sim/modals", json={"custom_id": custom_id, "fields": {}})
        await player.ask("modals", custom_id=custom_id, fields={}, overrides={"version": 1})
    if outcome["message"] is not None and outcome["message"]["status"] == "shown":
        shown = await player.hook().show()
        assert shown.status_code == 200
        for top in shown.json()["components"]:
            for component in top.get("components") or ():
                if "custom_id" in component:
                    await player.client.post(
                        "/_sim/components",
                        json={"message_id": shown.json()["id"], "custom_id": component["custom_id"]},
                    )


class TestAnyAnswer:
    @settings(max_examples=200, deadline=None)
    @given(callback=callbacks, path=ways)
    def test_is_taken_or_refused_in_a_sentence(self, callback: dict[str, Any], path: str) -> None:
        asyncio.run(answered_with(callback, path))

    @settings(max_examples=60, deadline=None)
    @given(body=data, method=st.sampled_from(["follow", "edit"]))
    def test_after_the_first_is_taken_or_refused_as_discord_does(
        self, body: dict[str, Any], method: str
    ) -> None:
        asyncio.run(self._sent(body, method))

    @settings(max_examples=60, deadline=None)
    @given(callback=callbacks | anything)
    def test_by_the_callback_route_is_taken_or_refused_as_discord_does(self, callback: Any) -> None:
        asyncio.run(self._called_back(callback))

    async def _called_back(self, callback: Any) -> None:
        bot = RecordingBot(answer=b"", status=202)
        async with simulator_of(CONFIG, bot) as made:
            player = Player(made.client, bot)

            async def act(payload: dict[str, Any]) -> None:
                response = await player.callback(payload, callback)
                if response.status_code != 204:
                    assert response.status_code == 400
                    assert response.json()["code"] in {0, 50006, 50035}
                    await player.callback(payload, {"type": 5})

            await player.meanwhile(player.command(), act)
            await player.state()

    async def _sent(self, body: dict[str, Any], method: str) -> None:
        bot = RecordingBot(answer={"type": 5})
        async with simulator_of(CONFIG, bot) as made:
            player = Player(made.client, bot)
            await player.command()
            hook = player.hook()
            if method == "follow":
                response = await player.client.post(hook.path, json=body)
            else:
                response = await player.client.patch(f"{hook.path}/messages/@original", json=body)
            assert response.status_code in {200, 400}, response.text
            assert "id" in response.json() or response.json()["code"] in {0, 50006, 50035}
            await player.state()
