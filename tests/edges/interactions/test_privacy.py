"""`/privacy`: a file that only its member sees, and an erasure that asks first and happens once."""

import asyncio
import io
import json
import re
from typing import Any
from zipfile import ZipFile

import httpx2
import pytest
from python_multipart import parse_form
from python_multipart.multipart import Field, File
from sqlalchemy import text

from app.analytics.domain import Invocation
from app.analytics.service import record_invocations
from app.bytes.domain import Member
from app.database.tx import Database
from app.features import FEATURES
from app.privacy import domain
from interactions.answering import Answering
from interactions.flood import Flood
from interactions.receive import Answer
from interactions.table import ROUTES
from tests.edges.interactions.outcome import (
    MESSAGE,
    UPDATE,
    USED,
    answered,
    assert_refused,
    kept,
    switch_off,
    unreachable,
)
from tests.oracles.discord_schema import assert_callback
from tests.support.guilds import member
from tests.support.signed import (
    FakeDiscord,
    OutrankingEverybody,
    buttons_of,
    command,
    is_ephemeral,
    press,
    text_of,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]


def parts(answer: Answer) -> tuple[dict[str, Any], File]:
    """Take a multipart answer apart with a parser that is not ours."""
    fields: dict[bytes, bytes] = {}
    files: list[File] = []

    def on_field(field: Field) -> None:
        fields[field.field_name or b""] = field.value or b""

    parse_form({"Content-Type": answer.content_type}, io.BytesIO(answer.body), on_field, files.append)
    (file,) = files
    assert fields.keys() == {b"payload_json"}
    callback = json.loads(fields[b"payload_json"])
    assert_callback(callback)
    return callback, file


def content_of(file: File) -> bytes:
    file.file_object.seek(0)
    return file.file_object.read()


async def lived(discord: FakeDiscord, guild_id: int) -> Member:
    """Have somebody who has done something."""
    ada = member()
    await discord.command(guild_id, ada, "bytes send", {"user": member(), "amount": 5, "reason": "Gruß 🎁"})
    return ada


async def asked(discord: FakeDiscord, guild_id: int, who: Member) -> tuple[str, str]:
    """Ask to be erased; gives the ids of the buttons that do and do not."""
    erase, keep = buttons_of(await discord.command(guild_id, who, "privacy erase"))
    return erase["custom_id"], keep["custom_id"]


async def naming(database: Database, who: Member) -> list[str]:
    """Every row that names somebody."""
    found = []
    async with database.transaction() as tx:
        tables = await tx.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        for table in tables.scalars().all():
            rows = await tx.execute(
                text(f"SELECT t::text FROM {table} t WHERE t::text LIKE :id OR t::text LIKE :name"),
                {"id": f"%{who.user_id}%", "name": f"%{who.username}%"},
            )
            found += [f"{table}: {row}" for row in rows.scalars()]
    return found


