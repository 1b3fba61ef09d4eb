"""Buttons and selects that come back: each refusal has its sentence, only its reader, and no effect."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from app.bytes import treasury as bytes_treasury
from app.bytes.domain import Member
from app.components import custom_id
from app.database.tx import Database
from app.discord.reply import Kind, Reply
from app.errors import InvalidInputError
from app.features import BYTES
from interactions.command import TOKEN_LIFETIME, Control
from interactions.context import Context
from interactions.custom_id import CustomId, CustomIds
from interactions.routing import Routes
from tests.edges.interactions.outcome import (
    EXPIRED,
    NOT_YOURS,
    OUTDATED,
    USED,
    assert_refused,
    kept,
    later,
    sealed,
    with_routes,
)
from tests.support.guilds import balance_of, give, manager, member, new_guild, snowflake
from tests.support.signed import FakeDiscord, press, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]


async def mint_one(ctx: Context, row: str) -> Reply:
    """Mint a byte to whoever presses, under the interaction's key; not if the row says so."""
    who = Member(ctx.actor.user_id, ctx.actor.username)
    async with ctx.transaction() as tx:
        await bytes_treasury.grant_bytes(
            tx, manager(ctx.actor.guild_id), who, 1, reason=None, idempotency_key=ctx.idempotency_key
        )
        if row == "refuse":
            raise InvalidInputError("Not now.")
    return Reply(Kind.DONE, "Minted", (row,))


async def mint_chosen(ctx: Context, row: str, chosen: str) -> Reply:
    if chosen != "yes":
        raise InvalidInputError("That is none of what was offered.")
    return await mint_one(ctx, row)


MINT = Control("mint", mint_one, BYTES)
ANYBODY = Control("anybody", mint_one, BYTES, owned=False)
FOREVER = Control("forever", mint_one, BYTES, lifetime=None)
ONCE = Control("once", mint_one, BYTES, once=True)
OR_ONCE = Control("or-once", mint_one, BYTES, once=True)
CHOOSE = Control("choose", mint_chosen, BYTES)
ROUTES = Routes(controls=(MINT, ANYBODY, FOREVER, ONCE, OR_ONCE, CHOOSE))


@dataclass
class Stage:
    """A guild with Ada, who was shown controls a second ago."""

    discord: FakeDiscord
    database: Database
    guild_id: int
    ada: Member
    issued: int

    def control(self, name: str = "mint", row: str = "5") -> str:
        return sealed(self.discord, self.guild_id, f"{name}:{row}", self.ada, self.issued)

    async def press(self, written: str, *values: str, **changes: Any) -> dict[str, Any]:
        who, guild_id = changes.pop("who", self.ada), changes.pop("guild_id", self.guild_id)
        return await self.discord.deliver(press(guild_id, who, written, values, **changes))

    async def minted(self) -> int:
        async with self.database.transaction() as tx:
            return await balance_of(tx, self.guild_id, self.ada)


@pytest.fixture
async def stage(database: Database, guild_id: int) -> Stage:
    async with database.transaction() as tx:  # so that the guild is known before anything is refused
        await give(tx, guild_id, member(), 1)
    issued = snowflake(timedelta(seconds=1))
    return Stage(with_routes(database, ROUTES), database, guild_id, member(), issued)


class TestAControl:
    async def test_does_what_it_was_made_for_and_is_told_its_row(self, stage: Stage) -> None:
        assert text_of(await stage.press(stage.control())) == "### ✅ Minted\n5"
        assert await stage.minted() == 1

    async def test_that_is_repeated_by_discord_does_it_once(self, stage: Stage) -> None:
        first = await stage.press(stage.control(), interaction_id=(again := snowflake()))
        assert await stage.press(stage.control(), interaction_id=again) == first
        assert await stage.minted() == 1

    async def test_that_is_pressed_twice_does_it_twice_unless_it_says_otherwise(self, stage: Stage) -> None:
        for _ in range(2):
            await stage.press(stage.control())
        assert await stage.minted() == 2


