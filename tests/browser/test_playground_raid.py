"""A raid on the page to play on: started from the server's menu, followed, stopped, by keyboard too."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Locator, expect

from tests.browser.conftest import SCREENS
from tests.browser.little_bot import LittleBot, Opener, Window, playing, windows

pytestmark = pytest.mark.anyio


@pytest.fixture
async def simulator() -> AsyncIterator[httpx2.AsyncClient]:
    async with playing(LittleBot()) as client:
        yield client


@pytest.fixture
async def window(browser: Browser, simulator: httpx2.AsyncClient) -> AsyncIterator[Opener]:
    async with windows(browser, simulator) as opener:
        yield opener


async def open_form(window: Window) -> Locator:
    """Open the form from the server's menu, by the keyboard alone."""
    drawer = window.page.get_by_role("button", name="Channels", exact=True)
    if await drawer.is_visible():  # on a phone the channels are behind a button
        await drawer.press("Enter")
    await window.page.get_by_role("button", name="Actions in Beginner.Codes").press("Enter")
    await window.page.get_by_role("menuitem", name="Start a raid").press("Enter")
    dialog = window.page.get_by_role("dialog", name="Start a raid")
    await expect(dialog.get_by_role("spinbutton", name="How many accounts")).to_be_focused()
    return dialog


async def fill(dialog: Locator, accounts: int, seconds: int, posts: int) -> None:
    await dialog.get_by_role("spinbutton", name="How many accounts").fill(str(accounts))
    await dialog.get_by_role("spinbutton", name="Within how many seconds").fill(str(seconds))
    await dialog.get_by_role("spinbutton", name="How many of them advertise").fill(str(posts))


class TestARaid:
    async def test_goes_its_way_and_everybody_sees_how_far_it_is(self, window: Opener) -> None:
        ada, mateo = await window("Ada"), await window("Mateo")
        dialog = await open_form(ada)
        await fill(dialog, 20, 2, 3)
        await dialog.get_by_role("spinbutton", name="How many of them advertise").press("Enter")
        for each in (ada, mateo):
            strip = each.page.get_by_role("region", name="Raid")
            await expect(strip.get_by_role("progressbar", name="Accounts that have come")).to_be_visible()
            await expect(strip).to_contain_text("The raid is over.", timeout=15_000)
            await expect(strip).to_contain_text(
                "20 of 20 accounts have joined, 3 have advertised and 2 only said hello."
            )
        await expect(mateo.message("This server is dead")).not_to_have_count(0)
        strip = ada.page.get_by_role("region", name="Raid")
        await strip.get_by_role("button", name="Close").press("Enter")
        await expect(strip).to_have_count(0)
        await expect(ada.box).to_be_focused()
        await ada.page.reload()
        await expect(ada.page.get_by_role("region", name="Raid")).to_have_count(0)  # old news

    async def test_can_be_stopped_by_who_has_just_arrived(
        self, window: Opener, simulator: httpx2.AsyncClient
    ) -> None:
        guild: dict[str, Any] = (await simulator.get("/_sim/state")).json()["guilds"][0]
        asked = {"guild_id": guild["id"], "accounts": 300, "seconds": 120}
        assert (await simulator.post("/_sim/raid", json=asked)).status_code == 200
        ada = await window("Ada")
        strip = ada.page.get_by_role("region", name="Raid")
        await strip.get_by_role("button", name="Stop the raid").press("Enter")
        await expect(strip).to_contain_text("The raid was stopped.")
        await expect(strip.get_by_role("button", name="Close")).to_be_focused()

    async def test_asks_again_for_what_cannot_be(self, window: Opener) -> None:
        ada = await window("Ada")
        dialog = await open_form(ada)
        await fill(dialog, 19, 10, 0)
        await dialog.get_by_role("button", name="Start the raid").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("a whole number from 20 to 300")
        await fill(dialog, 20, 10, 21)
        await dialog.get_by_role("button", name="Start the raid").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("a whole number from 0 to 20")
        await ada.page.keyboard.press("Escape")
        await expect(ada.page.get_by_role("region", name="Raid")).to_have_count(0)

    @pytest.mark.parametrize("size", SCREENS)
    async def test_is_sound_in_every_size_and_colour(self, window: Opener, size: str) -> None:
        ada = await window("Ada", SCREENS[size])
        dialog = await open_form(ada)
        assert await ada.violations() == []
        await fill(dialog, 20, 60, 5)
        await dialog.get_by_role("button", name="Start the raid").click()
        await expect(ada.page.get_by_role("region", name="Raid")).to_contain_text("accounts have joined")
        assert not await ada.overflows()
        assert await ada.violations() == []
