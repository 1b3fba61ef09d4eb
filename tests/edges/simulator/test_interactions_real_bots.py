"""Bots made with hikari, running for real, against a simulator that runs for real."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import hikari
import httpx2
import pytest
from hikari.impl import AutocompleteChoiceBuilder, InteractionMessageBuilder

from simulator.config import DEMO_APPLICATION_ID, SimulatorConfig
from tests.edges.simulator.player import HERE
from tests.edges.simulator.simulators import simulator_at
from tests.support.processes import address_of, bound

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:shutdown_timeout should be set:DeprecationWarning"),  # hikari's server
]

TOKEN = f"{b64encode(str(DEMO_APPLICATION_ID).encode()).decode()}.test.token"
"""A token as Discord writes it: hikari reads the bot's id out of it."""


class Play:
    """The control API of one simulator."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def ask(self, path: str, **body: Any) -> dict[str, Any]:
        response = await self._client.post(f"/_sim/{path}", json=body)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def messages(self) -> list[dict[str, Any]]:
        query = {"channel_id": HERE["channel_id"], "user_id": HERE["user_id"]}
        found: list[dict[str, Any]] = (await self._client.get("/_sim/view", params=query)).json()["messages"]
        return found

    async def message(self, message_id: str) -> dict[str, Any]:
        return next(each for each in await self.messages() if each["id"] == message_id)

    async def until_shown(self, message_id: str) -> dict[str, Any]:
        """Wait until the bot has filled a message."""
        async with asyncio.timeout(5):
            while (message := await self.message(message_id))["status"] == "thinking":  # noqa: ASYNC110 - HTTP has no event
                await asyncio.sleep(0.01)
        return message


class FormBot:
    """What a small bot does: answers, buttons, a form, suggestions. The same for both ways to Discord."""

    def __init__(self, rest: hikari.api.RESTClient) -> None:
        self._rest = rest

    def command(self, interaction: hikari.CommandInteraction) -> Any:
        """Answer in the way that the command's name says."""
        return getattr(self, f"_{interaction.command_name}")(interaction)

    async def _hello(self, interaction: hikari.CommandInteraction) -> Any:
        row = self._rest.build_message_action_row()
        row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "open", label="Open")
        response = interaction.build_response().set_content("Hello.").add_component(row)
        return response.add_attachment(hikari.Bytes(b"hi", "hi.txt"))

    async def _elsewhere(self, interaction: hikari.CommandInteraction) -> None:
        file = hikari.Bytes(b"meow", "cat.txt")
        await interaction.create_initial_response(4, "By callback.", attachment=file)
        await interaction.execute("And more.")

    async def _slowly(self, interaction: hikari.CommandInteraction) -> AsyncIterator[Any]:
        yield interaction.build_deferred_response()
        await interaction.edit_initial_response("Filled.")

    async def component(self, interaction: hikari.ComponentInteraction) -> None:
        """Open a form, over REST: what hikari 2.7 builds as a reply is not what Discord takes."""
        row = self._rest.build_modal_action_row()
        row.add_text_input("words", "Words")
        await interaction.create_modal_response("A form", "form", component=row)

    async def modal(self, interaction: hikari.ModalInteraction) -> Any:
        words = interaction.components[0].components[0].value
        response = InteractionMessageBuilder(type=7)
        return response.set_content(f"You wrote {words}.").clear_components()

    async def suggest(self, interaction: hikari.AutocompleteInteraction) -> Any:
        typed = str(interaction.options[0].value)
        return interaction.build_response([AutocompleteChoiceBuilder(name=typed * 2, value=typed * 2)])