class TestTampered:
    async def test_in_any_character(self, stage: Stage) -> None:
        before, genuine = await kept(stage.database, stage.guild_id), stage.control()
        for place, character in enumerate(genuine):
            for other in {"0", "A", ".", "é", character.swapcase()} - {character}:
                callback = await stage.press(f"{genuine[:place]}{other}{genuine[place + 1 :]}")
                assert_refused(callback, *OUTDATED)
        assert await kept(stage.database, stage.guild_id) == before

    @pytest.mark.parametrize(
        ("part", "value"),
        [
            pytest.param(0, "2", id="version"),
            pytest.param(0, "01", id="version written otherwise"),
            pytest.param(1, "anybody", id="action"),
            pytest.param(2, "6", id="row"),
            pytest.param(2, "", id="no row"),
            pytest.param(3, "7", id="owner"),
            pytest.param(4, "ffffffffffffffff", id="time"),
            pytest.param(5, "", id="seal"),
            pytest.param(5, "A" * 12, id="made-up seal"),
        ],
    )
    async def test_in_any_part(self, stage: Stage, part: int, value: str) -> None:
        before = await kept(stage.database, stage.guild_id)
        parts = stage.control().split(".")
        parts[part] = value
        assert_refused(await stage.press(".".join(parts)), *OUTDATED)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_by_putting_the_seal_of_one_on_another(self, stage: Stage) -> None:
        five, six = stage.control(row="5"), stage.control(row="6")
        spliced = f"{five.rpartition('.')[0]}.{six.rpartition('.')[2]}"
        assert_refused(await stage.press(spliced), *OUTDATED)
        assert await stage.minted() == 0

    async def test_by_somebody_with_another_key(self, stage: Stage) -> None:
        parts = CustomId("mint", "5", stage.ada.user_id, stage.issued)
        forged = CustomIds(b"a key of somebody else").write(stage.guild_id, parts)
        assert_refused(await stage.press(forged), *OUTDATED)

    @pytest.mark.parametrize(
        "written", ["", ".", ".....", "1.mint.5", "x" * 100, "1.mint.5.0.0." + "é" * 12, "page:2", "\0"]
    )
    async def test_beyond_recognition(self, stage: Stage, written: str) -> None:
        before = await kept(stage.database, stage.guild_id)
        assert_refused(await stage.press(written), *OUTDATED)
        assert await kept(stage.database, stage.guild_id) == before


class TestForeign:
    async def test_the_control_of_another_server_does_nothing_here(self, stage: Stage) -> None:
        other = new_guild()
        callback = await stage.press(stage.control(), guild_id=other)
        assert_refused(callback, *OUTDATED)
        assert await stage.minted() == 0
        assert not any((await kept(stage.database, other)).values())

    async def test_the_control_of_somebody_else_is_not_yours(self, stage: Stage) -> None:
        before = await kept(stage.database, stage.guild_id)
        for name in ("mint", "once", "forever"):
            assert_refused(await stage.press(stage.control(name), who=member()), *NOT_YOURS)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_not_even_a_moderator_presses_it(self, stage: Stage) -> None:
        callback = await stage.press(stage.control(), who=member(), permissions=(1 << 53) - 1)
        assert_refused(callback, *NOT_YOURS)

    async def test_unless_it_was_made_for_everybody(self, stage: Stage) -> None:
        assert "Minted" in text_of(await stage.press(stage.control("anybody"), who=member()))


class TestExpired:
    """Both times are Discord's: that of the interaction it was shown by, and that of pressing it."""

    async def test_once_its_lifetime_is_over(self, stage: Stage) -> None:
        before = await kept(stage.database, stage.guild_id)
        too_late = later(stage.issued, TOKEN_LIFETIME + timedelta(milliseconds=1))
        assert_refused(await stage.press(stage.control(), interaction_id=too_late), *EXPIRED)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_not_before(self, stage: Stage) -> None:
        in_time = later(stage.issued, TOKEN_LIFETIME)
        assert "Minted" in text_of(await stage.press(stage.control(), interaction_id=in_time))

    async def test_never_if_it_has_no_lifetime(self, stage: Stage) -> None:
        much_later = later(stage.issued, timedelta(days=1000))
        callback = await stage.press(stage.control("forever"), interaction_id=much_later)
        assert "Minted" in text_of(callback)


