"""Reports from the menu to the log channel, its buttons and the direct message, with a worker beside."""

from typing import Any

import pytest
from sqlalchemy import text

from app.jobs import service as jobs_service
from app.jobs.kinds import Job, LogReport, TellReporters
from tests.oracles.markup import marks
from tests.support.town import Town
from tests.support.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("worker")]

LOG = "mod-log"
MODERATOR, OTHER_MODERATOR, AUTHOR = "leilani.k", "kwame", "jun_w"
REPORTED = "Reported. The moderators see it; you hear what comes of it."

REPORT = " FROM moderation_reports WHERE message_id = :message"
REPORTERS = " FROM moderation_reporters WHERE report_id = (SELECT id" + REPORT + ")"

WHOSE = REPORTERS.removeprefix(" FROM moderation_reporters")

HOSTILE = (
    "@everyone @here <@544397697248657425> <@&821007528388460669> [bank](https://evil.example) ||x|| ```py",
    "\u202egnp.exe\u202c \u2066# h\u2069\n# h\n> q\n>>> q\n-# s\n- l\n1. l\n\n\n`c",
    "*" * 4_000,
)

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

    async def report(
        self, who: str, message_id: str, *, channel: str | None = None, content: str | None = None
    ) -> str:
        """Have somebody report a message, as it is or with other content; gives what only they are told."""
        resolved = {} if content is None else {"messages": {message_id: {"content": content}}}
        person = await self.town.person(who)
        answer = await self._post(
            "context-menus",
            {
                "guild_id": self.town.guild["id"],
                "channel_id": self.town.channel(channel)["id"],
                "user_id": person["id"],
                "name": "Report to moderators",
                "target_id": message_id,
                "overrides": {"data": {"resolved": resolved}},
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

    async def change(self, path: str, **body: object) -> None:
        """Change something about the simulated Discord."""
        await self._post(path, body)

    async def row(self, message_id: str, statement: str) -> Any:
        """Run SQL about the report of a message; gives the first value, None if there is none."""
        async with self.town.database.transaction() as tx:
            found = await tx.execute(text(statement), {"message": int(message_id)})
            return found.scalar_one_or_none() if found.returns_rows else None

    async def number(self, message_id: str) -> int:
        return int(await self.row(message_id, "SELECT number" + REPORT))

    async def again(self, job: Job) -> None:
        """Have a job run once more, long after Discord has forgotten what was sent."""
        await self.change("clock", advance=3600)
        async with self.town.database.transaction() as tx:
            await jobs_service.enqueue(tx, job)

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

    async def test_shows_what_was_written_and_pings_nobody(self, desk: Desk) -> None:
        for content in HOSTILE:
            message_id = await desk.said("short")
            assert REPORTED in await desk.report("ada", message_id, content=content)
            shown = await desk.shown(message_id)
            assert marks(shown["embeds"][0]["description"]) == []
        opened = await desk.press(MODERATOR, shown, "Warn")
        assert "Warned" in await desk.fill_in(MODERATOR, opened, reason=HOSTILE[0])
        await desk.shown(message_id, "acted on by")
        for post in await desk.town.posts(desk.town.channel(LOG)["id"]):
            assert post["mentions"] == {"users": [], "roles": [], "everyone": False}

    async def test_of_ones_own_message_or_the_bots_is_refused(self, desk: Desk) -> None:
        message_id = await desk.said("by myself", "ada")
        assert "your own message" in await desk.report("ada", message_id)
        await desk.report("mateo.f", message_id)
        shown = await desk.shown(message_id)
        assert "of the bot itself" in await desk.report(MODERATOR, shown["id"], channel=LOG)
        assert await desk.row(shown["id"], "SELECT number" + REPORT) is None

    async def test_before_a_channel_was_chosen_keeps_nothing(self, desk: Desk) -> None:
        await desk.town.configure(log_channel_id=None)
        message_id = await desk.said("nobody would see it")
        assert "have not chosen a channel" in await desk.report("ada", message_id)
        assert await desk.row(message_id, "SELECT number" + REPORT) is None

    async def test_shows_one_message_also_if_a_worker_died_after_sending_it(self, desk: Desk) -> None:
        message_id = await desk.said("seen once")
        await desk.report("ada", message_id)
        shown = await desk.shown(message_id)
        forgotten = "UPDATE moderation_reports SET log_message_id = NULL, version = version + 1"
        await desk.row(message_id, forgotten + " WHERE message_id = :message")
        await desk.again(LogReport(desk.town.guild_id, await desk.number(message_id)))

        async def is_found() -> bool:
            return bool(await desk.row(message_id, "SELECT log_message_id" + REPORT) == int(shown["id"]))

        await until(is_found)
        assert (await desk.shown(message_id))["id"] == shown["id"]  # and there is no other


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

    async def test_a_time_out_is_told_once_it_is_certain(self, desk: Desk) -> None:
        message_id = await desk.said("again and again")
        await desk.report("ada", message_id)
        shown = await desk.shown(message_id)
        opened = await desk.press(MODERATOR, shown, "Time out")
        said = await desk.fill_in(MODERATOR, opened, duration="for ever", reason="spam")
        assert "is not a duration" in said
        opened = await desk.press(MODERATOR, shown, "Time out")
        said = await desk.fill_in(MODERATOR, opened, duration="10m", reason="spam")
        assert "is closed with it" in said
        [told] = await desk.told("ada")
        assert "whoever wrote it was timed out" in str(told["embeds"])
        assert (await desk.town.person(AUTHOR))["timed_out_until"] is not None

    async def test_a_dismissal_is_told_without_a_case_and_closed_messages_hinder_nobody(
        self, desk: Desk
    ) -> None:
        message_id = await desk.said("I like tabs")
        await desk.change("people", user_id=(await desk.town.person("ada"))["id"], accepts_dms=False)
        for reporter in ("ada", "mateo.f"):
            await desk.report(reporter, message_id)
        shown = await desk.shown(message_id, "2 members")
        dismissed = await desk.press(MODERATOR, shown, "Dismiss")
        assert "is dismissed" in dismissed["message"]["text"]
        assert not buttons(await desk.shown(message_id, "dismissed by"))
        [told] = await desk.told("mateo.f")
        assert "nothing was found to be against the rules" in str(told["embeds"])
        told_how = "SELECT string_agg(dm_status, ' ' ORDER BY dm_status)" + REPORTERS

        async def is_over() -> bool:
            return bool(await desk.row(message_id, told_how) == "closed sent")

        await until(is_over)
        assert "have looked at this message" in await desk.report("linh.ng", message_id)

    async def test_nobody_is_told_twice_also_if_a_worker_died_after_telling(self, desk: Desk) -> None:
        message_id = await desk.said("told once")
        await desk.report("ada", message_id)
        await desk.press(MODERATOR, await desk.shown(message_id), "Dismiss")
        await desk.told("ada")

        async def is_sent() -> bool:
            return bool(await desk.row(message_id, "SELECT dm_status" + REPORTERS) == "sent")

        await until(is_sent)
        await desk.row(message_id, "UPDATE moderation_reporters SET dm_status = 'sending'" + WHOSE)
        await desk.again(TellReporters(desk.town.guild_id, await desk.number(message_id)))
        await until(is_sent)
        assert len(await desk.told("ada")) == 1

    async def test_the_second_moderator_hears_who_was_first(self, desk: Desk) -> None:
        message_id = await desk.said("one decides")
        await desk.report("ada", message_id)
        shown = await desk.shown(message_id)
        first = await desk.press(MODERATOR, shown, "Warn")
        second = await desk.press(OTHER_MODERATOR, shown, "Time out")
        await desk.fill_in(MODERATOR, first, reason="spam")
        said = await desk.fill_in(OTHER_MODERATOR, second, duration="1h", reason="spam")
        assert f"<@{(await desk.town.person(MODERATOR))['id']}> has acted on report" in said
        assert (await desk.town.person(AUTHOR))["timed_out_until"] is None

    async def test_of_an_equal_is_refused_and_the_report_stays_open(self, desk: Desk) -> None:
        message_id = await desk.said("I am a moderator", OTHER_MODERATOR)
        await desk.report("ada", message_id)
        opened = await desk.press(MODERATOR, await desk.shown(message_id), "Warn")
        assert "not below yours" in await desk.fill_in(MODERATOR, opened, reason="insults")
        assert buttons(await desk.shown(message_id, "waiting for a moderator"))
