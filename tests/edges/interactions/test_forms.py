"""*Send bytes* on a member: the form that opens, and what sending it off books."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from app.bytes import treasury as bytes_treasury
from app.bytes.domain import Member
from app.database.tx import Database
from app.language import load_language
from interactions.bytes import SEND
from tests.edges.interactions.outcome import (
    EXPIRED,
    MODAL,
    NOT_YOURS,
    OFF,
    OUTDATED,
    USED,
    assert_refused,
    kept,
    later,
    sealed,
    switch_off,
)
from tests.support.guilds import balance_of, give, manager, member, snowflake
from tests.support.signed import FakeDiscord, menu, press, submit, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]

Payload = dict[str, Any]

WEALTH = 1000
RANGE = (
    "That does not work",
    "“amount” must be a whole number between 1 and 1,000,000. Nothing was done.",
)


@dataclass
class Stage:
    """A guild with Ada, who has 1,000 bytes and opened *Send bytes* on Bob a second ago."""

    discord: FakeDiscord
    database: Database
    guild_id: int
    ada: Member
    bob: Member
    custom_id: str
    issued: int

    async def open(self, target: Member, who: Member | None = None) -> Payload:
        return await self.discord.deliver(menu(self.guild_id, who or self.ada, "Send bytes", target))

    def filled(self, who: Member | None = None, interaction_id: int | None = None, **fields: Any) -> Payload:
        given: dict[str, Any] = {"user": self.bob, "amount": "5", "reason": "tea"} | fields
        kept_fields = {name: value for name, value in given.items() if value is not None}
        return submit(
            self.guild_id, who or self.ada, self.custom_id, kept_fields, interaction_id=interaction_id
        )

    async def submit(self, **changes: Any) -> Payload:
        return await self.discord.deliver(self.filled(**changes))

    async def received(self) -> int:
        async with self.database.transaction() as tx:
            return await balance_of(tx, self.guild_id, self.bob)


@pytest.fixture
async def stage(discord: FakeDiscord, database: Database, guild_id: int) -> Stage:
    ada, bob = member(), member()
    async with database.transaction() as tx:
        await give(tx, guild_id, ada, WEALTH)
    issued = snowflake(timedelta(seconds=1))
    return Stage(
        discord, database, guild_id, ada, bob, sealed(discord, guild_id, "send", ada, issued), issued
    )


class TestOpening:
    async def test_asks_what_to_send_with_the_member_chosen_already(self, stage: Stage) -> None:
        callback = await stage.open(stage.bob)
        assert callback["type"] == MODAL
        assert callback["data"]["title"] == "Send bytes"
        labels = [(label["type"], label["label"]) for label in callback["data"]["components"]]
        assert labels == [(18, "Who receives the bytes"), (18, "How many bytes"), (18, "What for")]
        user, amount, reason = (label["component"] for label in callback["data"]["components"])
        assert (user["type"], user["custom_id"], user["required"]) == (5, "user", True)
        assert user["default_values"] == [{"id": str(stage.bob.user_id), "type": "user"}]
        assert (amount["type"], amount["custom_id"], amount["required"]) == (4, "amount", True)
        assert (amount["style"], amount["placeholder"]) == (1, "1 - 1,000,000")
        assert (reason["custom_id"], reason["required"], reason["max_length"]) == ("reason", False, 200)
        assert reason["style"] == 2

    async def test_and_sending_it_off_leads_to_the_booking(self, stage: Stage) -> None:
        stage.custom_id = (await stage.open(stage.bob))["data"]["custom_id"]
        assert "sent **5 bytes**" in text_of(await stage.submit())
        assert await stage.received() == 5

    async def test_books_nothing_yet(self, stage: Stage) -> None:
        before = await kept(stage.database, stage.guild_id)
        await stage.open(stage.bob)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_on_oneself_a_bot_or_somebody_who_left_is_refused_at_once(self, stage: Stage) -> None:
        gone = Member(snowflake(), "gone", is_present=False)
        for target, sentence in (
            (stage.ada, "You cannot send bytes to yourself. Nothing was booked."),
            (member(is_bot=True), "Bots have no use for bytes. Choose a person; nothing was booked."),
            (gone, "That person is not in this server. Nothing was booked."),
        ):
            assert_refused(await stage.open(target), "That does not work", sentence)

    async def test_where_the_feature_is_off_is_refused_at_once(self, stage: Stage) -> None:
        await switch_off(stage.database, stage.guild_id)
        assert_refused(await stage.open(stage.bob), *OFF)

    async def test_in_another_language_asks_in_it(self, stage: Stage) -> None:
        payload = menu(stage.guild_id, stage.ada, "Send bytes", stage.bob) | {"locale": "de"}
        callback = await stage.discord.deliver(payload)
        assert callback["data"]["components"][1]["component"]["placeholder"] == "1 - 1.000.000"
        assert callback["data"]["title"] == load_language("de").say("Send bytes")


class TestSendingOff:
    async def test_books_what_was_filled_in(self, stage: Stage) -> None:
        said = text_of(await stage.submit(amount=" 1,000 "))
        assert said == (
            f"### 💠 Bytes sent\n<@{stage.ada.user_id}> sent **1,000 bytes** to <@{stage.bob.user_id}>.\n"
            f"For: tea\n-# <@{stage.ada.user_id}> has 100 bytes left"
        )
        assert await stage.received() == 1000

    async def test_goes_to_whom_was_chosen_in_the_form_not_to_whom_it_was_opened_on(
        self, stage: Stage
    ) -> None:
        eve = member()
        await stage.submit(user=eve)
        assert await stage.received() == 0
        async with stage.database.transaction() as tx:
            assert await balance_of(tx, stage.guild_id, eve) == 5

    @pytest.mark.parametrize("reason", [None, "", "   ", "\u200b"])
    async def test_needs_no_reason(self, stage: Stage, reason: str | None) -> None:
        said = text_of(await stage.submit(reason=reason))
        assert "sent **5 bytes**" in said
        assert "For:" not in said

    async def test_again_with_the_same_interaction_books_once(self, stage: Stage) -> None:
        again = snowflake()
        first = await stage.submit(interaction_id=again)
        assert await stage.submit(interaction_id=again) == first
        callbacks = await asyncio.gather(*(stage.submit(interaction_id=again) for _ in range(8)))
        assert all(callback == first for callback in callbacks)
        assert await stage.received() == 5

    async def test_eight_times_at_once_books_once(self, stage: Stage) -> None:
        again = snowflake()
        callbacks = await asyncio.gather(*(stage.submit(interaction_id=again) for _ in range(8)))
        assert len({text_of(callback) for callback in callbacks}) == 1
        assert await stage.received() == 5

    async def test_a_second_time_books_nothing_more(self, stage: Stage) -> None:
        """Discord leaves a form open when our answer was lost, and says to try again."""
        assert "sent **5 bytes**" in text_of(await stage.submit())
        assert_refused(await stage.submit(), *USED)
        assert await stage.received() == 5

    async def test_after_a_refusal_can_be_corrected(self, stage: Stage) -> None:
        assert "between 1 and 1,000 bytes" in text_of(await stage.submit(amount="100000"))
        assert "sent **5 bytes**" in text_of(await stage.submit())

    async def test_by_somebody_else_is_refused(self, stage: Stage) -> None:
        before = await kept(stage.database, stage.guild_id)
        assert_refused(await stage.submit(who=member()), *NOT_YOURS)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_too_late_is_refused(self, stage: Stage) -> None:
        before = await kept(stage.database, stage.guild_id)
        too_late = later(stage.issued, SEND.lifetime + timedelta(milliseconds=1))
        assert_refused(await stage.submit(interaction_id=too_late), *EXPIRED)
        assert await kept(stage.database, stage.guild_id) == before
        in_time = later(stage.issued, SEND.lifetime)
        assert "sent **5 bytes**" in text_of(await stage.submit(interaction_id=in_time))

    async def test_where_the_feature_was_switched_off_meanwhile_is_refused(self, stage: Stage) -> None:
        await switch_off(stage.database, stage.guild_id)
        before = await kept(stage.database, stage.guild_id)
        assert_refused(await stage.submit(), *OFF)
        assert await kept(stage.database, stage.guild_id) == before


class TestWhatCannotBeSentOff:
    @pytest.mark.parametrize(
        "amount",
        [
            "0",
            "-5",
            "+5",
            "1.5",
            "1,00",
            "1e3",
            "five",
            "5 bytes",
            "\u0665",
            "0x5",
            "1000001",
            "9" * 5000,
            "5\0",
        ],
    )
    async def test_an_amount_that_is_none_is_told_the_range(self, stage: Stage, amount: str) -> None:
        before = await kept(stage.database, stage.guild_id)
        assert_refused(await stage.submit(amount=amount), *RANGE)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_more_than_there_is(self, stage: Stage) -> None:
        before = await kept(stage.database, stage.guild_id)
        assert "The amount must be between 1 and 1,000 bytes" in text_of(await stage.submit(amount="1001"))
        assert await kept(stage.database, stage.guild_id) == before
        async with stage.database.transaction() as tx:
            await bytes_treasury.take_bytes(
                tx, manager(stage.guild_id), stage.ada, 900, reason="less", idempotency_key=f"t:{snowflake()}"
            )
        callback = await stage.submit(amount="1000")
        assert_refused(callback, "Not enough bytes", "You have 200 bytes, not 1,000 bytes. Nothing was sent.")
        assert await stage.received() == 0

    @pytest.mark.parametrize(
        ("field", "value"), [("amount", ""), ("amount", "  "), ("amount", None), ("user", None)]
    )
    async def test_a_field_that_was_left_empty(self, stage: Stage, field: str, value: str | None) -> None:
        before = await kept(stage.database, stage.guild_id)
        callback = await stage.submit(**{field: value})
        assert_refused(callback, "That does not work", f"“{field}” is missing. Nothing was done.")
        assert await kept(stage.database, stage.guild_id) == before

    async def test_nobody_or_several_where_one_was_asked_for(self, stage: Stage) -> None:
        before = await kept(stage.database, stage.guild_id)
        for values in ([], [str(stage.bob.user_id), str(stage.ada.user_id)]):
            payload = stage.filled()
            payload["data"]["components"][0]["component"]["values"] = values
            callback = await stage.discord.deliver(payload)
            assert_refused(callback, "That does not work", "“user” is missing. Nothing was done.")
        assert await kept(stage.database, stage.guild_id) == before

    async def test_somebody_discord_did_not_resolve(self, stage: Stage) -> None:
        payload = stage.filled()
        payload["data"]["resolved"] = {}
        typed = stage.filled(user=str(stage.bob.user_id))  # a text where somebody is chosen
        for each in (payload, typed):
            callback = await stage.discord.deliver(each)
            sentence = "“user” is nobody Discord knows (any more). Nothing was done."
            assert_refused(callback, "That does not work", sentence)

    async def test_a_field_there_is_not(self, stage: Stage) -> None:
        before = await kept(stage.database, stage.guild_id)
        assert_refused(await stage.submit(more="x"), *OUTDATED)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_a_field_that_comes_twice(self, stage: Stage) -> None:
        payload = stage.filled()
        payload["data"]["components"].append(payload["data"]["components"][1])
        assert_refused(await stage.discord.deliver(payload), *OUTDATED)
        assert await stage.received() == 0

    async def test_a_reason_that_is_too_long(self, stage: Stage) -> None:
        callback = await stage.submit(reason="x" * 201)
        assert_refused(
            callback, "That does not work", "“reason” can have at most 200 characters. Nothing was done."
        )
        assert await stage.received() == 0

    async def test_with_the_id_changed_or_of_a_form_that_is_no_more(self, stage: Stage) -> None:
        before = await kept(stage.database, stage.guild_id)
        genuine = stage.custom_id
        removed = sealed(stage.discord, stage.guild_id, "removed", stage.ada)
        page = sealed(stage.discord, stage.guild_id, "leaderboard:1", stage.ada)
        for custom_id in (f"{genuine[:-1]}!", genuine[1:], "", "x" * 100, removed, page):
            stage.custom_id = custom_id
            assert_refused(await stage.submit(), *OUTDATED)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_the_id_of_a_form_pressed_like_a_button(self, stage: Stage) -> None:
        callback = await stage.discord.deliver(press(stage.guild_id, stage.ada, stage.custom_id))
        assert_refused(callback, *OUTDATED)
