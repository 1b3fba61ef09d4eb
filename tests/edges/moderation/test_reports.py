"""Reports from the menu to the log channel, its buttons and the direct message, with a worker beside."""

from typing import Any

import pytest

from tests.support.town import Town

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("worker")]

LOG = "mod-log"
MODERATOR, OTHER_MODERATOR, AUTHOR = "leilani.k", "kwame", "jun_w"
REPORTED = "Reported. The moderators see it; you hear what comes of it."

Shown = dict[str, Any]


class Desk:
    """What people do to a message, and what the log channel shows of it."""

    def __init__(self, town: Town) -> None:
        self.town = town

    async def said(self, content: str, who: str = AUTHOR) -> str:
        """Have somebody write; gives the message's id."""
        author = await self.town.person(who)
        message = {"channel_id": self.town.channel()["id"], "user_id": author["id"], "content": content}
        return str((await self._post("messages", message))["id"])

    async def report(self, who: str, message_id: str, *, locale: str = "en-US") -> str:
        """Have somebody report a message; gives what only they are told."""
        person = await self.town.person(who)
        answer = await self._post(
            "context-menus",
            {
                "guild_id": self.town.guild["id"],
                "channel_id": self.town.channel()["id"],
                "user_id": person["id"],
                "name": "Report to moderators",
                "target_id": message_id,
                "locale": locale,
            },
        )
        assert answer["message"]["visible_to"] == person["id"]
        return str(answer["message"]["text"])

    async def press(self, who: str, shown: Shown, label: str) -> Shown:
        """Have somebody press a button below a report; gives all of the simulator's answer."""
        [button] = [each for each in buttons(shown) if each["label"] == label]
        person = await self.town.person(who)
        pressed = {"message_id": shown["id"], "custom_id": button["custom_id"], "user_id": person["id"]}
        return await self._post("components", pressed)

    async def fill_in(self, who: str, opened: Shown, **fields: str) -> str:
        """Have somebody send off the form that was opened; gives what only they are told."""
        assert opened["modal"] is not None, opened
        person = await self.town.person(who)
        sent = {"custom_id": opened["modal"]["custom_id"], "fields": fields, "user_id": person["id"]}
        answer = await self._post("modals", sent)
        assert answer["message"]["visible_to"] == person["id"]
        return str(answer["message"]["text"])

    async def shown(self, message_id: str, *words: str) -> Shown:
        """Give the log's message about a message, once it says these words."""
        channel_id = self.town.channel(LOG)["id"]

        def about_it(state: Shown) -> list[Shown]:
            posts = [each for each in state["messages"] if each["channel_id"] == channel_id]
            reports = [each for each in posts if "Report #" in str(each["embeds"])]
            return [each for each in reports if message_id in str(each["embeds"])]

        def says_so(state: Shown) -> bool:
            return any(all(word in str(each["embeds"]) for word in words) for each in about_it(state))

        [only] = about_it(await self.town.until(says_so))
        return only

    async def told(self, who: str) -> list[Shown]:
        """Give the direct messages to somebody, once there is one."""
        person = await self.town.person(who)
        channel_id = (await self._post("dms", {"user_id": person["id"]}))["channel_id"]

        def of_them(state: Shown) -> list[Shown]:
            return [each for each in state["messages"] if each["channel_id"] == channel_id]

        return of_them(await self.town.until(lambda state: bool(of_them(state))))

    async def _post(self, path: str, body: Shown) -> Shown:
        answer = await self.town.client.post(f"/_sim/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def buttons(shown: Shown) -> list[Shown]:
    return [button for row in shown["components"] for button in row["components"]]


@pytest.fixture
async def desk(town: Town) -> Desk:
    await town.configure(log_channel_id=town.channel(LOG)["id"])
    return Desk(town)


class TestReporting:
    async def test_shows_the_moderators_one_report_however_many_report_it(self, desk: Desk) -> None:
        message_id = await desk.said("buy my bytes")
        assert REPORTED in await desk.report("ada", message_id)
        shown = await desk.shown(message_id, "1 member")
        assert [each["label"] for each in buttons(shown)] == ["Claim", "Warn", "Time out", "Dismiss"]
        assert "buy my bytes" in shown["embeds"][0]["description"]
        assert "waiting for a moderator" in str(shown["embeds"])
        assert "reported this message already" in await desk.report("ada", message_id)
        assert REPORTED in await desk.report("mateo.f", message_id)
        again = await desk.shown(message_id, "2 members")
        assert again["id"] == shown["id"]


class TestDeciding:
    async def test_a_warning_closes_the_report_and_the_reporters_hear_of_it(self, desk: Desk) -> None:
        message_id = await desk.said("you are all fools")
        await desk.report("ada", message_id)
        shown = await desk.shown(message_id)
        claimed = await desk.press(MODERATOR, shown, "Claim")
        assert "is yours" in claimed["message"]["text"]
        shown = await desk.shown(message_id, "claimed by")
        opened = await desk.press(OTHER_MODERATOR, shown, "Warn")
        said = await desk.fill_in(OTHER_MODERATOR, opened, reason="insults")
        assert "Warned" in said
        assert "is closed with it" in said
        assert not buttons(await desk.shown(message_id, "acted on by"))
        [warning] = await desk.told(AUTHOR)
        assert "insults" in str(warning["embeds"])
        [told] = await desk.told("ada")
        words = str(told["embeds"])
        assert "whoever wrote it was warned" in words
        for moderator in (MODERATOR, OTHER_MODERATOR):
            assert (await desk.town.person(moderator))["id"] not in words