@asynccontextmanager
async def rest_bot() -> AsyncIterator[Play]:
    """A bot that is called over HTTP, and the simulator that calls it."""
    socket = bound()
    config = SimulatorConfig(endpoint=address_of(socket), talk=False)
    async with simulator_at(config) as made:
        bot = hikari.RESTBot(
            config.bot_token,
            hikari.TokenType.BOT,
            config.public_key,
            banner=None,
            logs=None,
            suppress_optimization_warning=True,
            rest_url=f"{made.address}/api/v10",
        )
        acts = FormBot(bot.rest)
        bot.set_listener(hikari.CommandInteraction, acts.command)
        bot.set_listener(hikari.ComponentInteraction, acts.component)
        bot.set_listener(hikari.ModalInteraction, acts.modal)
        bot.set_listener(hikari.AutocompleteInteraction, acts.suggest)
        await bot.start(socket=socket, check_for_updates=False)
        try:
            yield Play(made.client)
        finally:
            await bot.close()


class TestBotThatIsCalled:
    async def test_answers_with_a_file_shows_a_form_and_changes_its_message(self) -> None:
        async with rest_bot() as play:
            message = (await play.ask("commands", **HERE, name="hello"))["message"]
            assert message["content"] == "Hello."
            assert [each["filename"] for each in message["attachments"]] == ["hi.txt"]
            pressed = await play.ask("components", message_id=message["id"], custom_id="open")
            assert pressed["problem"] is None
            assert pressed["modal"]["title"] == "A form"
            submitted = await play.ask("modals", custom_id="form", fields={"words": "“это”"})
            assert submitted["problem"] is None
            assert submitted["message"]["id"] == message["id"]
            assert submitted["message"]["content"] == "You wrote “это”."
            assert submitted["message"]["components"] == []

    async def test_answers_over_rest_instead(self) -> None:
        async with rest_bot() as play:
            outcome = await play.ask("commands", **HERE, name="elsewhere")
            assert (outcome["status"], outcome["problem"]) == (204, None)
            assert outcome["message"]["content"] == "By callback."
            assert [each["filename"] for each in outcome["message"]["attachments"]] == ["cat.txt"]
            more = (await play.messages())[-1]
            assert (more["content"], more["reply_to"]["message_id"]) == (
                "And more.",
                outcome["message"]["id"],
            )

    async def test_fills_what_it_deferred(self) -> None:
        async with rest_bot() as play:
            for _ in range(5):
                outcome = await play.ask("commands", **HERE, name="slowly")
                assert (await play.until_shown(outcome["message"]["id"]))["content"] == "Filled."

    async def test_suggests_while_somebody_types(self) -> None:
        async with rest_bot() as play:
            outcome = await play.ask("autocomplete", **HERE, name="hello", options={"q": "ab"}, focused="q")
            assert outcome["choices"] == [{"name": "abab", "value": "abab"}]

    async def test_is_pinged_and_lets_no_forgery_in(self) -> None:
        async with rest_bot() as play:
            assert (await play.ask("ping"))["response"] == {"type": 1}
            outcome = await play.ask("commands", **HERE, name="hello", tamper="signature")
            assert outcome["status"] == 400


class TestBotAtTheGateway:
    async def test_gets_interactions_there_and_answers_by_callback(self) -> None:
        listener = bound()
        config = SimulatorConfig(bot_token=TOKEN, public_url=address_of(listener), talk=False)
        async with simulator_at(config, listener) as made:
            play = Play(made.client)
            assert (await play.ask("commands", **HERE, name="hello"))["problem"]
            bot = hikari.GatewayBot(
                config.bot_token,
                banner=None,
                logs=None,
                suppress_optimization_warning=True,
                rest_url=f"{made.address}/api/v10",
            )

            async def answer(event: hikari.CommandInteractionCreateEvent) -> None:
                await event.interaction.create_initial_response(4, "From the gateway.")

            bot.subscribe(hikari.CommandInteractionCreateEvent, answer)
            await bot.start(check_for_updates=False)
            try:
                outcome = await play.ask("commands", **HERE, name="hello")
                assert outcome["problem"] is None
                assert outcome["message"]["content"] == "From the gateway."
            finally:
                await bot.close()
