"""Saving, switching, deleting and copying rules."""

import pytest
from sqlalchemy import text

from app import clock
from app.automod.rule import Mode, Rule
from app.automod.saving import MOST_RULES, delete_rule, replace_rules, save_rule, set_mode
from app.automod.service import load_rules, load_rules_to_ask, pause_rule, view_rules
from app.database.tx import Tx
from app.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from app.guild_file import export_guild, import_guild, parse
from app.guilds import service as guilds_service
from tests.support.guilds import actor, manager
from tests.support.ruling import rule

pytestmark = pytest.mark.anyio

SCAM = {"type": "message_regex", "patterns": ["free nitro"]}


@pytest.fixture(autouse=True)
async def known(tx: Tx, guild_id: int) -> None:
    await guilds_service.enter_guild(tx, guild_id)


async def names(tx: Tx, guild_id: int) -> list[str]:
    return [stored.rule.name for stored in await load_rules(tx, guild_id)]


async def trail(tx: Tx, guild_id: int) -> int:
    rows = await tx.execute(
        text("SELECT count(*) FROM audit_entries WHERE guild_id = :id AND subject_type = 'automod_rule'"),
        {"id": guild_id},
    )
    return int(rows.scalar_one())


def scam(**examples: list[str]) -> Rule:
    return rule("Scam", trigger=SCAM, examples=examples)


class TestSaving:
    async def test_puts_new_rules_at_the_end_and_writes_the_trail(self, tx: Tx, guild_id: int) -> None:
        for name in ("b", "a"):
            await save_rule(tx, manager(guild_id), rule(name))
        assert await names(tx, guild_id) == ["b", "a"]
        assert await trail(tx, guild_id) == 2

    async def test_of_the_same_again_changes_nothing(self, tx: Tx, guild_id: int) -> None:
        stored = await save_rule(tx, manager(guild_id), rule())
        again = await save_rule(tx, manager(guild_id), rule(), rule_id=stored.id, expected_version=1)
        assert (again, await trail(tx, guild_id)) == (stored, 1)

    async def test_over_what_somebody_else_saved_is_refused(self, tx: Tx, guild_id: int) -> None:
        boss = manager(guild_id)
        stored = await save_rule(tx, boss, rule())
        await save_rule(tx, boss, rule("Other name"), rule_id=stored.id, expected_version=1)
        with pytest.raises(ConflictError, match="Somebody else"):
            await save_rule(tx, boss, rule("Third name"), rule_id=stored.id, expected_version=1)
        with pytest.raises(ConflictError, match="Somebody else"):
            await delete_rule(tx, boss, stored.id, expected_version=1)
        assert await names(tx, guild_id) == ["Other name"]

    async def test_a_second_rule_of_one_name_is_refused(self, tx: Tx, guild_id: int) -> None:
        await save_rule(tx, manager(guild_id), rule())
        with pytest.raises(ConflictError, match="There is a rule “Too many mentions” already"):
            await save_rule(tx, manager(guild_id), rule())

    async def test_one_too_many_is_refused(self, tx: Tx, guild_id: int) -> None:
        await replace_rules(tx, manager(guild_id), [rule(str(number)) for number in range(MOST_RULES)])
        with pytest.raises(InvalidInputError, match="50 rules"):
            await save_rule(tx, manager(guild_id), rule("51"))

    @pytest.mark.parametrize(
        ("examples", "said"),
        [
            ({"must_match": ["hello"]}, "must fire for its example “hello”"),
            ({"must_not_match": ["get free nitro"]}, "must not fire for its example “get free nitro”"),
        ],
    )
    async def test_with_an_example_that_is_judged_otherwise_is_refused_naming_it(
        self, tx: Tx, guild_id: int, examples: dict[str, list[str]], said: str
    ) -> None:
        with pytest.raises(InvalidInputError, match=said):
            await save_rule(tx, manager(guild_id), scam(**examples))
        assert await names(tx, guild_id) == []
        await save_rule(tx, manager(guild_id), scam(must_match=["free nitro"], must_not_match=["hello"]))

    async def test_of_rules_that_are_too_large_together_is_refused_one_by_one_and_from_a_file(
        self, tx: Tx, guild_id: int
    ) -> None:
        large = [
            rule(f"Rule {sign}", trigger={"type": "message_regex", "patterns": patterns})
            for sign in "abcd"
            if (patterns := [rf"{sign}{number}\pL{{18}}" for number in range(7)])
        ]
        with pytest.raises(InvalidInputError, match="too large together"):
            await replace_rules(tx, manager(guild_id), large)
        assert await names(tx, guild_id) == []
        for each in large[:3]:
            await save_rule(tx, manager(guild_id), each)
        with pytest.raises(InvalidInputError, match="make “Rule d” smaller, which takes"):
            await save_rule(tx, manager(guild_id), large[3])
        assert await names(tx, guild_id) == ["Rule a", "Rule b", "Rule c"]

    async def test_is_for_managers_as_is_everything_else(self, tx: Tx, guild_id: int) -> None:
        stored = await save_rule(tx, manager(guild_id), rule())
        ada = actor(guild_id)
        for refused in (
            save_rule(tx, ada, rule("x")),
            set_mode(tx, ada, stored.rule.name, Mode.OFF),
            delete_rule(tx, ada, stored.id, expected_version=1),
            replace_rules(tx, ada, []),
            view_rules(tx, ada, now=clock.now()),
        ):
            with pytest.raises(NotAllowedError):
                await refused
        assert [each.rule.mode for each in await load_rules(tx, guild_id)] == ["on"]


