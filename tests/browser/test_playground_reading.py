"""What somebody has read and begun to write, while they are elsewhere on the page."""

import httpx2
import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import SCREENS
from tests.browser.little_bot import LittleBot, Window, playing, windows

pytestmark = pytest.mark.anyio


async def go_to(window: Window, channel: str) -> None:
    link = window.page.locator("#channel-list").get_by_role("link").filter(has_text=channel)
    await link.click()
    await expect(window.page.locator("#channel-name")).to_have_text(channel)


class TestReading:
    """Coming back to what was said meanwhile."""

    async def test_a_line_says_where_the_new_begins(self, browser: Browser) -> None:
        async with playing(LittleBot()) as simulator, windows(browser, simulator) as open_window:
            ada, mateo = await open_window("Ada"), await open_window("Mateo")
            await go_to(ada, "help")
            await mateo.say("While you were away")
            await mateo.say("@Ada Okafor this too")
            general = ada.page.locator("#channel-list").get_by_role("link").filter(has_text="general")
            await expect(general).to_contain_text(", new messages1 for you")
            await expect(ada.page).to_have_title("(1) #help · Beginner.Codes · Ada Okafor · local Discord")
            await go_to(ada, "general")
            line = ada.page.get_by_role("heading", name="New messages")
            await expect(line).to_have_count(1)
            texts = await ada.log.evaluate(
                "log => [...log.querySelectorAll('#new-line ~ article')].map(each => each.innerText)"
            )
            assert [text.splitlines()[-1] for text in texts] == [
                "While you were away",
                "@Ada Okafor this too",
            ]
            assert await ada.violations() == []
            await ada.say("I am back")
            await expect(line).to_have_count(0)

    async def test_what_comes_while_reading_further_up_is_counted(self, browser: Browser) -> None:
        async with playing(LittleBot()) as simulator, windows(browser, simulator) as open_window:
            ada, mateo = await open_window("Ada"), await open_window("Mateo")
            await ada.log.evaluate("log => { log.scrollTop = log.scrollHeight - 3 * log.clientHeight }")
            await expect(ada.page.get_by_role("button", name="To the newest")).to_be_visible()
            await mateo.say("One")
            await mateo.say("Two")
            await expect(ada.page.get_by_role("button", name="To the newest · 2 new")).to_be_visible()
            await ada.page.keyboard.press("Escape")
            await expect(ada.message("Two")).to_be_in_viewport()
            await expect(ada.page.get_by_role("button", name="To the newest")).to_have_count(0)

    async def test_the_arrows_lead_up_through_the_messages(self, browser: Browser) -> None:
        async with playing(LittleBot()) as simulator, windows(browser, simulator) as open_window:
            ada = await open_window("Ada")
            await ada.log.focus()
            for _ in range(20):
                await ada.page.keyboard.press("ArrowUp")
            await expect(ada.page.locator("article:focus")).to_be_in_viewport()

    async def test_a_reply_leads_to_what_it_answers_however_far_back(self, browser: Browser) -> None:
        async with playing(LittleBot()) as simulator, windows(browser, simulator) as open_window:
            ada = await open_window("Ada")
            state = (await simulator.get("/_sim/state")).json()
            channel = next(each["id"] for each in state["guilds"][0]["channels"] if each["name"] == "general")
            person = next(each["id"] for each in state["people"] if each["name"].startswith("Ada"))
            first = await said(simulator, channel, person, "The beginning")
            for number in range(60):
                await said(simulator, channel, person, f"Talk {number}")
            await said(simulator, channel, person, "The end", reply_to=first)
            await ada.page.reload()
            await ada.message("The end").get_by_role("button", name="Reply to: The beginning").click()
            await expect(ada.page.locator(f"#message-{first}")).to_be_in_viewport()
            await expect(ada.page.locator(f"#message-{first}")).to_be_focused()


async def said(simulator: httpx2.AsyncClient, channel: str, person: str, text: str, **more: str) -> str:
    order = {"channel_id": channel, "user_id": person, "content": text, **more}
    answer = await simulator.post("/_sim/messages", json=order)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


class TestWriting:
    """The message box is never far, and keeps what it was given."""

    async def test_each_channel_keeps_its_own_draft(self, browser: Browser) -> None:
        async with playing(LittleBot()) as simulator, windows(browser, simulator) as open_window:
            ada = await open_window("Ada")
            await ada.box.fill("For general")
            await go_to(ada, "help")
            await expect(ada.box).to_have_value("")
            await ada.box.fill("For help")
            await go_to(ada, "general")
            await expect(ada.box).to_have_value("For general")

    async def test_writing_goes_to_the_message_box_wherever_the_focus_is(self, browser: Browser) -> None:
        async with playing(LittleBot()) as simulator, windows(browser, simulator) as open_window:
            ada = await open_window("Ada")
            await ada.page.keyboard.press("Alt+ArrowDown")
            await expect(ada.page.locator("#channel-name")).to_have_text("help")
            await ada.page.get_by_role("article").last.focus()
            await ada.page.keyboard.type("Straight away")
            await expect(ada.box).to_have_value("Straight away")

    async def test_people_are_offered_on_every_line_and_nothing_is_cut_off(self, browser: Browser) -> None:
        async with playing(LittleBot()) as simulator, windows(browser, simulator) as open_window:
            ada = await open_window("Ada")
            await ada.box.fill("First line")
            await ada.box.press("Shift+Enter")
            await ada.page.keyboard.type("hello @mat")
            await expect(ada.page.get_by_role("option", name="@Mateo Fernández")).to_be_visible()
            assert await ada.violations() == []
            await ada.page.keyboard.press("Enter")
            box = ada.page.get_by_role("textbox", name="Message", exact=True)
            await expect(box).to_have_value("First line\nhello @Mateo Fernández ")
            await box.fill("x" * 2_001)
            await expect(ada.page.get_by_text("-1 characters left")).to_be_visible()
            await box.press("Enter")
            await expect(ada.page.get_by_role("alert").filter(has_text="at most 2,000")).to_contain_text(
                "A message has at most 2,000 characters; this one has 2,001. Nothing was sent."
            )
            await expect(box).to_have_value("x" * 2_001)


class TestWhoAndHow:
    """Who somebody is, and which way a line runs."""

    async def test_a_name_opens_who_somebody_is_and_what_can_be_done(self, browser: Browser) -> None:
        async with playing(LittleBot()) as simulator, windows(browser, simulator) as open_window:
            ada = await open_window("Ada", SCREENS["phone, dark"])
            await ada.page.get_by_role("button", name="Kwame Mensah", exact=True).last.click()
            await expect(ada.page.get_by_role("list", name="Roles")).to_contain_text("Moderator")
            await expect(ada.page.get_by_role("menuitem", name="Greet")).to_be_visible()
            assert await ada.violations() == []
            assert not await ada.overflows()

    async def test_one_word_does_not_turn_a_line_round(self, browser: Browser) -> None:
        async with playing(LittleBot()) as simulator, windows(browser, simulator) as open_window:
            ada = await open_window("Ada")
            await ada.say("مرحبا is how you say hello")
            await ada.say("كيف حالكم اليوم؟ `print`")
            english = ada.message("is how you say hello").locator(".markdown")
            arabic = ada.message("حالكم").locator(".markdown")
            await expect(english).to_have_attribute("dir", "ltr")
            await expect(arabic).to_have_attribute("dir", "rtl")