class TestExport:
    async def test_is_a_file_that_only_its_member_sees(self, discord: FakeDiscord, guild_id: int) -> None:
        ada = await lived(discord, guild_id)
        callback, file = parts(await discord.send(command(guild_id, ada, "privacy export")))
        assert callback["type"] == MESSAGE
        assert is_ephemeral(callback)
        assert "Only you see it." in text_of(callback)
        (box,) = callback["data"]["components"]
        name = f"smarterdev-{guild_id}.json"
        assert [part["file"]["url"] for part in box["components"] if part["type"] == 13] == [
            f"attachment://{name}"
        ]
        assert [each["filename"] for each in callback["data"]["attachments"]] == [name]
        assert (file.field_name, file.file_name) == (b"files[0]", name.encode())
        exported = json.loads(content_of(file))
        assert exported["about"]["member_id"] == str(ada.user_id)
        assert [each["kind"] for each in exported["bytes"]["transactions"]] == ["transfer", "starting"]
        assert exported["bytes"]["transactions"][0]["reason"] == "Gruß 🎁"

    async def test_is_the_members_own_whoever_else_is_named(
        self, discord: FakeDiscord, guild_id: int
    ) -> None:
        """An option that the command does not have, as only a forger would send it, chooses nobody."""
        ada, mallory = await lived(discord, guild_id), member()
        forged = command(guild_id, mallory, "privacy export", {"user": ada, "user_id": str(ada.user_id)})
        answer = await discord.send(forged)
        assert str(ada.user_id).encode() not in answer.body
        assert ada.username.encode() not in answer.body

    async def test_of_somebody_unknown_is_an_empty_file(self, discord: FakeDiscord, guild_id: int) -> None:
        _, file = parts(await discord.send(command(guild_id, member(), "privacy export")))
        assert json.loads(content_of(file))["bytes"] == {
            "balance": None,
            "erased_before": None,
            "transactions": [],
        }

    async def test_that_is_large_is_a_zip(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        ada = member()
        await self.use_commands(database, guild_id, ada, 12_000)
        callback, file = parts(await discord.send(command(guild_id, ada, "privacy export")))
        (attachment,) = callback["data"]["attachments"]
        assert attachment["filename"] == f"smarterdev-{guild_id}.zip"
        with ZipFile(io.BytesIO(content_of(file))) as archive:
            exported = json.loads(archive.read(f"smarterdev-{guild_id}.json"))
        assert len(exported["analytics"]) == 12_000

    async def test_that_is_too_large_says_whom_to_ask(
        self, discord: FakeDiscord, database: Database, guild_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ada = member()
        await self.use_commands(database, guild_id, ada, 9000)
        monkeypatch.setattr(domain, "LARGEST", 10_000)  # Discord's would take a minute to fill
        callback = await discord.command(guild_id, ada, "privacy export")
        assert "There is more about you than fits into a file here. Nothing was sent;" in text_of(callback)
        assert is_ephemeral(callback)

    async def use_commands(self, database: Database, guild_id: int, who: Member, how_many: int) -> None:
        async with database.transaction() as tx:
            now = (await tx.execute(text("SELECT now()"))).scalar_one()
            noted = [Invocation(guild_id, who.user_id, "bytes send", "ok", n, now) for n in range(how_many)]
            await record_invocations(tx, noted)

    async def test_changes_nothing(self, discord: FakeDiscord, database: Database, guild_id: int) -> None:
        ada = await lived(discord, guild_id)
        before = await kept(database, guild_id)
        await discord.send(command(guild_id, ada, "privacy export"))
        assert await kept(database, guild_id) == before


class TestErase:
    async def test_asks_first_and_says_what_stays(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        ada = await lived(discord, guild_id)
        before = await kept(database, guild_id)
        callback = await discord.command(guild_id, ada, "privacy erase")
        assert is_ephemeral(callback)
        said = text_of(callback)
        for word in ("name, id and", "cannot be undone", "fingerprint", "streak", "/privacy export"):
            assert word in said
        assert [(each["label"], each["style"]) for each in buttons_of(callback)] == [
            ("Erase my data", 4),
            ("Keep it", 2),
        ]
        assert await kept(database, guild_id) == before

    async def test_once_confirmed_leaves_neither_name_nor_id(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        ada = await lived(discord, guild_id)
        erase, _ = await asked(discord, guild_id, ada)
        callback = await discord.deliver(press(guild_id, ada, erase))
        assert callback["type"] == UPDATE
        assert text_of(callback) == (
            "### ✅ Erased\nYour name and your id are gone from what is kept here:\n- 2 transactions\n"
            "-# What you do here from now on is kept again, as of somebody new."
        )
        assert buttons_of(callback) == []
        assert await naming(database, ada) == []

    async def test_is_not_what_brings_the_member_back(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        """That somebody pressed a button is noted, too, and only after it was answered."""
        noted: list[Invocation] = []

        async def record(invocation: Invocation) -> None:
            noted.append(invocation)

        discord.answering = Answering(
            ROUTES,
            database,
            control_key=discord.control_key,
            reply_key=bytes(32),
            ranks=OutrankingEverybody(),
            record=record,
            flood=Flood(),
        )
        ada = await lived(discord, guild_id)
        erase, _ = await asked(discord, guild_id, ada)
        await discord.deliver(press(guild_id, ada, erase))
        await discord.deliver(press(guild_id, ada, erase))
        assert {each.user_id for each in noted} == {ada.user_id}
        async with database.transaction() as tx:
            await record_invocations(tx, noted)
        assert await naming(database, ada) == []
        counted = text("SELECT user_id FROM command_invocations WHERE guild_id = :id")
        async with database.transaction() as tx:
            assert (await tx.execute(counted, {"id": guild_id})).scalars().all() == [0] * 4

    async def test_pressed_again_says_that_it_is_done(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        ada = await lived(discord, guild_id)
        erase, keep = await asked(discord, guild_id, ada)
        await discord.deliver(press(guild_id, ada, erase))
        await discord.command(guild_id, ada, "bytes daily")  # somebody new
        before = await kept(database, guild_id)
        for button in (erase, keep):
            assert_refused(await discord.deliver(press(guild_id, ada, button)), *USED)
        assert await kept(database, guild_id) == before

    async def test_eight_presses_at_once_are_one(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        ada = await lived(discord, guild_id)
        erase, _ = await asked(discord, guild_id, ada)
        replies = await asyncio.gather(*(discord.deliver(press(guild_id, ada, erase)) for _ in range(8)))
        titles = sorted(text_of(reply).splitlines()[0] for reply in replies)
        assert titles == ["### ⚠️ Already done"] * 7 + ["### ✅ Erased"]
        assert len(set(re.findall(r"-\d{13,}", str(await kept(database, guild_id))))) == 1

    async def test_the_same_press_eight_times_answers_alike(
        self, discord: FakeDiscord, guild_id: int
    ) -> None:
        ada = await lived(discord, guild_id)
        erase, _ = await asked(discord, guild_id, ada)
        pressed = press(guild_id, ada, erase)
        answers = await asyncio.gather(*(discord.send(pressed) for _ in range(8)))
        assert len({answer.body for answer in answers}) == 1
        assert b"2 transactions" in answers[0].body
        assert (await discord.send(pressed)).body == answers[0].body

    async def test_can_be_thought_better_of(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        ada = await lived(discord, guild_id)
        erase, keep = await asked(discord, guild_id, ada)
        callback = await discord.deliver(press(guild_id, ada, keep))
        assert callback["type"] == UPDATE
        assert "Nothing was erased." in text_of(callback)
        assert buttons_of(callback) == []
        assert_refused(await discord.deliver(press(guild_id, ada, erase)), *USED)
        assert await naming(database, ada)

    async def test_is_nobody_elses_to_confirm(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        ada = await lived(discord, guild_id)
        before = await kept(database, guild_id)
        for button in await asked(discord, guild_id, ada):
            refusal = await discord.deliver(press(guild_id, member(), button, permissions=8))
            assert "made for somebody else" in text_of(refusal)
        assert await kept(database, guild_id) == before

    async def test_of_somebody_unknown_says_so(self, discord: FakeDiscord, guild_id: int) -> None:
        who = member()
        erase, _ = await asked(discord, guild_id, who)
        callback = await discord.deliver(press(guild_id, who, erase))
        assert callback["type"] == UPDATE
        assert "Nothing was known about you in this server" in text_of(callback)

    async def test_works_with_every_feature_off(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        ada = await lived(discord, guild_id)
        for feature in FEATURES:
            await switch_off(database, guild_id, feature)
        assert (await answered(discord, command(guild_id, ada, "privacy export")))["data"]["attachments"]
        erase, _ = await asked(discord, guild_id, ada)
        assert "Erased" in text_of(await discord.deliver(press(guild_id, ada, erase)))

    async def test_without_a_database_says_that_nothing_was_done(
        self, discord: FakeDiscord, guild_id: int
    ) -> None:
        ada = await lived(discord, guild_id)
        erase, _ = await asked(discord, guild_id, ada)
        async with unreachable() as nothing:
            deaf = FakeDiscord(nothing)
            assert "Nothing was changed" in text_of(await deaf.deliver(press(guild_id, ada, erase)))
            assert "Nothing was changed" in text_of(await deaf.command(guild_id, ada, "privacy export"))


class TestThroughDiscord:
    """From the keyboard to the file and to nothing, over real HTTP."""

    async def test_the_file_arrives_and_the_question_becomes_the_answer(
        self, simulator: httpx2.AsyncClient, database: Database
    ) -> None:
        state = (await simulator.get("/_sim/state")).json()
        guild = state["guilds"][0]
        ada, bob = [person for person in state["people"] if not person["bot"]][10:12]
        place = {"guild_id": guild["id"], "channel_id": guild["channels"][0]["id"], "user_id": ada["id"]}

        async def use(name: str, **options: object) -> dict[str, Any]:
            answer = await simulator.post("/_sim/commands", json=place | {"name": name, "options": options})
            assert answer.status_code == 200, answer.text
            message: dict[str, Any] = answer.json()["message"]
            return message

        async def press_button(message: dict[str, Any], label: str) -> dict[str, Any]:
            rows = [row for box in message["components"] for row in box["components"] if row["type"] == 1]
            (button,) = (each for row in rows for each in row["components"] if each["label"] == label)
            pressed = {"message_id": message["id"], "custom_id": button["custom_id"], "user_id": ada["id"]}
            answer = await simulator.post("/_sim/components", json=pressed)
            assert answer.status_code == 200, answer.text
            replaced: dict[str, Any] = answer.json()["message"]
            return replaced

        await use("bytes send", user=bob["id"], amount=5)
        shown = await use("privacy export")
        assert shown["visible_to"] == ada["id"]
        (attachment,) = shown["attachments"]
        assert attachment["filename"] == f"smarterdev-{guild['id']}.json"
        assert attachment["content_type"].startswith("application/json")
        file = await simulator.get(httpx2.URL(attachment["url"]).raw_path.decode())
        exported = json.loads(file.content)
        assert exported["bytes"]["balance"]["total_sent"] == 5

        question = await use("privacy erase")
        erased = await press_button(question, "Erase my data")
        assert erased["id"] == question["id"]
        assert erased["text"].startswith("### ✅ Erased")
        assert not any("custom_id" in str(box) for box in erased["components"])
