"""Files that moderators give with a case: from the command to the log channel, and not a byte different."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from app.components.custom_id import CustomIds
from app.database.tx import Database
from app.discord.permissions import Permission
from app.discord.port import DiscordOutcomeUnknownError, DiscordUnavailableError
from app.discord.rest import connect_discord
from app.ids import new_id
from app.jobs.kinds import LogCase
from app.moderation import carrying_out
from app.moderation import evidence as moderation_evidence
from app.moderation.cases import Case
from app.moderation.evidence import EvidenceFile
from app.replies.service import TokenBox
from app.settings import Settings
from app.worker.case_log import log_case
from app.worker.outcomes import Outcome
from app.worker.work import Work
from simulator.state import seed
from tests.support.processes import free_port
from tests.support.town import Town
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


@pytest.fixture(autouse=True)
async def _begin_anew(town: Town) -> None:
    """Leave nothing to do from earlier tests of this database, and have a log."""
    async with town.database.transaction() as tx:
        await tx.execute(text("DELETE FROM pgqueuer"))
    await town.configure(log_channel_id=str(seed.MOD_LOG))


@pytest.fixture
async def work(settings: Settings, database: Database) -> AsyncIterator[Work]:
    async with working(settings, database) as things:
        yield things


@asynccontextmanager
async def working(settings: Settings, database: Database) -> AsyncIterator[Work]:
    async with connect_discord(settings) as discord:
        yield Work(database, discord, TokenBox(bytes(32)), CustomIds(bytes(32)))


async def warn(town: Town, *, name: str = "proof of it.png") -> Case:
    """Have a moderator warn somebody and give a file."""
    moderator, member = await town.person("kwame"), await town.join(f"amina.{new_id().hex[-12:]}")
    file = {"filename": name, "content_type": "image/png", "content": base64.b64encode(PICTURE).decode()}
    answer = await town.client.post(
        "/_sim/commands",
        json={
            "guild_id": town.guild["id"],
            "channel_id": town.channel()["id"],
            "user_id": moderator["id"],
            "name": "warn",
            "options": {"user": member["id"], "reason": "spam"},
            "attachments": {"evidence": file},
        },
    )
    assert answer.json()["problem"] is None, answer.text
    async with town.database.transaction() as tx:
        newest = text("SELECT max(number) FROM moderation_cases WHERE guild_id = :guild")
        number = (await tx.execute(newest, {"guild": town.guild_id})).scalar_one()
        case = await carrying_out.find_case(tx, town.guild_id, number)
    assert case is not None
    return case


async def row(town: Town, case: Case) -> EvidenceFile:
    async with town.database.transaction() as tx:
        found = await moderation_evidence.find(tx, case)
    assert found is not None
    return found


async def change(town: Town, case: Case, statement: str, **values: object) -> None:
    async with town.database.transaction() as tx:
        await tx.execute(text(f"{statement} :case"), {"case": case.id, **values})


async def make_old(town: Town, case: Case, age: str) -> None:
    await change(town, case, f"UPDATE moderation_cases SET created_at = now() - interval '{age}' WHERE id =")


async def move(town: Town, case: Case, url: str) -> None:
    await change(town, case, "UPDATE moderation_evidence SET url = :url WHERE case_id =", url=url)


async def logged(town: Town, case: Case) -> list[dict[str, Any]]:
    """Give the log's messages about a case."""
    return [
        each
        for each in await town.posts(str(seed.MOD_LOG))
        if any(embed.get("footer", {}).get("text") == case.mark for embed in each["embeds"])
    ]


async def shown(town: Town, case: Case) -> str:
    """Give what the log's one message says of the file."""
    (message,) = await logged(town, case)
    return str(next(each["value"] for each in message["embeds"][0]["fields"] if each["name"] == "Evidence"))


async def content(town: Town, message: dict[str, Any]) -> bytes:
    (file,) = message["attachments"]
    return (await town.client.get(urlsplit(file["url"]).path)).content


async def log(work: Work, case: Case) -> Outcome:
    return await log_case(work, LogCase(case.guild_id, case.number))


async def assert_kept(town: Town, case: Case) -> None:
    (message,) = await logged(town, case)
    assert await content(town, message) == PICTURE
    found = await row(town, case)
    assert (found.sha256, found.size) == (sha256(PICTURE).hexdigest(), len(PICTURE))
    assert (found.url, found.failure) == (None, None)


async def allow(town: Town, settings: Settings, permissions: Permission) -> None:
    """Have the bot be allowed just this in the log channel."""
    everything = Permission.SEND_MESSAGES | Permission.ATTACH_FILES
    assert settings.discord_bot_token is not None
    answer = await town.client.put(
        f"/api/v10/channels/{seed.MOD_LOG}/permissions/{seed.BOT}",
        json={
            "type": 0,
            "allow": str(int(Permission.VIEW_CHANNEL | permissions)),
            "deny": str(int(everything & ~permissions)),
        },
        headers={"Authorization": f"Bot {settings.discord_bot_token.get_secret_value()}"},
    )
    assert answer.is_success, answer.text


