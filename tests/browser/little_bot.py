"""A small bot for the playground's tests, with a command for all that a message holds; and windows on it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx2
import msgspec
from playwright.async_api import Browser, Locator, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.config import SimulatorConfig
from simulator.main import create_app
from tests.browser.conftest import SCREENS, Screen
from tests.support.processes import free_port, serving

EPHEMERAL = 64
V2 = 1 << 15

WIDE = {"viewport": {"width": 1600, "height": 1000}, "color_scheme": "light"}

COMMANDS: list[dict[str, Any]] = [
    {"name": "buttons", "description": "A message with buttons"},
    {"name": "pick", "description": "A message with a select"},
    {"name": "secret", "description": "Only you see the answer"},
    {"name": "form", "description": "Opens a form"},
    {"name": "card", "description": "Everything a container can hold"},
    {"name": "silent", "description": "Breaks"},
    {
        "name": "tag",
        "description": "Show a tag",
        "options": [
            {
                "type": 3,
                "name": "name",
                "description": "Which tag",
                "required": True,
                "autocomplete": True,
            }
        ],
    },
    {
        "name": "keep",
        "description": "Keep a file",
        "options": [{"type": 11, "name": "file", "description": "What to keep", "required": True}],
    },
    {"name": "Count letters", "type": 3},
    {"name": "Greet", "type": 2},
]

TAGS = {"Welcome text": "welcome", "House rules": "rules", "Opening hours": "hours"}


def message(content: str, **data: Any) -> dict[str, Any]:
    return {"type": 4, "data": {"content": content, "allowed_mentions": {"parse": []}, **data}}


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def button(label: str, style: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": style, "label": label, "custom_id": label.lower(), **more}


def label(text: str, component: dict[str, Any], description: str | None = None) -> dict[str, Any]:
    return {"type": 18, "label": text, "component": component} | (
        {"description": description} if description else {}
    )


FRUIT = [
    {"label": "Apple", "value": "apple", "description": "Red or green"},
    {"label": "Pear", "value": "pear"},
    {"label": "Plum", "value": "plum"},
]
FRUIT_SELECT = {
    "type": 3,
    "custom_id": "fruit",
    "placeholder": "Fruit",
    "options": FRUIT,
    "max_values": 2,
}

BUTTONS = [
    row(
        button("Count"),
        button("Secondary", 2),
        button("Fine", 3),
        button("Drop", 4),
        button("Broken", disabled=True),
    ),
    row({"type": 2, "style": 5, "label": "Read", "url": "https://example.com"}),
]

FORM = {
    "title": "Tell us",
    "custom_id": "form",
    "components": [
        label(
            "Your words",
            {"type": 4, "style": 2, "custom_id": "words", "min_length": 5},
            "Five letters at least",
        ),
        label("Fruit", {"type": 3, "custom_id": "fruit", "options": FRUIT}),
        label(
            "How",
            {
                "type": 21,
                "custom_id": "how",
                "options": [{"label": "Soon", "value": "soon"}, {"label": "Late", "value": "late"}],
            },
        ),
        label(
            "Also",
            {
                "type": 22,
                "custom_id": "also",
                "required": False,
                "options": [{"label": "One", "value": "1"}, {"label": "Two", "value": "2"}],
            },
        ),
        label("Sure", {"type": 23, "custom_id": "sure"}),
    ],
}

CARD = {
    "type": 17,
    "accent_color": 0x6941C6,
    "components": [
        {"type": 10, "content": "## A card\nwith **words**, `code` and <t:1700000000:R>"},
        {
            "type": 9,
            "components": [{"type": 10, "content": "A section"}],
            "accessory": {
                "type": 11,
                "media": {"url": "https://example.com/owl.png"},
                "description": "An owl",
            },
        },
        {"type": 14},
        {"type": 12, "items": [{"media": {"url": "https://example.com/x.png"}, "description": "A chart"}]},
        row({"type": 5, "custom_id": "people", "placeholder": "Choose people", "max_values": 2}),
        row({"type": 8, "custom_id": "channels", "placeholder": "Choose a channel"}),
    ],
}


class LittleBot:
    """Answers at once; keeps what it was told last."""

    def __init__(self) -> None:
        self.counted = 0
        self.last: dict[str, Any] = {}
        self.breaks = False

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/", self._answer, methods=["POST"])])

    async def _answer(self, request: Request) -> Response:
        self.last = msgspec.json.decode(await request.body())
        if self.breaks:
            return Response(status_code=500)
        data = self.last.get("data", {})
        kinds = {2: self._command, 3: self._component, 4: self._choices, 5: self._submitted}
        answer = kinds[self.last["type"]](data)
        return Response(status_code=500) if answer is None else JSONResponse(answer)

    def _command(self, data: dict[str, Any]) -> dict[str, Any] | None:
        options = {each["name"]: each["value"] for each in data.get("options", [])}
        found = data.get("resolved", {})
        simple = {
            "buttons": message("Press something.", components=BUTTONS),
            "pick": message("Choose.", components=[row(FRUIT_SELECT)]),
            "secret": message("The word is swordfish.", flags=EPHEMERAL),
            "form": {"type": 9, "data": FORM},
            "card": {"type": 4, "data": {"flags": V2, "components": [CARD]}},
            "tag": message(f"The tag {options.get('name')}."),
            "Greet": message(f"Hello <@{data.get('target_id')}>."),
        }
        if data["name"] == "keep":
            [file] = found["attachments"].values()
            return message(f"Kept {file['filename']}, {file['size']} bytes.")
        if data["name"] == "Count letters":
            [target] = found["messages"].values()
            return message(f"{len(target['content'])} letters.")
        return simple.get(data["name"])

    def _component(self, data: dict[str, Any]) -> dict[str, Any] | None:
        if data["custom_id"] == "count":
            self.counted += 1
            return {"type": 7, "data": {"content": f"Pressed {self.counted} times.", "components": BUTTONS}}
        if data["custom_id"] == "drop":
            return None
        return message(f"You chose {', '.join(data.get('values', ['nothing']))}.")

    def _choices(self, data: dict[str, Any]) -> dict[str, Any]:
        typed = data["options"][0]["value"].lower()
        found = [{"name": name, "value": value} for name, value in TAGS.items() if typed in name.lower()]
        return {"type": 8, "data": {"choices": found}}

    def _submitted(self, data: dict[str, Any]) -> dict[str, Any]:
        fields = [each["component"] for each in data["components"] if "component" in each]
        told = {each["custom_id"]: each.get("values", each.get("value")) for each in fields}
        return message(f"You wrote {told['words']} and took {told['fruit'][0]}, {told['how']}.")


@asynccontextmanager
async def playing(bot: LittleBot, port: int | None = None) -> AsyncIterator[httpx2.AsyncClient]:
    """Serve a simulator and the bot, which has registered its commands; gives the control API."""
    async with AsyncExitStack() as running:
        endpoint = await running.enter_async_context(serving(bot.app, free_port()))
        config = SimulatorConfig(endpoint=endpoint, application_name="Little Bot")
        address = await running.enter_async_context(serving(create_app(config), port or free_port()))
        client = await running.enter_async_context(httpx2.AsyncClient(base_url=address, timeout=10))
        answer = await client.put(
            f"/api/v10/applications/{config.application_id}/commands",
            json=COMMANDS,
            headers={"Authorization": f"Bot {config.bot_token}"},
        )
        assert answer.status_code == 200, answer.text
        yield client


class Window(Screen):
    """One person's window on the playground."""

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("combobox", name="Message or command")

    async def say(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Escape")
        await self.box.press("Enter")

    def message(self, text: str) -> Locator:
        return self.page.get_by_role("article").filter(has_text=text)

    async def more(self, text: str) -> None:
        """Open the menu of a message, by its button."""
        await self.message(text).hover()
        await self.message(text).get_by_role("button", name="More actions").click()

    async def pick(self, item: str) -> None:
        await self.page.get_by_role("menuitem", name=item, exact=True).click()


Opener = Callable[..., Awaitable[Window]]


@asynccontextmanager
async def windows(browser: Browser, simulator: httpx2.AsyncClient) -> AsyncIterator[Opener]:
    """A way to open windows, each as somebody. Whatever they write to their consoles is a failure."""
    state = (await simulator.get("/_sim/state")).json()
    general = state["guilds"][0]["channels"]
    channel = next(each["id"] for each in general if each["name"] == "general")
    opened: list[tuple[Window, Page]] = []

    async def open_window(name: str, screen: dict[str, Any] = SCREENS["desk, light"]) -> Window:
        [person] = [
            each
            for each in state["people"]
            if each["name"].startswith(name) and each["guild_id"] == state["guilds"][0]["id"]
        ]
        context = await browser.new_context(**screen, reduced_motion="reduce")
        context.set_default_timeout(5_000)
        page = await context.new_page()
        window = Window(page)
        opened.append((window, page))
        await page.goto(f"{simulator.base_url}/#{channel}/{person['id']}")
        await window.log.get_by_role("article").first.wait_for()
        return window

    yield open_window
    for window, page in opened:
        assert window.complaints == []
        await page.context.close()
