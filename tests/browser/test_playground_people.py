"""What people do among themselves: write, edit, answer, attach, come, go, moderate, in several windows."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, FilePayload, expect

from tests.browser.conftest import SCREENS
from tests.browser.little_bot import LittleBot, Opener, playing, windows

pytestmark = pytest.mark.anyio

PICTURE = (
    b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><rect width='40' height='40'/></svg>"
)


@pytest.fixture
async def simulator() -> AsyncIterator[httpx2.AsyncClient]:
    async with playing(LittleBot()) as client:
        yield client


@pytest.fixture
async def window(browser: Browser, simulator: httpx2.AsyncClient) -> AsyncIterator[Opener]:
    async with windows(browser, simulator) as opener:
        yield opener


async def person(simulator: httpx2.AsyncClient, name: str) -> dict[str, Any]:
    people: list[dict[str, Any]] = (await simulator.get("/_sim/state")).json()["people"]
    return next(each for each in people if each["name"].startswith(name))


class TestWriting:
    async def test_two_windows_see_each_other_at_once(self, window: Opener) -> None:
        ada, mateo = await window("Ada"), await window("Mateo")
        await ada.box.press_sequentially("Hello Mateo")
        await expect(mateo.page.get_by_role("status", name="Typing")).to_contain_text("Ada Okafor is typing")
        await ada.box.press("Enter")
        await expect(mateo.log).to_contain_text("Hello Mateo")
        await expect(mateo.page.get_by_role("status", name="Typing")).to_be_empty()
        await mateo.say("Hello Ada")
        await expect(ada.log).to_contain_text("Hello Ada")

    async def test_who_is_called_sees_it(self, window: Opener) -> None:
        ada, mateo = await window("Ada"), await window("Mateo")
        await ada.box.press_sequentially("kumquats for @mat")
        await ada.box.press("Tab")
        await expect(ada.box).to_have_value("kumquats for @Mateo Fernández ")
        await ada.box.press("Enter")
        await expect(mateo.message("kumquats for")).to_have_class("message calls-me")
        await expect(ada.message("kumquats for")).not_to_have_class("message calls-me")
        await expect(ada.message("kumquats for")).to_contain_text("@Mateo Fernández")

    async def test_elsewhere_a_channel_says_that_there_is_news(self, window: Opener) -> None:
        ada, mateo = await window("Ada"), await window("Mateo")
        await mateo.page.locator("#channel-list").get_by_role("link", name="help").click()
        await expect(mateo.page.get_by_role("heading", level=1)).to_have_text("help")
        await ada.say("@Mateo Fernández come back")
        await expect(mateo.page.locator("#channel-list").get_by_role("link", name="general")).to_contain_text(
            "1 for you"
        )
        await mateo.page.locator("#channel-list").get_by_role("link", name="general").click()
        await expect(mateo.log).to_contain_text("come back")
        await expect(
            mateo.page.locator("#channel-list").get_by_role("link", name="general")
        ).not_to_contain_text("for you")

    async def test_a_message_may_have_several_lines(self, window: Opener) -> None:
        ada = await window("Ada")
        await ada.box.fill("first")
        await ada.box.press("Shift+Enter")
        box = ada.page.get_by_role("textbox", name="Message")
        await expect(box).to_be_focused()
        await box.press_sequentially("second")
        await expect(box).to_have_value("first\nsecond")
        await box.press("Enter")
        await expect(ada.message("second")).to_contain_text("first")
        await expect(ada.box).to_be_focused()

    async def test_ones_own_message_is_edited_and_deleted(self, window: Opener) -> None:
        ada, mateo = await window("Ada"), await window("Mateo")
        await ada.say("a smal mistake")
        await ada.box.press("ArrowUp")
        edit = ada.page.get_by_role("textbox", name="Edit message")
        await edit.fill("a small mistake")
        await edit.press("Enter")
        await expect(mateo.message("a small mistake")).to_contain_text("(edited)")
        await mateo.more("a small mistake")
        await expect(mateo.page.get_by_role("menuitem", name="Delete")).to_have_count(0)
        await mateo.page.keyboard.press("Escape")
        await ada.more("a small mistake")
        await ada.pick("Delete")
        await ada.page.get_by_role("button", name="Delete my message").click()
        await expect(mateo.message("a small mistake")).to_have_count(0)
        await expect(ada.message("a small mistake")).to_have_count(0)

    async def test_an_answer_shows_what_it_answers(self, window: Opener) -> None:
        ada, mateo = await window("Ada"), await window("Mateo")
        await ada.say("Who is there?")
        await mateo.message("Who is there?").hover()
        await mateo.message("Who is there?").get_by_role("button", name="Reply", exact=True).click()
        await expect(mateo.box).to_be_focused()
        await mateo.box.fill("It is me.")
        await mateo.box.press("Enter")
        await expect(ada.message("It is me.")).to_contain_text("Who is there?")

    async def test_files_are_attached_by_button_by_paste_and_by_drop(self, window: Opener) -> None:
        ada, mateo = await window("Ada"), await window("Mateo")
        async with ada.page.expect_file_chooser() as choosing:
            await ada.page.get_by_role("button", name="Attach a file").click()
        chooser = await choosing.value
        await chooser.set_files(
            [
                FilePayload(name="square.svg", mimeType="image/svg+xml", buffer=PICTURE),
                FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"some notes"),
            ]
        )
        await ada.box.focus()
        await ada.page.evaluate(
            """() => {
                const data = new DataTransfer();
                data.items.add(new File(["pasted"], "pasted.txt", { type: "text/plain" }));
                const box = document.getElementById("composer-input");
                const how = { clipboardData: data, bubbles: true, cancelable: true };
                box.dispatchEvent(new ClipboardEvent("paste", how));
                const dropped = new DataTransfer();
                dropped.items.add(new File(["dropped"], "dropped.txt", { type: "text/plain" }));
                document.getElementById("log").dispatchEvent(
                    new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true })
                );
            }"""
        )
        await expect(
            ada.page.get_by_role("list", name="Files to send").get_by_role("listitem")
        ).to_have_count(4)
        await ada.page.get_by_role("button", name="Remove pasted.txt").click()
        await ada.say("Three files")
        sent = mateo.message("Three files")
        await expect(sent.get_by_role("link", name="notes.txt")).to_be_visible()
        await expect(sent).to_contain_text("dropped.txt")
        picture = sent.get_by_role("img", name="square.svg")
        await expect(picture).to_have_js_property("naturalWidth", 40)

    async def test_older_messages_come_when_one_reads_upwards(
        self, window: Opener, simulator: httpx2.AsyncClient
    ) -> None:
        mateo = await person(simulator, "Mateo")
        state = (await simulator.get("/_sim/state")).json()
        channel = next(each for each in state["guilds"][0]["channels"] if each["name"] == "general")
        for number in range(120):
            body = {"channel_id": channel["id"], "user_id": mateo["id"], "content": f"number {number}."}
            assert (await simulator.post("/_sim/messages", json=body)).status_code == 200
        ada = await window("Ada")
        await expect(ada.message("number 119.")).to_be_visible()
        await expect(ada.message("number 5.")).to_have_count(0)
        await ada.log.evaluate("log => { log.scrollTop = 0 }")
        await expect(ada.message("number 30.")).to_have_count(1)
        top = await ada.log.evaluate("log => log.scrollTop")
        assert top > 500, "who reads stays where they read"
        await ada.log.evaluate("log => { log.scrollTop = 0 }")
        await expect(ada.message("number 5.")).to_have_count(1)
        await ada.page.get_by_role("button", name="To the newest").click()
        await expect(ada.message("number 119.")).to_be_in_viewport()


class TestBeingSomebody:
    async def test_who_one_is_stands_in_the_address(self, window: Opener) -> None:
        ada = await window("Ada")
        await ada.page.get_by_title("Be Mateo").click()
        await expect(ada.page.locator("#you")).to_contain_text("Mateo Fernández")
        await ada.page.reload()
        await expect(ada.page.locator("#you")).to_contain_text("Mateo Fernández")
        await ada.page.go_back()
        await expect(ada.page.locator("#you")).to_contain_text("Ada Okafor")

    async def test_what_only_moderators_see_goes_with_the_person(self, window: Opener) -> None:
        ada = await window("Ada")
        channels = ada.page.get_by_role("navigation", name="Channels of Beginner.Codes")
        await expect(channels).not_to_contain_text("staff")
        await ada.page.get_by_title("Be somebody else").click()
        await ada.pick("Be Leilani Kealoha")
        await expect(channels).to_contain_text("staff")


class TestComingAndGoing:
    async def test_someone_new_joins_and_leaves(self, window: Opener) -> None:
        ada, mateo = await window("Ada"), await window("Mateo")
        await ada.page.get_by_role("button", name="People: join, leave, rename").click()
        await ada.pick("Someone new joins")
        dialog = ada.page.get_by_role("dialog", name="Someone new joins")
        await dialog.get_by_role("textbox", name="Name").fill("Zoë Quick")
        await dialog.get_by_role("checkbox", name="Then be this person").check()
        await dialog.get_by_role("button", name="Let them join").click()
        await expect(ada.page.locator("#you")).to_contain_text("Zoë Quick")
        await expect(mateo.page.locator("#people")).to_contain_text("Zoë Quick")
        await ada.page.get_by_role("button", name="People: join, leave, rename").click()
        await ada.pick("Rename yourself here")
        await ada.page.get_by_role("textbox", name="Name in this server").fill("Zoë the Quick")
        await ada.page.get_by_role("button", name="Rename", exact=True).click()
        await expect(mateo.page.locator("#people")).to_contain_text("Zoë the Quick")
        await ada.page.get_by_role("button", name="People: join, leave, rename").click()
        await ada.pick("Leave this server")
        await ada.page.get_by_role("button", name="Leave Beginner.Codes").click()
        await expect(mateo.page.locator("#people")).not_to_contain_text("Zoë")
        await expect(ada.page.locator("#you")).not_to_contain_text("Zoë")

    async def test_direct_messages_with_the_bot(self, window: Opener) -> None:
        ada = await window("Ada")
        await ada.page.get_by_role("link", name="Direct messages").click()
        await ada.page.get_by_role("button", name="Write to Little Bot").click()
        await expect(ada.page.get_by_role("heading", level=1)).to_have_text("Little Bot")
        await ada.say("hello bot")
        await expect(ada.log).to_contain_text("hello bot")
        await ada.say("/secret")
        await expect(ada.log).to_contain_text("swordfish")


class TestModerating:
    async def test_a_moderator_times_somebody_out_and_both_see_it(self, window: Opener) -> None:
        leilani, mateo = await window("Leilani"), await window("Mateo")
        await leilani.page.get_by_role("button", name="More actions for Mateo").click()
        await leilani.pick("Time out for 10 minutes")
        dialog = leilani.page.get_by_role("dialog")
        await expect(dialog).to_contain_text("Mateo Fernández can read, but not write, for ten minutes.")
        await dialog.get_by_role("button", name="Time out Mateo Fernández").click()
        await expect(mateo.box).to_be_disabled()
        await expect(mateo.page.get_by_text("You are timed out until")).to_be_visible()
        row = leilani.page.locator("#people li").filter(has_text="Mateo")
        await expect(row).to_contain_text("timed out until")
        await leilani.page.get_by_role("button", name="More actions for Mateo").click()
        await leilani.pick("Remove time-out")
        await leilani.page.get_by_role("button", name="Let Mateo Fernández write again").click()
        await expect(mateo.box).to_be_enabled()

    async def test_roles_are_given_as_far_as_ones_own_reach(self, window: Opener) -> None:
        tomasz = await window("Tomasz")
        await tomasz.page.get_by_role("button", name="More actions for Mateo").click()
        await tomasz.pick("Roles …")
        dialog = tomasz.page.get_by_role("dialog", name="Roles of Mateo Fernández")
        await expect(dialog.get_by_role("checkbox", name="Owner")).to_be_disabled()
        await dialog.get_by_role("checkbox", name="Helper").check()
        await dialog.get_by_role("button", name="Save roles of Mateo Fernández").click()
        await expect(tomasz.page.get_by_role("region", name="Helper")).to_contain_text("Mateo")

    async def test_whoever_is_banned_is_gone_and_ordinary_members_ban_nobody(self, window: Opener) -> None:
        ada, leilani = await window("Ada"), await window("Leilani")
        await ada.page.get_by_role("button", name="More actions for Mateo").click()
        await expect(ada.page.get_by_role("menuitem", name="Ban")).to_have_count(0)
        await ada.page.keyboard.press("Escape")
        await leilani.page.get_by_role("button", name="More actions for Mateo").click()
        await leilani.pick("Ban")
        await leilani.page.get_by_role("button", name="Ban Mateo Fernández").click()
        await expect(ada.page.locator("#people")).not_to_contain_text("Mateo")
        await expect(ada.log).to_contain_text("Mateo Fernández")


class TestOnThePhone:
    async def test_channels_and_people_are_drawers(self, window: Opener) -> None:
        ada = await window("Ada", SCREENS["phone, light"])
        await ada.page.get_by_role("button", name="Channels").click()
        await ada.page.locator("#channel-list").get_by_role("link", name="help").click()
        await expect(ada.page.get_by_role("heading", level=1)).to_have_text("help")
        await expect(ada.page.locator("#channels")).not_to_be_visible()
        await ada.page.get_by_role("button", name="People", exact=True).click()
        await ada.page.get_by_title("Be Mateo").click()
        await expect(ada.page.locator("#person-select")).to_have_value(
            (await ada.page.evaluate("location.hash")).split("/")[1]
        )
        await ada.page.get_by_role("button", name="People", exact=True).click()
        await ada.page.keyboard.press("Escape")
        await expect(ada.page.locator("#people")).not_to_be_visible()
        await expect(ada.page.get_by_role("button", name="People", exact=True)).to_be_focused()
