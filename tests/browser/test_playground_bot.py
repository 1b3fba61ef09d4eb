"""What people do with a bot: commands, buttons, selects, forms, menus, files."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from playwright.async_api import Browser, expect

from tests.browser.little_bot import LittleBot, Opener, playing, windows

pytestmark = pytest.mark.anyio


@pytest.fixture
def bot() -> LittleBot:
    return LittleBot()


@pytest.fixture
async def simulator(bot: LittleBot) -> AsyncIterator[httpx2.AsyncClient]:
    async with playing(bot) as client:
        yield client


@pytest.fixture
async def window(browser: Browser, simulator: httpx2.AsyncClient) -> AsyncIterator[Opener]:
    async with windows(browser, simulator) as opener:
        yield opener


class TestCommands:
    async def test_the_bot_offers_what_could_be_written(self, window: Opener, bot: LittleBot) -> None:
        ada = await window("Ada")
        await ada.box.fill("/tag name:")
        suggestions = ada.page.get_by_role("listbox", name="Suggestions")
        await expect(suggestions.get_by_role("option")).to_have_count(3)
        await ada.box.press_sequentially("ho")
        await expect(suggestions.get_by_role("option")).to_have_count(2)
        await ada.box.press("ArrowDown")
        await ada.box.press("Tab")
        await expect(ada.box).to_have_value("/tag name:Opening hours ")
        await ada.box.press("Enter")
        await expect(ada.log).to_contain_text("The tag hours.")

    async def test_an_answer_may_be_for_its_owner_only(self, window: Opener) -> None:
        ada, mateo = await window("Ada"), await window("Mateo")
        await ada.say("/secret")
        await expect(ada.message("swordfish")).to_contain_text("Only you can see this")
        await ada.say("That was that.")
        await expect(mateo.log).to_contain_text("That was that.")
        await expect(mateo.log).not_to_contain_text("swordfish")
        await ada.message("swordfish").get_by_role("button", name="Dismiss").click()
        await expect(ada.log).not_to_contain_text("swordfish")
        await ada.page.reload()
        await expect(ada.log).to_contain_text("That was that.")
        await expect(ada.log).not_to_contain_text("swordfish")

    async def test_a_bot_that_fails_is_said_to_have_failed_and_why(self, window: Opener) -> None:
        ada = await window("Ada")
        await ada.say("/silent")
        failed = ada.message("The application did not respond")
        await expect(failed).to_contain_text("500")

    async def test_a_file_is_an_option_too(self, window: Opener) -> None:
        ada = await window("Ada")
        await ada.box.fill("/keep file:")
        async with ada.page.expect_file_chooser() as choosing:
            await ada.box.press("Tab")
        chooser = await choosing.value
        await chooser.set_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"four"})
        await expect(ada.box).to_have_value("/keep file:notes.txt ")
        await ada.box.press("Enter")
        await expect(ada.log).to_contain_text("Kept notes.txt, 4 bytes.")


class TestComponents:
    async def test_a_button_changes_its_message_for_everybody(self, window: Opener) -> None:
        ada, mateo = await window("Ada"), await window("Mateo")
        await ada.say("/buttons")
        await ada.page.get_by_role("button", name="Count", exact=True).click()
        await expect(ada.log).to_contain_text("Pressed 1 times.")
        await expect(mateo.log).to_contain_text("Pressed 1 times.")
        await mateo.page.get_by_role("button", name="Count", exact=True).click()
        await expect(ada.log).to_contain_text("Pressed 2 times.")
        await expect(ada.page.get_by_role("button", name="Broken", exact=True)).to_be_disabled()
        await expect(ada.page.get_by_role("link", name="Read")).to_have_attribute(
            "href", "https://example.com/"
        )

    async def test_a_button_that_fails_says_so_and_can_be_pressed_again(
        self, window: Opener, bot: LittleBot
    ) -> None:
        ada = await window("Ada")
        await ada.say("/buttons")
        drop = ada.page.get_by_role("button", name="Drop", exact=True)
        await drop.focus()
        await drop.press("Enter")
        await expect(ada.message("Press something.").get_by_role("alert")).to_contain_text(
            "This interaction failed"
        )
        await expect(drop).to_be_focused()
        await expect(drop).not_to_have_attribute("aria-busy", "true")

    async def test_a_select_takes_several_by_keyboard(self, window: Opener) -> None:
        ada = await window("Ada")
        await ada.say("/pick")
        button = ada.message("Choose.").first.locator("[aria-haspopup=listbox]")
        await button.focus()
        await button.press("Enter")
        options = ada.page.get_by_role("listbox", name="Fruit")
        await expect(options).to_be_focused()
        await ada.page.keyboard.press("Enter")
        await ada.page.keyboard.press("ArrowDown")
        await ada.page.keyboard.press("ArrowDown")
        await ada.page.keyboard.press("Space")
        await ada.page.keyboard.press("Escape")
        await expect(ada.log).to_contain_text("You chose apple, plum.")
        await expect(button).to_be_focused()

    async def test_people_and_channels_are_chosen_by_name(self, window: Opener) -> None:
        ada = await window("Ada")
        await ada.say("/card")
        await ada.page.get_by_role("button", name="Choose a channel", exact=True).click()
        await ada.page.get_by_role("option", name="#help").click()
        await expect(ada.log).to_contain_text("You chose 821509369874743301.")
        await ada.page.get_by_role("button", name="Choose people", exact=True).click()
        await ada.page.get_by_role("combobox", name="Search Choose people").fill("mateo")
        await ada.page.get_by_role("option").first.click()
        await ada.page.get_by_role("button", name="Done").click()
        await expect(ada.log).to_contain_text("You chose 717635077260968080.")

    async def test_pictures_from_elsewhere_are_named_not_fetched(self, window: Opener) -> None:
        ada = await window("Ada")
        asked: list[str] = []
        ada.page.on("request", lambda request: asked.append(request.url))
        await ada.say("/card")
        await expect(ada.log).to_contain_text("An owl")
        assert not [url for url in asked if "example.com" in url]


class TestForms:
    async def test_a_form_is_checked_filled_in_and_answered(self, window: Opener, bot: LittleBot) -> None:
        ada = await window("Ada")
        await ada.say("/form")
        form = ada.page.get_by_role("dialog", name="Tell us")
        words = form.get_by_role("textbox", name="Your words")
        await expect(words).to_be_focused()
        await words.fill("Hm")
        await form.get_by_role("button", name="Submit").click()
        await expect(form).to_contain_text("At least 5 characters; these are 2.")
        await expect(words).to_be_focused()
        await words.fill("Good morning")
        await form.get_by_role("button", name="Fruit").click()
        await ada.page.get_by_role("option", name="Pear").click()
        await form.get_by_role("radio", name="Late").check()
        await form.get_by_role("checkbox", name="Two").check()
        bot.breaks = True
        await form.get_by_role("button", name="Submit").click()
        await expect(form.get_by_role("alert")).to_contain_text("what you wrote is still here")
        await expect(words).to_have_value("Good morning")
        bot.breaks = False
        await form.get_by_role("button", name="Submit").click()
        await expect(ada.log).to_contain_text("You wrote Good morning and took pear, late.")
        await expect(form).not_to_be_visible()
        await expect(ada.box).to_be_focused()

    async def test_escape_leaves_a_form(self, window: Opener) -> None:
        ada = await window("Ada")
        await ada.say("/form")
        await ada.page.get_by_role("dialog").wait_for()
        await ada.page.keyboard.press("Escape")
        await expect(ada.page.get_by_role("dialog")).not_to_be_visible()
        await expect(ada.box).to_be_focused()


class TestMenus:
    async def test_a_message_has_the_bots_commands_on_the_right_button_and_on_a_key(
        self, window: Opener
    ) -> None:
        ada = await window("Ada")
        await ada.say("twelve chars")
        await ada.message("twelve chars").click(button="right")
        await ada.pick("Count letters")
        await expect(ada.log).to_contain_text("12 letters.")
        await ada.say("seven..")
        await ada.message("seven..").focus()
        await ada.page.keyboard.press("Shift+F10")
        await expect(ada.page.get_by_role("menuitem").first).to_be_focused()
        await ada.page.keyboard.press("c")
        await ada.page.keyboard.press("c")
        await expect(ada.page.get_by_role("menuitem", name="Count letters")).to_be_focused()
        await ada.page.keyboard.press("Enter")
        await expect(ada.log).to_contain_text("7 letters.")

    async def test_a_person_has_the_bots_commands_too(self, window: Opener) -> None:
        ada = await window("Ada")
        await ada.page.get_by_role("button", name="More actions for Mateo").click()
        await ada.pick("Greet")
        await expect(ada.log).to_contain_text("Hello @Mateo Fernández.")

    async def test_escape_closes_a_menu_and_gives_the_focus_back(self, window: Opener) -> None:
        ada = await window("Ada")
        more = ada.page.get_by_role("button", name="More actions for Mateo")
        await more.focus()
        await more.press("Enter")
        await expect(ada.page.get_by_role("menu")).to_be_visible()
        await ada.page.keyboard.press("Escape")
        await expect(ada.page.get_by_role("menu")).not_to_be_visible()
        await expect(more).to_be_focused()