class TestAWarningWithAFile:
    @pytest.mark.usefixtures("worker")
    async def test_is_logged_with_the_file_which_stays_when_the_case_changes(self, town: Town) -> None:
        case = await warn(town)
        await until(lambda: _is_logged(town, case))
        await assert_kept(town, case)
        assert await shown(town, case) == (
            f"proof\\_of\\_it\\.png, 11 KiB, SHA-256 {sha256(PICTURE).hexdigest()[:12]}…"
        )
        moderator = await town.person("kwame")
        await town.use(moderator, "case undo", number=case.number, reason="a mistake")
        await until(lambda: _says(town, case, "ndone"))
        await assert_kept(town, case)


async def _is_logged(town: Town, case: Case) -> bool:
    return bool(await logged(town, case))


async def _says(town: Town, case: Case, word: str) -> bool:
    (message,) = await logged(town, case)
    return any(word in str(each["value"]) for each in message["embeds"][0]["fields"])


class TestAFileThatCannotBeKept:
    async def test_leaves_a_message_that_says_why_and_is_not_tried_again(
        self, town: Town, work: Work, settings: Settings
    ) -> None:
        files, elsewhere = settings.discord_attachment_url, "https://cdn.discordapp.com.evil.example/a.png"
        for url, failure, sentence in (
            (f"{files}1/2/proof.png", "gone", "did not have the file any more"),
            (f"{files}../_sim/state", "foreign", "not one of Discord's"),
            (elsewhere, "foreign", "not one of Discord's"),
            (None, "too_late", "more than a day old"),
        ):
            case = await warn(town)
            if url is None:
                await make_old(town, case, "25 hours")
            else:
                await move(town, case, url)
            await log(work, case)
            assert sentence in await shown(town, case)
            (message,) = await logged(town, case)
            assert message["attachments"] == []
            found = await row(town, case)
            assert (found.failure, found.url, found.sha256) == (failure, None, None)

    async def test_now_is_waited_for_some_minutes(
        self, town: Town, settings: Settings, database: Database
    ) -> None:
        nobody = f"http://127.0.0.1:{free_port()}/"
        case = await warn(town)
        before = (await row(town, case)).url
        await move(town, case, f"{nobody}proof.png")
        settings = settings.model_copy(update={"discord_attachment_url": nobody})
        async with working(settings, database) as work:
            with pytest.raises(DiscordUnavailableError):
                await log(work, case)
            assert await logged(town, case) == []
            assert (await row(town, case)).failure is None
            await make_old(town, case, "6 minutes")
            await log(work, case)
        assert "For some minutes" in await shown(town, case)
        assert ((await row(town, case)).failure, before is None) == ("unreachable", False)


class TestALog:
    async def test_that_is_not_there_is_waited_for_a_day(self, town: Town, work: Work) -> None:
        await town.configure(log_channel_id=None)
        case = await warn(town)
        for _ in range(2):
            await log(work, case)
            found = await row(town, case)
            assert (found.failure, found.url is None) == ("no_log", False)
        await town.configure(log_channel_id=str(seed.MOD_LOG))
        await log(work, case)
        await assert_kept(town, case)

    async def test_that_is_closed_is_waited_for_a_day(
        self, town: Town, work: Work, settings: Settings
    ) -> None:
        await allow(town, settings, Permission(0))
        case = await warn(town)
        for _ in range(2):
            await log(work, case)
            found = await row(town, case)
            assert (found.failure, found.url is None) == ("log_closed", False)
        await allow(town, settings, Permission.SEND_MESSAGES | Permission.ATTACH_FILES)
        await log(work, case)
        await assert_kept(town, case)

    async def test_that_takes_no_files_has_the_case_all_the_same(
        self, town: Town, work: Work, settings: Settings
    ) -> None:
        await allow(town, settings, Permission.SEND_MESSAGES)
        case = await warn(town)
        await log(work, case)
        assert "may not attach files" in await shown(town, case)
        found = await row(town, case)
        assert (found.failure, found.url, found.sha256) == ("not_attached", None, None)

    async def test_whose_answer_was_lost_has_the_file_once(self, town: Town, work: Work) -> None:
        case = await warn(town)
        await town.client.post("/_sim/faults", json={"kind": "lost_answer", "method": "POST", "times": 1})
        with pytest.raises(DiscordOutcomeUnknownError):
            await log(work, case)
        assert (await row(town, case)).sha256 is None
        await move(town, case, "https://cdn.discordapp.com.evil.example/a.png")  # it is read back
        await log(work, case)
        await assert_kept(town, case)

    async def test_whose_message_somebody_deleted_gets_no_other(self, town: Town, work: Work) -> None:
        case = await warn(town)
        await log(work, case)
        (message,) = await logged(town, case)
        owner = await town.person("priya")
        await town.client.post(f"/_sim/messages/{message['id']}/delete", json={"user_id": owner["id"]})
        await town.use(await town.person("kwame"), "case undo", number=case.number)
        await log(work, case)
        assert await logged(town, case) == []
        assert (await row(town, case)).sha256 == sha256(PICTURE).hexdigest()
