"""The page to play on, as people use it."""

import httpx2
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import SCREENS, Screen

pytestmark = pytest.mark.anyio


async def type_and_send(page: Page, text: str) -> None:
    box = page.get_by_role("combobox", name="Message or command")
    await box.fill(text)
    await box.press("Escape")
    await box.press("Enter")


async def people(simulator: httpx2.AsyncClient) -> list[str]:
    state = (await simulator.get("/_sim/state")).json()
    return [person["name"] for person in state["people"] if not person["bot"]]


async def be(page: Page, name: str) -> None:
    """Choose who to be, on whichever screen."""
    chooser = page.locator("#person-select")
    await chooser.wait_for(state="attached")  # only then is it known whether it is shown
    if await chooser.is_visible():
        await expect(chooser.locator("option")).not_to_have_count(0)
        options = await chooser.locator("option").all_text_contents()
        await chooser.select_option(label=next(option for option in options if option.startswith(name)))
    else:
        await page.get_by_title(f"Be {name}").click()


async def test_a_command_is_found_completed_and_answered(
    screen: Screen, playground: str, simulator: httpx2.AsyncClient
) -> None:
    page = screen.page
    await page.goto(playground)
    box = page.get_by_role("combobox", name="Message or command")
    await box.fill("/bytes le")
    await expect(page.get_by_role("listbox", name="Suggestions")).to_contain_text("leaderboard")
    await box.press("Tab")
    await box.press("Escape")
    await box.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Leaderboard")
    assert not await screen.overflows()
    assert await screen.violations() == []


async def test_a_command_is_filled_in_by_keyboard_alone(
    screen: Screen, playground: str, simulator: httpx2.AsyncClient
) -> None:
    ada, bob, *_ = await people(simulator)
    await screen.page.goto(playground)
    await be(screen.page, ada)
    box = screen.page.get_by_role("combobox", name="Message or command")
    await box.fill("/bytes se")
    await box.press("Tab")
    await expect(box).to_have_value("/bytes send user:")
    await box.press_sequentially(bob[:3])
    await box.press("Tab")
    await expect(box).to_have_value(f"/bytes send user:@{bob} ")
    await box.press("Tab")
    await expect(box).to_have_value(f"/bytes send user:@{bob} amount:")
    await box.press_sequentially("2")
    await box.press("Enter")
    await expect(screen.page.get_by_role("log")).to_contain_text(f"@{ada} sent 2 bytes to @{bob}.")


async def test_half_a_command_says_how_it_goes_on(
    screen: Screen, playground: str, simulator: httpx2.AsyncClient
) -> None:
    await screen.page.goto(playground)
    await type_and_send(screen.page, "/bytes")
    await expect(screen.page.get_by_role("alert")).to_contain_text(
        "/bytes goes on: /bytes balance, /bytes daily"
    )


async def test_a_send_names_both_people_to_everybody(
    screen: Screen, playground: str, simulator: httpx2.AsyncClient
) -> None:
    ada, bob, *_ = await people(simulator)
    await screen.page.goto(playground)
    await be(screen.page, ada)
    await type_and_send(screen.page, f"/bytes send user:@{bob} amount:1 reason:<b>thanks</b> *all*")
    last = screen.page.get_by_role("log").locator("article, .message, li").last
    await expect(screen.page.get_by_role("log")).to_contain_text(f"@{ada} sent 1 byte to @{bob}.")
    await expect(last).to_contain_text("<b>thanks</b> *all*")
    assert await screen.violations() == []


async def test_a_refusal_is_seen_by_its_owner_only(
    browser: Browser, playground: str, simulator: httpx2.AsyncClient
) -> None:
    ada, bob, *_ = await people(simulator)
    windows = [await browser.new_page(**SCREENS["desk, light"]) for _ in range(2)]
    for window, who in zip(windows, (ada, bob), strict=True):
        await window.goto(playground)
        await be(window, who)
    await type_and_send(windows[0], f"/bytes send user:@{ada} amount:5")
    await type_and_send(windows[1], "a message everybody sees")
    refusal = "You cannot send bytes to yourself"
    for window in windows:
        await expect(window.get_by_role("log")).to_contain_text("a message everybody sees")
    await expect(windows[0].get_by_role("log")).to_contain_text(refusal)
    await expect(windows[0].get_by_role("log")).to_contain_text("Only you can see this")
    await expect(windows[1].get_by_role("log")).not_to_contain_text(refusal)


async def test_without_a_bot_behind_it_the_page_says_so(
    browser: Browser, simulator: httpx2.AsyncClient, playground: str
) -> None:
    """A command nobody has registered is not sent; the sentence says what there is to do."""
    page = await browser.new_page(**SCREENS["desk, light"])
    await page.goto(playground)
    await type_and_send(page, "/teleport home")
    await expect(page.get_by_role("alert")).to_be_visible()
