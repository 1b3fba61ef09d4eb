"""The platform's own menus, forms, buttons and files, as people meet them on the page."""

import json
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Screen

pytestmark = pytest.mark.anyio


async def use(page: Page, command: str) -> None:
    box = page.get_by_role("combobox", name="Message or command")
    await box.fill(command)
    await box.press("Escape")
    await box.press("Enter")


async def open_menu_of(page: Page, username: str, item: str) -> None:
    """Open a member's menu from the list of people, and choose."""
    people = page.get_by_role("complementary", name="People")
    size = page.viewport_size
    if size is not None and size["width"] < 700:  # on a phone the list is behind a button
        await page.get_by_role("button", name="People").click()
    await people.get_by_text(username).first.click(button="right")
    await page.get_by_role("menuitem", name=item).click()


async def test_bytes_are_sent_by_the_menu_of_a_member(
    screen: Screen, playground: str, simulator: httpx2.AsyncClient
) -> None:
    page = screen.page
    await page.goto(playground)
    await open_menu_of(page, "Mateo Fernández", "Send bytes")
    form = page.get_by_role("dialog", name="Send bytes")
    await expect(form).to_contain_text("Mateo")
    assert not await screen.overflows()
    assert await screen.violations() == []
    await form.get_by_label("How many bytes").fill("7")
    await form.get_by_label("What for").fill("a *good* question")
    await form.get_by_role("button", name="Submit").click()
    log = page.get_by_role("log")
    await expect(log).to_contain_text("sent 7 bytes to")
    await expect(log).to_contain_text("For: a *good* question")


async def test_a_command_is_explained_in_place_of_the_list(
    screen: Screen, playground: str, simulator: httpx2.AsyncClient
) -> None:
    page = screen.page
    await page.goto(playground)
    await use(page, "/help")
    answer = page.get_by_role("article").filter(has_text="What you can use here")
    await expect(answer).to_contain_text("/bytes leaderboard")
    await expect(answer).not_to_contain_text("/treasury")
    assert not await screen.overflows()
    assert await screen.violations() == []


async def test_a_member_is_given_a_file_of_what_is_kept(
    screen: Screen, playground: str, simulator: httpx2.AsyncClient, tmp_path: Path
) -> None:
    page = screen.page
    await page.goto(playground)
    await use(page, "/bytes balance")
    await use(page, "/privacy export")
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="smarterdev-").click()
    file = tmp_path / "export.json"
    await (await downloading.value).save_as(file)
    kept = json.loads(file.read_text())
    assert "bytes" in kept
    assert not await screen.overflows()
    assert await screen.violations() == []


async def test_erasing_asks_first_and_can_be_left(
    screen: Screen, playground: str, simulator: httpx2.AsyncClient
) -> None:
    page = screen.page
    await page.goto(playground)
    await use(page, "/privacy erase")
    asked = page.get_by_role("article").filter(has_text="Erase your data?")
    await expect(asked.get_by_role("button", name="Erase my data")).to_be_visible()
    assert not await screen.overflows()
    assert await screen.violations() == []
    await asked.get_by_role("button", name="Keep it").click()
    await expect(page.get_by_role("log")).not_to_contain_text("This cannot be undone")
