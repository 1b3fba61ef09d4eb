"""The playground on every screen in every state: axe finds nothing, the console is empty, nothing cut off."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import SCREENS
from tests.browser.little_bot import WIDE, LittleBot, Opener, Window, playing, windows

pytestmark = pytest.mark.anyio

WRITTEN = """# A heading
**bold** *slanted* __under__ ~~gone~~ `code` ||hidden|| <t:1700000000:R> <https://example.com>
> quoted
- one
```py
print("hello")
```"""


@pytest.fixture
async def simulator() -> AsyncIterator[httpx2.AsyncClient]:
    async with playing(LittleBot()) as client:
        yield client


@pytest.fixture
async def window(browser: Browser, simulator: httpx2.AsyncClient) -> AsyncIterator[Opener]:
    async with windows(browser, simulator) as opener:
        yield opener


async def check(window: Window, state: str) -> None:
    assert not await window.overflows(), state
    assert await window.violations() == [], state


@pytest.mark.parametrize("screen", [*SCREENS, "wide, light"])
async def test_every_state_is_sound(screen: str, window: Opener) -> None:
    chosen: dict[str, Any] = {**SCREENS, "wide, light": WIDE}[screen]
    ada = await window("Leilani", chosen)
    await ada.say("/buttons")
    await ada.say("/card")
    await ada.say("/secret")
    await ada.say("/silent")
    await expect(ada.log).to_contain_text("The application did not respond")
    await ada.box.fill("x")
    await ada.box.press("Shift+Enter")
    lines = ada.page.get_by_role("textbox", name="Message")
    await lines.fill(WRITTEN)
    await check(ada, "several lines")
    await lines.press("Enter")
    await expect(ada.log).to_contain_text("A heading")
    await ada.message("A heading").last.get_by_role("button", name="Spoiler").click()
    await check(ada, "messages")

    await ada.box.fill("/")
    await expect(ada.page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    await check(ada, "palette")
    await ada.box.fill("")

    await ada.message("A heading").last.click(button="right")
    await check(ada, "menu")
    await ada.pick("Edit")
    await check(ada, "editing")
    await ada.page.keyboard.press("Escape")

    await ada.page.get_by_role("button", name="Choose people", exact=True).click()
    await check(ada, "picker")
    await ada.page.keyboard.press("Escape")

    await ada.say("/form")
    await ada.page.get_by_role("dialog").get_by_role("button", name="Submit").click()
    await check(ada, "form")
    await ada.page.keyboard.press("Escape")

    if screen.startswith("phone"):
        await ada.page.get_by_role("button", name="Channels").click()
        await check(ada, "drawer")
    await ada.page.get_by_role("link", name="Direct messages").click()
    await expect(ada.page.get_by_role("heading", name="No messages for you yet")).to_be_visible()
    await check(ada, "direct messages")


async def test_the_page_goes_on_by_itself_after_the_simulator_was_away(browser: Browser) -> None:
    """The console is not looked at here: Chromium itself notes every connection that fails."""
    bot = LittleBot()
    async with playing(bot) as first:
        address = str(first.base_url)
        page = await browser.new_page(**SCREENS["desk, light"])
        await page.goto(address)
        await page.get_by_role("log").get_by_role("article").first.wait_for()
    await expect(page.get_by_text("The simulator does not answer.")).to_be_visible(timeout=10_000)
    async with playing(bot, port=int(address.rsplit(":", 1)[1])):
        await expect(page.get_by_text("The simulator does not answer.")).not_to_be_visible(timeout=15_000)
        await page.get_by_role("combobox", name="Message or command").fill("back again")
        await page.get_by_role("combobox", name="Message or command").press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("back again")
