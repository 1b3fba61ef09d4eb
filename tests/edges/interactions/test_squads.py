"""Squads by their commands: what members see, what they pay, and what stands behind it."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.bytes.config import BytesConfig
from app.bytes.domain import Member
from app.bytes.service import save_config
from app.bytes.treasury import take_bytes
from app.database.tx import Database
from app.discord.permissions import Permission
from app.jobs.kinds import ReconcileMember, encode
from app.squads import saving
from app.squads.config import SquadDraft
from app.squads.domain import Pause, Squad
from tests.edges.interactions.outcome import assert_refused, jobs, kept, sealed, switch_off
from tests.support.guilds import balance_of, give, manager, member, new_guild, snowflake
from tests.support.signed import FakeDiscord, buttons_of, is_ephemeral, press, text_of, typing
from tests.support.squads import change

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]

Callback = dict[str, Any]

BURNED = "They are burned: nobody gets them, and they are not given back.\nNothing has been done yet."


@dataclass
class Stage:
    """A guild with Ada, who has 100 bytes, and the squads Red (free) and Blue (30 bytes)."""

    discord: FakeDiscord
    database: Database
    guild_id: int
    ada: Member
    red: Squad
    blue: Squad

    async def use(self, name: str, who: Member | None = None, **options: Any) -> Callback:
        interaction_id = options.pop("interaction_id", None)
        return await self.discord.command(
            self.guild_id, who or self.ada, name, options, interaction_id=interaction_id
        )

    async def said(self, name: str, who: Member | None = None, **options: Any) -> str:
        return text_of(await self.use(name, who, **options))

    async def press(self, callback: Callback, number: int = 0, who: Member | None = None) -> Callback:
        custom_id = buttons_of(callback)[number]["custom_id"]
        return await self.discord.deliver(press(self.guild_id, who or self.ada, custom_id))

    async def offered(self, path: str, typed: str = "") -> list[dict[str, Any]]:
        answer = await self.discord.deliver(typing(self.guild_id, self.ada, path, "squad", typed))
        return list(answer["data"]["choices"])

    async def change(self, squad: Squad, **changes: object) -> None:
        async with self.database.transaction() as tx:
            boss = manager(self.guild_id)
            facts = {name: getattr(squad, name) for name in SquadDraft.model_fields}
            draft = SquadDraft.model_validate(facts | {"role_id": str(squad.role_id)} | changes)
            await change(tx, boss, draft, squad.id)

    async def delete(self, squad: Squad) -> None:
        async with self.database.transaction() as tx:
            await saving.delete_squad(tx, manager(self.guild_id), squad.id, now=clock.now())

    async def has(self, who: Member | None = None) -> int:
        async with self.database.transaction() as tx:
            return await balance_of(tx, self.guild_id, who or self.ada)

    async def squad_of(self, who: Member | None = None) -> str | None:
        async with self.database.transaction() as tx:
            rows = await tx.execute(
                text(
                    "SELECT s.name FROM squad_memberships m JOIN squads s ON s.id = m.squad_id"
                    " WHERE m.guild_id = :guild AND m.user_id = :member"
                ),
                {"guild": self.guild_id, "member": (who or self.ada).user_id},
            )
            return rows.scalar_one_or_none()

    async def question(self) -> Callback:
        """Have Ada be in Red and asked whether she pays 30 bytes for Blue."""
        await self.use("squads join", squad="Red")
        return await self.use("squads switch", squad=str(self.blue.id))


async def found(database: Database, guild_id: int, name: str, **more: object) -> Squad:
    draft = SquadDraft.model_validate({"name": name, "role_id": str(snowflake())} | more)
    async with database.transaction() as tx:
        return await saving.save_squad(tx, manager(guild_id), draft, known=saving.UNSEEN, now=clock.now())


@pytest.fixture
async def stage(discord: FakeDiscord, database: Database, guild_id: int) -> Stage:
    ada = member()
    async with database.transaction() as tx:
        poor = BytesConfig(starting_balance=0)
        await save_config(tx, manager(guild_id), poor, expected_version=0)
        await give(tx, guild_id, ada, 100)
    red = await found(database, guild_id, "Red", max_members=3, description="Those who are *first*.")
    blue = await found(database, guild_id, "Blue", switch_cost=30)
    return Stage(discord, database, guild_id, ada, red, blue)


class TestLooking:
    async def test_lists_sizes_places_costs_and_the_own_squad(self, stage: Stage) -> None:
        assert await stage.said("squads list") == (
            "### 🛡️ Squads\n"
            "**Red** · 0 members · 3 places free · costs nothing\n"
            "**Blue** · 0 members · 30 bytes\n"
            "-# Your first choice is free, whatever the squad costs."
        )
        await stage.use("squads join", squad="red")
        assert await stage.said("squads list") == (
            "### 🛡️ Squads\n"
            "**Red** · 1 member · 2 places free · costs nothing · **your squad**\n"
            "**Blue** · 0 members · 30 bytes"
        )
        await stage.use("squads leave")
        assert (await stage.said("squads list")).endswith(
            "\n-# You are in no squad; `/squads join` is how to begin."
        )

    async def test_says_what_is_full_paused_or_closed(self, stage: Stage) -> None:
        async with stage.database.transaction() as tx:
            await saving.pause_squad(tx, stage.guild_id, stage.blue.role_id, Pause.TOO_HIGH)
        await stage.change(stage.red, max_members=1)
        await stage.use("squads join", squad="Red")
        listed = await stage.said("squads list", member())
        assert "**Red** · 1 member · full · costs nothing" in listed
        assert "**Blue** · 0 members · 30 bytes · paused" in listed
        info = await stage.said("squads info", squad="Blue")
        assert info.endswith("It takes nobody for now: its role is not below the bot's own.")
        await stage.change(stage.red, is_active=False)
        assert "Red" not in await stage.said("squads list")
        assert "**Red** · 0 members · 3 places free · costs nothing · closed" in await stage.said(
            "squads info", squad="Red"
        )

    async def test_shows_one_with_its_role_and_words_as_they_were_written(self, stage: Stage) -> None:
        shown = await stage.use("squads info", squad=str(stage.red.id))
        assert not is_ephemeral(shown)
        assert text_of(shown) == (
            "### 🛡️ Squad\n**Red** · 0 members · 3 places free · costs nothing\n"
            f"Those who are \\*first\\*\\.\nRole: <@&{stage.red.role_id}>"
        )

    async def test_shows_members_by_pages(self, stage: Stage) -> None:
        people = [member() for _ in range(21)]
        for who in people:
            await stage.use("squads join", who, squad="Blue")
        first = await stage.use("squads members", squad="Blue")
        second = await stage.press(first, 1)
        for page, inside in ((first, people[:20]), (second, people[20:])):
            named = [line for line in text_of(page).split("\n") if line.startswith("<@")]
            assert [line.split(">")[0][2:] for line in named] == [str(who.user_id) for who in inside]
        assert text_of(second).endswith("-# Page 2 of 2")

    async def test_of_a_server_without_squads_says_so(self, stage: Stage) -> None:
        said = text_of(await stage.discord.command(new_guild(), stage.ada, "squads list"))
        assert said == "### 🛡️ Squads\nThis server has no squads (yet)."


class TestGoing:
    async def test_for_nothing_happens_at_once(self, stage: Stage) -> None:
        joined = await stage.use("squads join", squad=str(stage.blue.id))
        assert not is_ephemeral(joined)
        assert text_of(joined) == (
            f"### 🛡️ Squad joined\n<@{stage.ada.user_id}> is now in “Blue”.\nThis was free.\n"
            "-# The roles follow in a moment."
        )
        assert await stage.squad_of() == "Blue"
        assert await stage.has() == 100
        job = ("reconcile_member.v1", encode(ReconcileMember(stage.guild_id, stage.ada.user_id)).decode())
        assert await jobs(stage.database, stage.guild_id) == [job]

    async def test_for_bytes_is_asked_first_and_paid_once(self, stage: Stage) -> None:
        question = await stage.question()
        assert is_ephemeral(question)
        assert text_of(question) == (
            "### 🛡️ Pay for this squad?\nGoing into “Blue” costs **30 bytes**.\nYou would leave “Red”.\n"
            f"You have 100 bytes and would have 70 bytes left.\n{BURNED}"
        )
        assert [each["label"] for each in buttons_of(question)] == ["Pay 30 bytes", "Cancel"]
        assert (await stage.squad_of(), await stage.has()) == ("Red", 100)
        paid = await stage.press(question)
        assert paid["type"] == 7
        assert text_of(paid) == (
            f"### 🛡️ Squad joined\n<@{stage.ada.user_id}> is now in “Blue”.\n"
            f"<@{stage.ada.user_id}> has left “Red”.\nPaid: 30 bytes · 70 bytes left\n"
            "-# The roles follow in a moment."
        )
        assert (await stage.squad_of(), await stage.has()) == ("Blue", 70)
        for number in (0, 1):
            assert "used already" in text_of(await stage.press(question, number))
        history = await stage.said("bytes history")
        assert "**−30** Paid · <t:" in history  # noqa: RUF001 - a minus
        assert " · Blue" in history

    async def test_again_with_the_same_interaction_says_the_same(self, stage: Stage) -> None:
        free: dict[str, Any] = {"squad": "Red", "interaction_id": snowflake()}
        assert await stage.said("squads join", **free) == await stage.said("squads join", **free)
        question = await stage.use("squads switch", squad="Blue")
        payload = press(stage.guild_id, stage.ada, buttons_of(question)[0]["custom_id"])
        first, second = [text_of(await stage.discord.deliver(payload)) for _ in range(2)]
        assert first == second
        assert await stage.has() == 70
        left: dict[str, Any] = {"interaction_id": snowflake()}
        assert await stage.said("squads leave", **left) == await stage.said("squads leave", **left)

    async def test_eight_times_at_once_with_the_same_interaction_is_done_once_and_answered_alike(
        self, stage: Stage
    ) -> None:
        free: dict[str, Any] = {"squad": "Red", "interaction_id": snowflake()}
        joined = await asyncio.gather(*(stage.use("squads join", **free) for _ in range(8)))
        assert len({text_of(each) for each in joined}) == 1
        assert "This was free." in text_of(joined[0])
        question = await stage.use("squads switch", squad="Blue")
        payload = press(stage.guild_id, stage.ada, buttons_of(question)[0]["custom_id"])
        paid = await asyncio.gather(*(stage.discord.deliver(payload) for _ in range(8)))
        assert len({text_of(each) for each in paid}) == 1
        assert (await stage.squad_of(), await stage.has()) == ("Blue", 70)

    async def test_can_have_its_payment_undone_by_staff_and_stays(self, stage: Stage) -> None:
        await stage.press(await stage.question())
        boss, permissions = member(), int(Permission.MANAGE_GUILD)
        payload = typing(
            stage.guild_id, boss, "treasury undo", "transaction", "Blue", permissions=permissions
        )
        payload["data"]["options"][0]["options"][0]["value"] = "30"
        choices = (await stage.discord.deliver(payload))["data"]["choices"]
        (fee,) = (each for each in choices if "Blue" in each["name"])
        options = {"transaction": fee["value"]}
        undone = await stage.discord.command(
            stage.guild_id, boss, "treasury undo", options, permissions=permissions
        )
        assert "30 bytes went back from the treasury to" in text_of(undone)
        assert (await stage.squad_of(), await stage.has()) == ("Blue", 100)

    async def test_cancelled_costs_nothing_and_uses_up_the_question(self, stage: Stage) -> None:
        question = await stage.question()
        assert "You have paid nothing." in text_of(await stage.press(question, 1))
        assert "used already" in text_of(await stage.press(question, 0))
        assert (await stage.squad_of(), await stage.has()) == ("Red", 100)

    async def test_for_more_than_was_confirmed_is_asked_again_in_its_place(self, stage: Stage) -> None:
        question = await stage.question()
        await stage.change(stage.blue, switch_cost=31)
        again = await stage.press(question)
        assert again["type"] == 7
        assert "The price has risen. You have paid nothing so far.\n" in text_of(again)
        assert [each["label"] for each in buttons_of(again)] == ["Pay 31 bytes", "Cancel"]
        assert (await stage.squad_of(), await stage.has()) == ("Red", 100)
        assert "Paid: 31 bytes · 69 bytes left" in text_of(await stage.press(again))

    async def test_for_less_than_was_confirmed_pays_less(self, stage: Stage) -> None:
        question = await stage.question()
        await stage.change(stage.blue, switch_cost=7)
        assert "Paid: 7 bytes · 93 bytes left" in text_of(await stage.press(question))

    async def test_without_enough_bytes_is_refused_before_and_after_the_question(self, stage: Stage) -> None:
        question = await stage.question()
        async with stage.database.transaction() as tx:
            boss = manager(stage.guild_id)
            has = await balance_of(tx, stage.guild_id, stage.ada)
            await take_bytes(tx, boss, stage.ada, has - 29, reason="spam", idempotency_key=f"{snowflake()}")
        before = await kept(stage.database, stage.guild_id)
        sentence = (
            "This costs 30 bytes, and you have 29 bytes. You have paid nothing, and nothing was changed."
        )
        for refused in (await stage.press(question), await stage.use("squads switch", squad="Blue")):
            assert_refused(refused, "Not enough bytes", sentence)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_of_a_newcomer_is_paid_from_the_starting_balance(self, stage: Stage) -> None:
        new = member()
        async with stage.database.transaction() as tx:
            rich = BytesConfig(starting_balance=100)
            await save_config(tx, manager(stage.guild_id), rich, expected_version=1)
        for path, options in (("join", {"squad": "Red"}), ("leave", {}), ("join", {"squad": "Blue"})):
            answered = await stage.use(f"squads {path}", new, **options)
        assert "Paid: 30 bytes · 70 bytes left" in text_of(await stage.press(answered, who=new))

    async def test_where_it_cannot_be_says_why_and_changes_nothing(self, stage: Stage) -> None:
        await stage.change(stage.red, max_members=1)
        question = await stage.question()
        other = member()
        full = await stage.use("squads join", other, squad="Red")
        assert_refused(
            full,
            "No place left",
            "“Red” is full: it takes 1 member. You have paid nothing, and nothing was changed.",
        )
        for path, who, squad, title in (
            ("squads join", stage.ada, "Blue", "Already in a squad"),
            ("squads switch", stage.ada, "Red", "Already in a squad"),
            ("squads switch", other, "Blue", "In no squad"),
            ("squads leave", other, None, "In no squad"),
        ):
            options = {} if squad is None else {"squad": squad}
            assert text_of(await stage.use(path, who, **options)).startswith(f"### ⚠️ {title}\n")
        await stage.change(stage.blue, is_active=False)
        assert "“Blue” is closed. Nothing was changed." in text_of(await stage.press(question))
        await stage.delete(stage.blue)
        assert "There is no such squad (any more)." in text_of(await stage.press(question))
        assert (await stage.squad_of(), await stage.squad_of(other), await stage.has()) == ("Red", None, 100)

    async def test_by_somebody_elses_question_or_an_older_row_does_nothing(self, stage: Stage) -> None:
        question = await stage.question()
        assert "made for somebody else" in text_of(await stage.press(question, who=member()))
        for row in ("", "x", "j-x-1", f"x-{stage.blue.id.hex}-1", f"j-{stage.blue.id.hex}-0", "j--1"):
            custom_id = sealed(stage.discord, stage.guild_id, f"squad:{row}", stage.ada)
            said = text_of(await stage.discord.deliver(press(stage.guild_id, stage.ada, custom_id)))
            assert "out of date" in said, row
        assert (await stage.squad_of(), await stage.has()) == ("Red", 100)


class TestLeaving:
    async def test_gives_nothing_back_and_coming_back_costs(self, stage: Stage) -> None:
        await stage.press(await stage.question())
        assert await stage.said("squads leave") == (
            f"### 🛡️ Squad left\n<@{stage.ada.user_id}> has left “Blue”.\n-# The roles follow in a moment."
        )
        assert (await stage.squad_of(), await stage.has()) == (None, 70)
        await stage.press(await stage.use("squads join", squad="Blue"))
        assert (await stage.squad_of(), await stage.has()) == ("Blue", 40)


class TestBeginning:
    """Everybody begins in the default squad, with the first command about squads."""

    @pytest.fixture(autouse=True)
    async def everybody(self, stage: Stage) -> Squad:
        return await found(stage.database, stage.guild_id, "All", is_default=True, switch_cost=5)

    @pytest.mark.parametrize("path", ["squads list", "squads info", "squads members"])
    async def test_with_a_look(self, stage: Stage, path: str) -> None:
        options: dict[str, Any] = {} if path == "squads list" else {"squad": "All"}
        said = await stage.said(path, **options)
        assert "**All** · 1 member · 5 bytes · **your squad**" in said
        assert await stage.squad_of() == "All"

    async def test_is_no_choice_so_the_first_switch_is_free(self, stage: Stage) -> None:
        assert "This was free." in await stage.said("squads switch", squad="Blue")
        assert (await stage.squad_of(), await stage.has()) == ("Blue", 100)

    async def test_does_not_stand_in_the_way_of_whoever_joins_another_at_once(self, stage: Stage) -> None:
        assert "is now in “Red”" in await stage.said("squads join", squad="Red")
        await stage.use("squads leave")
        await stage.use("squads list")
        assert await stage.squad_of() is None, "once, and not after leaving"

    async def test_is_not_done_by_what_is_typed_or_refused(self, stage: Stage) -> None:
        await stage.offered("squads join")
        await stage.use("squads info", squad="nothing there")
        assert await stage.squad_of() is None


class TestSuggestions:
    async def test_are_ids_that_are_found_by_a_part_of_a_name(self, stage: Stage) -> None:
        assert await stage.offered("squads info", " LU ") == [
            {"name": "Blue · 0 members · 30 bytes", "value": str(stage.blue.id)}
        ]
        for typed in ("%", "_", "\\", "x" * 6000, str(stage.blue.id)):
            assert await stage.offered("squads info", typed) == []

    async def test_of_where_to_go_are_where_there_is_room(self, stage: Stage) -> None:
        await stage.change(stage.red, max_members=1)
        await stage.use("squads join", squad="Red")
        async with stage.database.transaction() as tx:
            await saving.pause_squad(tx, stage.guild_id, stage.blue.role_id, Pause.GONE)
        green = await found(stage.database, stage.guild_id, "Green")
        assert [each["value"] for each in await stage.offered("squads switch")] == [str(green.id)]
        assert len(await stage.offered("squads members")) == 3

    async def test_need_not_be_taken_and_whatever_comes_instead_is_refused(self, stage: Stage) -> None:
        elsewhere = await found(stage.database, new_guild(), "Elsewhere")
        before = await kept(stage.database, stage.guild_id)
        for value in (
            str(elsewhere.id), "Elsewhere", "x", "' OR 1=1 --", "{}", "ffffffff-ffff-7fff-bfff-ffffffffffff",
        ):  # fmt: skip
            for path in ("info", "members", "join", "switch"):
                said = await stage.said(f"squads {path}", squad=value)
                assert said.startswith("### ⚠️ Not found\nThere is no such squad (any more)."), value
        assert await kept(stage.database, stage.guild_id) == before


async def test_nothing_is_offered_or_done_where_squads_are_off(stage: Stage) -> None:
    question = await stage.question()
    await switch_off(stage.database, stage.guild_id, "squads")
    assert await stage.offered("squads join") == []
    for callback in (await stage.press(question), await stage.use("squads list")):
        assert "Squads is switched off in this server." in json.dumps(callback)
    assert (await stage.squad_of(), await stage.has()) == ("Red", 100)
