"""A member's data as a file: all of it, and nobody else's."""

import json
import re
from typing import Any

import pytest

from app import clock
from app.bytes.domain import Member
from app.database.tx import Tx
from app.privacy.rooms import ROOMS
from app.privacy.service import erase_member, export_member
from tests.service.privacy.conftest import Everywhere, live_a_life
from tests.support.guilds import actor, new_guild

pytestmark = pytest.mark.anyio


async def exported(tx: Tx, guild_id: int, who: Member) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(await export_member(tx, actor(guild_id, who), now=clock.now()))
    return written


class TestExport:
    async def test_has_every_row_that_names_the_member(
        self, tx: Tx, guild_id: int, ada: Member, bob: Member, everywhere: Everywhere
    ) -> None:
        await live_a_life(tx, guild_id, ada, bob)
        found = await everywhere.naming(tx, str(ada.user_id))
        export = await exported(tx, guild_id, ada)
        assert set(found) == {
            "bytes_balances", "bytes_transactions", "role_grants", "audit_entries", "command_invocations",
            "moderation_cases", "moderation_case_events", "automod_hits", "squad_memberships", "squad_moves",
        }  # fmt: skip
        for table, listed in (
            ("bytes_transactions", export["bytes"]["transactions"]),
            ("audit_entries", export["guilds"]),
        ):
            ids = {re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", line)[0] for line in found[table]}
            assert {each["id"] for each in listed} == ids
        assert len(export["analytics"]) == len(found["command_invocations"]) == 2
        cases = export["moderation"]["cases"]
        assert [case["you_are"] for case in cases] == ["whom it is about", "who decided"]
        assert len(found["moderation_cases"]) == len(cases)
        assert len(export["automod"]) == len(found["automod_hits"]) == 1
        assert export["automod"][0]["rule"] == "Too many mentions"
        assert export["squads"]["squad"]["name"] == "Red"
        assert len(export["squads"]["moves"]) == len(found["squad_moves"]) == 3
        assert [each["cost"] for each in export["squads"]["moves"] if each["cost"]] == [3]
        assert len(export["roles"]) == len(found["role_grants"]) == 1
        assert export["bytes"]["balance"]["total_sent"] == 15

    async def test_says_what_each_part_is(self, tx: Tx, guild_id: int, ada: Member) -> None:
        export = await exported(tx, guild_id, ada)
        assert list(export) == ["about", *ROOMS]
        assert export["about"]["parts"].keys() == ROOMS.keys()
        assert export["about"]["member_id"] == str(ada.user_id)

    async def test_of_whom_nobody_has_met_is_empty(self, tx: Tx, guild_id: int, ada: Member) -> None:
        export = await exported(tx, guild_id, ada)
        assert (export["bytes"], export["guilds"], export["analytics"]) == (
            {"balance": None, "erased_before": None, "transactions": []},
            [],
            [],
        )

    async def test_is_the_actors_own_of_this_server_only(
        self, tx: Tx, guild_id: int, ada: Member, bob: Member
    ) -> None:
        elsewhere = new_guild()
        await live_a_life(tx, elsewhere, ada, bob)
        await live_a_life(tx, guild_id, bob, ada)
        content = (await export_member(tx, actor(guild_id, ada), now=clock.now())).decode()
        assert str(elsewhere) not in content
        assert bob.username not in content
        assert len(json.loads(content)["analytics"]) == 1

    async def test_does_not_tell_who_of_the_staff_it_was(
        self, tx: Tx, guild_id: int, ada: Member, bob: Member
    ) -> None:
        await live_a_life(tx, guild_id, ada, bob)
        made = {
            each["subject_type"]: each["made_by"] for each in (await exported(tx, guild_id, ada))["guilds"]
        }
        assert made["bytes_config"] == "you"
        assert made["squad_membership"] == "somebody else"

    async def test_writes_ids_as_texts_and_times_as_iso(
        self, tx: Tx, guild_id: int, ada: Member, bob: Member
    ) -> None:
        await live_a_life(tx, guild_id, ada, bob)

        def walk(value: object) -> None:
            match value:
                case dict():
                    for key, each in value.items():
                        if key.endswith("_at") and isinstance(each, str):
                            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", each)
                        walk(each)
                case list():
                    for each in value:
                        walk(each)
                case int():
                    assert abs(value) < 2**53

        walk(await exported(tx, guild_id, ada))


class TestAfterAnErasure:
    async def test_says_that_there_was_one(self, tx: Tx, guild_id: int, ada: Member, bob: Member) -> None:
        await live_a_life(tx, guild_id, ada, bob)
        await erase_member(tx, actor(guild_id, ada), idempotency_key="erased")
        kept = (await exported(tx, guild_id, ada))["bytes"]
        assert kept["balance"] is None
        assert kept["erased_before"]["erased_at"]