class TestWhatThisVersionCannotRead:
    async def test_is_paused_and_the_others_go_on_until_it_is_saved_anew(self, tx: Tx, guild_id: int) -> None:
        ada = manager(guild_id)
        await save_rule(tx, ada, rule("good"))
        old = await save_rule(tx, ada, rule("old"))
        gone = await save_rule(tx, ada, rule("gone"))
        await tx.execute(
            text(
                "UPDATE automod_rules SET document = jsonb_set(document, '{trigger,type}', '\"telepathy\"')"
                " WHERE guild_id = :id AND name <> 'good'"
            ),
            {"id": guild_id},
        )
        assert [each.rule.name for each in await load_rules_to_ask(tx, guild_id)] == ["good"]
        overview = await view_rules(tx, ada, now=clock.now())
        assert [each.rule.name for each in overview.rules] == ["good"]
        assert [(each.name, each.version) for each in overview.unfit] == [("old", 1), ("gone", 1)]
        assert "cannot read the rule (trigger: union_tag_invalid)" in (overview.unfit[0].paused_because or "")
        with pytest.raises(ConflictError, match="cannot be switched"):
            await set_mode(tx, ada, "old", Mode.OFF)
        await delete_rule(tx, ada, gone.id, expected_version=1)
        anew = await save_rule(tx, ada, rule("old"))
        assert anew.id != old.id
        assert [each.rule.name for each in await load_rules_to_ask(tx, guild_id)] == ["good", "old"]
        assert not (await view_rules(tx, ada, now=clock.now())).unfit


class TestSwitching:
    async def test_is_a_new_version_that_is_asked_or_not(self, tx: Tx, guild_id: int) -> None:
        await save_rule(tx, manager(guild_id), rule())
        off = await set_mode(tx, manager(guild_id), "Too many mentions", Mode.OFF)
        assert (off.rule.mode, off.version) == ("off", 2)
        assert await load_rules_to_ask(tx, guild_id) == []
        assert await set_mode(tx, manager(guild_id), "Too many mentions", Mode.OFF) == off
        with pytest.raises(NotFoundError, match="no rule “x”"):
            await set_mode(tx, manager(guild_id), "x", Mode.ON)


class TestPausing:
    async def test_has_a_rule_not_asked_until_it_is_saved_or_switched(self, tx: Tx, guild_id: int) -> None:
        stored = await save_rule(tx, manager(guild_id), rule())
        why = {"reason": "It broke: {what}", "facts": {"what": "badly"}}
        assert not await pause_rule(tx, guild_id, stored.id, version=7, **why)  # type: ignore[arg-type]  # as read
        assert await pause_rule(tx, guild_id, stored.id, version=1, **why)  # type: ignore[arg-type]  # as read
        assert not await pause_rule(tx, guild_id, stored.id, version=1, **why)  # type: ignore[arg-type]  # as read
        [paused] = await load_rules(tx, guild_id)
        assert paused.paused_because == "It broke: badly"
        assert await load_rules_to_ask(tx, guild_id) == []
        await set_mode(tx, manager(guild_id), stored.rule.name, Mode.ON)
        assert [each.version for each in await load_rules_to_ask(tx, guild_id)] == [2]


class TestAFile:
    async def test_copies_rules_with_their_order_and_deletes_what_it_does_not_name(
        self, tx: Tx, guild_id: int
    ) -> None:
        await replace_rules(tx, manager(guild_id), [rule("b"), scam(must_match=["free nitro"]), rule("a")])
        written = (await export_guild(tx, guild_id)).model_dump_json()
        assert await import_guild(tx, guild_id, parse(written)) == []
        other = guild_id + 1
        await guilds_service.enter_guild(tx, other)
        await save_rule(tx, manager(other), rule("old"))
        await import_guild(tx, other, parse(written))
        assert await names(tx, other) == ["b", "Scam", "a"]
        assert await export_guild(tx, other) == await export_guild(tx, guild_id)

    async def test_with_a_bad_rule_writes_nothing(self, tx: Tx, guild_id: int) -> None:
        with pytest.raises(InvalidInputError, match=r"automod\.rules\.0"):
            parse('{"automod": {"rules": [{"name": "x", "trigger": {"type": "nothing"}, "actions": []}]}}')
        bad = scam(must_match=["hello"])
        with pytest.raises(InvalidInputError, match="must fire"):
            await replace_rules(tx, manager(guild_id), [rule("good"), bad])
        assert await names(tx, guild_id) == []