class TestUsed:
    async def test_a_second_time_is_refused(self, stage: Stage) -> None:
        assert "Minted" in text_of(await stage.press(stage.control("once")))
        before = await kept(stage.database, stage.guild_id)
        for name, row in (("once", "5"), ("once", "6"), ("or-once", "5")):  # any such control of the reply
            assert_refused(await stage.press(stage.control(name, row)), *USED)
        assert await kept(stage.database, stage.guild_id) == before
        assert await stage.minted() == 1

    async def test_the_same_interaction_again_is_not_a_second_time(self, stage: Stage) -> None:
        again = snowflake()
        first = await stage.press(stage.control("once"), interaction_id=again)
        assert await stage.press(stage.control("once"), interaction_id=again) == first
        assert await stage.minted() == 1

    async def test_of_eight_at_once_one_has_an_effect(self, stage: Stage) -> None:
        callbacks = await asyncio.gather(*(stage.press(stage.control("once")) for _ in range(8)))
        assert sum("Minted" in text_of(callback) for callback in callbacks) == 1
        for callback in callbacks:
            if "Minted" not in text_of(callback):
                assert_refused(callback, *USED)
        assert await stage.minted() == 1

    async def test_of_eight_repeats_at_once_each_says_the_same(self, stage: Stage) -> None:
        again = snowflake()
        callbacks = await asyncio.gather(
            *(stage.press(stage.control("once"), interaction_id=again) for _ in range(8))
        )
        assert {text_of(callback) for callback in callbacks} == {"### ✅ Minted\n5"}
        assert await stage.minted() == 1

    async def test_what_was_refused_has_not_used_it_up(self, stage: Stage) -> None:
        assert "Not now." in text_of(await stage.press(stage.control("once", "refuse")))
        assert await stage.minted() == 0
        assert "Minted" in text_of(await stage.press(stage.control("once")))

    async def test_that_of_another_reply_is_another(self, stage: Stage) -> None:
        await stage.press(stage.control("once"))
        stage.issued = snowflake(timedelta(seconds=1))
        assert "Minted" in text_of(await stage.press(stage.control("once")))
        assert await stage.minted() == 2


class TestOutOfDate:
    async def test_a_control_of_an_older_version_of_ours(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as before:
            before.setattr(custom_id, "VERSION", "0")
            older = stage.control()
        assert_refused(await stage.press(older), *OUTDATED)
        assert await stage.minted() == 0

    async def test_a_control_that_is_no_more(self, stage: Stage) -> None:
        before = await kept(stage.database, stage.guild_id)
        for name in ("removed", "", "Mint", "send"):
            assert_refused(await stage.press(stage.control(name)), *OUTDATED)
        assert await kept(stage.database, stage.guild_id) == before

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            pytest.param("mint", ["yes"], id="a button with a value"),
            pytest.param("mint", ["yes"] * 25, id="a button with many"),
            pytest.param("choose", [], id="a select without one"),
            pytest.param("choose", ["yes", "yes"], id="a select with two"),
        ],
    )
    async def test_data_of_another_component(self, stage: Stage, name: str, values: list[str]) -> None:
        before = await kept(stage.database, stage.guild_id)
        assert_refused(await stage.press(stage.control(name), *values), *OUTDATED)
        assert await kept(stage.database, stage.guild_id) == before

    @pytest.mark.parametrize("values", ["yes", {"0": "yes"}, [1], [None], None, 7])
    async def test_values_that_are_no_list_of_texts_are_400(self, stage: Stage, values: object) -> None:
        payload = press(stage.guild_id, stage.ada, stage.control("choose"), ["yes"])
        payload["data"]["values"] = values
        assert (await stage.discord.send(payload)).status == 400
        assert await stage.minted() == 0

    async def test_a_form_sent_off_with_the_id_of_a_button(self, stage: Stage) -> None:
        payload = press(stage.guild_id, stage.ada, stage.control())
        payload |= {"type": 5, "data": {"custom_id": stage.control(), "components": []}}
        assert_refused(await stage.discord.deliver(payload), *OUTDATED)
        assert await stage.minted() == 0


class TestAChoice:
    async def test_reaches_the_handler(self, stage: Stage) -> None:
        assert "Minted" in text_of(await stage.press(stage.control("choose"), "yes"))

    async def test_that_was_not_offered_is_for_the_handler_to_refuse(self, stage: Stage) -> None:
        before = await kept(stage.database, stage.guild_id)
        callback = await stage.press(stage.control("choose"), "no")
        assert_refused(callback, "That does not work", "That is none of what was offered.")
        assert await kept(stage.database, stage.guild_id) == before
